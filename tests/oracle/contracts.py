"""Random contracts, drawn over the whole contract file from a seed."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from tests.oracle.model import DIGITS
from tests.oracle.model import Charge
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Dated
from tests.oracle.model import always

T = TypeVar("T")
DEBTORS = ("ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO:Nord", "FOXTROT", "GOLF", "NO")


def straight_contract(rng: random.Random) -> Contract:
    """Draw a contract of the straight road: remittance, commission, fund ratio, draws, interest."""
    return Contract(
        start=Date(2025, 1, 1) + datetime.timedelta(days=rng.randrange(300)),
        treatment=rng.choice(["derecognition", "borrowing"]),
        every=rng.choice(["week", "week", "fortnight"]),
        day=rng.choice(["monday", "wednesday", "friday"]),
        funding_days=rng.randrange(4),
        fund_rate=always(Fraction(rng.randrange(0, 25), 100)),
        commission_rate=always(Fraction(rng.randrange(0, 200), 10000)),
        commission_vat=always(Fraction(20, 100)),
        index="EURIBOR3M",
        margin=always(Fraction(rng.randrange(0, 300), 10000)),
        interest_vat=always(Fraction(rng.choice([0, 20]), 100)),
        base=rng.choice(["draws", "funds-in-use"]),
        source=rng.choice(["generated", "statement"]),
        sweep=rng.randrange(3),
    )


def whole_contract(rng: random.Random, steady: float = 0.67) -> Contract:
    """Draw a contract over the whole file; `steady` is the chance of a value not to change."""
    start = Date(2024, 1, 1) + datetime.timedelta(days=rng.randrange(900))
    while (start.month, start.day) == (2, 29):
        start += datetime.timedelta(days=1)
    currency = rng.choice(["EUR", "EUR", "EUR", "EUR", "JPY", "KWD"])
    unit = 10 ** DIGITS[currency]

    def dated(draw: Callable[[], T]) -> Dated[T]:
        """Draw a value that may change up to twice in time."""
        if rng.random() < steady:
            return always(draw())
        first = start - datetime.timedelta(days=rng.randrange(60))
        later = sorted(rng.sample(range(1, 500), rng.randrange(1, 3)))
        steps = [first, *(start + datetime.timedelta(days=days) for days in later)]
        return Dated(tuple((day, draw()) for day in steps))

    def rate(low: int, high: int) -> Callable[[], Fraction]:
        return lambda: Fraction(rng.randrange(low, high + 1), 10000)

    def amount(low: int, high: int) -> Callable[[], int]:
        return lambda: rng.randrange(low * unit, high * unit + 1)

    def some(chance: float, draw: Callable[[], T]) -> Callable[[], T | None]:
        return lambda: draw() if rng.random() < chance else None

    every = rng.choice(["week", "week", "fortnight", "month", "declared"])
    day: str | int = rng.choice(["monday", "tuesday", "thursday", "friday", "saturday"])
    if every == "month":
        day = rng.randrange(1, 32)
    build = rng.choice(["ratio", "ratio", "revolving", "ceiling"])
    floor = dated(some(0.7 if build == "ratio" else 0, amount(0, 2000)))
    charges = tuple(
        Charge(
            name,
            dated(amount(0, 80)),
            rng.choice(["month", "year", "remittance", "once"]),
            dated(lambda: Fraction(rng.choice([0, 10, 20]), 100)),
            rng.choice([None, "charges"]),
        )
        for name in rng.sample(["file", "limits", "web", "audit"], rng.randrange(3))
    )
    treatment = rng.choice(["derecognition", "borrowing"])
    list_of_debtors = rng.random()
    return Contract(
        start=start,
        end=start + datetime.timedelta(days=rng.randrange(60, 500)) if rng.random() < 0.3 else None,
        currency=currency,
        treatment=treatment,
        recourse=dated(lambda: rng.choice([Fraction(0), Fraction(1), rate(0, 10000)()])),
        banks=rng.random() < 0.7,
        transit=rng.random() < 0.4,
        every=every,
        day=day,
        funding_days=rng.randrange(5),
        calendar=rng.choice(["ECB", "ECB", "FR"]),
        draw=rng.choice(["all", "all", "requested"]),
        ceiling=dated(some(0.4, amount(5000, 200000))),
        model=rng.choice(["guarantee-fund", "guarantee-fund", "advance-rate"]),
        advance_rate=dated(rate(5000, 10000)),
        limit_basis=rng.choice(["gross", "funded"]),
        reserve="posted" if rng.random() < 0.4 else "memo",
        fund_rate=dated(rate(0, 2500)),
        fund_build=build,
        fund_ceiling=dated(some(1 if build == "ceiling" else 0.5, amount(3000, 20000))),
        fund_floor=floor,
        terms=rng.randrange(10, 70),
        overdue=dated(some(0.6, lambda: rng.randrange(0, 60))),
        concentration=dated(some(0.5, rate(1000, 6000))),
        limits=tuple(
            (debtor, dated(some(0.8, amount(0, 60000))))
            for debtor in rng.sample(DEBTORS, rng.randrange(5))
        ),
        default_limit=dated(some(0.5, amount(3000, 80000))),
        include=tuple(DEBTORS[:6]) if list_of_debtors < 0.2 else None,
        exclude=tuple(rng.sample(DEBTORS, 2)) if list_of_debtors > 0.6 else (),
        commission_rate=dated(rate(0, 200)),
        commission_vat=dated(lambda: Fraction(rng.choice([0, 20, 21]), 100)),
        commission_base=rng.choice(["invoices", "invoices-and-credit-notes"]),
        per_document=dated(amount(0, 5)),
        per_year=dated(some_amount(rng, unit)),
        charges=charges,
        index=rng.choice(["EURIBOR3M", "EURIBOR3M", None]),
        floor=dated(some(0.5, rate(-50, 100))),
        margin=dated(rate(0, 300)),
        basis=rng.choice([360, 365]),
        base=rng.choice(["draws", "funds-in-use"]),
        interest_vat=dated(lambda: Fraction(rng.choice([0, 20]), 100)),
        source=rng.choice(["generated", "statement"]),
        sweep=rng.randrange(4),
    )


def some_amount(rng: random.Random, unit: int) -> Callable[[], int]:
    """Draw a yearly minimum: none half of the time."""
    return lambda: rng.choice([0, rng.randrange(500 * unit, 8000 * unit)])
