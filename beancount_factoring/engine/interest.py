"""Interest by the day (rules.md, section 3, Interest)."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from beancount_factoring.contract.terms import InterestTerms
from beancount_factoring.engine.events import InterestTerm
from beancount_factoring.engine.history import IndexFixing
from beancount_factoring.engine.money import round_half_up


class InterestMeter:
    """Counts days of balance and rate since the last booking, exactly."""

    def __init__(self, terms: InterestTerms, fixings: Sequence[IndexFixing]) -> None:
        """Take the contract's terms and its index's values, sorted by date."""
        self._terms = terms
        self._fixings = fixings
        self._days: list[InterestTerm] = []
        # Whether a day without an index value was met and reported.
        self.is_without_index = False

    def rate(self, day: datetime.date) -> Decimal | None:
        """Return the day's rate as a fraction; `None` where the index has no value yet."""
        margin = self._terms.margin.at(day)
        if self._terms.index is None:
            return margin
        place = bisect_right(self._fixings, day, key=lambda fixing: fixing.since)
        if place == 0:
            return None
        index = self._fixings[place - 1].percent / 100
        floor = self._terms.floor.at(day)
        return (index if floor is None else max(index, floor)) + margin

    def count(self, day: datetime.date, base: int, rate: Decimal) -> None:
        """Count one day's balance; a credit balance bears no interest."""
        base = max(0, base)
        last = self._days[-1] if self._days else None
        if last is not None and last.base == base and last.rate == rate:
            self._days[-1] = last._replace(days=last.days + 1)
        else:
            self._days.append(InterestTerm(day, 1, base, rate))

    def settle(self) -> tuple[int, tuple[InterestTerm, ...]]:
        """Return what accrued since the last booking, rounded once, with its days; begin anew."""
        accrued = self.accrued()
        self._days.clear()
        return accrued

    def accrued(self) -> tuple[int, tuple[InterestTerm, ...]]:
        """Return what has accrued since the last booking, rounded once, with its days."""
        terms = tuple(self._days)
        exact = sum(
            (Fraction(term.days * term.base) * Fraction(term.rate) for term in terms), Fraction()
        )
        return round_half_up(exact / self._terms.basis), terms
