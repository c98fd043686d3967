"""The documents open on a day, each with its state and why it is not funded (interface.md, 3)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.reports.plain import plain
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import Selection


class ItemState(StrEnum):
    """Where a document is in its life.

    `collected` is paid and not swept yet, `open` is owed to the firm alone.
    """

    OPEN = "open"
    ASSIGNED = "assigned"
    DISPUTED = "disputed"
    COLLECTED = "collected"
    SETTLED = "settled"
    RETURNED = "returned"
    DEFAULTED = "defaulted"


@dataclass(frozen=True, slots=True)
class Item:
    """One document; credits have negative amounts.

    `document` is its number, `None` for an item or a credit without one; credits have no `due`.
    `reasons` are the parts of an assigned document that are not funded.
    """

    contract: str
    debtor: str
    document: str | None
    type: DocumentKind
    date: datetime.date
    due: datetime.date | None
    amount: Decimal
    open: Decimal
    state: ItemState
    reasons: Mapping[Reason, Decimal]

    def as_json(self) -> dict[str, Any]:
        """Return the object that `items --format json` prints."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}


def item_report(on: ContractDay, *, settled: bool = False) -> list[Item]:
    """Return a contract's documents on a day by debtor and date; the settled ones if asked for.

    A document that another contract took has the state it has there.
    """
    reasons = _reasons(on)
    elsewhere = on.held_elsewhere()
    items = []
    for claim in on.claims():
        holder = elsewhere.get(claim.document.identity) if claim.standing is Standing.FIRM else None
        state = _state(holder[1] if holder else claim)
        items.append(_item(on, claim, state, reasons.get(id(claim), {})))
    items += _early_settlements(on)
    if not settled:
        items = [item for item in items if item.state is not ItemState.SETTLED]
    return sorted(items, key=_order)


def debtor_items(on: ContractDay, debtor: str) -> list[Item]:
    """Return the open documents of one debtor."""
    return item_report(_only(on, lambda document: document.debtor == debtor))


def document_items(on: ContractDay, number: str) -> list[Item]:
    """Return the documents of one number, settled or not: several for instalments."""
    found = item_report(_only(on, lambda document: document.number == number), settled=True)
    return [item for item in found if item.document == number]


def _only(on: ContractDay, wanted: Callable[[Document], bool]) -> ContractDay:
    """Choose some documents of those to be shown."""
    selection = Selection(
        lambda document: wanted(document) and on.selects(document), lambda _event: True
    )
    return replace(on, selection=selection)


def _reasons(on: ContractDay) -> dict[int, dict[Reason, Decimal]]:
    """Return what is not funded of each claim, by reason."""
    reasons: defaultdict[int, dict[Reason, Decimal]] = defaultdict(dict)
    for claim, reason, amount in on.books.position(on.day).eligibility.exclusions:
        known = reasons[id(claim)].get(reason, Decimal())
        reasons[id(claim)][reason] = known + on.amount(amount)
    return reasons


def _item(
    on: ContractDay, claim: Claim, state: ItemState, reasons: Mapping[Reason, Decimal]
) -> Item:
    document = claim.document
    sign = -1 if document.kind.is_credit else 1
    return Item(
        contract=on.contract.name,
        debtor=document.debtor,
        document=document.number,
        type=document.kind,
        date=document.date,
        due=document.due,
        amount=on.amount(sign * document.amount),
        open=on.amount(sign * claim.open),
        state=state,
        reasons=reasons,
    )


def _state(claim: Claim) -> ItemState:
    if claim.open == 0:
        return ItemState.COLLECTED if claim.in_hand else ItemState.SETTLED
    if claim.standing is Standing.RETURNED:
        return ItemState.RETURNED
    if claim.standing is Standing.DEFAULTED:
        return ItemState.DEFAULTED
    if claim.disputed:
        return ItemState.DISPUTED
    # A credit note counts for the contract from its date on, and is assigned when remitted.
    return ItemState.ASSIGNED if claim.remitted is not None else ItemState.OPEN


def _early_settlements(on: ContractDay) -> Iterator[Item]:
    """Yield what settles a document of a later date: an unallocated credit of its debtor till then.

    Source: rules.md, section 3, Documents.
    """
    for claim, earmark in on.books.state.items.earmarks():
        debtor = claim.document.debtor
        if on.concerns(debtor) and on.selects(claim.document):
            yield Item(
                contract=on.contract.name,
                debtor=debtor,
                document=None,
                type=DocumentKind.CREDIT,
                date=earmark.date,
                due=None,
                amount=on.amount(-earmark.amount),
                open=on.amount(-earmark.amount),
                state=ItemState.OPEN,
                reasons={},
            )


def _order(item: Item) -> tuple[Any, ...]:
    return (
        item.debtor,
        item.date,
        item.document or "",
        item.due or datetime.date.max,
        item.type,
        item.amount,
    )
