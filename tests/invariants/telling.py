"""Two years of weekly cycles, told from a seed: contracts in turn, and beside each other.

Hypothesis cannot tell such a history: its buffer of choices is used up after some three weeks of
it. So the history is told from a seed, as the second implementation's are, and `shrinking` makes
a failing one small. Draws are not told here: `filling` asks the package what may be drawn.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import replace

from tests.oracle import days
from tests.oracle.contracts import DEBTORS
from tests.oracle.histories import History
from tests.oracle.model import Case
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Event
from tests.oracle.model import Line
from tests.oracle.records import Invoice
from tests.oracle.records import Receipt
from tests.oracle.reference import Reference


class Custody(Reference):
    """The second implementation without money: what exists, and whose it is."""

    def _check(self) -> None: ...

    def guarantee(self, new: Sequence[Invoice], directive: Event | None) -> None: ...

    def book_fund(self, movement: int) -> None: ...

    def move_reserve(self, reserve: int) -> None: ...

    def eligibility(self) -> tuple[int, dict[str, int]]:
        return 0, {}

    def charges(self, given: Sequence[Event], *, remitted: bool) -> None: ...

    def yearly_minimum(self) -> None: ...

    def draw(self, asked: Sequence[Event]) -> None: ...

    def interest(self, given: Sequence[Event]) -> None: ...

    def book_interest(self, given: Sequence[Event]) -> None: ...

    def take_over(self, before: Custody) -> None:
        """Begin with the customers of a contract that has closed."""
        self.invoices, self.notes = before.invoices, before.notes
        self.pool, self.waiting = before.pool, before.waiting
        for invoice in self.invoices.values():
            if invoice.held and invoice.open:
                invoice.remitted, invoice.assigned = None, 0
            elif invoice.held:
                invoice.away = "returned"
        for holder in self.holders:
            for movements in (holder.line, holder.in_hand, holder.in_transit):
                movements.clear()
        for note in self.notes.values():
            note.counted = self.contract.assignable(note.debtor) and note.unused > 0
            if note.counted:
                note.in_transit.append((note.number, note.unused))


class Told(History):
    """One contract's time of a history."""

    reference: Custody

    def __init__(self, rng: random.Random, contract: Contract, features: frozenset[str]) -> None:
        super().__init__(rng, contract, features)
        self.reference = Custody(contract)
        # How often each document was looked at: those with a past are chosen rather.
        self.marks: Counter[str] = Counter()
        # Documents in default under an earlier contract.
        self.lost: set[str] = set()
        self.indexed: set[Date] = set()

    def follow(self, before: Told) -> None:
        """Go on with what was told under an earlier contract."""
        self.lost = before.lost | {
            invoice.number
            for invoice in before.reference.invoices.values()
            if invoice.away == "defaulted"
        }
        self.reference.take_over(before.reference)
        self.numbers, self.known, self.planned = before.numbers, before.known, before.planned
        self.bounceable, self.reduced = before.bounceable, before.reduced
        self.refunded, self.marks, self.indexed = before.refunded, before.marks, before.indexed
        for invoice in self.reference.invoices.values():
            if invoice.open and not invoice.away:
                self.marks[invoice.number] += 1

    def tell_until(self, first: Date, last: Date, close: Date | None, end: Date) -> Case:
        """Tell the days from `first` to `last`; the whole history ends on `end`."""
        self.day, self.last = first, end
        if self.contract.index:
            while first in self.indexed:
                first -= days.ONE
            (self.directives if first == self.day else self.events).append(self.index(first))
            self.reference.events += self.events
        while self.day <= last:
            self.live(closing=self.day == close)
            self.reference.step(self.day, self.today, self.directives)
            self.txns += self.today
            self.known |= {line.debtor for txn in self.today for line in txn.lines}
            self.events += self.directives
            self.today, self.directives = [], []
            self.touched.clear()
            self.day += days.ONE
        self.indexed |= {event.day for event in self.events if event.kind == "index"}
        return Case(self.contract, tuple(self.txns), tuple(self.events))

    def index(self, day: Date) -> Event:
        self.indexed.add(day)
        return super().index(day)

    def early(self) -> None:
        before = set(self.planned)
        super().early()
        for day in set(self.planned) - before:
            for line in self.planned[day][-1].lines:
                self.marks[line.invoice or ""] += 3

    def pick(
        self, suits: Callable[[Invoice], bool], debtors: Collection[str] = DEBTORS
    ) -> Invoice | None:
        """Choose an open invoice; half of the time that with the longest past."""
        found = [
            invoice
            for invoice in self.reference.invoices.values()
            if invoice.debtor in debtors
            and invoice.number not in self.touched
            and suits(invoice)
            and invoice.open > 0
        ]
        if not found:
            return None
        if self.rng.random() < 0.5:
            chosen = self.rng.choice(found)
        else:
            chosen = max(found, key=lambda invoice: self.marks[invoice.number])
        self.touched.add(chosen.number)
        self.marks[chosen.number] += 1
        return chosen

    def payable(self, invoice: Invoice) -> bool:
        return invoice.number not in self.lost and super().payable(invoice)

    def customers(self) -> None:
        super().customers()
        if self.lost and self.happens("receipt"):
            self.late_receipt()

    def late_receipt(self) -> None:
        """Receive something on a document in default under an earlier contract."""
        invoice = self.pick(lambda i: i.number in self.lost)
        if invoice is not None:
            amount = self.rng.randrange(1, invoice.open + 1)
            line = Line(invoice.debtor, -amount, settles=invoice.number)
            self.today.append(self.txn([line], "operating"))

    def remit(self) -> None:
        before = len(self.directives)
        super().remit()
        if len(self.directives) > before and self.rng.random() < 0.3:
            number = self.number("R-")
            self.directives[-1] = replace(self.directives[-1], number=number)

    def drawing(self) -> None: ...

    def bank_draw(self, roles: list[str]) -> None: ...

    def settle_close(self, roles: list[str]) -> bool:
        return False

    def is_ambiguous(self, account: str, receipts: list[Receipt], amount: int) -> bool:
        """Say no: what is checked here does not depend on the order of a day's receipts."""
        return False
