"""Receipts that wait for their sweep (rules.md, section 3, Receipt, Sweep and Statement)."""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Iterable

from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.history import Cause


class Receipt:
    """Money on one of the firm's bank accounts that the factor has not swept yet.

    `in_hand` holds what was received on the factor's documents, a bounce negative and first;
    `rest` is the receipt's cash less its collections in hand, on the shared account only.
    """

    __slots__ = ("bank", "cause", "day", "due", "in_hand", "rest")

    def __init__(
        self,
        day: datetime.date,
        due: datetime.date,
        bank: str,
        in_hand: list[tuple[Claim, int]],
        rest: int,
        cause: Cause,
    ) -> None:
        self.day = day
        self.due = due
        self.bank = bank
        if len(in_hand) > 1:
            in_hand.sort(key=lambda part: part[1] > 0)
        self.in_hand = in_hand
        self.rest = rest
        self.cause = cause

    @property
    def total(self) -> int:
        """What is still to be swept of the receipt."""
        return sum([amount for _claim, amount in self.in_hand]) + self.rest


class Takings:
    """What one sweep takes: parts of documents, and a rest for the current account."""

    __slots__ = ("beyond", "cause", "parts", "rest")

    def __init__(self) -> None:
        self.parts: list[tuple[Claim, int]] = []
        self.rest = 0
        # What of the rest exceeds all receipts.
        self.beyond = 0
        self.cause: Cause | None = None

    @property
    def total(self) -> int:
        """The money of the sweep."""
        return sum([amount for _claim, amount in self.parts]) + self.rest

    def take(self, receipt: Receipt) -> None:
        """Take a whole receipt."""
        self.parts += receipt.in_hand
        self.rest += receipt.rest
        self.cause = self.cause or receipt.cause

    def take_part(self, receipt: Receipt, amount: int) -> None:
        """Take an amount that a receipt exceeds; what is left of the receipt waits on."""
        self.cause = self.cause or receipt.cause
        left: list[tuple[Claim, int]] = []
        for claim, held in receipt.in_hand:
            part = min(held, amount)
            amount -= part
            if part:
                self.parts.append((claim, part))
            if held != part:
                left.append((claim, held - part))
        receipt.in_hand = left
        self.rest += amount
        receipt.rest -= amount


class Receipts:
    """The queue of receipts not swept yet, the oldest first, per bank account."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Receipt]] = {}

    def add(self, receipt: Receipt) -> None:
        """Let a receipt wait for its sweep."""
        queue = self._queues.get(receipt.bank)
        if queue is None:
            queue = self._queues[receipt.bank] = deque()
        queue.append(receipt)

    def waiting(self) -> Iterable[Receipt]:
        """Yield every receipt that is not swept yet."""
        for queue in self._queues.values():
            yield from queue

    def due(self, day: datetime.date | None) -> list[tuple[str, Takings]]:
        """Take, per bank account, all receipts whose sweep is due (all, for `None`)."""
        taken = []
        for bank in sorted(self._queues):
            queue = self._queues[bank]
            takings = Takings()
            while queue and (day is None or queue[0].due <= day):
                takings.take(queue.popleft())
            if takings.cause is not None:
                taken.append((bank, takings))
        return taken

    def take(self, bank: str, amount: int) -> Takings:
        """Take an amount that the bank's entry states, receipt by receipt, the oldest first.

        A receipt whose money the amount covers is taken whole. Of another the collections in hand
        go first; a bounce met on the way adds to what remains. What exceeds all receipts belongs
        to the rest.
        """
        takings = Takings()
        queue = self._queues.get(bank, deque())
        remaining = amount
        while queue and remaining > 0:
            receipt = queue[0]
            if receipt.total > remaining:
                takings.take_part(receipt, remaining)
                return takings
            remaining -= receipt.total
            takings.take(queue.popleft())
        takings.rest += remaining
        takings.beyond = remaining
        return takings
