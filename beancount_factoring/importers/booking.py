"""From what documents say to entries, knowing the ledger: each document once, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from beancount.core import data

from beancount_factoring.importers.entries.chart import Chart
from beancount_factoring.importers.entries.customers import Customers
from beancount_factoring.importers.entries.entries import REMARK
from beancount_factoring.importers.entries.entries import document_entry
from beancount_factoring.importers.entries.entries import one_line
from beancount_factoring.importers.entries.known import KnownEntries
from beancount_factoring.importers.entries.known_figures import KnownFigures
from beancount_factoring.importers.entries.statement_entries import Extracted
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.entries.statement_entries import statement_entries
from beancount_factoring.importers.factor.factor_banks import BankEntries
from beancount_factoring.importers.factor.factor_entries import factor_entries
from beancount_factoring.importers.factor.factor_known import FactorKnown
from beancount_factoring.importers.factor.factor_plan import factor_plans
from beancount_factoring.importers.fec.fec import Fec
from beancount_factoring.importers.fec.take_up import TakeUp
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.matched import matcher_of
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceList
from beancount_factoring.matching.matcher import Matcher


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
        self.lacking: list[str] = []
        self._mapping = mapping
        self._entries = entries
        self._accepted: list[data.Transaction] = []
        self._known = KnownEntries(entries)
        self._customers = Customers(mapping, entries)

    @cached_property
    def _numbers(self) -> Matcher:
        """The documents that receipts may name, read when the first statement comes."""
        return matcher_of(self._mapping, (*self._entries, *self._accepted))

    @cached_property
    def _figures(self) -> KnownFigures:
        """The figures of factors' own statements that the ledger has."""
        return KnownFigures(self._entries)

    @cached_property
    def _bank_entries(self) -> BankEntries:
        """The draws and sweeps that the bank's statement brought."""
        return BankEntries(self._entries, self._mapping.bank_roots())

    def document(self, document: InvoiceDocument, filename: str) -> Extracted:
        """Return the entry of a customer document.

        Raises `DocumentRefusedError` where it cannot be booked, also because the ledger has
        another document of its number.
        """
        extracted = self._extracted(document, self._customers, filename)
        self._accept_all([extracted])
        return extracted

    def documents(self, invoices: InvoiceList, filename: str) -> list[Extracted]:
        """Return the entries of a file of customer documents, or refuse all of them."""
        customers = self._customers.forked()
        customers.check_distinct(document.buyer for document in invoices.documents)
        extracted = []
        for document, line in zip(invoices.documents, invoices.positions, strict=True):
            try:
                each = self._extracted(document, customers, filename, line)
            except DocumentRefusedError as refusal:
                message = f"line {line}: {document.number} {refusal}"
                raise DocumentRefusedError(message) from refusal
            extracted.append(each)
            if each.known is None and isinstance(each.entry, data.Transaction):
                customers.book(each.entry)
        self._accept_all(extracted)
        return extracted

    def take_up(self, fec: Fec, filename: str) -> list[Extracted]:
        """Return the entries of earlier books, or refuse the file."""
        take_up = TakeUp(self._mapping, self._entries, self.chart)
        extracted = take_up.extract(fec, self._known, self._customers, filename)
        self._accept_all(extracted)
        return extracted

    def _accept_all(self, extracted: list[Extracted]) -> None:
        """Count the new ones of a file's transactions for those that come after it."""
        for each in extracted:
            if each.known is None and isinstance(each.entry, data.Transaction):
                self._accept(each.entry)

    def _extracted(
        self, document: InvoiceDocument, customers: Customers, filename: str, lineno: int = 0
    ) -> Extracted:
        """Return the entry of a customer document, for which nothing is remembered yet."""
        mapping = self._mapping
        entry = document_entry(document, mapping, customers, filename, lineno)
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
        return Extracted(entry, remark=entry.meta.get(REMARK, ""))

    def statements(self, file: StatementFile) -> list[Extracted]:
        """Return the entries of a file's statements, a bank's or a factor's, or refuse the file.

        `lacking` is then what the ledger has from that format, and the file should have.
        """
        mapping, chart = self._mapping, self.chart
        plans = factor_plans(file, mapping, chart, self._figures)
        banks = [each for each in file.statements if mapping.factor_statement(each.account) is None]
        extracted, self.lacking = statement_entries(
            replace(file, statements=tuple(banks)), mapping, chart, self._known, self._numbers
        )
        if plans:
            known = FactorKnown(self._known, self._figures, self._bank_entries)
            of_factor, lacking = factor_entries(file, plans, mapping, known, self._numbers)
            extracted += of_factor
            self.lacking += lacking
        for each in extracted:
            if each.known is not None:
                continue
            if isinstance(each.entry, data.Custom):
                self._figures.add(each.entry)
            else:
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
