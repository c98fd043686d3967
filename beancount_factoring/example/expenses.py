"""What the firm pays from its operating account: suppliers, wages, rent, VAT, the bank.

The amounts follow from the year's sales, so that the account lives on what the factor pays.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator
from itertools import cycle

from beancount_factoring.example.bank import Movement
from beancount_factoring.example.bank import Operation
from beancount_factoring.example.identifiers import french_iban
from beancount_factoring.example.year import CALENDAR
from beancount_factoring.example.year import FIRST_DAY
from beancount_factoring.example.year import LAST_DAY
from beancount_factoring.example.year import Year

_DAY = datetime.timedelta(days=1)
_WEDNESDAY = 2
_PURCHASES_PER_MILLE = 780
_VAT_PER_MILLE = 350

_SUPPLIERS = ("MINOTERIE DU SONGE", "FOURS ET PETRINS REVES", "EMBALLAGES FICTIFS")
# Day of the month, amount in cents, operation, the bank's text, the other party, what for.
_MONTHLY = (
    (3, 360_000, Operation.DIRECT_DEBIT, "PRLV SEPA", "FONCIERE IMAGINAIRE", "LOYER"),
    (5, 3_540, Operation.DIRECT_DEBIT, "PRLV", "BANQUE IMAGINAIRE", "FRAIS BANCAIRES"),
    (15, 985_000, Operation.DIRECT_DEBIT, "PRLV SEPA", "URSSAF", "COTISATIONS URSSAF"),
    (27, 2_180_000, Operation.TRANSFER_SENT, "VIR SEPA EMIS", "PERSONNEL", "SALAIRES"),
)


def expenses(year: Year) -> Iterator[Movement]:
    """Yield the payments of the year."""
    yield from _purchases(year)
    for month in range(1, 13):
        for day, amount, operation, label, name, purpose in _MONTHLY:
            date = _business_day(datetime.date(FIRST_DAY.year, month, day))
            yield _payment(date, amount, operation, label, name, purpose)
        if month > 1:
            date = _business_day(datetime.date(FIRST_DAY.year, month, 20))
            amount = _vat_collected(year, month - 1) * _VAT_PER_MILLE // 1000 // 100 * 100
            yield _payment(date, amount, Operation.DIRECT_DEBIT, "PRLV SEPA", "DGFIP", "TVA CA3")


def _purchases(year: Year) -> Iterator[Movement]:
    """Yield a payment each Wednesday: what the goods sold in the week before had cost."""
    suppliers = cycle(_SUPPLIERS)
    day = FIRST_DAY + 7 * _DAY
    while day <= LAST_DAY:
        if day.weekday() == _WEDNESDAY:
            week = range((day - 7 * _DAY).toordinal(), day.toordinal())
            sold = sum(invoice.net for invoice in year.invoices if invoice.date.toordinal() in week)
            amount = sold * _PURCHASES_PER_MILLE // 1000
            supplier = next(suppliers)
            if amount:
                date = _business_day(day)
                operation = Operation.TRANSFER_SENT
                yield _payment(
                    date, amount, operation, "VIR SEPA EMIS", supplier, "ACHATS MARCHANDISES"
                )
        day += _DAY


def _vat_collected(year: Year, month: int) -> int:
    """Return the VAT on a month's invoices."""
    return sum(
        invoice.total - invoice.net for invoice in year.invoices if invoice.date.month == month
    )


def _payment(
    date: datetime.date, amount: int, operation: Operation, label: str, name: str, purpose: str
) -> Movement:
    """Return a payment out of the account."""
    branch = f"{sum(name.encode()):05d}"
    return Movement(
        date=date,
        amount=-amount,
        operation=operation,
        label=f"{label} {name}",
        name=name,
        iban=french_iban("99904", branch, "00000000001"),
        reference=f"{purpose} {date:%m/%Y}",
    )


def _business_day(day: datetime.date) -> datetime.date:
    """Return the day, or the next business day of the same month, or the last one before it."""
    following = CALENDAR.add_business_days(day - _DAY, 1)
    if following.month == day.month:
        return following
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    while not CALENDAR.is_business_day(last):
        last -= _DAY
    return last
