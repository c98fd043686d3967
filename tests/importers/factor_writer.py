"""A writer of a factor's statement as CFONB 120: two accounts, the same events on both.

It shares nothing with the reader: labels are cut at 31 characters and go on, without a blank, in
records 05 that have no qualifier, as the factor's own files do.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from tests.importers.statement_writers import overpunched

BANK, BRANCH, CONTRACT = "18020", "00001", "00410TEST"
CURRENT, FINANCING = "01", "11"


class Event(NamedTuple):
    """One line of an event: its day, event number, label, and amounts on the two accounts.

    An account that does not show the line has no amount.
    """

    day: str
    number: int
    label: str
    current: str = ""
    financing: str = ""


def factor_cfonb(
    events: Sequence[Event], since: str, until: str, opening: tuple[str, str]
) -> tuple[str, tuple[str, str]]:
    """Return the statements of both accounts, and the balances that they end with."""
    records: list[str] = []
    closings = []
    for account, place in ((CURRENT, 3), (FINANCING, 4)):
        balance = Decimal(opening[place - 3])
        records.append(_balance("01", account, since, balance))
        # Newest first, as the factor writes them.
        for event in reversed(events):
            amount = event[place]
            if amount:
                balance += Decimal(amount)
                records += _movement(event, account, str(amount))
        records.append(_balance("07", account, until, balance))
        closings.append(f"{balance:.2f}")
    return "\n".join(records) + "\n", (closings[0], closings[1])


def _head(code: str, account: str, internal: str = "") -> str:
    return f"{code}{BANK}{internal:4}{BRANCH}EUR2 {CONTRACT}{account}"


def _balance(code: str, account: str, day: str, amount: Decimal) -> str:
    return f"{_head(code, account)}  {_day(day)}{'':50}{_amount(amount)}{'':16}"


def _movement(event: Event, account: str, amount: str) -> list[str]:
    head = f"{_head('04', account, '1001')}91{_day(event.day)}  {_day(event.day)}"
    cut, more = event.label[:31], event.label[31:]
    first = f"{head}{cut:31}  {event.number:07}  {_amount(Decimal(amount))}000001{'':10}"
    if not more:
        return [first]
    return [first, f"05{head[2:]}{more}"]


def _day(day: str) -> str:
    return datetime.date.fromisoformat(day).strftime("%d%m%y")


def _amount(amount: Decimal) -> str:
    return overpunched(int(amount.scaleb(2)))
