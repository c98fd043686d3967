"""What the factor pays and takes: the contract's rules, worked out by the package's own engine.

The year's documents and receipts are booked as if the factor's side were to be generated; its
draws and sweeps are then what the bank statements show. They are worked out once and kept in
`factor.csv`, so that the example proves the engine and does not follow it.
"""

from __future__ import annotations

import csv
import datetime
import io
import tempfile
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files
from pathlib import Path

from beancount import loader
from beancount.core import data

from beancount_factoring.example.accounts import SHARED
from beancount_factoring.example.books import posted
from beancount_factoring.example.books import write_true_ledger
from beancount_factoring.example.year import Year


class FactorEvent(StrEnum):
    """A payment between the factor and the shared account."""

    DRAW = "draw"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class FactorPayment:
    """A draw paid, or a sweep taken, by the factor on a day; `amount` in cents, positive."""

    date: datetime.date
    event: FactorEvent
    amount: int


def known_factor_payments() -> tuple[FactorPayment, ...]:
    """Return the payments of the example's year, as its file has them."""
    text = files(__package__).joinpath("factor.csv").read_text("utf-8")
    return tuple(
        FactorPayment(
            datetime.date.fromisoformat(row["date"]), FactorEvent(row["event"]), int(row["cents"])
        )
        for row in csv.DictReader(text.splitlines())
    )


def as_csv(payments: Iterable[FactorPayment]) -> str:
    """Return the text of `factor.csv`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("date", "event", "cents"))
    writer.writerows((payment.date, payment.event, payment.amount) for payment in payments)
    return buffer.getvalue()


def factor_payments(entries: Iterable[data.Directive]) -> Iterator[FactorPayment]:
    """Yield the draws and sweeps among the generated entries of the true ledger, by date.

    Of a draw only the payment counts, not the transfer that moves it up on the same day.
    """
    for entry in entries:
        event = entry.meta.get("factoring-event")
        if isinstance(entry, data.Transaction) and event in set(FactorEvent):
            amounts = [posted(posting) for posting in entry.postings if posting.account == SHARED]
            cents = int(abs(sum(amounts, Decimal(0))).scaleb(2))
            yield FactorPayment(entry.date, FactorEvent(event), cents)


def true_books(year: Year) -> list[data.Directive]:
    """Return the entries of the true ledger, the factor's side generated; no error is tolerated."""
    with tempfile.TemporaryDirectory() as folder:
        top = write_true_ledger(Path(folder), year)
        entries, errors, _ = loader.load_file(str(top))
    if errors:
        raise ValueError(f"the example's books have errors: {errors[0].message}")
    return entries
