"""Which format a file has, told from its content, and the one reader of each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from beancount_factoring.importers.camt import looks_like_camt053
from beancount_factoring.importers.camt import read_camt053
from beancount_factoring.importers.cfonb120 import looks_like_cfonb120
from beancount_factoring.importers.cfonb120 import read_cfonb120
from beancount_factoring.importers.cii import HEAD_BYTES
from beancount_factoring.importers.cii import begins_like_cii
from beancount_factoring.importers.cii import parse_cii
from beancount_factoring.importers.cii_header import HeaderShapes
from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.documents import InvoiceDocument
from beancount_factoring.importers.documents import InvoiceList
from beancount_factoring.importers.documents import Statement
from beancount_factoring.importers.fec import Fec
from beancount_factoring.importers.fec import read_fec
from beancount_factoring.importers.fec_columns import looks_like_fec
from beancount_factoring.importers.mapping import ImportMapping
from beancount_factoring.importers.pdf import embedded_invoice
from beancount_factoring.importers.safe_xml import MAX_BYTES
from beancount_factoring.importers.statements import head
from beancount_factoring.importers.tables import TableFile
from beancount_factoring.importers.take_up_map import CUSTOMERS

_PDF = b"%PDF-"
_PDF_HEADER_WITHIN = 1024


class Format(StrEnum):
    """The formats that are read, by the names that messages and metadata give them."""

    CII = "CII invoice"
    PDF = "Factur-X PDF"
    CAMT053 = "CAMT.053"
    CFONB120 = "CFONB 120"
    FEC = "FEC"
    TABLE = "table"


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
        # What is no regular file (a pipe, a device) might never end.
        self._beginning = head(path, HEAD_BYTES) if path.is_file() else b""
        self.kind = self._kind()

    def _kind(self) -> Format | None:
        """Tell the format."""
        if not self._beginning:
            return None
        if begins_like_cii(self._beginning):
            return Format.CII
        if looks_like_camt053(self.path):
            return Format.CAMT053
        if looks_like_cfonb120(self.path):
            return Format.CFONB120
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
            case Format.CII:
                is_whole = len(self._beginning) < HEAD_BYTES
                return parse_cii(self._beginning if is_whole else _content(self.path), shapes)
            case Format.PDF:
                return parse_cii(embedded_invoice(self.path), shapes)
            case Format.CAMT053:
                return read_camt053(self.path)
            case Format.CFONB120:
                return read_cfonb120(self.path)
            case Format.FEC:
                return read_fec(self.path, self._customers())
            case Format.TABLE if self._table and self._mapping:
                return self._table.read(self._mapping.seller.party())
            case _:
                raise DocumentRefusedError(self._unknown())

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
