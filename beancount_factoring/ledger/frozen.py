"""What of the generated transactions the user keeps as text: copies, and marks of closed periods.

A closed period is copies of its transactions, a mark with its last day, and records of the
documents that its events were made of, which the copies do not always show.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from typing import Final
from typing import NamedTuple

from beancount.core import data
from beancount.core.amount import Amount

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine import events
from beancount_factoring.engine.changes import Sent
from beancount_factoring.engine.changes import Share
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.history import Cause
from beancount_factoring.ledger import marks
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.metadata import text_of

FROZEN: Final = "frozen"

# Of which sign a document's part is on its debtor's account.
_SIGNS: Final = {"remittance": -1, "refund": -1, "default": -1}
# The events whose narration lists the documents' numbers.
_NUMBERED: Final = {"collection", "return", "default", "refund"}


class Mark(NamedTuple):
    """A contract is closed up to the end of a day: `custom "factoring" "frozen" "bpce"`."""

    contract: str
    day: datetime.date
    cause: Cause


class Record(NamedTuple):
    """The documents that an event of a closed period was made of, by its `factoring-id`."""

    contract: str
    identifier: str
    sent: Sent
    entry: data.Custom


@dataclass(frozen=True, slots=True)
class Frozen:
    """The copies, marks and records of a ledger's text."""

    copies: tuple[data.Transaction, ...] = ()
    marks: tuple[Mark, ...] = ()
    records: tuple[Record, ...] = ()

    def of(self, concerns: Callable[[Any], bool]) -> Frozen:
        """Return what belongs to some contracts, by their names."""
        return Frozen(
            tuple(copy for copy in self.copies if concerns(copy.meta.get(marks.CONTRACT))),
            tuple(mark for mark in self.marks if concerns(mark.contract)),
            tuple(record for record in self.records if concerns(record.contract)),
        )

    def until(self) -> datetime.date | None:
        """Return the last day of which anything is kept."""
        days = [copy.date for copy in self.copies]
        days += [record.entry.date for record in self.records]
        days += [mark.day for mark in self.marks]
        return max(days, default=None)

    def mark(self, contract: str, day: datetime.date) -> Mark | None:
        """Return the mark of the closed period that a day of a contract belongs to."""
        later = (mark for mark in self.marks if mark.contract == contract and mark.day >= day)
        return min(later, key=lambda mark: mark.day, default=None)

    def closed(self, contract: str) -> datetime.date | None:
        """Return the last closed day of a contract."""
        return max((mark.day for mark in self.marks if mark.contract == contract), default=None)

    def sent(self, contract: Contract, units: MinorUnits) -> Mapping[str, Sent]:
        """Return what a contract's remittances were made of, by their identifiers."""
        found = {
            str(copy.meta[marks.IDENTIFIER]): sent
            for copy in self.copies
            if copy.meta.get(marks.CONTRACT) == contract.name
            and copy.meta.get(marks.EVENT) == "remittance"
            and (sent := sent_of(copy, contract, units)) is not None
        }
        own = (record for record in self.records if record.contract == contract.name)
        return found | {record.identifier: record.sent for record in own}


def frozen_of(
    entry: data.Custom, contract: str, units: MinorUnits, values: list[Any]
) -> Mark | Record | None:
    """Return what a `frozen` directive says after the contract's name; `None` if nothing."""
    if not values:
        return Mark(contract, entry.date, cause_of(entry))
    identifier, *rest = values
    if not isinstance(identifier, str) or not rest or len(rest) % 2:
        return None
    shares = []
    for number, amount in zip(rest[::2], rest[1::2], strict=True):
        is_amount = isinstance(amount, Amount) and amount.currency == units.currency
        whole = units.read(amount.number) if is_amount else None
        name = text_of(number)
        if name is None or whole is None:
            return None
        shares.append(Share(name, "", whole))
    return Record(contract, identifier, Sent(tuple(shares)), entry)


def sent_of(copy: data.Transaction, contract: Contract, units: MinorUnits) -> Sent | None:
    """Return the documents that a copy shows, `None` where its kind shows none."""
    kind = copy.meta.get(marks.EVENT)
    root = f"{contract.accounts.receivables}:"
    shown = [
        (posting.account.removeprefix(root), units.nearest(posting.units.number))
        for posting in copy.postings
        if posting.account.startswith(root) and posting.units is not None
    ]
    if not shown:
        return None
    numbers: list[str | None] = [None] * len(shown)
    if kind in _NUMBERED:
        listed = (copy.narration or "").partition(": ")[2].split(", ")
        if len(listed) in {1, len(shown)}:
            numbers = [*listed] * (len(shown) // len(listed))
    sign = _SIGNS.get(str(kind), 1)
    shares = (
        Share(number, debtor, sign * amount)
        for number, (debtor, amount) in zip(numbers, shown, strict=True)
    )
    return Sent(tuple(shares), copy.links)


def parts_of(event: events.Event) -> tuple[Part, ...]:
    """Return the documents that an event moves on the customers' accounts or the factor's lines."""
    match event:
        case events.Collection():
            return event.parts + event.recovered + event.doubtful
        case (
            events.Remittance()
            | events.Return()
            | events.Default()
            | events.Refund()
            | events.Close()
        ):
            return event.parts
        case _:
            return ()
