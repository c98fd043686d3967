"""Real CAMT.054 files: each is read right, checked by XPath, or refused for the reason named."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from beancount_factoring.importers.banks.camt import looks_like_camt054
from beancount_factoring.importers.banks.camt import read_camt053
from beancount_factoring.importers.banks.camt import read_camt054
from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.formats import Format
from tests.importers.camt_xpath import all_of
from tests.importers.camt_xpath import check_lines
from tests.importers.camt_xpath import texts_of
from tests.importers.real_files import RealFiles
from tests.importers.real_files import refusal

_FILES = RealFiles("camt054")

# For each file its account and currency, and for each entry the amounts of its details.
_READ: dict[str, tuple[str, str, list[list[str]]]] = {
    "camt054.v2.xml": ("CH2801234000123456789", "SEK", [[]]),
    "camt054.v4.xml": ("CH2801234000123456789", "SEK", [[]]),
    "camt_054_Beispiel_SammelbuchungEs.xml": (
        "CH160077401231234567",
        "CHF",
        [["111.00", "2.00"]],
    ),
    "oca-test-camt054.xml": ("NL77ABNA0574908765", "EUR", [[]]),
    "postfinance-camt.054-chdd.xml": ("CH2909000000250094239", "CHF", [["1.50", "3.00"]]),
    "postfinance-camt.054-credit.xml": ("CH2909000000250094239", "CHF", [[]]),
    "postfinance-camt.054-debit.xml": ("CH2909000000250094239", "CHF", [[]]),
    "postfinance-camt.054-esr-asr.xml": (
        "CH2909000000250094239",
        "CHF",
        [["250.00", "200.00", "300.00", "324.00", "463.00"], []],
    ),
    "viafintech-054-valid_example.xml": (
        "CH0309000000250090342",
        "CHF",
        [["15.00", "9.00"], [], [], []],
    ),
}


def test_outcome_of_every_file_is_known() -> None:
    _FILES.check_all_are_among(_READ)


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_is_read_as_xpath_reads_it(name: str) -> None:
    (statement,) = read_camt054(_FILES.path(name))
    (element,) = all_of(etree.parse(_FILES.path(name)).getroot(), "BkToCstmrDbtCdtNtfctn", "Ntfctn")
    account, currency, details = _READ[name]
    assert (statement.account, statement.currency) == (account, currency)
    assert statement.account in texts_of(element, "Acct", "Id", "*") + texts_of(
        element, "Acct", "Id", "Othr", "Id"
    )
    assert {statement.currency} == {each.get("Ccy") for each in all_of(element, "Ntry", "Amt")}
    assert [[str(each.amount) for each in line.details] for line in statement.lines] == details
    check_lines(statement, element)


@pytest.mark.parametrize("name", sorted(_READ))
def test_nothing_proves_a_notification(name: str) -> None:
    (statement,) = read_camt054(_FILES.path(name))
    assert statement.is_partial
    assert (statement.opening, statement.closing) == (None, None)
    (remark,) = statement.remarks
    assert remark.endswith("has no balances: nothing proves that its lines are all there")


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_is_identified(name: str) -> None:
    path = _FILES.path(name)
    assert looks_like_camt054(path)
    assert Candidate(path).kind is Format.CAMT054
    assert "is a camt.054 notification, which is not read" in refusal(read_camt053, path)


def test_reversed_direct_debit_keeps_its_sign_and_names_the_customer() -> None:
    (statement,) = read_camt054(_FILES.path("viafintech-054-valid_example.xml"))
    reversal = statement.lines[2]
    assert (reversal.amount, reversal.reversal) == (Decimal("-6.00"), True)
    assert reversal.counterparty == "Bernasconi Maria"
    # Its charges are stated beside it, and not within its amount.
    assert reversal.charges is None


def test_statement_is_no_notification(tmp_path: Path) -> None:
    path = tmp_path / "empty.xml"
    path.write_text("<Document><BkToCstmrDbtCdtNtfctn/></Document>")
    assert "holds no notification" in refusal(read_camt054, path)
