"""OFX: what is written is read, in both versions; the doubtful and the hostile."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_factoring.importers.banks.ofx import looks_like_ofx
from beancount_factoring.importers.banks.ofx import read_ofx
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine
from tests.importers import statement_writers as write
from tests.importers.real_files import RealFiles
from tests.importers.real_files import check_read_or_refused
from tests.importers.real_files import read_content
from tests.importers.real_files import refusal

MOVEMENT = (
    "<STMTTRN><TRNTYPE>XFER<DTPOSTED>20260106<TRNAMT>50.00<FITID>T0001<NAME>VIR DUPONT"
    "<MEMO>F2026-0001</STMTTRN>"
)
BALANCE = "<LEDGERBAL><BALAMT>150.00<DTASOF>20260106</LEDGERBAL>"


def _document(
    *movements: str,
    balance: str = BALANCE,
    account: str = "<BANKID>30006<BRANCHID>00001<ACCTID>12345678901<ACCTTYPE>CHECKING",
    currency: str = "<CURDEF>EUR",
) -> str:
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX>"
        "<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260201"
        "</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0</STATUS>"
        f"<STMTRS>{currency}<BANKACCTFROM>{account}</BANKACCTFROM><BANKTRANLIST>"
        f"<DTSTART>20260101<DTEND>20260131{''.join(movements)}</BANKTRANLIST>{balance}"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


def _read(content: str | bytes) -> tuple[Statement, ...]:
    return read_content(read_ofx, content)


def _refusal(content: str | bytes) -> str:
    return refusal(read_ofx, content)


def _line(movement: str) -> StatementLine:
    """Return the one line of a statement with this movement."""
    ((line,),) = (statement.lines for statement in _read(_document(movement)))
    return line


def _with(found: str, written: str) -> str:
    assert found in MOVEMENT
    return MOVEMENT.replace(found, written)


@st.composite
def _ofx_statements(draw: st.DrawFn) -> Statement:
    written = draw(write.statements(write.ofx_line, write.IBAN, None))
    return replace(written, opening=None, opening_date=None)


@settings(max_examples=150, deadline=None)
@given(
    written=_ofx_statements(), version=st.sampled_from([1, 2]), between=st.sampled_from(["", "\n"])
)
def test_what_is_written_is_read(written: Statement, version: int, between: str) -> None:
    (read,) = _read(write.ofx(written, version=version, between=between))
    assert "no opening balance" in read.remarks[-1]
    assert write.without_positions(replace(read, remarks=())) == written


@settings(max_examples=200, deadline=None)
@given(content=RealFiles("ofx").damaged())
def test_damaged_real_file_is_read_or_refused(content: bytes) -> None:
    check_read_or_refused(read_ofx, content)


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("<BANKID>30006<BRANCHID>00001<ACCTID>12345678901", "FR7630006000011234567890189"),
        ("<BANKID>30006<ACCTID>FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189"),
        ("<BANKID>875400<ACCTID>54658222458596", "875400 54658222458596"),
        ("<ACCTID>4711", "4711"),
    ],
)
def test_account_is_an_iban_or_its_numbers(account: str, expected: str) -> None:
    assert _read(_document(MOVEMENT, account=account))[0].account == expected


def test_a_movement() -> None:
    line = _line(MOVEMENT)
    assert (str(line.date), line.amount, line.text) == (
        "2026-01-06",
        Decimal("50.00"),
        "VIR DUPONT F2026-0001",
    )
    assert (line.bank_id, line.code) == ("T0001", "XFER")


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("-1.50", "-1.50"),
        ("+1,5", "1.5"),
        (".5", "0.5"),
        ("1", "1"),
        ("0.000000000000001", "1e-15"),
    ],
)
def test_amounts(written: str, amount: str) -> None:
    assert _line(_with("50.00", written)).amount == Decimal(amount)


@pytest.mark.parametrize("identifier", ["", "0", "0000000", "1", "42"])
def test_what_identifies_nothing_is_no_identifier(identifier: str) -> None:
    assert _line(_with("T0001", identifier)).bank_id is None


def test_entities_cdata_comments_and_raw_signs() -> None:
    line = _line(_with("VIR DUPONT", "A &amp; &lt;B&gt; &#233;&#xE9; C & D &amp;lt; &#9;"))
    assert line.text == "A & <B> éé C & D &lt; F2026-0001"
    assert _line(_with("VIR DUPONT", "<![CDATA[A <B> & C]]>")).text == "A <B> & C F2026-0001"
    assert _line(_with("50.00", "5<!-- <TRNAMT>7 -->0.00")).amount == Decimal("50.00")


def test_empty_and_unknown_leaves_are_left_aside() -> None:
    movement = _with("<NAME>", "<CHECKNUM></CHECKNUM><REFNUM><X.Y><SIC>5411<NAME>")
    assert _line(movement).text == "VIR DUPONT F2026-0001"
    assert _line(movement).reference is None


def test_several_statements_and_accounts() -> None:
    one = _document(MOVEMENT)
    start, end = one.index("<STMTTRNRS>"), one.index("</BANKMSGSRSV1>")
    two = one[:end] + one[start:end].replace("12345678901", "12345678902") + one[end:]
    assert [statement.account[-11:-2] for statement in _read(two)] == ["345678901", "345678902"]


def test_balance_counts_for_a_day_that_is_over_and_covered() -> None:
    (read,) = _read(_document(MOVEMENT))
    assert (read.closing, str(read.closing_date)) == (Decimal("150.00"), "2026-01-06")
    for day, reason in (
        ("20260201", "is left out: after 2026-01-31"),
        ("00000000", "has no date: it is left out"),
    ):
        (read,) = _read(_document(MOVEMENT, balance=BALANCE.replace("20260106", day)))
        assert read.closing is None
        assert reason in read.remarks[0]
    text = _document(MOVEMENT).replace("<DTSERVER>20260201", "<DTSERVER>20260106120000")
    assert "movements of that day may follow" in _read(text)[0].remarks[0]


def test_a_correction_is_left_out_and_told() -> None:
    correction = _with("<NAME>", "<CORRECTFITID>T0000<CORRECTACTION>REPLACE<NAME>")
    (read,) = _read(_document(MOVEMENT, correction))
    assert len(read.lines) == 1
    assert "a correction ('REPLACE') of the movement 'T0000' is left out" in read.remarks[0]


def test_equal_identifiers_and_contradicting_types_are_told() -> None:
    debit = _with("XFER", "DEBIT")
    (read,) = _read(_document(debit, MOVEMENT, _with("50.00", "-1.00")))
    assert len(read.lines) == 3
    assert read.remarks[0].endswith("contradicts its type 'DEBIT': the sign counts")
    assert "3 movements have the FITID 'T0001'" in read.remarks[1]


def test_amounts_without_sign_are_refused() -> None:
    assert "the file's amounts have no sign" in _refusal(_document(_with("XFER", "DEBIT")))


@pytest.mark.parametrize(
    ("found", "written", "reason"),
    [
        ("50.00", "$50.00", "has the TRNAMT '$50.00'"),
        ("50.00", "1,050.00", "has the TRNAMT '1,050.00'"),
        ("50.00", ".", "has the TRNAMT '.'"),
        ("50.00", "1E5", "has the TRNAMT '1E5'"),
        ("50.00", "9" * 400, "(400 characters)"),
        ("<TRNAMT>50.00", "", "has the TRNAMT ''"),
        ("<TRNAMT>50.00", "<TRNAMT>50.00<TRNAMT>60.00", "has TRNAMT twice"),
        ("20260106", "20260231", "has the DTPOSTED '20260231'"),
        ("20260106", "00000106", "has the DTPOSTED '00000106'"),
        ("20260106", "00010101", "has the DTPOSTED '00010101'"),
        ("<DTPOSTED>20260106", "", "has the DTPOSTED ''"),
        ("<NAME>", "<CURRENCY><CURSYM>USD</CURRENCY><NAME>", "more than one currency"),
        ("</STMTTRN>", "", "</BANKTRANLIST> stands where </STMTTRN> was expected"),
        ("<STMTTRN>", "</BANKTRANLIST>", "stands where"),
        ("VIR", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "which is not read"),
        ("<STMTTRN>", "<STMTTRN>" * 60, "below 32 others"),
    ],
)
def test_statement_in_doubt_is_refused(found: str, written: str, reason: str) -> None:
    message = _refusal(_document(_with(found, written), balance=""))
    assert reason in message
    assert len(message) < 300


_LOGIN_REFUSED = (
    "<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Login refused</STATUS>"
    "</SONRS></SIGNONMSGSRSV1></OFX>"
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_document(MOVEMENT)[:-40], "the file ends within it"),
        (_document(MOVEMENT, account=""), "names no account"),
        (_document(MOVEMENT, currency=""), "has the currency ''"),
        (_document(MOVEMENT, currency="<CURDEF>euro"), "has the currency 'euro'"),
        ("<OFX></OFX>", "holds no bank statement"),
        ("OFXHEADER:100", "holds no OFX data"),
        ("<STMTRS></STMTRS>", "stands outside OFX"),
        ("<OFX>\0</OFX>", "NUL bytes"),
        (_LOGIN_REFUSED, "the bank answers with status '15500', 'Login refused'"),
    ],
)
def test_file_that_is_no_right_statement_is_refused(content: str, reason: str) -> None:
    assert reason in _refusal(content)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_encodings_whatever_the_header_says(encoding: str) -> None:
    data = _document(_with("VIR DUPONT", "Société")).encode(encoding)
    assert _read(data)[0].lines[0].text == "Société F2026-0001"


def test_a_file_of_one_huge_line_is_read_in_time() -> None:
    (statement,) = _read(_document(MOVEMENT * 20_000 + _with("VIR", "< & " * 1_000_000)))
    assert len(statement.lines) == 20_001


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<OFX>" + "<![CDATA[" * 1_000_000, "which is not read"),
        ("<OFX>" + "<!--" * 1_000_000, "which is not read"),
        ("<OFX>" + "<BAL/>" * 400_001, "is one of more than 400000 groups"),
        ("<OFX>" + "\n" * 10_000_000, "the file ends within it"),
        ("<OFX>" + "<STMTTRN>" * 1_000_000, "stands below 32 others"),
        ("<OFX>" + "<A>" * 500_000, "the file ends within it"),
    ],
    ids=lambda value: value[5:15],
)
def test_what_would_fill_time_or_memory_is_refused(content: str, reason: str) -> None:
    assert reason in _refusal(content)


def test_an_empty_movement_is_none() -> None:
    (read,) = _read(_document("<STMTTRN/>", "<STMTTRN></STMTTRN>", MOVEMENT))
    assert len(read.lines) == 1


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.ofx"):
        with pytest.raises(DocumentRefusedError):
            read_ofx(path)
        assert not looks_like_ofx(path)
