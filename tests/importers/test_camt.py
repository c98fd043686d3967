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

from beancount_factoring.importers.banks.camt import looks_like_camt053
from beancount_factoring.importers.banks.camt import read_camt053
from beancount_factoring.importers.banks.camt import read_camt054
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine
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
    (remark,) = statement.remarks
    assert remark.startswith(f"line 1: statement S1 of account {write.IBAN} has no balances: ")


def test_a_number_that_cannot_be_printed_is_told_in_one_line() -> None:
    number = "<Id>253\tEUR\n476890</Id>"
    document = _document(ACCOUNT, ENTRY).replace("<Id>S1</Id>", number)
    (remark,) = _read(document)[0].remarks
    assert remark.startswith("line 1: statement 253 EUR 476890 of account ")
    wrong = _document(ACCOUNT, OPENING, CLOSING).replace("<Id>S1</Id>", number)
    for document in (wrong, wrong.replace("2026-01-05", "2026-01-41")):
        with pytest.raises(DocumentRefusedError) as refusal:
            _read(document)
        assert str(refusal.value).isprintable()


def _summary(count: int, credits_sum: str, debits_sum: str) -> str:
    return (
        f"<TxsSummry><TtlNtries><NbOfNtries>{count}</NbOfNtries></TtlNtries>"
        f"<TtlCdtNtries><Sum>{credits_sum}</Sum></TtlCdtNtries>"
        f"<TtlDbtNtries><Sum>{debits_sum}</Sum></TtlDbtNtries></TxsSummry>"
    )


def test_summary_proves_a_statement_without_balances() -> None:
    debit = ENTRY.replace("CRDT", "DBIT").replace("50.00", "7.00")
    (statement,) = _read(_document(ACCOUNT, _summary(2, "50", "7.00"), ENTRY, debit))
    assert len(statement.lines) == 2
    for summary, reason in (
        (_summary(3, "50.00", "7.00"), "announces '3' entries (TxsSummry) and holds 2"),
        (_summary(2, "50.01", "7.00"), "announces TtlCdtNtries of '50.01' (TxsSummry) and holds"),
        (_summary(2, "50.00", "0"), "announces TtlDbtNtries of '0' (TxsSummry) and holds 7.00"),
        (_summary(2, "5O.00", "0"), "TtlCdtNtries/Sum is '5O.00'; an amount like 1234.56"),
    ):
        assert reason in _refusal(_document(ACCOUNT, summary, ENTRY, debit))


def test_notification_is_read_without_balances_and_entries_not_booked_yet() -> None:
    pending = ENTRY.replace("BOOK", "PDNG")
    text = _document(ACCOUNT, ENTRY, pending)
    text = text.replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn").replace("Stmt>", "Ntfctn>")
    (statement,) = read_content(read_camt054, text)
    assert statement.is_partial
    assert len(statement.lines) == 1
    assert statement.remarks[0] == (
        "line 1: 1 entry is not booked yet (pending or for information)"
    )


def test_batch_of_many_payments_with_long_texts_is_read_in_time() -> None:
    details = [
        _detail(end_to_end=f"E{place}", inner=f"<AddtlTxInf>{place} {'x' * 140}</AddtlTxInf>")
        for place in range(20_000)
    ]
    assert len(_line(_batch(*details)).text) > 20_000 * 140


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


def test_batch_that_adds_up_is_one_line_with_its_payments() -> None:
    line = _line(_batch(_detail("20.00", "E1"), _detail("30.00", "E2")))
    assert (line.amount, line.text, line.end_to_end_id) == (Decimal("50.00"), "", None)
    assert [(str(each.amount), each.end_to_end_id) for each in line.details] == [
        ("20.00", "E1"),
        ("30.00", "E2"),
    ]


def test_batch_with_an_opposite_transaction_has_it_with_its_sign() -> None:
    opposite = _detail("10.00", "E2", "<CdtDbtInd>DBIT</CdtDbtInd>")
    line = _line(_batch(_detail("60.00", "E1"), opposite))
    assert [str(each.amount) for each in line.details] == ["60.00", "-10.00"]


def test_batch_in_another_currency_counts_as_it_was_converted() -> None:
    converted = "<AmtDtls><CntrValAmt><Amt Ccy='EUR'>{}</Amt></CntrValAmt></AmtDtls>"
    details = [
        _detail("22.00", inner=converted.format("20.00")).replace("'EUR'>22", "'USD'>22"),
        _detail("33.00", inner=converted.format("30.00")).replace("'EUR'>33", "'USD'>33"),
    ]
    assert [str(each.amount) for each in _line(_batch(*details)).details] == ["20.00", "30.00"]


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
    assert line.details == ()


def test_batch_has_the_identifier_of_the_entry_and_its_payments_their_own() -> None:
    own = "<Refs><AcctSvcrRef>P{}</AcctSvcrRef></Refs>"
    details = [
        _detail("20.00").replace("<Refs>", own.format(1).removesuffix("</Refs>")),
        _detail("30.00").replace("<Refs>", own.format(2).removesuffix("</Refs>")),
    ]
    line = _line(_batch(*details).replace("<BookgDt>", "<AcctSvcrRef>B7</AcctSvcrRef><BookgDt>"))
    assert line.bank_id == "B7"
    assert [each.bank_id for each in line.details] == ["P1", "P2"]


def test_amount_instructed_in_another_currency_is_kept() -> None:
    instructed = "<AmtDtls><InstdAmt><Amt Ccy='USD'>55.00</Amt></InstdAmt></AmtDtls>"
    assert _line(_batch(_detail(inner=instructed))).original == (Decimal("55.00"), "USD")
    assert _line(_batch(_detail(inner=instructed.replace("USD", "EUR")))).original is None
    wrong = _document(
        ACCOUNT, OPENING, CLOSING, _batch(_detail(inner=instructed.replace("USD", "-")))
    )
    refusal = _refusal(_document(ACCOUNT, OPENING, CLOSING, wrong))
    assert "currency of AmtDtls/InstdAmt/Amt is '-'" in refusal


def _with_charges(instructed: str, charges: str) -> str:
    return (
        f"<AmtDtls><InstdAmt><Amt Ccy='EUR'>{instructed}</Amt></InstdAmt></AmtDtls>"
        f"<Chrgs><Rcrd><Amt Ccy='EUR'>{charges}</Amt></Rcrd></Chrgs>"
    )


@pytest.mark.parametrize(
    ("instructed", "charges", "expected"),
    [("52.00", "2.00", "-2.00"), ("50.00", "2.00", None), ("55.00", "2.00", None)],
    ids=["within the amount", "booked apart", "something else is missing too"],
)
def test_charges_count_where_they_are_within_the_amount(
    instructed: str, charges: str, expected: str | None
) -> None:
    found = _line(_batch(_detail(inner=_with_charges(instructed, charges)))).charges
    assert found == (None if expected is None else Decimal(expected))


def test_charges_of_a_payment_are_added_to_it() -> None:
    entry = _batch(_detail(inner=_with_charges("48.00", "2.00"))).replace("CRDT", "DBIT")
    assert _line(entry, closing="50.00").charges == Decimal("-2.00")


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
        (
            _document(
                "<Acct><Id><Othr><Id>\u00a0</Id></Othr></Id></Acct>", OPENING, CLOSING, ENTRY
            ),
            "names no account",
        ),
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
