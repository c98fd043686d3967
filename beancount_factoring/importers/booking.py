"""From what documents say to entries, knowing the ledger: each document once, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from beancount.core import data

from beancount_factoring.importers.chart import Chart
from beancount_factoring.importers.customers import Customers
from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.documents import InvoiceDocument
from beancount_factoring.importers.entries import document_entry
from beancount_factoring.importers.entries import one_line
from beancount_factoring.importers.factor_banks import BankEntries
from beancount_factoring.importers.factor_entries import factor_entries
from beancount_factoring.importers.factor_plan import factor_plans
from beancount_factoring.importers.known import KnownEntries
from beancount_factoring.importers.known import StatementComparison
from beancount_factoring.importers.mapping import ImportMapping
from beancount_factoring.importers.statement_entries import Extracted
from beancount_factoring.importers.statement_entries import StatementFile
from beancount_factoring.importers.statement_entries import statement_entries
from beancount_factoring.matching.open_numbers import OpenNumbers
from beancount_factoring.matching.reference import NumberIndex


class Booking:
    """The ledger as it stands, and documents booked into it one after the other."""

    def __init__(
        self,
        mapping: ImportMapping,
        entries: Sequence[data.Directive] = (),
        chart: Chart | None = None,
    ) -> None:
        """Take a ledger's entries, after its plugins; none where there is no ledger."""
        self.chart = Chart(entries) if chart is None else chart
        self._mapping = mapping
        self._entries = entries
        self._accepted: list[data.Transaction] = []
        self._known = KnownEntries(entries)
        self._customers = Customers(mapping, entries)

    @cached_property
    def _numbers(self) -> NumberIndex:
        """The documents that receipts may name, read when the first statement comes."""
        mapping = self._mapping
        entries = (*self._entries, *self._accepted)
        return NumberIndex(OpenNumbers(mapping.receivable_roots(), mapping.bank_roots(), entries))

    @cached_property
    def _bank_entries(self) -> BankEntries:
        """The draws and sweeps that the bank's statement brought."""
        return BankEntries(self._entries, self._mapping.bank_roots())

    def document(self, document: InvoiceDocument, filename: str) -> Extracted:
        """Return the entry of a customer document.

        Raises `DocumentRefusedError` where it cannot be booked, also because the ledger has
        another document of its number.
        """
        mapping = self._mapping
        entry = document_entry(document, mapping, self._customers, filename)
        known = self._known.linked(next(iter(entry.links)))
        if known is not None:
            return Extracted(entry, known)
        number = one_line(document.number)
        other = self._known.numbered(number)
        if other is not None:
            meta = other.meta
            raise DocumentRefusedError(
                f"is another document with the number {number}: {Path(meta['filename']).name},"
                f" line {meta['lineno']}, has one of {other.date}"
            )
        below = f"{mapping.receivables}:"
        for account in {posting.account for posting in entry.postings}:
            if not (account.startswith(below) and self.chart.is_missing(account)):
                self.chart.check(account, entry.date, document.currency, mapping.place_of)
        self._accept(entry)
        return Extracted(entry)

    def statements(self, file: StatementFile) -> list[Extracted]:
        """Return the entries of a file's statements, bank's or factor's, or refuse the file."""
        mapping = self._mapping
        comparison = StatementComparison(self._known)
        plans = factor_plans(file, mapping, self.chart, comparison)
        banks = [each for each in file.statements if mapping.factor_statement(each.account) is None]
        of_banks = replace(file, statements=tuple(banks))
        extracted = statement_entries(of_banks, mapping, self.chart, comparison, self._numbers)
        if plans:
            extracted += factor_entries(
                file, plans, mapping, comparison, self._numbers, self._bank_entries
            )
        for each in extracted:
            if each.known is None:
                self._known.add_movement(each.entry)
        return extracted

    def _accept(self, entry: data.Transaction) -> None:
        """Count a new document for those that come after it."""
        self._known.add(entry)
        self._customers.book(entry)
        if "_numbers" in self.__dict__:
            self._numbers.book(entry)
        else:
            self._accepted.append(entry)
