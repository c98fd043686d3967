"""Ledger entries to the engine's input: one history per contract, read in one pass."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Final

from beancount.core import data

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.history import CustomerEntry
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import FactorEntry
from beancount_factoring.engine.history import History
from beancount_factoring.engine.history import IndexFixing
from beancount_factoring.engine.history import Leg
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.directives import DirectiveReader
from beancount_factoring.ledger.directives import counts_for_horizon
from beancount_factoring.ledger.directives import is_factoring
from beancount_factoring.ledger.documents import CustomerPosting
from beancount_factoring.ledger.documents import DocumentReader
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.errors import error_at
from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.ledger.marks import is_generated
from beancount_factoring.ledger.roles import Role
from beancount_factoring.ledger.roles import Roles

# Directives that say nothing of a day's having come (rules.md, section 3).
_TIMELESS: Final = (data.Price, data.Document, data.Commodity, data.Close)


@dataclass(frozen=True, slots=True)
class ReadLedger:
    """A ledger as the contracts see it: a history each, printed copies, and the errors found.

    `has_generated` tells whether transactions that the plugin made stand among the entries.
    """

    histories: tuple[History, ...]
    copies: tuple[data.Transaction, ...]
    errors: tuple[FactoringError, ...]
    has_generated: bool


def read_ledger(
    entries: data.Directives, contracts: Sequence[Contract], refused: Collection[str] | None = ()
) -> ReadLedger:
    """Read what a ledger says to each of its contracts; generated transactions are left out.

    `refused` are the names of contracts that have errors: what names them is passed over. For
    `None`, where a contract file could not be read, any unknown name may be one of them.
    """
    return _LedgerReader(entries, contracts, refused).read(entries)


@dataclass(slots=True)
class _Pages:
    """What was read for one contract so far."""

    documents: list[Document] = field(default_factory=list)
    entries: list[CustomerEntry] = field(default_factory=list)
    factor_entries: list[FactorEntry] = field(default_factory=list)
    directives: list[Directive] = field(default_factory=list)


class _Touched:
    """One transaction's postings that concern one contract."""

    current = 0
    collections = 0
    guarantee = 0
    factor = False

    def __init__(self) -> None:
        self.customers: list[CustomerPosting] = []
        self.banks: dict[str, int] = {}

    def note_factor(self, role: Role, amount: int) -> None:
        """Note a posting on one of the factor's accounts."""
        self.factor = True
        if role is Role.CURRENT:
            self.current += amount
        elif role is Role.COLLECTIONS:
            self.collections += amount
        else:
            self.guarantee += amount


class _LedgerReader:
    def __init__(
        self,
        entries: data.Directives,
        contracts: Sequence[Contract],
        refused: Collection[str] | None,
    ) -> None:
        self._contracts = contracts
        self._units = [MinorUnits(contract.currency) for contract in contracts]
        self._roles = Roles(contracts)
        self._errors: list[FactoringError] = []
        self._pages = [_Pages() for _ in contracts]
        self._documents = [DocumentReader(contract, self._report) for contract in contracts]
        opened = {entry.account: entry for entry in entries if isinstance(entry, data.Open)}
        self._directives = DirectiveReader(contracts, self._units, opened, refused, self._report)
        self._fixings: dict[str, list[IndexFixing]] = {}

    def _report(self, entry: data.Directive, message: str) -> None:
        self._errors.append(error_at(cause_of(entry), message, entry))

    def read(self, entries: data.Directives) -> ReadLedger:
        """Read every entry once."""
        copies: list[data.Transaction] = []
        has_generated = False
        horizon: datetime.date | None = None
        for entry in entries:
            if isinstance(entry, data.Transaction):
                if IDENTIFIER in entry.meta:
                    if is_generated(entry):
                        has_generated = True
                    else:
                        copies.append(entry)
                    continue
                self._read_transaction(entry)
            elif isinstance(entry, _TIMELESS):
                continue
            elif isinstance(entry, data.Custom):
                if is_factoring(entry):
                    self._read_directive(entry)
                if not counts_for_horizon(entry):
                    continue
            horizon = entry.date if horizon is None else max(horizon, entry.date)
        histories = tuple(
            self._history(contract, pages, units, horizon)
            for contract, pages, units in zip(
                self._contracts, self._pages, self._units, strict=True
            )
        )
        return ReadLedger(histories, tuple(copies), tuple(self._errors), has_generated)

    def _history(
        self, contract: Contract, pages: _Pages, units: MinorUnits, horizon: datetime.date | None
    ) -> History:
        fixings = sorted(self._fixings.get(contract.interest.index or "", ()))
        return History(
            documents=tuple(sorted(pages.documents, key=_document_order)),
            entries=tuple(sorted(pages.entries, key=_entry_order)),
            factor_entries=tuple(sorted(pages.factor_entries, key=_factor_order)),
            directives=tuple(sorted(pages.directives, key=_directive_order)),
            fixings=tuple(fixings),
            horizon=horizon,
            digits=units.digits,
        )

    def _read_directive(self, entry: data.Custom) -> None:
        read = self._directives.read(entry)
        if read is None:
            return
        place, fact = read
        if isinstance(fact, IndexFixing):
            self._fixings.setdefault(str(place), []).append(fact)
        else:
            self._pages[int(place)].directives.append(fact)

    def _read_transaction(self, txn: data.Transaction) -> None:
        touched: dict[int, _Touched] = {}
        uneven = ""
        for posting in txn.postings:
            for place, role, debtor in self._roles[posting.account]:
                units = self._units[place]
                if posting.units is None or posting.units.currency != units.currency:
                    continue
                amount = units.read(posting.units.number)
                if amount is None:
                    # Read on with the nearest one, so that the rest of the ledger has no errors.
                    amount = units.nearest(posting.units.number)
                    uneven = uneven or (
                        f"{posting.units} on {posting.account} has more than {units.digits}"
                        f" decimals: round it, as amounts in {units.currency} are"
                    )
                touch = touched.get(place)
                if touch is None:
                    touch = touched[place] = _Touched()
                if role is Role.CUSTOMER:
                    touch.customers.append(CustomerPosting(debtor, amount, posting.meta))
                elif role is Role.BANK:
                    touch.banks[posting.account] = touch.banks.get(posting.account, 0) + amount
                else:
                    touch.note_factor(role, amount)
        if uneven:
            self._report(txn, uneven)
        for place, touch in touched.items():
            self._read_touched(txn, place, touch)

    def _read_touched(self, txn: data.Transaction, place: int, touch: _Touched) -> None:
        """Read what a transaction says to one contract."""
        pages, cause = self._pages[place], cause_of(txn)
        if touch.customers:
            side = self._documents[place].read(
                txn, touch.customers, cause, with_bank=bool(touch.banks)
            )
            pages.documents += side.documents
            if side.legs:
                bank, cash = self._bank(txn, touch.banks)
                if len(side.legs) > 1:
                    side.legs.sort(key=_leg_order)
                legs = tuple(side.legs)
                pages.entries.append(CustomerEntry(txn.date, legs, bank, cash, txn.links, cause))
        if touch.factor:
            # Of several accounts the first by name: the order of postings says nothing.
            bank = min(touch.banks, default=None)
            pages.factor_entries.append(
                FactorEntry(
                    txn.date,
                    bank,
                    touch.current,
                    touch.collections,
                    touch.guarantee,
                    txn.links,
                    cause,
                )
            )

    def _bank(self, txn: data.Transaction, banks: Mapping[str, int]) -> tuple[str | None, int]:
        """Return the bank account of a receipt and what reached it; two accounts are an error."""
        if len(banks) > 1:
            self._report(
                txn,
                f"a receipt on {len(banks)} bank accounts ({', '.join(sorted(banks))}): write one"
                " transaction for each of them",
            )
        for bank, cash in banks.items():
            return bank, cash
        return None, 0


# The orders below look at content alone, so that neither the order of a file's lines nor its
# splitting into files changes a figure (rules.md, section 5, 12).


def _document_order(document: Document) -> tuple[Any, ...]:
    return (
        document.date,
        document.number or "",
        document.debtor,
        document.due or datetime.date.max,
        document.amount,
    )


def _leg_order(leg: Leg) -> tuple[Any, ...]:
    return (leg.amount < 0, leg.debtor, leg.number or "", leg.amount)


def _entry_order(entry: CustomerEntry) -> tuple[Any, ...]:
    legs = [(leg.debtor, leg.number or "", leg.amount) for leg in entry.legs]
    # The legs' own order puts what is taken back last; so do the entries'.
    return (entry.date, entry.legs[-1].amount < 0, legs, entry.bank or "", entry.cash)


def _factor_order(entry: FactorEntry) -> tuple[Any, ...]:
    return (entry.date, entry.bank or "", entry.current, entry.collections, entry.guarantee)


def _directive_order(directive: Directive) -> tuple[Any, ...]:
    return (directive.date, directive.kind, directive.name, directive.amount)
