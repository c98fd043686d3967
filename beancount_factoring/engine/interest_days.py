"""Counting and booking interest (rules.md, section 3, Interest)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from beancount_factoring.contract.schedule import month_end
from beancount_factoring.contract.terms import InterestBase
from beancount_factoring.engine import events
from beancount_factoring.engine.fees import vat_on
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.state import State


def count(state: State, day: datetime.date, directives: Iterable[Directive]) -> None:
    """Count a day's balance; book at the month's end, or what the factor stated instead."""
    rate = state.interest.rate(day)
    if rate is not None:
        state.interest.count(day, _base(state), rate)
    elif not state.interest.is_without_index:
        state.interest.is_without_index = True
        name = state.contract.interest.index
        state.journal.report(
            state.journal.term("interest.index"),
            f"the index {name} has no value on {day}: write {state.contract.start} custom"
            f' "factoring" "index" "{name}" and its percent a year in the ledger',
        )
    settle(state, day, directives, is_due=day == month_end(day))


def settle(
    state: State, day: datetime.date, directives: Iterable[Directive], *, is_due: bool
) -> None:
    """Book the factor's own figures of a day; without any, what accrued, if it is due.

    Where only the factor's figures are booked, nothing is ever due.
    """
    stated = [d for d in directives if d.kind is DirectiveKind.INTEREST]
    for directive in stated:
        _book(state, day, directive)
    if not stated and is_due and not state.books_stated_figures:
        _book(state, day, None)


def _book(state: State, day: datetime.date, directive: Directive | None) -> None:
    """Book what accrued since the last booking, or the factor's own figure for it."""
    computed, terms = state.interest.settle()
    net = directive.amount if directive else computed
    figures = directive.figures if directive else {}
    vat = figures.get("vat", vat_on(net, state.contract.interest.vat, day))
    if not (net or vat or computed):
        return
    state.account.debit_fee(net, vat)
    state.account.interest += net
    state.journal.record(
        events.Interest(
            day=day,
            cause=directive.cause if directive else state.journal.term("interest"),
            key=state.journal.key(f"{day}/interest"),
            net=net,
            vat=vat,
            computed=computed,
            terms=terms,
            basis=state.contract.interest.basis,
        )
    )


def _base(state: State) -> int:
    """Return the balance that bears interest on this day."""
    if state.contract.interest.base is InterestBase.DRAWS:
        return state.account.drawn - state.account.swept
    return state.funds_in_use
