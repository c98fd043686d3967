"""The days a contract sets: scheduled remittances, ends of months and of contract years."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator

from beancount_factoring.contract.terms import RemittanceRhythm
from beancount_factoring.contract.terms import RemittanceTerms

_DAY = datetime.timedelta(days=1)
_WEEK = datetime.timedelta(weeks=1)


def remittance_days(
    terms: RemittanceTerms, start: datetime.date, until: datetime.date
) -> Iterator[datetime.date]:
    """Yield the scheduled remittance days from `start` to `until`, both included.

    Every given weekday; every second one, from the first; or the day of the month, or its last
    day if it is shorter; none where remittances are declared (rules.md, section 3, Remittance).
    """
    match terms.every:
        case RemittanceRhythm.WEEK:
            return _weekly(terms.day, _WEEK, start, until)
        case RemittanceRhythm.FORTNIGHT:
            return _weekly(terms.day, 2 * _WEEK, start, until)
        case RemittanceRhythm.MONTH:
            return _monthly(terms.day, start, until)
        case RemittanceRhythm.DECLARED:
            return iter(())


def _weekly(
    weekday: int, step: datetime.timedelta, start: datetime.date, until: datetime.date
) -> Iterator[datetime.date]:
    day = start + (weekday - start.weekday()) % 7 * _DAY
    while day <= until:
        yield day
        day += step


def _monthly(number: int, start: datetime.date, until: datetime.date) -> Iterator[datetime.date]:
    last = month_end(start)
    while True:
        day = last.replace(day=min(number, last.day))
        if day > until:
            return
        if day >= start:
            yield day
        last = month_end(last + _DAY)


def month_end(day: datetime.date) -> datetime.date:
    """Return the last day of the month that holds a day."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def contract_year_end(start: datetime.date, day: datetime.date) -> datetime.date:
    """Return the last day of the contract year that holds a day on or after `start`.

    Contract year n ends on the day before the n-th anniversary of `start`. The anniversary of a
    29 February is 1 March in years without one, so that each of its years ends on 28 February.
    """
    end = _anniversary(start, day.year) - _DAY
    return end if end >= day else _anniversary(start, day.year + 1) - _DAY


def _anniversary(start: datetime.date, year: int) -> datetime.date:
    if (start.month, start.day) == (2, 29) and not calendar.isleap(year):
        return datetime.date(year, 3, 1)
    return start.replace(year=year)
