"""Business days: the calendar that a contract counts its funding days by (interface.md, 2)."""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import NamedTuple

_DAY = datetime.timedelta(days=1)
_ECB = "ECB"
_SATURDAY = 5


class UnknownCalendarError(ValueError):
    """A calendar that cannot be had: the reason, to be read after its name."""


class Calendar(NamedTuple):
    """The business days of the European Central Bank (`ECB`) or of a country (`FR`).

    A country's weekends and public holidays are those of the `holidays` library, which is loaded
    when the first of its days is asked for. Use `Calendar.named` for a name a user wrote.
    """

    name: str = _ECB

    @classmethod
    def named(cls, name: str) -> Calendar:
        """Return the calendar of a name, or raise `UnknownCalendarError`."""
        if name != _ECB:
            _check_country(name)
        return cls(name)

    def is_business_day(self, day: datetime.date) -> bool:
        """Tell whether banks work on a day."""
        return day not in _days_off(self.name, day.year)

    def add_business_days(self, day: datetime.date, n: int) -> datetime.date:
        """Return the n-th business day strictly after `day`; 0 is `day` itself, whatever it is."""
        if n < 0:
            message = f"business days are counted forward, not {n}"
            raise ValueError(message)
        while n:
            day += _DAY
            n -= self.is_business_day(day)
        return day


@lru_cache(maxsize=1024)
def _days_off(name: str, year: int) -> frozenset[datetime.date]:
    """Return the weekend days and holidays of one year."""
    if name == _ECB:
        return _ecb_days_off(year)
    import holidays

    country = holidays.country_holidays(name, years=year)
    return frozenset(day for day in _days_of(year) if not country.is_working_day(day))


def _ecb_days_off(year: int) -> frozenset[datetime.date]:
    """Return the days on which T2, the ECB's payment system, is closed."""
    easter = easter_sunday(year)
    return frozenset(day for day in _days_of(year) if day.weekday() >= _SATURDAY) | {
        datetime.date(year, 1, 1),
        easter - 2 * _DAY,
        easter + _DAY,
        datetime.date(year, 5, 1),
        datetime.date(year, 12, 25),
        datetime.date(year, 12, 26),
    }


def _days_of(year: int) -> list[datetime.date]:
    """Return every day of a year."""
    first = datetime.date(year, 1, 1).toordinal()
    last = datetime.date(year, 12, 31).toordinal()
    return [datetime.date.fromordinal(ordinal) for ordinal in range(first, last + 1)]


def easter_sunday(year: int) -> datetime.date:
    """Return Easter Sunday of a year of the Gregorian calendar (Meeus, Jones and Butcher)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon = (
        19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return datetime.date(year, month, day + 1)


def _check_country(name: str) -> None:
    """Raise `UnknownCalendarError` unless the `holidays` library is there and knows a country."""
    try:
        import holidays
    except ImportError:
        message = (
            "needs the holidays library, which is not installed: "
            f'write {_ECB}, or run pip install "beancount-factoring[calendars]"'
        )
        raise UnknownCalendarError(message) from None
    if name not in holidays.list_supported_countries():
        raise UnknownCalendarError("is no country of the holidays library")
