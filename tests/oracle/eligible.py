"""What of the outstanding can be funded (rules, 2), from one day's open documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.model import Contract
from tests.oracle.model import Date

REASONS = ("disputed", "overdue", "unallocated", "over_limit", "concentration")


def half_up(value: Fraction) -> int:
    """Round to a whole minor unit, a half away from zero."""
    size = int(abs(value) + Fraction(1, 2))
    return size if value >= 0 else -size


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """An assigned document with what is open of it, by due date, and its limits (None: none)."""

    debtor: str
    order: tuple[int, Date, str]
    parts: tuple[tuple[Date, int], ...]
    disputed: bool
    limit_then: int | None
    limit_now: int | None


def eligible(
    contract: Contract,
    day: Date,
    documents: Sequence[OpenDocument],
    unused_notes: dict[str, int],
    unallocated: dict[str, int],
    loose: int,
) -> tuple[int, dict[str, int]]:
    """Return the eligible amount and each reason's amount.

    `loose` is what the firm posted itself on the collections: in hand, but of no document.
    """
    reasons: Counter[str] = Counter(dict.fromkeys(REASONS, 0))
    total = sum(amount for document in documents for _, amount in document.parts)
    outstanding = total - sum(unused_notes.values()) - loose
    sums: dict[str, int] = {}
    for debtor in {document.debtor for document in documents} | set(unused_notes):
        mine = sorted((d for d in documents if d.debtor == debtor), key=lambda d: d.order)
        rows: list[list[int]] = []
        for document in mine:
            whole = sum(amount for _, amount in document.parts)
            late = sum(amount for due, amount in document.parts if _late(contract, due, day))
            reasons["disputed"] += whole if document.disputed else 0
            reasons["overdue"] += 0 if document.disputed else late
            rows.append([0 if document.disputed else whole - late])
        excess = _take_off(rows, unused_notes.get(debtor, 0))
        credit = unallocated.get(debtor, 0)
        reasons["unallocated"] += credit - _take_off(rows, credit)
        inside = 0
        for document, (left,) in zip(mine, rows, strict=True):
            limit = _limit(contract, day, document, mine)
            fits = left if limit is None else min(left, max(0, limit - inside))
            inside += fits
            reasons["over_limit"] += left - fits
        sums[debtor] = inside - excess
    share = contract.concentration.on(day)
    if share is not None:
        cap = max(0, half_up(share * outstanding))
        for debtor, amount in sums.items():
            over = max(0, amount - cap)
            reasons["concentration"] += over
            sums[debtor] -= over
    return sum(sums.values()) - loose, dict(reasons)


def _late(contract: Contract, due: Date, day: Date) -> bool:
    patience = contract.overdue.on(day)
    return patience is not None and (day - due).days > patience


def _take_off(rows: list[list[int]], amount: int) -> int:
    """Take an amount off the last rows first; return what was too much."""
    for row in reversed(rows):
        taken = min(row[0], amount)
        row[0] -= taken
        amount -= taken
    return amount


def _limit(
    contract: Contract, day: Date, document: OpenDocument, debtors: Sequence[OpenDocument]
) -> int | None:
    if document.limit_then is None or document.limit_now is None:
        return None
    limit = max(document.limit_then, document.limit_now)
    if contract.limit_basis == "gross":
        return limit
    if contract.model == "advance-rate":
        return half_up(limit / contract.advance_rate.on(day))
    assigned = sum(amount for other in debtors for _, amount in other.parts)
    return limit + half_up(contract.fund_rate.on(day) * assigned)
