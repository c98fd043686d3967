"""What the firm sells and corrects: invoices, credit notes, items without a number."""

from __future__ import annotations

from tests.oracle import days
from tests.oracle.model import Line
from tests.oracle.model import Txn
from tests.oracle.story import Story


class Selling(Story):
    """Documents."""

    def documents(self) -> None:
        rng = self.rng
        for _ in range(rng.randrange(3)):
            if self.happens("invoice"):
                self.today.append(self.invoice())
        if self.day + days.ONE * 20 < self.last and self.happens("early settlement"):
            self.early()
        if self.happens("item"):
            self.today.append(self.txn([Line(self.debtor(), self.amount(300))], "sales"))
        if self.happens("credit"):
            self.today.append(self.txn([Line(self.debtor(), -self.amount(3000))], "discounts"))
        if self.happens("free credit note"):
            number = self.number("A")
            if rng.random() < 0.3:
                line = Line(self.debtor(), -self.amount(3000), invoice=number)
            else:
                line = Line(self.debtor(), -self.amount(3000), credit_note=number)
            self.today.append(self.txn([line], "sales", rng.randrange(2)))
        if self.happens("credit note") and (invoice := self.pick(lambda i: i.away != "defaulted")):
            amount = rng.choice([invoice.open or 1, self.amount(2000), rng.randrange(1, 99)])
            self.touched.discard(invoice.number)
            self.correct(invoice.debtor, amount, invoice.number)
        if self.happens("credit note") and self.today and self.today[-1].lines[0].invoice:
            line = self.today[-1].lines[0]
            if line.amount > 0:
                self.correct(line.debtor, self.amount(), line.invoice or "")

    def correct(self, debtor: str, amount: int, invoice: str) -> None:
        line = Line(debtor, -amount, credit_note=self.number("A"), credits=invoice)
        self.today.append(self.txn([line], "sales", self.rng.randrange(2)))

    def invoice(self) -> Txn:
        rng = self.rng
        number, debtor = self.number("F"), self.debtor()
        if self.happens("instalments"):
            dues = rng.sample(range(5, 150), rng.randrange(2, 4))
            lines = [
                Line(debtor, self.amount(), invoice=number, due=self.day + days.ONE * due)
                for due in dues
            ]
            return self.txn(lines, "sales")
        due = self.day + days.ONE * rng.randrange(0, 90) if rng.random() < 0.6 else None
        return self.txn(
            [Line(debtor, self.amount(), invoice=number, due=due)], "sales", rng.randrange(3)
        )

    def early(self) -> None:
        """Settle an invoice some days before its document."""
        invoice = self.invoice()
        later = self.day + days.ONE * self.rng.randrange(1, 20)
        line = invoice.lines[0]
        paid = self.rng.choice([line.amount, line.amount // 2 + 1, line.amount + self.unit])
        self.planned.setdefault(later, []).append(
            Txn(
                later,
                tuple(
                    Line(part.debtor, part.amount, invoice=part.invoice, due=later)
                    for part in invoice.lines
                ),
                invoice.others,
            )
        )
        settles = Line(line.debtor, -paid, settles=line.invoice)
        other = self.bank_account() if self.rng.random() < 0.8 else "discounts"
        self.today.append(self.txn([settles], other, self.rng.randrange(2)))
