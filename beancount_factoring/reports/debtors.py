"""The debtors of a contract: how much may be funded on each, and how it pays."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP
from decimal import Decimal

from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.reports.aged import BUCKETS
from beancount_factoring.reports.aged import aged_report
from beancount_factoring.reports.exposures import exposures
from beancount_factoring.reports.source import ContractDay

_SHARE = Decimal("0.0001")
_DAYS = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class DebtorLine:
    """One debtor at the end of a day; amounts in the contract's currency, shares as fractions.

    `limit` is what its limit caps (`None`: no limit), `exposure` what it owes on assigned
    documents, `share` that of the contract's outstanding. `open` is its total of the aged balance,
    `overdue` what of it is past its due date. `days_to_pay` are the days from a document's date to
    the money received for it, weighted by the money; `credit_notes` is the amount of its credit
    notes to that of its invoices. Both look at a period; `None` where nothing of it tells.
    """

    contract: str
    debtor: str
    account: str
    limit: Decimal | None
    exposure: Decimal
    share: Decimal
    open: Decimal
    overdue: Decimal
    days_to_pay: Decimal | None
    credit_notes: Decimal | None

    @property
    def use_of_limit(self) -> Decimal | None:
        """The exposure as a fraction of the limit."""
        return _fraction(self.exposure, self.limit) if self.limit else None


class _Habits:
    """How a debtor pays: minor units, and minor units × days."""

    __slots__ = ("credit_notes", "invoices", "received", "weighted")

    def __init__(self) -> None:
        self.invoices = 0
        self.credit_notes = 0
        self.received = 0
        self.weighted = 0

    @property
    def days_to_pay(self) -> Decimal | None:
        if self.received <= 0:
            return None
        return (Decimal(self.weighted) / self.received).quantize(_DAYS, ROUND_HALF_UP)


def debtor_report(on: ContractDay, since: datetime.date) -> list[DebtorLine]:
    """Return the debtors that owe or owed anything, by name.

    `since` begins the period of which days to pay and credit notes are told. Of a selection,
    exposure and share are still the whole debtor's.
    """
    exposed = {line.debtor: line for line in exposures(on)}
    aged = {line.debtor: line for line in aged_report(on).debtors}
    habits = _habits(on, since)
    limits = on.books.state.limits
    total = sum((line.exposure for line in exposed.values()), Decimal())
    lines = []
    for debtor in sorted(habits):
        line, owed, habit = exposed.get(debtor), aged.get(debtor), habits[debtor]
        limit = line.limit if line else None
        if line is None and (stated := limits.at(debtor, on.day)) is not None:
            limit = on.amount(stated)
        exposure = line.exposure if line else on.amount(0)
        lines.append(
            DebtorLine(
                contract=on.contract.name,
                debtor=debtor,
                account=f"{on.contract.accounts.receivables}:{debtor}",
                limit=limit,
                exposure=exposure,
                share=_fraction(exposure, total),
                open=owed.total if owed else on.amount(0),
                overdue=sum(owed.buckets[1 : len(BUCKETS)], Decimal()) if owed else on.amount(0),
                days_to_pay=habit.days_to_pay,
                credit_notes=(
                    _fraction(Decimal(habit.credit_notes), Decimal(habit.invoices))
                    if habit.invoices
                    else None
                ),
            )
        )
    return lines


def _fraction(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole).quantize(_SHARE, ROUND_HALF_UP) if whole else Decimal("0.0000")


def _habits(on: ContractDay, since: datetime.date) -> dict[str, _Habits]:
    """Look at the invoices, credit notes and receipts of a period."""
    habits: defaultdict[str, _Habits] = defaultdict(_Habits)
    dates: dict[str, datetime.date] = {}
    for claim in on.claims():
        document = claim.document
        habit = habits[document.debtor]
        if document.number is not None:
            dates[document.number] = document.date
        if document.date >= since:
            if document.kind is DocumentKind.INVOICE:
                habit.invoices += document.amount
            elif document.kind is DocumentKind.CREDIT_NOTE:
                habit.credit_notes += document.amount
    for debtor, amount, day, number in _received(on, since):
        date = dates.get(number)
        if date is not None:
            habits[debtor].received += amount
            habits[debtor].weighted += amount * (day - date).days
    return dict(habits)


def _received(
    on: ContractDay, since: datetime.date
) -> Iterator[tuple[str, int, datetime.date, str]]:
    """Yield the money received for documents; what bounced was not received."""
    kept: defaultdict[str, list[tuple[str, int, datetime.date, str]]] = defaultdict(list)
    for entry in on.books.history.entries:
        if entry.bank is None or not since <= entry.date <= on.day:
            continue
        for leg in entry.legs:
            if leg.number is None:
                continue
            receipts, amount = kept[leg.number], leg.amount
            if amount > 0:
                receipts.append((leg.debtor, amount, entry.date, leg.number))
            while amount < 0 and receipts:
                debtor, received, day, number = receipts.pop()
                amount += received
                if amount > 0:
                    receipts.append((debtor, amount, day, number))
    for receipts in kept.values():
        yield from receipts
