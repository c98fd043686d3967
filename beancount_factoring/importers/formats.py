"""Which format a file has, told from its content, and the one reader of each."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from beancount_factoring.importers.banks.camt import looks_like_camt053
from beancount_factoring.importers.banks.camt import looks_like_camt054
from beancount_factoring.importers.banks.camt import read_camt053
from beancount_factoring.importers.banks.camt import read_camt054
from beancount_factoring.importers.banks.cfonb120 import looks_like_cfonb120
from beancount_factoring.importers.banks.cfonb120 import read_cfonb120
from beancount_factoring.importers.banks.mt940 import looks_like_mt940
from beancount_factoring.importers.banks.mt940 import read_mt940
from beancount_factoring.importers.banks.ofx import looks_like_ofx
from beancount_factoring.importers.banks.ofx import read_ofx
from beancount_factoring.importers.fec.fec import Fec
from beancount_factoring.importers.fec.fec import read_fec
from beancount_factoring.importers.fec.fec_columns import looks_like_fec
from beancount_factoring.importers.invoices.invoice_header import HeaderShapes
from beancount_factoring.importers.invoices.invoice_xml import HEAD_BYTES
from beancount_factoring.importers.invoices.invoice_xml import begins_like_cii
from beancount_factoring.importers.invoices.invoice_xml import begins_like_ubl
from beancount_factoring.importers.invoices.invoice_xml import parse_invoice
from beancount_factoring.importers.invoices.pdf import embedded_invoice
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.take_up_map import CUSTOMERS
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceList
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.safe_xml import MAX_BYTES
from beancount_factoring.importers.reading.statements import head
from beancount_factoring.importers.tables.tables import TableFile

_PDF = b"%PDF-"
_PDF_HEADER_WITHIN = 1024


class Format(StrEnum):
    """The formats that are read, by the names that messages and metadata give them."""

    CII = "CII invoice"
    UBL = "UBL invoice"
    PDF = "Factur-X PDF"
    CAMT053 = "CAMT.053"
    CAMT054 = "CAMT.054"
    CFONB120 = "CFONB 120"
    MT940 = "MT940"
    OFX = "OFX"
    FEC = "FEC"
    TABLE = "table"


STATEMENTS: Final[
    Mapping[Format, tuple[Callable[[Path], bool], Callable[[Path], tuple[Statement, ...]]]]
] = {
    Format.CAMT053: (looks_like_camt053, read_camt053),
    Format.CAMT054: (looks_like_camt054, read_camt054),
    Format.CFONB120: (looks_like_cfonb120, read_cfonb120),
    Format.MT940: (looks_like_mt940, read_mt940),
    Format.OFX: (looks_like_ofx, read_ofx),
}
"""The formats of bank statements: what tells each from a file's content, and its reader."""


Content = InvoiceDocument | InvoiceList | tuple[Statement, ...] | Fec
"""What a file says."""


class Candidate:
    """A file that may be a document; `kind` is its format, `None` where no reader knows it.

    Every PDF is taken for an invoice: whether it carries one, its reader says. The beginning is
    read once, and most invoices are no longer than that.
    """

    def __init__(self, path: Path, mapping: ImportMapping | None = None) -> None:
        """Look at the beginning of a file; nothing is raised.

        The mapping's tables tell what a CSV or XLSX file is; without them it is none.
        """
        self.path = path
        self._mapping = mapping
        self._table: TableFile | None = None
        self._beginning = head(path, HEAD_BYTES)
        self.kind = self._kind()

    def _kind(self) -> Format | None:
        """Tell the format."""
        if not self._beginning:
            return None
        if begins_like_cii(self._beginning):
            return Format.CII
        if begins_like_ubl(self._beginning):
            return Format.UBL
        for kind, (looks_like, _read) in STATEMENTS.items():
            if looks_like(self.path):
                return kind
        if _PDF in self._beginning[:_PDF_HEADER_WITHIN]:
            return Format.PDF
        if looks_like_fec(self._beginning):
            return Format.FEC
        if self._mapping is not None and self._mapping.tables:
            self._table = TableFile(self.path, self._mapping.tables)
            return Format.TABLE if self._table.is_one else None
        return None

    @property
    def what(self) -> str:
        """How a person names the format, and the entries' metadata; empty where it is unknown."""
        return self._table.name if self._table and self.kind else self.kind or ""

    def read(self, shapes: HeaderShapes | None = None) -> Content:
        """Return what the file says, or raise `DocumentRefusedError`.

        `shapes` makes an invoice that is like an earlier one quicker to read.
        """
        match self.kind:
            case Format.CII | Format.UBL:
                is_whole = len(self._beginning) < HEAD_BYTES
                return parse_invoice(self._beginning if is_whole else _content(self.path), shapes)
            case Format.PDF:
                return parse_invoice(embedded_invoice(self.path), shapes)
            case Format.FEC:
                return read_fec(self.path, self._customers())
            case Format.TABLE if self._table and self._mapping:
                return self._table.read(self._mapping)
            case None | Format.TABLE:
                raise DocumentRefusedError(self._unknown())
            case _:
                return STATEMENTS[self.kind][1](self.path)

    def _customers(self) -> tuple[str, ...]:
        """Return how the numbers of customers' accounts begin in a FEC."""
        take_up = self._mapping.take_up if self._mapping else None
        return CUSTOMERS if take_up is None else take_up.customers

    def _unknown(self) -> str:
        """Return why a file that no reader knows is refused."""
        if self._beginning:
            formats = ", ".join(Format)
            return (
                f"is of no format that is read here: expected one of {formats} (`tables:` in"
                " import.yaml)"
            )
        try:
            if self.path.exists() and not self.path.is_file():
                return "is not a file"
            self.path.open("rb").close()
        except (OSError, ValueError) as error:
            return f"cannot be read: {getattr(error, 'strerror', None) or error}"
        return "is empty"


def _content(path: Path) -> bytes:
    """Return a file's bytes, one more than are read at the most."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentRefusedError(f"cannot be read: {error.strerror}") from error
