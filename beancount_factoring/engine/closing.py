"""The final settlement of a contract (rules.md, section 3, Close)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from beancount_factoring.engine import charges
from beancount_factoring.engine import events
from beancount_factoring.engine import interest_days
from beancount_factoring.engine import sweeps
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.journal import links_of
from beancount_factoring.engine.state import State

_REFUSED: Final = {
    DirectiveKind.REMIT,
    DirectiveKind.DRAW,
    DirectiveKind.GUARANTEE,
    DirectiveKind.RESERVE,
    DirectiveKind.CLOSE,
}
"""A remittance, a draw, what the close sets off itself, a second close."""


def close(
    state: State, day: datetime.date, directive: Directive, directives: Sequence[Directive]
) -> None:
    """Sweep, give everything back, book what accrued, set the funds off and pay out `C`."""
    _refuse_others(state, directive, directives)
    sweeps.sweep_all(state, day)
    parts = give_all_back(state, day, directive)
    state.account.balance -= sum(part.amount for part in parts)
    charges.book(state, day, directives)
    # A contract year that ends on this day is a whole one.
    charges.top_up(state, day)
    interest_days.settle(state, day, directives, is_due=True)
    guarantee, reserve = state.fund.dissolve(), state.reserve
    state.reserve = 0
    state.account.balance += guarantee + reserve
    payment = state.account.balance if state.generates_bank_entries else 0
    state.account.balance -= payment
    state.closed = day
    state.journal.record(
        events.Close(
            day=day,
            cause=directive.cause,
            key=state.journal.key(f"{day}/close"),
            links=links_of(parts),
            parts=tuple(parts),
            guarantee=guarantee,
            reserve=reserve,
            payment=payment,
        )
    )


def give_all_back(state: State, day: datetime.date, directive: Directive) -> list[Part]:
    """Give every claim back to the firm; return them, unused credit notes negative."""
    parts = [Part(note, -amount) for note, amount in state.assignment.remit_transit(day)]
    for claim in state.items.claims:
        if claim.standing is not Standing.FACTOR:
            continue
        if claim.open > 0:
            amount = state.assignment.give_back(claim, Standing.RETURNED, directive)
            parts.append(Part(claim.document, amount))
            state.freed.add(id(claim))
        # A document paid before is the firm's alone from now on, too.
        claim.standing = Standing.RETURNED
    for debtor in state.items.debtors.values():
        debtor.assigned.clear()
        debtor.credit_notes.clear()
        debtor.touch()
    state.waiting.clear()
    return parts


def _refuse_others(state: State, close: Directive, directives: Sequence[Directive]) -> None:
    """Report what the day of the close has no place for."""
    for directive in directives:
        if directive is close:
            continue
        if directive.kind in _REFUSED:
            state.journal.report(
                directive.cause,
                f'"{directive.kind}" on {directive.date}, the day on which contract'
                f" {state.contract.name} is closed: date it before, or remove it",
            )
