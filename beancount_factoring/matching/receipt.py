"""A receipt as matching sees it, and what matching found for it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


class Receipt(NamedTuple):
    """Money that came in: `amount` is positive. `name` and `iban` are the payer's, if told."""

    day: datetime.date
    amount: Decimal
    currency: str
    text: str = ""
    name: str | None = None
    iban: str | None = None
    reference: str | None = None
    end_to_end_id: str | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts in which the payer may have named documents."""
        return tuple(filter(None, (self.text, self.reference, self.end_to_end_id)))


class Settlement(NamedTuple):
    """A part of a receipt on one document; negative where a credit note is used."""

    account: str
    number: str
    amount: Decimal


class Difference(NamedTuple):
    """What settles beside the receipt's money: `amount` is positive where money is missing.

    `kind` is `charges`, `rounding`, or `overpaid`, a credit of the customer (`amount` negative).
    """

    kind: str
    account: str
    amount: Decimal


class Discount(NamedTuple):
    """What a customer deducted from one document: a reduction, booked on its own."""

    account: str
    number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """One way to understand a receipt: settlements + discounts − differences = the receipt.

    `doubt` is how often such evidence misleads, a fraction; `how` tells the evidence in words.
    `is_part` where a document stays open in part.
    """

    settlements: tuple[Settlement, ...]
    doubt: Decimal
    how: str
    differences: tuple[Difference, ...] = ()
    discounts: tuple[Discount, ...] = ()
    is_part: bool = False

    @property
    def confidence(self) -> Decimal:
        """One less the doubt, with four decimals, rounded down; never 1."""
        certain = 10_000 - int(self.doubt * 10_000) - 1
        return Decimal(max(0, certain)).scaleb(-4)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The documents' numbers, sorted."""
        return tuple(sorted(part.number for part in self.settlements))


class Match(NamedTuple):
    """What was found for a receipt: the explanation that leaves no doubt, or why there is none.

    `candidates` are the explanations that a person may choose from, the likeliest first.
    """

    found: Explanation | None = None
    reason: str = ""
    candidates: tuple[Explanation, ...] = ()
