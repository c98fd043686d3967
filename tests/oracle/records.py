"""What the second implementation keeps of documents and receipts."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from tests.oracle.model import Date


class Contradiction(Exception):  # noqa: N818
    """The history contradicts the rules: the ledger would have an error."""


@dataclass(slots=True)
class Holder:
    """What the factor has of a document: lists of movements, each a signed amount."""

    number: str
    debtor: str
    day: Date
    line: list[int] = field(default_factory=list)
    in_hand: list[int] = field(default_factory=list)
    in_transit: list[tuple[str, int]] = field(default_factory=list)

    @property
    def transit(self) -> int:
        return sum(amount for _, amount in self.in_transit)


@dataclass(slots=True)
class Invoice(Holder):
    """An invoice, its instalments by due date.

    `in_transit` says with which credit note, or "" for a reduction; `credited` says of which
    instalment.
    """

    instalments: list[tuple[Date, int]] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    credited: list[tuple[int, int]] = field(default_factory=list)
    remitted: tuple[int, Date] | None = None
    assigned: int = 0
    gave: int = 0
    away: str = ""
    doubtful: list[int] = field(default_factory=list)
    later: list[int] = field(default_factory=list)

    @property
    def open(self) -> int:
        whole = sum(amount for _, amount in self.instalments)
        return whole - sum(self.settled) - sum(amount for _, amount in self.credited)

    @property
    def held(self) -> bool:
        return self.remitted is not None and not self.away

    @property
    def parts(self) -> tuple[tuple[Date, int], ...]:
        """Return what is open by due date; what was paid went to the earliest due first."""
        paid = sum(self.settled)
        parts = []
        for place, (due, amount) in enumerate(self.instalments):
            left = amount - sum(credited for where, credited in self.credited if where == place)
            covered = min(left, paid)
            paid -= covered
            parts.append((due, left - covered))
        return tuple(parts)

    def credit(self, amount: int) -> None:
        """Lower what is open by a credit note, the earliest due first: there it stays."""
        for place, (_, left) in enumerate(self.parts):
            lowers = min(left, amount)
            self.credited.append((place, lowers))
            amount -= lowers


@dataclass(slots=True)
class Note(Holder):
    """A credit note that names no invoice."""

    amount: int = 0
    used: list[int] = field(default_factory=list)
    counted: bool = False

    @property
    def unused(self) -> int:
        return self.amount - sum(self.used)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What comes before its document: what is left of a settlement, or a credit note."""

    number: str
    debtor: str
    amount: int
    is_note: bool = False


@dataclass(slots=True)
class Receipt:
    """A receipt with what of it the factor has not swept."""

    day: Date
    account: str
    parts: list[tuple[Holder, int]]
    rest: int

    @property
    def in_hand(self) -> int:
        return sum(amount for _, amount in self.parts)
