"""Invoices: CII and UBL, by themselves and in a PDF."""

from __future__ import annotations

import io
from pathlib import Path

from pypdf import PdfWriter

from beancount_factoring.importers.invoices.invoice_header import HeaderShapes
from beancount_factoring.importers.invoices.invoice_xml import parse_invoice
from beancount_factoring.importers.invoices.pdf import embedded_invoice
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceDocument
from tests.fuzz.booking import books_right
from tests.fuzz.checks import invoice_adds_up
from tests.fuzz.checks import says_what_the_xml_says
from tests.fuzz.fuzzed import Fuzzed
from tests.fuzz.fuzzed import Seeds
from tests.fuzz.fuzzed import kept
from tests.fuzz.fuzzed import look_at
from tests.importers import firm


def _cii_seeds() -> Seeds:
    own = [firm.cii().encode(), firm.cii(code="381", credited="F1").encode()]
    return [*kept("facturx", ".xml"), *own]


def _ubl_seeds() -> Seeds:
    credit_note = firm.ubl("A1", document="CreditNote", code="381", credited="F1")
    return [*kept("ubl", ".xml"), firm.ubl().encode(), credit_note.encode()]


def _pdf_seeds() -> Seeds:
    """Return real PDFs, and small ones in which much of the damage meets the attachment."""
    return [*kept("facturx", ".pdf"), *(_small_pdf(xml) for xml in _cii_seeds())]


def _small_pdf(xml: bytes) -> bytes:
    writer, buffer = PdfWriter(), io.BytesIO()
    writer.add_blank_page(10, 10)
    writer.add_attachment("factur-x.xml", xml)
    writer.add_attachment("other.txt", b"other")
    writer.write(buffer)
    return buffer.getvalue()


_CII_NAMES = {
    "total": "GrandTotalAmount",
    "net": "TaxBasisTotalAmount",
    "payable": "DuePayableAmount",
    "prepaid": "TotalPrepaidAmount",
}

_UBL_NAMES = {
    "date": "IssueDate",
    "total": "TaxInclusiveAmount",
    "net": "TaxExclusiveAmount",
    "payable": "PayableAmount",
    "prepaid": "PrepaidAmount",
}

# Kept from one input to the next, as one import keeps them from file to file.
_SHAPES = HeaderShapes()


def _read_invoice_xml(xml: bytes, names: dict[str, str]) -> None:
    """Read an invoice's XML twice, by its shape and without, and check that it is the same."""
    try:
        document: InvoiceDocument | str = parse_invoice(xml)
    except DocumentRefusedError as refusal:
        document = str(refusal)
    try:
        quick: InvoiceDocument | str = parse_invoice(xml, _SHAPES)
    except DocumentRefusedError as refusal:
        quick = str(refusal)
    assert quick == document, "another reading by its shape"
    if isinstance(document, str):
        raise DocumentRefusedError(document)
    invoice_adds_up(document)
    says_what_the_xml_says(document, xml, names)
    books_right(document)


def _read_cii(path: Path) -> None:
    look_at(path)
    _read_invoice_xml(path.read_bytes(), _CII_NAMES)


def _read_ubl(path: Path) -> None:
    look_at(path)
    _read_invoice_xml(path.read_bytes(), _UBL_NAMES)


def _read_pdf(path: Path) -> None:
    look_at(path)
    _read_invoice_xml(embedded_invoice(path), _CII_NAMES)


INVOICES = (
    Fuzzed("cii", _cii_seeds, _read_cii),
    Fuzzed("ubl", _ubl_seeds, _read_ubl),
    Fuzzed("pdf", _pdf_seeds, _read_pdf),
)
