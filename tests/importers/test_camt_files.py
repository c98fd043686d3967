"""Real CAMT.053 files: each is read right, checked by XPath, or refused for the reason named."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

import pytest
from lxml import etree

from beancount_factoring.importers.camt import looks_like_camt053
from beancount_factoring.importers.camt import read_camt053
from beancount_factoring.importers.documents import Statement
from beancount_factoring.importers.documents import StatementLine
from tests.importers.real_files import RealFiles
from tests.importers.real_files import refusal

_FILES = RealFiles("camt053")
_NOTIFICATIONS = RealFiles("camt054")

# Read: for each statement opening, closing, number of entries, number of lines.
_READ: dict[str, list[tuple[str, str, int, int]]] = {
    "camt053.v2.multi.statement.xml": [("18.15", "27.00", 1, 1), ("27.00", "20.00", 1, 1)],
    "camt053_multicurrency.xml": [("10000.00", "10750.25", 2, 2), ("2500.00", "2400.01", 1, 1)],
    "camt053_no_namespace.xml": [("100.00", "350.00", 1, 1)],
    "example-camt053-a.xml": [("203.69", "661.69", 7, 7), ("1859.13", "1660.87", 4, 4)],
    "ing-example_camt.xml": [("1000.00", "1605.00", 9, 9)],
    "oca-test-camt053-txdtls.xml": [("75960.15", "79443.15", 1, 2)],
    "ofxstatement-simple.xml": [("306.53", "125.52", 4, 4)],
    "tryton-camt.053.001.02.xml": [("2000.00", "1900.00", 1, 1)],
    "viafintech-valid_example.xml": [("33.06", "23.06", 4, 5)],
}

# Refused: what the reason says.
_REFUSED = {
    "camt053.v2.five.decimals.xml": "opening 18.150 + 1 line 8.850 = 27.000 EUR, "
    "but closing 27.050: difference 0.050",
    "camt053.v2.minimal.xml": "balance OPBD 'EUR', balance CLBD 'SEK'",
    "camt053.v2.wrong.xml": "holds no statement",
    "camt053.v3.xml": "balance OPBD 'EUR', balance CLBD 'SEK'",
    "camt053.v4.xml": "balance OPBD 'EUR', balance CLBD 'SEK'",
    "oca-test-camt053.xml": "difference -434.16",
    "ofxstatement-gcamp6.xml": "difference -3010.00",
    "postfinance-camt.053-2020.xml": "difference -1537.00",
    "viafintech-valid_example_with_batch.xml": "difference 12774.14",
    "viafintech-valid_example_with_datetime.xml": "announces '14' entries (TxsSummry) and holds 1",
}


def test_outcome_of_every_file_is_known() -> None:
    _FILES.check_all_are_among({*_READ, *_REFUSED})


@pytest.mark.parametrize("name", sorted(_REFUSED))
def test_file_is_refused(name: str) -> None:
    assert _REFUSED[name] in refusal(read_camt053, _FILES.path(name))


def test_notifications_are_refused_by_name() -> None:
    for name in _NOTIFICATIONS.shared_names():
        assert "is a camt.054 notification" in refusal(read_camt053, _NOTIFICATIONS.path(name))


@pytest.mark.parametrize("name", sorted({*_READ, *_REFUSED}))
def test_every_file_is_identified(name: str) -> None:
    assert looks_like_camt053(_FILES.path(name))


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_is_read_as_xpath_reads_it(name: str) -> None:
    statements = read_camt053(_FILES.path(name))
    elements = _all(etree.parse(_FILES.path(name)).getroot(), "BkToCstmrStmt", "Stmt")
    assert len(statements) == len(elements) == len(_READ[name])
    for statement, element, expected in zip(statements, elements, _READ[name], strict=True):
        opening, closing, entries, lines = expected
        assert (statement.opening, statement.closing) == (Decimal(opening), Decimal(closing))
        assert len(statement.lines) == lines
        assert statement.account in _texts(element, "Acct", "Id", "*") + _texts(
            element, "Acct", "Id", "Othr", "Id"
        )
        assert statement.number == _texts(element, "Id")[0]
        assert {statement.currency} == {
            each.get("Ccy")
            for each in (*_all(element, "Bal", "Amt"), *_all(element, "Ntry", "Amt"))
        }
        _check_balances(statement, element)
        found = _all(element, "Ntry")
        assert len(found) == entries
        positions = [int(str(entry.sourceline)) for entry in found]
        assert sorted({line.position for line in statement.lines}) == positions
        for entry, position in zip(found, positions, strict=True):
            _check_entry([line for line in statement.lines if line.position == position], entry)


def _check_balances(statement: Statement, element: etree._Element) -> None:
    """Each balance that the reader gives stands in the file, with its date."""
    stated = {
        (_texts(balance, "Tp", "CdOrPrtry", "Cd")[0], _signed(balance), _date(balance, "Dt"))
        for balance in _all(element, "Bal")
    }
    types = {kind for kind, _, _ in stated}
    opening = "OPBD" if "OPBD" in types else "PRCD"
    assert (opening, statement.opening, statement.opening_date) in stated
    assert ("CLBD", statement.closing, statement.closing_date) in stated


def _check_entry(lines: list[StatementLine], entry: etree._Element) -> None:
    """The lines of an entry say what its elements say."""
    assert sum(line.amount for line in lines) == _signed(entry)
    details = _all(entry, "NtryDtls", "TxDtls")
    if len(lines) > 1:
        amounts = [
            abs(Decimal(text))
            for detail in details
            for text in _texts(detail, "Amt") or _texts(detail, "AmtDtls", "TxAmt", "Amt")
        ]
        assert [abs(line.amount) for line in lines] == amounts
    assert [line.end_to_end_id for line in lines if line.end_to_end_id] == [
        text
        for text in _texts(entry, "NtryDtls", "TxDtls", "Refs", "EndToEndId")
        if text != "NOTPROVIDED"
    ]
    assert [line.reference for line in lines if line.reference] == _texts(
        entry, "NtryDtls", "TxDtls", "RmtInf", "Strd", "CdtrRefInf", "Ref"
    )
    told = " ".join(line.text for line in lines)
    for text in (
        *_texts(entry, "NtryDtls", "TxDtls", "RmtInf", "Ustrd"),
        *_texts(entry, "NtryDtls", "TxDtls", "AddtlTxInf"),
        *_texts(entry, "AddtlNtryInf"),
    ):
        assert " ".join(text.split()) in told
    names = {" ".join(text.split()) for text in _descendants(entry, "Nm")}
    ibans = set(_descendants(entry, "IBAN"))
    for line in lines:
        assert line.date == _date(entry, "BookgDt")
        assert line.value_date == _date(entry, "ValDt")
        assert line.reversal is (_texts(entry, "RvslInd") == ["true"])
        assert line.counterparty in {*names, None}
        assert line.counterparty_iban in {*ibans, None}
        if names:
            assert line.counterparty
        references = _texts(entry, "AcctSvcrRef") or _descendants(entry, "AcctSvcrRef")
        assert (line.bank_id or "").partition("/")[0] == (references or [""])[0]


def _all(element: etree._Element, *names: str) -> list[etree._Element]:
    steps = "/".join(f"*[local-name()='{name}']" if name != "*" else "*" for name in names)
    found = element.xpath(steps)
    assert isinstance(found, list)
    return [each for each in found if isinstance(each, etree._Element)]


def _texts(element: etree._Element, *names: str) -> list[str]:
    return [text for each in _all(element, *names) if (text := (each.text or "").strip())]


def _descendants(element: etree._Element, name: str) -> list[str]:
    return list(_nonempty(element.xpath(f".//*[local-name()='{name}']/text()")))


def _nonempty(texts: object) -> Iterator[str]:
    assert isinstance(texts, list)
    for text in texts:
        if stripped := str(text).strip():
            yield stripped


def _signed(element: etree._Element) -> Decimal:
    sign = {"CRDT": 1, "DBIT": -1}[_texts(element, "CdtDbtInd")[0]]
    return sign * Decimal(_texts(element, "Amt")[0])


def _date(element: etree._Element, name: str) -> datetime.date:
    text = (_texts(element, name, "Dt") or _texts(element, name, "DtTm"))[0]
    return datetime.date.fromisoformat(text[:10])


def test_reversed_entry_keeps_the_sign_the_bank_gave_it() -> None:
    (statement,) = read_camt053(_FILES.path("ing-example_camt.xml"))
    (reversal,) = (line for line in statement.lines if line.reversal)
    assert reversal.amount == Decimal("-30.00")
    assert reversal.counterparty == "INGTestrekening"


def test_batch_without_amounts_is_one_line_with_the_entrys_amount() -> None:
    (statement,) = read_camt053(_FILES.path("ing-example_camt.xml"))
    assert [str(line.amount) for line in statement.lines if line.bank_id == "3102766686999"] == [
        "270.00"
    ]


def test_batch_with_amounts_is_a_line_for_each_transaction() -> None:
    (statement,) = read_camt053(_FILES.path("viafintech-valid_example.xml"))
    assert [(str(line.amount), line.end_to_end_id) for line in statement.lines[-2:]] == [
        ("-3.50", "STZV-EtE27122013-11:02-1"),
        ("-2.50", "STZV-EtE27122013-11:02-2"),
    ]
    # The bank names the account's owner as creditor of its own debit.
    assert {line.counterparty for line in statement.lines[-2:]} == {"Testkonto Nummer 2"}
