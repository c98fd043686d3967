"""The formats that are fuzzed: a name, real files to damage, the reader, what must hold of it.

Another format is another line of `FORMATS`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pypdf import PdfWriter

from beancount_factoring.importers.camt import read_camt053
from beancount_factoring.importers.cfonb120 import read_cfonb120
from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.documents import InvoiceDocument
from beancount_factoring.importers.documents import Statement
from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.formats import Format
from beancount_factoring.importers.invoice_header import HeaderShapes
from beancount_factoring.importers.invoice_xml import parse_invoice
from beancount_factoring.importers.pdf import embedded_invoice
from tests.fuzz.booking import books_right
from tests.fuzz.checks import invoice_adds_up
from tests.fuzz.checks import says_what_the_xml_says
from tests.fuzz.checks import statements_add_up
from tests.importers import firm
from tests.importers.real_files import RealFiles

Seeds = Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """One format. `read` reads a file, or raises `DocumentRefusedError`, and checks what it read.

    What it read wrong it says by `AssertionError`; every other exception is a defect too.
    """

    name: str
    seeds: Callable[[], Seeds]
    read: Callable[[Path], object]


def kept(folder: str, *suffixes: str) -> Seeds:
    """Return the real files of a kind that stand in tests/data, those of some suffixes."""
    files = sorted(RealFiles(folder).kept.iterdir())
    return [path.read_bytes() for path in files if path.suffix.lower() in suffixes]


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


def _camt_seeds() -> Seeds:
    return [*kept("camt053", ".xml"), firm.camt(_STATEMENT).encode()]


def _cfonb_seeds() -> Seeds:
    return [*kept("cfonb120", ".txt"), firm.cfonb(_STATEMENT).encode()]


_STATEMENT = firm.statement(
    firm.line("2026-01-15", "900.00", "FINANCEMENT", counterparty="BPCE Factor"),
    firm.line("2026-01-15", "-900.00", "VIR", counterparty_iban=firm.OPERATING),
    firm.line("2026-02-03", "1200.00", "VIR DUPONT F2026-0001", end_to_end_id="E1"),
    opening="12.34",
)

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
    _look_at(path)
    _read_invoice_xml(path.read_bytes(), _CII_NAMES)


def _read_ubl(path: Path) -> None:
    _look_at(path)
    _read_invoice_xml(path.read_bytes(), _UBL_NAMES)


def _read_pdf(path: Path) -> None:
    _look_at(path)
    _read_invoice_xml(embedded_invoice(path), _CII_NAMES)


def statements_by(read: Callable[[Path], tuple[Statement, ...]]) -> Callable[[Path], None]:
    """Return what reads a file's statements and checks them."""
    return partial(_read_statements, read)


def _read_statements(read: Callable[[Path], tuple[Statement, ...]], path: Path) -> None:
    _look_at(path)
    statements_add_up(read(path))


def _look_at(path: Path) -> None:
    """Tell the format of a file by its content, which never raises."""
    assert isinstance(Candidate(path).kind, Format | None)


FORMATS = {
    fuzzed.name: fuzzed
    for fuzzed in (
        Fuzzed("cii", _cii_seeds, _read_cii),
        Fuzzed("ubl", _ubl_seeds, _read_ubl),
        Fuzzed("pdf", _pdf_seeds, _read_pdf),
        Fuzzed("camt053", _camt_seeds, statements_by(read_camt053)),
        Fuzzed("cfonb120", _cfonb_seeds, statements_by(read_cfonb120)),
    )
}
"""The formats by their names."""
