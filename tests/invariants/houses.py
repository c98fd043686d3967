"""A whole ledger from a seed: contracts in turn, and beside each other."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace

from tests.invariants.changing import moved
from tests.invariants.changing import renamed
from tests.invariants.changing import shifted_contract
from tests.invariants.ledger import House
from tests.invariants.ledger import Ledger
from tests.invariants.telling import Told
from tests.oracle import days
from tests.oracle.contracts import DEBTORS
from tests.oracle.contracts import whole_contract
from tests.oracle.model import ACCOUNTS
from tests.oracle.model import Case
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Txn
from tests.oracle.story import CHANCES
from tests.oracle.story import STRAIGHT

# What of a factor's accounts a contract does not share with another one.
OWN = ("current", "guarantee", "reserve", "collections", "borrowing", "shared")
POSTINGS = frozenset({"fund posting", "collections posting"})


def contract_for(rng: random.Random, start: Date, close: Date | None) -> Contract:
    """Draw a contract that runs from `start`; remittances may end some weeks before a close."""
    drawn = whole_contract(rng, steady=0.5)
    shift = start - drawn.start
    contract = shifted_contract(drawn, shift)
    end = None
    if close is not None and rng.random() < 0.4:
        end = max(start, close - datetime.timedelta(days=rng.randrange(60)))
    return replace(contract, end=end)


def house(rng: random.Random, start: Date, length: int) -> House:
    """Tell one house: one contract, or up to three in turn."""
    last = start + days.ONE * length
    cases: list[Case] = []
    before: Told | None = None
    day = start
    accounts: dict[str, str] = dict(ACCOUNTS)
    currency = ""
    least = min(60, length // 4)
    while day <= last:
        left = (last - day).days
        is_last = left < 5 * least // 2 or len(cases) == 2 or rng.random() < 0.6
        longest = max(least + 1, min(400, left - least))
        close: Date | None = day + days.ONE * rng.randrange(least, longest)
        if is_last:
            close = last - days.ONE * rng.randrange(min(60, left + 1))
            close = close if rng.random() < 0.4 and close > day else None
        gap = rng.randrange(1, max(2, 2 * least // 3))
        stop = last if is_last or close is None else close + days.ONE * gap
        contract = contract_for(rng, day, close)
        if before is not None:
            contract = replace(contract, currency=currency)
            if rng.random() < 0.5:
                accounts |= {role: f"{accounts[role]}{len(cases)}" for role in OWN}
        contract = replace(contract, name=f"bpce{len(cases) or ''}", accounts=dict(accounts))
        currency = contract.currency
        told = Told(rng, contract, features(rng))
        first = day
        if before is None:
            first -= days.ONE * rng.choice([0, 0, 10, 45])
        else:
            told.follow(before)
        # The next contract starts on the day after the last one told.
        cases.append(told.tell_until(first, stop - days.ONE if stop < last else last, close, last))
        before = told
        day = stop if stop < last else last + days.ONE
    return House((*cases[:-1], with_moveless(rng, cases[-1], last)))


def features(rng: random.Random) -> frozenset[str]:
    """Draw what happens in a history: most of it."""
    drawn = {name for name in CHANCES if rng.random() < 0.85}
    # Postings that the other treatment has no accounts for: invariant 11 needs histories without.
    if rng.random() < 0.7:
        drawn -= POSTINGS
    return frozenset(drawn) | STRAIGHT


def with_moveless(rng: random.Random, case: Case, last: Date) -> Case:
    """Add values that a later day will need, which do not move the horizon."""
    later = [event for event in case.events if event.kind in {"index", "limit"}][-3:]
    if rng.random() < 0.7:
        later = []
    moved_events = (
        replace(event, day=last + days.ONE * (90 + place)) for place, event in enumerate(later)
    )
    rest = Txn(last, others=(("sales", 1), ("fees", -1)))
    return Case(case.contract, (*case.txns, rest), (*case.events, *moved_events))


def tell(seed: int, length: int = 730) -> Ledger:
    """Tell a ledger from a seed: one house, or one time in four two of them."""
    rng = random.Random(f"invariants {seed}")
    start = Date(2024, 1, 1) + days.ONE * rng.randrange(900)
    if (start.month, start.day) == (2, 29):
        start += days.ONE
    first = house(rng, start, length)
    if rng.random() >= 0.25:
        return Ledger((first,))
    second = house(rng, start + days.ONE * rng.randrange(60), length * 3 // 5)
    return beside(rng, first, second)


def beside(rng: random.Random, first: House, second: House) -> Ledger:
    """Put two houses in one ledger: two roots of customers, or one that lists of debtors divide."""
    houses = []
    together = rng.random() < 0.5
    for mark, house_of in (("", first), ("B", second)):
        cases = []
        for place, case in enumerate(house_of.cases):
            accounts = dict(case.contract.accounts)
            name = case.contract.name
            if mark:
                accounts |= {role: second_account(accounts[role]) for role in (*OWN, "banks")}
                accounts["receivables"] = "Assets:Clients" if together else "Assets:Export"
                name = f"cic{place or ''}"
            own = moved(case, accounts, name, mark)
            if together:
                own = renamed(own, lambda debtor, mark=mark: mark + debtor)  # type: ignore[misc]
                mine = filter(own.contract.assignable, (mark + name for name in DEBTORS))
                own = replace(own, contract=replace(own.contract, include=tuple(mine)))
            cases.append(own)
        houses.append(House(tuple(cases)))
    return Ledger(tuple(houses))


def second_account(name: str) -> str:
    root, _, rest = name.partition(":")
    return f"{root}:Second:{rest}"
