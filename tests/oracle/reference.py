"""The rules a second time: one calendar day after the other, every figure a sum of simple lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.oracle import days
from tests.oracle.eligible import half_up
from tests.oracle.funding import Funding
from tests.oracle.model import Case
from tests.oracle.model import Date
from tests.oracle.model import Event
from tests.oracle.model import Txn
from tests.oracle.records import Contradiction
from tests.oracle.records import Holder
from tests.oracle.records import Invoice


@dataclass(frozen=True, slots=True)
class Day:
    """A day's end: the keys of the position, every account's balance, and what is open.

    `open_items` has what is open per number and due date (credit notes negative), and, per
    debtor, the items less the credits without a number.
    """

    position: dict[str, int | None]
    balances: dict[str, int]
    open_items: dict[str, int]


class Reference(Funding):
    """The factor's books and the firm's, carried from day to day by `step`."""

    def step(self, day: Date, txns: Sequence[Txn], events: Sequence[Event]) -> None:
        """Carry the books over one day, in the rules' order."""
        self.today = day
        self.events += events
        of = {kind: [event for event in events if event.kind == kind] for kind in _KINDS}
        closing = bool(of["close"])
        for txn in txns:
            self.write(txn)
            self.documents(txn)
        self.settle_waiting()
        for event in (*of["dispute"], *of["resolve"]):
            (self.disputed.add if event.kind == "dispute" else self.disputed.discard)(event.what)
        for event in of["return"]:
            self._return(event.what)
        for event in of["default"]:
            self._default(event.what)
        for txn in txns:
            self.settlements(txn)
        if self.active or self.closed:
            self.sweeps(txns, closing=closing)
        if self.active:
            self._active_day(of, closing=closing)
        self._check()

    def _active_day(self, of: dict[str, list[Event]], *, closing: bool) -> None:
        contract, day = self.contract, self.today
        directive = of["remit"][0] if of["remit"] else None
        new: list[Invoice] = []
        booked = False
        if not closing and (directive or days.is_scheduled(contract, day)):
            later = days.business_days_later(contract.calendar, day, contract.funding_days)
            self.funding_dates.add(later)
            booked, new = self.remit(directive)
        self.charges(of["charge"], remitted=booked)
        self.yearly_minimum()
        if closing:
            self._close(of["interest"])
            return
        self.guarantee(new, directive if booked else None)
        if contract.reserve == "posted":
            self.move_reserve(self.F - self.K - self.N - self.eligibility()[0])
        self.draw(of["draw"])
        self.interest(of["interest"])

    def snapshot(self) -> Day:
        ceiling = self.contract.ceiling.on(self.today)
        in_force = self.active
        total, reasons = self.eligibility() if in_force else (0, {})
        position: dict[str, int | None] = {
            "outstanding": self.F - self.K - self.N if in_force else 0,
            "factor_outstanding": self.F if in_force else 0,
            "collections_in_hand": self.K if in_force else 0,
            "credit_notes_in_transit": self.N if in_force else 0,
            "eligible": total,
            **{reason: reasons.get(reason, 0) for reason in _REASONS},
            "guarantee_fund": self.G if in_force else 0,
            "reserve": self.reserve if in_force else 0,
            "ceiling": ceiling if in_force or ceiling is None else 0,
            "funds_in_use": self.U if in_force else 0,
            "available": self.available(total) if in_force else 0,
            "current_account": sum(self.current) if in_force else 0,
            "commission_to_date": self.fees_of("commission"),
            "charges_to_date": self.fees_of("charge"),
            "interest_to_date": self.fees_of("interest"),
            "vat_to_date": self.vat,
            "shared_account": self.balances["shared"],
        }
        return Day(position, dict(self.balances), self._open_items())

    def _open_items(self) -> dict[str, int]:
        items: Counter[str] = Counter()
        for invoice in self.invoices.values():
            for due, amount in invoice.parts:
                items[f"{invoice.number} {due}"] += amount
        for note in self.notes.values():
            items[f"{note.number} None"] -= note.unused
        for debtor, amounts in self.pool.items():
            items[f"{debtor} without number"] -= sum(amounts)
        for waiting in self.waiting:
            items[f"{waiting.debtor} without number"] -= waiting.amount
        return {name: amount for name, amount in items.items() if amount}

    def _check(self) -> None:
        """Check the identities of section 1 on what was carried here."""
        paid = self.fees_of("commission", "charge", "interest") + self.vat
        use = sum(self.draws) + paid - sum(self.swept) - sum(self.losses) - sum(self.others)
        if self.closed is None and use != self.U:
            msg = f"{self.today}: U is {self.U}, but {use} by what moved"
            raise AssertionError(msg)
        for invoice in self.invoices.values():
            held = sum(invoice.line) - sum(invoice.in_hand) - invoice.transit
            if self.closed is None and held != (invoice.open if invoice.held else 0):
                msg = f"{self.today}: {invoice.number} is open {invoice.open}, held {held}"
                raise AssertionError(msg)

        for account, amount in self.balances.items():
            role, _, debtor = account.partition(":")
            if role == "receivables" and amount != self._receivable(debtor):
                msg = f"{self.today}: {account} is {amount}, not {self._receivable(debtor)}"
                raise AssertionError(msg)

    def _receivable(self, debtor: str) -> int:
        """Return what a customer's account shows by its documents (rules, 5, invariant 3)."""
        total = -sum(self.pool[debtor]) - self.awaited(debtor)
        for invoice in self.invoices.values():
            if invoice.debtor == debtor and invoice.away != "defaulted":
                held = invoice.held and self.derecognition and self.closed is None
                total += 0 if held else invoice.open
            if invoice.debtor == debtor and self.derecognition and self.closed is None:
                total -= invoice.transit
        for note in self.notes.values():
            if note.debtor == debtor:
                held = note.counted and self.derecognition and self.active
                total -= note.transit if held else note.unused
        return total

    def _assigned(self, number: str) -> Invoice:
        invoice = self.invoices.get(number)
        if invoice is None or not invoice.held or not invoice.open:
            msg = f"{number} is not assigned or not open"
            raise Contradiction(msg)
        return invoice

    def _return(self, number: str) -> None:
        invoice = self._assigned(number)
        self._give_back(invoice, invoice.open)
        invoice.away = "returned"

    def _give_back(self, holder: Holder, amount: int) -> None:
        holder.line.append(-amount)
        self.current.append(-amount)
        if self.derecognition:
            self.post((self.customer(holder.debtor), amount), ("current", -amount))

    def _default(self, number: str) -> None:
        invoice = self._assigned(number)
        whole = invoice.open
        share = half_up(self.contract.recourse.on(self.today) * whole)
        invoice.away = "defaulted"
        invoice.doubtful.append(share)
        invoice.line.append(-whole)
        self.current.append(-share)
        self.losses.append(whole - share)
        if self.derecognition:
            self.post(("doubtful", share), ("current", -share))
        else:
            customer = self.customer(invoice.debtor)
            self.post(("borrowing", whole - share), ("doubtful", share), (customer, -whole))

    def _close(self, given: Sequence[Event]) -> None:
        self.take_transit()
        for invoice in self.invoices.values():
            if invoice.held:
                self._give_back(invoice, invoice.open)
        for note in self.notes.values():
            if note.counted:
                self._give_back(note, -note.unused)
        self.book_interest(given)
        self.book_fund(-self.G)
        self.fund = self.carried = 0
        self.move_reserve(0)
        if self.contract.source == "generated":
            amount = sum(self.current)
            self.current.append(-amount)
            self.post(("operating", amount), (self.account, -amount))
        self.closed = self.today


_KINDS = (
    "remit", "draw", "limit", "dispute", "resolve", "return", "default", "interest", "charge",
    "index", "close",
)  # fmt: skip
_REASONS = ("disputed", "overdue", "unallocated", "over_limit", "concentration")


def every_day(case: Case) -> dict[Date, Day]:
    """Return each day's books, from the first entry to the horizon."""
    reference = Reference(case.contract)
    first = min([case.contract.start, *(txn.day for txn in case.txns)])
    first = min([first, *(event.day for event in case.events)])
    result: dict[Date, Day] = {}
    day = first
    last = case.horizon
    while day <= last:
        txns = [txn for txn in case.txns if txn.day == day]
        events = [event for event in case.events if event.day == day]
        reference.step(day, txns, events)
        result[day] = reference.snapshot()
        day += days.ONE
    return result
