"""Ledger entries to the engine's input: one history per contract, read in one pass."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Final
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.history import History
from beancount_factoring.engine.history import IndexFixing
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.directives import DirectiveReader
from beancount_factoring.ledger.directives import counts_for_horizon
from beancount_factoring.ledger.directives import is_factoring
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.errors import error_at
from beancount_factoring.ledger.frozen import Frozen
from beancount_factoring.ledger.frozen import Mark
from beancount_factoring.ledger.frozen import Record
from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.ledger.marks import is_generated
from beancount_factoring.ledger.metadata import LAST_YEAR
from beancount_factoring.ledger.metadata import cannot_be_meant
from beancount_factoring.ledger.notes import directive_of
from beancount_factoring.ledger.transactions import ContractReader

# Directives that say nothing of a day's having come (rules.md, section 3).
_TIMELESS: Final = (data.Price, data.Document, data.Commodity, data.Close)


class ReadLedger(NamedTuple):
    """A ledger as the contracts see it: a history each, what is frozen, and the errors found.

    `units` converts each contract's amounts; `customers` are, for each contract, the customers'
    accounts that transactions post on; `closes` are the accounts closed; `has_generated` tells
    whether transactions that the plugin made stand among the entries.
    """

    histories: tuple[History, ...]
    units: tuple[MinorUnits, ...]
    customers: tuple[tuple[str, ...], ...]
    frozen: Frozen
    errors: tuple[FactoringError, ...]
    closes: Mapping[str, data.Close]
    has_generated: bool


def opened_accounts(entries: data.Directives) -> dict[str, data.Open]:
    """Return a ledger's accounts with their `open` directives."""
    return {entry.account: entry for entry in entries if isinstance(entry, data.Open)}


def read_ledger(
    entries: data.Directives,
    contracts: Sequence[Contract],
    opened: Mapping[str, data.Open],
    refused: Collection[str] | None = (),
) -> ReadLedger:
    """Read what a ledger says to each of its contracts; generated transactions are left out.

    `opened` are its accounts. `refused` are the names of contracts that have errors: what names
    them is passed over. For `None`, where a contract file could not be read, any unknown name may
    be one of them.
    """
    return _LedgerReader(contracts, opened, refused).read(entries)


class _LedgerReader:
    """Hands each entry to those whom it concerns."""

    def __init__(
        self,
        contracts: Sequence[Contract],
        opened: Mapping[str, data.Open],
        refused: Collection[str] | None,
    ) -> None:
        self._contracts = contracts
        self._errors: list[FactoringError] = []
        # By the method that they report to, readers stay until the collector comes: freed at once,
        # the holes that they leave made the rest of a large load 5 % slower.
        self._readers = [ContractReader(contract, self._report) for contract in contracts]
        units = [reader.units for reader in self._readers]
        self._directives = DirectiveReader(contracts, units, opened, refused, self._report)
        self._fixings: dict[str, list[IndexFixing]] = {}
        self._marks: list[Mark] = []
        self._records: list[Record] = []
        self._dated: dict[tuple[int | str, str, datetime.date], data.Custom] = {}

    def _report(self, entry: data.Directive, message: str) -> None:
        self._errors.append(error_at(cause_of(entry), message, entry))

    def read(self, entries: data.Directives) -> ReadLedger:
        """Read every entry once."""
        copies: list[data.Transaction] = []
        has_generated = False
        closes: dict[str, data.Close] = {}
        horizon: datetime.date | None = None
        for entry in entries:
            if isinstance(entry, data.Transaction):
                if IDENTIFIER in entry.meta:
                    if is_generated(entry):
                        has_generated = True
                    else:
                        copies.append(entry)
                    continue
                if entry.date.year <= LAST_YEAR:
                    for reader in self._readers:
                        reader.read(entry)
            elif isinstance(entry, _TIMELESS):
                if isinstance(entry, data.Close):
                    closes[entry.account] = entry
                continue
            elif isinstance(entry, data.Note):
                directive = directive_of(entry)
                if directive is not None:
                    self._read_directive(directive)
                    if not counts_for_horizon(directive):
                        continue
            elif isinstance(entry, data.Custom):
                if is_factoring(entry):
                    self._read_directive(entry)
                if not counts_for_horizon(entry):
                    continue
            if horizon is None or entry.date > horizon:
                if entry.date.year > LAST_YEAR:
                    self._report(entry, cannot_be_meant(entry.date))
                else:
                    horizon = entry.date
        frozen = Frozen(tuple(copies), tuple(self._marks), tuple(self._records))
        histories = tuple(
            reader.history(
                self._fixings.get(contract.interest.index or "", ()),
                horizon,
                frozen.sent(contract, reader.units),
            )
            for contract, reader in zip(self._contracts, self._readers, strict=True)
        )
        return ReadLedger(
            histories,
            tuple(reader.units for reader in self._readers),
            tuple(reader.customers() for reader in self._readers),
            frozen,
            tuple(self._errors),
            closes,
            has_generated,
        )

    def _read_directive(self, entry: data.Custom) -> None:
        read = self._directives.read(entry)
        if isinstance(read, Mark):
            self._marks.append(read)
        if isinstance(read, Record):
            self._records.append(read)
        if read is None or isinstance(read, Mark | Record):
            return
        place, fact = read
        if isinstance(fact, IndexFixing):
            if self._is_first(entry, f"the index {place}", place, str(place)):
                self._fixings.setdefault(str(place), []).append(fact)
        elif fact.kind is not DirectiveKind.LIMIT or self._is_first(
            entry, f"the limit of {fact.name}", place, fact.name
        ):
            self._readers[int(place)].directives.append(fact)

    def _is_first(self, entry: data.Custom, what: str, place: int | str, name: str) -> bool:
        """Tell whether a directive is the only one to give something its value on a day."""
        first = self._dated.setdefault((place, name, entry.date), entry)
        if first is entry:
            return True
        cause = cause_of(first)
        self._report(
            entry,
            f"{what} is given twice on {entry.date}, first at {cause.filename}:{cause.line}:"
            " remove one of them, or date it on its own day",
        )
        return False
