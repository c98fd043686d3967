"""What customers do: documents, receipts, reductions and refunds (rules.md, section 3)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Final

from beancount_factoring.engine import events
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.history import CustomerEntry
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.engine.journal import links_of
from beancount_factoring.engine.open_items import OpenItems
from beancount_factoring.engine.receipts import Receipt
from beancount_factoring.engine.state import State
from beancount_factoring.tuples import new

_FACTOR: Final = Standing.FACTOR


def bring_in(state: State, claims: list[Claim]) -> None:
    """Bring in a day's documents, with what credit notes and earlier settlements lower."""
    if not claims:
        return
    for claim in claims:
        _admit(state, claim)
    today = claims[0].document.date
    for claim, amount, note in state.items.introduce(claims):
        _touch(state, claim, amount, today)
        if claim.standing is Standing.FACTOR:
            document = note or claim.document
            state.assignment.put_in_transit(claim, document, amount, document)


def take_over(state: State, claims: Iterable[Claim]) -> None:
    """Take over what an earlier contract gave back at its close: it is the firm's again.

    What is open waits for a remittance, an unused credit note counts at once; what is paid may be
    open again later.
    """
    for claim in claims:
        state.held.pop(claim.document.identity, None)
        if claim.open <= 0:
            continue
        if claim.is_invoice:
            _admit(state, claim)
        elif _may_take(state, claim):
            _count_credit_note(state, claim)


def take_up_credit_notes(state: State) -> None:
    """Put what is unused of earlier credit notes in transit on the contract's first day."""
    for claim in state.early_notes:
        if claim.open:
            _count_credit_note(state, claim)
    state.early_notes.clear()


def receive(state: State, entries: Sequence[CustomerEntry]) -> None:
    """Apply a day's entries to the documents, and follow what that does to the factor's books."""
    for entry in entries:
        receive_one(state, entry, is_receipt=is_receipt(state.items, entry))


def receive_one(state: State, entry: CustomerEntry, *, is_receipt: bool) -> None:
    """Apply an entry, which is a receipt or settles documents without one."""
    if is_receipt:
        _receive_cash(state, entry)
    else:
        _receive_no_cash(state, entry)


def _receive_cash(state: State, entry: CustomerEntry) -> None:
    """Follow a receipt: what it pays on the factor's documents is in hand until its sweep."""
    in_hand: list[tuple[Claim, int]] = []
    parts: list[Part] = []
    recovered: list[Part] = []
    doubtful: list[Part] = []
    assignment = state.assignment
    for claim, amount, _note in state.items.apply(entry):
        _touch(state, claim, amount, entry.date)
        paid = amount if claim.is_invoice else -amount
        if claim.standing is _FACTOR:
            assignment.take_in_hand(claim, paid)
            in_hand.append((claim, paid))
            parts.append(new(Part, (claim.document, paid)))
        elif claim.standing is Standing.DEFAULTED:
            held, borne = assignment.recover(claim, paid)
            if held:
                in_hand.append((claim, held))
                recovered.append(Part(claim.document, held))
            if borne:
                doubtful.append(Part(claim.document, borne))
    if in_hand or doubtful:
        _collect(state, entry, tuple(parts), tuple(recovered), tuple(doubtful))
    _await_sweep(state, entry, in_hand)


def _receive_no_cash(state: State, entry: CustomerEntry) -> None:
    """Follow reductions, and credit notes that are used without a receipt."""
    refunds: list[Part] = []
    for claim, amount, _note in state.items.apply(entry):
        _touch(state, claim, amount, entry.date)
        if claim.is_invoice:
            _reduce(state, claim, amount, entry)
        elif claim.standing is Standing.FACTOR:
            state.assignment.refund(claim, amount)
            state.account.balance += amount
            refunds.append(Part(claim.document, amount))
    if refunds:
        _refund(state, entry, refunds)
    if entry.bank is not None and any(leg.number is not None for leg in entry.legs):
        _await_sweep(state, entry, [])


def _may_take(state: State, claim: Claim) -> bool:
    """Tell whether a document can be assigned: by its debtor, its date, and who holds it."""
    document, contract = claim.document, state.contract
    if state.closed is not None or not contract.eligibility.admits(document.debtor):
        return False
    if contract.end is not None and document.date > contract.end:
        return False
    return not (state.held and document.identity in state.held)


def _admit(state: State, claim: Claim) -> None:
    """Let a document wait for its remittance, if it can be assigned."""
    if not _may_take(state, claim):
        return
    document = claim.document
    if claim.is_invoice:
        claim.waiting = True
        state.waiting.append(claim)
    elif document.kind is DocumentKind.CREDIT_NOTE and document.credits is None:
        if document.date < state.contract.start:
            state.early_notes.append(claim)
        else:
            _count_credit_note(state, claim)


def _count_credit_note(state: State, claim: Claim) -> None:
    """Let a credit note that names no invoice count as a negative line of its debtor."""
    _hold_credit_note(claim)
    state.assignment.put_in_transit(claim, claim.document, claim.open, claim.document)


def _hold_credit_note(claim: Claim) -> None:
    claim.standing = Standing.FACTOR
    claim.debtor.credit_notes.append(claim)
    claim.debtor.touch()


def _touch(state: State, claim: Claim, lowered: int, day: datetime.date) -> None:
    """Note that a claim's open amount changed; one that is open again is held, or waits."""
    debtor = claim.debtor
    debtor.touch()
    if claim.open <= 0 or (lowered > 0 and claim.is_invoice):
        return
    if not claim.is_invoice:
        _touch_credit_note(state, claim, day)
    elif claim.standing is Standing.FACTOR:
        debtor.reopen(claim)
    elif claim.standing is Standing.FIRM and not claim.waiting:
        _admit(state, claim)


def _touch_credit_note(state: State, claim: Claim, day: datetime.date) -> None:
    """Let a credit note count that was used up before the start, once it is to be used again.

    What was used before is not in transit, so nothing of it is remitted: what is taken back of its
    use is a collection in hand or a refund, as of one that counted with more.
    """
    is_early = claim.standing is Standing.FIRM and claim.document.date <= day
    if is_early and day >= state.contract.start and _may_take(state, claim):
        claim.remitted = day
        _hold_credit_note(claim)


def is_receipt(items: OpenItems, entry: CustomerEntry) -> bool:
    """Tell whether an entry is a receipt.

    It moves money, and settles a document, takes a settlement back, or holds a credit.
    """
    if entry.bank is None:
        return False
    for leg in entry.legs:
        if leg.number is None:
            if leg.amount > 0:
                return True
        else:
            claims = items.named(leg.number)
            if not claims or claims[0].is_invoice:
                return True
    return False


def _reduce(state: State, claim: Claim, amount: int, entry: CustomerEntry) -> None:
    """Lower a document without cash: in transit until the next remittance, if it is assigned."""
    if claim.standing is Standing.FACTOR:
        state.assignment.put_in_transit(claim, claim.document, amount, entry)
    elif claim.standing is Standing.DEFAULTED:
        state.journal.report(
            entry.cause,
            f"this reduces {claim.document.number}, which is in default: the claim stands as it was"
            " declared; book what is received on it through a bank account",
        )


def _collect(
    state: State,
    entry: CustomerEntry,
    parts: tuple[Part, ...],
    recovered: tuple[Part, ...],
    doubtful: tuple[Part, ...],
) -> None:
    concerned, day = parts + recovered + doubtful, entry.date
    key = state.journal.key(f"{day.isoformat()}/collection/{concerned[0].document.number}")
    links = links_of(concerned)
    fields = (day, entry.cause, key, parts, recovered, doubtful, links, None)
    state.journal.record(new(events.Collection, fields))


def _refund(state: State, entry: CustomerEntry, parts: list[Part]) -> None:
    state.journal.record(
        events.Refund(
            day=entry.date,
            cause=entry.cause,
            key=state.journal.key(f"{entry.date}/refund/{parts[0].document.number}"),
            links=links_of(parts),
            parts=tuple(parts),
        )
    )


def _await_sweep(state: State, entry: CustomerEntry, held: list[tuple[Claim, int]]) -> None:
    """Queue a receipt, or a refund paid from the shared account, for its sweep."""
    contract = state.contract
    if entry.bank is None or entry.date < contract.start:
        return
    rest = 0
    if entry.bank == contract.accounts.shared and state.closed is None:
        rest = entry.cash - sum([amount for _claim, amount in held])
    if held or rest:
        due = state.sweep_day(entry.date)
        state.receipts.add(Receipt(entry.date, due, entry.bank, held, rest, entry.cause))
