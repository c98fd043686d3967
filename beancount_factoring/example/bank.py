"""Movements of the firm's bank accounts, and the statements that they make. Money is in cents."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from beancount_factoring.example.firm import BankAccount


class Operation(Enum):
    """Kinds of movements: CFONB's interbank code, ISO 20022's family and sub-family."""

    TRANSFER_RECEIVED = ("05", "RCDT", "ESCT")
    TRANSFER_SENT = ("06", "ICDT", "ESCT")
    DIRECT_DEBIT = ("08", "RDDT", "ESDD")

    def __init__(self, cfonb: str, family: str, sub_family: str) -> None:
        self.cfonb = cfonb
        self.family = family
        self.sub_family = sub_family


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of an account; `amount` is positive where the account was credited.

    `label` is the bank's own text, `reference` what the payer wrote, `name` and `iban` are the
    other party's.
    """

    date: datetime.date
    amount: int
    operation: Operation
    label: str
    name: str
    iban: str
    reference: str
    end_to_end_id: str = "NOTPROVIDED"


@dataclass(frozen=True, slots=True)
class NumberedMovement:
    """A movement with its number on the account, which the bank gives."""

    number: int
    movement: Movement


@dataclass(frozen=True, slots=True)
class Statement:
    """What happened on an account from `first` to `last` day, both included."""

    account: BankAccount
    number: int
    first: datetime.date
    last: datetime.date
    opening: int
    lines: tuple[NumberedMovement, ...]

    @property
    def closing(self) -> int:
        """The balance at the end of the last day."""
        return self.opening + sum(line.movement.amount for line in self.lines)


def statements(
    account: BankAccount,
    opening: int,
    movements: Iterable[Movement],
    starts: Iterable[datetime.date],
) -> Iterator[Statement]:
    """Yield an account's statements, one from each of `starts` to the day before the next one.

    Each one opens with the balance that the one before it closed with. The last of `starts` only
    ends the statement before it. Within a day, what comes in is booked before what goes out.
    """
    booked = sorted(movements, key=lambda movement: (movement.date, movement.amount < 0))
    numbered = [NumberedMovement(number, line) for number, line in enumerate(booked, start=1)]
    for number, (first, following) in enumerate(pairwise(starts), start=1):
        lines = tuple(line for line in numbered if first <= line.movement.date < following)
        last = following - datetime.timedelta(days=1)
        statement = Statement(account, number, first, last, opening, lines)
        yield statement
        opening = statement.closing
