"""The beangulp importers of bank statements, one for each format."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final

from beancount.core import data

from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.camt import looks_like_camt053
from beancount_factoring.importers.camt import read_camt053
from beancount_factoring.importers.cfonb120 import looks_like_cfonb120
from beancount_factoring.importers.cfonb120 import read_cfonb120
from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.documents import Statement
from beancount_factoring.importers.formats import Format
from beancount_factoring.importers.known import Imported
from beancount_factoring.importers.known import KnownEntries
from beancount_factoring.importers.known import StatementComparison
from beancount_factoring.importers.live import DocumentImporter
from beancount_factoring.importers.live import LiveMapping
from beancount_factoring.importers.live import archive_name
from beancount_factoring.importers.live import refused_as_error
from beancount_factoring.importers.mapping import factor_account
from beancount_factoring.importers.statement_entries import StatementFile
from beancount_factoring.importers.statement_entries import ledger_account
from beancount_factoring.ledger.notes import note_of

STATEMENT_FORMATS: Final = {
    Format.CAMT053: looks_like_camt053,
    Format.CFONB120: looks_like_cfonb120,
}
"""The formats of bank statements, each with what tells it from a file's content."""

_READERS: Final = {Format.CAMT053: read_camt053, Format.CFONB120: read_cfonb120}


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
        return STATEMENT_FORMATS[self._kind](Path(filepath))

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
            return [self._storable(each.entry) for each in booking.statements(file)]

    def _storable(self, entry: Imported) -> data.Directive:
        """Return an entry as Fava's import page can store it: a directive as a note."""
        if not isinstance(entry, data.Custom):
            return entry
        contract = entry.values[1].value
        named = (each for each in self.mapping().contracts if each.name == contract)
        return note_of(entry, factor_account(next(named)))

    def deduplicate(self, entries: data.Entries, existing: data.Entries) -> None:
        """Mark the movements and balances that the ledger has already.

        Links tell them, and generated transactions never count: the plugin's own `sweep` is not
        the bank's line.
        """
        comparison = StatementComparison(KnownEntries(existing))
        for entry in entries:
            found = comparison.find(entry)
            if found is not None:
                entry.meta["__duplicate__"] = found

    def _read(self, path: Path) -> tuple[Statement, ...]:
        """Read a file's statements, or refuse it."""
        return _READERS[self._kind](path)
