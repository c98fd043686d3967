"""The beangulp importer of CSV and XLSX files, by the tables of `import.yaml`."""

from __future__ import annotations

import datetime
from pathlib import Path

from beancount.core import data

from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.entries.statement_entries import ledger_account
from beancount_factoring.importers.live import DocumentImporter
from beancount_factoring.importers.live import archive_name
from beancount_factoring.importers.live import refused_as_error
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceList
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.storable import storable
from beancount_factoring.importers.tables.tables import TableFile


class TableImporter(DocumentImporter[InvoiceList | tuple[Statement, ...]]):
    """Customer documents and statements in tables; `import.yaml` may change at any time."""

    _read_by: ImportMapping | None = None

    def read(self, filepath: str) -> InvoiceList | tuple[Statement, ...]:
        """Return a file's content by the tables of `import.yaml` as they are now."""
        mapping = self.mapping()
        if self._read_by is not mapping:
            self._read_by, self._last = mapping, None
        return super().read(filepath)

    @property
    def name(self) -> str:
        """The name in Fava's import page and in beangulp's messages."""
        return "factoring.tables"

    def identify(self, filepath: str) -> bool:
        """Tell whether a file has the columns of a table."""
        return self._file(Path(filepath)).kind is not None

    def account(self, filepath: str) -> data.Account:
        """Return the customers' root, or a statement's ledger account; suspense if refused."""
        mapping = self.mapping()
        content = self.read_or_none(filepath)
        if isinstance(content, InvoiceList):
            return mapping.receivables
        try:
            return ledger_account(content[0], mapping) if content else mapping.suspense
        except DocumentRefusedError:
            return mapping.suspense

    def date(self, filepath: str) -> datetime.date | None:
        """Return the last day of a file's rows; `None` where it is refused."""
        content = self.read_or_none(filepath)
        if isinstance(content, InvoiceList):
            return max((document.date for document in content.documents), default=None)
        lines = (line for statement in content or () for line in statement.lines)
        return max((line.date for line in lines), default=None)

    def filename(self, filepath: str) -> str | None:
        """Return the table's name as a file name; `None` where the file is refused."""
        if self.read_or_none(filepath) is None:
            return None
        path = Path(filepath)
        return archive_name(self._file(path).name, path.suffix)

    def extract(self, filepath: str, existing: data.Entries) -> data.Entries:
        """Return the file's entries; beangulp's own error where it is refused."""
        with refused_as_error():
            content = self.read(filepath)
            booking = Booking(self.mapping(), existing)
            if isinstance(content, InvoiceList):
                extracted = booking.documents(content, filepath)
            else:
                source = self._file(Path(filepath)).name
                extracted = booking.statements(StatementFile(filepath, source, content))
            return storable(extracted, self.mapping())

    def deduplicate(self, entries: data.Entries, existing: data.Entries) -> None:
        """Leave the entries as they are: `extract` has marked what the ledger has already."""

    def _file(self, path: Path) -> TableFile:
        return TableFile(path, self.mapping().tables)

    def _read(self, path: Path) -> InvoiceList | tuple[Statement, ...]:
        """Read a file's rows, or refuse it."""
        return self._file(path).read(self.mapping())
