"""What the rules do not look at changes nothing: names, days of other years, the unit of amounts.

That neither the order of a day's entries nor the splitting into files does is invariant 12, which
is checked on the histories themselves.
"""

from __future__ import annotations

import datetime
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.invariants.changing import renamed
from tests.invariants.changing import scaled
from tests.invariants.changing import shifted
from tests.oracle.compare import daily_movements
from tests.oracle.compare import described
from tests.oracle.compare import generated
from tests.oracle.compare import load
from tests.oracle.contracts import DEBTORS
from tests.oracle.contracts import whole_contract
from tests.oracle.histories import History
from tests.oracle.histories import whole
from tests.oracle.model import ACCOUNTS
from tests.oracle.model import Case
from tests.oracle.model import Charge
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import always
from tests.oracle.story import CHANCES

SEEDS = range(8)
FACTOR = 100
# Enough for rates of four decimals, and of two on what they give, to make whole minor units.
WHOLE = 10**6
YEAR = datetime.timedelta(days=364)
Booked = tuple[object, ...]


def booked(case: Case, folder: Path) -> list[Booked]:
    """Return what is generated: date, id, event and postings."""
    folder.mkdir()
    loaded = load(case, folder)
    assert [error.message for error in loaded.errors] == []
    return sorted(described(entry) for entry in generated(loaded))


def with_debtors(entries: list[Booked], name: Callable[[str], str]) -> list[Booked]:
    """Rename the debtors of customers' accounts."""
    root = f"{ACCOUNTS['receivables']}:"

    def account(text: str) -> str:
        return root + name(text.removeprefix(root)) if text.startswith(root) else text

    return sorted(
        (*rest, sorted((account(where), amount) for where, amount in postings))  # type: ignore[attr-defined]
        for *rest, postings in entries
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_names_in_the_same_order_give_the_same_books(seed: int, tmp_path: Path) -> None:
    case = whole(seed)

    def name(debtor: str) -> str:
        return f"X{debtor}"

    expected = with_debtors(booked(case, tmp_path / "one"), name)
    assert booked(renamed(case, name), tmp_path / "two") == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_names_in_another_order_give_the_same_amounts(seed: int, tmp_path: Path) -> None:
    """Of a receipt of several customers the first by name gives the collection its id, no more."""
    case = whole(seed)
    names = dict(zip(sorted(DEBTORS), sorted(DEBTORS, reverse=True), strict=True))

    def without_ids(entries: list[Booked]) -> Counter[str]:
        return Counter(str((day, event, postings)) for day, _, event, postings in entries)

    one = with_debtors(booked(case, tmp_path / "one"), lambda debtor: names[debtor])
    two = booked(renamed(case, lambda debtor: names[debtor]), tmp_path / "two")
    assert without_ids(one) == without_ids(two)


def of_52_weeks(seed: int) -> Case:
    """Tell a history between two holidays of the ECB, of a contract that looks at weeks alone.

    What is due on the last day of a month falls on another day of the week a year later; so this
    contract has no such charge and bears no interest.
    """
    rng = random.Random(f"shifted {seed}")
    start = Date(2025, 5, 5) + datetime.timedelta(days=rng.randrange(30))
    drawn = whole_contract(rng)
    contract = replace(
        shifted(Case(drawn, (), ()), start - drawn.start).contract,
        end=None,
        every=rng.choice(["week", "fortnight", "declared"]),
        day=rng.choice(["monday", "friday"]),
        calendar="ECB",
        charges=(Charge("file", always(1000), "remittance", always(Fraction(1, 5))),),
        index=None,
        margin=always(Fraction(0)),
    )
    last = start + datetime.timedelta(days=rng.randrange(100, 180))
    features = frozenset(CHANCES) - {"interest"}
    return History(rng, contract, features).tell(last, rng.choice([None, last]))


@pytest.mark.parametrize("seed", SEEDS)
def test_52_weeks_later_the_books_are_the_same(seed: int, tmp_path: Path) -> None:
    case = of_52_weeks(seed)

    def later(entry: Booked) -> Booked:
        day, name, *rest = entry
        assert isinstance(day, datetime.date)
        name = re.sub(
            r"\d{4}-\d\d-\d\d", lambda found: str(Date.fromisoformat(found[0]) + YEAR), str(name)
        )
        return (day + YEAR, re.sub(r"/2025-(\d+/)", r"/2026-\1", name), *rest)

    one = booked(case, tmp_path / "one")
    assert booked(shifted(case, YEAR), tmp_path / "two") == sorted(map(later, one))


def exact(case: Case, **terms: object) -> Case:
    """Return a history of large amounts, under a contract that never rounds.

    A limit is divided by the advance rate, a revolving fund's share by what was assigned: these
    come out even for the rates chosen, and for a fund without a ceiling. Of the draws that were
    asked for half is, as other terms make less available.
    """
    even: dict[str, object] = {
        "advance_rate": always(Fraction(4, 5)),
        "index": None,
        "margin": always(Fraction(0)),
    }
    contract = replace(case.contract, **(even | terms))  # type: ignore[arg-type]
    if contract.fund_build == "revolving":
        contract = replace(contract, fund_ceiling=always(None))
    large = scaled(replace(case, contract=contract), WHOLE)
    events = (replace(e, amount=e.amount // 2) if e.kind == "draw" else e for e in large.events)
    return replace(large, events=tuple(events))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundred_times_the_amounts_give_a_hundred_times_the_books(
    seed: int, tmp_path: Path
) -> None:
    scale_evenly(exact(whole(seed)), tmp_path)


def test_interest_on_even_draws_scales_too(tmp_path: Path) -> None:
    """A rate of 3.6 % gives a whole amount for each day of 360 on draws of a round amount."""
    seeds = [seed for seed in range(60) if draws_are_even(whole(seed).contract)][:4]
    for seed in seeds:
        case = exact(whole(seed), base="draws", basis=360, margin=always(Fraction(36, 1000)))
        scale_evenly(case, tmp_path / str(seed))


def draws_are_even(contract: Contract) -> bool:
    """Say whether draws are what the ledger says, and not all that is available."""
    return contract.source == "statement" or contract.draw == "requested"


def scale_evenly(case: Case, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    moved = []
    for name, each in (("one", case), ("hundred", scaled(case, FACTOR))):
        (folder / name).mkdir()
        loaded = load(each, folder / name)
        assert [error.message for error in loaded.errors] == []
        assert generated(loaded)
        moved.append(daily_movements(loaded, case.contract.currency))
    one, hundred = moved
    for day in sorted(one.keys() | hundred.keys()):
        expected = {account: FACTOR * amount for account, amount in one[day].items()}
        assert dict(hundred[day]) == expected, day
