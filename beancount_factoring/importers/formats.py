"""Which format a file has, told from its content, and the one reader of each."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from beancount_factoring.importers.camt import looks_like_camt053
from beancount_factoring.importers.camt import looks_like_camt054
from beancount_factoring.importers.camt import read_camt053
from beancount_factoring.importers.camt import read_camt054
from beancount_factoring.importers.cfonb120 import looks_like_cfonb120
from beancount_factoring.importers.cfonb120 import read_cfonb120
from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.documents import InvoiceDocument
from beancount_factoring.importers.documents import Statement
from beancount_factoring.importers.invoice_header import HeaderShapes
from beancount_factoring.importers.invoice_xml import HEAD_BYTES
from beancount_factoring.importers.invoice_xml import begins_like_cii
from beancount_factoring.importers.invoice_xml import begins_like_ubl
from beancount_factoring.importers.invoice_xml import parse_invoice
from beancount_factoring.importers.mt940 import looks_like_mt940
from beancount_factoring.importers.mt940 import read_mt940
from beancount_factoring.importers.ofx import looks_like_ofx
from beancount_factoring.importers.ofx import read_ofx
from beancount_factoring.importers.pdf import embedded_invoice
from beancount_factoring.importers.safe_xml import MAX_BYTES
from beancount_factoring.importers.statements import head

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


class Candidate:
    """A file that may be a document; `kind` is its format, `None` where no reader knows it.

    Every PDF is taken for an invoice: whether it carries one, its reader says. The beginning is
    read once, and most invoices are no longer than that.
    """

    def __init__(self, path: Path) -> None:
        """Look at the beginning of a file; nothing is raised."""
        self.path = path
        # What is no regular file (a pipe, a device) might never end.
        self._beginning = head(path, HEAD_BYTES) if path.is_file() else b""
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
        return Format.PDF if _PDF in self._beginning[:_PDF_HEADER_WITHIN] else None

    def read(self, shapes: HeaderShapes | None = None) -> InvoiceDocument | tuple[Statement, ...]:
        """Return what the file says, or raise `DocumentRefusedError`.

        `shapes` makes an invoice that is like an earlier one quicker to read.
        """
        match self.kind:
            case Format.CII | Format.UBL:
                is_whole = len(self._beginning) < HEAD_BYTES
                return parse_invoice(self._beginning if is_whole else _content(self.path), shapes)
            case Format.PDF:
                return parse_invoice(embedded_invoice(self.path), shapes)
            case Format.CAMT053:
                return read_camt053(self.path)
            case Format.CFONB120:
                return read_cfonb120(self.path)
            case None:
                raise DocumentRefusedError(self._unknown())
            case _:
                return STATEMENTS[self.kind][1](self.path)

    def _unknown(self) -> str:
        """Return why a file that no reader knows is refused."""
        if self._beginning:
            formats = ", ".join(Format)
            return f"is of no format that is read here: expected one of {formats}"
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
