"""What happens between the firm and its factor: the engine's output, for a treatment to book.

Amounts are minor units. Each event names its cause and the documents it concerns, so that every
posting made from it can be explained; `key` makes its `factoring-id` unique and stable. They are
named tuples, which are made in a third of the time that frozen dataclasses take.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from beancount_factoring.engine.changes import Share
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Document


class Part(NamedTuple):
    """A document's share of an event, with the event's own sign."""

    document: Document
    amount: int


def shares_of(parts: Iterable[Part]) -> tuple[Share, ...]:
    """Return parts as what is compared with what was there before."""
    return tuple(
        Share(document.number or "", document.debtor, amount, document.links)
        for document, amount in parts
    )


def numbers_of(parts: Sequence[Part]) -> str:
    """List the documents' numbers, each once."""
    if len(parts) == 1:
        return parts[0].document.number or ""
    return ", ".join(dict.fromkeys(part.document.number or "" for part in parts))


class Remittance(NamedTuple):
    """Documents become the factor's.

    `assigned` are the invoices; `taken` the credit notes and reductions that were in transit,
    negative.
    """

    day: datetime.date
    cause: Cause
    key: str
    assigned: tuple[Part, ...]
    taken: tuple[Part, ...]
    links: frozenset[str] = frozenset()
    remittance: str | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """All documents: what is assigned, then what is taken."""
        return self.assigned + self.taken

    @property
    def new(self) -> int:
        """What is assigned, credit notes not deducted."""
        return sum([part.amount for part in self.assigned])

    @property
    def total(self) -> int:
        """What is assigned, less what is taken."""
        return self.new + sum([part.amount for part in self.taken])


class Commission(NamedTuple):
    """The factoring commission of a remittance, or the yearly minimum's top-up.

    `parts` holds each document's commission; `computed` and `computed_vat` are what the contract
    gives where the factor stated other figures.
    """

    day: datetime.date
    cause: Cause
    key: str
    net: int
    vat: int
    parts: tuple[Part, ...]
    computed: int
    computed_vat: int
    rate: Decimal
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class Charge(NamedTuple):
    """Another fee of the factor, on `account`.

    `computed` is what the contract gives for a charge of that name that the factor stated, `None`
    where it gives none.
    """

    day: datetime.date
    cause: Cause
    key: str
    name: str
    account: str
    net: int
    vat: int
    computed: int | None = None
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class GuaranteeMove(NamedTuple):
    """A day's movement of the guarantee fund: positive where the factor retains more.

    `computed` is what the contract gives, where the factor stated another movement; where only
    stated ones are booked, what it gives since the last of them.
    """

    day: datetime.date
    cause: Cause
    key: str
    amount: int
    computed: int
    balance: int
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class ReserveMove(NamedTuple):
    """A day's movement of the reserve; `parts` are the documents' changes of unfunded amount.

    `computed` is what the contract gives since the last movement; one that the factor stated names
    no documents.
    """

    day: datetime.date
    cause: Cause
    key: str
    amount: int
    computed: int
    parts: tuple[Part, ...]
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class Draw(NamedTuple):
    """Money the factor pays to the shared account."""

    day: datetime.date
    cause: Cause
    key: str
    amount: int
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class Transfer(NamedTuple):
    """Drawn money moved up from the shared to the operating account."""

    day: datetime.date
    cause: Cause
    key: str
    amount: int
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class Collection(NamedTuple):
    """What a customer's entry pays on documents that are, or were, the factor's.

    `parts` are collections in hand on assigned documents; of documents in default, `recovered` is
    the factor's and in hand too, `doubtful` goes to the seller's share.
    """

    day: datetime.date
    cause: Cause
    key: str
    parts: tuple[Part, ...]
    recovered: tuple[Part, ...] = ()
    doubtful: tuple[Part, ...] = ()
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class Sweep(NamedTuple):
    """Money the factor takes from a bank account: `parts` were in hand, `rest` goes to `C`."""

    day: datetime.date
    cause: Cause
    key: str
    bank: str
    parts: tuple[Part, ...]
    rest: int
    links: frozenset[str] = frozenset()
    remittance: str | None = None

    @property
    def total(self) -> int:
        """All the money taken; negative where the factor gives back more than it takes."""
        return sum(part.amount for part in self.parts) + self.rest


class Allocation(NamedTuple):
    """What moves a bank entry's amount to the right accounts of the factor (statement mode).

    `sweep` tells a sweep from a draw; `parts` and `rest` are what the entry really took, `beyond`
    what of the rest exceeds all receipts; `to_collections` moves from the current account to the
    collections account (negative: back).
    """

    day: datetime.date
    cause: Cause
    key: str
    sweep: bool
    parts: tuple[Part, ...]
    rest: int
    to_collections: int
    beyond: int = 0
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class FactorPosting(NamedTuple):
    """What the user posts on one of the factor's accounts, which counts as it stands.

    `role` is the account's key in the contract, `current` for the borrowing too; a debit is
    positive. The user's own entry books it.
    """

    day: datetime.date
    cause: Cause
    key: str
    role: str
    amount: int
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class InterestTerm(NamedTuple):
    """Consecutive days with one balance and one rate: `days` × `base` × `rate` ÷ basis."""

    since: datetime.date
    days: int
    base: int
    rate: Decimal


class Interest(NamedTuple):
    """Interest since the last booking; `computed` is what the days give."""

    day: datetime.date
    cause: Cause
    key: str
    net: int
    vat: int
    computed: int
    terms: tuple[InterestTerm, ...]
    basis: int
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class Return(NamedTuple):
    """The factor gives claims back and debits their open amounts."""

    day: datetime.date
    cause: Cause
    key: str
    parts: tuple[Part, ...]
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class Default(NamedTuple):
    """A debtor is insolvent: `parts` are the open amounts, `share` what the seller bears."""

    day: datetime.date
    cause: Cause
    key: str
    parts: tuple[Part, ...]
    share: int
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class Refund(NamedTuple):
    """Credit notes used without a receipt: the factor's lines and current account rise by them."""

    day: datetime.date
    cause: Cause
    key: str
    parts: tuple[Part, ...]
    links: frozenset[str] = frozenset()
    remittance: str | None = None


class Close(NamedTuple):
    """The final settlement (rules.md, section 3, Close).

    `parts` are the claims going back (unused credit notes negative), `guarantee` and `reserve`
    the funds set off, `payment` what the factor pays out to the operating account (negative: the
    firm pays in), zero where the bank's own entries do it.
    """

    day: datetime.date
    cause: Cause
    key: str
    parts: tuple[Part, ...]
    guarantee: int
    reserve: int
    payment: int
    links: frozenset[str] = frozenset()
    remittance: str | None = None


Event = (
    Remittance
    | Commission
    | Charge
    | GuaranteeMove
    | ReserveMove
    | Draw
    | Transfer
    | Collection
    | Sweep
    | Allocation
    | FactorPosting
    | Interest
    | Return
    | Default
    | Refund
    | Close
)
"""Anything the factor's books record on a day; `remittance` is the number it belongs to."""
