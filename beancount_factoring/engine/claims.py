"""A document's state: what the customer still owes on it, and what the factor holds of it."""

from __future__ import annotations

import datetime
from enum import Enum
from typing import Final

from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import DocumentKind


class Standing(Enum):
    """Whose a document is."""

    FIRM = "firm"
    FACTOR = "factor"
    RETURNED = "returned"
    DEFAULTED = "defaulted"


_FACTOR: Final = Standing.FACTOR


class Debtor:
    """One debtor's open documents and credits."""

    __slots__ = (
        "_changed",
        "assigned",
        "credit_notes",
        "credits",
        "disputed",
        "earmarked",
        "exposure",
        "items",
        "name",
        "next_due",
        "stale",
    )

    def __init__(self, name: str, changed: list[Debtor]) -> None:
        """Start without documents; `changed` takes the debtors in whom something changes."""
        self.name = name
        # Assigned invoices in the order of limits; those that are settled leave when next read.
        self.assigned: list[Claim] = []
        # Credit notes that name no invoice and count for the contract.
        self.credit_notes: list[Claim] = []
        # Unallocated credits, and items without a number, oldest first.
        self.credits: list[Claim] = []
        self.items: list[Claim] = []
        # What waits, as an unallocated credit, for a document that is not dated yet.
        self.earmarked = 0
        # What it owes on assigned documents: its share of `E`.
        self.exposure = 0
        # Whether anything changed since the debtor's eligibility was last computed, and the
        # earliest due date of what is held, or came to be overdue, since then.
        self.stale = True
        self.next_due = datetime.date.max
        self._changed = changed
        changed.append(self)
        # How many of its documents are disputed.
        self.disputed = 0

    def touch(self) -> None:
        """Note that something changed that the debtor's eligibility may depend on."""
        if not self.stale:
            self.stale = True
            self._changed.append(self)

    @property
    def unallocated(self) -> int:
        """The debtor's unallocated credits."""
        if not self.credits:
            return self.earmarked
        return sum(claim.open for claim in self.credits) + self.earmarked

    @property
    def unused_credit_notes(self) -> int:
        """What is unused of the credit notes that count for the contract."""
        return sum(claim.open for claim in self.credit_notes) if self.credit_notes else 0

    def release(self) -> None:
        """Let go of all claims."""
        for claims in (self.assigned, self.credit_notes, self.credits, self.items):
            claims.clear()

    def assigned_open(self) -> list[Claim]:
        """Return the assigned invoices that are still owed, in the order of limits."""
        still_owed = [
            claim for claim in self.assigned if claim.open > 0 and claim.standing is _FACTOR
        ]
        self.assigned = still_owed
        return still_owed

    def hold(self, claim: Claim) -> None:
        """Take a claim that is assigned, the last one in the order of limits."""
        self.assigned.append(claim)
        self.note_due(claim)

    def reopen(self, claim: Claim) -> None:
        """Take back a claim whose settlement was taken back; it may be overdue by now."""
        if claim not in self.assigned:
            self.assigned.append(claim)
            self.assigned.sort(key=lambda other: other.order)
        self.note_due(claim)

    def note_due(self, claim: Claim) -> None:
        """Note a claim that may be overdue when eligibility is next computed."""
        self.next_due = min(self.next_due, claim.due)
        self.touch()


class Claim:
    """One document in the books of customers and factor. Amounts are minor units.

    due         its due date; the last of all days for what has none
    open        what the customer still owes; of a credit note, what is still to be used
    settled     what receipts and reductions settled of it (bounds what can be taken back)
    assigned    what was remitted of it
    line        the factor's line: this document's share of `F` (negative for a credit note)
    in_hand     its share of `K`: received and not swept yet
    in_transit  its share of `N`: credit notes and reductions not remitted yet
    doubtful    what the seller still bears of it after a default
    lost        what the factor bears of it after a default, and `recovered` what came back of that
    """

    __slots__ = (
        "assigned",
        "debtor",
        "disputed",
        "disputes",
        "document",
        "doubtful",
        "due",
        "in_hand",
        "in_transit",
        "is_invoice",
        "limit",
        "line",
        "lost",
        "open",
        "recovered",
        "remitted",
        "returned",
        "settled",
        "standing",
        "waiting",
    )

    def __init__(self, document: Document, debtor: Debtor) -> None:
        """Take up a document of a debtor; nothing is settled or assigned yet."""
        self.document = document
        self.debtor = debtor
        self.due = document.due or datetime.date.max
        # Whether the document can be assigned as a claim.
        self.is_invoice = document.kind is DocumentKind.INVOICE
        self.open = document.amount
        self.settled = 0
        self.assigned = 0
        self.line = 0
        self.in_hand = 0
        self.in_transit = 0
        self.doubtful = 0
        self.lost = 0
        self.recovered = 0
        self.standing = Standing.FIRM
        self.disputed = False
        # The disputes and their ends that were accepted, in order.
        self.disputes: tuple[Directive, ...] = ()
        # The day of its remittance, and the debtor's limit on that day.
        self.remitted: datetime.date | None = None
        self.limit: int | None = None
        # The return, default or close by which the factor gave it back.
        self.returned: Directive | None = None
        # Whether it waits for the next remittance.
        self.waiting = False

    @property
    def order(self) -> tuple[datetime.date, datetime.date, str, datetime.date]:
        """The order of limits: by remittance, then date, then number (rules.md, Limits)."""
        document = self.document
        return (
            self.remitted or datetime.date.max,
            document.date,
            document.number or "",
            self.due,
        )
