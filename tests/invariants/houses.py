"""A whole ledger from a seed: contracts in turn, and beside each other."""

from __future__ import annotations

import random
from dataclasses import dataclass
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
from tests.oracle.model import Event
from tests.oracle.model import Txn
from tests.oracle.story import CHANCES
from tests.oracle.story import STRAIGHT

# What of a factor's accounts a contract does not share with another one.
OWN = ("current", "guarantee", "reserve", "collections", "borrowing", "shared")
POSTINGS = frozenset({"fund posting", "collections posting"})


def contract_for(rng: random.Random, start: Date, end: Date | None) -> Contract:
    """Draw a contract that runs from `start`; remittances may have an end."""
    drawn = whole_contract(rng, steady=0.5)
    return replace(shifted_contract(drawn, start - drawn.start), end=end)


def house(rng: random.Random, start: Date, length: int) -> House:
    """Tell one house: one contract, or up to three in turn."""
    last = start + days.ONE * length
    told: list[Told] = []
    cases: list[Case] = []
    accounts: dict[str, str] = dict(ACCOUNTS)
    turn = first_turn(rng, start, last, min(60, length // 4))
    while True:
        contract = contract_for(rng, turn.start, turn.end)
        name = f"bpce{len(told) or ''}"
        if told:
            contract = replace(contract, currency=told[0].contract.currency)
            if turn.before is not None or rng.random() < 0.5:
                accounts |= {role: f"{accounts[role]}{len(told)}" for role in OWN}
        each = Told(rng, replace(contract, name=name, accounts=dict(accounts)), features(rng))
        if told:
            each.follow(told[-1], turn.before or turn.start)
        else:
            each.day -= days.ONE * rng.choice([0, 0, 10, 45])
        told.append(each)
        cases.append(each.tell_until(turn.last, turn.close, last))
        if turn.before is not None:
            cases[-2] = with_close(cases[-2], turn.before)
        if turn.last == last:
            return House((*cases[:-1], with_moveless(rng, cases[-1], last)))
        turn = turn.following(rng, last)


@dataclass(frozen=True, slots=True)
class Turn:
    """A contract's time: what is told of it ends on `last`.

    `end` is the last day of remittances, `close` that of the close; `before` that of the contract
    before, if it runs off in this one's time, and `run_off` the next one's `before`.
    """

    start: Date
    last: Date
    least: int
    place: int = 0
    end: Date | None = None
    close: Date | None = None
    before: Date | None = None
    run_off: Date | None = None

    def following(self, rng: random.Random, last: Date) -> Turn:
        """Return the next turn: the contract starts on the day after the last one told."""
        start = self.last + days.ONE
        return first_turn(rng, start, last, self.least, self.place + 1, self.run_off)


def first_turn(
    rng: random.Random,
    start: Date,
    last: Date,
    least: int,
    place: int = 0,
    before: Date | None = None,
) -> Turn:
    """Draw when a contract ends: by a close before the next one, in its time, or not at all."""
    left = (last - start).days
    turn = Turn(start, last, least, place, before=before)
    if left < 5 * least // 2 or place == 2 or rng.random() < 0.6:
        closed = last - days.ONE * rng.randrange(min(60, left // 3 + 1))
        ended = closed - days.ONE * rng.randrange(min(60, left // 3 + 1))
        turn = replace(turn, close=closed if rng.random() < 0.4 else None)
        return replace(turn, end=ended if rng.random() < 0.3 else None)
    close = start + days.ONE * rng.randrange(least, max(least + 1, min(400, left - least)))
    told = close + days.ONE * rng.randrange(max(1, 2 * least // 3))
    if rng.random() < 0.35:
        run_off = told + days.ONE * rng.randrange(1, least)
        return replace(turn, last=told, end=close, run_off=run_off)
    end = max(start, close - days.ONE * rng.randrange(60)) if rng.random() < 0.4 else None
    return replace(turn, last=told, end=end, close=close)


def with_close(case: Case, day: Date) -> Case:
    return replace(case, events=(*case.events, Event(day, "close")))


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
