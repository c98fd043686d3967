"""What is eligible, and why the rest is not, document by document (rules.md, section 2)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from beancount_factoring.contract.terms import ReserveMode
from beancount_factoring.engine import events
from beancount_factoring.engine.eligibility import Eligibility
from beancount_factoring.engine.eligibility import Exclusion
from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.reports.explain_debtors import DebtorReasons
from beancount_factoring.reports.explain_terms import DAYS
from beancount_factoring.reports.explain_terms import ELIGIBILITY
from beancount_factoring.reports.explain_terms import Explain
from beancount_factoring.reports.explain_terms import Explainer
from beancount_factoring.reports.explain_terms import Place
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.explain_terms import negated

_LABELS: Final = {
    Reason.DISPUTED: "disputed",
    Reason.OVERDUE: "overdue",
    Reason.UNALLOCATED: "customers' credits that settle no document",
    Reason.OVER_LIMIT: "over a debtor's limit",
    Reason.CONCENTRATION: "over the largest share of one debtor",
}


def eligible(ex: Explainer) -> Iterator[Term]:
    """Yield `E` less each reason."""
    yield ex.term(ex.position.outstanding, "outstanding", rule=ELIGIBILITY, what="outstanding")
    yield from map(negated, ineligible(ex))


def ineligible(ex: Explainer) -> Iterator[Term]:
    """Yield each reason's total."""
    for reason in Reason:
        amount = ex.position.eligibility.total(reason)
        text = _LABELS[reason]
        yield ex.term(amount, text, rule=ELIGIBILITY, what=f"ineligible.{reason}")


def because(reason: Reason) -> Explain:
    """Return what explains one reason."""
    return lambda ex: reason_terms(ex, ex.position.eligibility, reason, ex.on.day)


def reserve(ex: Explainer) -> Iterable[Term]:
    """Yield `R`: what was not eligible when the reserve last moved, by reason and document.

    Where only the factor's movements are booked, they are the sum.
    """
    if ex.contract.funding.reserve is ReserveMode.MEMO:
        text = "what is not eligible is shown, and not booked on a reserve"
        return [ex.term(0, text, ex.key("funding.reserve"), rule=f"{DAYS}, Reserve")]
    if ex.state.books_stated_figures:
        return [
            ex.event_term(event, event.amount, "retained" if event.amount > 0 else "released")
            for event in ex.of(events.ReserveMove)
        ]
    eligibility = ex.state.eligibility(ex.last)
    place = ex.key("funding.reserve")
    return [
        ex.group(
            _LABELS[reason],
            reason_terms(ex, eligibility, reason, ex.last),
            place,
            rule=f"{DAYS}, Reserve",
        )
        for reason in Reason
        if eligibility.total(reason)
    ]


def reason_terms(
    ex: Explainer, eligibility: Eligibility, reason: Reason, day: datetime.date
) -> Iterator[Term]:
    """Yield what one reason excludes on a day: by document, or by debtor where a debtor has it."""
    exclusions = [part for part in eligibility.exclusions if part.reason is reason]
    if reason in {Reason.DISPUTED, Reason.OVERDUE}:
        for part in sorted(exclusions, key=lambda part: part.claim.order[1:]):
            yield exclusion_term(ex, part, day)
        return
    # A debtor's exclusions of one reason stand together.
    for name, parts in groupby(exclusions, key=lambda part: part.claim.debtor.name):
        found = list(parts)
        debtor = DebtorReasons(ex, found[0].claim.debtor, day)
        text, places = debtor.why(reason)
        terms = [exclusion_term(ex, part, day, debtor) for part in found]
        yield ex.group(f"{name}: {text}", terms, *places, rule=ELIGIBILITY)


def exclusion_term(
    ex: Explainer, part: Exclusion, day: datetime.date, debtor: DebtorReasons | None = None
) -> Term:
    """Return what is not funded of one document, and why; `debtor` is its debtor's, if known."""
    document = part.claim.document
    own = ex.cause(document.cause)
    places: tuple[Place, ...]
    match part.reason:
        case Reason.DISPUTED:
            last = part.claim.disputes[-1]
            text, places = f"disputed since {last.date}", (ex.cause(last.cause),)
        case Reason.OVERDUE:
            overdue = ex.contract.eligibility.overdue
            days = overdue.at(day) or 0
            until = (document.due or day) + datetime.timedelta(days=days)
            text = f"due {document.due}, funded through {until} ({days} days after)"
            places = own, ex.dated("eligibility.overdue", overdue, day)
        case _:
            debtor = debtor or DebtorReasons(ex, part.claim.debtor, day)
            text, more = debtor.on_document(part)
            places = own, *more
    return ex.term(
        part.amount,
        f"{document.number}: {text}",
        *places,
        rule=ELIGIBILITY,
        date=document.date,
        what=document.number,
    )
