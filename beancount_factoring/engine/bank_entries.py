"""What the user posts on the factor's accounts (rules.md, section 3, Statement)."""

from __future__ import annotations

from collections.abc import Iterable

from beancount_factoring.engine import events
from beancount_factoring.engine import sweeps
from beancount_factoring.engine.history import FactorEntry
from beancount_factoring.engine.journal import links_of
from beancount_factoring.engine.receipts import Takings
from beancount_factoring.engine.state import State


def follow(state: State, entries: Iterable[FactorEntry]) -> None:
    """Follow a day's entries: the bank's draws and sweeps, and what else counts as it stands."""
    for entry in entries:
        state.fund.carried += entry.guarantee
        amount = entry.current + entry.collections
        is_early = entry.date < state.contract.start
        # Where nothing was paid, a bank's line beside a correction says nothing of it.
        stands = entry.bank is None or amount == 0
        if stands or is_early or state.generates_bank_entries:
            state.account.balance += entry.current
            state.assignment.correct_in_hand(-entry.collections)
        elif amount < 0:
            state.account.balance += amount
            state.account.drawn -= amount
            _allocate(state, entry, None)
        elif entry.bank is not None:
            _allocate(state, entry, state.receipts.take(entry.bank, amount))


def _allocate(state: State, entry: FactorEntry, takings: Takings | None) -> None:
    """Record what moves a bank entry's amount to the accounts it really belongs to.

    `takings` is what a sweep took, `None` for a draw.
    """
    parts = () if takings is None else sweeps.take(state, takings)
    kind = "draw" if takings is None else "sweep"
    state.journal.record(
        events.Allocation(
            day=entry.date,
            cause=entry.cause,
            key=state.journal.key(f"{entry.date}/{kind}"),
            links=links_of(parts),
            sweep=takings is not None,
            parts=parts,
            rest=entry.current + entry.collections if takings is None else takings.rest,
            to_collections=sum(part.amount for part in parts) - entry.collections,
            beyond=0 if takings is None else takings.beyond,
        )
    )
