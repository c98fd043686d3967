"""Documents, receipts, reductions and refunds (rules, 3)."""

from __future__ import annotations

from dataclasses import replace

from tests.oracle import days
from tests.oracle.books import Books
from tests.oracle.model import Line
from tests.oracle.model import Txn
from tests.oracle.records import Contradiction
from tests.oracle.records import Holder
from tests.oracle.records import Invoice
from tests.oracle.records import Note
from tests.oracle.records import Receipt
from tests.oracle.records import Waiting


class Customers(Books):
    """What customers owe, pay, deduct and take back."""

    def documents(self, txn: Txn) -> None:
        for line in txn.lines:
            if line.amount > 0 and line.settles is None:
                self._debit(line)
            elif line.amount < 0 and (line.credit_note or line.invoice):
                self._credit_note(line)

    def _debit(self, line: Line) -> None:
        if line.invoice is None:
            self.pool[line.debtor].append(-line.amount)
            return
        due = line.due or self.today + days.ONE * self.contract.terms
        invoice = self.invoices.setdefault(
            line.invoice, Invoice(line.invoice, line.debtor, self.today)
        )
        if invoice.day != self.today or invoice.debtor != line.debtor:
            msg = f"{line.invoice} twice"
            raise Contradiction(msg)
        invoice.instalments.append((due, line.amount))
        invoice.instalments.sort()

    def _credit_note(self, line: Line) -> None:
        number = line.credit_note or line.invoice or ""
        amount = -line.amount
        if line.credits is None:
            contract = self.contract
            counted = contract.assignable(line.debtor) and self.closed is None
            counted = counted and (contract.end is None or self.today <= contract.end)
            note = Note(number, line.debtor, self.today, amount=amount, counted=counted)
            self.notes[number] = note
            if counted:
                note.in_transit.append((number, amount))
            return
        if line.credits not in self.invoices:
            self.waiting.append(Waiting(line.credits, line.debtor, amount, is_note=True))
            return
        invoice = self.invoices[line.credits]
        if invoice.away == "defaulted":
            msg = f"{number} on {invoice.number}, which is defaulted"
            raise Contradiction(msg)
        lowers = min(amount, invoice.open)
        invoice.credit(lowers)
        self.pool[line.debtor].append(amount - lowers)
        if self.active and invoice.held:
            invoice.in_transit.append((number, lowers))

    def settle_waiting(self) -> None:
        for waiting in list(self.waiting):
            if waiting.number in self.invoices:
                self.waiting.remove(waiting)
                invoice = self.invoices[waiting.number]
                taken = min(waiting.amount, invoice.open)
                if waiting.is_note:
                    invoice.credit(taken)
                else:
                    invoice.settled.append(taken)
                self.pool[waiting.debtor].append(waiting.amount - taken)

    def settlements(self, txn: Txn) -> None:
        settling = [
            line
            for line in txn.lines
            if line.settles or (line.amount < 0 and not line.credit_note and not line.invoice)
        ]
        if not settling:
            return
        bank = self.bank_of(txn)
        receipt = bank is not None and any(
            line.settles is None or line.settles not in self.notes for line in settling
        )
        parts: list[tuple[Holder, int]] = []
        for line in settling:
            if line.settles is None:
                self.pool[line.debtor].append(-line.amount)
            elif line.settles in self.notes:
                parts += self._use(self.notes[line.settles], line.amount, receipt=receipt)
            elif line.amount < 0:
                parts += self._settle(line, -line.amount, cash=bank is not None)
            else:
                parts += self._take_back(line, cash=bank is not None)
        if self.today < self.contract.start or bank is None:
            return
        in_hand = sum(amount for _, amount in parts)
        rest = txn.on(bank) - in_hand if bank == "shared" and self.active else 0
        self.receipts.append(Receipt(self.today, bank, parts, rest))

    def _settle(self, line: Line, amount: int, *, cash: bool) -> list[tuple[Holder, int]]:
        number = line.settles or ""
        if number not in self.invoices:
            self.waiting.append(Waiting(number, line.debtor, amount))
            return []
        invoice = self.invoices[number]
        taken = min(amount, invoice.open)
        self.pool[line.debtor].append(amount - taken)
        invoice.settled.append(taken)
        if invoice.away == "defaulted":
            if not cash:
                msg = f"a reduction of {number}, which is defaulted"
                raise Contradiction(msg)
            borne = min(taken, sum(invoice.doubtful))
            return self._recover(invoice, borne, taken - borne)
        return self._count(invoice, taken, cash=cash)

    def _take_back(self, line: Line, *, cash: bool) -> list[tuple[Holder, int]]:
        if line.settles not in self.invoices:
            self._take_back_early(line)
            return []
        invoice = self.invoices[line.settles]
        taken = min(line.amount, sum(invoice.settled))
        self.pool[line.debtor].append(taken - line.amount)
        invoice.settled.append(-taken)
        if invoice.away == "defaulted":
            if not cash:
                msg = f"a reduction of {invoice.number}, which is defaulted"
                raise Contradiction(msg)
            factors = min(taken, sum(invoice.later))
            return self._recover(invoice, factors - taken, -factors)
        return self._count(invoice, -taken, cash=cash)

    def _take_back_early(self, line: Line) -> None:
        """Lower what waits for a document that is not dated yet; the rest lowers credits."""
        left = line.amount
        for place, waiting in reversed(list(enumerate(self.waiting))):
            if waiting.number == line.settles and not waiting.is_note:
                part = min(left, waiting.amount)
                left -= part
                self.waiting[place] = replace(waiting, amount=waiting.amount - part)
        self.waiting = [waiting for waiting in self.waiting if waiting.amount]
        self.pool[line.debtor].append(-left)

    def _count(self, invoice: Invoice, amount: int, *, cash: bool) -> list[tuple[Holder, int]]:
        """Count what was settled of a document, if the factor holds it."""
        if not self.active or not invoice.held:
            return []
        if not cash:
            invoice.in_transit.append(("", amount))
            return []
        return self._collect(invoice, amount)

    def _collect(self, holder: Holder, amount: int) -> list[tuple[Holder, int]]:
        holder.in_hand.append(amount)
        if self.derecognition:
            self.post((self.customer(holder.debtor), amount), ("collections", -amount))
        return [(holder, amount)]

    def _recover(self, invoice: Invoice, borne: int, factors: int) -> list[tuple[Holder, int]]:
        """Book what came after a default: the seller's share and the factor's."""
        invoice.doubtful.append(-borne)
        invoice.later.append(factors)
        invoice.line.append(factors)
        invoice.in_hand.append(factors)
        self.losses.append(-factors)
        self.post(
            (self.customer(invoice.debtor), borne + factors),
            ("doubtful", -borne),
            ("collections" if self.derecognition else "borrowing", -factors),
        )
        return [(invoice, factors)]

    def _use(self, note: Note, amount: int, *, receipt: bool) -> list[tuple[Holder, int]]:
        # Beyond what there is it is a debit, or a credit, without a number.
        stated, amount = amount, max(min(amount, note.unused), -sum(note.used))
        self.pool[note.debtor].append(amount - stated)
        note.used.append(amount)
        if self.today < self.contract.start and note.counted:
            note.in_transit.append((note.number, -amount))
        if not note.counted or not self.active:
            return []
        if receipt:
            return self._collect(note, -amount)
        note.line.append(amount)
        self.current.append(amount)
        if self.derecognition:
            self.post(("current", amount), (self.customer(note.debtor), -amount))
        return []
