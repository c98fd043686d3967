"""Commission, charges, interest and VAT to date, as sums of bookings (rules.md, section 3)."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final

from beancount_factoring.contract.dated import Dated
from beancount_factoring.contract.schedule import contract_year_end
from beancount_factoring.engine import events
from beancount_factoring.engine.events import InterestTerm
from beancount_factoring.engine.fees import commission_bases
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.engine.money import minor_units
from beancount_factoring.engine.money import round_half_up
from beancount_factoring.engine.money import share
from beancount_factoring.reports.explain_terms import DAYS
from beancount_factoring.reports.explain_terms import Explainer
from beancount_factoring.reports.explain_terms import Place
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.explain_terms import percent

_COMMISSION: Final = f"{DAYS}, Commission"
_INTEREST: Final = f"{DAYS}, Interest"


def commission(ex: Explainer) -> Iterator[Term]:
    """Yield each remittance's commission, by document, and the yearly minimum's top-ups."""
    booked: list[events.Commission] = []
    remittance: events.Remittance | None = None
    for event in ex.books.events:
        if isinstance(event, events.Remittance):
            remittance = event
        elif isinstance(event, events.Commission):
            # A commission follows its remittance; two of these may state one number, by mistake.
            if event.remittance is None or remittance is None:
                yield _top_up(ex, event, booked)
            else:
                yield _on_remittance(ex, event, remittance)
            booked.append(event)


def _on_remittance(ex: Explainer, event: events.Commission, remittance: events.Remittance) -> Term:
    notes = [part for part in remittance.taken if part.document.kind is DocumentKind.CREDIT_NOTE]
    bases = commission_bases(ex.contract.commission, remittance.assigned, notes)
    terms = list(_documents(ex, event, bases))
    if event.net != event.computed:
        terms.append(_difference(ex, event, event.net, event.computed))
    base = ex.money(sum(part.amount for part in bases))
    text = f"remittance {event.remittance}: {percent(event.rate)} of {base}, document by document"
    return ex.event_term(event, event.net, text, key="commission.rate", terms=terms)


def _documents(
    ex: Explainer, event: events.Commission, bases: Iterable[events.Part]
) -> Iterator[Term]:
    """Yield each document's commission: base × rate, or the minimum per document."""
    terms, day = ex.contract.commission, event.day
    least = minor_units(terms.per_document.at(day), ex.state.unit)
    rate, minimum = (
        ex.dated("commission.rate", terms.rate, day),
        ex.dated("commission.per_document", terms.per_document, day),
    )
    for document, base in bases:
        fee = share(base, event.rate)
        text = f"{document.number}: {percent(event.rate)} of {ex.money(base)}"
        place = rate
        if fee < least:
            text = f"{document.number}: minimum per document, {ex.money(fee)} at the rate"
            fee, place = least, minimum
        if fee:
            yield ex.term(fee, text, place, rule=_COMMISSION, what=document.number)


def _top_up(ex: Explainer, event: events.Commission, booked: list[events.Commission]) -> Term:
    """Return a yearly minimum's top-up: the minimum less what the year's commissions were."""
    terms, start = ex.contract.commission, ex.contract.start
    minimum = minor_units(terms.per_year.at(event.day), ex.state.unit)
    year = [each for each in booked if contract_year_end(start, each.day) == event.day]
    place = ex.dated("commission.per_year", terms.per_year, event.day)
    parts = [
        ex.term(minimum, "minimum for the contract year", place),
        ex.term(-sum(each.net for each in year), "commission booked in the year"),
    ]
    return ex.event_term(event, event.net, "yearly minimum", place, terms=parts)


def charges(ex: Explainer) -> Iterator[Term]:
    """Yield each charge."""
    amounts = {terms.name: terms.amount for terms in ex.contract.charges}
    for event in ex.of(events.Charge):
        place = ex.cause(event.cause)
        if place.filename == ex.contract.filename:
            place = ex.dated("charges", amounts[event.name], event.day)
        yield ex.event_term(event, event.net, event.name, place)


def interest(ex: Explainer) -> Iterator[Term]:
    """Yield each booking: its days, the rounding, and what the factor's own figure differs by."""
    for event in ex.of(events.Interest):
        terms = [_days(ex, term, event.basis) for term in event.terms]
        rounding = event.computed - sum(amount for amount, _term in terms)
        inner = [term for _amount, term in terms]
        if rounding:
            inner.append(ex.term(rounding, "rounded once, on the sum of the days", rule=_INTEREST))
        if event.net != event.computed:
            inner.append(_difference(ex, event, event.net, event.computed))
        text = "interest of the days since the last booking"
        yield ex.event_term(event, event.net, text, key="interest", terms=inner)


def accrued(ex: Explainer) -> Iterator[Term]:
    """Yield the days since the last booking, with their interest, and the rounding."""
    amount, days = ex.state.interest.accrued()
    terms = [_days(ex, term, ex.contract.interest.basis) for term in days]
    for _amount, term in terms:
        yield term
    rounding = amount - sum(each for each, _term in terms)
    if rounding:
        yield ex.term(rounding, "rounded once, on the sum of the days", rule=_INTEREST)


def _days(ex: Explainer, term: InterestTerm, basis: int) -> tuple[int, Term]:
    """Return the interest of days with one balance and one rate, rounded by itself."""
    exact = Fraction(term.days * term.base) * Fraction(term.rate) / basis
    amount = round_half_up(exact)
    rate, places = _rate(ex, term.since)
    last = term.since + datetime.timedelta(days=term.days - 1)
    days = f"{term.days} days to {last}" if term.days > 1 else "1 day"
    text = f"{days} on {ex.money(term.base)} at {percent(term.rate)} ({rate}), {basis} days a year"
    return amount, ex.term(amount, text, *places, rule=_INTEREST, date=term.since)


def _rate(ex: Explainer, day: datetime.date) -> tuple[str, tuple[Place, ...]]:
    """Say what a day's rate is made of, and where each part stands."""
    terms, fixings = ex.contract.interest, ex.books.history.fixings
    text = f"margin {percent(terms.margin.at(day))}"
    places: tuple[Place, ...] = (ex.dated("interest.margin", terms.margin, day),)
    if terms.index is None:
        return text, places
    fixing = fixings[bisect_right(fixings, day, key=lambda each: each.since) - 1]
    index, floor = fixing.percent / 100, terms.floor.at(day)
    if floor is not None and floor > index:
        place = ex.dated("interest.floor", terms.floor, day)
        text = f"floor {percent(floor)} above {terms.index} {percent(index)}, {text}"
        return text, (ex.cause(fixing.cause), place, *places)
    return f"{terms.index} {percent(index)}, {text}", (ex.cause(fixing.cause), *places)


def vat(ex: Explainer) -> Iterator[Term]:
    """Yield the VAT on each fee: rate × fee, or the factor's own figure."""
    named = {terms.name: terms.vat for terms in ex.contract.charges}
    for event in ex.books.events:
        match event:
            case events.Commission():
                key, rate = "commission.vat", ex.contract.commission.vat
                on = f"commission on {event.remittance}" if event.remittance else "yearly minimum"
            case events.Charge():
                key, on = "charges", event.name
                rate = named.get(event.name, ex.contract.commission.vat)
                # A charge without a rate of its own has the commission's.
                if rate is ex.contract.commission.vat:
                    key = "commission.vat"
            case events.Interest():
                key, rate, on = "interest.vat", ex.contract.interest.vat, "interest"
            case _:
                continue
        if event.vat or (event.net and rate is not None and rate.at(event.day)):
            yield _vat(ex, event, key, rate, on)


def _vat(
    ex: Explainer,
    event: events.Commission | events.Charge | events.Interest,
    key: str,
    rate: Dated[Decimal] | None,
    on: str,
) -> Term:
    """Return the VAT on one fee."""
    value = Decimal() if rate is None else rate.at(event.day)
    place = ex.key(key) if rate is None else ex.dated(key, rate, event.day)
    computed = share(event.net, value)
    text = f"{percent(value)} of {ex.money(event.net)}"
    if event.vat == computed:
        return ex.event_term(event, event.vat, f"{on}: {text}", place)
    terms = [
        ex.term(computed, text, place),
        _difference(ex, event, event.vat, computed),
    ]
    return ex.event_term(event, event.vat, f"{on}: the factor's own figure", terms=terms)


def _difference(ex: Explainer, event: events.Event, stated: int, computed: int) -> Term:
    """Return what the factor's own figure differs by from the computed one."""
    return ex.term(
        stated - computed,
        f"the factor's own figure {ex.money(stated)}, computed {ex.money(computed)}",
        ex.cause(event.cause),
    )
