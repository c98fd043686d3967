"""The aged balance per debtor (interface.md, section 3): who owes what, and how late it is.

It ties to the ledger: a debtor's total less what is assigned is its account's balance with the
treatment `derecognition`, which takes assigned documents out of the receivables; the total itself
with `borrowing`. A document in default left the receivables under both (rules.md, section 4).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from typing import Final

from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import Treatment
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Standing
from beancount_factoring.reports.plain import plain
from beancount_factoring.reports.source import ContractDay

BUCKETS: Final = ("not_due", "1-30", "31-60", "61-90", "91+")
"""Days past the due date; a document is not due through its due date."""


@dataclass(frozen=True, slots=True)
class AgedLine:
    """What a debtor owes, or all together: open documents by age, in the order of `BUCKETS`.

    `unallocated` is negative: unallocated credits and unused credit notes. `total` is the buckets
    and `unallocated`; `assigned` is what a factor holds of it.
    """

    debtor: str
    buckets: tuple[Decimal, ...]
    unallocated: Decimal
    total: Decimal
    assigned: Decimal

    def figures(self) -> dict[str, Decimal]:
        """Return the line's amounts by their keys of the interface."""
        rest = {"unallocated": self.unallocated, "total": self.total, "assigned": self.assigned}
        return dict(zip(BUCKETS, self.buckets, strict=True)) | rest


@dataclass(frozen=True, slots=True)
class AgedReport:
    """A contract's aged balance on a day, by debtor; debtors without anything are left out."""

    contract: str
    date: datetime.date
    currency: str
    debtors: tuple[AgedLine, ...]
    total: AgedLine

    def as_json(self) -> dict[str, Any]:
        """Return the object that `aged --format json` prints."""
        return {
            "contract": self.contract,
            "date": plain(self.date),
            "currency": self.currency,
            "buckets": list(BUCKETS),
            "debtors": [{"debtor": line.debtor, **plain(line.figures())} for line in self.debtors],
            "total": plain(self.total.figures()),
        }


class _Sums:
    """One debtor's sums in minor units."""

    __slots__ = ("assigned", "buckets", "unallocated")

    def __init__(self) -> None:
        self.buckets = [0] * len(BUCKETS)
        self.unallocated = 0
        self.assigned = 0

    def add(self, claim: Claim, day: datetime.date) -> None:
        """Add a document."""
        self.assigned += claim.line - claim.in_hand
        if claim.document.kind.is_credit:
            self.unallocated -= claim.open
        elif claim.standing is not Standing.DEFAULTED:
            self.buckets[_bucket(claim.document.due, day)] += claim.open

    def add_foreign(self, own: Claim, contract: Contract, held: Claim, day: datetime.date) -> None:
        """Add a document that another contract holds: assigned, or gone, all the same."""
        if held.standing is not Standing.DEFAULTED:
            self.add(own, day)
        if contract.treatment is Treatment.DERECOGNITION:
            self.assigned += held.line - held.in_hand

    @property
    def is_empty(self) -> bool:
        return not (any(self.buckets) or self.unallocated or self.assigned)


def aged_report(on: ContractDay) -> AgedReport:
    """Return a contract's aged balance on a day."""
    sums: defaultdict[str, _Sums] = defaultdict(_Sums)
    _add_up(on, lambda debtor: sums[debtor])
    lines = [(name, sums[name]) for name in sorted(sums) if not sums[name].is_empty]
    return AgedReport(
        contract=on.contract.name,
        date=on.day,
        currency=on.contract.currency,
        debtors=tuple(_line(on, name, [each]) for name, each in lines),
        total=_line(on, "", [each for _name, each in lines]),
    )


def aged_total(on: ContractDay) -> AgedLine:
    """Return the total of a contract's aged balance on a day, without the debtors' lines."""
    total = _Sums()
    _add_up(on, lambda _debtor: total)
    return _line(on, "", [total])


def _add_up(on: ContractDay, sums_of: Callable[[str], _Sums]) -> None:
    """Add each document to its debtor's sums."""
    elsewhere = on.held_elsewhere()
    for claim in on.claims():
        if elsewhere:
            holder = elsewhere.get(claim.document.identity)
            if holder is not None and claim.standing is Standing.FIRM:
                sums_of(claim.document.debtor).add_foreign(claim, *holder, on.day)
                continue
        elif not claim.open and claim.line == claim.in_hand:
            continue
        sums_of(claim.document.debtor).add(claim, on.day)
    for claim, earmark in on.books.state.items.earmarks():
        debtor = claim.document.debtor
        if on.concerns(debtor) and on.selects(claim.document):
            sums_of(debtor).unallocated -= earmark.amount


def _line(on: ContractDay, name: str, parts: Iterable[_Sums]) -> AgedLine:
    """Return a line of one debtor's sums, or of several debtors'."""
    parts = list(parts)
    buckets = [sum(part.buckets[place] for part in parts) for place in range(len(BUCKETS))]
    unallocated = sum(part.unallocated for part in parts)
    return AgedLine(
        debtor=name,
        buckets=tuple(map(on.amount, buckets)),
        unallocated=on.amount(unallocated),
        total=on.amount(sum(buckets) + unallocated),
        assigned=on.amount(sum(part.assigned for part in parts)),
    )


def _bucket(due: datetime.date | None, day: datetime.date) -> int:
    """Return the place in `BUCKETS` of a document with a due date."""
    late = 0 if due is None else (day - due).days
    return 0 if late <= 0 else min((late - 1) // 30 + 1, len(BUCKETS) - 1)
