"""What was read is booked, or refused, and what is written of it can be read again."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from beancount.core import data
from beancount.parser import parser

from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.entries.statement_entries import line_on
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping import Seller
from beancount_factoring.importers.mapping.parties import identifier_key
from beancount_factoring.importers.mapping.parties import identifier_keys
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import Party
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.run import formatted
from tests.importers import factor_firm
from tests.importers.firm import new_books

_BANK = "Assets:Bank:Shared"


@cache
def _mapping() -> ImportMapping:
    """Return a mapping that has an account for everything."""
    with tempfile.TemporaryDirectory() as folder:
        books = new_books(Path(folder))
        more = "rounding: Expenses:Rounding\nthird_parties: Liabilities:Others\nprepaid:"
        books.edit("import.yaml", "prepaid:", more)
        books.edit("import.yaml", "vat:\n", "vat:\n  default: Liabilities:VAT\n")
        return books.mapping()


@cache
def _factor_mapping() -> ImportMapping:
    """Return the mapping of a firm that imports its factor's own statement."""
    with tempfile.TemporaryDirectory() as folder:
        return factor_firm.new_firm(Path(folder)).mapping()


# To write and read more than this takes longer than an input may.
_MOST_WRITTEN = 5_000


def _for(seller: Party) -> ImportMapping:
    """Return the mapping of a seller."""
    own = Seller(frozenset(identifier_keys(seller)), seller.name)
    return dataclasses.replace(_mapping(), seller=own)


def books_right(document: InvoiceDocument) -> None:
    """Check that the entry owes what the document does, balances, and is text that parses."""
    entry: data.Directive | None = None
    reason = ""
    try:
        entry = Booking(_for(document.seller)).document(document, "document").entry
    except DocumentRefusedError as refusal:
        reason = str(refusal)
    if entry is None:
        assert reason.strip(), "refused without a reason"
        assert len(reason.splitlines()) == 1, "refused in several lines"
        return
    assert isinstance(entry, data.Transaction)
    owed = sum(
        posting.units.number or Decimal(0)
        for posting in entry.postings
        if posting.units is not None and posting.account.startswith("Assets:Clients:")
    )
    assert abs(owed) == abs(document.payable), "another amount due"
    _is_written_right([entry])


def books_statements(statements: tuple[Statement, ...]) -> None:
    """Check that a bank's statements move what their lines say, or are refused."""
    keys = {identifier_key(statement.account) for statement in statements}
    banks = dict.fromkeys(keys, _BANK)
    found = _booked(statements, dataclasses.replace(_mapping(), banks=banks))
    transactions = [entry for entry in found if isinstance(entry, data.Transaction)]
    assert len(transactions) <= sum(len(statement.lines) for statement in statements)
    moved = {line.amount for statement in statements for line in statement.lines}
    for entry in transactions:
        units = entry.postings[0].units
        assert entry.postings[0].account == _BANK, "not on the bank's account"
        assert units is not None
        assert units.number in moved, "another amount than a line's"


def books_factor_statement(statements: tuple[Statement, ...]) -> None:
    """Check what is made of a factor's statement, if it is not refused."""
    _booked(statements, _factor_mapping())


def _booked(statements: tuple[Statement, ...], mapping: ImportMapping) -> list[data.Directive]:
    """Return the new entries of statements, which can be written, or refuse them."""
    extracted = Booking(mapping).statements(StatementFile("document", "MT940", statements))
    for each in extracted:
        if each.known is not None or each.remark:
            assert line_on(each).isprintable(), line_on(each)
    entries: list[data.Directive] = [each.entry for each in extracted if each.known is None]
    if len(entries) <= _MOST_WRITTEN:
        _is_written_right(entries)
    return entries


def _is_written_right(entries: Sequence[data.Directive]) -> None:
    """Check that entries balance, and are text that says the same when it is read again."""
    again, errors, _options = parser.parse_string(formatted(entries))
    assert not errors, errors[0]
    assert len(again) == len(entries), "another number of entries"
    written = {(e.date, e.narration, e.links): e for e in again if isinstance(e, data.Transaction)}
    for entry in entries:
        if isinstance(entry, data.Transaction):
            other = written[entry.date, entry.narration, entry.links]
            amounts = [posting.units for posting in entry.postings]
            assert sum(units.number or Decimal(0) for units in amounts if units is not None) == 0
            assert other.payee == entry.payee
            assert [posting.units for posting in other.postings] == amounts
