"""The guarantee fund in its three builds, as a sum (rules.md, section 3, Guarantee fund)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from beancount_factoring.contract.terms import FundBuild
from beancount_factoring.engine import events
from beancount_factoring.engine.fund import Gift
from beancount_factoring.engine.money import minor_units
from beancount_factoring.engine.money import share
from beancount_factoring.reports.explain_terms import DAYS
from beancount_factoring.reports.explain_terms import Explainer
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.explain_terms import percent

_RULE: Final = f"{DAYS}, Guarantee fund"


def guarantee_fund(ex: Explainer) -> Iterator[Term]:
    """Yield what the rules give, then what the factor's own movements and the user's differ by.

    Where only the factor's movements are booked, they are the sum.
    """
    if ex.state.books_stated_figures:
        yield from movements(ex)
        return
    match ex.contract.guarantee_fund.build:
        case FundBuild.RATIO:
            yield from _ratio(ex)
        case FundBuild.CEILING:
            yield from _remittances(ex)
        case FundBuild.REVOLVING:
            yield from _documents(ex)
    yield from _carried(ex)


def computed_beside(ex: Explainer) -> Iterator[Term]:
    """Yield `G` as its movements; where these are the factor's own, as what the rules give."""
    if not ex.state.books_stated_figures:
        yield from movements(ex)
        return
    fund, place = ex.state.fund, ex.key("guarantee_fund")
    yield ex.term(fund.computed, "what the contract's terms give", place, rule=_RULE)
    yield ex.term(fund.carried, "what the factor retains beyond it", place, rule=_RULE)


def movements(ex: Explainer) -> Iterator[Term]:
    """Yield `G` as what was retained and released, each by day, and the user's own postings."""
    moves = ex.of(events.GuaranteeMove)
    for text, found in (
        ("retained", [event for event in moves if event.amount > 0]),
        ("released", [event for event in moves if event.amount < 0]),
    ):
        terms = [ex.event_term(event, event.amount, text, key="guarantee_fund") for event in found]
        yield ex.group(text, terms, rule=_RULE)
    yield from _own_postings(ex)


def _ratio(ex: Explainer) -> Iterator[Term]:
    """Yield rate × `F`, then what a ceiling cuts off and a floor adds."""
    terms, lines = ex.contract.guarantee_fund, ex.position.factor_outstanding
    rate = terms.rate.at(ex.last)
    fund = share(lines, rate)
    yield ex.term(
        fund,
        f"{percent(rate)} of factor outstanding {ex.money(lines)}",
        ex.dated("guarantee_fund.rate", terms.rate, ex.last),
        rule=_RULE,
        what="factor_outstanding",
    )
    for key, bound in (("ceiling", terms.ceiling), ("floor", terms.floor)):
        value = bound.at(ex.last)
        if value is None:
            continue
        limit = minor_units(value, ex.state.unit)
        # A floor applies once something was remitted, and wins over the rest.
        applies = fund > limit if key == "ceiling" else fund < limit and ex.state.fund.has_floor
        if applies:
            text = f"{'above' if key == 'ceiling' else 'up to'} the {key} of {ex.money(limit)}"
            place = ex.dated(f"guarantee_fund.{key}", bound, ex.last)
            yield ex.term(limit - fund, text, place, rule=_RULE)
            fund = limit


def _remittances(ex: Explainer) -> Iterator[Term]:
    """Yield what each remittance gave, as far as the ceiling left room."""
    terms = ex.contract.guarantee_fund
    assigned: dict[object, int] = {}
    for event in ex.of(events.Remittance):
        assigned[event.day] = assigned.get(event.day, 0) + event.new
    for move in ex.of(events.GuaranteeMove):
        if not move.computed:
            continue
        whole, rate = assigned.get(move.day, 0), terms.rate.at(move.day)
        gift = share(whole, rate)
        place = ex.dated("guarantee_fund.rate", terms.rate, move.day)
        text = f"{percent(rate)} of {ex.money(whole)} assigned"
        inner = []
        if gift != move.computed:
            bound = ex.dated("guarantee_fund.ceiling", terms.ceiling, move.day)
            cut = "above the ceiling of the fund"
            inner = [
                ex.term(gift, text, place),
                ex.term(move.computed - gift, cut, bound),
            ]
            text = f"{text}, as far as the ceiling leaves room"
        yield ex.term(
            move.computed,
            text,
            place,
            rule=_RULE,
            date=move.day,
            remittance=move.remittance,
            transactions=ex.booked(move),
            terms=inner,
        )


def _documents(ex: Explainer) -> Iterator[Term]:
    """Yield what each document keeps in a revolving fund."""
    for gift in ex.state.fund.gifts():
        if not gift.keeps:
            continue
        claim = gift.claims[0]
        document, line = claim.document, sum(each.line for each in gift.claims)
        day = claim.remitted or ex.last
        rate = ex.contract.guarantee_fund.rate
        text = f"{document.number}: gave {_gave(ex, gift, day)}"
        if line != gift.assigned:
            text += f"; keeps the share of {ex.money(line)} that is left with the factor"
        yield ex.term(
            gift.keeps,
            text,
            ex.dated("guarantee_fund.rate", rate, day),
            rule=_RULE,
            date=day,
            what=document.number,
        )


def _gave(ex: Explainer, gift: Gift, day: datetime.date) -> str:
    """Say what a document gave on the day of its remittance."""
    terms = ex.contract.guarantee_fund
    rate = terms.rate.at(day)
    text = f"{ex.money(gift.gave)}, {percent(rate)} of {ex.money(gift.assigned)} assigned"
    if gift.gave != share(gift.assigned, rate):
        text += ", as far as the ceiling left room"
    return text


def _carried(ex: Explainer) -> Iterator[Term]:
    """Yield what the factor's own movements differ by from the computed ones."""
    for event in ex.of(events.GuaranteeMove):
        if event.amount == event.computed:
            continue
        stated = [
            ex.cause(directive.cause)
            for directive in ex.books.history.directives
            if directive.date == event.day and "guarantee" in directive.figures
        ]
        yield ex.event_term(
            event,
            event.amount - event.computed,
            f"the factor's own movement {ex.money(event.amount)},"
            f" computed {ex.money(event.computed)}",
            *stated,
            key="guarantee_fund",
        )
    yield from _own_postings(ex)


def _own_postings(ex: Explainer) -> Iterator[Term]:
    for entry in ex.factor_entries():
        if entry.guarantee:
            yield ex.term(
                entry.guarantee,
                "your own posting on the guarantee fund",
                ex.cause(entry.cause),
                rule=f"{DAYS}, Statement",
                date=entry.date,
            )
