"""What happens seldom: told in a part of the histories, by a random generator of its own."""

from __future__ import annotations

import random
from dataclasses import replace

from tests.oracle import days
from tests.oracle.banking import Banking
from tests.oracle.model import Line
from tests.oracle.model import Txn

# Chance per day of each.
_CHANCE = 0.04


class Corners(Banking):
    """Directives and postings outside the contract's days, and what comes too early or too much."""

    odd: random.Random | None = None

    def corners(self) -> None:
        """Add to a day's entries and directives; without `odd` nothing."""
        if self.odd is None:
            return
        kinds = [
            self.note_before_its_invoice,
            self.bounce_before_its_invoice,
            self.note_used_beyond,
            self.limit_outside,
            self.posting_before_the_start,
            self.correction_beside_the_bank,
            self.draw_that_the_bank_decides,
        ]
        for kind in kinds:
            if self.odd.random() < _CHANCE:
                kind(self.odd)

    def note_before_its_invoice(self, odd: random.Random) -> None:
        if (later := self._later_invoice(odd)) is None:
            return
        amount = odd.choice([later.amount, odd.randrange(1, later.amount + 1), later.amount + 7])
        note = Line(later.debtor, -amount, credit_note=self.number("A"), credits=later.invoice)
        self.today.append(self.txn([note], "sales"))

    def bounce_before_its_invoice(self, odd: random.Random) -> None:
        if (later := self._later_invoice(odd)) is None:
            return
        settles = Line(later.debtor, -odd.randrange(1, later.amount + 1), settles=later.invoice)
        account = self.bank_account()
        self.today.append(self.txn([settles], account))
        back = Line(later.debtor, odd.randrange(1, 1 - settles.amount), settles=later.invoice)
        day = self.day + days.ONE * odd.randrange(1, 4)
        bounce = Txn(day, (back,), ((account, -back.amount),))
        self.planned.setdefault(day, []).append(bounce)

    def _later_invoice(self, odd: random.Random) -> Line | None:
        """Plan an invoice some days from now, and return its line."""
        if self.day + days.ONE * 20 >= self.last:
            return None
        invoice = self.invoice()
        day = self.day + days.ONE * odd.randrange(4, 20)
        lines = tuple(replace(line, due=day) for line in invoice.lines[:1])
        amount = sum(line.amount for line in lines)
        planned = Txn(day, lines, (("sales", -amount),))
        self.planned.setdefault(day, []).append(planned)
        return lines[0]

    def note_used_beyond(self, odd: random.Random) -> None:
        notes = [n for n in self.reference.notes.values() if n.number not in self.touched]
        if notes:
            note = odd.choice(notes)
            self.touched.add(note.number)
            beyond = odd.randrange(1, 500)
            amount = odd.choice([note.unused + beyond, -sum(note.used) - beyond])
            line = Line(note.debtor, amount, settles=note.number)
            self.today.append(self.txn([line], odd.choice(["operating", "sales"])))

    def limit_outside(self, odd: random.Random) -> None:
        own = [debtor for debtor, _ in self.contract.limits if debtor in self.known]
        is_new = all(event.kind != "limit" for event in self.directives)
        if own and is_new and not self.reference.active:
            self.event("limit", odd.choice(own), odd.randrange(60000 * self.unit))

    def posting_before_the_start(self, odd: random.Random) -> None:
        if self.day < self.contract.start:
            role = "current" if self.contract.treatment == "derecognition" else "borrowing"
            amount = odd.randrange(-9000, 9000) * self.unit
            other = odd.choice(["operating", "fees"])
            self.today.append(Txn(self.day, (), ((other, -amount), (role, amount))))

    def correction_beside_the_bank(self, odd: random.Random) -> None:
        if self.contract.treatment == "derecognition" and self.reference.active:
            amount, line = odd.randrange(-9000, 9000), odd.randrange(1, 50)
            sides = (("current", amount), ("collections", -amount))
            self.today.append(Txn(self.day, (), (("operating", -line), ("fees", line), *sides)))

    def draw_that_the_bank_decides(self, odd: random.Random) -> None:
        contract = self.contract
        decides = contract.source == "statement" and contract.draw == "requested"
        if decides and self.reference.active:
            self.event("draw", amount=odd.randrange(1, 90000) * self.unit)
