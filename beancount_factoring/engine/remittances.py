"""The remittance of the balance, and its commission (rules.md, section 3)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from operator import attrgetter

from beancount_factoring.engine import events
from beancount_factoring.engine.assigned import why_another_total
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.fees import commission_parts
from beancount_factoring.engine.fees import vat_on
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.engine.journal import links_of
from beancount_factoring.engine.state import State


def remit(
    state: State, day: datetime.date, directives: Iterable[Directive], *, scheduled: bool
) -> None:
    """Remit what is open and in transit, on a scheduled day or on a `remit` directive."""
    directive = _stated(state, day, directives)
    end = state.contract.end
    if directive is not None and end is not None and day > end:
        state.journal.report(
            directive.cause,
            f"a remittance on {day} is after the end of contract {state.contract.name} on {end}:"
            " date it on that day or earlier",
        )
        return
    if directive is None and not scheduled:
        return
    assigned = tuple(assign(state, day))
    in_transit = tuple(state.assignment.remit_transit(day))
    parts = assigned + in_transit
    number = _number(state, day, directive, booked=bool(parts))
    _await_funding(state, day, number if parts else None)
    if not parts:
        _refuse_figures(state, directive)
        return
    remittance = events.Remittance(
        day=day,
        cause=directive.cause if directive else state.journal.term("remittance"),
        key=state.journal.key(f"{number}/remittance"),
        links=links_of(parts),
        remittance=number,
        assigned=assigned,
        taken=in_transit,
    )
    state.account.balance += remittance.total
    state.journal.record(remittance)
    state.today.remittance = number
    state.fund.note_remitted()
    if directive is not None:
        guarantee = directive.figures.get("guarantee")
        if guarantee is not None:
            # Beside computed figures it stands for the movement of the contract's terms.
            cause = directive.cause if state.books_stated_figures else None
            state.today.state_guarantee(guarantee, cause)
        _check_assigned(state, directive, remittance)
    notes = [part for part in in_transit if part.document.kind is DocumentKind.CREDIT_NOTE]
    _commission(
        state,
        remittance,
        directive,
        commission_parts(state.contract, day, assigned, notes, state.unit),
    )


def book_commission(state: State, commission: events.Commission) -> None:
    """Let the factor take a commission, if there is one, or if it stated none."""
    if commission.net or commission.vat or commission.computed:
        state.account.debit_fee(commission.net, commission.vat)
        state.account.commissions.append((commission.day, commission.net))
        state.journal.record(commission)


# The order of limits among claims of one remittance: all are invoices, which have numbers.
_order = attrgetter("document.date", "document.number", "due")


def _stated(state: State, day: datetime.date, directives: Iterable[Directive]) -> Directive | None:
    """Return the day's `remit` directive; a second one is an error."""
    stated = [d for d in directives if d.kind is DirectiveKind.REMIT]
    for second in stated[1:]:
        state.journal.report(
            second.cause,
            f"a second remittance of contract {state.contract.name} on {day}: there is one a day;"
            " remove one of the remit directives",
        )
    return stated[0] if stated else None


def assign(state: State, day: datetime.date) -> list[Part]:
    """Assign the open documents that wait; an instalment goes with its whole document."""
    remitted: dict[Claim, None] = {}
    for claim in state.waiting:
        claim.waiting = False
        if claim.open > 0:
            remitted[claim] = None
            siblings = state.items.named(claim.document.number or "")
            if len(siblings) > 1:
                remitted |= dict.fromkeys(c for c in siblings if c.standing is Standing.FIRM)
    state.waiting.clear()
    state.today.remitted = sorted(remitted, key=_order)
    limit_of, take = state.limits.at, state.assignment.assign
    parts = []
    for claim in state.today.remitted:
        claim.debtor.hold(claim)
        parts.append(take(claim, day, limit_of(claim.debtor.name, day)))
    return [part for part in parts if part.amount]


def _number(state: State, day: datetime.date, directive: Directive | None, *, booked: bool) -> str:
    """Return the remittance's number: per contract and year, or as the factor gave it."""
    state.remittances_booked[day.year] += booked
    number = f"{state.contract.name}/{day.year}-{state.remittances_booked[day.year]:02d}"
    if directive is not None and directive.number is not None:
        number = directive.number
        if number in state.remittance_numbers:
            state.journal.report(
                directive.cause,
                f'number: "{number}" is the number of an earlier remittance of contract'
                f" {state.contract.name}: write this one's own",
            )
    if booked:
        state.remittance_numbers.add(number)
    return number


def _await_funding(state: State, day: datetime.date, number: str | None) -> None:
    """Note the funding date of a remittance; it stands with nothing remitted, too."""
    funding = state.contract.funding
    date = funding.calendar.add_business_days(day, funding.days)
    state.funding_dates[date] = number or state.funding_dates.get(date)


def _refuse_figures(state: State, directive: Directive | None) -> None:
    if directive is not None and directive.figures:
        state.journal.report(
            directive.cause,
            f"nothing is remitted on {directive.date}, but the directive states"
            f" {', '.join(sorted(directive.figures))}: remove these figures, or date the"
            " directive on the remittance's day",
        )


def _check_assigned(state: State, directive: Directive, remittance: events.Remittance) -> None:
    """Compare what was assigned with what the factor was sent (interface.md, `assigned:`)."""
    stated = directive.figures.get("assigned")
    if stated is not None and stated != remittance.total:
        text = state.journal.text
        state.journal.report(
            directive.cause,
            f"assigned: {text(stated)} is stated, but the documents of remittance"
            f" {remittance.remittance} add up to {text(remittance.total)}:"
            f" {why_another_total(state, remittance, stated)}; correct it, or the figure",
        )


def _commission(
    state: State,
    remittance: events.Remittance,
    directive: Directive | None,
    parts: tuple[Part, ...],
) -> None:
    """Book the remittance's commission: as computed, or as the factor stated it."""
    day, terms = remittance.day, state.contract.commission
    figures = directive.figures if directive else {}
    computed = sum(part.amount for part in parts)
    net = figures.get("commission", 0 if state.books_stated_figures else computed)
    book_commission(
        state,
        events.Commission(
            day=day,
            cause=remittance.cause,
            key=state.journal.key(f"{remittance.remittance}/commission"),
            links=remittance.links,
            remittance=remittance.remittance,
            net=net,
            vat=figures.get("vat", vat_on(net, terms.vat, day)),
            parts=parts,
            computed=computed,
            computed_vat=vat_on(computed, terms.vat, day),
            rate=terms.rate.at(day),
        ),
    )
