"""What the ledger says to a contract: documents, customers' entries, bank entries, directives.

This is the engine's input. It is made from Beancount entries by `ledger.reader`; nothing here
knows of Beancount. Amounts are minor units of the contract's currency. What a ledger has many of
is a named tuple, which is made twice as fast as a frozen dataclass.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from beancount_factoring.engine.changes import Sent


class Cause(NamedTuple):
    """The line of a file that a figure comes from."""

    filename: str
    line: int


class Problem(NamedTuple):
    """Something in the ledger that contradicts the rules: where, and what to write instead."""

    cause: Cause
    message: str


class DocumentKind(StrEnum):
    """What a posting below the receivables root is (interface.md, section 1)."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    ITEM = "item"
    CREDIT = "credit"

    @property
    def is_credit(self) -> bool:
        """Whether it lowers what its debtor owes."""
        return self in {DocumentKind.CREDIT, DocumentKind.CREDIT_NOTE}


class DocumentIdentity(NamedTuple):
    """What a document is to every contract that sees it, whatever its root and terms.

    `due` is what the ledger states, `None` where a contract's terms give it.
    """

    cause: Cause
    number: str | None
    due: datetime.date | None
    amount: int


class Document(NamedTuple):
    """A customer document: one posting below the receivables root.

    `amount` is positive whatever the kind. `number` is `None` for an item and an unallocated
    credit, `due` for credits. `credits` is the invoice a credit note corrects; `by_terms` says that
    the contract's terms gave the due date. Instalments are documents that share their number.
    """

    kind: DocumentKind
    debtor: str
    number: str | None
    date: datetime.date
    due: datetime.date | None
    amount: int
    links: frozenset[str]
    cause: Cause
    credits: str | None = None
    by_terms: bool = False

    @property
    def identity(self) -> DocumentIdentity:
        """What tells the document from others for every contract."""
        due = None if self.by_terms else self.due
        return DocumentIdentity(self.cause, self.number, due, self.amount)


class Leg(NamedTuple):
    """One posting below the receivables root that settles, takes back or uses a document.

    `amount` is positive for a credit to the customer and negative for a debit; `number` is the
    document named by `settles:`, or `None` for a credit or debit without a number. `due` is the
    due date of such a debit.
    """

    debtor: str
    number: str | None
    amount: int
    due: datetime.date | None = None


class CustomerEntry(NamedTuple):
    """A transaction's legs on customers' accounts, and the money that came with them.

    `bank` is the contract's bank account the transaction touches, `None` for an entry without
    cash; `cash` is what it debits there (negative for money that left).
    """

    date: datetime.date
    legs: tuple[Leg, ...]
    bank: str | None
    cash: int
    links: frozenset[str]
    cause: Cause


class FactorEntry(NamedTuple):
    """A user's transaction that posts on the factor's accounts; debits are positive.

    `bank` is the firm's bank account that the money left or reached, `None` without one. With
    the treatment `borrowing`, `current` holds what is posted on the borrowing account.
    """

    date: datetime.date
    bank: str | None
    current: int
    collections: int
    guarantee: int
    links: frozenset[str]
    cause: Cause


class DirectiveKind(StrEnum):
    """The contract events that a user writes as `custom "factoring"` directives."""

    REMIT = "remit"
    DRAW = "draw"
    LIMIT = "limit"
    DISPUTE = "dispute"
    RESOLVE = "resolve"
    RETURN = "return"
    DEFAULT = "default"
    INTEREST = "interest"
    CHARGE = "charge"
    GUARANTEE = "guarantee"
    RESERVE = "reserve"
    CLOSE = "close"


class Directive(NamedTuple):
    """One contract event. `name` is a document's number, a debtor or a charge's name.

    `figures` holds what the factor stated beside it: `commission`, `vat`, `guarantee`,
    `assigned`; `number` is the remittance's own number.
    """

    kind: DirectiveKind
    date: datetime.date
    cause: Cause
    name: str = ""
    amount: int = 0
    figures: Mapping[str, int] = MappingProxyType({})
    number: str | None = None


class IndexFixing(NamedTuple):
    """An index value in percent a year, from a day on."""

    since: datetime.date
    percent: Decimal
    cause: Cause


class History(NamedTuple):
    """Everything the ledger says to one contract, each part sorted by date and content.

    `horizon` is the date of the user's last directive (rules.md, section 3), or `None` for a
    ledger without any. `fixings` are those of the contract's index, by date. `digits` is the
    number of decimals of the contract's currency. `held` are documents that an earlier contract
    took, with the day of its close, from which on they are free again; `None` is never. `sent`
    holds, by an event's key, the documents that a copy in the ledger's text shows of it.
    """

    documents: tuple[Document, ...]
    entries: tuple[CustomerEntry, ...]
    factor_entries: tuple[FactorEntry, ...]
    directives: tuple[Directive, ...]
    fixings: tuple[IndexFixing, ...]
    horizon: datetime.date | None
    digits: int = 2
    held: Mapping[DocumentIdentity, datetime.date | None] = MappingProxyType({})
    sent: Mapping[str, Sent] = MappingProxyType({})
