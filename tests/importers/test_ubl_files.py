"""Real UBL documents: each is read right, checked by XPath and by another reader, or refused."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from lxml.etree import _Element

from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.formats import Format
from beancount_factoring.importers.invoices.invoice_xml import looks_like_invoice_xml
from beancount_factoring.importers.invoices.invoice_xml import parse_invoice
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind
from tests.importers.other_reader import check_another_reader_agrees
from tests.importers.real_files import RealFiles

_REAL = RealFiles("ubl")

# Kept here, and not in ../shared: 29.96 are claimed for third parties beside the total.
_KEPT_ONLY = "05.01a-INVOICE_ubl.xml"

# Type code, kind, number, total, amount due, due date. None of them is refused.
_READ = {
    "01.01a-INVOICE_ubl.xml": "380 invoice 123456XX 336.9 336.9 None",
    "01.14a-INVOICE_ubl.xml": "380 invoice 1234567 12829.69 12829.69 2018-04-13",
    "01.18a-INVOICE_ubl.xml": "384 invoice PRG1502112 10555.3 10555.3 None",
    "01.20a-INVOICE_ubl.xml": "389 invoice 1234567890 357.00 357.00 2021-02-04",
    "04.01a-INVOICE_ubl.xml": "380 invoice 12345 14918.84 4918.84 None",
    _KEPT_ONLY: "380 invoice 123456XX 336.9 366.86 None",
    "BIS3_Invoice_negativ.XML": "380 credit-note 12345 782179.43 782179.43 2019-02-24",
    "EN16931_Rechnungskorrektur.ubl.xml": "384 credit-note RK21012345 8.79 8.79 None",
    "UBLKetentest_Referentiefactuur_20150100.xml": (
        "380 invoice 20150101 475.20 475.20 2015-02-16"
    ),
    "XRECHNUNG_teilrechnung.ubl.xml": "380 invoice 471102 529.87 29.87 None",
    "guide-example1.xml": "380 invoice 12115118 250.33 250.33 2015-01-09",
    "issue116.xml": "380 invoice 2018210 830 830 2018-03-07",
    "peppol-allowance.xml": "380 invoice Snippet1 8423.5 7423.5 2017-12-01",
    "peppol-base.xml": "380 invoice Snippet1 1656.25 1656.25 2017-12-01",
    "peppol-credit-note.xml": "381 credit-note Snippet1 1656.25 1656.25 2017-12-02",
    "peppol-vat-o.xml": "380 invoice Vat-O 3200 3200 None",
    "ubl-21-en16931.xml": "380 invoice F124212 308.03 208.03 2026-07-16",
    "ubl-tc434-creditnote1.xml": "381 credit-note 018304 / 28865 100.11 100.11 None",
    "ubl-tc434-example2.xml": "380 invoice TOSL108 1801.78 801.78 2013-07-20",
    "ubl-tc434-example7.xml": "380 invoice INVOICE_test_7 3200.00 3200.00 None",
}

# Of another specification than the other reader knows, or not valid to the letter there.
_NOT_FOR_THE_OTHER_READER = {"UBLKetentest_Referentiefactuur_20150100.xml"}


def _read(name: str) -> InvoiceDocument:
    document = Candidate(_REAL.path(name)).read()
    assert isinstance(document, InvoiceDocument)
    return document


class _Stated:
    """What a document's XML states, by XPath over local names from the root."""

    def __init__(self, path: Path) -> None:
        self._root = etree.fromstring(path.read_bytes())

    def all(self, path: str) -> list[str]:
        return [self._text(element) for element in self._found(path)]

    def _found(self, path: str) -> list[_Element]:
        steps = "".join(f"/*[local-name()='{step}']" for step in path.split("/"))
        found = self._root.xpath(f"/*{steps}")
        assert isinstance(found, list)
        return [element for element in found if isinstance(element, _Element)]

    @staticmethod
    def _text(element: _Element) -> str:
        return " ".join("".join(str(part) for part in element.itertext()).split())

    def one(self, path: str) -> str | None:
        return next(iter(self.all(path)), None)

    def total(self, name: str) -> Decimal | None:
        stated = self.one(f"LegalMonetaryTotal/{name}")
        return None if stated is None else Decimal(stated)


def test_outcome_of_every_file_is_known() -> None:
    assert {path.name for path in _REAL.kept.iterdir()} - {"SOURCES.md"} <= set(_READ)
    assert _REAL.shared_names() == set(_READ) - {_KEPT_ONLY}


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_is_read(name: str) -> None:
    document = _read(name)
    due = ", ".join(str(part.due) for part in document.instalments)
    assert _READ[name] == (
        f"{document.type_code} {document.kind} {document.number} {document.total}"
        f" {document.payable} {due}"
    )


@pytest.mark.parametrize("name", sorted(_READ))
def test_document_says_what_its_xml_says(name: str) -> None:
    document, stated = _read(name), _Stated(_REAL.path(name))
    assert stated.all("ID") == [document.number]
    assert stated.all("InvoiceTypeCode") + stated.all("CreditNoteTypeCode") == [document.type_code]
    assert stated.all("IssueDate")[0][:10] == document.date.isoformat()
    assert stated.all("DocumentCurrencyCode") == [document.currency]
    for role, party in (("Supplier", document.seller), ("Customer", document.buyer)):
        at = f"Accounting{role}Party/Party"
        names = stated.all(f"{at}/PartyLegalEntity/RegistrationName") or stated.all(
            f"{at}/PartyName/Name"
        )
        assert party.name == names[0]
        assert party.country == stated.one(f"{at}/PostalAddress/Country/IdentificationCode")
        schemes = stated.all(f"{at}/PartyTaxScheme/TaxScheme/ID")
        numbers = dict(zip(schemes, stated.all(f"{at}/PartyTaxScheme/CompanyID"), strict=True))
        assert (party.vat_number or "") == numbers.get("VAT", "").replace(" ", "")
        assert set(stated.all(f"{at}/PartyLegalEntity/CompanyID")) <= set(party.identifiers)
    assert (document.payee and document.payee.name) == stated.one("PayeeParty/PartyName/Name")
    ibans = stated.all("PaymentMeans/PayeeFinancialAccount/ID")
    compact = [
        iban for text in ibans if re.match("[A-Z]{2}[0-9]{2}", iban := text.replace(" ", ""))
    ]
    assert [*filter(None, [document.iban]), *document.other_ibans] == compact

    total = stated.total("TaxInclusiveAmount")
    assert total is not None
    sign = -1 if total < 0 else 1
    assert sign * document.total == total
    assert sign * document.net == stated.total("TaxExclusiveAmount")
    assert sign * document.payable == stated.total("PayableAmount")
    assert sign * document.prepaid == (stated.total("PrepaidAmount") or 0)
    assert sign * document.rounding == (stated.total("PayableRoundingAmount") or 0)
    third_party = document.total - document.prepaid + document.rounding - document.payable
    assert document.third_party == -third_party
    lines = "TaxTotal/TaxSubtotal"
    assert [sign * line.base for line in document.vat] == [
        *map(Decimal, stated.all(f"{lines}/TaxableAmount"))
    ]
    assert [sign * line.tax for line in document.vat] == [
        *map(Decimal, stated.all(f"{lines}/TaxAmount"))
    ]
    assert [line.category for line in document.vat] == stated.all(f"{lines}/TaxCategory/ID")
    rates = [Decimal(rate) for rate in stated.all(f"{lines}/TaxCategory/Percent")]
    assert [line.rate for line in document.vat if line.category != "O"] == rates

    due = max(stated.all("DueDate") + stated.all("PaymentMeans/PaymentDueDate"), default=None)
    assert [part.due for part in document.instalments] == [
        None if due is None else datetime.date.fromisoformat(due)
    ]
    preceding = stated.all("BillingReference/InvoiceDocumentReference/ID")
    is_credit = document.kind is InvoiceKind.CREDIT_NOTE
    assert [*document.credits] == (preceding if is_credit else [])
    assert [*document.corrects] == (
        preceding if document.type_code == "384" and not is_credit else []
    )


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_says_what_another_reader_reads(name: str) -> None:
    xml = re.sub(rb"^(\xef\xbb\xbf)?<\?xml.*?\?>", b"", _REAL.path(name).read_bytes())
    if name in _NOT_FOR_THE_OTHER_READER:
        with pytest.raises(Exception, match=r"Invalid Factur-X"):
            check_another_reader_agrees(_read(name), xml)
        return
    check_another_reader_agrees(_read(name), xml)


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_is_told_by_its_beginning(name: str) -> None:
    assert Candidate(_REAL.path(name)).kind is Format.UBL
    assert looks_like_invoice_xml(_REAL.path(name)) is True


def test_what_is_claimed_for_third_parties_stands_beside_the_total() -> None:
    document = _read(_KEPT_ONLY)
    assert document.profile == "XRechnung Extension"
    assert document.third_party == Decimal("19.96") + Decimal("10.00")


def test_an_invoice_says_the_same_in_both_syntaxes() -> None:
    other = RealFiles("facturx").path("01.18a-INVOICE_uncefact.xml")
    assert parse_invoice(other.read_bytes()) == _read("01.18a-INVOICE_ubl.xml")
