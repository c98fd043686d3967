"""Closed random histories: an edit that moves a figure of a closed day is always an error."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from itertools import chain
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data

from beancount_factoring.ledger.books import books_of
from beancount_factoring.ledger.copies import facts
from beancount_factoring.reports.closing import close_period
from tests.oracle.compare import Loaded
from tests.oracle.compare import load
from tests.oracle.compare import positions
from tests.oracle.histories import whole
from tests.oracle.model import Case
from tests.oracle.model import Date
from tests.oracle.model import Event
from tests.oracle.model import Line
from tests.oracle.model import Txn

EDITS = 10
# What a closed period holds of the position (interface.md, Closed periods).
HELD = (
    *("factor_outstanding", "collections_in_hand", "guarantee_fund", "reserve", "funds_in_use"),
    *("current_account", "commission_to_date", "charges_to_date", "interest_to_date"),
    "vat_to_date",
)


@dataclass(frozen=True)
class Closed:
    """A closed history: what it holds, and what freeze wrote of it."""

    case: Case
    day: Date
    days: list[Date]
    figures: list[Any]
    frozen: list[Any]


def closed(case: Case, folder: Path) -> Closed:
    """Close the first half of a history."""
    told = load(case, folder)
    assert told.errors == []
    start = case.contract.start
    day = start + (case.horizon - start) // 2
    days = [start + (day - start) * part // 4 for part in range(1, 5)]
    text = close_period(told.entries, told.options, "contracts.yaml", day).text
    file = folder / "closed.beancount"
    file.write_text(text)
    frozen, _errors, _options = loader.load_file(str(file))
    assert errors_of(told, frozen) == set()
    return Closed(case, day, days, figures(told, days), frozen)


def errors_of(loaded: Loaded, frozen: list[Any]) -> set[str]:
    """Return what a loaded ledger has more of errors with what is frozen in it."""
    entries = [*loaded.entries, *frozen]
    books = books_of(entries, loaded.options, "contracts.yaml")
    return {error.message for error in books.errors} - {e.message for e in loaded.errors}


def figures(loaded: Loaded, days: list[Date]) -> list[Any]:
    """Return the position on some days, and what is generated up to the last one."""
    held = [[getattr(on, key) for key in HELD] for on in positions(loaded, days).values()]
    booked = sorted(
        repr(facts(entry))
        for entry in loaded.entries
        if isinstance(entry, data.Transaction)
        and "factoring-id" in entry.meta
        and entry.date <= days[-1]
    )
    return [held, booked]


# Edits


def edits(case: Case, first: Date, last: Date, rng: random.Random) -> Iterator[tuple[str, Case]]:
    """Yield a history with one of its entries of some days removed, changed, moved or doubled."""
    entries: list[Txn | Event] = [*case.txns, *case.events]
    places = [i for i, entry in enumerate(entries) if first <= entry.day <= last]
    while True:
        place = rng.choice(places)
        entry = entries[place]
        kind = rng.choice(["removed", "changed", "moved", "added", "added elsewhere"])
        day = first + datetime.timedelta(days=rng.randrange((last - first).days + 1))
        new: list[Txn | Event] = {
            "removed": [],
            "changed": [changed(entry, rng)],
            "moved": [replace(entry, day=day)],
            "added": [entry, anew(entry)],
            "added elsewhere": [entry, replace(anew(entry), day=day)],
        }[kind]
        both = [*entries[:place], *new, *entries[place + 1 :]]
        yield (
            f"{kind} ({day}): {entry}",
            Case(
                case.contract,
                tuple(e for e in both if isinstance(e, Txn)),
                tuple(e for e in both if isinstance(e, Event)),
            ),
        )


def changed(entry: Txn | Event, rng: random.Random) -> Txn | Event:
    """Change an entry's amount."""
    if isinstance(entry, Event):
        return replace(entry, amount=entry.amount // 2, rate=entry.rate + 1)
    more = rng.randrange(1, 5000)
    (name, amount), *others = entry.others or (("sales", 0),)
    if not entry.lines:
        (last, other), *others = others or (("sales", 0),)
        return replace(entry, others=((name, amount + more), (last, other - more), *others))
    line, *lines = entry.lines
    sign = 1 if line.amount > 0 else -1
    line = replace(line, amount=line.amount + sign * more)
    return replace(entry, lines=(line, *lines), others=((name, amount - sign * more), *others))


def anew(entry: Txn | Event) -> Txn | Event:
    """Return an entry again, with documents of its own."""
    return (
        replace(entry, lines=tuple(map(renamed, entry.lines))) if isinstance(entry, Txn) else entry
    )


def renamed(line: Line) -> Line:
    return replace(
        line,
        invoice=line.invoice and f"{line.invoice}-again",
        credit_note=line.credit_note and f"{line.credit_note}-again",
    )


@pytest.mark.parametrize("source", ["generated", "statement"])
@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
@pytest.mark.parametrize("seed", [0, 2, 4, 5])
def test_no_figure_of_a_closed_day_moves_unnoticed(
    seed: int, treatment: str, source: str, tmp_path: Path
) -> None:
    case = whole(seed, treatment=treatment, source=source)
    period = closed(case, tmp_path)
    rng = random.Random(seed)
    # Of the last days there is little else that an edit changes, and that would tell of it.
    anywhere = edits(case, case.contract.start - datetime.timedelta(days=20), period.day, rng)
    late = edits(case, period.day - datetime.timedelta(days=2), period.day, rng)
    moved = 0
    for what, other in islice(chain.from_iterable(zip(anywhere, late, strict=True)), EDITS):
        loaded = load(other, tmp_path)
        if figures(loaded, period.days) != period.figures:
            moved += 1
            assert errors_of(loaded, period.frozen), what
    assert moved > EDITS // 3


@pytest.mark.parametrize("source", ["generated", "statement"])
@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
def test_what_changes_after_the_closed_day_is_free(
    treatment: str, source: str, tmp_path: Path
) -> None:
    case = whole(2, treatment=treatment, source=source)
    period = closed(case, tmp_path)
    edited = edits(case, period.day + datetime.timedelta(days=1), case.horizon, random.Random(2))
    for what, other in islice(edited, EDITS // 2):
        loaded = load(other, tmp_path)
        assert figures(loaded, period.days) == period.figures, what
        assert errors_of(loaded, period.frozen) == set(), what
