"""What a page is made of, whichever view it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from typing import Any

from beancount_factoring.fava_ext.figures import Figures
from beancount_factoring.fava_ext.loaded import ContractReports
from beancount_factoring.fava_ext.loaded import LoadedFactoring
from beancount_factoring.fava_ext.tables import Table
from beancount_factoring.fava_ext.view import View


@dataclass(frozen=True, slots=True)
class Link:
    """Where to go, and what it is called there."""

    text: str
    href: str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Charts:
    """Charts for Fava's own component; `name` tells them apart on a page."""

    name: str
    data: Sequence[Any]
    legend: Sequence[tuple[str, str]] = ()

    kind: str = field(default="charts", init=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure by itself: its key in the interface, its name, how it is written, what it is."""

    key: str
    name: str
    text: str
    value: Decimal | None
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Some figures beside each other."""

    name: str
    facts: Sequence[Fact]

    kind: str = field(default="facts", init=False)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, in words; where it stands, and what it is about."""

    name: str
    text: str
    amount: Decimal | None
    links: Sequence[Link] = ()
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Tasks:
    """What needs doing, at most so much of it; `more` is how much is not shown."""

    title: str
    tasks: Sequence[Task]
    more: int
    empty: str

    kind: str = field(default="tasks", init=False)


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text under a heading, with links to other parts of the view."""

    title: str
    text: str = ""
    links: Sequence[Link] = ()

    kind: str = field(default="words", init=False)


Block = Table[Any] | Charts | Facts | Tasks | Words


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page that belongs together: a contract's, or the whole of it."""

    title: str
    blocks: Sequence[Block]
    is_wide: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is made from: the loaded ledger, its figures' form, and what was asked for."""

    factoring: LoadedFactoring
    figures: Figures
    view: View
    reports: Sequence[ContractReports]

    @property
    def chosen(self) -> ContractReports:
        """The contract that was asked for, or the first one."""
        named = (each for each in self.reports if each.name == self.view.contract)
        return next(named, self.reports[0])
