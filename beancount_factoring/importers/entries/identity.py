"""The links that tell a document or a bank movement again, whatever file brings it.

A link is made of what the document says, never of the file's name, of a place in it or of a
clock. It must not change between versions of this program: the tests hold examples.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal
from hashlib import blake2b
from typing import Final

from beancount_factoring.importers.mapping.parties import identifier_key
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine

BANK_LINK: Final = "bank-"
"""How the link of a bank movement begins."""

DOCUMENT_LINKS: Final = tuple(f"{kind}-" for kind in InvoiceKind)
"""How the link of a customer document begins."""

# What Beancount's lexer admits in a link.
_NOT_IN_A_LINK: Final = re.compile(r"[^A-Za-z0-9\-_/.]+")


def document_link(document: InvoiceDocument, total: Decimal) -> str:
    """Return the link of a customer document: its kind, number, total and currency.

    Number, seller and total are what an invoice is known by, in whatever profile it comes; the
    seller is the firm itself, always. A number with signs that no link may have gets a checksum,
    so that `F 1` and `F#1` stay two. `total` is the total with the currency's decimals.
    """
    return numbered_link(document.kind, document.number, total, document.currency)


def numbered_link(kind: str, number: str, total: Decimal, currency: str) -> str:
    """Return the link of a customer document that is known by no more than this."""
    linked = _NOT_IN_A_LINK.sub("-", number)
    if linked != number:
        linked = f"{linked}-{_checksum(number, size=2)}"
    return f"{kind}-{linked}-{total}-{currency}"


def line_links(statements: Iterable[Statement]) -> list[list[str]]:
    """Return the links of the lines of a file's statements, statement by statement.

    A movement is known by its account, date and amount and by the bank's own identifier, or, where
    the bank gives none, by the letters and digits of its text. Equal movements of one day are
    counted: three equal standing orders get three links, the same three in every file. A statement
    that goes on where the one before it ended (a page of it) goes on counting; one that does not
    is the same days once more, and counts from one. The notifications of one file hold different
    parts of a day: they go on counting what the bank has not identified.
    """
    links: list[list[str]] = []
    before: dict[str, Statement] = {}
    counts: dict[str, dict[str, int]] = {}
    unnamed: set[str] = set()
    for statement in statements:
        account = identifier_key(statement.account)
        if statement.is_partial and not _repeats(statement, before.get(account)):
            goes_on = counts.get(account, {})
            counts[account] = {link: goes_on[link] for link in goes_on if link in unnamed}
        elif not _follows(statement, before.get(account)):
            counts[account] = {}
        before[account] = statement
        found = _links(account, statement, counts[account])
        unnamed.update(
            link
            for link, line in zip(found, statement.lines, strict=True)
            if statement.is_partial and not line.bank_id
        )
        links.append(found)
    return links


def _repeats(statement: Statement, before: Statement | None) -> bool:
    """Tell whether a notification is the one before it once more."""
    return before is not None and [
        line._replace(position=0, details=()) for line in before.lines
    ] == [line._replace(position=0, details=()) for line in statement.lines]


def _follows(statement: Statement, before: Statement | None) -> bool:
    """Tell whether a statement begins with the balance and the day at which another one ended."""
    if before is None or before.closing is None or before.closing != statement.opening:
        return False
    ended = max((line.date for line in before.lines), default=datetime.date.min)
    begins = min((line.date for line in statement.lines), default=datetime.date.max)
    return ended <= begins and before.lines != statement.lines


def _links(account: str, statement: Statement, counts: dict[str, int]) -> list[str]:
    """Return the links of one statement's lines; `counts` goes on from the page before."""
    head = f"{account}|{statement.currency}|"
    result = []
    for line in statement.lines:
        day = line.date.isoformat()
        movement = f"{head}{day}|{line.amount.normalize():f}|{_particular(line)}"
        link = f"{BANK_LINK}{day}-{_checksum(movement, size=6)}"
        count = counts[link] = counts.get(link, 0) + 1
        result.append(link if count == 1 else f"{link}-{count}")
    return result


def _particular(line: StatementLine) -> str:
    """Return what tells a movement from another one of the same day and amount."""
    if line.bank_id:
        return f"id:{line.bank_id}"
    return "".join(filter(str.isalnum, line.text)).upper()


def _checksum(text: str, size: int) -> str:
    """Return `size` bytes of a text's hash, in hexadecimal."""
    return blake2b(text.encode(), digest_size=size).hexdigest()
