"""MT940: what is written is read; the doubtful, the hostile, and the library that is missing."""

from __future__ import annotations

import datetime
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_factoring.importers.banks.mt940 import looks_like_mt940
from beancount_factoring.importers.banks.mt940 import read_mt940
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine
from tests.importers import statement_writers as write
from tests.importers.real_files import RealFiles
from tests.importers.real_files import check_read_or_refused
from tests.importers.real_files import read_content
from tests.importers.real_files import refusal

HEAD = ":20:STARTUMSE\n:25:FR7630006000011234567890189\n:28C:7/1\n:60F:C260105EUR100,00\n"
MOVEMENT = ":61:2601060106C50,00NTRFREF-77//BANK00004711\n:86:VIR DUPONT F2026-0001\n"
TAIL = ":62F:C260106EUR150,00\n-\n"


def _read(content: str | bytes) -> tuple[Statement, ...]:
    return read_content(read_mt940, content)


def _refusal(content: str | bytes) -> str:
    return refusal(read_mt940, content)


def _line(movement: str) -> StatementLine:
    """Return the one line of a statement with this movement, whatever its amount."""
    (statement,) = _read(HEAD.replace(":60F:C260105EUR100,00\n", ":34F:EUR0,\n") + movement)
    (line,) = statement.lines
    return line


def _told(details: str) -> StatementLine:
    """Return the line of a movement with these details."""
    return _line(f":61:2601060106C50,00NTRFNONREF\n:86:{details}\n")


@st.composite
def _mt940_statements(draw: st.DrawFn) -> Statement:
    written = draw(write.statements(write.mt940_line, write.IBAN, "7/1"))
    days = st.dates(datetime.date(2000, 1, 1), datetime.date(2069, 12, 31))
    return replace(written, opening_date=draw(days), closing_date=draw(days))


@settings(max_examples=200, deadline=None)
@given(written=_mt940_statements(), line_end=st.sampled_from(["\r\n", "\n", "\r"]))
def test_what_is_written_is_read(written: Statement, line_end: str) -> None:
    (read,) = _read(write.mt940(written, line_end))
    assert write.without_positions(read) == written


@settings(max_examples=200, deadline=None)
@given(content=RealFiles("mt940").damaged())
def test_damaged_real_file_is_read_or_refused(content: bytes) -> None:
    check_read_or_refused(read_mt940, content)


def test_pages_are_proven_one_by_one() -> None:
    first = HEAD + MOVEMENT + TAIL.replace("62F", "62M")
    second = HEAD.replace("60F:C260105EUR100,00", "60M:C260106EUR150,00") + ":62F:C260106EUR150,\n"
    statements = _read(first + second)
    assert [(each.opening, each.closing) for each in statements] == [
        (Decimal("100.00"), Decimal("150.00")),
        (Decimal("150.00"), Decimal(150)),
    ]
    assert "does not add up" in _refusal(first.replace("EUR150", "EUR151") + second)


@pytest.mark.parametrize(
    ("stated", "account"),
    [
        ("FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189"),
        ("FR7630006000011234567890189EUR", "FR7630006000011234567890189"),
        ("FR7630006000011234567890189 EUR", "FR7630006000011234567890189"),
        ("50880050/0194774600888", "50880050/0194774600888"),
        ("1291.99.348EUR", "1291.99.348"),
        ("808XXXXXX292", "808XXXXXX292"),
    ],
)
def test_account_is_an_iban_or_what_is_written(stated: str, account: str) -> None:
    text = HEAD.replace("FR7630006000011234567890189", stated) + MOVEMENT + TAIL
    assert _read(text)[0].account == account


@pytest.mark.parametrize(
    ("mark", "amount", "reversal"),
    [
        ("C", "50", False),
        ("D", "-50", False),
        ("RC", "-50", True),
        ("RD", "50", True),
        ("CR", "50", False),
        ("DN", "-50", False),
        ("RCR", "-50", True),
    ],
)
def test_marks_and_the_funds_letter_behind_them(mark: str, amount: str, reversal: bool) -> None:
    line = _line(f":61:2601060106{mark}50,NTRFNONREF\n")
    assert (line.amount, line.reversal) == (Decimal(amount), reversal)


@pytest.mark.parametrize(
    ("days", "date", "value_date"),
    [
        ("2601060107", "2026-01-07", "2026-01-06"),
        ("260106", "2026-01-06", "2026-01-06"),
        ("260106    ", "2026-01-06", "2026-01-06"),
        ("2512310102", "2026-01-02", "2025-12-31"),
        ("2601021231", "2025-12-31", "2026-01-02"),
        ("2602300301", "2026-03-01", "2026-02-28"),
    ],
)
def test_days(days: str, date: str, value_date: str) -> None:
    line = _line(f":61:{days}C50,NTRFNONREF\n")
    assert (str(line.date), str(line.value_date)) == (date, value_date)


def test_references() -> None:
    line = _line(MOVEMENT)
    assert (line.reference, line.bank_id, line.code) == ("REF-77", "BANK00004711", "NTRF")
    line = _line(":61:2601060106C50,NTRFDB faktura//nota\nmore of it\n")
    assert (line.reference, line.bank_id, line.text) == (None, None, "more of it DB faktura nota")
    line = _line(":61:200101    D65,00NOVBNL47INGB9999999999\nhr paulissen\n")
    assert (line.reference, line.counterparty_iban) == (None, "NL47INGB9999999999")


def test_two_movements_without_a_type_stay_two() -> None:
    statement = HEAD + ":61:260106C20,00\n:61:260106C30,00\n" + TAIL
    assert [str(line.amount) for line in _read(statement)[0].lines] == ["20.00", "30.00"]


def test_structured_details() -> None:
    line = _told(
        "166?00GUTSCHRIFT?100399?20EREF+E2E-0815?21SVWZ+F2026-0001 und?22F2026-0002"
        "?31DE42100100100043921105?32DUPONT?33 SARL?60Kunde 42"
    )
    assert line.text == "GUTSCHRIFT F2026-0001 und F2026-0002 Kunde 42"
    assert line.counterparty == "DUPONT SARL"
    assert line.counterparty_iban == "DE42100100100043921105"
    assert line.end_to_end_id == "E2E-0815"
    assert line.code == "NTRF+166"


def test_a_word_cut_at_the_width_of_a_part_is_whole_again() -> None:
    line = _told("166?20SVWZ+RECHNUNG NUMMER F2026-?210001?22DANKE")
    assert line.text == "RECHNUNG NUMMER F2026-0001 DANKE"


def test_a_question_mark_of_the_text_loses_nothing() -> None:
    assert _told("166?00VIR?20F2026-0001? F2026-0002").text == "VIR F2026-0001? F2026-0002"


def test_text_behind_another_key_word_is_kept() -> None:
    assert "F2026-0001" in _told("106?00X?20EREF+E1?21CRED+FR1?22F2026-0001").text


def test_other_marks_of_parts() -> None:
    assert _told("000>100987>20ALGEMENE TUSSENREKENING KO>21STEN").text == (
        "ALGEMENE TUSSENREKENING KO STEN"
    )


def test_words_between_slashes() -> None:
    line = _told("/TRTP/SEPA/IBAN/NL20INGB0001234567/NAME/DUPONT/REMI/F2026-0001/EREF/E-7/")
    assert (line.counterparty, line.counterparty_iban) == ("DUPONT", "NL20INGB0001234567")
    assert line.end_to_end_id == "E-7"
    assert "/REMI/F2026-0001/" in line.text


def test_text_after_a_line_break_that_looks_like_a_field_of_no_kind_is_text() -> None:
    assert _told("FAKT T16\n:26:37 F2026-0001").text == "FAKT T16 :26:37 F2026-0001"


def test_lines_are_joined_without_a_blank_where_they_are_full() -> None:
    full = f"{'X' * 57} F2026-0"
    assert len(full) == 65
    assert _told(f"{full}\n001 DUPONT").text == f"{'X' * 57} F2026-0001 DUPONT"


def test_amount_paid_and_charges() -> None:
    line = _line(":61:260106D5,00NTRFNONREF\n/OCMT/EUR4,5/\n:86:VIR /CHGS/EUR0,5/\n")
    assert (line.original, line.charges) == (None, Decimal("-0.5"))
    line = _line(":61:260106D5,00NTRFNONREF\n:86:/OCMT/USD5,55/\n")
    assert (line.original, line.charges) == ((Decimal("-5.55"), "USD"), None)


def test_details_of_the_statement_are_no_movements() -> None:
    text = HEAD + ":86:For information\n" + MOVEMENT + TAIL.replace("-\n", ":86:End\n-\n")
    assert _read(text)[0].lines == _read(HEAD + MOVEMENT + TAIL)[0].lines[:0] + tuple(
        line._replace(position=line.position + 1) for line in _read(HEAD + MOVEMENT + TAIL)[0].lines
    )


def test_envelopes_preambles_and_control_signs_are_left_aside() -> None:
    text = f"An example\n---\n\x01{{1:F01BANK}}{{2:I940}}{{4:\n{HEAD}{MOVEMENT}{TAIL}"
    (read,) = _read(text.replace("\n-\n", "\n-}{5:{MAC:00000000}}\x03\n"))
    assert read.closing == Decimal("150.00")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Société".encode(), "Société"),
        ("Société".encode("latin-1"), "Société"),
        ("L’été à 5 €".encode("cp1252"), "L’été à 5 €"),
        ("összevont utánvét".encode("cp852"), "összevont utánvét"),
        (b"\xef\xbf\xbd", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_encodings(content: bytes, text: str) -> None:
    data = (HEAD + MOVEMENT + TAIL).encode().replace(b"VIR DUPONT", content)
    assert _read(data)[0].lines[0].text == f"{text} F2026-0001"


def test_interim_report_is_proven_by_its_sums() -> None:
    report = HEAD.replace(":60F:C260105EUR100,00", ":34F:EUR0,\n:13D:2601061200+0100")
    (read,) = _read(report + MOVEMENT + ":90D:0EUR0,\n:90C:1EUR50,00\n-\n")
    assert read.is_partial
    assert read.remarks[0].endswith("has no balances: nothing proves that its lines are all there")
    assert "announces 1 entries of together 49.00, and there are 1 of together 50.00" in _refusal(
        report + MOVEMENT + ":90C:1EUR49,00\n"
    )


@pytest.mark.parametrize(
    ("found", "written", "reason"),
    [
        ("C50,00N", "C50.00N", "is no movement"),
        ("C50,00N", "C5,0,00N", "is no movement"),
        ("C50,00N", "C1.050,00N", "is no movement"),
        ("C50,00N", f"C{'9' * 400},00N", "is no movement"),
        ("C50,00N", "c50,00N", "is no movement"),
        ("C50,00N", "X50,00N", "is no movement"),
        ("C50,00N", "C٥٠,00N", "is no movement"),
        ("C50,00N", "C50,00\0N", "NUL"),
        ("2601060106C", "2611310106C", "a day in it is none"),
        ("2601060106C", "2613010106C", "a day in it is none"),
        ("2601060106C", "2601061131C", "a day in it is none"),
        (":60F:C260105EUR100,00", ":60F:C260105EUR100.00", "day, currency and amount"),
        (":60F:C260105EUR100,00", ":60F:C260100EUR100,00", "day, currency and amount"),
        (":60F:C260105EUR100,00", ":60F:C260105100,00", "day, currency and amount"),
        (":60F:C260105EUR100,00", ":60F:C260105USD100,00", "more than one currency"),
        (":60F:C260105EUR100,00", ":60F:C260105EUR101,00", "does not add up"),
        (":60F:", ":60F:C260105EUR100,00\n:60F:", "is the second one"),
        (":60F:", ":34F:EU\n:60F:", "begins with no currency; three capitals were expected"),
        (":25:", ":21:", "names no account"),
        (":20:STARTUMSE\n", "", "stands outside a statement"),
        (":62F:", f":62F:C260106EUR150,00\n{MOVEMENT}:62F:", "stands behind the closing balance"),
    ],
)
def test_statement_in_doubt_is_refused(found: str, written: str, reason: str) -> None:
    text = HEAD + MOVEMENT + TAIL
    assert found in text
    message = _refusal(text.replace(found, written, 1))
    assert reason in message
    assert len(message) < 300


@pytest.mark.parametrize("content", ["", "1\n2\n3\n", "Date;Amount\n", "\0" * 100])
def test_foreign_file_is_refused(content: str) -> None:
    assert _refusal(content)


def test_a_long_text_is_read_and_one_without_end_refused() -> None:
    (statement,) = _read(HEAD + MOVEMENT.replace("VIR", "?20 " * 4_000) + TAIL)
    assert len(statement.lines) == 1
    without_end = HEAD + MOVEMENT.replace("VIR", "?20 " * 2_000_000) + TAIL
    assert "has more than 20000 characters" in _refusal(without_end)
    assert "has more than 2000 lines" in _refusal(HEAD + MOVEMENT + "\n" * 4_000_000 + TAIL)


def test_more_fields_than_any_bank_writes_are_refused() -> None:
    assert "is one of more than 400000 fields" in _refusal(HEAD + MOVEMENT + ":86:\n" * 400_000)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mt940", None)
    assert _refusal(HEAD + MOVEMENT + TAIL) == (
        'is MT940, and the mt-940 library is missing: pip install "beancount-factoring[mt940]"'
    )


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.sta"):
        with pytest.raises(DocumentRefusedError):
            read_mt940(path)
        assert not looks_like_mt940(path)
