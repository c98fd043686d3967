"""What the factor holds of each document, by the ledger's text and the rules alone.

Every movement of F, K and N is made here from what customers did; from the package it takes only
that a remittance, or a bank's sweep, was booked, and what that sweep says it took.
"""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from fractions import Fraction

from tests.invariants.subledger import Effect
from tests.invariants.subledger import Paper
from tests.invariants.subledger import Saw
from tests.invariants.subledger import Subledger
from tests.oracle import days
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Txn


def half_up(value: Fraction) -> int:
    """Round to a whole minor unit, a half away from zero (rules.md, end of section 3)."""
    whole, rest = divmod(abs(value), 1)
    size = int(whole) + (rest * 2 >= 1)
    return size if value >= 0 else -size


@dataclass(slots=True)
class Cash:
    """A receipt as it waits for its sweep: what is in hand of it, and the rest."""

    day: Date
    due: Date
    parts: list[tuple[Paper, int]]
    rest: int

    @property
    def total(self) -> int:
        return sum(amount for _, amount in self.parts) + self.rest


@dataclass
class Custody:
    """One contract's lines; `before` are those of the earlier contracts."""

    contract: Contract
    book: Subledger
    saw: Saw
    before: list[Custody]
    # Documents that an earlier contract took, with the day from which on they are free.
    held_before: dict[str, Date | None] = field(default_factory=dict)
    transit: list[tuple[Paper, str, int]] = field(default_factory=list)
    cash: defaultdict[str, list[Cash]] = field(default_factory=lambda: defaultdict(list))
    # What is received and not swept on each bank account; with `statement`, in total only.
    waiting: Counter[str] = field(default_factory=Counter)
    losses: int = 0
    F: int = 0
    K: int = 0
    N: int = 0
    closed: Date | None = None
    # The day's remittance: each document with what was assigned, and each credit note.
    taken: dict[str, int] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)

    def is_active(self, day: Date) -> bool:
        return day >= self.contract.start and self.closed is None

    def _may_take(self, paper: Paper) -> bool:
        contract = self.contract
        if not contract.assignable(paper.debtor) or self.closed is not None:
            return False
        if contract.end is not None and paper.day > contract.end:
            return False
        if paper.number in self.held_before:
            free = self.held_before[paper.number]
            return free is not None
        return True

    def _count_note(self, paper: Paper) -> None:
        paper.held = paper.was_held = True
        self._carry(paper, paper.number, paper.open)

    def _carry(self, paper: Paper, label: str, amount: int) -> None:
        paper.in_transit += amount
        self.N += amount
        self.transit.append((paper, label, amount))

    def _move(self, paper: Paper, amount: int) -> None:
        paper.line += amount
        self.F += amount
        self.book.named(paper.number)

    def _take_in_hand(self, paper: Paper, amount: int) -> None:
        paper.in_hand += amount
        self.K += amount

    def _see_earlier(self, day: Date) -> None:
        """See what earlier contracts hold; one that closes today has the day's receipts still."""
        running_off = any(each.closed in {None, day} for each in self.before)
        if not running_off and day != self.contract.start:
            return
        self.held_before = {
            number: None if free == day else free
            for each in self.before
            for number, free in each.released().items()
        }

    def _take_over(self, day: Date) -> None:
        """After its receipts, count the unused credit notes of a contract that closes today."""
        for each in self.before if self.is_active(day) else ():
            given_back = [n for n, free in each.released().items() if free == day]
            for number in given_back if each.closed == day else ():
                self.held_before[number] = day
                paper = self.book.papers[number]
                if paper.is_note and self._may_take(paper):
                    self._count_note(paper)

    def bring_in(self, day: Date, txns: list[Txn]) -> None:
        """Follow a day's documents, and those that an earlier contract gave back."""
        self._see_earlier(day)
        if day == self.contract.start:
            early = [paper for paper in self.book.papers.values() if paper.is_note]
            for paper in early:
                if paper.open and not paper.held and self._may_take(paper):
                    self._count_note(paper)
        for effect in self.book.bring_in(txns):
            if effect.paper.held and effect.amount:
                self._carry(effect.paper, effect.note, effect.amount)
        if day < self.contract.start:
            return
        for line in [line for txn in txns for line in txn.lines]:
            number = line.credit_note or line.invoice or ""
            if self.book.is_note(number) and self._may_take(self.book.papers[number]):
                self._count_note(self.book.papers[number])

    def give_back(self, number: str) -> int:
        """Return a document to the firm; return its open amount."""
        paper = self.book.papers[number]
        self.saw("return", paper.debtor, number)
        return self._leave(paper, "returned")

    def _leave(self, paper: Paper, away: str) -> int:
        amount = -paper.open if paper.is_note else paper.open
        self._move(paper, -amount)
        paper.held, paper.away = False, away
        return amount

    def default(self, number: str, day: Date) -> tuple[int, int]:
        """Let a debtor be insolvent; return the open amount and the seller's share."""
        paper = self.book.papers[number]
        recourse = self.contract.recourse.on(day)
        kind = {Fraction(1): "full", Fraction(0): "no"}.get(recourse, "part")
        self.saw(f"default: {kind} recourse", paper.debtor, number)
        amount = self._leave(paper, "defaulted")
        paper.doubtful = half_up(recourse * amount)
        self.losses += amount - paper.doubtful
        return amount, paper.doubtful

    def receive(self, day: Date, txns: list[Txn]) -> tuple[int, int]:
        """Follow a day's entries; return what refunds moved to `C`, and what went to doubtful."""
        refunded = doubtful = 0
        for txn in txns:
            if not txn.lines:
                continue
            bank = self.book.bank_of(txn)
            receipt = self.book.is_receipt(txn)
            settles = any(line.settles for line in txn.lines) or receipt
            parts: list[tuple[Paper, int]] = []
            for effect in self.book.settle(txn):
                self._use_again(effect, day)
                refunded += self._refund(effect)
                held, borne = self._collect(effect)
                parts += [(effect.paper, held)] if held else []
                doubtful += borne
            if bank is not None and settles and day >= self.contract.start:
                self._await_sweep(day, txn, bank, parts)
        self._take_over(day)
        return refunded, doubtful

    def _use_again(self, effect: Effect, day: Date) -> None:
        """Take a credit note used up before the start, of which some use is taken back now."""
        paper = effect.paper
        given_back = paper.is_note and effect.amount < 0 and not (paper.held or paper.away)
        if given_back and self.is_active(day) and self._may_take(paper):
            paper.held = paper.was_held = True

    def _refund(self, effect: Effect) -> int:
        if effect.cause != "refund" or not effect.paper.held:
            return 0
        self._move(effect.paper, effect.amount)
        return effect.amount

    def _collect(self, effect: Effect) -> tuple[int, int]:
        """Return what of an effect is a collection in hand, and what is the seller's share."""
        paper, amount = effect.paper, effect.amount
        if effect.cause == "reduction":
            if paper.held and amount:
                self._carry(paper, paper.number, amount)
            return 0, 0
        if effect.cause not in {"receipt", "deduction"}:
            return 0, 0
        if paper.is_note:
            amount = -amount
        if paper.held:
            self._take_in_hand(paper, amount)
            return amount, 0
        if paper.away != "defaulted":
            return 0, 0
        factors = max(0, amount - paper.doubtful) if amount > 0 else -min(-amount, paper.recovered)
        paper.doubtful -= amount - factors
        paper.recovered += factors
        self.losses -= factors
        self._move(paper, factors)
        self._take_in_hand(paper, factors)
        return factors, amount - factors

    def _await_sweep(self, day: Date, txn: Txn, bank: str, parts: list[tuple[Paper, int]]) -> None:
        rest = 0
        if bank == "shared" and self.closed is None:
            rest = txn.on(bank) - sum(amount for _, amount in parts)
        if not parts and not rest:
            return
        due = days.business_days_later(self.contract.calendar, day, self.contract.sweep)
        self.cash[bank].append(Cash(day, due, parts, rest))
        self.waiting[bank] += self.cash[bank][-1].total

    def sweep_due(self, day: Date | None) -> dict[str, tuple[Counter[str], int]]:
        """Take what is due on a day (all, for `None`); return parts and rest per account."""
        swept: dict[str, tuple[Counter[str], int]] = {}
        for bank, queue in self.cash.items():
            due = [cash for cash in queue if day is None or cash.due <= day]
            if not due:
                continue
            self.cash[bank] = [cash for cash in queue if day is not None and cash.due > day]
            parts: Counter[str] = Counter()
            for cash in due:
                for paper, amount in cash.parts:
                    parts[paper.number] += amount
                    self._sweep(paper, amount)
                self.waiting[bank] -= cash.total
            swept[bank] = (parts, sum(cash.rest for cash in due))
        return swept

    def sweep_stated(self, bank: str, parts: Iterable[tuple[str, int]], rest: int) -> int:
        """Take what the package says a bank's entry took; return what of it was received."""
        total = rest
        for number, amount in parts:
            self._sweep(self.book.papers[number], amount)
            total += amount
        self.waiting[bank] -= total
        return total

    def _sweep(self, paper: Paper, amount: int) -> None:
        self._take_in_hand(paper, -amount)
        self._move(paper, -amount)

    def remit(self, day: Date) -> bool:
        """Take every open document and everything in transit; say whether there was anything."""
        had_transit = bool(self.transit)
        self.notes = self._take_transit()
        self.taken = {}
        for paper in self.book.papers.values():
            free = not (paper.is_note or paper.held or paper.away) and paper.open > 0
            if free and self._may_take(paper):
                paper.held = paper.was_held = True
                paper.assigned = paper.open
                self._move(paper, paper.open)
                self.taken[paper.number] = paper.open
        return had_transit or bool(self.taken)

    def _take_transit(self) -> Counter[str]:
        notes: Counter[str] = Counter()
        for paper, label, amount in self.transit:
            paper.in_transit -= amount
            self.N -= amount
            self._move(paper, -amount)
            notes[label] += amount
        self.transit = []
        return notes

    def close(self, day: Date) -> Counter[str]:
        """Settle everything; return what goes back to the firm per document."""
        notes = self._take_transit()
        back = Counter(notes)
        for paper in self.book.papers.values():
            if paper.held:
                paper.freed = day if paper.open else None
                back[paper.number] += self._leave(paper, "given back")
        self.closed = day
        return back

    def sums(self) -> tuple[int, int, int]:
        """Return F, K and N as the sums of the documents' shares."""
        papers = self.book.papers.values()
        return (
            sum(paper.line for paper in papers),
            sum(paper.in_hand for paper in papers),
            sum(paper.in_transit for paper in papers),
        )

    def released(self) -> dict[str, Date | None]:
        """Return every document this contract had, with the day from which it is free again."""
        return {
            paper.number: paper.freed
            for paper in self.book.papers.values()
            if paper.was_held or paper.away
        }

    def account_effect(self, debtor: str) -> int:
        """Return what the contract's bookings add to a customer's account (rules.md, 4 and 5)."""
        derecognition = self.contract.treatment == "derecognition"
        total = 0
        for paper in self.book.of(debtor):
            if derecognition:
                # Credited by the firm, and debited to the factor at the next remittance.
                total -= paper.in_transit
            if paper.away == "defaulted":
                total -= paper.open
            elif paper.held and derecognition:
                total += paper.open if paper.is_note else -paper.open
        return total
