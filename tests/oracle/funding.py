"""The guarantee fund, the reserve, limits, draws and interest (rules, 2 and 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from tests.oracle import days
from tests.oracle.eligible import OpenDocument
from tests.oracle.eligible import eligible
from tests.oracle.eligible import half_up
from tests.oracle.model import Date
from tests.oracle.model import Event
from tests.oracle.records import Contradiction
from tests.oracle.records import Invoice
from tests.oracle.remittances import Remittances


class Funding(Remittances):
    """What the factor retains, what may be drawn, and what it costs by the day."""

    def guarantee(self, new: Sequence[Invoice], directive: Event | None) -> None:
        before = self.G
        fund = self._computed_fund(new)
        given = directive.figure("guarantee") if directive else None
        if given is not None:
            self.carried += given - (fund - self.fund)
        self.fund = fund
        self.book_fund(self.G - before)

    def book_fund(self, movement: int) -> None:
        self.current.append(-movement)
        if self.derecognition:
            self.post(("guarantee", movement), ("current", -movement))

    def _computed_fund(self, new: Sequence[Invoice]) -> int:
        contract, day = self.contract, self.today
        rate, ceiling = contract.fund_rate.on(day), contract.fund_ceiling.on(day)
        if contract.fund_build == "ratio":
            fund = half_up(rate * self.F)
            fund = fund if ceiling is None else min(fund, ceiling)
            floor = contract.fund_floor.on(day)
            return max(fund, floor) if floor is not None and self.remittances else fund
        if contract.fund_build == "ceiling":
            gives = half_up(rate * sum(invoice.assigned for invoice in new))
            return self.fund + _within(gives, ceiling, self.fund)
        fund = 0
        for invoice in self.invoices.values():
            if invoice.gave and invoice not in new:
                fund += half_up(Fraction(invoice.gave * sum(invoice.line), invoice.assigned))
        for invoice in new:
            invoice.gave = _within(half_up(rate * invoice.assigned), ceiling, fund)
            fund += invoice.gave
        return fund

    def move_reserve(self, reserve: int) -> None:
        movement = reserve - self.reserve
        self.reserve = reserve
        self.current.append(-movement)
        if self.derecognition:
            self.post(("reserve", movement), ("current", -movement))

    def limit(self, debtor: str, day: Date) -> int | None:
        """Return a debtor's limit on a day: the later of the file's and the directives' wins."""
        own = dict(self.contract.limits).get(debtor, self.contract.default_limit)
        value, since = own.on(day), own.since(day)
        for event in self.events:
            if event.kind == "limit" and event.what == debtor and since <= event.day <= day:
                value, since = event.amount, event.day
        return value

    def eligibility(self) -> tuple[int, dict[str, int]]:
        documents = [
            OpenDocument(
                invoice.debtor,
                (invoice.remitted[0], invoice.day, invoice.number),
                invoice.parts,
                invoice.number in self.disputed,
                self.limit(invoice.debtor, invoice.remitted[1]),
                self.limit(invoice.debtor, self.today),
            )
            for invoice in self.invoices.values()
            if invoice.remitted is not None and not invoice.away and invoice.open
        ]
        notes: Counter[str] = Counter()
        for note in self.notes.values():
            if note.counted:
                notes[note.debtor] += note.unused
        debtors = {*self.pool, *(waiting.debtor for waiting in self.waiting)}
        unallocated = {debtor: self.unallocated(debtor) for debtor in debtors}
        total, reasons = eligible(
            self.contract, self.today, documents, dict(notes), unallocated, sum(self.loose)
        )
        return total, reasons

    def unallocated(self, debtor: str) -> int:
        return max(0, sum(self.pool[debtor])) + self.awaited(debtor)

    def available(self, total: int | None = None) -> int:
        total = self.eligibility()[0] if total is None else total
        contract, day = self.contract, self.today
        if contract.model == "guarantee-fund":
            capacity = total - self.G
        else:
            capacity = half_up(contract.advance_rate.on(day) * total)
        ceiling = contract.ceiling.on(day)
        return (capacity if ceiling is None else min(capacity, ceiling)) - self.U

    def draw(self, asked: Sequence[Event]) -> None:
        amounts: list[int] = []
        if self.contract.source == "generated":
            if self.contract.draw == "requested":
                amounts = [event.amount for event in asked]
            elif self.today in self.funding_dates:
                amounts = [max(0, self.available())]
        for amount in amounts:
            if amount > max(0, self.available()):
                msg = f"{self.today}: {amount} drawn of {self.available()}"
                raise Contradiction(msg)
            self.draws.append(amount)
            self.current.append(-amount)
            self.post(("shared", amount), (self.account, -amount))
            self.post(("operating", amount), ("shared", -amount))

    def _day_interest(self) -> Fraction:
        contract, day = self.contract, self.today
        base = sum(self.draws) - sum(self.swept) if contract.base == "draws" else self.U
        rate = contract.margin.on(day)
        if contract.index:
            index, floor = self._index(), contract.floor.on(day)
            rate += index if floor is None else max(index, floor)
        return max(0, base) * rate / contract.basis

    def _index(self) -> Fraction:
        values = [
            (event.day, Fraction(event.rate) / 100)
            for event in self.events
            if event.kind == "index" and event.what == self.contract.index
        ]
        if not values:
            raise Contradiction("no index yet")
        return max(values)[1]

    def interest(self, given: Sequence[Event]) -> None:
        self.accrued += self._day_interest()
        if given or days.is_month_end(self.today):
            self.book_interest(given)

    def book_interest(self, given: Sequence[Event]) -> None:
        rate = self.contract.interest_vat.on(self.today)
        for event in given:
            self.fee("interest", "interest", event.amount, rate, event.figure("vat"))
        if not given:
            self.fee("interest", "interest", half_up(self.accrued), rate)
        self.accrued = Fraction(0)


def _within(gives: int, ceiling: int | None, fund: int) -> int:
    return gives if ceiling is None else min(gives, max(0, ceiling - fund))
