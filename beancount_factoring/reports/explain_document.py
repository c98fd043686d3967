"""A document's life, day by day, and why it is not funded (interface.md, `explain`)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from typing import Final

from beancount_factoring.engine import events
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.engine.followed import FollowedBooks
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.engine.life import Happening
from beancount_factoring.engine.life import Step
from beancount_factoring.engine.trace import Trace
from beancount_factoring.reports.explain_debtors import DebtorReasons
from beancount_factoring.reports.explain_reasons import exclusion_term
from beancount_factoring.reports.explain_terms import DAYS
from beancount_factoring.reports.explain_terms import Explainer
from beancount_factoring.reports.explain_terms import Place
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.items import Item
from beancount_factoring.reports.items import document_items
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource
from beancount_factoring.reports.todo import next_remittance_day

# The contract's keys behind what happens by the contract.
_KEYS: Final = {
    Happening.REMITTED: "remittance",
    Happening.TAKEN: "remittance",
    Happening.SWEPT: "shared_account",
    Happening.RETAINED: "guarantee_fund",
    Happening.RESERVED: "funding.reserve",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeStep:
    """One thing that happened to a document, and what was left of it afterwards.

    `amount` is what it concerned, with its own sign: a bounce is negative; `beyond` what exceeded
    the document, or came before its date, and moved its debtor's credits instead; `commission` what
    the remittance cost on it. Afterwards, `open` is owed to whomever (of a credit note: not
    used), `factor` is in the factor's hands, `in_hand` received and not swept, `in_transit` not
    remitted yet, `doubtful` the seller's share of a default, `guarantee` the document's share of a
    revolving guarantee fund.
    """

    date: datetime.date
    event: Happening
    amount: Decimal
    beyond: Decimal
    text: str
    places: tuple[Place, ...]
    remittance: str | None
    commission: Decimal
    transactions: tuple[str, ...]
    open: Decimal
    factor: Decimal
    in_hand: Decimal
    in_transit: Decimal
    doubtful: Decimal
    guarantee: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLife:
    """A document's life under a contract up to the end of a day.

    `items` are its state then: several for instalments, none if it is dated later. `not_funded` is
    what of its open amount is not funded, a term for each reason; `taken_off` what of it is not
    funded for no reason, as credit notes of its debtor lower the outstanding itself.
    """

    contract: str
    date: datetime.date
    currency: str
    document: str
    debtor: str
    type: DocumentKind
    steps: tuple[LifeStep, ...]
    items: tuple[Item, ...]
    not_funded: tuple[Term, ...]
    taken_off: tuple[Term, ...]


def document_life(source: ReportSource, on: ContractDay, number: str) -> DocumentLife:
    """Return the life of a document that the contract's history knows."""
    ex = Explainer(source, on)
    trace = Trace(number, lambda record, items: FollowedBooks(on.books, number, record, items))
    trace.run(on.day)
    document = trace.claims[0].document
    return DocumentLife(
        contract=on.contract.name,
        date=on.day,
        currency=on.contract.currency,
        document=number,
        debtor=document.debtor,
        type=document.kind,
        steps=tuple(_step(ex, step, document) for step in trace.steps),
        items=tuple(document_items(on, number)),
        not_funded=tuple(_not_funded(ex, number)),
        taken_off=tuple(_taken_off(ex, number)),
    )


def lives(source: ReportSource, days: list[ContractDay], number: str) -> Iterator[DocumentLife]:
    """Yield a document's life under each contract that it concerns, or that knows it at all."""
    knowing = [on for on in days if on.books.state.items.named(number)]
    concerned = [
        on for on in knowing if on.concerns(on.books.state.items.named(number)[0].debtor.name)
    ]
    for on in concerned or knowing:
        yield document_life(source, on, number)


def _step(ex: Explainer, step: Step, document: Document) -> LifeStep:
    after, recorded = step.after, step.events
    place = ex.cause(step.cause, _KEYS.get(step.what, ""))
    return LifeStep(
        date=step.day,
        event=step.what,
        amount=ex.on.amount(step.amount),
        beyond=ex.on.amount(step.beyond),
        text=_text(ex, step, document),
        places=(place,),
        remittance=next((event.remittance for event in recorded if event.remittance), None),
        commission=ex.on.amount(step.commission),
        transactions=ex.booked(*recorded),
        open=ex.on.amount(after.open),
        factor=ex.on.amount(after.line),
        in_hand=ex.on.amount(after.in_hand),
        in_transit=ex.on.amount(after.in_transit),
        doubtful=ex.on.amount(after.doubtful),
        guarantee=ex.on.amount(after.guarantee),
    )


def _text(ex: Explainer, step: Step, document: Document) -> str:
    """Say what happened."""
    is_note = document.kind is DocumentKind.CREDIT_NOTE
    text = _happened(ex, step, is_note=is_note)
    beyond = ex.money(abs(step.beyond))
    if step.beyond and step.day < document.date:
        return f"{beyond} {text} before its date: a credit of {document.debtor} until then"
    if step.beyond > 0:
        return f"{text}; {beyond} beyond it is a credit of {document.debtor}"
    if step.beyond < 0:
        return f"{text}; {beyond} beyond it lowers the credits of {document.debtor}"
    return text


def _happened(ex: Explainer, step: Step, *, is_note: bool) -> str:
    other = step.other
    name = (other.number or "") if other else ""
    match step.what:
        case Happening.BOOKED:
            return _booked(ex, other)
        case Happening.CORRECTED:
            return f"lowers {name}" if is_note else f"lowered by credit note {name}"
        case Happening.SETTLED:
            return "settled by what came before its date"
        case Happening.RECEIVED:
            return _received(ex, step)
        case Happening.REDUCED:
            return "reduction taken back" if step.amount < 0 else "reduced without cash"
        case Happening.USED:
            return "use taken back" if step.amount < 0 else "used"
        case Happening.DISPUTED:
            return "disputed"
        case Happening.RESOLVED:
            return "the dispute is over"
        case Happening.REMITTED:
            return "remitted to the factor"
        case Happening.TAKEN:
            return "remitted" if is_note else "credit notes and reductions on it remitted"
        case Happening.SWEPT:
            return "the factor gives back" if step.amount < 0 else "swept by the factor"
        case Happening.RETAINED:
            return "guarantee fund: retained" if step.amount > 0 else "guarantee fund: released"
        case Happening.RESERVED:
            return "reserve: retained" if step.amount > 0 else "reserve: released"
        case Happening.RETURNED:
            return "returned by the factor: the claim is the firm's again"
        case Happening.DEFAULTED:
            return f"in default: the seller bears {ex.money(step.after.doubtful)}"
        case Happening.CLOSED:
            return "back to the firm at the close"


def _booked(ex: Explainer, document: Document | None) -> str:
    if document is None or document.kind is DocumentKind.INVOICE:
        return f"invoice, due {document.due}" if document else "invoice"
    if document.credits is None:
        return "credit note"
    text = f"credit note on {document.credits}"
    corrected = ex.state.items.named(document.credits)
    if corrected and corrected[0].document.date > document.date:
        text += f", dated {corrected[0].document.date}: a credit of {document.debtor} until then"
    return text


def _received(ex: Explainer, step: Step) -> str:
    borne = sum(
        part.amount
        for event in step.events
        if isinstance(event, events.Collection)
        for part in event.doubtful
    )
    text = "taken back" if step.amount < 0 else "received"
    return f"{text} after the default: {ex.money(borne)} to the seller's share" if borne else text


def _invoices(ex: Explainer, number: str) -> list[Claim]:
    """Return the invoices of a number that are dated by now."""
    return [
        claim
        for claim in ex.state.items.named(number)
        if claim.is_invoice and claim.document.date <= ex.last
    ]


def _taken_off(ex: Explainer, number: str) -> Iterator[Term]:
    """Yield what the debtor's unused credit notes take off the invoices that the factor holds."""
    for claim in _invoices(ex, number):
        if claim.open and claim.standing is Standing.FACTOR:
            term = DebtorReasons(ex, claim.debtor, ex.on.day).noted(claim)
            if term is not None:
                yield term


def _not_funded(ex: Explainer, number: str) -> Iterator[Term]:
    """Yield what of an invoice's open amount is not funded, each part with its reason."""
    mine = _invoices(ex, number)
    held = {id(claim) for claim in mine if claim.standing is Standing.FACTOR}
    for part in ex.position.eligibility.exclusions:
        if id(part.claim) in held:
            term = exclusion_term(ex, part, ex.on.day)
            text = f"{part.reason.replace('_', ' ')}: {term.text.partition(': ')[2]}"
            places = term.places
            if part.reason not in {Reason.DISPUTED, Reason.OVERDUE}:
                why, more = DebtorReasons(ex, part.claim.debtor, ex.on.day).why(part.reason)
                text, places = f"{text}; {part.claim.debtor.name}: {why}", (*places, *more)
            yield replace(term, text=text, places=places, what=f"ineligible.{part.reason}")
    for claim in mine:
        if claim.open and claim.standing is not Standing.FACTOR:
            text, place, rule = _why_not_held(ex, claim)
            yield ex.term(claim.open, text, place, rule=f"{DAYS}, {rule}")


def _why_not_held(ex: Explainer, claim: Claim) -> tuple[str, Place, str]:
    """Say why the factor does not hold an open invoice, where that stands, and by which rule."""
    contract, document = ex.contract, claim.document
    own = ex.cause(document.cause)
    if claim.returned is not None:
        since, place = claim.returned.date, ex.cause(claim.returned.cause)
        if claim.standing is Standing.DEFAULTED:
            return f"in default since {since}", place, "Default"
        rule = "Close" if claim.returned.kind is DirectiveKind.CLOSE else "Return"
        return f"the firm's again since {since}", place, rule
    if ex.close is not None:
        # A claim that was settled then may be open again.
        return f"the contract was closed on {ex.close.day}", ex.cause(ex.close.cause), "Close"
    terms = contract.eligibility
    if not terms.admits(document.debtor):
        key = "exclude" if document.debtor in terms.exclude else "include"
        text = f"{document.debtor} is not assigned under this contract"
        return text, ex.key(f"eligibility.{key}"), "Remittance"
    if contract.end is not None and document.date > contract.end:
        return f"dated after the contract's end, {contract.end}", ex.key("end"), "Remittance"
    if not claim.waiting:
        return "another contract took it before", own, "Remittance"
    day = next_remittance_day(ex.on)
    text = f"waits for the remittance of {day}" if day else "waits for a remittance"
    return text, ex.key("remittance"), "Remittance"
