"""A closed period as text: copies of what the plugin generated, and a mark of its last day.

The copies are as `print` writes them. Beside them stand records of what events were made of, where
the figures alone do not name the documents, or the treatment books nothing.
"""

from __future__ import annotations

import datetime
from collections import Counter
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
from beancount_factoring.ledger import marks
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.books import LedgerBooks
from beancount_factoring.ledger.books import books_of
from beancount_factoring.ledger.copies import facts
from beancount_factoring.ledger.directives import TYPE
from beancount_factoring.ledger.frozen import FROZEN
from beancount_factoring.ledger.frozen import is_held
from beancount_factoring.ledger.frozen import made_of
from beancount_factoring.ledger.frozen import sent_of
from beancount_factoring.ledger.frozen import values_of
from beancount_factoring.ledger.inputs import kept_inputs
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
    """What an event was made of."""

    contract: Contract
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
        shares = made_of(event) if event.day <= day else ()
        if event.day <= day and is_held(event, shares):
            made.append(_Made(contract, event, shares))

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
    frozen += [
        _directive(day, [each.contract.name], kept_inputs(each.contract, each.history, day))
        for each in books.contracts
        if each.contract.name in closing
    ]
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
    """Yield what events were made of that no transaction tells."""
    booked = {
        txn.meta[marks.IDENTIFIER]: txn for txn in (*books.transactions, *books.frozen.copies)
    }
    recorded = books.frozen.recorded()
    for each in made:
        contract, event, shares = each
        units = closing.get(contract.name)
        if units is None or event.key in recorded or _is_told(each, booked.get(event.key), units):
            continue
        yield _directive(event.day, [contract.name, event.key, *values_of(shares, units)])


def _is_told(made: _Made, txn: data.Transaction | None, units: MinorUnits) -> bool:
    """Tell whether a transaction shows each document of its event, which its narration names."""
    if txn is None or isinstance(made.event, events.Remittance | events.Allocation):
        return False
    sent = sent_of(txn, made.contract, units)
    shown = Counter((share.debtor, share.amount) for share in sent.shares) if sent else Counter()
    return shown == Counter((share.debtor, share.amount) for share in made.shares if share.number)


def _directive(
    day: datetime.date, values: Iterable[str | Amount], kept: Mapping[str, str] | None = None
) -> data.Custom:
    """Return a `frozen` directive, with what a mark keeps as its metadata."""
    typed = [ValueType(value, type(value)) for value in (FROZEN, *values)]
    return data.Custom(data.new_metadata("", 0, dict(kept or {})), day, TYPE, typed)
