"""One event as its sum: a remittance by its documents, a draw by what was available to it."""

from __future__ import annotations

from collections.abc import Iterator

from beancount_factoring.contract.terms import DrawPolicy
from beancount_factoring.engine import events
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.reports.explain_position import capacity
from beancount_factoring.reports.explain_terms import DAYS
from beancount_factoring.reports.explain_terms import ELIGIBILITY
from beancount_factoring.reports.explain_terms import Explainer
from beancount_factoring.reports.explain_terms import Explanation
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.explain_terms import document_name
from beancount_factoring.reports.explain_terms import negated
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource

Explainable = events.Remittance | events.Draw


def explainable(on: ContractDay, what: str) -> Explainable | None:
    """Return a contract's remittance of a number, or its remittance or draw of a `factoring-id`."""
    for event in on.books.events:
        match event:
            case events.Remittance() if what in {event.remittance, event.key}:
                return event
            case events.Draw() if what == event.key:
                return event
            case _:
                pass
    return None


def event_explanation(source: ReportSource, on: ContractDay, event: Explainable) -> Explanation:
    """Return an event as its sum; its date is the event's day."""
    if isinstance(event, events.Remittance):
        ex = Explainer(source, on)
        amount, terms = event.total, tuple(_documents(ex, event))
        what = event.remittance or event.key
    else:
        ex = Explainer(source, on.earlier(event.day))
        amount, terms, what = event.amount, tuple(_available(ex, event)), event.key
    return Explanation(
        contract=on.contract.name,
        date=event.day,
        currency=on.contract.currency,
        what=what,
        amount=on.amount(amount),
        terms=terms,
    )


def _documents(ex: Explainer, event: events.Remittance) -> Iterator[Term]:
    """Yield each document of a remittance, with the transactions of all."""
    for part in event.parts:
        document = part.document
        name = document_name(document.number, document.debtor)
        if part.amount >= 0:
            text = f"{name}, due {document.due}"
        elif document.kind is DocumentKind.CREDIT_NOTE:
            text = f"credit note {name}"
        else:
            text = f"reduction of {name}"
        yield ex.term(
            part.amount,
            text,
            ex.cause(document.cause),
            rule=f"{DAYS}, Remittance",
            date=document.date,
            remittance=event.remittance,
            transactions=ex.booked(event),
            what=document.number,
        )


def _available(ex: Explainer, event: events.Draw) -> Iterator[Term]:
    """Yield capacity less the funds in use before a draw, and what was not asked for."""
    today = [each for each in ex.books.events if each.day == event.day]
    draws = [each for each in today if isinstance(each, events.Draw)]
    since = sum(each.amount for each in draws[draws.index(event) :])
    fees = sum(each.net + each.vat for each in today if isinstance(each, events.Interest))
    position = ex.position
    used = [ex.term(position.funds_in_use, "funds in use at the end of that day")]
    used.append(ex.term(-since, "less this draw" if since == event.amount else "less these draws"))
    if fees:
        used.append(ex.term(-fees, "less the interest that was booked after it"))
    yield capacity(ex)
    yield negated(ex.group("funds in use before the draw", used, rule=ELIGIBILITY))
    available = position.capacity - position.funds_in_use + since + fees
    if event.amount != available:
        is_asked = ex.contract.funding.draw is DrawPolicy.REQUESTED
        yield ex.term(
            event.amount - available,
            "asked for, not all that was available" if is_asked else "not drawn",
            ex.cause(event.cause, "funding.draw"),
            rule=f"{DAYS}, Draw",
        )
