"""What of the generated transactions the user keeps as text: copies, and marks of closed periods.

A closed period is copies of its transactions, a mark with its last day, and records of what its
events were made of, where the copies do not show it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
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
from beancount_factoring.engine.events import shares_of
from beancount_factoring.engine.history import Cause
from beancount_factoring.ledger import marks
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.amounts import not_in_units
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.metadata import text_of

FROZEN: Final = "frozen"

# Of which sign a document's part is on its debtor's account.
_SIGNS: Final = {"remittance": -1, "refund": -1, "default": -1}
# The events whose narration lists the documents' numbers.
_NUMBERED: Final = {"collection", "return", "default", "refund"}
# What an identifier of a day's event ends with.
_OF_A_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d/([a-z]+)(-\d+)?(/.*)?")


class Mark(NamedTuple):
    """A contract is closed up to the end of a day: `custom "factoring" "frozen" "bpce"`.

    `inputs` is what it keeps, as metadata, of what the period was computed from (`ledger.inputs`).
    """

    contract: str
    day: datetime.date
    cause: Cause
    inputs: Mapping[str, Any]


class Record(NamedTuple):
    """What an event was made of, by its `factoring-id`: documents, and money that is of none."""

    contract: str
    identifier: str
    sent: Sent
    entry: data.Custom


class Frozen(NamedTuple):
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

    def recorded(self) -> dict[str, Record]:
        """Return the record of each event, the first one where there are several."""
        return {record.identifier: record for record in reversed(self.records)}

    def sent(self, contract: Contract, units: MinorUnits) -> Mapping[str, Sent]:
        """Return what a contract's remittances were made of, by their identifiers."""
        found = {
            str(copy.meta[marks.IDENTIFIER]): sent
            for copy in self.copies
            if copy.meta.get(marks.CONTRACT) == contract.name
            and copy.meta.get(marks.EVENT) == "remittance"
            and (sent := sent_of(copy, contract, units)) is not None
        }
        own = (record for record in self.recorded().values() if record.contract == contract.name)
        return found | {record.identifier: record.sent for record in own}


def frozen_of(
    entry: data.Custom, contract: str, units: MinorUnits, values: Sequence[Any]
) -> Mark | Record | str:
    """Return what a `frozen` directive says after the contract's name, or what is wrong with it."""
    if not values:
        inputs = {key: text for key, text in entry.meta.items() if key != "filename"}
        return Mark(contract, entry.date, cause_of(entry), inputs)
    identifier, *pairs = values
    if pairs and isinstance(pairs[0], Amount):
        # Money that is no document's stands first, without a number.
        pairs.insert(0, None)
    if not isinstance(identifier, str) or not pairs or len(pairs) % 2:
        return "is not written like that"
    if not identifier.startswith(f"{contract}/"):
        return f"names {identifier}, which is no event of contract {contract}"
    shares = []
    for number, amount in zip(pairs[::2], pairs[1::2], strict=True):
        name = "" if number is None else text_of(number)
        if name is None or not isinstance(amount, Amount):
            return "is not written like that"
        whole = units.whole(amount)
        if whole is None:
            return not_in_units(amount, contract, units)
        shares.append(Share(name, "", whole))
    return Record(contract, identifier, Sent(tuple(shares)), entry)


def values_of(shares: Sequence[Share], units: MinorUnits) -> list[str | Amount]:
    """Return how a record writes what an event was made of, after the event's identifier."""
    money = [share.amount for share in shares if not share.number]
    values: list[str | Amount] = [units.amount(sum(money))] if money or not shares else []
    for share in shares:
        if share.number:
            values += [share.number, units.amount(share.amount)]
    return values


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


def made_of(event: events.Event) -> tuple[Share, ...]:
    """Return what an event is made of: documents, then money that is no document's, unnumbered."""
    money = _money_of(event)
    return (*shares_of(_parts_of(event)), *([Share("", "", money)] if money else []))


def is_held(event: events.Event, made: Sequence[Share]) -> bool:
    """Tell whether a closed period holds an event that may book nothing: it moves something."""
    return bool(made) or isinstance(event, events.Close)


def kind_of(contract: str, identifier: str) -> str:
    """Return what an identifier says that its event is (`sweep`); of a remittance's fee nothing."""
    if identifier.endswith("/remittance"):
        return "remittance"
    found = _OF_A_DAY.fullmatch(identifier.removeprefix(f"{contract}/"))
    return found[1] if found else ""


def _parts_of(event: events.Event) -> tuple[Part, ...]:
    """Return the documents that an event moves on the customers' accounts or the factor's lines."""
    match event:
        case events.Collection():
            return event.parts + event.recovered + event.doubtful
        case (
            events.Remittance()
            | events.Sweep()
            | events.Allocation()
            | events.Return()
            | events.Default()
            | events.Refund()
            | events.Close()
        ):
            return event.parts
        case _:
            return ()


def _money_of(event: events.Event) -> int:
    """Return what an event moves beside its documents, where nothing or too little is booked."""
    match event:
        case events.Sweep():
            return event.rest
        case events.Allocation():
            return event.rest if event.sweep else -event.rest
        case events.GuaranteeMove() | events.ReserveMove() | events.FactorPosting():
            return event.amount
        case _:
            return 0
