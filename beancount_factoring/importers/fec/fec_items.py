"""What of a FEC's customers is open: lines without a letter, and letters that do not balance."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from beancount_factoring.importers.entries.entries import one_line
from beancount_factoring.importers.fec.fec import Fec
from beancount_factoring.importers.fec.fec import FecEntry
from beancount_factoring.importers.fec.fec import FecLine

Customer = tuple[str, str]
"""A customer of a FEC: account and auxiliary account."""


class ItemKind(Enum):
    """What an open item is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    DEBIT = "debit"
    CREDIT = "credit"


class OpenItem(NamedTuple):
    """An open line of a customer; `amount` in cents, debits positive.

    `number` is a document's. `settles` is the number of the invoice that a credit lowers, by a
    letter that the invoice shares with it. `reason` says why a debit has no number.
    """

    kind: ItemKind
    line: FecLine
    date: datetime.date
    amount: int
    number: str = ""
    settles: str = ""
    reason: str = ""


def open_items(fec: Fec) -> list[OpenItem]:
    """Return what the customers owe and are owed, by customer and date.

    A debit is an invoice by its `PieceRef`, unless its entry is a payment, and a credit is a
    credit note if its entry is a sale's. A number that two customers, or an invoice and a credit
    note, have open is neither's.
    """
    items: list[OpenItem] = []
    for lines in _open_groups(fec.customers):
        items += _of_group(lines, fec.entries)
    holders: dict[str, set[tuple[Customer, ItemKind]]] = {}
    for item in items:
        if item.number:
            holders.setdefault(item.number, set()).add((_customer(item.line), item.kind))
    shared = {number for number, of in holders.items() if len(of) > 1}
    items = [_without_number(item, shared) for item in items]
    return sorted(items, key=lambda item: (*_customer(item.line), item.date, item.line.line))


def _customer(line: FecLine) -> Customer:
    return line.account, line.customer


def _open_groups(lines: Iterable[FecLine]) -> Iterator[list[FecLine]]:
    """Yield what is open: each line without a letter, and the lines of letters not balanced."""
    lettered: dict[tuple[Customer, str], list[FecLine]] = {}
    for line in lines:
        if line.letter:
            lettered.setdefault((_customer(line), line.letter), []).append(line)
        elif line.amount:
            yield [line]
    for group in lettered.values():
        if sum(line.amount for line in group):
            yield [line for line in group if line.amount]


def _of_group(lines: list[FecLine], entries: dict[tuple[str, str], FecEntry]) -> Iterator[OpenItem]:
    """Yield the items of one line, or of the lines of one letter.

    Where a letter has one invoice and less credit than that, the credit lowers this invoice.
    """
    items = [_item(line, entries[line.journal, line.entry]) for line in lines]
    invoices = [item for item in items if item.kind is ItemKind.INVOICE]
    debits = [item for item in items if item.amount > 0]
    lowered = len(invoices) == len(debits) == 1 and sum(item.amount for item in items) > 0
    for item in items:
        if lowered and item.amount < 0:
            yield item._replace(
                kind=ItemKind.CREDIT, date=item.line.date, number="", settles=debits[0].number
            )
        else:
            yield item


def _item(line: FecLine, entry: FecEntry) -> OpenItem:
    """Return one line as an item."""
    number = one_line(line.piece)
    number = number if any(map(str.isalnum, number)) else ""
    is_payment = entry.is_payment and not entry.is_opening
    if line.amount < 0:
        if number and entry.is_sale and not entry.is_payment and not line.currency:
            return OpenItem(ItemKind.CREDIT_NOTE, line, line.piece_date, line.amount, number)
        return OpenItem(ItemKind.CREDIT, line, line.date, line.amount)
    reason = ""
    if not number:
        reason = "no number in PieceRef"
    elif is_payment:
        reason = "a payment taken back or refunded"
    elif line.currency:
        reason = f"a claim in {one_line(line.currency)}"
    if reason:
        return OpenItem(ItemKind.DEBIT, line, line.date, line.amount, reason=reason)
    return OpenItem(ItemKind.INVOICE, line, line.piece_date, line.amount, number)


def _without_number(item: OpenItem, shared: set[str]) -> OpenItem:
    """Return an item without its number, or what it settles, where others have it too."""
    if item.settles in shared:
        return item._replace(settles="")
    if item.number not in shared:
        return item
    if item.kind is ItemKind.CREDIT_NOTE:
        return item._replace(kind=ItemKind.CREDIT, number="", date=item.line.date)
    reason = f"{item.number} is no number of one document"
    return item._replace(kind=ItemKind.DEBIT, number="", date=item.line.date, reason=reason)
