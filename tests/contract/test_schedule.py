from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beancount_factoring.contract.schedule import contract_year_end
from beancount_factoring.contract.schedule import month_end
from beancount_factoring.contract.schedule import remittance_days
from beancount_factoring.contract.terms import RemittanceRhythm
from beancount_factoring.contract.terms import RemittanceTerms

FRIDAY = 4
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))


def _days(every: str, day: int, start: date, until: date) -> list[date]:
    return list(remittance_days(RemittanceTerms(RemittanceRhythm(every), day), start, until))


def test_weekly_every_given_weekday_from_start_to_the_last_day() -> None:
    assert _days("week", FRIDAY, date(2026, 1, 5), date(2026, 1, 23)) == [
        date(2026, 1, 9),
        date(2026, 1, 16),
        date(2026, 1, 23),
    ]


def test_a_contract_that_starts_on_the_weekday_remits_on_its_first_day() -> None:
    assert _days("week", FRIDAY, date(2026, 1, 9), date(2026, 1, 15)) == [date(2026, 1, 9)]


def test_fortnightly_every_second_weekday_from_the_first() -> None:
    assert _days("fortnight", FRIDAY, date(2026, 1, 5), date(2026, 2, 10)) == [
        date(2026, 1, 9),
        date(2026, 1, 23),
        date(2026, 2, 6),
    ]


def test_monthly_on_a_day_or_the_last_of_a_shorter_month() -> None:
    assert _days("month", 30, date(2028, 1, 5), date(2028, 4, 30)) == [
        date(2028, 1, 30),
        date(2028, 2, 29),
        date(2028, 3, 30),
        date(2028, 4, 30),
    ]


def test_monthly_never_before_the_start() -> None:
    assert _days("month", 10, date(2025, 12, 15), date(2026, 2, 9)) == [date(2026, 1, 10)]


def test_declared_has_no_scheduled_days() -> None:
    assert _days("declared", FRIDAY, date(2026, 1, 5), date(2030, 1, 1)) == []


@pytest.mark.parametrize("every", ["week", "fortnight", "month"])
def test_nothing_is_scheduled_when_the_end_is_before_the_start(every: str) -> None:
    assert _days(every, 1, date(2026, 1, 5), date(2026, 1, 4)) == []


@given(start=DAYS, weekday=st.integers(0, 6), weeks=st.integers(0, 60))
def test_weekly_days_are_exactly_the_days_with_that_weekday(
    start: date, weekday: int, weeks: int
) -> None:
    until = date.fromordinal(start.toordinal() + 7 * weeks)
    every_day = (date.fromordinal(n) for n in range(start.toordinal(), until.toordinal() + 1))
    expected = [day for day in every_day if day.weekday() == weekday]
    assert _days("week", weekday, start, until) == expected
    assert _days("fortnight", weekday, start, until) == expected[::2]


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 28), date(2026, 2, 28)),
        (date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_month_end(day: date, end: date) -> None:
    assert month_end(day) == end


@pytest.mark.parametrize(
    ("start", "day", "end"),
    [
        (date(2026, 1, 5), date(2026, 1, 5), date(2027, 1, 4)),
        (date(2026, 1, 5), date(2027, 1, 4), date(2027, 1, 4)),
        (date(2026, 1, 5), date(2027, 1, 5), date(2028, 1, 4)),
        (date(2026, 1, 1), date(2026, 6, 30), date(2026, 12, 31)),
        (date(2027, 3, 1), date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 2, 29), date(2029, 2, 28)),
        (date(2028, 2, 29), date(2029, 3, 1), date(2030, 2, 28)),
        (date(2028, 2, 29), date(2031, 3, 1), date(2032, 2, 28)),
        (date(2028, 2, 29), date(2032, 2, 29), date(2033, 2, 28)),
    ],
)
def test_a_contract_year_ends_on_the_day_before_the_anniversary(
    start: date, day: date, end: date
) -> None:
    assert contract_year_end(start, day) == end


@given(start=DAYS, years=st.integers(1, 40))
def test_contract_years_follow_each_other_without_gap(start: date, years: int) -> None:
    first = start
    for _ in range(years):
        last = contract_year_end(start, first)
        assert 365 <= last.toordinal() - first.toordinal() + 1 <= 366
        assert contract_year_end(start, last) == last
        first = date.fromordinal(last.toordinal() + 1)
    anniversary = (start.year + years, start.month, start.day)
    assert (first.year, first.month, first.day) == anniversary or first.month == 3
