"""Values that change in time, and the contract lines they come from."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterator
from typing import Generic
from typing import NamedTuple
from typing import TypeVar

T = TypeVar("T")


class Step(NamedTuple, Generic[T]):
    """One value of a dated term: from `since` on, as written on `line` of the contract file.

    `line` is 0 for a default, which no line states.
    """

    since: datetime.date
    value: T
    line: int = 0


class Dated(NamedTuple, Generic[T]):
    """A term marked ◊ in the interface: a value for every day (interface.md, section 2).

    `steps` are sorted by `since`, never empty, and the first one covers every earlier day, so that
    a day before the contract's start has a value too.
    """

    steps: tuple[Step[T], ...]

    @classmethod
    def constant(cls, value: T, line: int = 0) -> Dated[T]:
        """Return the term that has one value on every day."""
        return cls((Step(datetime.date.min, value, line),))

    def step(self, day: datetime.date) -> Step[T]:
        """Return the step in force on a day."""
        if len(self.steps) == 1:
            return self.steps[0]
        return self.steps[max(0, bisect_right(self.steps, day, key=lambda step: step.since) - 1)]

    def at(self, day: datetime.date) -> T:
        """Return the value in force on a day."""
        return self.step(day).value

    def values(self) -> Iterator[T]:
        """Yield every value the term ever has."""
        return (step.value for step in self.steps)
