"""A failing history made small: a ledger and a contract that can be run by hand."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import fields
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.invariants.audit import Broken
from tests.invariants.checking import check
from tests.invariants.ledger import House
from tests.invariants.ledger import Ledger
from tests.invariants.ledger import write
from tests.oracle.model import Case
from tests.oracle.model import Contract
from tests.oracle.model import Event
from tests.oracle.model import Txn

Item = tuple[str, Txn | Event]
Fails = Callable[[Ledger], bool]
SECONDS = 120.0
# What a contract cannot do without.
KEPT = frozenset({"start", "name", "accounts", "source", "treatment", "currency"})


def first_broken(ledger: Ledger, seed: int) -> Broken | None:
    """Return the first invariant a ledger breaks; one that the audit cannot follow breaks none."""
    with TemporaryDirectory() as folder:
        try:
            broken = check(ledger, Path(folder), seed).broken
        except (KeyError, ValueError, AssertionError, IndexError, StopIteration):
            return None
    return min(broken, key=lambda each: each.day) if broken else None


def alike(one: Broken, other: Broken) -> bool:
    """Say whether the same invariant is broken; of errors, whether they say the same."""
    said = (re.sub(r"[A-Z]*-?\d[\d.,-]*", "", each.how) for each in (one, other))
    return one.number == other.number and (one.number > 0 or len(set(said)) == 1)


def shrink(ledger: Ledger, broken: Broken, seed: int, seconds: float = SECONDS) -> Ledger:
    """Return a smaller ledger that breaks the same invariant, as small as time allows."""
    until = time.monotonic() + seconds

    def fails(candidate: Ledger) -> bool:
        if time.monotonic() > until:
            return False
        found = first_broken(candidate, seed)
        return found is not None and alike(found, broken)

    for smaller in _fewer_contracts(ledger):
        if fails(smaller):
            ledger = smaller
            break
    ledger = _shorter(ledger, broken, fails)
    before = None
    while before != ledger:
        before = ledger
        ledger = _fewer_items(ledger, fails)
        ledger = _simpler_terms(ledger, fails)
    return ledger


def _fewer_contracts(ledger: Ledger) -> list[Ledger]:
    """Return the ledger's houses alone, the smallest first, and each without its last contracts."""
    alone = [
        Ledger((House(house.cases[:count]),))
        for house in ledger.houses
        for count in range(1, len(house.cases) + 1)
    ]
    return sorted(alone, key=lambda each: sum(len(case.txns) for case in each.cases))


def _shorter(ledger: Ledger, broken: Broken, fails: Fails) -> Ledger:
    """Leave out what comes after the day; the horizon stays on it."""
    cases = {}
    for case in ledger.cases:
        txns = tuple(txn for txn in case.txns if txn.day <= broken.day)
        last = Txn(broken.day, others=(("sales", 1), ("fees", -1)))
        events = tuple(event for event in case.events if event.day <= broken.day)
        cases[case.contract.name] = Case(case.contract, (*txns, last), events)
    shorter = ledger.with_cases(cases)
    return shorter if fails(shorter) else ledger


def _fewer_items(ledger: Ledger, fails: Fails) -> Ledger:
    """Leave out entries and events, in ever smaller groups."""
    items = _items(ledger)
    size = len(items) // 2
    while size:
        place = 0
        while place < len(items):
            fewer = items[:place] + items[place + size :]
            candidate = _with_items(ledger, fewer)
            if candidate is not None and fails(candidate):
                items, ledger = fewer, candidate
            else:
                place += size
        size //= 2
    return ledger


def _items(ledger: Ledger) -> list[Item]:
    items: list[Item] = []
    for case in ledger.cases:
        happened: list[Txn | Event] = [*case.txns, *case.events]
        happened.sort(key=lambda item: item.day)
        items += [(case.contract.name, item) for item in happened]
    return items


def _with_items(ledger: Ledger, items: Sequence[Item]) -> Ledger | None:
    cases = {}
    for case in ledger.cases:
        mine = [item for name, item in items if name == case.contract.name]
        txns = tuple(item for item in mine if isinstance(item, Txn))
        events = tuple(item for item in mine if isinstance(item, Event))
        if not txns:
            return None
        cases[case.contract.name] = Case(case.contract, txns, events)
    return ledger.with_cases(cases)


def _simpler_terms(ledger: Ledger, fails: Fails) -> Ledger:
    """Put each term of the contracts to its default, where it still fails."""
    for name in [field.name for field in fields(Contract) if field.name not in KEPT]:
        for case in ledger.cases:
            plain = getattr(Contract(start=case.contract.start), name)
            if getattr(case.contract, name) == plain:
                continue
            simpler = replace(case, contract=replace(case.contract, **{name: plain}))
            candidate = ledger.with_cases({case.contract.name: simpler})
            if fails(candidate):
                ledger = candidate
    return ledger


def told(ledger: Ledger, broken: Broken, folder: Path) -> str:
    """Write a failing history to a folder; return what is wrong, and its text."""
    main = write(ledger, folder)
    contracts = (folder / "contracts.yaml").read_text()
    return "\n".join([str(broken), f"in {main}:", "", contracts, main.read_text()])
