"""What needs doing under a contract (interface.md, `check`): facts with figures, not sentences."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import takewhile

from beancount.core import data
from beancount.core.flags import FLAG_WARNING

from beancount_factoring.contract.schedule import remittance_days
from beancount_factoring.contract.terms import Figures
from beancount_factoring.contract.terms import RemittanceRhythm
from beancount_factoring.engine import events
from beancount_factoring.engine.fees import vat_on
from beancount_factoring.engine.history import Cause
from beancount_factoring.reports.exposures import exposures
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource

_DAY = datetime.timedelta(days=1)
_NEAR = Decimal("0.80")
_DEFUNDED_WITHIN = datetime.timedelta(days=14)
# Longer than any rhythm of remittances.
_SCHEDULE = datetime.timedelta(days=62)


class TodoKind(StrEnum):
    """What a person must look at, decide or carry out.

    The remittance that comes next; a document that stops being funded within 14 days; a debtor
    above 80 % of its limit, or of the concentration; a receipt that the factor should have swept;
    money on another account than the shared one for an assigned document, waiting or handed over;
    sweeps beyond the receipts; what the shared account holds beside the receipts to be swept, or
    lacks of them; figures that the factor stated and that differ from the computed ones; credits of
    customers that settle nothing, and debits without a number, which are never assigned; money
    whose purpose is not known; a day after the ledger's last entry, for which nothing is generated;
    words that are nearly the plugin's; rates that no factor asks (`amount`), payments on an asset
    that the contract does not name, draws that have no effect, charges without VAT
    (`reports.hints`).
    """

    AFTER_HORIZON = "after-horizon"
    NEXT_REMITTANCE = "next-remittance"
    DEFUNDED_SOON = "defunded-soon"
    NEAR_LIMIT = "near-limit"
    NEAR_CONCENTRATION = "near-concentration"
    LATE_SWEEP = "late-sweep"
    WRONG_ACCOUNT = "wrong-account"
    HANDED_OVER = "handed-over"
    SWEPT_BEYOND = "swept-beyond"
    SHARED_ACCOUNT = "shared-account"
    STATED_COMMISSION = "stated-commission"
    STATED_VAT = "stated-vat"
    STATED_GUARANTEE = "stated-guarantee"
    STATED_INTEREST = "stated-interest"
    STATED_CHARGE = "stated-charge"
    STATED_FEE_VAT = "stated-fee-vat"
    STATED_RESERVE = "stated-reserve"
    UNALLOCATED = "unallocated"
    WITHOUT_NUMBER = "without-number"
    SUSPENSE = "suspense"
    MISSPELT = "misspelt"
    IMPROBABLE_RATE = "improbable-rate"
    UNLISTED_BANK = "unlisted-bank"
    DRAW_WITHOUT_EFFECT = "draw-without-effect"
    CHARGE_WITHOUT_VAT = "charge-without-vat"


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do.

    `day` is when it happens or happened (`None`: not known yet), `subject` the document, debtor,
    remittance or account concerned, `count` how many documents or receipts. `computed` stands
    beside an `amount` that was stated, or is what an `amount` comes near to. `cause` is the
    ledger's line, where it has one; `meant` the word that a misspelt one, the `subject`, is taken
    for.
    """

    kind: TodoKind
    day: datetime.date | None
    amount: Decimal
    subject: str = ""
    count: int = 1
    computed: Decimal | None = None
    cause: Cause | None = None
    meant: str = ""


def todo_report(on: ContractDay) -> list[Todo]:
    """Return what needs doing under a contract at the end of a day, by urgency."""
    return [
        *_after_horizon(on),
        *_late_sweeps(on),
        *_on_wrong_accounts(on),
        *_swept_beyond_receipts(on),
        *_stated_figures(on),
        *_loose_ends(on),
        *_defunded_soon(on),
        *_near_limits(on),
        *_next_remittance(on),
    ]


def _after_horizon(on: ContractDay) -> Iterator[Todo]:
    """Yield a day that the ledger has not come to: the books stand where they ended."""
    horizon = on.books.history.horizon
    if horizon is not None and on.day > horizon and on.is_active:
        yield Todo(TodoKind.AFTER_HORIZON, horizon, on.amount(0), count=(on.day - horizon).days)


def _loose_ends(on: ContractDay) -> Iterator[Todo]:
    """Yield each debtor's unallocated credits and items without a number, with the oldest's line.

    Often it is a receipt whose `settles:`, or an invoice whose `invoice:`, is missing or misspelt.
    """
    for name, debtor in sorted(on.books.state.items.debtors.items()):
        if on.concerns(name):
            for kind, claims in (
                (TodoKind.UNALLOCATED, debtor.credits),
                (TodoKind.WITHOUT_NUMBER, debtor.items),
            ):
                if claims:
                    amount = on.amount(sum(claim.open for claim in claims))
                    cause = claims[0].document.cause
                    yield Todo(kind, on.day, amount, name, len(claims), cause=cause)


def _late_sweeps(on: ContractDay) -> Iterator[Todo]:
    """Yield receipts on the shared account that the factor should have swept by now."""
    shared = on.contract.accounts.shared
    for receipt in on.books.state.receipts.waiting():
        if receipt.bank == shared and receipt.due <= on.day and receipt.total:
            yield Todo(
                TodoKind.LATE_SWEEP, receipt.due, on.amount(receipt.total), cause=receipt.cause
            )


def _on_wrong_accounts(on: ContractDay) -> Iterator[Todo]:
    """Yield money for assigned documents on accounts that the factor does not see."""
    known = {None, on.contract.accounts.shared}
    if on.contract.figures is Figures.STATED:
        # What the factor received itself comes through the transit account.
        known.add(on.contract.accounts.transit)
    waiting: set[Cause] = set()
    for receipt in on.books.state.receipts.waiting():
        if receipt.bank not in known and receipt.total:
            waiting.add(receipt.cause)
            yield Todo(
                TodoKind.WRONG_ACCOUNT,
                receipt.day,
                on.amount(receipt.total),
                receipt.bank,
                cause=receipt.cause,
            )
    collected = _in_hand_by_cause(on)
    handed_over: defaultdict[str, list[int]] = defaultdict(list)
    for entry in on.books.history.entries:
        if entry.bank not in known and entry.cause not in waiting:
            amount = collected.get(entry.cause, 0)
            if entry.bank is not None and amount and entry.date >= on.contract.start:
                handed_over[entry.bank].append(amount)
    for bank, amounts in sorted(handed_over.items()):
        total = on.amount(sum(amounts))
        yield Todo(TodoKind.HANDED_OVER, on.day, total, bank, len(amounts))


def _in_hand_by_cause(on: ContractDay) -> dict[Cause, int]:
    """Return what each customer's entry paid on the factor's documents."""
    held: defaultdict[Cause, int] = defaultdict(int)
    for event in on.books.events:
        if isinstance(event, events.Collection):
            held[event.cause] += sum(part.amount for part in event.parts + event.recovered)
    return held


def _swept_beyond_receipts(on: ContractDay) -> Iterator[Todo]:
    """Yield each sweep that took more than customers had paid (rules.md, 3, Statement)."""
    for event in on.books.events:
        if isinstance(event, events.Allocation) and event.beyond:
            amount = on.amount(event.beyond)
            yield Todo(TodoKind.SWEPT_BEYOND, event.day, amount, cause=event.cause)


def _stated_figures(on: ContractDay) -> Iterator[Todo]:
    """Yield the factor's own figures that differ from the computed ones."""
    contract = on.contract
    rates = {terms.name: terms.vat for terms in contract.charges}
    are_stated = contract.figures is Figures.STATED

    def stated(
        kind: TodoKind, event: events.Event, amount: int, computed: int, subject: str = ""
    ) -> Iterator[Todo]:
        if amount != computed:
            numbers = on.amount(amount), on.amount(computed)
            yield Todo(kind, event.day, numbers[0], subject, 1, numbers[1], event.cause)

    for event in on.books.events:
        match event:
            case events.Commission():
                number = event.remittance or ""
                kind = TodoKind.STATED_COMMISSION
                yield from stated(kind, event, event.net, event.computed, number)
                kind = TodoKind.STATED_VAT
                yield from stated(kind, event, event.vat, event.computed_vat, number)
            case events.GuaranteeMove():
                kind = TodoKind.STATED_GUARANTEE
                yield from stated(kind, event, event.amount, event.computed)
            case events.Interest():
                yield from stated(TodoKind.STATED_INTEREST, event, event.net, event.computed)
                if not are_stated:
                    continue
                vat = vat_on(event.net, contract.interest.vat, event.day)
                yield from stated(TodoKind.STATED_FEE_VAT, event, event.vat, vat, "interest")
            case events.Charge() if are_stated:
                computed = event.net if event.computed is None else event.computed
                yield from stated(TodoKind.STATED_CHARGE, event, event.net, computed, event.name)
                rate = rates.get(event.name, contract.commission.vat)
                vat = vat_on(event.net, rate, event.day)
                yield from stated(TodoKind.STATED_FEE_VAT, event, event.vat, vat, event.name)
            case events.ReserveMove():
                yield from stated(TodoKind.STATED_RESERVE, event, event.amount, event.computed)
            case _:
                pass


def _defunded_soon(on: ContractDay) -> Iterator[Todo]:
    """Yield assigned documents that stop being funded within two weeks, the first one first."""
    days = on.contract.eligibility.overdue.at(on.day)
    if days is None:
        return
    found = []
    for debtor in on.books.state.items.debtors.values():
        for claim in debtor.assigned_open():
            due = claim.document.due
            if claim.disputed or due is None:
                continue
            defunded = due + datetime.timedelta(days=days + 1)
            if on.day < defunded <= on.day + _DEFUNDED_WITHIN:
                found.append((defunded, claim.document.number or "", claim))
    for defunded, number, claim in sorted(found, key=lambda each: each[:2]):
        amount = on.amount(claim.open)
        yield Todo(TodoKind.DEFUNDED_SOON, defunded, amount, number, cause=claim.document.cause)


def _near_limits(on: ContractDay) -> Iterator[Todo]:
    """Yield debtors whose exposure is above 80 % of what is funded on one debtor."""
    for line in exposures(on):
        for kind, most in (
            (TodoKind.NEAR_LIMIT, line.limit),
            (TodoKind.NEAR_CONCENTRATION, line.concentration),
        ):
            if most is not None and line.exposure > most * _NEAR:
                yield Todo(kind, on.day, line.exposure, line.debtor, computed=most)


def next_remittance_day(on: ContractDay) -> datetime.date | None:
    """Return the next scheduled remittance day; `declared` has none, and none comes after `end`."""
    contract = on.contract
    until = max(on.day, contract.start) + _SCHEDULE
    if contract.end is not None:
        until = min(until, contract.end)
    schedule = remittance_days(contract.remittance, contract.start, until)
    return next((day for day in schedule if day > on.day), None)


def _next_remittance(on: ContractDay) -> Iterator[Todo]:
    """Yield the next remittance with what it would hold today; `declared` has no day."""
    contract, state = on.contract, on.books.state
    if state.closed is not None:
        return
    day = next_remittance_day(on)
    waiting = [claim for claim in state.waiting if claim.open > 0]
    is_declared = contract.remittance.every is RemittanceRhythm.DECLARED
    if day is not None or (is_declared and waiting):
        amount = sum(claim.open for claim in waiting) - state.assignment.in_transit
        yield Todo(TodoKind.NEXT_REMITTANCE, day, on.amount(amount), count=len(waiting))


def shared_account(source: ReportSource, on: ContractDay) -> Iterator[Todo]:
    """Yield what the shared account holds beside the receipts to be swept; negative, what it lacks.

    It should hold those, what stood there before the start, and draws not moved up (rules.md, 5,
    invariant 7). What sweeps took beyond all receipts is told of by itself.
    """
    contract, state = on.contract, on.books.state
    if on.day < contract.start:
        return
    account, currency = contract.accounts.shared, contract.currency
    balance = source.balance(account, currency, on.day)
    balance -= source.balance(account, currency, contract.start - _DAY)
    explained = sum(
        receipt.total for receipt in state.receipts.waiting() if receipt.bank == account
    )
    banks = {entry.cause: entry.bank for entry in on.books.history.factor_entries}
    for event in on.books.events:
        if isinstance(event, events.Allocation) and banks.get(event.cause) == account:
            explained -= event.beyond
    amount = balance - on.amount(explained)
    if amount:
        yield Todo(TodoKind.SHARED_ACCOUNT, on.day, amount, account)


def suspense(source: ReportSource, on: ContractDay, account: str) -> Iterator[Todo]:
    """Yield what an account for money of unknown purpose holds in the contract's currency."""
    currency = on.contract.currency
    balance = source.balance(account, currency, on.day)
    count = sum(
        entry.flag == FLAG_WARNING and any(posting.account == account for posting in entry.postings)
        for entry in takewhile(lambda entry: entry.date <= on.day, source.entries)
        if isinstance(entry, data.Transaction)
    )
    if balance or count:
        yield Todo(TodoKind.SUSPENSE, on.day, balance, account, count)
