"""The year's documents as files: invoices as Factur-X, statements as CAMT.053 and CFONB 120."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import PurePosixPath

from beancount_factoring.example.bank import Movement
from beancount_factoring.example.bank import Statement
from beancount_factoring.example.bank import statements
from beancount_factoring.example.camt_writer import camt_statement
from beancount_factoring.example.cfonb_writer import cfonb_statement
from beancount_factoring.example.expenses import expenses
from beancount_factoring.example.factor import FactorPayment
from beancount_factoring.example.firm import OPERATING_ACCOUNT
from beancount_factoring.example.firm import SHARED_ACCOUNT
from beancount_factoring.example.invoice_xml import invoice_xml
from beancount_factoring.example.invoicing import Invoice
from beancount_factoring.example.movements import operating_movements
from beancount_factoring.example.movements import shared_movements
from beancount_factoring.example.year import FIRST_DAY
from beancount_factoring.example.year import LAST_DAY
from beancount_factoring.example.year import Year

OPENING_BALANCE = 8_000_000  # cents on the operating account when the year begins

_DAY = datetime.timedelta(days=1)
_WEEK = datetime.timedelta(weeks=1)
_NEW_YEAR = LAST_DAY + _DAY


@dataclass(frozen=True)
class Documents:
    """What a year's documents are made of."""

    year: Year
    payments: tuple[FactorPayment, ...]

    def files(self) -> Iterator[tuple[PurePosixPath, bytes]]:
        """Yield each document with its path; the last month's invoices are PDFs made before."""
        for invoice in (*self.year.invoices, *self.year.credit_notes):
            folder = PurePosixPath("invoices", f"{invoice.date:%Y-%m}")
            if is_pdf(invoice):
                yield folder / f"{invoice.number}.pdf", shipped_pdf(invoice)
            else:
                yield folder / f"{invoice.number}.xml", invoice_xml(invoice)
        for statement in self.shared_statements:
            name = f"{statement.first}.txt"
            yield PurePosixPath("bank", "shared", name), cfonb_statement(statement)
        for statement in self.operating_statements:
            name = f"{statement.first:%Y-%m}.xml"
            yield PurePosixPath("bank", "operating", name), camt_statement(statement)

    @cached_property
    def shared_statements(self) -> tuple[Statement, ...]:
        """The shared account's statements, one a week."""
        movements = shared_movements(self.year.receipts, self.payments)
        return tuple(statements(SHARED_ACCOUNT, 0, movements, _week_starts()))

    @cached_property
    def operating_statements(self) -> tuple[Statement, ...]:
        """The operating account's statements, one a month."""
        movements: list[Movement] = [*operating_movements(self.payments), *expenses(self.year)]
        return tuple(statements(OPERATING_ACCOUNT, OPENING_BALANCE, movements, _month_starts()))


def is_pdf(invoice: Invoice) -> bool:
    """Tell whether an invoice is of the last month, whose invoices are PDFs."""
    return invoice.date >= LAST_DAY.replace(day=1)


def shipped_pdf(invoice: Invoice) -> bytes:
    """Return an invoice's PDF from the package, so that no PDF library is needed."""
    return files(__package__).joinpath("pdf", f"{invoice.number}.pdf").read_bytes()


def _month_starts() -> Iterator[datetime.date]:
    """Yield the first day of each month, and of the year after."""
    for month in range(1, 13):
        yield FIRST_DAY.replace(month=month)
    yield _NEW_YEAR


def _week_starts() -> Iterator[datetime.date]:
    """Yield the first day of the year, each Monday, and the first day of the year after."""
    yield FIRST_DAY
    day = FIRST_DAY + (7 - FIRST_DAY.weekday()) * _DAY
    while day <= LAST_DAY:
        yield day
        day += _WEEK
    yield _NEW_YEAR
