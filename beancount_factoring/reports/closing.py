"""A closed period as text: copies of what the plugin generated, and a mark of its last day.

The copies are as `print` writes them. Beside them stand records of the documents of each
remittance, and of what the treatment books nothing for: the figures alone do not name them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Final
from typing import NamedTuple

from beancount.core import data
from beancount.core.amount import Amount
from beancount.parser.grammar import ValueType

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine import events
from beancount_factoring.engine.changes import Share
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.events import shares_of
from beancount_factoring.ledger import marks
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.books import LedgerBooks
from beancount_factoring.ledger.books import books_of
from beancount_factoring.ledger.copies import facts
from beancount_factoring.ledger.directives import TYPE
from beancount_factoring.ledger.frozen import FROZEN
from beancount_factoring.ledger.frozen import parts_of
from beancount_factoring.reports.printed import printed_entries

HEADER: Final = "; A closed period of factoring, written by bean-factor freeze.\n"
"""The first line of every file that `freeze` writes."""

_EXPLAINED: Final = """\
; What stands here counts as it is: the plugin compares it with what the ledger gives, and every
; difference is an error. To open the period again, take this file and what was frozen later out
; of the ledger, with their include lines.
"""


@dataclass(frozen=True, slots=True)
class Closing:
    """What closes a period: the contracts that are closed by it, and its text without a header.

    `until` tells, by contract, the day up to which each one was closed before.
    """

    day: datetime.date
    contracts: tuple[str, ...]
    until: Mapping[str, datetime.date]
    transactions: int
    text: str


class _Made(NamedTuple):
    """The documents that an event was made of."""

    contract: str
    event: Event
    shares: tuple[Share, ...]


def close_period(
    entries: data.Directives,
    options: Mapping[str, Any],
    config: str | None,
    day: datetime.date,
    name: str | None = None,
) -> Closing:
    """Return what closes the contracts that have begun, or the one named, up to the end of a day.

    Empty for those that are closed up to that day already.
    """
    made: list[_Made] = []

    def keep(contract: Contract, event: Event) -> None:
        shares = shares_of(parts_of(event)) if event.day <= day else ()
        if shares:
            made.append(_Made(contract.name, event, shares))

    books = books_of(entries, options, config, keep)
    closing = {
        each.contract.name: MinorUnits(each.contract.currency)
        for each in books.contracts
        if each.contract.start <= day and name in {None, each.contract.name}
    }
    until = {
        contract: closed
        for contract in closing
        if (closed := books.frozen.closed(contract)) is not None
    }
    for contract, closed in until.items():
        if closed >= day:
            del closing[contract]
    copies = [
        txn for txn in books.transactions if txn.date <= day and txn.meta[marks.CONTRACT] in closing
    ]
    records = list(_records(books, closing, made))
    frozen: list[data.Directive] = sorted([*copies, *records], key=lambda entry: entry.date)
    frozen += [_directive(day, [contract]) for contract in closing]
    text = "".join(printed_entries(frozen)) if closing else ""
    return Closing(day, tuple(closing), until, len(copies), text)


def with_header(text: str) -> str:
    """Return the text of a closed period as a file of its own."""
    return f"{HEADER}{_EXPLAINED}{text}"


def same_books(before: Iterable[data.Directive], after: Iterable[data.Directive]) -> bool:
    """Tell whether two loads of a ledger have the same generated transactions, each once."""
    return _generated(before) == _generated(after)


def _generated(entries: Iterable[data.Directive]) -> list[tuple[Any, ...]]:
    found = (
        facts(entry)
        for entry in entries
        if isinstance(entry, data.Transaction) and marks.IDENTIFIER in entry.meta
    )
    return sorted(found, key=repr)


def _records(
    books: LedgerBooks, closing: Mapping[str, MinorUnits], made: Sequence[_Made]
) -> Iterator[data.Custom]:
    """Yield the documents of remittances, and of events that no transaction stands for."""
    booked = {txn.meta[marks.IDENTIFIER] for txn in (*books.transactions, *books.frozen.copies)}
    recorded = {record.identifier for record in books.frozen.records}
    for contract, event, shares in made:
        units = closing.get(contract)
        is_told = event.key in booked and not isinstance(event, events.Remittance)
        if units is None or is_told or event.key in recorded:
            continue
        values: list[str | Amount] = [contract, event.key]
        for share in shares:
            values += [share.number or "", units.amount(share.amount)]
        yield _directive(event.day, values)


def _directive(day: datetime.date, values: Iterable[str | Amount]) -> data.Custom:
    """Return a `frozen` directive."""
    typed = [ValueType(value, type(value)) for value in (FROZEN, *values)]
    return data.Custom(data.new_metadata("", 0), day, TYPE, typed)
