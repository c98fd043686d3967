"""Invoices are valid Factur-X, as XML and as PDF."""

from __future__ import annotations

import io
from decimal import Decimal

import facturx
import pytest
from lxml import etree
from pypdf import PdfReader

from beancount_factoring.example.documents import is_pdf
from beancount_factoring.example.documents import shipped_pdf
from beancount_factoring.example.invoice_page import french_amount
from beancount_factoring.example.invoice_pdf import invoice_pdf
from beancount_factoring.example.invoice_xml import invoice_xml
from beancount_factoring.example.invoicing import Invoice
from beancount_factoring.example.invoicing import euros
from beancount_factoring.example.year import simulate

_YEAR = simulate()
_DOCUMENTS = (*_YEAR.invoices, *_YEAR.credit_notes)
_PDFS = [invoice for invoice in _DOCUMENTS if is_pdf(invoice)]


def _kinds() -> list[Invoice]:
    """Return one document of each kind: market, credit note or not, number of VAT rates."""
    kinds = {(i.customer.market, i.credits is None, len(i.vat)): i for i in _DOCUMENTS}
    return list(kinds.values())


@pytest.mark.parametrize("invoice", _kinds(), ids=lambda invoice: invoice.number)
def test_xml_is_valid_by_the_schema_of_its_profile(invoice: Invoice) -> None:
    assert facturx.xml_check_xsd(invoice_xml(invoice), flavor="factur-x", level="en16931")


@pytest.mark.parametrize("invoice", _kinds(), ids=lambda invoice: invoice.number)
def test_xml_says_what_the_invoice_says(invoice: Invoice) -> None:
    root = etree.fromstring(invoice_xml(invoice))

    def texts(tag: str) -> list[str]:
        return [element.text or "" for element in root.iter(f"{{*}}{tag}")]

    assert [Decimal(text) for text in texts("GrandTotalAmount")] == [euros(invoice.total)]
    lines = [Decimal(text) for text in texts("LineTotalAmount")]
    *parts, total = lines
    assert sum(parts) == total
    bases = [Decimal(text) for text in texts("BasisAmount")]
    taxes = [Decimal(text) for text in texts("CalculatedAmount")]
    assert sum(bases) == total
    assert total + sum(taxes) == Decimal(texts("GrandTotalAmount")[0])
    assert texts("TypeCode")[0] == ("381" if invoice.credits else "380")


def test_every_amount_of_vat_is_its_rate_of_its_base() -> None:
    for invoice in _DOCUMENTS:
        for vat in invoice.vat:
            exact = Decimal(vat.base) * vat.rate / 1000
            assert abs(vat.tax - exact) <= Decimal("0.5")


def test_the_last_month_has_pdfs() -> None:
    assert 40 < len(_PDFS) < 80


@pytest.mark.parametrize("invoice", _PDFS, ids=lambda invoice: invoice.number)
def test_shipped_pdf_holds_the_xml_and_shows_the_invoice(invoice: Invoice) -> None:
    shipped = shipped_pdf(invoice)
    name, xml = facturx.get_facturx_xml_from_pdf(shipped)
    assert name == "factur-x.xml"
    assert xml == invoice_xml(invoice)
    page = PdfReader(io.BytesIO(shipped)).pages[0].extract_text()
    assert invoice.number in page
    assert invoice.customer.company.name in page
    assert french_amount(invoice.total) in page
    assert len(shipped) < 8_000


def test_shipped_pdfs_are_what_the_program_makes() -> None:
    for invoice in _PDFS[::10]:
        made = PdfReader(io.BytesIO(invoice_pdf(invoice)))
        kept = PdfReader(io.BytesIO(shipped_pdf(invoice)))
        assert made.attachments == kept.attachments
        assert made.pages[0].extract_text() == kept.pages[0].extract_text()


def test_pdf_names_its_attachment_as_factur_x_has_it() -> None:
    root = PdfReader(io.BytesIO(shipped_pdf(_PDFS[0]))).root_object
    (specification,) = root.raw_get("/AF")
    assert specification.get_object()["/AFRelationship"] == "/Alternative"
    assert b"<fx:ConformanceLevel>EN 16931<" in root.raw_get("/Metadata").get_object().get_data()
