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
        self._default: tuple[datetime.date, int | None] | None = None

    def declare(self, debtor: str, day: datetime.date, amount: int, cause: Cause) -> None:
        """Take a `limit` directive, in the order of dates."""
        self.has_any = True
        self._declared.setdefault(debtor, []).append((day, amount, cause))

    def at(self, debtor: str, day: datetime.date) -> int | None:
        """Return a debtor's limit on a day.

        Of the contract's and the ledger's limits of the debtor the later date wins, the directive
        on the same one; the contract's default serves debtors that have neither.
        """
        if not self.has_any:
            return None
        if debtor not in self._declared and debtor not in self._terms.limits:
            return self._default_on(day)
        stated = self.stated(debtor, day)
        return self._units(stated) if isinstance(stated, Step) else stated[0]

    def _default_on(self, day: datetime.date) -> int | None:
        """Return the contract's default; most debtors have it, and each day is asked for often."""
        if self._default is None or self._default[0] != day:
            self._default = day, self._units(self._terms.default_limit.step(day))
        return self._default[1]

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
