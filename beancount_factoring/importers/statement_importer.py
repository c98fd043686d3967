"""The beangulp importers of bank statements, one for each format."""

from __future__ import annotations

import datetime
from pathlib import Path

from beancount.core import data

from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.entries.statement_entries import ledger_account
from beancount_factoring.importers.formats import STATEMENTS
from beancount_factoring.importers.formats import Format
from beancount_factoring.importers.live import DocumentImporter
from beancount_factoring.importers.live import LiveMapping
from beancount_factoring.importers.live import archive_name
from beancount_factoring.importers.live import refused_as_error
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.storable import storable


class StatementImporter(DocumentImporter[tuple[Statement, ...]]):
    """Bank statements of one format; all accounts of `import.yaml` are read by the same one."""

    def __init__(self, mapping: LiveMapping, kind: Format) -> None:
        """Import statements of the format `kind`."""
        super().__init__(mapping)
        self._kind = kind

    @property
    def name(self) -> str:
        """The name in Fava's import page and in beangulp's messages."""
        return f"factoring.statements.{self._kind.name.lower()}"

    def identify(self, filepath: str) -> bool:
        """Tell whether a file is of this importer's format."""
        looks_like, _read = STATEMENTS[self._kind]
        return looks_like(Path(filepath))

    def account(self, filepath: str) -> data.Account:
        """Return the ledger account of the first statement; suspense where the file is refused."""
        mapping = self.mapping()
        statements = self.read_or_none(filepath)
        try:
            return ledger_account(statements[0], mapping) if statements else mapping.suspense
        except DocumentRefusedError:
            return mapping.suspense

    def date(self, filepath: str) -> datetime.date | None:
        """Return the day of the last closing balance; `None` where there is none."""
        statements = self.read_or_none(filepath) or ()
        return max((s.closing_date for s in statements if s.closing_date), default=None)

    def filename(self, filepath: str) -> str | None:
        """Return format, account and number as a file name; `None` where the file is refused."""
        statements = self.read_or_none(filepath)
        if not statements:
            return None
        last = statements[-1]
        stem = f"{self._kind}-{last.account}-{last.number or last.position}"
        return archive_name(stem, Path(filepath).suffix)

    def extract(self, filepath: str, existing: data.Entries) -> data.Entries:
        """Return the file's transactions and balances; beangulp's own error where it is refused."""
        with refused_as_error():
            booking = Booking(self.mapping(), existing)
            file = StatementFile(filepath, self._kind, self.read(filepath))
            extracted = booking.statements(file)
            return storable(extracted, self.mapping())

    def deduplicate(self, entries: data.Entries, existing: data.Entries) -> None:
        """Leave the entries as they are: `extract` has marked what the ledger has already.

        Only a whole statement tells that. Generated transactions never count: the plugin's own
        `sweep` is not the bank's line.
        """

    def _read(self, path: Path) -> tuple[Statement, ...]:
        """Read a file's statements, or refuse it."""
        return STATEMENTS[self._kind][1](path)
