"""How a contract's position went, day by day: for curves, and for what the funds cost."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal

from beancount_factoring.collector import paused_collector
from beancount_factoring.reports.aged import AgedLine
from beancount_factoring.reports.aged import aged_total
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource
from beancount_factoring.reports.source import Selection
from beancount_factoring.reports.source import contract_days

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """The position at the end of a day, as `position` has it."""

    day: datetime.date
    outstanding: Decimal
    guarantee_fund: Decimal
    funds_in_use: Decimal
    available: Decimal


@dataclass(frozen=True, slots=True)
class Course:
    """A contract's books at the end of a day, and how they came there.

    `points` and `aged` are those of the days that were asked for and at which the contract was
    active; `use` holds the funds in use at the end of every day from the start on, in minor units.
    """

    on: ContractDay
    points: tuple[CoursePoint, ...]
    aged: tuple[tuple[datetime.date, AgedLine], ...]
    use: tuple[tuple[datetime.date, int], ...]


class _Kept:
    """What is kept of one contract on the way."""

    def __init__(self) -> None:
        self.points: list[CoursePoint] = []
        self.aged: list[tuple[datetime.date, AgedLine]] = []
        self.use: list[tuple[datetime.date, int]] = []


def courses(
    source: ReportSource,
    until: datetime.date,
    *,
    points: Collection[datetime.date] = (),
    aged: Collection[datetime.date] = (),
    selection: Selection | None = None,
) -> list[Course]:
    """Run every contract's books once to the end of a day, and look at them on the way.

    `points` and `aged` are the days on which to keep the position and the aged balance's total.
    """
    with paused_collector():
        all_books = [books.run(min(until, _eve(source))) for books in source.contracts]
        kept = [_Kept() for _ in all_books]
        for day in _days(_eve(source) + _DAY, until):
            for books in all_books:
                books.run(day)
            for on, own in zip(contract_days(day, all_books), kept, strict=True):
                if on.is_active:
                    _look(replace(on, selection=selection), own, points, aged)
        return [
            Course(
                replace(on, selection=selection),
                tuple(own.points),
                tuple(own.aged),
                tuple(own.use),
            )
            for on, own in zip(contract_days(until, all_books), kept, strict=True)
        ]


def _look(
    on: ContractDay,
    kept: _Kept,
    points: Collection[datetime.date],
    aged: Collection[datetime.date],
) -> None:
    """Keep what was asked for of a day."""
    if on.day <= (on.books.history.horizon or on.day):
        kept.use.append((on.day, on.books.state.funds_in_use))
    if on.day in points:
        position = on.books.position(on.day)
        kept.points.append(
            CoursePoint(
                on.day,
                on.amount(position.outstanding),
                on.amount(position.guarantee_fund),
                on.amount(position.funds_in_use),
                on.amount(position.available),
            )
        )
    if on.day in aged:
        kept.aged.append((on.day, aged_total(on)))


def _eve(source: ReportSource) -> datetime.date:
    """Return the day before the first contract's start."""
    starts = (books.contract.start for books in source.contracts)
    return min(starts, default=datetime.date.max) - _DAY


def _days(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    return map(datetime.date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def spread(first: datetime.date, last: datetime.date, count: int) -> frozenset[datetime.date]:
    """Return at most `count` days evenly from one to another, both among them."""
    span = (last - first).days
    if span < 0:
        return frozenset()
    step = max(1, -(-span // max(1, count - 1)))
    days = range(last.toordinal(), first.toordinal() - 1, -step)
    return frozenset(map(datetime.date.fromordinal, {*days, first.toordinal()}))


def month_ends(last: datetime.date, count: int) -> frozenset[datetime.date]:
    """Return the last days of the months before a day, and the day itself: `count` in all."""
    return frozenset(_month_ends(last, count))


def _month_ends(last: datetime.date, count: int) -> Iterable[datetime.date]:
    day = last
    for _ in range(count):
        yield day
        if day.year == datetime.MINYEAR and day.month == 1:
            return
        day = day.replace(day=1) - _DAY
