"""The customers' side by the ledger's text alone: what is open of each document.

amount − credits − receipts − write-offs = open (rules.md, section 5, invariant 2); what is too much
is a credit of the debtor. It says what each line did, for `custody` to follow, and counts it.
"""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from tests.oracle.model import Date
from tests.oracle.model import Line
from tests.oracle.model import Txn

Saw = Callable[[str, str, str], None]


@dataclass(slots=True)
class Paper:
    """A document by its number; a credit note that names no invoice has `is_note`.

    `amount` − `credited` − `settled` is open; of a credit note `settled` is what was used. What
    follows is the factor's: `line`, `in_hand` and `in_transit` are its shares of F, K and N, and
    `away` says how it left.
    """

    number: str
    debtor: str
    day: Date
    is_note: bool = False
    parts: int = 0
    amount: int = 0
    credited: int = 0
    settled: int = 0
    held: bool = False
    was_held: bool = False
    away: str = ""
    assigned: int = 0
    line: int = 0
    in_hand: int = 0
    in_transit: int = 0
    doubtful: int = 0
    recovered: int = 0
    gave: int = 0
    kept: int = 0
    freed: Date | None = None

    @property
    def open(self) -> int:
        return self.amount - self.credited - self.settled

    @property
    def is_alive(self) -> bool:
        return bool(self.open or self.line or self.in_hand or self.in_transit)

    @property
    def standing(self) -> str:
        return self.away or ("assigned" if self.held else "not assigned")


@dataclass(frozen=True, slots=True)
class Effect:
    """What one line did to a document: what it lowers is positive.

    `cause` is `credit note`, `receipt`, `reduction`, `deduction` (a credit note used in a receipt)
    or `refund`; `note` is the credit note's number.
    """

    paper: Paper
    amount: int
    cause: str
    note: str = ""


@dataclass
class Subledger:
    """Every document of the customers that one contract sees, and each debtor's net credits."""

    banks: tuple[str, ...]
    saw: Saw
    papers: dict[str, Paper] = field(default_factory=dict)
    credits: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    # What is paid and not taken back of documents that are not there yet, and that per debtor.
    early: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    # Each debtor's documents that are not over and done with.
    live: defaultdict[str, dict[str, Paper]] = field(default_factory=lambda: defaultdict(dict))

    def named(self, number: str) -> Paper:
        """Return a document about which something is said."""
        paper = self.papers[number]
        self.live[paper.debtor][number] = paper
        return paper

    def of(self, debtor: str) -> list[Paper]:
        """Return what is alive of a debtor's documents."""
        alive = {number: p for number, p in self.live[debtor].items() if p.is_alive}
        self.live[debtor] = alive
        return list(alive.values())

    def bring_in(self, txns: list[Txn]) -> Iterator[Effect]:
        """Take a day's documents; yield what credit notes, and settlements made before, lower."""
        for txn in txns:
            for line in txn.lines:
                if line.amount > 0 and line.settles is None:
                    self._debit(txn, line)
                elif line.amount < 0 and (line.credit_note or line.invoice) and not line.credits:
                    self._note(txn, line)
        self._settle_early()
        for txn in txns:
            for line in txn.lines:
                if line.credits:
                    yield from self._correct(line)

    def _debit(self, txn: Txn, line: Line) -> None:
        if line.invoice is None:
            kind = "item without a number"
            if self.bank_of(txn) and len(txn.lines) > 1:
                kind = "payment less a credit"
            elif self.bank_of(txn):
                kind = "repayment of a credit"
            elif len(txn.lines) > 1:
                kind = "allocation of a credit"
            self.saw(kind, line.debtor, "")
            self.credits[line.debtor] -= line.amount
            return
        self.papers.setdefault(line.invoice, Paper(line.invoice, line.debtor, txn.day))
        paper = self.named(line.invoice)
        paper.amount += line.amount
        paper.parts += 1
        kind = "instalments" if paper.parts > 1 else "invoice"
        self.saw(kind, line.debtor, line.invoice)

    def _note(self, txn: Txn, line: Line) -> None:
        number = line.credit_note or line.invoice or ""
        self.papers[number] = Paper(number, line.debtor, txn.day, is_note=True, amount=-line.amount)
        self.named(number)
        kind = "credit note without an invoice" if line.credit_note else "negative invoice"
        self.saw(kind, line.debtor, number)

    def _correct(self, line: Line) -> Iterator[Effect]:
        paper = self.named(line.credits or "")
        amount = -line.amount
        lowers = min(amount, paper.open)
        kind = "invoice not assigned" if paper.standing == "not assigned" else paper.standing
        self.saw(f"credit note: {kind}", paper.debtor, paper.number)
        if amount > lowers:
            self.saw("credit note: beyond the open amount", paper.debtor, paper.number)
        paper.credited += lowers
        self.credits[paper.debtor] += amount - lowers
        yield Effect(paper, lowers, "credit note", line.credit_note or line.invoice or "")

    def _settle_early(self) -> None:
        """Settle the documents of the day with what came before them: nobody holds them yet."""
        for number in [number for number in self.early if number in self.papers]:
            amount = self.early.pop(number)
            paper = self.named(number)
            self.waiting[paper.debtor] -= amount
            self._settle(paper, amount)

    def _pay_early(self, line: Line, txn: Txn) -> None:
        """Keep what is paid too early; take back no more than that, the rest is a debit."""
        number, amount = line.settles or "", -line.amount
        cash = self.bank_of(txn) is not None
        kind = "payment" if cash else "reduction"
        if amount < 0:
            kind = "bounce" if cash else "reduction taken back"
        self.saw(f"{kind}: before the invoice", line.debtor, number)
        done = max(amount, -self.early[number])
        self.early[number] += done
        self.waiting[line.debtor] += done
        self.credits[line.debtor] += amount - done

    def bank_of(self, txn: Txn) -> str | None:
        """Return the contract's bank account of a transaction."""
        return next((name for name, _ in txn.others if name in self.banks), None)

    def settle(self, txn: Txn) -> Iterator[Effect]:
        """Follow what a transaction settles, takes back, uses, or leaves as a credit."""
        bank = self.bank_of(txn)
        receipt = bank is not None and self.is_receipt(txn)
        for line in sorted(txn.lines, key=lambda line: line.amount > 0):
            if line.settles is None:
                if line.amount < 0 and not (line.credit_note or line.invoice):
                    kind = "in a receipt" if bank else "without cash"
                    self.saw(f"credit without a number: {kind}", line.debtor, "")
                    self.credits[line.debtor] -= line.amount
                continue
            paper = self.named(line.settles) if line.settles in self.papers else None
            if paper is None:
                self._pay_early(line, txn)
            elif paper.is_note:
                self._count_use(paper, line, txn, receipt=receipt)
                paper.settled += line.amount
                yield Effect(paper, line.amount, "deduction" if receipt else "refund")
            else:
                self._count_settlement(paper, -line.amount, txn, bank)
                amount = self._settle(paper, -line.amount)
                yield Effect(paper, amount, "receipt" if bank else "reduction")

    def is_receipt(self, txn: Txn) -> bool:
        """Tell a receipt from the refund of a credit note (rules.md, section 3, Receipt)."""
        return any(
            (line.settles is None and line.amount < 0 and not (line.credit_note or line.invoice))
            or (line.settles is not None and not self.is_note(line.settles))
            for line in txn.lines
        )

    def is_note(self, number: str) -> bool:
        return number in self.papers and self.papers[number].is_note

    def _settle(self, paper: Paper, amount: int) -> int:
        """Settle (positive) or take back; return what of it changed what is open."""
        done = min(amount, paper.open) if amount > 0 else -min(-amount, paper.settled)
        paper.settled += done
        self.credits[paper.debtor] += amount - done
        return done

    def _count_settlement(self, paper: Paper, amount: int, txn: Txn, bank: str | None) -> None:
        names = [paper.standing]
        if amount < 0:
            names.append("bounce" if bank else "reduction taken back")
            kinds = [f"{names[1]}: {names[0]}"]
        elif bank is None:
            uses = any(line.settles and self.is_note(line.settles) for line in txn.lines)
            kinds = ["set-off of a credit note" if uses else f"reduction: {names[0]}"]
        else:
            size = "in full" if amount == paper.open else "part"
            size = "more than is open" if amount > paper.open else size
            kinds = [f"payment: {size}", f"payment: {names[0]}"]
            settled = {line.settles for line in txn.lines if line.settles and line.amount < 0}
            if len(settled) > 1:
                kinds.append("payment: of several invoices")
            if len({line.debtor for line in txn.lines}) > 1:
                kinds.append("payment: of several customers")
            if bank != "shared":
                kinds.append(f"payment: on the account {bank}")
            if len(txn.others) > 1:
                kinds.append("payment: less a discount")
            if any(line.settles and self.is_note(line.settles) for line in txn.lines):
                kinds.append("payment: less a credit note")
        for kind in kinds:
            self.saw(kind, paper.debtor, paper.number)

    def _count_use(self, paper: Paper, line: Line, txn: Txn, *, receipt: bool) -> None:
        if line.amount < 0:
            kind = "refund taken back"
        elif receipt:
            kind = "credit note used in a receipt"
        elif self.bank_of(txn):
            kind = "refund of a credit note"
        else:
            kind = "credit note used without cash"
        self.saw(kind, paper.debtor, paper.number)

    def debt(self, debtor: str) -> int:
        """Return what a debtor owes by its documents, less its credits and unused credit notes."""
        total = -self.credits[debtor] - self.waiting[debtor]
        for paper in self.of(debtor):
            total += -paper.open if paper.is_note else paper.open
        return total
