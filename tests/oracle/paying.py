"""What customers pay, deduct, take back and are refunded."""

from __future__ import annotations

from tests.oracle.contracts import DEBTORS
from tests.oracle.model import Line
from tests.oracle.model import Txn
from tests.oracle.selling import Selling
from tests.oracle.story import STRAIGHT


class Paying(Selling):
    """Receipts, bounces, reductions, refunds."""

    def customers(self) -> None:
        for _ in range(self.rng.randrange(3)):
            if self.happens("receipt"):
                self.receipt()
        if self.happens("credit"):
            line = Line(self.debtor(), -self.amount(3000))
            self.today.append(self.txn([line], self.bank_account()))
        if self.happens("bounce"):
            self.bounce()
        if self.happens("reduction") and (invoice := self.pick(lambda i: i.away != "defaulted")):
            amount = self.rng.randrange(1, invoice.open + 1)
            amount += self.rng.choice([0, 0, 0, self.unit])
            self.reduced.append((invoice.number, amount))
            line = Line(invoice.debtor, -amount, settles=invoice.number)
            self.today.append(self.txn([line], "discounts", self.rng.randrange(2)))
        if self.happens("reduction back") and self.reduced:
            number, amount = self.reduced.pop(self.rng.randrange(len(self.reduced)))
            invoice = self.reference.invoices[number]
            if number not in self.touched and invoice.away != "defaulted":
                self.touched.add(number)
                line = Line(invoice.debtor, amount, settles=number)
                self.today.append(self.txn([line], "discounts"))
        if self.happens("deduction"):
            self.deduction()
        self.without_cash()
        self.refunds()

    def receipt(self) -> None:
        rng = self.rng
        first = self.pick(self.payable)
        if first is None:
            return
        account = self.bank_account()
        lines = []
        chosen = [first]
        while rng.random() < 0.4:
            debtors = {first.debtor} if rng.random() < 0.8 else set(DEBTORS)
            other = self.pick(self.payable, debtors)
            chosen += [other] if other else []
        for invoice in chosen:
            amount = invoice.open
            if self.features > STRAIGHT:
                part = rng.randrange(1, invoice.open + 1)
                amount = rng.choice([amount, amount, amount, part, amount + self.amount(200)])
            if amount > 1 and self.features > STRAIGHT and rng.random() < 0.1:
                first_part = rng.randrange(1, amount)
                lines.append(Line(invoice.debtor, -first_part, settles=invoice.number))
                lines.append(Line(invoice.debtor, first_part - amount, settles=invoice.number))
            else:
                lines.append(Line(invoice.debtor, -amount, settles=invoice.number))
            self.bounceable.append((invoice.number, account, amount))
        notes = "refund" in self.features
        while notes and rng.random() < 0.2 and (note := self.pick_note()):
            used = rng.randrange(1, note.unused + 1)
            lines.append(Line(note.debtor, used, settles=note.number))
        if "credit" in self.features and rng.random() < 0.05:
            lines.append(Line(first.debtor, -self.amount(500)))
        paid = -sum(line.amount for line in lines)
        if not paid:
            return
        others = [(account, paid)]
        if self.features > STRAIGHT and rng.random() < 0.1:
            fee = rng.randrange(1, 20 * self.unit)
            others = [(account, paid - fee), ("discounts", fee)]
        if not others[0][1]:
            return
        self.today.append(Txn(self.day, tuple(lines), tuple(others), rng.randrange(2)))

    def deduction(self) -> None:
        """Pay an invoice less a credit of the customer's: an earlier overpayment."""
        invoice = self.pick(self.payable)
        if invoice is None:
            return
        credit = min(sum(self.reference.pool[invoice.debtor]), invoice.open - 1)
        if credit > 0:
            lines = [
                Line(invoice.debtor, -invoice.open, settles=invoice.number),
                Line(invoice.debtor, credit),
            ]
            self.today.append(self.txn(lines, self.bank_account()))

    def bounce(self) -> None:
        while self.bounceable:
            place = self.rng.randrange(len(self.bounceable))
            number, account, amount = self.bounceable.pop(place)
            invoice = self.reference.invoices[number]
            if number in self.touched or not self.payable(invoice):
                continue
            part = self.rng.choice([amount, amount, self.rng.randrange(1, amount + 1)])
            line = Line(invoice.debtor, part, settles=number)
            txn = self.txn([line], account, self.rng.randrange(2))
            if invoice.away == "defaulted" and self.reference.bank_of(txn) is None:
                # Received on a bank that only an earlier contract names: no cash in this one.
                continue
            self.touched.add(number)
            self.today.append(txn)
            return

    def without_cash(self) -> None:
        """Set a credit note off against an invoice; give an unallocated credit to one."""
        if self.happens("set-off") and (note := self.pick_note()):
            invoice = self.pick(lambda i: i.debtor == note.debtor and i.away != "defaulted")
            if invoice:
                amount = min(note.unused, invoice.open)
                lines = [
                    Line(note.debtor, amount, settles=note.number),
                    Line(note.debtor, -amount, settles=invoice.number),
                ]
                self.today.append(self.txn(lines, "sales"))
        if self.happens("allocation"):
            invoice = self.pick(lambda i: i.away != "defaulted")
            if invoice and (credit := sum(self.reference.pool[invoice.debtor])) > 0:
                amount = min(credit, invoice.open)
                lines = [
                    Line(invoice.debtor, amount),
                    Line(invoice.debtor, -amount, settles=invoice.number),
                ]
                self.today.append(self.txn(lines, "sales"))

    def refunds(self) -> None:
        if self.happens("refund") and (note := self.pick_note()):
            amount = self.rng.choice([note.unused, self.rng.randrange(1, note.unused + 1)])
            account = self.rng.choice(["shared", "operating", "sales"])
            line = Line(note.debtor, amount, settles=note.number)
            self.today.append(self.txn([line], account, self.rng.randrange(2)))
            self.refunded.append((note.number, amount, account))
        elif self.happens("refund back") and self.refunded:
            number, amount, account = self.refunded.pop()
            if number not in self.touched:
                self.touched.add(number)
                line = Line(self.reference.notes[number].debtor, -amount, settles=number)
                self.today.append(self.txn([line], account))
        if self.happens("repayment"):
            left = {who: sum(pool) for who, pool in self.reference.pool.items()}
            owed = [(who, credit) for who, credit in left.items() if credit > 0]
            if owed:
                debtor, credit = self.rng.choice(owed)
                self.today.append(self.txn([Line(debtor, credit)], "operating"))
