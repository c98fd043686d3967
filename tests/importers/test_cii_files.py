"""Real invoices: each is read right, checked by XPath and by another reader, or refused."""

from __future__ import annotations

import datetime
import re
import zlib
from decimal import Decimal
from pathlib import Path

import pytest
from facturx import parse_ubl_cii_xml
from lxml import etree
from lxml.etree import _Element

from beancount_factoring.importers.invoices.invoice_xml import looks_like_invoice_xml
from beancount_factoring.importers.invoices.invoice_xml import parse_invoice
from beancount_factoring.importers.invoices.pdf import embedded_invoice
from beancount_factoring.importers.invoices.pdf import looks_like_invoice_pdf
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind
from tests.importers.other_reader import check_another_reader_agrees

_HERE = Path(__file__).parents[1] / "data" / "facturx"
_SHARED = Path(__file__).parents[3] / "shared" / "data" / "facturx"

_PAYABLE = "DuePayableAmount"

# Read: type code, kind, number, total, amount due, due date.
_READ = {
    "01.01a-INVOICE_uncefact.xml": "380 invoice 123456XX 336.9 336.9 None",
    "01.14a-INVOICE_uncefact.xml": "380 invoice 1234567 12829.69 12829.69 2018-04-13",
    "01.18a-INVOICE_uncefact.xml": "384 invoice PRG1502112 10555.3 10555.3 None",
    "01.20a-INVOICE_uncefact.xml": "389 invoice 1234567890 357.00 357.00 2021-02-04",
    "Avoir_FR_type381_BASIC.pdf": "381 credit-note AV-2017-0005 233.47 233.47 2017-11-16",
    "CII_business_example_Z.xml": "380 invoice 2016166 11693.87 11693.87 2015-01-09",
    "CII_example1.xml": "380 invoice 12115118 250.33 250.33 2015-01-09",
    "CII_example3.xml": "380 invoice TOSL108 1125 1125 2013-05-10",
    "CII_example7.xml": "380 invoice INVOICE_test_7 3200 3200 None",
    "Facture_FR_BASICWL.pdf": "380 invoice FA-2017-0010 671.15 470.15 2017-12-13",
    "Facture_UE_BASICWL.pdf": "380 invoice FA-2017-0008 2076.76 1453.76 2017-12-03",
    "MustangBeispiel20221026.pdf": "380 invoice RE1001 963.11 963.11 None",
    "MustangGnuaccountingBeispielRE-20201121_508_withBOM.pdf": (
        "380 invoice RE-20201121/508 571.04 571.04 2020-12-12"
    ),
    "UC11_F202600022_EXTENDED_FX_CII_BT-X-589Only_on_GROUP_Line.xml": (
        "380 invoice F202600022 230.10 230.10 2025-02-04"
    ),
    "ZUGFeRD_1p0_COMFORT_Einfach.pdf": "380 invoice 471102 529.87 529.87 2013-04-04",
    "cas-OK-001.pdf": "380 invoice FA-2026-0001 3042.00 3042.00 2026-09-14",
    # Says MINIMUM and holds BASIC: "avertissement" by its publisher, and nothing is in doubt.
    "cas-PRF-001.pdf": "380 invoice FA-2026-0001 3042.00 3042.00 2026-09-14",
    # A line's name of 1,000 characters: "acceptation".
    "cas-RBT-001.pdf": "380 invoice FA-2026-0001 3042.00 3042.00 2026-09-14",
    "factur-x-invalid-xml-encoding-attribute.pdf": (
        "380 invoice RE-20201121/508 571.04 571.04 2020-12-12"
    ),
    "factur-x_invoicingPeriod.xml": "380 invoice RE1000 1634.76 1634.76 None",
    "facturFrMinimum.xml": "380 invoice FA-2017-0010 671.15 470.15 None",
    "fnfe-F20220024-MINIMUM.pdf": "380 invoice F20220024 108.00 108.00 None",
    "fnfe-F20220025-EN_16931.pdf": "380 invoice F20220025 120.00 100.00 2022-03-02",
    "fnfe-F20220028-EN_16931.pdf": "381 credit-note F20220028 110.00 100.00 2022-03-02",
    "fnfe-F20220029-EN_16931.pdf": "380 credit-note F20220029 100.00 90.00 2022-03-02",
    "fnfe-UC1_2023020_AFF-BASIC_WL.pdf": "393 invoice UC1_2023020_AFF 216.00 216.00 2023-01-30",
    "fnfe-UC1_2023020_AFF-EN_16931.pdf": "393 invoice UC1_2023020_AFF 216.00 216.00 2023-01-30",
    "hate1.xml": "380 invoice RE-20201121/508 293.81 293.81 2020-12-12",
    "non_rsm_zugferd-invoice.xml": "380 invoice 47110818 2000.00 2000.00 2018-11-30",
    "valid_Avoir_FR_type380_minimum_factur-x.xml": (
        "380 credit-note AV-2017-0005 233.47 233.47 None"
    ),
    "zugferd_2p0_EN16931_1_Teilrechnung.pdf": "380 invoice 471102 197.65 147.65 None",
    "zugferd_2p0_EN16931_AbweichenderZahlungsempf.pdf": "380 invoice 471102 529.87 529.87 None",
    "zugferd_2p0_EN16931_Rechnungskorrektur.pdf": "384 credit-note RK21012345 8.79 8.79 None",
    # Due on 14 November with a discount, on 20 November without.
    "zugferd_2p0_EXTENDED_Fremdwaehrung.pdf": "380 invoice 47110815 1021.91 521.91 2018-11-20",
}

# Refused ("rejet" by the publisher of each cas-*): what the reason says.
_REFUSED = {
    "cas-CALC-001.pdf": "net 2535.00 + VAT 507.00 = 3042.00, but the total is 3000.00 (BR-CO-15)",
    "cas-DATA-002.pdf": "IssueDateTime is 20260230, a day that does not exist",
    "cas-DATA-004.pdf": "the document has no currency (BT-5)",
    "cas-PDF-001.pdf": "the PDF has no attachment",
    "cas-PDF-002.pdf": "no attachment named factur-x.xml, only “facture.xml”",
    "cas-XML-001.pdf": "not well-formed XML: Couldn't find end of Start Tag Specified line 104",
    "horstoeko-pdf_plain.pdf": "the PDF has no attachment",
}

# Read right, but the other reader wants them valid against the schema of their profile.
_NOT_OF_ITS_SCHEMA = {
    "CII_business_example_Z.xml",
    "ZUGFeRD_1p0_COMFORT_Einfach.pdf",
    "cas-PRF-001.pdf",
    "valid_Avoir_FR_type380_minimum_factur-x.xml",
    "zugferd_2p0_EN16931_1_Teilrechnung.pdf",
    "zugferd_2p0_EN16931_Rechnungskorrektur.pdf",
}


def _path(name: str) -> Path:
    for folder in (_SHARED, _HERE):
        if (folder / name).exists():
            return folder / name
    pytest.skip(f"{name} is in ../shared/data only, which is absent")


def _files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"SOURCES.md"}


def _read(path: Path) -> InvoiceDocument:
    return parse_invoice(embedded_invoice(path) if path.suffix == ".pdf" else path.read_bytes())


def _xml(path: Path) -> bytes:
    """Return the invoice XML of a file, found in the PDF's streams without any PDF library."""
    if path.suffix == ".xml":
        return path.read_bytes()
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", path.read_bytes(), re.DOTALL):
        try:
            content = zlib.decompressobj().decompress(stream)
        except zlib.error:
            content = stream
        if b":CrossIndustry" in content and b"PostalTradeAddress" in content:
            found.append(content.strip())
    assert len(found) == 1
    return found[0]


def _text(element: _Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


class _Stated:
    """What an invoice's XML states, by XPath over local names."""

    def __init__(self, path: Path) -> None:
        without_declaration = re.sub(rb"^(\xef\xbb\xbf)?<\?xml.*?\?>", b"", _xml(path))
        self._root = etree.fromstring(without_declaration)

    def all(self, path: str) -> list[str]:
        steps = "".join(f"/*[local-name()='{step}']" for step in path.split("/"))
        found = self._root.xpath(f"/*/*{steps} | /*{steps}")
        assert isinstance(found, list)
        return [_text(element) for element in found if isinstance(element, _Element)]

    def document(self, name: str) -> list[str]:
        return self.all(f"ExchangedDocument/{name}") + self.all(f"HeaderExchangedDocument/{name}")

    def header(self, path: str) -> list[str]:
        return [
            value
            for part in ("ApplicableHeaderTrade", "ApplicableSupplyChainTrade")
            for value in self.all(part + path)
        ]

    def value(self, path: str) -> str | None:
        values = [value for value in self.header(path) if value]
        return values[0] if values else None

    def total(self, name: str) -> Decimal | None:
        for summation in ("Header", ""):
            stated = self.value(
                f"Settlement/SpecifiedTradeSettlement{summation}MonetarySummation/{name}"
            )
            if stated is not None:
                return Decimal(stated)
        return None


def test_outcome_of_every_file_is_known() -> None:
    if not _SHARED.is_dir():
        pytest.skip("../shared/data is absent")
    assert _files(_SHARED) == {*_READ, *_REFUSED}


def test_outcome_of_every_kept_file_is_known() -> None:
    assert _files(_HERE) <= {*_READ, *_REFUSED}


@pytest.mark.parametrize("name", sorted(_REFUSED))
def test_file_is_refused(name: str) -> None:
    with pytest.raises(DocumentRefusedError) as refusal:
        _read(_path(name))
    assert _REFUSED[name] in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_is_read(name: str) -> None:
    document = _read(_path(name))
    (instalment,) = document.instalments
    assert instalment.amount == document.payable
    assert _READ[name] == (
        f"{document.type_code} {document.kind} {document.number} {document.total}"
        f" {document.payable} {instalment.due}"
    )


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_says_what_xpath_finds(name: str) -> None:
    path = _path(name)
    document = _read(path)
    stated = _Stated(path)
    total = stated.total("GrandTotalAmount")
    assert total is not None
    sign = -1 if total < 0 else 1

    assert [document.number] == stated.document("ID")
    assert [document.type_code] == stated.document("TypeCode")
    assert [f"{document.date:%Y%m%d}"] == stated.document("IssueDateTime")
    assert [document.currency] == stated.header("Settlement/InvoiceCurrencyCode")
    assert document.seller.name == stated.value("Agreement/SellerTradeParty/Name")
    assert document.buyer.name == stated.value("Agreement/BuyerTradeParty/Name")
    payee = stated.value("Settlement/PayeeTradeParty/Name")
    assert (document.payee.name if document.payee else None) == payee

    account = "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID"
    iban = stated.value(f"Settlement/{account}")
    assert document.iban == (None if iban is None else iban.replace(" ", ""))

    assert document.total == sign * total
    assert document.net == sign * (stated.total("TaxBasisTotalAmount") or 0)
    assert document.payable == sign * (stated.total(_PAYABLE) or 0)
    assert document.rounding == sign * (stated.total("RoundingAmount") or 0)
    prepaid = stated.total("TotalPrepaidAmount")
    if prepaid is None and document.profile == "MINIMUM":
        prepaid = total - (stated.total(_PAYABLE) or 0)
    assert document.prepaid == sign * (prepaid or 0)

    tax = "Settlement/ApplicableTradeTax"
    rates = stated.header(f"{tax}/RateApplicablePercent") or stated.header(
        f"{tax}/ApplicablePercent"
    )
    assert [(line.category, line.base, line.tax) for line in document.vat] == [
        (category, sign * Decimal(base), sign * Decimal(amount))
        for category, base, amount in zip(
            stated.header(f"{tax}/CategoryCode"),
            stated.header(f"{tax}/BasisAmount"),
            stated.header(f"{tax}/CalculatedAmount"),
            strict=True,
        )
    ]
    assert [line.rate for line in document.vat if line.category != "O"] == [*map(Decimal, rates)]

    due = max(stated.header("Settlement/SpecifiedTradePaymentTerms/DueDateDateTime"), default=None)
    assert [part.due for part in document.instalments] == [
        None if due is None else datetime.datetime.strptime(due, "%Y%m%d").date()
    ]
    preceding = stated.header("Settlement/InvoiceReferencedDocument/IssuerAssignedID")
    credited = preceding if document.kind is InvoiceKind.CREDIT_NOTE else []
    assert [*document.credits] == credited


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_says_what_another_reader_reads(name: str) -> None:
    path = _path(name)
    xml = re.sub(rb"^(\xef\xbb\xbf)?<\?xml.*?\?>", b"", _xml(path))
    if name in _NOT_OF_ITS_SCHEMA:
        with pytest.raises(Exception, match=r"not valid against|flavor|level"):
            parse_ubl_cii_xml(xml)
        return
    check_another_reader_agrees(_read(path), xml)


@pytest.mark.parametrize("name", sorted({*_READ, *_REFUSED}))
def test_file_is_told_by_its_beginning(name: str) -> None:
    path = _path(name)
    assert looks_like_invoice_xml(path) is (path.suffix == ".xml")
    assert looks_like_invoice_pdf(path) is (
        path.suffix == ".pdf" and name != "horstoeko-pdf_plain.pdf"
    )


@pytest.mark.parametrize("name", sorted(name for name in _READ if name.endswith(".pdf")))
def test_attachment_is_given_byte_for_byte(name: str) -> None:
    path = _path(name)
    assert embedded_invoice(path).strip() == _xml(path)
    assert embedded_invoice(path) == embedded_invoice(path.read_bytes())


def test_factored_invoice_names_the_factor_as_payee() -> None:
    document = _read(_path("fnfe-UC1_2023020_AFF-EN_16931.pdf"))
    assert document.type_code == "393"
    assert document.payee is not None
    assert document.payee.name == "FACTOR"
    assert document.payee.identifiers == ("30000000700033", "300000007")
    assert document.iban == "FR2012542547256985425874698"
    assert document.seller.vat_number == "FR88100000009"


def test_invoice_in_two_profiles_is_the_same_claim() -> None:
    basic = _read(_path("fnfe-UC1_2023020_AFF-BASIC_WL.pdf"))
    full = _read(_path("fnfe-UC1_2023020_AFF-EN_16931.pdf"))
    assert (basic.profile, full.profile) == ("BASIC WL", "EN 16931")
    assert (basic.number, basic.total, basic.vat, basic.payee, basic.instalments) == (
        (full.number, full.total, full.vat, full.payee, full.instalments)
    )


def test_invoice_in_pounds_with_vat_in_euro_too() -> None:
    document = _read(_path("zugferd_2p0_EXTENDED_Fremdwaehrung.pdf"))
    assert document.currency == "GBP"
    assert [line.tax for line in document.vat] == [Decimal("163.16")]
    assert document.prepaid == 500
