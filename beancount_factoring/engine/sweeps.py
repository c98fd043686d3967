"""The factor takes what customers paid (rules.md, section 3, Sweep)."""

from __future__ import annotations

import datetime

from beancount_factoring.engine import events
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.journal import links_of
from beancount_factoring.engine.receipts import Takings
from beancount_factoring.engine.state import State
from beancount_factoring.tuples import new


def sweep_due(state: State, day: datetime.date) -> None:
    """Sweep, per bank account, every receipt that is due on a day."""
    if state.generates_bank_entries:
        _sweep(state, day, state.receipts.due(day))


def sweep_all(state: State, day: datetime.date) -> None:
    """Sweep everything that is not swept yet: the contract closes."""
    if state.generates_bank_entries:
        _sweep(state, day, state.receipts.due(None))


def take(state: State, takings: Takings) -> tuple[Part, ...]:
    """Move what a sweep takes off the lines in hand, and its rest to the current account."""
    for claim, amount in takings.parts:
        state.assignment.sweep(claim, amount)
    state.account.balance += takings.rest
    state.account.swept += takings.total
    return tuple([new(Part, (claim.document, amount)) for claim, amount in takings.parts])


def _sweep(state: State, day: datetime.date, due: list[tuple[str, Takings]]) -> None:
    for bank, takings in due:
        parts = take(state, takings)
        state.journal.record(
            events.Sweep(
                day=day,
                cause=takings.cause or state.journal.term("shared_account"),
                key=state.journal.key(f"{day}/sweep"),
                links=links_of(parts),
                bank=bank,
                parts=parts,
                rest=takings.rest,
            )
        )
