"""What is eligible, and why the rest is not, document by document (rules.md, section 2)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Final

from beancount_factoring.contract.terms import LimitBasis
from beancount_factoring.contract.terms import ReserveMode
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Debtor
from beancount_factoring.engine.eligibility import Eligibility
from beancount_factoring.engine.eligibility import Exclusion
from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.engine.money import share
from beancount_factoring.reports.explain_terms import DAYS
from beancount_factoring.reports.explain_terms import ELIGIBILITY
from beancount_factoring.reports.explain_terms import Explain
from beancount_factoring.reports.explain_terms import Explainer
from beancount_factoring.reports.explain_terms import Place
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.explain_terms import negated
from beancount_factoring.reports.explain_terms import percent

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
    """Yield `R`: what was not eligible when the reserve last moved, by reason and document."""
    if ex.contract.funding.reserve is ReserveMode.MEMO:
        text = "what is not eligible is shown, and not booked on a reserve"
        return [ex.term(0, text, ex.key("funding.reserve"), rule=f"{DAYS}, Reserve")]
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
        text, places = _debtor_reason(ex, found[0].claim.debtor, reason, day)
        terms = [exclusion_term(ex, part, day) for part in found]
        yield ex.group(f"{name}: {text}", terms, *places, rule=ELIGIBILITY)


def exclusion_term(ex: Explainer, part: Exclusion, day: datetime.date) -> Term:
    """Return what is not funded of one document, and why."""
    document = part.claim.document
    places: tuple[Place, ...] = (ex.cause(document.cause),)
    match part.reason:
        case Reason.DISPUTED:
            text, places = _disputed(ex, part.claim)
        case Reason.OVERDUE:
            overdue = ex.contract.eligibility.overdue
            days = overdue.at(day) or 0
            until = (document.due or day) + datetime.timedelta(days=days)
            text = f"due {document.due}, funded through {until} ({days} days after)"
            places += (ex.dated("eligibility.overdue", overdue, day),)
        case Reason.OVER_LIMIT:
            text = f"of {ex.money(part.claim.open)} open, {_limit(ex, part.claim, day)}"
        case _:
            text = f"of {ex.money(part.claim.open)} open"
    return ex.term(
        part.amount,
        f"{document.number}: {text}",
        *places,
        rule=ELIGIBILITY,
        date=document.date,
        what=document.number,
    )


def debtor_reason(ex: Explainer, part: Exclusion, day: datetime.date) -> str:
    """Say why a reason that looks at a whole debtor excludes a document; empty for the others."""
    if part.reason in {Reason.DISPUTED, Reason.OVERDUE}:
        return ""
    return _debtor_reason(ex, part.claim.debtor, part.reason, day)[0]


def _disputed(ex: Explainer, claim: Claim) -> tuple[str, tuple[Place, ...]]:
    """Say since when a document is disputed, and where that stands."""
    last = claim.disputes[-1]
    return f"disputed since {last.date}", (ex.cause(last.cause),)


def _debtor_reason(
    ex: Explainer, debtor: Debtor, reason: Reason, day: datetime.date
) -> tuple[str, tuple[Place, ...]]:
    """Say why a debtor's documents are not funded in full, and where that stands."""
    match reason:
        case Reason.UNALLOCATED:
            text = f"{ex.money(debtor.unallocated)} of credits settle no document"
            return text, tuple(ex.cause(claim.document.cause) for claim in debtor.credits)
        case Reason.OVER_LIMIT:
            return _over_limit(ex, debtor, day)
        case _:
            terms = ex.contract.eligibility.concentration
            rate = terms.at(day) or Decimal()
            whole = ex.position.outstanding
            cap = ex.money(max(0, share(whole, rate)))
            text = f"more than {percent(rate)} of outstanding {ex.money(whole)}, {cap}"
            return text, (ex.dated("eligibility.concentration", terms, day),)


def _limit(ex: Explainer, claim: Claim, day: datetime.date) -> str:
    """Say which of its two limits a document is under: today's, or the one of its remittance."""
    today, then = ex.state.limits.at(claim.debtor.name, day), claim.limit
    if today is not None and then is not None and then > today:
        return f"under the higher limit of its remittance, {ex.money(then)}"
    return "under today's limit"


def _over_limit(ex: Explainer, debtor: Debtor, day: datetime.date) -> tuple[str, tuple[Place, ...]]:
    """Say which limit a debtor exceeds, and where it stands."""
    limits = ex.state.limits
    limit = limits.at(debtor.name, day)
    text = "no limit" if limit is None else f"a limit of {ex.money(limit)}"
    if ex.contract.funding.limit_basis is LimitBasis.FUNDED:
        text += " on what is funded"
    stated = limits.stated(debtor.name, day)
    if isinstance(stated, tuple):
        return text, (ex.cause(stated[1]),)
    key = f"eligibility.limits.{debtor.name}"
    if debtor.name not in ex.contract.eligibility.limits:
        key = "eligibility.limits.default"
    return text, (Place(ex.contract.filename, stated.line or ex.contract.line(key), key),)
