"""What can happen to one document, and what is left of it each time."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from beancount_factoring.engine.events import Event
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Document


class Happening(StrEnum):
    """What can happen to a document."""

    BOOKED = "booked"
    CORRECTED = "corrected"
    SETTLED = "settled"
    RECEIVED = "received"
    REDUCED = "reduced"
    USED = "used"
    DISPUTED = "disputed"
    RESOLVED = "resolved"
    REMITTED = "remitted"
    TAKEN = "taken"
    SWEPT = "swept"
    RETAINED = "retained"
    RESERVED = "reserved"
    RETURNED = "returned"
    DEFAULTED = "defaulted"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Held:
    """What is left of a document after something happened; minor units.

    `open` is owed, or still to be used of a credit note; `line` is in the factor's hands, `in_hand`
    received and not swept, `in_transit` not remitted yet; `doubtful` is the seller's share of a
    default, `guarantee` what the document keeps in a revolving fund.
    """

    open: int = 0
    line: int = 0
    in_hand: int = 0
    in_transit: int = 0
    doubtful: int = 0
    guarantee: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened to a document.

    `amount` is what it concerned, with the happening's own sign (a bounce is negative); `beyond`
    what of a settlement or credit note exceeded the document, or came before it, and became a
    credit of the debtor; `other` the document itself when it is booked, the credit note that
    corrects it, or of a credit note the invoice; `commission` what the remittance cost on it;
    `events` what the factor's books recorded.
    """

    day: datetime.date
    what: Happening
    amount: int
    cause: Cause
    after: Held
    beyond: int = 0
    other: Document | None = None
    commission: int = 0
    events: tuple[Event, ...] = ()
