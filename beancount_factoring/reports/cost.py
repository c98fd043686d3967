"""What a contract costs: its fees by month and by debtor, and the yearly rate that they come to."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP
from decimal import Decimal

from beancount_factoring.engine import events
from beancount_factoring.reports.source import ContractDay

_RATE = Decimal("0.0001")
_YEAR = 365


@dataclass(frozen=True, slots=True)
class CostLine:
    """The cost of a month, or of a whole period; amounts without VAT, `vat` beside them.

    `used` are the funds in use on the average of its days, none counted as negative, and `rate`
    the cost without VAT as a fraction a year of them (of 365 days): `None` where nothing was used.
    """

    month: datetime.date | None
    commission: Decimal
    charges: Decimal
    interest: Decimal
    cost: Decimal
    vat: Decimal
    used: Decimal
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class DebtorCost:
    """What a debtor's remitted documents cost; `rate` is the commission's part of the assigned.

    Charges, interest and the yearly minimum are of no debtor.
    """

    debtor: str
    assigned: Decimal
    commission: Decimal
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class CostReport:
    """A contract's cost in a period; `not_of_debtors` is what of `total.cost` no debtor caused."""

    contract: str
    currency: str
    since: datetime.date
    date: datetime.date
    months: tuple[CostLine, ...]
    total: CostLine
    debtors: tuple[DebtorCost, ...]
    not_of_debtors: Decimal


class _Sums:
    """A month's sums in minor units; `used` are minor units × days."""

    __slots__ = ("charges", "commission", "days", "interest", "used", "vat")

    def __init__(self) -> None:
        self.commission = self.charges = self.interest = self.vat = 0
        self.used = self.days = 0

    def add(self, event: events.Event) -> None:
        """Add a fee; other events cost nothing."""
        match event:
            case events.Commission():
                self.commission += event.net
                self.vat += event.vat
            case events.Charge():
                self.charges += event.net
                self.vat += event.vat
            case events.Interest():
                self.interest += event.net
                self.vat += event.vat
            case _:
                pass

    def line(self, on: ContractDay, month: datetime.date | None) -> CostLine:
        """Return the sums as a line."""
        cost = self.commission + self.charges + self.interest
        rate = None
        if self.used > 0:
            rate = (Decimal(cost * _YEAR) / self.used).quantize(_RATE, ROUND_HALF_UP)
        average = round(Decimal(self.used) / self.days) if self.days else 0
        return CostLine(
            month=month,
            commission=on.amount(self.commission),
            charges=on.amount(self.charges),
            interest=on.amount(self.interest),
            cost=on.amount(cost),
            vat=on.amount(self.vat),
            used=on.amount(average),
            rate=rate,
        )


def cost_report(
    on: ContractDay, use: Iterable[tuple[datetime.date, int]], since: datetime.date
) -> CostReport:
    """Return the cost from a day on up to the contract's day.

    `use` are the funds in use at the end of each day (`course.Course.use`).
    """
    months: defaultdict[datetime.date, _Sums] = defaultdict(_Sums)
    total = _Sums()
    for day, funds in use:
        if day >= since:
            for sums in (months[day.replace(day=1)], total):
                sums.used += max(0, funds)
                sums.days += 1
    for event in on.events(since):
        if isinstance(event, events.Commission | events.Charge | events.Interest):
            months[event.day.replace(day=1)].add(event)
            total.add(event)
    of_debtors = _of_debtors(on, since)
    whole = total.line(on, None)
    return CostReport(
        contract=on.contract.name,
        currency=on.contract.currency,
        since=since,
        date=on.day,
        months=tuple(months[month].line(on, month) for month in sorted(months)),
        total=whole,
        debtors=of_debtors,
        not_of_debtors=whole.cost - sum((line.commission for line in of_debtors), Decimal()),
    )


def _of_debtors(on: ContractDay, since: datetime.date) -> tuple[DebtorCost, ...]:
    assigned: defaultdict[str, int] = defaultdict(int)
    commission: defaultdict[str, int] = defaultdict(int)
    for event in on.books.events:
        if event.day >= since and isinstance(event, events.Remittance):
            _add(on, assigned, event.assigned)
        elif event.day >= since and isinstance(event, events.Commission):
            _add(on, commission, event.parts)
    return tuple(
        DebtorCost(
            debtor,
            on.amount(assigned[debtor]),
            on.amount(commission[debtor]),
            _rate(commission[debtor], assigned[debtor]),
        )
        for debtor in sorted({*assigned, *commission})
    )


def _add(on: ContractDay, sums: defaultdict[str, int], parts: Sequence[events.Part]) -> None:
    for part in parts:
        if on.selects(part.document):
            sums[part.document.debtor] += part.amount


def _rate(commission: int, assigned: int) -> Decimal | None:
    if not assigned:
        return None
    return (Decimal(commission) / assigned).quantize(_RATE, ROUND_HALF_UP)
