"""A user's transactions as one contract sees them: documents, customers' and bank entries."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any
from typing import Final
from typing import TypeVar

from beancount.core import data

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.changes import Sent
from beancount_factoring.engine.history import CustomerEntry
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import FactorEntry
from beancount_factoring.engine.history import History
from beancount_factoring.engine.history import IndexFixing
from beancount_factoring.engine.history import Leg
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.documents import DOCUMENT_KEYS
from beancount_factoring.ledger.documents import CustomerPosting
from beancount_factoring.ledger.documents import DocumentReader
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.roles import Role
from beancount_factoring.ledger.roles import Roles
from beancount_factoring.tuples import new

T = TypeVar("T")

Report = Callable[[data.Directive, str], None]
Balances = dict[Any, int]

_CUSTOMER: Final = Role.CUSTOMER
_BANK: Final = Role.BANK


class ContractReader:
    """Reads transactions one after the other; `history` is what they said to the contract."""

    def __init__(self, contract: Contract, report: Report) -> None:
        """Take the contract, and what errors are reported to."""
        self.units = MinorUnits(contract.currency)
        self.directives: list[Directive] = []
        self._report = report
        self._roles = Roles(contract)
        self._reader = DocumentReader(contract, report)
        self._entries: list[CustomerEntry] = []
        self._factor_entries: list[FactorEntry] = []

    def history(
        self,
        fixings: Sequence[IndexFixing],
        horizon: datetime.date | None,
        sent: Mapping[str, Sent],
    ) -> History:
        """Return what was read, each part in an order that its content alone decides."""
        return History(
            documents=_in_order(self._reader.documents, _document_order),
            entries=_in_order(self._entries, _entry_order),
            factor_entries=_in_order(self._factor_entries, _factor_order),
            directives=_in_order(self.directives, _directive_order),
            fixings=tuple(sorted(fixings)),
            horizon=horizon,
            digits=self.units.digits,
            sent=sent,
        )

    def customers(self) -> tuple[str, ...]:
        """Return the customers' accounts that the transactions read so far post on."""
        parts = self._roles.items()
        return tuple(account for account, part in parts if part and part[0] is Role.CUSTOMER)

    def read(self, txn: data.Transaction) -> None:
        """Read a transaction; most say nothing to the contract."""
        customers: list[CustomerPosting] = []
        banks: Balances = {}
        factor: Balances = {}
        uneven: data.Posting | None = None
        roles, units, currency = self._roles, self.units, self.units.currency
        for posting in txn.postings:
            part = roles[posting.account]
            if part is None:
                continue
            stated = posting.units
            if stated is None or stated.currency != currency:
                continue
            amount = units.take(stated)
            if amount is None:
                # Read on with the nearest one, so that the rest of the ledger has no errors.
                amount = units.nearest(stated.number)
                uneven = uneven or posting
            role, debtor = part
            if role is _CUSTOMER:
                customers.append((debtor, amount, posting.meta))
            elif role is _BANK:
                banks[posting.account] = banks.get(posting.account, 0) + amount
            elif role is Role.ROOT:
                self._check_root(txn, posting)
            else:
                factor[role] = factor.get(role, 0) + amount
        if uneven is not None:
            self._report(
                txn,
                f"{uneven.units} on {uneven.account} has more than {units.digits} decimals: round"
                f" it, as amounts in {units.currency} are",
            )
        if customers:
            self._read_customers(txn, customers, banks)
        if factor:
            self._read_factor(txn, factor, banks)

    def _check_root(self, txn: data.Transaction, posting: data.Posting) -> None:
        """Report a document on the root of the customers' accounts, which is no customer's."""
        keys = sorted(DOCUMENT_KEYS.intersection(posting.meta or ()))
        if keys:
            self._report(
                txn,
                f"{keys[0]}: stands on {posting.account}, which is no customer's account: post on"
                f" an account below it, such as {posting.account}:DUPONT",
            )

    def _read_customers(
        self, txn: data.Transaction, postings: list[CustomerPosting], banks: Balances
    ) -> None:
        """Read what a transaction says on customers' accounts."""
        cause = cause_of(txn)
        legs = self._reader.read(txn, postings, cause, with_bank=bool(banks))
        if not legs:
            return
        if len(legs) > 1:
            legs.sort(key=_leg_order)
        if len(banks) > 1:
            self._report(
                txn,
                f"a receipt on {len(banks)} bank accounts ({', '.join(sorted(banks))}): write one"
                " transaction for each of them",
            )
        bank, cash = next(iter(banks.items())) if banks else (None, 0)
        entry = (txn.date, tuple(legs), bank, cash, txn.links, cause)
        self._entries.append(new(CustomerEntry, entry))

    def _read_factor(self, txn: data.Transaction, factor: Balances, banks: Balances) -> None:
        """Read what a transaction posts on the factor's accounts."""
        self._factor_entries.append(
            FactorEntry(
                txn.date,
                # Of several accounts the first by name: the order of postings says nothing.
                min(banks, default=None),
                factor.get(Role.CURRENT, 0),
                factor.get(Role.COLLECTIONS, 0),
                factor.get(Role.GUARANTEE, 0),
                txn.links,
                cause_of(txn),
            )
        )


_date = attrgetter("date")


def _in_order(facts: list[T], order: Callable[[T], Any]) -> tuple[T, ...]:
    """Return facts by date, and those of a day in an order of their own."""
    facts.sort(key=_date)
    return tuple([fact for _day, same in groupby(facts, _date) for fact in sorted(same, key=order)])


# The orders below look at content alone, so that neither the order of a file's lines nor its
# splitting into files changes a figure (rules.md, section 5, 12).


# Two documents of one debtor, day and number are instalments, which all have a due date.
_document_order = attrgetter("number", "debtor", "due", "amount")


def _leg_order(leg: Leg) -> tuple[Any, ...]:
    return (leg.amount < 0, leg.debtor, leg.number or "", leg.amount)


def _entry_order(entry: CustomerEntry) -> tuple[Any, ...]:
    _day, legs, bank, cash, _links, _cause = entry
    debtor, number, amount, _due = legs[0]
    others: tuple[Any, ...] = ()
    if len(legs) > 1:
        others = tuple([(leg.debtor, leg.number or "", leg.amount) for leg in legs[1:]])
    # The legs' own order puts what is taken back last; so do the entries'.
    return (legs[-1].amount < 0, debtor, number or "", amount, others, bank or "", cash)


def _factor_order(entry: FactorEntry) -> tuple[Any, ...]:
    return (entry.bank or "", entry.current, entry.collections, entry.guarantee)


def _directive_order(directive: Directive) -> tuple[Any, ...]:
    return (directive.kind, directive.name, directive.amount)
