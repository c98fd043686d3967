"""Calendar days: business days, months, contract years and the days of remittance."""

from __future__ import annotations

import datetime

from tests.oracle.model import Contract
from tests.oracle.model import Date

ONE = datetime.timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def easter(year: int) -> Date:
    """Return Easter Sunday: the first Sunday after the church's full moon (Gauss, Lichtenberg)."""
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    age = (19 * (year % 19) + moon) % 30
    correction = (age + (year % 19) // 11) // 29
    full_moon = 21 + age - correction
    first_sunday = 7 - (year + year // 4 + sun) % 7
    return Date(year, 3, 1) + ONE * (full_moon + 7 - (full_moon - first_sunday) % 7 - 1)


def holidays(calendar: str, year: int) -> set[Date]:
    sunday = easter(year)
    if calendar == "ECB":
        fixed = [(1, 1), (5, 1), (12, 25), (12, 26)]
        moving = [-2, 1]
    else:
        fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]
        moving = [1, 39, 50]
    return {Date(year, month, day) for month, day in fixed} | {sunday + ONE * n for n in moving}


def is_business_day(calendar: str, day: Date) -> bool:
    return day.weekday() < 5 and day not in holidays(calendar, day.year)


def business_days_later(calendar: str, day: Date, count: int) -> Date:
    while count:
        day += ONE
        count -= is_business_day(calendar, day)
    return day


def is_month_end(day: Date) -> bool:
    return (day + ONE).day == 1


def contract_year(contract: Contract, day: Date) -> tuple[Date, Date]:
    """Return the first and the last day of the contract year that `day` is in.

    A year that began on 29 February ends on the 28th: the rules name no other day.
    """
    first = contract.start
    while (following := anniversary(contract.start, first.year + 1)) <= day:
        first = following
    return first, following - ONE


def anniversary(start: Date, year: int) -> Date:
    """Return a date's day in another year: 1 March for a 29 February, where there is none."""
    try:
        return start.replace(year=year)
    except ValueError:
        return Date(year, 3, 1)


def is_scheduled(contract: Contract, day: Date) -> bool:
    """Say whether the schedule has a remittance on that day."""
    if day < contract.start or (contract.end is not None and day > contract.end):
        return False
    if contract.every == "declared":
        return False
    if contract.every == "month":
        return day.day == contract.day or (is_month_end(day) and day.day < int(contract.day))
    if WEEKDAYS[day.weekday()] != contract.day:
        return False
    weeks = (day - contract.start).days // 7
    return contract.every == "week" or weeks % 2 == 0
