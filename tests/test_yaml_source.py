from __future__ import annotations

import os
import re
import textwrap
from contextlib import suppress
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_factoring.yaml_kinds import ACCOUNT
from beancount_factoring.yaml_kinds import AMOUNT
from beancount_factoring.yaml_kinds import BELOW_ACCOUNT
from beancount_factoring.yaml_kinds import CURRENCY
from beancount_factoring.yaml_kinds import DATE
from beancount_factoring.yaml_kinds import TEXT
from beancount_factoring.yaml_kinds import TRUTH
from beancount_factoring.yaml_kinds import Kind
from beancount_factoring.yaml_kinds import choice_of
from beancount_factoring.yaml_kinds import nearest
from beancount_factoring.yaml_kinds import none_or
from beancount_factoring.yaml_kinds import rate
from beancount_factoring.yaml_kinds import whole_number
from beancount_factoring.yaml_nodes import MAX_BYTES
from beancount_factoring.yaml_nodes import MalformedError
from beancount_factoring.yaml_nodes import parse
from beancount_factoring.yaml_source import YamlSource


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@pytest.fixture
def source(tmp_path: Path, request: pytest.FixtureRequest) -> YamlSource:
    """The file whose text is the test's docstring."""
    path = tmp_path / "f.yaml"
    # From Python 3.13 on docstrings come without their indentation.
    first, _, others = request.function.__doc__.partition("\n")
    path.write_text(f"{first}\n{textwrap.dedent(others)}", encoding="utf-8")
    return YamlSource(path)


def _texts(source: YamlSource) -> list[str]:
    """Return the problems as "line: key: message"."""
    source.root.finish()
    return [f"{problem.line}: {problem.text}" for problem in source.problems()]


def _of(tmp_path: Path, content: bytes) -> list[str]:
    path = tmp_path / "f.yaml"
    path.write_bytes(content)
    return _texts(YamlSource(path))


# Files that cannot be read


def test_a_problem_shows_file_line_key_and_message(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: 1\nb: 2\n", encoding="utf-8")
    source = YamlSource(path)
    source.root.required("a", TEXT)
    source.root.finish()
    assert [str(problem) for problem in source.problems()] == [
        f"{path}:2: b: is not a key here: expected a"
    ]


def test_a_missing_file(tmp_path: Path) -> None:
    source = YamlSource(tmp_path / "none.yaml")
    assert _texts(source) == ["1: cannot be read: No such file or directory"]
    assert source.root.required("a", TEXT) == ""
    assert source.root.section("b").required("c", TEXT) == ""
    assert len(source.problems()) == 1, "a key of a file that cannot be read is not missing"


def test_a_folder(tmp_path: Path) -> None:
    assert _texts(YamlSource(tmp_path)) == ["1: cannot be read: Is a directory"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.touch(0o000)
    assert _texts(YamlSource(path)) == ["1: cannot be read: Permission denied"]


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    assert _of(tmp_path, "a: 1\nb: Société\n".encode("latin-1")) == [
        "2: is not UTF-8 text: save the file as UTF-8"
    ]


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: é\n", encoding="utf-8-sig")
    assert YamlSource(path).root.required("a", TEXT) == "é"


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    assert _of(tmp_path, b"#" * (MAX_BYTES + 1)) == ["1: is larger than 4 MB"]


def test_a_control_character(tmp_path: Path) -> None:
    assert _of(tmp_path, b"a: 1\nb: \x00\n") == ["2: a control character, U+0000, stands here"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: *x", "2: an alias (*) stands here: write the value itself"),
        ("a: &x 1", "1: an anchor (&) stands here: write the value where it is used"),
        ("a: &x [1]", "1: an anchor (&) stands here: write the value where it is used"),
        ("a: 1\nb: !!python/name:os.system", "2: a tag (!) stands here: write the value alone"),
        ("!x {a: 1}", "1: a tag (!) stands here: write the value alone"),
        ("a: 1\n---\nb: 2", "2: a second document begins here: one is expected"),
        ("? [a]\n: 1", "1: a list stands for a key: a text is expected"),
        ("[" * 20, "1: more than 16 levels stand in one another"),
        ("{a: " * 100_000, "1: more than 16 levels stand in one another"),
        ("- a", "1: a list stands here: expected keys, each with its value"),
        ("a", '1: "a" stands here: expected keys, each with its value'),
    ],
)
def test_what_is_refused_of_yaml(tmp_path: Path, text: str, problem: str) -> None:
    assert _of(tmp_path, text.encode()) == [problem]


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("a: 1\nb: [1\nc: 2", 3, ""),
        ("a: 1\nb: 'x", 2, ""),
        ("a:\n\tb: 1", 2, "(indent with spaces, not tabs)"),
    ],
)
def test_broken_yaml_is_told_with_its_line(tmp_path: Path, text: str, line: int, hint: str) -> None:
    (problem,) = _of(tmp_path, text.encode())
    assert problem.startswith(f"{line}: is not valid YAML: ")
    assert problem.endswith(hint)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_has_no_keys(tmp_path: Path, text: str) -> None:
    assert _of(tmp_path, text.encode()) == []


@given(st.text(st.sampled_from("ab:-?[]{},&*!|>'\"%@# \n\t\0é\u2028")))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(MalformedError):
        parse(text)


# Keys


def test_keys_are_text_whatever_yaml_would_make_of_them(source: YamlSource) -> None:
    """
    NO: 1
    0042: 2
    1.10: 3
    2026-01-01: 4
    null: 5
    """
    assert source.root.names() == ("NO", "0042", "1.10", "2026-01-01", "null")


def test_a_key_that_stands_twice(source: YamlSource) -> None:
    """
    a: 1
    b: {c: 1, d: 2, c: 3}
    a: 2
    """
    root = source.root
    assert root.required("a", TEXT) == "1"
    section = root.section("b")
    assert (section.required("c", TEXT), section.required("d", TEXT)) == ("1", "2")
    assert _texts(source) == [
        "3: b.c: stands twice: first on line 3; remove one of them",
        "4: a: stands twice: first on line 2; remove one of them",
    ]
    assert not root.sound


def test_unknown_keys_are_all_told_with_the_likely_one(source: YamlSource) -> None:
    """
    naem: x
    below:
      lenght: 1
      colour: red
    zzz: 1
    """
    source.root.optional("name", TEXT, "")
    source.root.section("below").optional("length", TEXT, "")
    assert _texts(source) == [
        "2: naem: is not a key here (did you mean name?): expected below or name",
        "4: below.lenght: is not a key here (did you mean length?): expected length",
        "5: below.colour: is not a key here: expected length",
        "6: zzz: is not a key here: expected below or name",
    ]


def test_a_required_key_is_missing_on_the_line_of_its_section(source: YamlSource) -> None:
    """
    a:
      b: 1
    """
    section = source.root.section("a")
    assert section.optional("b", TEXT, "") == "1"
    assert section.required("c", DATE) == date.min
    assert section.steps("d", AMOUNT, required=True) == ()
    assert _texts(source) == [
        "2: a.c: is missing: expected a date such as 2026-01-05",
        (
            "2: a.d: is missing: expected an amount such as 1500.00, with neither currency nor "
            "thousands separators, or a mapping of dates to such values"
        ),
    ]


def test_an_absent_or_empty_section_has_no_keys(source: YamlSource) -> None:
    """
    a:
    b: none
    """
    for section in (
        source.root.section("a"),
        source.root.section("b", or_none=True),
        source.root.section("c"),
    ):
        assert section.names() == ()
        assert section.optional("x", TEXT, "default") == "default"
    assert _texts(source) == []


def test_a_value_where_a_section_is_expected_is_one_problem(source: YamlSource) -> None:
    """
    a: 5
    b: [x]
    c: none
    """
    for key in "abc":
        source.root.section(key).required("x", TEXT)
        source.root.section(key).section("y").required("z", TEXT)
    assert _texts(source) == [
        '2: a: "5" stands here: expected keys, each with its value',
        "3: b: a list stands here: expected keys, each with its value",
        '4: c: "none" stands here: expected keys, each with its value',
    ]


def test_names_the_user_chose_may_be_checked(source: YamlSource) -> None:
    """
    GOOD: 1
    bad: 2
    """
    for name in source.root.names():
        source.root.check_name(name, BELOW_ACCOUNT)
        source.root.required(name, TEXT)
    assert _texts(source) == [
        (
            '3: bad: "bad" is not the end of an account name: '
            "expected the end of an account name such as DUPONT"
        )
    ]
    assert source.root.intact("GOOD")
    assert not source.root.intact("bad")


def test_every_key_has_its_line(source: YamlSource) -> None:
    """
    a:
      b: 1
      c:
        - d: 2
        - e
    """
    assert source.root.section("a").lines() == {
        "": 2,
        "b": 3,
        "c": 4,
        "c.0": 5,
        "c.0.d": 5,
        "c.1": 6,
    }


def test_a_check_is_silent_where_a_value_it_needs_has_a_problem(source: YamlSource) -> None:
    """
    low: 5
    high: x
    """
    root = source.root
    root.required("low", whole_number(0, 9))
    root.required("high", whole_number(0, 9))
    root.check(False, "low", "is above high", "high")
    assert len(_texts(source)) == 1
    root.check(False, "low", "is wrong")
    root.check(False, "low", "is wrong again")
    assert _texts(source)[0] == "2: low: is wrong"
    assert len(source.problems()) == 2


def test_a_problem_makes_the_sections_above_unsound_and_no_other(source: YamlSource) -> None:
    """
    a: {x: {y: wrong}}
    b: {y: 2}
    """
    a, b = source.root.section("a"), source.root.section("b")
    a.section("x").required("y", DATE)
    b.required("y", TEXT)
    assert (source.root.sound, a.sound, b.sound) == (False, False, True)


# Lists


def test_lists(source: YamlSource) -> None:
    """
    a: [x, NO, 1.10]
    b: none
    c: all
    d:
    e: []
    """
    root = source.root
    assert root.listed("a", TEXT) == ("x", "NO", "1.10")
    assert root.listed("b", TEXT) is None
    assert root.listed("c", TEXT, word="all") is None
    assert root.listed("d", TEXT) is None
    assert root.listed("e", TEXT) == ()
    assert root.listed("f", TEXT) is None
    assert _texts(source) == []


def test_lists_that_are_none(source: YamlSource) -> None:
    """
    a: x
    b: {x: 1}
    c:
      - 1
      - x
      - [1]
    """
    number = whole_number(0, 5)
    for key in "abc":
        source.root.listed(key, number)
    assert _texts(source) == [
        (
            '2: a: "x" is no list (write [x]): '
            "expected a list, each item a whole number from 0 to 5, or none"
        ),
        (
            "3: b: a mapping is no list: "
            "expected a list, each item a whole number from 0 to 5, or none"
        ),
        '6: c.1: "x" is not a whole number: expected a whole number from 0 to 5',
        "7: c.2: a list stands here: expected a whole number from 0 to 5",
    ]


def test_lists_of_sections(source: YamlSource) -> None:
    """
    a:
      - name: x
      - 7
      -
        nam: y
    b: {name: x}
    """
    items = source.root.sections("a")
    assert [item.required("name", TEXT) for item in items] == ["x", "", ""]
    assert source.root.sections("b") == ()
    assert source.root.sections("c") == ()
    assert _texts(source) == [
        '4: a.1: "7" stands here: expected keys, each with its value',
        "6: a.2.nam: is not a key here (did you mean name?): expected name",
        "6: a.2.name: is missing: expected a text on one line",
        "7: b: a mapping is no list: expected a list, each item with keys and values, or none",
    ]


# Values that change in time


def test_a_value_or_a_mapping_of_dates(source: YamlSource) -> None:
    """
    a: 5
    b:
      2026-07-01: none
      2026-01-01: 6
    """
    kind = none_or(AMOUNT)
    assert source.root.steps("a", kind) == ((date.min, Decimal(5), 2),)
    assert source.root.steps("b", kind) == (
        (date(2026, 1, 1), Decimal(6), 5),
        (date(2026, 7, 1), None, 4),
    )
    assert source.root.steps("c", kind) == ()
    assert _texts(source) == []


def test_wrong_mappings_of_dates(source: YamlSource) -> None:
    """
    a: {}
    b:
      2026-01-01: 1
      2026-01-01: 2
      July: 3
      2026-02-30: 4
      2026-03-01: x
      2026-04-01: {2026-01-01: 5}
      2026-05-01:
    c: [1]
    """
    number = whole_number(0, 5)
    for key in "abc":
        source.root.steps(key, number)
        assert not source.root.intact(key)
    assert _texts(source) == [
        (
            "2: a: no date stands here: "
            "expected a date such as 2026-01-05 and a whole number from 0 to 5"
        ),
        "5: b.2026-01-01: stands twice: first on line 4; remove one of them",
        '6: b.July: "July" is not a date: expected a date such as 2026-01-05',
        (
            '7: b.2026-02-30: "2026-02-30" is no day of the calendar: '
            "expected a date such as 2026-01-05"
        ),
        '8: b.2026-03-01: "x" is not a whole number: expected a whole number from 0 to 5',
        "9: b.2026-04-01: a mapping stands here: expected a whole number from 0 to 5",
        "10: b.2026-05-01: has no value: expected a whole number from 0 to 5",
        "11: c: a list stands here: expected a whole number from 0 to 5",
    ]


# Kinds of values


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (TEXT, 'l\'Été – "NO"', 'l\'Été – "NO"'),
        (TRUTH, "true", True),
        (TRUTH, "false", False),
        (DATE, "2028-02-29", date(2028, 2, 29)),
        (whole_number(1, 31), "31", 31),
        (AMOUNT, "1500.00", Decimal("1500.00")),
        (AMOUNT, "+1500", Decimal(1500)),
        (rate(), "0.015", Decimal("0.015")),
        (rate(), "1.50 %", Decimal("0.0150")),
        (rate(), "1.50%", Decimal("0.0150")),
        (rate(), "100 %", Decimal(1)),
        (rate(), "1", Decimal(1)),
        (rate("-1"), "-0.5 %", Decimal("-0.005")),
        (none_or(rate()), "none", None),
        (choice_of(Colour), "green", Colour.GREEN),
        (ACCOUNT, "Assets:Clients:0042-a", "Assets:Clients:0042-a"),
        (ACCOUNT, "Actifs:Été:École", "Actifs:Été:École"),
        (BELOW_ACCOUNT, "NO", "NO"),
        (BELOW_ACCOUNT, "0042", "0042"),
        (BELOW_ACCOUNT, "Groupe:Été", "Groupe:Été"),
        (CURRENCY, "EUR", "EUR"),
        (CURRENCY, "BTC.X", "BTC.X"),
    ],
)
def test_what_a_text_means(kind: Kind[object], text: str, value: object) -> None:
    assert kind.convert(text) == value
    assert type(kind.convert(text)) is type(value)


def test_an_amount_of_minus_zero_is_zero() -> None:
    assert str(AMOUNT.convert("-0.00")) == "0.00"


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (TEXT, "a\nb", "has line breaks or control characters"),
        (TEXT, "a\u2028b", "has line breaks or control characters"),
        (TRUTH, "yes", "is neither true nor false"),
        (DATE, "2026-1-5", "is not a date"),
        (DATE, "20260105", "is not a date"),
        (DATE, "0026-01-05", "is not a date"),
        (DATE, "٢٠٢٦-٠١-٠٥", "is not a date"),
        (DATE, "2026-02-29", "is no day of the calendar"),
        (whole_number(1, 31), "0", "is out of range"),
        (whole_number(1, 31), "1.0", "is not a whole number"),
        (whole_number(1, 31), "9" * 5000, "is not a whole number"),
        (AMOUNT, "-0.01", "is negative"),
        (AMOUNT, "1,500.00", "is not an amount"),
        (AMOUNT, "1500.00 EUR", "is not an amount"),
        (AMOUNT, "1e5", "is not an amount"),
        (AMOUNT, "NaN", "is not an amount"),
        (AMOUNT, "1_000", "is not an amount"),
        (AMOUNT, "٥", "is not an amount"),
        (rate(), "-0.01", "is negative"),
        (rate(), "1.5", "is 150 %: write 0.015 or 1.5 % if you mean that"),
        (rate(), "20", "is 2000 %: write 0.20 or 20 % if you mean that"),
        (rate(), "150 %", "is out of range"),
        (rate(), "200", "is out of range"),
        (rate(), "1,5 %", "has a decimal comma: write 1.5 %"),
        (rate(), "1,5,0", "is not a rate"),
        (rate(), "1.5 %%", "is not a rate"),
        (rate(above_low=True), "0", "is out of range"),
        (rate("-1"), "-1.5", "is out of range"),
        (choice_of(Colour), "gren", "is not known (did you mean green?)"),
        (choice_of(Colour), "blue", "is not known"),
        (ACCOUNT, "Assets", "is not an account name"),
        (ACCOUNT, "assets:Clients", "is not an account name"),
        (ACCOUNT, "Assets:clients", "is not an account name"),
        (ACCOUNT, "Assets::Clients", "is not an account name"),
        (ACCOUNT, "Assets:Clients ", "is not an account name"),
        (ACCOUNT, "Assets:Clients\u00a0X", "is not an account name"),
        (BELOW_ACCOUNT, "Dupont SA", "is not the end of an account name"),
        (CURRENCY, "eur", "is not a currency"),
        (CURRENCY, "E", "is not a currency"),
    ],
)
def test_what_a_text_cannot_mean(kind: Kind[object], text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        kind.convert(text)


def test_a_long_value_is_cut_in_messages(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(f'a: "{"x" * 100_000}\\n"', encoding="utf-8")
    source = YamlSource(path)
    source.root.required("a", DATE)
    assert _texts(source) == [
        f'1: a: "{"x" * 60}…" is not a date: expected a date such as 2026-01-05'
    ]


def test_a_very_long_word_is_compared_by_its_beginning() -> None:
    name = "F" * 64
    assert nearest(name + "G" * 100_000, ["G" * 64, name]) == [name]
