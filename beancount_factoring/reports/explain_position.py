"""What is outstanding, eligible and available, as sums (rules.md, sections 1 and 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Final

from beancount_factoring.contract.terms import FundingModel
from beancount_factoring.engine import events
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.engine.money import minor_units
from beancount_factoring.engine.money import share
from beancount_factoring.reports.explain_terms import BOOKS
from beancount_factoring.reports.explain_terms import DAYS
from beancount_factoring.reports.explain_terms import ELIGIBILITY
from beancount_factoring.reports.explain_terms import Explainer
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.explain_terms import document_name
from beancount_factoring.reports.explain_terms import negated
from beancount_factoring.reports.explain_terms import percent

_FACTOR: Final = "factor_outstanding"
_IN_HAND: Final = "collections_in_hand"
_IN_TRANSIT: Final = "credit_notes_in_transit"
_REMITTED: Final = "invoices remitted"
_NOTES_REMITTED: Final = "credit notes and reductions remitted"


def outstanding(ex: Explainer) -> Iterator[Term]:
    """Yield `E` = `F` − `K` − `N`, each by document."""
    yield ex.group(
        "factor outstanding: what the factor holds", factor_outstanding(ex), what=_FACTOR
    )
    yield negated(
        ex.group("collections in hand, not swept yet", collections_in_hand(ex), what=_IN_HAND)
    )
    yield negated(
        ex.group("credit notes in transit, not remitted yet", in_transit(ex), what=_IN_TRANSIT)
    )


def factor_outstanding(ex: Explainer) -> Iterator[Term]:
    """Yield `F` by document."""
    for claim in ex.state.items.claims:
        if not claim.line:
            continue
        document = claim.document
        name = document_name(document.number, document.debtor)
        if document.kind is DocumentKind.CREDIT_NOTE:
            text = f"credit note {name}"
        elif claim.remitted is not None:
            text = f"{name}, {ex.money(claim.assigned)} remitted on {claim.remitted}"
        else:
            text = name
        yield ex.term(
            claim.line,
            text,
            ex.cause(document.cause),
            rule=BOOKS,
            date=document.date,
            what=document.number,
        )


def factor_movements(ex: Explainer) -> Iterator[Term]:
    """Yield `F` as what came to the factor and left it, by kind."""
    moved: dict[str, int] = {}

    def move(kind: str, amount: int) -> None:
        moved[kind] = moved.get(kind, 0) + amount

    for event in ex.books.events:
        match event:
            case events.Remittance():
                move(_REMITTED, event.new)
                move(_NOTES_REMITTED, event.total - event.new)
            case events.Sweep() | events.Allocation():
                move("swept collections", -sum(part.amount for part in event.parts))
            case events.Return():
                move("returned", -sum(part.amount for part in event.parts))
            case events.Default():
                move("in default", -sum(part.amount for part in event.parts))
            case events.Refund():
                move("credit notes refunded", sum(part.amount for part in event.parts))
            case events.Collection() if event.recovered:
                move("received after a default", sum(part.amount for part in event.recovered))
            case _:
                pass
    for kind, amount in moved.items():
        if amount:
            yield ex.term(amount, kind, rule=BOOKS)


def collections_in_hand(ex: Explainer) -> Iterator[Term]:
    """Yield `K` by receipt and document, then what the user posted there."""
    collected: defaultdict[object, list[events.Event]] = defaultdict(list)
    for event in ex.of(events.Collection):
        collected[event.cause].append(event)
    for receipt in ex.state.receipts.waiting():
        for claim, amount in receipt.in_hand:
            document = claim.document
            name = document_name(document.number, document.debtor)
            if ex.state.generates_bank_entries:
                when = f"swept on {receipt.due}"
            else:
                when = f"to be swept on {receipt.due}"
            yield ex.term(
                amount,
                f"{name}, received on {receipt.bank}, {when}",
                ex.cause(receipt.cause),
                rule=f"{DAYS}, Receipt",
                date=receipt.day,
                transactions=ex.booked(*collected[receipt.cause]),
                what=document.number,
            )
    for entry in ex.corrections():
        if entry.collections:
            yield ex.term(
                -entry.collections,
                "your own posting on the collections account",
                ex.cause(entry.cause),
                rule=f"{DAYS}, Statement",
                date=entry.date,
            )


def in_transit(ex: Explainer) -> Iterator[Term]:
    """Yield `N`: each credit note and reduction that is not remitted yet."""
    for part in ex.state.assignment.transit:
        document, claim = part.document, part.claim.document
        if document.kind is DocumentKind.CREDIT_NOTE:
            text = f"credit note {document_name(document.number, document.debtor)}"
            if claim is not document:
                text += f" on {claim.number}"
        else:
            text = f"reduction of {document_name(document.number, document.debtor)}"
        yield ex.term(
            part.amount,
            text,
            ex.cause(part.origin.cause),
            rule=f"{DAYS}, Documents",
            date=part.origin.date,
            what=document.number,
        )


def available(ex: Explainer) -> Iterator[Term]:
    """Yield capacity − `U`."""
    yield capacity(ex)
    yield negated(ex.group("funds in use", funds_in_use(ex), rule=BOOKS, what="funds_in_use"))


def uncapped(ex: Explainer) -> int:
    """Return what might be in use if there were no ceiling."""
    funding, eligible = ex.contract.funding, ex.position.eligibility.eligible
    if funding.model is FundingModel.GUARANTEE_FUND:
        return eligible - ex.position.guarantee_fund
    return share(eligible, funding.advance_rate.at(ex.on.day))


def capacity(ex: Explainer) -> Term:
    """Return what may be in use, and say which bound bites."""
    funding, position, day = ex.contract.funding, ex.position, ex.on.day
    eligible, bound = position.eligibility.eligible, uncapped(ex)
    if funding.model is FundingModel.GUARANTEE_FUND:
        formula = "eligible less the guarantee fund"
        terms = [
            ex.term(eligible, "eligible", what="eligible"),
            ex.term(-position.guarantee_fund, "guarantee fund", what="guarantee_fund"),
        ]
    else:
        rate = funding.advance_rate.at(day)
        formula = "the advance rate of what is eligible"
        place = ex.dated("funding.advance_rate", funding.advance_rate, day)
        text = f"{percent(rate)} of eligible {ex.money(eligible)}"
        terms = [ex.term(bound, text, place, what="eligible")]
    if position.ceiling is None:
        text = f"capacity: {formula}"
    elif position.ceiling >= bound:
        text = f"capacity: {formula}, within the ceiling of {ex.money(position.ceiling)}"
    else:
        place = ex.dated("funding.ceiling", funding.ceiling, day)
        over = f"above the ceiling of {ex.money(position.ceiling)}"
        terms.append(ex.term(position.ceiling - bound, over, place, what="ceiling"))
        text = f"capacity: the ceiling, below {formula}"
    return ex.group(text, terms, ex.key("funding.model"), rule=ELIGIBILITY)


def funds_in_use(ex: Explainer) -> Iterator[Term]:
    """Yield `U` = `F` − `G` − `R` − `C`."""
    position = ex.position
    yield ex.term(position.factor_outstanding, "factor outstanding", rule=BOOKS, what=_FACTOR)
    yield ex.term(-position.guarantee_fund, "guarantee fund", rule=BOOKS, what="guarantee_fund")
    yield ex.term(-position.reserve, "reserve", rule=BOOKS, what="reserve")
    current = -position.current_account
    yield ex.term(current, "current account", rule=BOOKS, what="current_account")


def use_of_funds(ex: Explainer) -> Iterator[Term]:
    """Yield `U` as draws + fees − all swept money − losses the factor bears."""
    position, account = ex.position, ex.state.account
    drawn = tuple(_drawn(ex))
    yield ex.term(account.drawn, "draws", rule=BOOKS, terms=drawn)
    for key, amount in (
        ("commission_to_date", position.commission_to_date),
        ("charges_to_date", position.charges_to_date),
        ("interest_to_date", position.interest_to_date),
        ("vat_to_date", position.vat_to_date),
    ):
        yield ex.term(amount, key.replace("_", " "), rule=BOOKS, what=key)
    yield ex.term(-account.swept, "all swept money", rule=BOOKS, terms=tuple(_swept(ex)))
    lost = sum(
        sum(part.amount for part in event.parts) - event.share for event in ex.of(events.Default)
    ) - sum(sum(part.amount for part in event.recovered) for event in ex.of(events.Collection))
    if lost:
        yield ex.term(-lost, "losses that the factor bears", rule=f"{DAYS}, Default")
    for entry in ex.factor_entries():
        counted = entry.current if ex.is_correction(entry) else 0
        if counted + entry.guarantee:
            yield ex.term(
                -counted - entry.guarantee,
                "your own posting on the factor's accounts",
                ex.cause(entry.cause),
                rule=f"{DAYS}, Statement",
                date=entry.date,
            )


def _drawn(ex: Explainer) -> Iterator[Term]:
    """Yield each draw, of the factor or of the bank's statement."""
    for event in ex.books.events:
        match event:
            case events.Draw():
                yield ex.event_term(event, event.amount, "draw", key="funding")
            case events.Allocation(sweep=False):
                yield ex.event_term(event, -event.rest, "draw, as the bank has it")
            case _:
                pass


def _swept(ex: Explainer) -> Iterator[Term]:
    """Yield each sweep, on assigned documents and beside them, as what it takes off."""
    for event in ex.books.events:
        match event:
            case events.Sweep():
                text = f"sweep of {event.bank}"
                yield ex.event_term(event, -event.total, text, key="shared_account")
            case events.Allocation(sweep=True):
                amount = sum(part.amount for part in event.parts) + event.rest
                yield ex.event_term(event, -amount, "sweep, as the bank has it")
            case _:
                pass


def ceiling(ex: Explainer) -> Iterable[Term]:
    """Return the cap on funds in use, if the contract has one."""
    term, day = ex.contract.funding.ceiling, ex.on.day
    place, cap = ex.dated("funding.ceiling", term, day), term.at(day)
    if cap is None:
        return [Term(amount=None, text="the contract has no ceiling", places=(place,))]
    units = minor_units(cap, ex.state.unit)
    return [ex.term(units, "cap on funds in use", place, rule=ELIGIBILITY)]
