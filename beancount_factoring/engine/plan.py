"""The ledger's facts laid out by day, so that each day finds its own without a search."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from beancount_factoring.contract.schedule import remittance_days
from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.history import CustomerEntry
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import FactorEntry
from beancount_factoring.engine.history import History

T = TypeVar("T")

_Days = dict[datetime.date, list[T]]
_date = attrgetter("date")


class Plan:
    """What the ledger says on each day, and the schedule of remittances."""

    def __init__(self, contract: Contract, history: History, claims: Sequence[Claim]) -> None:
        """Lay out a history; `claims` are those of its documents."""
        self._documents: _Days[Claim] = _by_day(claims, attrgetter("document.date"))
        self._entries: _Days[CustomerEntry] = _by_day(history.entries, _date)
        self._factor: _Days[FactorEntry] = _by_day(history.factor_entries, _date)
        self._directives: _Days[Directive] = _by_day(history.directives, _date)
        self._taken_over: defaultdict[datetime.date, list[Claim]] = defaultdict(list)
        # What an earlier contract's close set free before this one's start.
        self.free_at_start: list[Claim] = []
        for claim in claims if history.held else ():
            free = history.held.get(claim.document.identity)
            if free is not None and free < contract.start:
                self.free_at_start.append(claim)
            elif free is not None:
                self._taken_over[free].append(claim)
        horizon = history.horizon or contract.start
        last = min(horizon, contract.end or horizon)
        self.remittance_days = frozenset(remittance_days(contract.remittance, contract.start, last))

    def days_before(self, start: datetime.date) -> list[datetime.date]:
        """Return the days before the contract's start on which something was booked."""
        days = {*self._documents, *self._entries, *self._factor}
        return sorted(day for day in days if day < start)

    def directives_before(self, start: datetime.date) -> list[Directive]:
        """Return the directives before the contract's start."""
        days = sorted(day for day in self._directives if day < start)
        return [directive for day in days for directive in self._directives[day]]

    def documents(self, day: datetime.date) -> list[Claim]:
        """Return the documents dated that day."""
        return self._documents.get(day, [])

    def taken_over(self, day: datetime.date) -> list[Claim]:
        """Return the documents that an earlier contract's close sets free that day."""
        return self._taken_over.get(day, [])

    def entries(self, day: datetime.date) -> Sequence[CustomerEntry]:
        """Return the customers' entries of that day."""
        return self._entries.get(day, ())

    def factor_entries(self, day: datetime.date) -> Sequence[FactorEntry]:
        """Return the user's postings on the factor's accounts of that day."""
        return self._factor.get(day, ())

    def directives(self, day: datetime.date) -> Sequence[Directive]:
        """Return the contract events of that day."""
        return self._directives.get(day, ())


def _by_day(facts: Iterable[T], date_of: Callable[[T], datetime.date]) -> _Days[T]:
    """Return facts by their dates; those that stand together are taken together."""
    days: _Days[T] = {}
    for day, same in groupby(facts, date_of):
        days.setdefault(day, []).extend(same)
    return days
