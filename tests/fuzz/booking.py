"""A document that was read is booked, or refused, and what is written of it can be read again."""

from __future__ import annotations

import dataclasses
import tempfile
from decimal import Decimal
from functools import cache
from pathlib import Path

from beancount.core import data
from beancount.parser import parser

from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.documents import InvoiceDocument
from beancount_factoring.importers.documents import Party
from beancount_factoring.importers.mapping import ImportMapping
from beancount_factoring.importers.mapping import Seller
from beancount_factoring.importers.parties import identifier_keys
from beancount_factoring.importers.run import formatted
from tests.importers.firm import new_books


@cache
def _mapping() -> ImportMapping:
    """Return a mapping that has an account for everything."""
    with tempfile.TemporaryDirectory() as folder:
        books = new_books(Path(folder))
        more = "rounding: Expenses:Rounding\nthird_parties: Liabilities:Others\nprepaid:"
        books.edit("import.yaml", "prepaid:", more)
        books.edit("import.yaml", "vat:\n", "vat:\n  default: Liabilities:VAT\n")
        return books.mapping()


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
    amounts = [posting.units for posting in entry.postings]
    assert sum(units.number or Decimal(0) for units in amounts if units is not None) == 0
    owed = sum(
        posting.units.number or Decimal(0)
        for posting in entry.postings
        if posting.units is not None and posting.account.startswith("Assets:Clients:")
    )
    assert abs(owed) == abs(document.payable), "another amount due"
    (again,), errors, _options = parser.parse_string(formatted([entry]))
    assert not errors, errors
    assert isinstance(again, data.Transaction)
    assert (again.date, again.payee, again.narration) == (entry.date, entry.payee, entry.narration)
    assert again.links == entry.links
    assert [posting.units for posting in again.postings] == amounts
