"""The beangulp importer of customer invoices and credit notes."""

from __future__ import annotations

import datetime
from pathlib import Path

from beancount.core import data

from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.entries.known import KnownEntries
from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.invoices.invoice_xml import looks_like_invoice_xml
from beancount_factoring.importers.invoices.pdf import looks_like_invoice_pdf
from beancount_factoring.importers.live import DocumentImporter
from beancount_factoring.importers.live import archive_name
from beancount_factoring.importers.live import refused_as_error
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceDocument


class InvoiceImporter(DocumentImporter[InvoiceDocument]):
    """Factur-X and ZUGFeRD PDFs, CII and UBL XML: each one transaction for its customer."""

    @property
    def name(self) -> str:
        """The name in Fava's import page and in beangulp's messages."""
        return "factoring.invoices"

    def identify(self, filepath: str) -> bool:
        """Tell whether a file is an invoice, or a PDF that carries one."""
        path = Path(filepath)
        return looks_like_invoice_xml(path) or looks_like_invoice_pdf(path)

    def account(self, filepath: str) -> data.Account:  # noqa: ARG002  # beangulp's signature
        """Return the root of the customers' accounts."""
        return self.mapping().receivables

    def date(self, filepath: str) -> datetime.date | None:
        """Return the document's date; `None` where it is refused."""
        document = self.read_or_none(filepath)
        return None if document is None else document.date

    def filename(self, filepath: str) -> str | None:
        """Return the document's kind and number as a file name; `None` where it is refused."""
        document = self.read_or_none(filepath)
        if document is None:
            return None
        return archive_name(f"{document.kind}-{document.number}", Path(filepath).suffix)

    def extract(self, filepath: str, existing: data.Entries) -> data.Entries:
        """Return the document's transaction; beangulp's own error where it is refused."""
        with refused_as_error():
            booking = Booking(self.mapping(), existing)
            return [booking.document(self.read(filepath), filepath).entry]

    def deduplicate(self, entries: data.Entries, existing: data.Entries) -> None:
        """Mark the documents that the ledger has already, by their links alone."""
        known = KnownEntries(existing)
        for entry in entries:
            if isinstance(entry, data.Transaction):
                found = known.linked(next(iter(entry.links), ""))
                if found is not None:
                    entry.meta["__duplicate__"] = found

    def _read(self, path: Path) -> InvoiceDocument:
        """Read a document, or refuse it."""
        document = Candidate(path).read()
        if isinstance(document, InvoiceDocument):
            return document
        raise DocumentRefusedError("is no invoice")
