"""Real CAMT.053 files: each is read right, checked by XPath, or refused for the reason named."""

from __future__ import annotations

from decimal import Decimal

import pytest
from lxml import etree

from beancount_factoring.importers.banks.camt import looks_like_camt053
from beancount_factoring.importers.banks.camt import read_camt053
from beancount_factoring.importers.reading.documents import Statement
from tests.importers.camt_xpath import all_of
from tests.importers.camt_xpath import check_lines
from tests.importers.camt_xpath import date_of
from tests.importers.camt_xpath import signed
from tests.importers.camt_xpath import texts_of
from tests.importers.real_files import RealFiles
from tests.importers.real_files import refusal

_FILES = RealFiles("camt053")

# Read: for each statement opening, closing, number of entries, number of lines.
_READ: dict[str, list[tuple[str, str, int, int]]] = {
    "camt053.v2.multi.statement.xml": [("18.15", "27.00", 1, 1), ("27.00", "20.00", 1, 1)],
    "camt053_multicurrency.xml": [("10000.00", "10750.25", 2, 2), ("2500.00", "2400.01", 1, 1)],
    "camt053_no_namespace.xml": [("100.00", "350.00", 1, 1)],
    "example-camt053-a.xml": [("203.69", "661.69", 7, 7), ("1859.13", "1660.87", 4, 4)],
    "ing-example_camt.xml": [("1000.00", "1605.00", 9, 9)],
    "oca-test-camt053-txdtls.xml": [("75960.15", "79443.15", 1, 1)],
    "ofxstatement-simple.xml": [("306.53", "125.52", 4, 4)],
    "tryton-camt.053.001.02.xml": [("2000.00", "1900.00", 1, 1)],
    "viafintech-valid_example.xml": [("33.06", "23.06", 4, 4)],
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


@pytest.mark.parametrize("name", sorted({*_READ, *_REFUSED}))
def test_every_file_is_identified(name: str) -> None:
    assert looks_like_camt053(_FILES.path(name))


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_is_read_as_xpath_reads_it(name: str) -> None:
    statements = read_camt053(_FILES.path(name))
    elements = all_of(etree.parse(_FILES.path(name)).getroot(), "BkToCstmrStmt", "Stmt")
    assert len(statements) == len(elements) == len(_READ[name])
    for statement, element, expected in zip(statements, elements, _READ[name], strict=True):
        opening, closing, entries, lines = expected
        assert (statement.opening, statement.closing) == (Decimal(opening), Decimal(closing))
        assert len(statement.lines) == lines
        assert statement.account in texts_of(element, "Acct", "Id", "*") + texts_of(
            element, "Acct", "Id", "Othr", "Id"
        )
        assert statement.number == texts_of(element, "Id")[0]
        assert {statement.currency} == {
            each.get("Ccy")
            for each in (*all_of(element, "Bal", "Amt"), *all_of(element, "Ntry", "Amt"))
        }
        _check_balances(statement, element)
        assert len(all_of(element, "Ntry")) == entries
        check_lines(statement, element)


def _check_balances(statement: Statement, element: etree._Element) -> None:
    """Each balance that the reader gives stands in the file, with its date."""
    stated = {
        (texts_of(balance, "Tp", "CdOrPrtry", "Cd")[0], signed(balance), date_of(balance, "Dt"))
        for balance in all_of(element, "Bal")
    }
    types = {kind for kind, _, _ in stated}
    opening = "OPBD" if "OPBD" in types else "PRCD"
    assert (opening, statement.opening, statement.opening_date) in stated
    assert ("CLBD", statement.closing, statement.closing_date) in stated


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


def test_batch_with_amounts_has_a_detail_for_each_transaction() -> None:
    (statement,) = read_camt053(_FILES.path("viafintech-valid_example.xml"))
    batch = statement.lines[-1]
    assert (batch.amount, batch.bank_id) == (Decimal("-6.00"), "2013122711513230000")
    assert [(str(line.amount), line.end_to_end_id) for line in batch.details] == [
        ("-3.50", "STZV-EtE27122013-11:02-1"),
        ("-2.50", "STZV-EtE27122013-11:02-2"),
    ]
    # The bank names the account's owner as creditor of its own debit.
    assert {line.counterparty for line in batch.details} == {"Testkonto Nummer 2"}
