"""Booking other fees and the yearly minimum (rules.md, section 3, Commission)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from beancount_factoring.contract.terms import ChargeRhythm
from beancount_factoring.engine import events
from beancount_factoring.engine import remittances
from beancount_factoring.engine.fees import charges_due
from beancount_factoring.engine.fees import vat_on
from beancount_factoring.engine.fees import yearly_top_up
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.money import minor_units
from beancount_factoring.engine.state import State


def book(state: State, day: datetime.date, directives: Iterable[Directive]) -> None:
    """Book the contract's charges of a day, and those the ledger states."""
    remittance = state.today.remittance
    due = charges_due(state.contract, day, remitted=remittance is not None, unit=state.unit)
    for terms, (net, vat) in () if state.books_stated_figures else due:
        number = remittance if terms.every is ChargeRhythm.REMITTANCE else None
        _book(
            state,
            events.Charge(
                day=day,
                cause=Cause(state.contract.filename, terms.line),
                key=state.journal.key(f"{number or day}/charge/{terms.name}"),
                remittance=number,
                name=terms.name,
                account=terms.account,
                net=net,
                vat=vat,
            ),
        )
    for directive in directives:
        if directive.kind is DirectiveKind.CHARGE:
            _book_stated(state, directive)


def top_up(state: State, day: datetime.date) -> None:
    """Top the year's commissions up to the yearly minimum on the contract year's last day."""
    if state.books_stated_figures:
        return
    missing = yearly_top_up(state.contract, day, state.account.commissions, state.unit)
    vat = vat_on(missing, state.contract.commission.vat, day)
    if missing:
        remittances.book_commission(
            state,
            events.Commission(
                day=day,
                cause=state.journal.term("commission.per_year"),
                key=state.journal.key(f"{day}/commission"),
                net=missing,
                vat=vat,
                parts=(),
                computed=missing,
                computed_vat=vat,
                rate=state.contract.commission.rate.at(day),
            ),
        )


def _book_stated(state: State, directive: Directive) -> None:
    """Book a charge of the ledger, with the VAT and account of the contract's of that name."""
    contract = state.contract
    named = next((terms for terms in contract.charges if terms.name == directive.name), None)
    rate = named.vat if named else contract.commission.vat
    computed = None
    if named is not None and state.books_stated_figures:
        computed = minor_units(named.amount.at(directive.date), state.unit)
    _book(
        state,
        events.Charge(
            day=directive.date,
            cause=directive.cause,
            key=state.journal.key(f"{directive.date}/charge/{directive.name}"),
            name=directive.name,
            account=named.account if named else contract.accounts.commission,
            computed=computed,
            net=directive.amount,
            vat=directive.figures.get("vat", vat_on(directive.amount, rate, directive.date)),
        ),
    )


def _book(state: State, charge: events.Charge) -> None:
    state.account.debit_fee(charge.net, charge.vat)
    state.account.charges += charge.net
    state.journal.record(charge)
