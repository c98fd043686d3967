"""What is available as what the last draw left, and what has changed it since.

A draw takes what is available; what makes it less, or negative, is what happened after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from beancount_factoring.contract.terms import FundingModel
from beancount_factoring.engine import events
from beancount_factoring.engine.events import Event
from beancount_factoring.reports.explain_position import uncapped
from beancount_factoring.reports.explain_position import use_of_funds
from beancount_factoring.reports.explain_reasons import eligible
from beancount_factoring.reports.explain_terms import ELIGIBILITY
from beancount_factoring.reports.explain_terms import Explainer
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.explain_terms import negated
from beancount_factoring.reports.explain_terms import total


def since_the_last_draw(ex: Explainer) -> Iterator[Term]:
    """Yield what was available at the end of the last earlier draw's day, and each change since.

    Nothing where there was no draw before today.
    """
    drawn = [event for event in ex.books.events if _is_draw(event) and event.day < ex.on.day]
    if not drawn:
        return
    last = drawn[-1]
    then = Explainer(ex.source, ex.on.earlier(last.day))
    changes = list(_changes(then, ex))
    text = "available at the end of that day, after its draw"
    since = "what has changed it since:" if changes else "nothing has changed it since"
    yield ex.event_term(last, then.position.available, f"{text}; {since}", key="funding")
    yield from changes


def _changes(then: Explainer, now: Explainer) -> Iterator[Term]:
    """Yield what differs between two days, a term for each kind."""
    kinds: dict[str, list[Term]] = {}
    for term in (*map(negated, _made_of(then)), *_made_of(now)):
        kinds.setdefault(term.text, []).append(term)
    for text, terms in kinds.items():
        amount = total(terms, now.on.amount(0))
        if amount:
            yield replace(terms[-1], amount=amount, text=text.removesuffix(" to date"))


def _is_draw(event: Event) -> bool:
    """Tell whether the factor pays: by a draw of its own, or by the bank's entry."""
    return isinstance(event, events.Draw) or (
        isinstance(event, events.Allocation) and not event.sweep
    )


def _made_of(ex: Explainer) -> Iterator[Term]:
    """Yield all that what is available is the sum of, the same terms on each day."""
    position, funding = ex.position, ex.contract.funding
    yield from eligible(ex)
    bound = uncapped(ex)
    if funding.model is FundingModel.GUARANTEE_FUND:
        text, what = "guarantee fund", "guarantee_fund"
        yield ex.term(-position.guarantee_fund, text, rule=ELIGIBILITY, what=what)
    else:
        place = ex.dated("funding.advance_rate", funding.advance_rate, ex.on.day)
        share = bound - position.eligibility.eligible
        yield ex.term(share, "what the advance rate leaves out", place, rule=ELIGIBILITY)
    place = ex.dated("funding.ceiling", funding.ceiling, ex.on.day)
    yield ex.term(position.capacity - bound, "above the ceiling", place, rule=ELIGIBILITY)
    for term in map(negated, use_of_funds(ex)):
        # The user's own postings stand together; what a sum is made of is not what changed it.
        yield replace(term, date=None, places=(), terms=())
