"""Debtors' limits over time: the contract's and the ledger's (interface.md, section 1)."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from decimal import Decimal

from beancount_factoring.contract.dated import Step
from beancount_factoring.contract.terms import EligibilityTerms
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.money import minor_units


class Limits:
    """The limit of every debtor on every day; `None` is no limit."""

    def __init__(self, terms: EligibilityTerms, digits: int) -> None:
        """Take the contract's limits; `declare` adds the ledger's."""
        self._terms = terms
        self._unit = 10**digits
        # Whether any debtor ever has a limit.
        self.has_any = bool(terms.limits) or any(
            limit is not None for limit in terms.default_limit.values()
        )
        self._declared: dict[str, list[tuple[datetime.date, int, Cause]]] = {}
        self._changes = sorted(
            {
                step.since
                for term in (terms.default_limit, *terms.limits.values())
                for step in term.steps
            }
        )
        # The limits that were asked for on the last of the days seen, which is asked for often.
        self._day = datetime.date.min
        self._known: dict[str, int | None] = {}

    def declare(self, debtor: str, day: datetime.date, amount: int, cause: Cause) -> None:
        """Take a `limit` directive, in the order of dates."""
        self.has_any = True
        self._declared.setdefault(debtor, []).append((day, amount, cause))
        self._known.pop(debtor, None)
        self._come_to(day)

    def at(self, debtor: str, day: datetime.date) -> int | None:
        """Return a debtor's limit on a day.

        Of the contract's and the ledger's limits of the debtor the later date wins, the directive
        on the same one; the contract's default serves debtors that have neither.
        """
        if not self.has_any:
            return None
        if day != self._day:
            self._come_to(day)
            if day < self._day:
                return self._limit(debtor, day)
        known = self._known
        if debtor not in known:
            known[debtor] = self._limit(debtor, day)
        return known[debtor]

    def _come_to(self, day: datetime.date) -> None:
        """Forget what is known, where the contract changed a limit up to a later day."""
        if day > self._day:
            if bisect_right(self._changes, day) > bisect_right(self._changes, self._day):
                self._known.clear()
            self._day = day

    def _limit(self, debtor: str, day: datetime.date) -> int | None:
        stated = self.stated(debtor, day)
        return self._units(stated) if isinstance(stated, Step) else stated[0]

    def _units(self, step: Step[Decimal | None]) -> int | None:
        return None if step.value is None else minor_units(step.value, self._unit)

    def stated(self, debtor: str, day: datetime.date) -> tuple[int, Cause] | Step[Decimal | None]:
        """Return what states a debtor's limit on a day: a directive, or a term of the contract."""
        own = self._terms.limits.get(debtor)
        declared = self._declared.get(debtor, ())
        place = bisect_right(declared, day, key=lambda step: step[0])
        if place:
            since, amount, cause = declared[place - 1]
            if own is None or own.step(day).since <= since:
                return amount, cause
        return (own or self._terms.default_limit).step(day)
