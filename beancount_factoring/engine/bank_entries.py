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
        _record_as_it_stands(state, entry, "guarantee", entry.guarantee)
        amount = entry.current + entry.collections
        if counts_as_it_stands(state, entry):
            state.account.balance += entry.current
            state.assignment.correct_in_hand(-entry.collections)
            _record_as_it_stands(state, entry, "current", entry.current)
            _record_as_it_stands(state, entry, "collections", entry.collections)
        elif amount < 0:
            state.account.balance += amount
            state.account.drawn -= amount
            _allocate(state, entry, None)
        else:
            _allocate(state, entry, state.receipts.take(entry.bank or "", amount))


def counts_as_it_stands(state: State, entry: FactorEntry) -> bool:
    """Tell whether an entry counts in `C` and `K` as it stands: it is no draw and no sweep."""
    is_early = entry.date < state.contract.start
    is_payment = entry.bank is not None and entry.current + entry.collections != 0
    return is_early or state.generates_bank_entries or not is_payment


def _record_as_it_stands(state: State, entry: FactorEntry, role: str, amount: int) -> None:
    """Record what an entry posts on one of the factor's accounts."""
    if amount:
        state.journal.record(
            events.FactorPosting(
                day=entry.date,
                cause=entry.cause,
                key=state.journal.key(f"{entry.date}/posting/{role}"),
                links=entry.links,
                role=role,
                amount=amount,
            )
        )


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
