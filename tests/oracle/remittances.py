"""Remittances, commission, charges and the yearly minimum (rules, 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from tests.oracle import days
from tests.oracle.eligible import half_up
from tests.oracle.model import Event
from tests.oracle.records import Invoice
from tests.oracle.sweeps import Sweeps


class Remittances(Sweeps):
    """What is assigned, and what the factor charges for it."""

    def remit(self, directive: Event | None) -> tuple[bool, list[Invoice]]:
        contract, day = self.contract, self.today
        new = [
            invoice
            for invoice in self.invoices.values()
            if invoice.open > 0 and invoice.remitted is None and contract.assignable(invoice.debtor)
        ]
        new.sort(key=lambda invoice: (invoice.day, invoice.number))
        notes: Counter[str] = Counter()
        taken_off = any(amount for holder in self.holders for _, amount in holder.in_transit)
        for holder in self.holders:
            for number, amount in holder.in_transit:
                notes[number] += amount
        if not new and not taken_off:
            return False, []
        self.remittances += 1
        self.take_transit()
        for invoice in new:
            invoice.remitted = (self.remittances, day)
            invoice.assigned = invoice.open
            invoice.line.append(invoice.open)
            self.current.append(invoice.assigned)
            if self.derecognition:
                self.post(
                    ("current", invoice.assigned),
                    (self.customer(invoice.debtor), -invoice.assigned),
                )
        base = [invoice.assigned for invoice in new]
        if contract.commission_base == "invoices-and-credit-notes":
            base += [abs(amount) for number, amount in notes.items() if number and amount]
        rate, least = contract.commission_rate.on(day), contract.per_document.on(day)
        commission = sum(half_up(max(amount * rate, Fraction(least))) for amount in base)
        vat = None
        if directive is not None:
            given = directive.figure("commission")
            commission = commission if given is None else given
            vat = directive.figure("vat")
        self.fee("commission", "commission", commission, contract.commission_vat.on(day), vat)
        return True, new

    def take_transit(self) -> None:
        """Debit the credit notes and reductions in transit."""
        for holder in self.holders:
            amount = holder.transit
            holder.in_transit.clear()
            holder.line.append(-amount)
            self.current.append(-amount)
            if self.derecognition:
                self.post((self.customer(holder.debtor), amount), ("current", -amount))

    def fee(
        self, kind: str, account: str, amount: int, rate: Fraction, vat: int | None = None
    ) -> None:
        tax = half_up(amount * rate) if vat is None else vat
        self.fees.append((self.today, kind, amount, tax))
        self.current.append(-amount - tax)
        self.post((account, amount), ("vat", tax), (self.account, -amount - tax))

    def charges(self, given: Sequence[Event], *, remitted: bool) -> None:
        contract, day = self.contract, self.today
        booked = {
            "remittance": remitted,
            "month": days.is_month_end(day),
            "year": day == days.contract_year(contract, day)[1],
            "once": day == contract.start,
        }
        for charge in contract.charges:
            if booked[charge.every]:
                account = charge.account or "commission"
                self.fee("charge", account, charge.amount.on(day), charge.vat.on(day))
        for event in given:
            account, rate = "commission", contract.commission_vat.on(day)
            for charge in contract.charges:
                if charge.name == event.what:
                    account, rate = charge.account or "commission", charge.vat.on(day)
            self.fee("charge", account, event.amount, rate, event.figure("vat"))

    def yearly_minimum(self) -> None:
        first, last = days.contract_year(self.contract, self.today)
        if self.today != last:
            return
        paid = sum(
            amount for day, kind, amount, _ in self.fees if kind == "commission" and day >= first
        )
        missing = self.contract.per_year.on(self.today) - paid
        if missing > 0:
            rate = self.contract.commission_vat.on(self.today)
            self.fee("commission", "commission", missing, rate)
