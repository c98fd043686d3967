"""CFONB 120: line breaks, doubtful and hostile records; and what is written is what is read."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_factoring.importers.banks.cfonb120 import looks_like_cfonb120
from beancount_factoring.importers.banks.cfonb120 import read_cfonb120
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from tests.importers import statement_writers as write
from tests.importers.real_files import RealFiles
from tests.importers.real_files import check_read_or_refused
from tests.importers.real_files import read_content
from tests.importers.real_files import refusal

_ACCOUNT = ("30006", "00001", "12345678901")

OPENING = "0130006    00001EUR2 12345678901  050126" + " " * 50 + "0000000001000{" + " " * 16
MOVEMENT = (
    "0430006    00001EUR2 1234567890118060126  060126"
    + "VIR DUPONT".ljust(31)
    + "  0000000  0000000000500{"
    + " " * 16
)
COMPLEMENT = "0530006    00001EUR2 1234567890118060126     "
CLOSING = "0730006    00001EUR2 12345678901  060126" + " " * 50 + "0000000001500{" + " " * 16


def _read(content: str | bytes) -> tuple[Statement, ...]:
    return read_content(read_cfonb120, content)


def _refusal(content: str | bytes) -> str:
    return refusal(read_cfonb120, content)


def _file(*records: str) -> str:
    return "".join(f"{record}\r\n" for record in records)


@st.composite
def _cfonb_statements(draw: st.DrawFn) -> Statement:
    return draw(write.statements(write.cfonb_line, write.IBAN, None))


@settings(max_examples=150, deadline=None)
@given(
    written=_cfonb_statements(),
    line_end=st.sampled_from(["\n", "\r\n", "\r", ""]),
    encoding=st.sampled_from(["utf-8", "latin-1", "utf-8-sig"]),
)
def test_what_is_written_is_read(written: Statement, line_end: str, encoding: str) -> None:
    records = write.cfonb(written, _ACCOUNT)
    (read,) = _read(line_end.join(records).encode(encoding))
    assert write.without_positions(read) == written


@settings(max_examples=50, deadline=None)
@given(written=_cfonb_statements(), width=st.integers(30, 300))
def test_file_wrapped_at_another_width_is_read(written: Statement, width: int) -> None:
    text = "".join(write.cfonb(written, _ACCOUNT))
    wrapped = "\n".join(text[start : start + width] for start in range(0, len(text), width))
    (read,) = _read(wrapped)
    assert write.without_positions(read) == written


@settings(max_examples=50, deadline=None)
@given(written=_cfonb_statements())
def test_lines_without_trailing_blanks_and_blank_lines_are_read(written: Statement) -> None:
    text = "\n \n\n".join(record.rstrip() for record in write.cfonb(written, _ACCOUNT))
    (read,) = _read(text)
    assert write.without_positions(read) == written


@settings(max_examples=200, deadline=None)
@given(content=RealFiles("cfonb120").damaged())
def test_damaged_real_file_is_read_or_refused(content: bytes) -> None:
    check_read_or_refused(read_cfonb120, content)


def test_line_break_only_after_the_first_record() -> None:
    (statement,) = _read(f"{OPENING}\n{MOVEMENT}{CLOSING}")
    assert [str(line.amount) for line in statement.lines] == ["50.00"]


def test_day_without_movement_is_read() -> None:
    opening = OPENING.replace(" " * 50, "** PAS DE MOUVEMENT CE JOUR **".center(50))
    closing = CLOSING.replace("0000000001500{", "0000000001000{")
    (statement,) = _read(_file(opening, closing))
    assert statement.lines == ()


def test_minus_zero_is_zero() -> None:
    (statement,) = _read(
        _file(
            OPENING.replace("0000000001000{", "0000000000000}"),
            CLOSING.replace("0000000001500{", "0000000000000}"),
        )
    )
    assert (str(statement.opening), str(statement.closing)) == ("0.00", "0.00")


@pytest.mark.parametrize(
    ("currency", "decimals", "amount"), [("XPF", "0", "5000"), ("TND", "3", "5.000")]
)
def test_decimals_are_those_that_column_20_states(
    currency: str, decimals: str, amount: str
) -> None:
    (statement,) = _read(_file(OPENING, MOVEMENT, CLOSING).replace("EUR2", f"{currency}{decimals}"))
    assert (statement.currency, str(statement.lines[0].amount)) == (currency, amount)


def test_blank_currency_is_that_of_the_other_records() -> None:
    blank = MOVEMENT.replace("EUR2", "   2")
    assert _read(_file(OPENING, blank, CLOSING))[0].currency == "EUR"
    usd = _file(OPENING.replace("EUR", "   "), MOVEMENT, CLOSING).replace("EUR", "USD")
    assert _read(usd)[0].currency == "USD"


def test_blank_operation_code_and_value_date_are_none() -> None:
    movement = MOVEMENT.replace("18060126  060126", "  060126        ")
    (line,) = _read(_file(OPENING, movement, CLOSING))[0].lines
    assert (line.code, line.value_date, line.date) == (None, None, datetime.date(2026, 1, 6))


def test_account_that_makes_no_iban_is_named_by_its_parts() -> None:
    text = _file(OPENING, MOVEMENT, CLOSING).replace("12345678901", "123456 8901")
    assert _read(text)[0].account == "30006 00001 123456 8901"


def test_bank_code_may_differ_within_a_statement() -> None:
    assert _read(_file(OPENING, MOVEMENT, CLOSING.replace("30006", "30007")))


def test_qualifiers_become_fields() -> None:
    more = {
        "NPY": "DUPONT SA",
        "NBE": "OWN FIRM",
        "CPY": "DE79 3704 0044 0123 6199 00",
        "IPY": "SIREN 123",
        "REF": "BANK-REF-7",
        "RCN": f"{'E2E-1':<35}SUPP",
        "LCC": "F2026-0001",
        "ZZZ": "something new",
    }
    records = [f"{COMPLEMENT}{qualifier}{text:<70}" for qualifier, text in more.items()]
    (line,) = _read(_file(OPENING, MOVEMENT, *records, CLOSING))[0].lines
    assert line.counterparty == "DUPONT SA"
    assert line.counterparty_iban == "DE79370400440123619900"
    assert line.reference == "BANK-REF-7"
    assert line.end_to_end_id == "E2E-1"
    assert line.text == "VIR DUPONT F2026-0001 something new SUPP"


def test_creditor_identifier_is_no_account() -> None:
    payment = MOVEMENT.replace("0000000000500{", "0000000000500}")
    creditor = f"{COMPLEMENT}IBE{'FR46ZZZ005002':<35}IDENTIFIANT CREANCIER SEPA"
    closing = CLOSING.replace("0000000001500{", "0000000000500{")
    (line,) = _read(_file(OPENING, payment, creditor, closing))[0].lines
    assert line.counterparty_iban is None


def test_rejected_transfer_names_the_beneficiary_it_did_not_reach() -> None:
    rejected = MOVEMENT.replace("060126  060126", "06012602060126")
    names = [f"{COMPLEMENT}NPYOWN FIRM", f"{COMPLEMENT}NBESUPPLIER"]
    (line,) = _read(_file(OPENING, rejected, *names, CLOSING))[0].lines
    assert (line.reversal, line.counterparty) == (True, "SUPPLIER")


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([MOVEMENT, CLOSING], "line 1: record 04 of account 12345678901: stands outside"),
        ([OPENING, COMPLEMENT + "LIBX", CLOSING], "line 2: record 05"),
        ([OPENING, OPENING, CLOSING], "line 2: record 01 of account 12345678901: the statement"),
        ([OPENING, MOVEMENT], "line 1: record 01 of account 12345678901: the statement has no"),
        ([OPENING, MOVEMENT, CLOSING, CLOSING], "line 4: record 07"),
        ([OPENING, CLOSING], "opening 100.00 + 0 lines 0 = 100.00 EUR, but closing 150.00"),
        (
            [OPENING, MOVEMENT.replace("12345678901", "99999999999"), CLOSING],
            "line 2: record 04 of account 99999999999: stands in the statement of account",
        ),
        ([OPENING, MOVEMENT.replace("EUR", "USD"), CLOSING], "EUR, USD"),
        ([OPENING, MOVEMENT.replace("060126  ", "310226  "), CLOSING], "'310226' (columns 35-40)"),
        ([OPENING, MOVEMENT.replace("  060126", "  999999"), CLOSING], "'999999' (columns 43-48)"),
        ([OPENING.replace("050126", "      "), CLOSING], "date (columns 35-40) is missing"),
        ([OPENING, MOVEMENT.replace("500{", "5000"), CLOSING], "amount '00000000005000'"),
        ([OPENING, MOVEMENT.replace("0000000000500{", "        50,00 "), CLOSING], "amount"),
        ([OPENING, MOVEMENT.replace("EUR2", "EUR "), CLOSING], "(column 20)"),
        ([OPENING, MOVEMENT, CLOSING, "99"], "line 4: '99' is no CFONB 120 record"),
        ([OPENING, MOVEMENT + "X", CLOSING], "line 2: 'X' is no CFONB 120 record"),
        ([OPENING, "02" + MOVEMENT[2:], CLOSING], "line 2:"),
    ],
)
def test_faulty_file_is_refused(records: list[str], reason: str) -> None:
    assert reason in _refusal(_file(*records))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (OPENING.encode("utf-16"), "NUL bytes"),
        (b"\0" * 240, "NUL bytes"),
        (b"<?xml version='1.0'?><Document/>", "is no CFONB 120 record"),
        (b"3160000000010".ljust(240) + b"\n", "is CFONB 240"),
        (b"9" * 400, "is no CFONB 120 record"),
    ],
)
def test_foreign_file_is_refused(content: bytes, reason: str) -> None:
    assert reason in _refusal(content)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.txt"):
        with pytest.raises(DocumentRefusedError):
            read_cfonb120(path)
        assert not looks_like_cfonb120(path)


def test_foreign_file_is_not_identified(tmp_path: Path) -> None:
    path = tmp_path / "phone.txt"
    path.write_text("01 42 65 00 00 is the number\n")
    assert not looks_like_cfonb120(path)


def test_amounts_are_exact() -> None:
    (line,) = _read(_file(OPENING, MOVEMENT, CLOSING))[0].lines
    assert line.amount == Decimal("50.00")
    assert str(line.amount) == "50.00"
