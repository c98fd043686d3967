"""What becomes of a mutated ledger: an error, a change that the rules explain, or nothing."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data

from beancount_factoring.reports.items import item_report
from beancount_factoring.reports.source import report_source
from beancount_factoring.reports.todo import shared_account
from beancount_factoring.reports.todo import todo_report
from tests.mutation.laws import broken_laws
from tests.mutation.ledgers import Ledger
from tests.mutation.mutants import Mutant
from tests.mutation.reading import case_of
from tests.mutation.reading import short_name
from tests.oracle.compare import carried_on
from tests.oracle.compare import position_differences
from tests.oracle.model import DIGITS
from tests.oracle.model import Case
from tests.oracle.model import Date
from tests.oracle.records import Contradiction
from tests.oracle.reference import Day
from tests.oracle.reference import every_day

# Accounts are compared on every day, the position on every so many.
_EVERY = 9


class Kind(StrEnum):
    """How a changed fact shows.

    `HERE` is an error at the fact's own line, `ELSEWHERE` one at another; `TOLD` a changed list of
    what needs doing, `CHANGED` changed figures alone; `SILENT` no change at all. What is told or
    changed is just what the rules make of the changed fact; else it is `UNEXPLAINED`.
    """

    HERE = "error at the fact"
    ELSEWHERE = "error elsewhere"
    TOLD = "figures and what needs doing"
    CHANGED = "figures"
    SILENT = "nothing"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant; `why` is its first error's message, or what is not explained."""

    kind: Kind
    why: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a ledger without errors shows: by the rules on every day, and in the reports."""

    case: Case
    days: dict[Date, Day]
    items: list[Any]
    todo: list[Any]


def load(ledger: Ledger, folder: Path) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """Write a ledger into a folder that is emptied first, and load it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return loader.load_file(str(ledger.write(folder)))


def shown(ledger: Ledger, loaded: tuple[list[Any], list[Any], dict[str, Any]]) -> Shown | str:
    """Return what a ledger without errors shows, or how it departs from the rules."""
    entries, _, options = loaded
    case = case_of(entries, ledger.contract)
    try:
        days = every_day(case)
    except (Contradiction, KeyError, AssertionError) as error:
        return f"by the rules: {error!r}"
    source = report_source(entries, options)
    found = [*_account_differences(case, entries, days)][:3]
    sampled = [*sorted(days)[::_EVERY], max(days)]
    differences = position_differences(case, source, days, carried_on(source, sampled))
    found += [str(difference) for difference in differences][:3]
    if found:
        return "; ".join(found)
    (on,) = source.on()
    # The name of the example's contract goes with its file.
    items = [item.as_json() | {"contract": ""} for item in item_report(on, settled=True)]
    told = (*todo_report(on), *shared_account(source, on))
    todo = [replace(todo, cause=None) for todo in told]
    if broken := [*broken_laws(case, days[max(days)], items)]:
        return broken[0]
    return Shown(case, days, items, todo)


def _account_differences(case: Case, entries: list[Any], days: dict[Date, Day]) -> Iterator[str]:
    """Compare every account on every day with the rules."""
    moved: defaultdict[Date, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                units: Any = posting.units
                minor = units.number.scaleb(DIGITS[case.contract.currency])
                moved[entry.date][short_name(posting.account)] += int(minor)
    balances: Counter[str] = Counter()
    for day, books in days.items():
        for account, amount in moved.pop(day, Counter()).items():
            balances[account] += amount
        for account in balances.keys() | books.balances.keys():
            if balances[account] != books.balances.get(account, 0):
                wanted = books.balances.get(account, 0)
                yield f"{day} {account}: {balances[account]}, by the rules {wanted}"
    yield from (f"{day}: a day without books" for day in moved)


def outcome(mutant: Mutant, base: Shown, folder: Path) -> Outcome:
    """Load a mutant and say what became of it, beside the ledger that it was made from."""
    loaded = load(mutant.ledger, folder)
    if errors := loaded[1]:
        return _named_error(mutant, errors, folder)
    after = shown(mutant.ledger, loaded)
    if isinstance(after, str):
        return Outcome(Kind.UNEXPLAINED, after)
    if after.todo != base.todo:
        return Outcome(Kind.TOLD)
    same = after.days == base.days and after.items == base.items
    return Outcome(Kind.SILENT if same else Kind.CHANGED)


def _named_error(mutant: Mutant, errors: list[Any], folder: Path) -> Outcome:
    """Return an error's outcome; each must name a line of one of the ledger's files."""
    here = False
    for error in errors:
        path, line = Path(error.source["filename"]), error.source["lineno"]
        lines = path.read_text("utf-8").count("\n") + 1 if path.parent == folder else 0
        if not error.message or not 0 < line <= lines:
            return Outcome(Kind.UNEXPLAINED, f"an error without a line: {error}")
        here |= path.name == mutant.file and line in mutant.lines
    return Outcome(Kind.HERE if here else Kind.ELSEWHERE, _without_names(errors[0].message))


def _without_names(message: str) -> str:
    """Return a message's words without its numbers, names and amounts."""
    message = re.sub(r'"[^"]*"|\b[A-Z]\w*:\S+|/\S+', "…", message)
    return re.sub(r"-?\d[\d.,-]*|\b[AF][-V\d]\S*", "…", message)[:70]
