from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_factoring.contract.reader import read_contract_files
from beancount_factoring.contract.reader import read_contracts

Write = Callable[[str], Path]
Problems = Callable[[str], list[str]]


def test_a_contract_with_problems_is_not_returned_and_the_others_are(
    write: Write, minimal: str
) -> None:
    good = minimal.replace("bpce", "good").removeprefix("contracts:\n")
    file = read_contracts(write(minimal.replace("EUR", "€") + good))
    assert [contract.name for contract in file.contracts] == ["good"]
    assert [problem.line for problem in file.problems] == [4]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1: contracts: no contract stands here: expected its name"),
        ("contracts:\n", "1: contracts: no contract stands here: expected its name"),
        (
            "contracts: [a]\n",
            "1: contracts: a list stands here: expected keys, each with its value",
        ),
        ("- a\n", "1: a list stands here: expected keys, each with its value"),
        ("contracts: {a: *b}\n", "1: an alias (*) stands here: write the value itself"),
    ],
)
def test_a_file_without_contracts(text: str, problem: str, problems: Problems) -> None:
    assert problems(text) == [problem]


def test_an_unknown_key_beside_the_contracts(write: Write, minimal: str) -> None:
    file = read_contracts(write(f"{minimal}contract: x\n"))
    assert [f"{p.line}: {p.text}" for p in file.problems] == [
        "19: contract: is not a key here (did you mean contracts?): expected contracts"
    ]
    assert len(file.contracts) == 1


def test_a_contract_that_stands_twice_in_a_file(problems: Problems, minimal: str) -> None:
    assert problems(minimal + minimal.removeprefix("contracts:\n")) == [
        "19: contracts.bpce: stands twice: first on line 2; remove one of them"
    ]


def test_a_missing_file_is_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    (problem,) = read_contracts(path).problems
    assert str(problem) == f"{path}:1: cannot be read: No such file or directory"


def test_several_files_each_contribute_contracts(
    write: Write, tmp_path: Path, minimal: str
) -> None:
    first = write(minimal).rename(tmp_path / "first.yaml")
    second = write(minimal.replace("bpce", "other")).rename(tmp_path / "second.yaml")
    file = read_contract_files([first, second])
    assert [(c.name, Path(c.filename).name) for c in file.contracts] == [
        ("bpce", "first.yaml"),
        ("other", "second.yaml"),
    ]
    assert file.problems == ()


def test_a_contract_that_stands_in_two_files(write: Write, tmp_path: Path, minimal: str) -> None:
    first = write(minimal).rename(tmp_path / "first.yaml")
    second = write(f"# new\n{minimal}").rename(tmp_path / "second.yaml")
    file = read_contract_files([first, second])
    assert [contract.filename for contract in file.contracts] == [str(first)]
    assert [str(problem) for problem in file.problems] == [
        f"{second}:3: contracts.bpce: stands twice: first in {first}, line 2; remove one of them"
    ]


def test_the_example_of_the_documentation_is_a_contract(write: Write) -> None:
    text = (Path(__file__).parents[2] / "docs" / "contract.md").read_text(encoding="utf-8")
    file = read_contracts(write(text.split("```yaml\n")[1].split("```")[0]))
    assert file.problems == ()
    assert [contract.name for contract in file.contracts] == ["bpce"]


# Whatever stands there

_SCALARS = st.sampled_from(
    ["none", "0", "-1", "1.5", "50 %", "2026-01-05", "x", "Assets:A", "month", "''", '"\\n"', "~"]
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(
            st.tuples(st.sampled_from(["2026-01-05", "name", "x", "?"]), inner), max_size=3
        ).map(lambda pairs: f"{{{', '.join(f'{key}: {value}' for key, value in pairs)}}}")
    ),
    max_leaves=6,
)
_KEYS = re.findall(
    r"\w+",
    """factor currency end treatment recourse shared_account source sweep accounts receivables banks
    remittance every day funding ceiling model advance_rate calendar guarantee_fund rate build floor
    eligibility limits default include commission vat charges interest index margin""",
)
_LINES = st.tuples(
    st.integers(0, 3),
    st.sampled_from(_KEYS),
    _VALUES | st.just(""),
).map(lambda line: f"{'  ' * line[0]}{line[1]}: {line[2]}")


@given(lines=st.lists(_LINES, max_size=12))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reading_never_raises_on_contract_like_text(
    lines: list[str], minimal: str, tmp_path: Path
) -> None:
    path = tmp_path / "contracts.yaml"
    path.write_text(minimal + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
    file = read_contracts(path)
    assert len(file.contracts) == (not file.problems)
    assert all(problem.message and problem.line >= 1 for problem in file.problems)


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reading_never_raises_on_any_bytes(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "contracts.yaml"
    path.write_bytes(content)
    assert read_contracts(path).problems
