"""The factor's lines: what is remitted, collected in hand, swept, in transit, returned.

Source: rules.md, section 1. Totals and documents move together, so that on every day and for every
document the line − in hand − in transit is what the customer owes on it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import NamedTuple

from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.history import CustomerEntry
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import Document
from beancount_factoring.tuples import new


class InTransit(NamedTuple):
    """A credit note or reduction of an assigned document that is not remitted yet.

    `origin` is the credit note, or the user's entry that reduces without one.
    """

    claim: Claim
    document: Document
    amount: int
    origin: Document | CustomerEntry


class Assignment:
    """`F`, `K` and `N` of rules.md, section 1, in total and per document."""

    def __init__(self, moved: Callable[[Claim], None] | None = None) -> None:
        """Call `moved`, where it is given, with each claim whose line changes."""
        self.factor_outstanding = 0
        self.in_hand = 0
        self.in_transit = 0
        # What the user corrected `K` by, which belongs to no document.
        self.corrected = 0
        self._transit: list[InTransit] = []
        self._moved = moved

    @property
    def outstanding(self) -> int:
        """What customers still owe on assigned documents: `E` = `F` − `K` − `N`."""
        return self.factor_outstanding - self.in_hand - self.in_transit

    def _move(self, claim: Claim, amount: int) -> None:
        claim.line += amount
        claim.debtor.exposure += amount
        self.factor_outstanding += amount
        if self._moved is not None:
            self._moved(claim)

    def take_in_hand(self, claim: Claim, amount: int) -> None:
        """Receive an amount on a claim of the factor's (negative: a payment bounces)."""
        claim.in_hand += amount
        claim.debtor.exposure -= amount
        self.in_hand += amount

    def assign(self, claim: Claim, day: datetime.date, limit: int | None) -> Part:
        """Remit an invoice at its open amount."""
        claim.standing = Standing.FACTOR
        claim.remitted = day
        claim.limit = limit
        claim.assigned = claim.open
        self._move(claim, claim.open)
        return new(Part, (claim.document, claim.open))

    @property
    def transit(self) -> tuple[InTransit, ...]:
        """Every credit note and reduction that waits for the next remittance, in order."""
        return tuple(self._transit)

    def put_in_transit(
        self, claim: Claim, document: Document, amount: int, origin: Document | CustomerEntry
    ) -> None:
        """Lower an assigned claim by a credit note or reduction, until the next remittance."""
        self._carry(claim, amount)
        self._transit.append(InTransit(claim, document, amount, origin))

    def _carry(self, claim: Claim, amount: int) -> None:
        claim.in_transit += amount
        claim.debtor.exposure -= amount
        self.in_transit += amount

    def remit_transit(self, day: datetime.date) -> list[Part]:
        """Remit every credit note and reduction in transit; return them, negative."""
        parts = []
        for claim, document, amount, _origin in self._transit:
            self._carry(claim, -amount)
            if not claim.is_invoice:
                claim.remitted = day
                claim.assigned = -amount
            self._move(claim, -amount)
            parts.append(Part(document, -amount))
        self._transit.clear()
        return parts

    def recover(self, claim: Claim, amount: int) -> tuple[int, int]:
        """Receive an amount on a claim in default (negative: a payment bounces).

        Return what of it is a collection in hand, and what goes to the seller's doubtful share.
        """
        if amount > 0:
            doubtful = min(amount, claim.doubtful)
            recovered = amount - doubtful
        else:
            recovered = max(amount, -claim.recovered)
            doubtful = amount - recovered
        claim.doubtful -= doubtful
        claim.lost -= recovered
        claim.recovered += recovered
        self._move(claim, recovered)
        self.take_in_hand(claim, recovered)
        return recovered, doubtful

    def sweep(self, claim: Claim, amount: int) -> None:
        """Take a collection in hand (negative: give one back); what its debtor owes stays."""
        claim.in_hand -= amount
        claim.line -= amount
        self.in_hand -= amount
        self.factor_outstanding -= amount
        if self._moved is not None:
            self._moved(claim)

    def refund(self, claim: Claim, amount: int) -> None:
        """Use a credit note without a receipt: the factor's lines rise by it."""
        self._move(claim, amount)

    def correct_in_hand(self, amount: int) -> None:
        """Follow a correction that the user posted on the collections account."""
        self.in_hand += amount
        self.corrected += amount

    def give_back(self, claim: Claim, standing: Standing, directive: Directive) -> int:
        """Take an open claim off the factor's lines, as a directive says; return its amount."""
        amount = claim.open if claim.is_invoice else -claim.open
        claim.standing = standing
        claim.returned = directive
        self._move(claim, -amount)
        return amount
