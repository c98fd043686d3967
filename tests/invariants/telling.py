"""Two years of weekly cycles, told from a seed: contracts in turn, and beside each other.

Hypothesis cannot tell such a history: its buffer of choices is used up after some three weeks of
it. So the history is told from a seed, as the second implementation's are, and `shrinking` makes
a failing one small. Draws are not told here: `filling` asks the package what may be drawn.
"""

from __future__ import annotations

import random
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
from tests.oracle.model import Txn
from tests.oracle.records import Invoice
from tests.oracle.records import Receipt
from tests.oracle.reference import Reference
from tests.oracle.story import CHANCES

# Where a document is that an earlier contract holds.
ELSEWHERE = "elsewhere"


class Custody(Reference):
    """The second implementation without money: what exists, and whose it is."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(contract)
        # What the close gave back: another contract may take it.
        self.freed: set[str] = set()

    def _check(self) -> None: ...

    def _close(self, given: Sequence[Event]) -> None:
        self.freed = {i.number for i in self.invoices.values() if i.held and i.open}
        super()._close(given)

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
        """Begin with the customers of another contract, which holds documents until its close."""
        self.invoices, self.notes = before.invoices, before.notes
        self.pool, self.waiting = before.pool, before.waiting
        for invoice in self.invoices.values():
            if invoice.held and before.closed is None:
                invoice.away = ELSEWHERE
            elif invoice.held:
                invoice.away = "returned"
            if invoice.number in before.freed:
                invoice.away, invoice.remitted, invoice.assigned = "", None, 0
        for holder in self.holders:
            for movements in (holder.line, holder.in_hand, holder.in_transit):
                movements.clear()
        for note in self.notes.values():
            note.counted = False

    def release(self) -> None:
        """Let what the other contract gave back at its close be assigned."""
        for invoice in self.invoices.values():
            if invoice.away == ELSEWHERE and invoice.open:
                invoice.away, invoice.remitted, invoice.assigned = "", None, 0
            elif invoice.away == ELSEWHERE:
                invoice.away = "returned"
        for note in self.notes.values():
            if self.contract.assignable(note.debtor) and note.unused > 0 and not note.counted:
                note.counted = True
                note.in_transit.append((note.number, note.unused))


class Told(History):
    """One contract's time of a history."""

    reference: Custody

    def __init__(self, rng: random.Random, contract: Contract, features: frozenset[str]) -> None:
        super().__init__(rng, contract, features)
        self.reference = Custody(contract)
        # Documents to which much happens: chosen rather, and seldom paid.
        self.followed: set[str] = set()
        self.is_paying = False
        # Documents in default under an earlier contract.
        self.lost: set[str] = set()
        self.indexed: set[Date] = set()
        # The day on which an earlier contract's documents are free.
        self.released: Date | None = None

    def follow(self, before: Told, released: Date) -> None:
        """Go on with what was told under an earlier contract, which closes on a day."""
        self.released = max(self.contract.start, released)
        self.lost = before.lost | {
            invoice.number
            for invoice in before.reference.invoices.values()
            if invoice.away == "defaulted"
        }
        self.reference.take_over(before.reference)
        self.numbers, self.known, self.planned = before.numbers, before.known, before.planned
        self.bounceable, self.reduced = before.bounceable, before.reduced
        self.refunded, self.indexed = before.refunded, before.indexed
        self.followed = before.followed

    def tell_until(self, last: Date, close: Date | None, end: Date) -> Case:
        """Tell the days up to `last`; the whole history ends on `end`."""
        self.last = end
        first = self.day
        if self.contract.index:
            while first in self.indexed:
                first -= days.ONE
            (self.directives if first == self.day else self.events).append(self.index(first))
            self.reference.events += self.events
        while self.day <= last:
            if self.day == self.released:
                self.reference.release()
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

    def happens(self, what: str) -> bool:
        """Say whether something happens today; after a close more does."""
        if self.reference.closed is None or what not in self.features:
            return super().happens(what)
        return self.rng.random() < min(0.7, 3 * CHANCES[what])

    def invoice(self) -> Txn:
        txn = super().invoice()
        if self.rng.random() < 0.12:
            self.followed.add(txn.lines[0].invoice or "")
        return txn

    def early(self) -> None:
        """Settle an invoice before its document, some twice; some are taken back before it, too."""
        before = len(self.today)
        super().early()
        (settled,) = self.today[before:]
        line = settled.lines[0]
        self.followed.add(line.settles or "")
        if self.rng.random() < 0.5:
            other = self.rng.choice([self.bank_account(), "discounts"])
            part = Line(line.debtor, -self.rng.randrange(1, 99), settles=line.settles)
            self.today.append(self.txn([part], other))
        for each in self.today[before:]:
            self.take_back_early(each)

    def take_back_early(self, settled: Txn) -> None:
        """Take an early settlement back before its document, half of the time beyond it."""
        own = random.Random(f"{settled.lines[0]} {settled.day}")
        line, (account, _) = settled.lines[0], settled.others[0]
        day = self.day + days.ONE * own.randrange(1, 4)
        if day < self.dated(line.settles or "") and own.random() < 0.5:
            amount = -line.amount + own.choice([-own.randrange(-line.amount), own.randrange(200)])
            back = Line(line.debtor, amount, settles=line.settles)
            self.planned.setdefault(day, []).append(Txn(day, (back,), ((account, -amount),)))

    def dated(self, number: str) -> Date:
        """Return the day for which an invoice's document is planned."""
        return min(
            day
            for day, txns in self.planned.items()
            if any(line.invoice == number for txn in txns for line in txn.lines)
        )

    def pick(
        self, suits: Callable[[Invoice], bool], debtors: Collection[str] = DEBTORS
    ) -> Invoice | None:
        """Choose an open invoice; half of the time one to which much happens."""
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
        followed = [invoice for invoice in found if invoice.number in self.followed]
        chosen = self.rng.choice(followed if followed and self.rng.random() < 0.5 else found)
        self.touched.add(chosen.number)
        return chosen

    def receipt(self) -> None:
        self.is_paying = True
        super().receipt()
        self.is_paying = False

    def bounce(self) -> None:
        """Bounce a payment, half of the time one of a document to which much happens."""
        every = self.bounceable
        followed = [payment for payment in every if payment[0] in self.followed]
        if followed and self.rng.random() < 0.5:
            self.bounceable = [self.rng.choice(followed)]
            every.remove(self.bounceable[0])
            super().bounce()
            every += self.bounceable
            self.bounceable = every
        else:
            super().bounce()

    def payable(self, invoice: Invoice) -> bool:
        if self.is_paying and invoice.number in self.followed and self.rng.random() < 0.8:
            return False
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
