"""Draws, and the transfer up to the operating account (rules.md, section 3, Draw)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from beancount_factoring.contract.terms import DrawPolicy
from beancount_factoring.engine import events
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.state import State


def draw(state: State, day: datetime.date, directives: Iterable[Directive]) -> None:
    """Draw what is available on a funding date, or what the ledger asks for."""
    is_funding_date = day in state.funding_dates
    number = state.funding_dates.pop(day, None)
    asked = [d for d in directives if d.kind is DirectiveKind.DRAW]
    if state.contract.funding.draw is DrawPolicy.REQUESTED:
        for directive in asked:
            _draw_asked(state, directive)
        return
    for directive in asked:
        state.journal.report(
            directive.cause,
            f"contract {state.contract.name} draws everything available on each funding date:"
            " write draw: requested under funding in the contract, or remove this draw",
        )
    if is_funding_date and state.generates_bank_entries:
        amount = state.position(day).available
        if amount > 0:
            _book(state, day, amount, state.journal.term("funding"), number)


def _draw_asked(state: State, directive: Directive) -> None:
    """Book a draw that the ledger asks for; with a bank statement only the bank's entry counts."""
    if not state.generates_bank_entries:
        return
    available = max(0, state.position(directive.date).available)
    if directive.amount > available:
        text = state.journal.text
        state.journal.report(
            directive.cause,
            f"a draw of {text(directive.amount)} is above the {text(available)} available on"
            f" {directive.date}: ask for that or less",
        )
    _book(state, directive.date, directive.amount, directive.cause, None)


def _book(state: State, day: datetime.date, amount: int, cause: Cause, number: str | None) -> None:
    state.account.balance -= amount
    state.account.drawn += amount
    for kind, event in (("draw", events.Draw), ("transfer", events.Transfer)):
        key = state.journal.key(f"{day}/{kind}")
        state.journal.record(event(day=day, cause=cause, key=key, remittance=number, amount=amount))
