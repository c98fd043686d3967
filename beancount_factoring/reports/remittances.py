"""The remittances of a contract: what each held, what it cost, what was drawn on it."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from beancount_factoring.engine import events
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.reports.source import ContractDay


@dataclass(frozen=True, slots=True)
class RemittanceLine:
    """One remittance; amounts in the contract's currency.

    `assigned` are its invoices, `taken` what credit notes and reductions take off them (negative),
    `total` both. `charges` are those of every remittance, `vat` is that of commission and charges,
    `guarantee` the guarantee fund's movement on the day (negative: released). `drawn` is what was
    drawn from its funding date until the next one's; draws before the first are the first's.
    """

    contract: str
    number: str
    date: datetime.date
    funding_date: datetime.date
    documents: int
    assigned: Decimal
    taken: Decimal
    total: Decimal
    commission: Decimal
    charges: Decimal
    vat: Decimal
    guarantee: Decimal
    drawn: Decimal


@dataclass(frozen=True, slots=True)
class RemittedDocument:
    """A document in a remittance, with the commission that it cost."""

    debtor: str
    document: str
    type: DocumentKind
    date: datetime.date
    due: datetime.date | None
    amount: Decimal
    commission: Decimal


def remittance_report(on: ContractDay, since: datetime.date) -> list[RemittanceLine]:
    """Return the remittances from a day on up to the contract's day, in order.

    Of a selection, those it has itself or one of whose documents it has; each is shown whole.
    """
    found = [event for event in on.books.events if isinstance(event, events.Remittance)]
    belonging: defaultdict[str, list[Event]] = defaultdict(list)
    for event in on.books.events:
        if event.remittance is not None:
            belonging[event.remittance].append(event)
    funding_dates = [_funding_date(on, event.day) for event in found]
    drawn = _drawn(on, funding_dates)
    return [
        _line(on, event, belonging[event.remittance or ""], funding_dates[place], drawn[place])
        for place, event in enumerate(found)
        if event.day >= since and _is_selected(on, event)
    ]


def remittance_documents(on: ContractDay, number: str) -> list[RemittedDocument]:
    """Return the documents of a remittance in the order of limits, then what they take off."""
    commissions: defaultdict[int, int] = defaultdict(int)
    remittance: events.Remittance | None = None
    for event in on.books.events:
        if event.remittance == number:
            if isinstance(event, events.Remittance):
                remittance = event
            elif isinstance(event, events.Commission):
                for part in event.parts:
                    commissions[id(part.document)] += part.amount
    if remittance is None:
        return []
    return [
        RemittedDocument(
            part.document.debtor,
            part.document.number or "",
            part.document.kind,
            part.document.date,
            part.document.due,
            on.amount(part.amount),
            # Of an invoice both assigned and reduced, once.
            on.amount(commissions.pop(id(part.document), 0)),
        )
        for part in remittance.parts
    ]


def remittance_events(on: ContractDay, number: str) -> list[Event]:
    """Return what the books record of a remittance, in order."""
    return [event for event in on.books.events if event.remittance == number]


def _is_selected(on: ContractDay, event: events.Remittance) -> bool:
    if on.selection is None or on.selection.event(event):
        return True
    return any(on.selection.document(part.document) for part in event.parts)


def _funding_date(on: ContractDay, day: datetime.date) -> datetime.date:
    funding = on.contract.funding
    return funding.calendar.add_business_days(day, funding.days)


def draws(on: ContractDay) -> Iterator[tuple[datetime.date, int]]:
    """Yield the draws in minor units: generated ones, or the bank's."""
    for event in on.books.events:
        if isinstance(event, events.Draw):
            yield event.day, event.amount
        elif isinstance(event, events.Allocation) and not event.sweep:
            yield event.day, -event.rest


def _drawn(on: ContractDay, funding_dates: Sequence[datetime.date]) -> list[int]:
    """Return what was drawn on each remittance, by the last funding date that had come."""
    drawn = [0] * len(funding_dates)
    if drawn:
        for day, amount in draws(on):
            drawn[max(0, bisect_right(funding_dates, day) - 1)] += amount
    return drawn


def _line(
    on: ContractDay,
    event: events.Remittance,
    belonging: Sequence[Event],
    funding_date: datetime.date,
    drawn: int,
) -> RemittanceLine:
    commission = charges = vat = guarantee = 0
    for other in belonging:
        match other:
            case events.Commission():
                commission += other.net
                vat += other.vat
            case events.Charge():
                charges += other.net
                vat += other.vat
            case events.GuaranteeMove():
                guarantee += other.amount
            case _:
                pass
    return RemittanceLine(
        contract=on.contract.name,
        number=event.remittance or "",
        date=event.day,
        funding_date=funding_date,
        documents=len({id(part.document) for part in event.parts}),
        assigned=on.amount(event.new),
        taken=on.amount(event.total - event.new),
        total=on.amount(event.total),
        commission=on.amount(commission),
        charges=on.amount(charges),
        vat=on.amount(vat),
        guarantee=on.amount(guarantee),
        drawn=on.amount(drawn),
    )
