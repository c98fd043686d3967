"""What the makers of a random history share: its state, chances and choices."""

from __future__ import annotations

import random
from collections.abc import Callable
from collections.abc import Collection
from decimal import Decimal

from tests.oracle.contracts import DEBTORS
from tests.oracle.model import DIGITS
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Event
from tests.oracle.model import Line
from tests.oracle.model import Txn
from tests.oracle.records import Invoice
from tests.oracle.records import Note
from tests.oracle.reference import Reference

# Chance per day of each kind of happening; a history has a random part of them.
CHANCES = {
    "invoice": 0.7,
    "instalments": 0.06,
    "item": 0.02,
    "credit": 0.03,
    "credit note": 0.06,
    "free credit note": 0.06,
    "receipt": 0.6,
    "early settlement": 0.03,
    "bounce": 0.05,
    "reduction": 0.05,
    "reduction back": 0.02,
    "set-off": 0.02,
    "allocation": 0.02,
    "refund": 0.03,
    "refund back": 0.02,
    "repayment": 0.02,
    "deduction": 0.02,
    "dispute": 0.04,
    "resolve": 0.15,
    "return": 0.03,
    "default": 0.03,
    "limit": 0.03,
    "index": 0.04,
    "remit": 0.06,
    "figures": 0.3,
    "draw": 0.1,
    "interest": 0.03,
    "charge": 0.03,
    "other posting": 0.02,
    "fund posting": 0.01,
    "collections posting": 0.01,
    "late receipts": 1.0,
}
STRAIGHT = frozenset({"invoice", "receipt", "index"})
# Disagreements under discussion, kept out of the histories: names of CHANCES.
SWITCHED_OFF: frozenset[str] = frozenset()


class Story:
    """One history in the making."""

    def __init__(self, rng: random.Random, contract: Contract, features: frozenset[str]) -> None:
        self.rng = rng
        self.contract = contract
        self.features = features - SWITCHED_OFF
        self.reference = Reference(contract)
        self.txns: list[Txn] = []
        self.events: list[Event] = []
        self.unit = 10 ** DIGITS[contract.currency]
        self.day = contract.start
        self.today: list[Txn] = []
        self.directives: list[Event] = []
        self.touched: set[str] = set()
        self.last = contract.start
        self.numbers = 0
        self.known: set[str] = set()
        self.planned: dict[Date, list[Txn]] = {}
        self.bounceable: list[tuple[str, str, int]] = []
        self.reduced: list[tuple[str, int]] = []
        self.refunded: list[tuple[str, int, str]] = []

    def happens(self, what: str) -> bool:
        return what in self.features and self.rng.random() < CHANCES[what]

    def amount(self, high: int = 20000) -> int:
        """Draw an amount, small ones more often than large ones."""
        return self.rng.randrange(1, self.rng.randrange(2, high) * self.unit)

    def debtor(self) -> str:
        return DEBTORS[min(self.rng.randrange(8), self.rng.randrange(8))]

    def number(self, prefix: str) -> str:
        self.numbers += 1
        return f"{prefix}{self.numbers:05d}"

    def txn(self, lines: list[Line], other: str, style: int = 0) -> Txn:
        """Make a transaction whose other side is one account."""
        total = sum(line.amount for line in lines)
        return Txn(self.day, tuple(lines), ((other, -total),) if total else (), style)

    def event(
        self,
        kind: str,
        what: str = "",
        amount: int = 0,
        figures: tuple[tuple[str, int], ...] = (),
    ) -> None:
        self.directives.append(Event(self.day, kind, what, amount, figures=figures))

    def index(self, day: Date) -> Event:
        return Event(day, "index", "EURIBOR3M", rate=Decimal(self.rng.randrange(-900, 4500)) / 1000)

    def figures(self, *names: str) -> tuple[tuple[str, int], ...]:
        if not self.happens("figures"):
            return ()
        return tuple((name, self.amount(300)) for name in names if self.rng.random() < 0.5)

    def bank_account(self) -> str:
        accounts = ["shared"] * 8 + ["operating"] + (["banks"] if self.contract.banks else [])
        return self.rng.choice(accounts)

    def pick(
        self, suits: Callable[[Invoice], bool], debtors: Collection[str] = DEBTORS
    ) -> Invoice | None:
        """Choose an open invoice of some debtors that nothing touched today."""
        found = [
            invoice
            for invoice in self.reference.invoices.values()
            if invoice.open > 0
            and invoice.debtor in debtors
            and invoice.number not in self.touched
            and suits(invoice)
        ]
        if not found:
            return None
        chosen = found[min(self.rng.randrange(len(found)), self.rng.randrange(len(found)))]
        self.touched.add(chosen.number)
        return chosen

    def pick_note(self) -> Note | None:
        found = [
            note
            for note in self.reference.notes.values()
            if note.unused > 0 and note.number not in self.touched
        ]
        if not found:
            return None
        chosen = self.rng.choice(found)
        self.touched.add(chosen.number)
        return chosen

    def payable(self, invoice: Invoice) -> bool:
        if self.reference.closed and invoice.away == "defaulted":
            return "late receipts" in self.features
        return True
