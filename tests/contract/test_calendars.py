from __future__ import annotations

import datetime
import sys
from datetime import date

import pytest

from beancount_factoring.contract.calendars import Calendar
from beancount_factoring.contract.calendars import UnknownCalendarError
from beancount_factoring.contract.calendars import easter_sunday

holidays = pytest.importorskip("holidays", reason="the extra 'calendars' is not installed")

ECB = Calendar()


def test_the_ecb_calendar_is_the_one_of_the_holidays_library() -> None:
    # From 2002 on: in its first years TARGET closed on 31 December too.
    closed = holidays.financial_holidays("ECB", years=range(2002, 2101))
    day = date(2002, 1, 1)
    while day < date(2101, 1, 1):
        assert ECB.is_business_day(day) == (day.weekday() < 5 and day not in closed), day
        day += datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (1818, date(1818, 3, 22)),  # the earliest there is
        (2008, date(2008, 3, 23)),
        (2026, date(2026, 4, 5)),
        (2038, date(2038, 4, 25)),  # the latest there is
        (2049, date(2049, 4, 18)),  # the two exceptions of the lunar tables
        (2076, date(2076, 4, 19)),
    ],
)
def test_easter_sunday(year: int, easter: date) -> None:
    assert easter_sunday(year) == easter


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        (date(2026, 1, 9), 1, date(2026, 1, 12)),  # over a weekend
        (date(2026, 1, 9), 2, date(2026, 1, 13)),
        (date(2026, 1, 10), 1, date(2026, 1, 12)),  # from a Saturday
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Good Friday and Easter Monday
        (date(2026, 4, 30), 1, date(2026, 5, 4)),  # over 1 May, a Friday
        (date(2025, 12, 24), 2, date(2025, 12, 30)),
        (date(2026, 7, 13), 1, date(2026, 7, 14)),  # no holiday of the ECB
    ],
)
def test_business_days_are_counted_strictly_after(day: date, n: int, then: date) -> None:
    assert ECB.add_business_days(day, n) == then


def test_no_business_day_later_is_the_same_day_even_a_holiday() -> None:
    assert ECB.add_business_days(date(2026, 12, 25), 0) == date(2026, 12, 25)


def test_business_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forward, not -1"):
        ECB.add_business_days(date(2026, 1, 9), -1)


def test_a_country_has_its_own_holidays() -> None:
    france = Calendar.named("FR")
    assert not france.is_business_day(date(2026, 7, 14))
    assert not france.is_business_day(date(2026, 7, 18))
    assert france.is_business_day(date(2026, 4, 3)), "Good Friday is no holiday in most of France"
    assert france.add_business_days(date(2026, 7, 13), 1) == date(2026, 7, 15)


def test_a_country_has_its_own_weekend() -> None:
    israel = Calendar.named("IL")
    assert not israel.is_business_day(date(2026, 1, 9))
    assert israel.is_business_day(date(2026, 1, 11))


@pytest.mark.parametrize("name", ["XX", "fr", "", "HolidayBase", "list_supported_countries"])
def test_an_unknown_country_is_refused(name: str) -> None:
    with pytest.raises(UnknownCalendarError, match="is no country of the holidays library"):
        Calendar.named(name)


def test_without_the_library_a_country_is_refused_and_the_ecb_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(UnknownCalendarError, match=r"write ECB, or run pip install .*calendars"):
        Calendar.named("FR")
    assert Calendar.named("ECB").is_business_day(date(2026, 1, 5))
