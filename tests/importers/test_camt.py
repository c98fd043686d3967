"""CAMT.053: the versions, the doubtful, the hostile; and what is written is what is read."""

from __future__ import annotations

import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_factoring.importers.camt import looks_like_camt053
from beancount_factoring.importers.camt import read_camt053
from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.documents import Statement
from beancount_factoring.importers.documents import StatementLine
from tests.importers import statement_writers as write
from tests.importers.real_files import RealFiles
from tests.importers.real_files import check_read_or_refused
from tests.importers.real_files import read_content
from tests.importers.real_files import refusal

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001"

ACCOUNT = f"<Acct><Id><IBAN>{write.IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
OPENING = (
    "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>100.00</Amt>"
    "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-05</Dt></Dt></Bal>"
)
CLOSING = OPENING.replace("OPBD", "CLBD").replace("100.00", "150.00")
ENTRY = (
    "<Ntry><Amt Ccy='EUR'>50.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
    "<BookgDt><Dt>2026-01-05</Dt></BookgDt></Ntry>"
)


def _document(*parts: str) -> str:
    return (
        "<Document><BkToCstmrStmt><Stmt><Id>S1</Id>"
        + "".join(parts)
        + "</Stmt></BkToCstmrStmt></Document>"
    )


def _read(content: str | bytes) -> tuple[Statement, ...]:
    return read_content(read_camt053, content)


def _refusal(content: str | bytes) -> str:
    return refusal(read_camt053, content)


def _line(entry: str, closing: str = "150.00") -> StatementLine:
    """Return the one line of a statement with this entry."""
    (statement,) = _read(_document(ACCOUNT, OPENING, CLOSING.replace("150.00", closing), entry))
    (line,) = statement.lines
    return line


@st.composite
def _camt_statements(draw: st.DrawFn) -> Statement:
    return draw(write.statements(write.camt_line, write.IBAN, "S 1"))


@settings(max_examples=100, deadline=None)
@given(
    written=_camt_statements(),
    version=st.sampled_from(["", ".02", ".04", ".08", ".14"]),
    party=st.sampled_from(["", "Pty"]),
    status=st.sampled_from(["", "Cd"]),
    date=st.sampled_from(["Dt", "DtTm"]),
)
def test_what_is_written_is_read(
    written: Statement, version: str, party: str, status: str, date: str
) -> None:
    text = write.camt(
        written,
        namespace=version and f"{_NAMESPACE}{version}",
        party=party,
        status=status,
        date=date,
    )
    (read,) = _read(text)
    assert write.without_positions(read) == written


@settings(max_examples=200, deadline=None)
@given(content=RealFiles("camt053").damaged())
def test_damaged_real_file_is_read_or_refused(content: bytes) -> None:
    check_read_or_refused(read_camt053, content)


def test_prefixed_names_are_read() -> None:
    text = _document(ACCOUNT, OPENING, CLOSING, ENTRY)
    prefixed = text.replace("</", "</c:").replace("<", "<c:").replace("<c:/c:", "</c:")
    prefixed = prefixed.replace("<c:Document>", f"<c:Document xmlns:c='{_NAMESPACE}.08'>")
    assert _read(prefixed) == _read(text)


def test_latin_1_file_is_read() -> None:
    entry = ENTRY.replace("</Ntry>", "<AddtlNtryInf>Société</AddtlNtryInf></Ntry>")
    text = _document(ACCOUNT, OPENING, CLOSING, entry)
    declared = f'<?xml version="1.0" encoding="ISO-8859-1"?>{text}'.encode("latin-1")
    assert _read(declared)[0].lines[0].text == "Société"


def test_utf_16_file_is_read() -> None:
    text = _document(ACCOUNT, OPENING, CLOSING, ENTRY)
    assert _read(f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")) == _read(text)


def test_previous_closing_balance_stands_for_the_opening_one() -> None:
    (statement,) = _read(_document(ACCOUNT, OPENING.replace("OPBD", "PRCD"), CLOSING, ENTRY))
    assert statement.opening == Decimal("100.00")


def test_interim_balances_stand_at_the_cuts_of_pages() -> None:
    middle = OPENING.replace("OPBD", "ITBD").replace("100.00", "150.00")
    (first,) = _read(_document(ACCOUNT, OPENING, middle, ENTRY))
    assert first.closing == Decimal("150.00")
    (last,) = _read(_document(ACCOUNT, middle, CLOSING.replace("150.00", "200.00"), ENTRY))
    assert last.opening == Decimal("150.00")


def test_interim_balance_beside_the_others_does_not_count() -> None:
    interim = OPENING.replace("OPBD", "ITBD").replace("100.00", "7.00")
    (statement,) = _read(_document(ACCOUNT, OPENING, interim, CLOSING, ENTRY))
    assert (statement.opening, statement.closing) == (Decimal("100.00"), Decimal("150.00"))


def test_statement_without_balances_is_read_unproven() -> None:
    (statement,) = _read(_document(ACCOUNT, ENTRY))
    assert (statement.opening, statement.closing, len(statement.lines)) == (None, None, 1)


def test_statement_without_entries_is_read() -> None:
    (statement,) = _read(_document(ACCOUNT, OPENING, CLOSING.replace("150.00", "100.00")))
    assert statement.lines == ()


@pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR"])
def test_entry_that_is_not_booked_is_no_movement(status: str) -> None:
    waiting = ENTRY.replace("BOOK", status)
    (statement,) = _read(_document(ACCOUNT, OPENING, CLOSING, ENTRY, waiting))
    assert len(statement.lines) == 1


def test_account_that_is_no_iban_is_named_as_written() -> None:
    other = ACCOUNT.replace(f"<IBAN>{write.IBAN}</IBAN>", "<Othr><Id>4711 B</Id></Othr>")
    (statement,) = _read(_document(other, OPENING, CLOSING, ENTRY))
    assert statement.account == "4711 B"


def test_iban_printed_in_groups_is_compact() -> None:
    grouped = ACCOUNT.replace(write.IBAN, "FR76 3000 6000 0112 3456 7890 189")
    (statement,) = _read(_document(grouped, OPENING, CLOSING, ENTRY))
    assert statement.account == write.IBAN


def _batch(*details: str) -> str:
    return ENTRY.replace("</Ntry>", f"<NtryDtls>{''.join(details)}</NtryDtls></Ntry>")


def _detail(amount: str = "", end_to_end: str = "NOTPROVIDED", inner: str = "") -> str:
    stated = f"<Amt Ccy='EUR'>{amount}</Amt>" if amount else ""
    return f"<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>{stated}{inner}</TxDtls>"


def test_batch_that_adds_up_is_split() -> None:
    batch = _batch(_detail("20.00", "E1"), _detail("30.00", "E2"))
    (statement,) = _read(_document(ACCOUNT, OPENING, CLOSING, batch))
    assert [(str(line.amount), line.end_to_end_id) for line in statement.lines] == [
        ("20.00", "E1"),
        ("30.00", "E2"),
    ]


def test_batch_with_an_opposite_transaction_is_split_by_its_signs() -> None:
    opposite = _detail("10.00", "E2", "<CdtDbtInd>DBIT</CdtDbtInd>")
    batch = _batch(_detail("60.00", "E1"), opposite)
    (statement,) = _read(_document(ACCOUNT, OPENING, CLOSING, batch))
    assert [str(line.amount) for line in statement.lines] == ["60.00", "-10.00"]


@pytest.mark.parametrize(
    "details",
    [
        [_detail("20.00", "E1"), _detail("29.99", "E2")],
        [_detail("50.00", "E1"), _detail("", "E2")],
        [_detail("20.00", "E1"), _detail("30.00", "E2").replace("EUR", "USD")],
    ],
    ids=["does not add up", "amount missing", "other currency"],
)
def test_batch_in_doubt_is_one_line_that_tells_its_identifiers(details: list[str]) -> None:
    line = _line(_batch(*details))
    assert line.amount == Decimal("50.00")
    assert line.end_to_end_id is None
    assert line.text == "E1 E2"


def test_transactions_of_a_batch_have_identifiers_of_their_own() -> None:
    batch = _batch(_detail("20.00"), _detail("30.00")).replace(
        "<BookgDt>", "<AcctSvcrRef>B7</AcctSvcrRef><BookgDt>"
    )
    (statement,) = _read(_document(ACCOUNT, OPENING, CLOSING, batch))
    assert [line.bank_id for line in statement.lines] == ["B7/1", "B7/2"]


def test_several_references_of_one_payment_are_told_as_text() -> None:
    strd = "".join(f"<Strd><CdtrRefInf><Ref>RF{n}</Ref></CdtrRefInf></Strd>" for n in (1, 2))
    line = _line(_batch(_detail(inner=f"<RmtInf>{strd}</RmtInf>")))
    assert (line.reference, line.text) == (None, "RF1 RF2")


def test_free_text_in_pieces_is_joined() -> None:
    ustrd = "<RmtInf><Ustrd>F2026-0001</Ustrd><Ustrd>F2026-0002</Ustrd></RmtInf>"
    assert _line(_batch(_detail(inner=ustrd))).text == "F2026-0001 F2026-0002"


def test_comment_inside_an_amount_does_not_cut_it() -> None:
    assert _line(ENTRY.replace("50.00", "5<!-- -->0.00")).amount == Decimal("50.00")


def test_entry_without_booking_date_has_its_value_date() -> None:
    entry = ENTRY.replace("BookgDt", "ValDt")
    assert _line(entry).date == datetime.date(2026, 1, 5)


@pytest.mark.parametrize(
    ("found", "written", "reason"),
    [
        ("<Amt Ccy='EUR'>50.00", "<Amt Ccy='EUR'>12..34", "Amt is '12..34'"),
        ("<Amt Ccy='EUR'>50.00", "<Amt Ccy='EUR'>-50.00", "Amt is '-50.00'"),
        ("<Amt Ccy='EUR'>50.00", "<Amt Ccy='EUR'>50,00", "Amt is '50,00'"),
        ("<Amt Ccy='EUR'>50.00", "<Amt Ccy='EUR'>1E2", "Amt is '1E2'"),
        ("<Amt Ccy='EUR'>50.00", f"<Amt Ccy='EUR'>{'9' * 400}", "(400 characters)"),
        ("<Amt Ccy='EUR'>50.00", "<Amt Ccy='EUR'>٥٠", "an amount like 1234.56 was expected"),
        ("<Amt Ccy='EUR'>50.00", "<Amt Ccy='EUR'>5<b/>0.00", "text beside elements"),
        ("<Amt Ccy='EUR'>50.00</Amt>", "", "Amt is missing"),
        ("<Amt Ccy='EUR'>50.00", "<Amt Ccy='EUR'>1</Amt><Amt Ccy='EUR'>50.00", "given twice"),
        ("<Amt Ccy='EUR'>50.00", "<Amt>50.00", "currency of Amt is missing"),
        ("<Amt Ccy='EUR'>50.00", "<Amt Ccy='euro'>50.00", "currency of Amt is 'euro'"),
        ("<Amt Ccy='EUR'>50.00", "<Amt Ccy='USD'>50.00", "more than one currency"),
        ("CRDT", "HABEN", "CdtDbtInd is 'HABEN'"),
        ("BOOK", "DONE", "status is 'DONE'"),
        ("<Dt>2026-01-05", "<Dt>2026-02-30", "date '2026-02-30'"),
        ("<Dt>2026-01-05", "<Dt>0000-01-05", "date '0000-01-05'"),
        ("<Dt>2026-01-05", "<Dt>05.01.2026", "date '05.01.2026'"),
        ("<Dt>2026-01-05", "<Dt>2526-01-05", "date '2526-01-05' is in a year that cannot be meant"),
        ("<Dt>2026-01-05", "<Dt>0001-01-05", "date '0001-01-05' is in a year that cannot be meant"),
        ("<BookgDt><Dt>2026-01-05</Dt></BookgDt>", "", "neither a booking date nor a value date"),
    ],
)
def test_entry_in_doubt_is_refused(found: str, written: str, reason: str) -> None:
    assert found in ENTRY
    refusal = _refusal(_document(ACCOUNT, OPENING, CLOSING, ENTRY.replace(found, written)))
    assert reason in refusal
    assert refusal.startswith("line 1: ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("\0\0\0", "is not well-formed XML"),
        ("Date;Amount\n2026-01-05;50,00\n", "is not well-formed XML"),
        ("<html><body/></html>", "holds no statement"),
        (_document(ACCOUNT, OPENING, CLOSING, ENTRY)[:-40], "is not well-formed XML"),
        (_document(ACCOUNT, OPENING, CLOSING).replace("Stmt", "Rpt"), "holds no statement"),
        (
            "<Document><BkToCstmrAcctRpt><Rpt/></BkToCstmrAcctRpt></Document>",
            "is a camt.052 account report",
        ),
        (_document(OPENING, CLOSING, ENTRY), "names no account"),
        (_document(ACCOUNT, OPENING, CLOSING), "opening 100.00 + 0 lines 0 = 100.00 EUR, "),
        (_document(ACCOUNT.replace("EUR", "USD"), OPENING, CLOSING, ENTRY), "account 'USD'"),
        (_document(ACCOUNT.replace("<Ccy>EUR</Ccy>", "")), "names no currency"),
        ("<?xml version='1.0' encoding='klingon'?><Document/>", "encoding"),
        ("<a>" * 100 + "</a>" * 100, "more than 64 levels"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_file_that_is_no_right_statement_is_refused(text: str, reason: str) -> None:
    assert reason in _refusal(text)


_BOMB = "<!DOCTYPE Document [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {after} '{f'&{before};' * 10}'>" for before, after in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    "doctype",
    [
        f"{_BOMB}]>",
        "<!DOCTYPE Document [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE Document SYSTEM 'http://localhost/camt.dtd'>",
    ],
    ids=["entity bomb", "external entity", "external DTD"],
)
def test_document_type_is_refused_before_it_is_read(doctype: str) -> None:
    entry = ENTRY.replace("</Ntry>", "<AddtlNtryInf>&i;</AddtlNtryInf></Ntry>")
    assert "has a DTD" in _refusal(doctype + _document(ACCOUNT, OPENING, CLOSING, entry))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.xml"):
        with pytest.raises(DocumentRefusedError):
            read_camt053(path)
        assert not looks_like_camt053(path)


def test_foreign_file_is_not_identified(tmp_path: Path) -> None:
    path = tmp_path / "invoice.xml"
    path.write_text("<Invoice>BkToCstmr</Invoice>")
    assert not looks_like_camt053(path)
