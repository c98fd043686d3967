"""A transaction's postings on customers' accounts: documents and legs (interface.md, section 1)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from typing import Final
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.engine.history import Leg
from beancount_factoring.ledger.metadata import LAST_YEAR
from beancount_factoring.ledger.metadata import cannot_be_meant
from beancount_factoring.ledger.metadata import date_of
from beancount_factoring.ledger.metadata import text_of

_KEYS: Final = frozenset({"invoice", "due", "credit-note", "credits", "settles"})
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_NO_LINKS: Final[frozenset[str]] = frozenset()

Report = Callable[[data.Transaction, str], None]


class CustomerPosting(NamedTuple):
    """One posting below the receivables root; `amount` is minor units, a debit positive."""

    debtor: str
    amount: int
    meta: dict[str, Any] | None


class CustomerSide(NamedTuple):
    """What a transaction says to one contract on customers' accounts."""

    documents: list[Document]
    legs: list[Leg]


class DocumentReader:
    """Reads documents and legs of one contract; a number belongs to one transaction."""

    def __init__(self, contract: Contract, report: Report) -> None:
        """Take the contract, and what errors are reported to."""
        self._report = report
        self._terms = datetime.timedelta(days=contract.eligibility.terms)
        self._numbers: dict[str, tuple[data.Transaction, DocumentKind, str]] = {}

    def read(
        self,
        txn: data.Transaction,
        postings: list[CustomerPosting],
        cause: Cause,
        *,
        with_bank: bool,
    ) -> CustomerSide:
        """Read a transaction's customer postings; what cannot be read right is reported."""
        documents: list[Document] = []
        legs: list[Leg] = []
        has_none = _KEYS.isdisjoint(txn.meta)
        postings = [posting for posting in postings if posting.amount]
        for posting in postings:
            own = posting.meta or _NOTHING
            facts = own if has_none else self._facts(txn, posting, postings)
            if posting.amount > 0:
                fact = self._read_debit(txn, posting, own, facts, cause, with_bank=with_bank)
            else:
                fact = self._read_credit(txn, posting, own, facts, cause)
            if isinstance(fact, Leg):
                legs.append(fact)
            else:
                documents.append(fact)
        return CustomerSide(documents, legs)

    def _facts(
        self,
        txn: data.Transaction,
        posting: CustomerPosting,
        postings: list[CustomerPosting],
    ) -> Mapping[str, Any]:
        """Return a posting's metadata; the transaction's counts for the only one of its sign."""
        own = posting.meta or _NOTHING
        debits = posting.amount > 0
        if sum((other.amount > 0) == debits for other in postings) > 1:
            return own
        return {**{key: txn.meta[key] for key in _KEYS if key in txn.meta}, **own}

    def _read_debit(
        self,
        txn: data.Transaction,
        posting: CustomerPosting,
        own: Mapping[str, Any],
        facts: Mapping[str, Any],
        cause: Cause,
        *,
        with_bank: bool,
    ) -> Document | Leg:
        """Read an invoice, an item without a number, or what takes back or uses a document."""
        if "settles" in facts and not ("invoice" in own and "settles" not in own):
            number = self._text(txn, facts, "settles")
            return Leg(posting.debtor, number, -posting.amount)
        if "credit-note" in own:
            self._report(
                txn,
                "credit-note: stands on a debit: a credit note credits the customer; write it on"
                " the credit, or invoice: here",
            )
        number = self._text(txn, facts, "invoice") if "invoice" in facts else None
        if "invoice" not in facts and not with_bank and len(txn.links) == 1:
            (number,) = txn.links
        due = self._due(txn, facts)
        if number is None or not self._claim_number(txn, number, DocumentKind.INVOICE, posting):
            return Leg(posting.debtor, None, -posting.amount, due)
        return Document(
            DocumentKind.INVOICE,
            posting.debtor,
            number,
            txn.date,
            due,
            posting.amount,
            txn.links or _NO_LINKS,
            cause,
            by_terms="due" not in facts,
        )

    def _read_credit(
        self,
        txn: data.Transaction,
        posting: CustomerPosting,
        own: Mapping[str, Any],
        facts: Mapping[str, Any],
        cause: Cause,
    ) -> Document | Leg:
        """Read a credit note, an unallocated credit, or what settles a document."""
        key = "credit-note" if "credit-note" in facts else "invoice"
        if "settles" in facts and not (key in own and "settles" not in own):
            if key in own:
                self._report(
                    txn,
                    f"{key}: and settles: stand on one posting: it is a credit note or settles a"
                    " document; write one of them",
                )
            number = self._text(txn, facts, "settles")
            return Leg(posting.debtor, number, -posting.amount)
        number = self._text(txn, facts, key) if key in facts else None
        if number is None or not self._claim_number(txn, number, DocumentKind.CREDIT_NOTE, posting):
            return Leg(posting.debtor, None, -posting.amount)
        credits_number = self._text(txn, facts, "credits") if "credits" in facts else None
        return Document(
            DocumentKind.CREDIT_NOTE,
            posting.debtor,
            number,
            txn.date,
            None,
            -posting.amount,
            txn.links or _NO_LINKS,
            cause,
            credits_number,
        )

    def _text(self, txn: data.Transaction, facts: Mapping[str, Any], key: str) -> str | None:
        """Return a document's number, or report that it is none."""
        number = text_of(facts[key])
        if number is None:
            self._report(
                txn, f'{key}: {facts[key]} is no document number: write it as text, {key}: "F-1"'
            )
        return number

    def _due(self, txn: data.Transaction, facts: Mapping[str, Any]) -> datetime.date:
        """Return a debit's due date: stated, or by the contract's terms."""
        if "due" not in facts:
            return txn.date + self._terms
        due = date_of(facts["due"])
        if due is None:
            self._report(txn, f"due: {facts['due']} is no date: write it as 2026-02-04")
            return txn.date + self._terms
        if due.year > LAST_YEAR:
            self._report(txn, f"due: {cannot_be_meant(due)}")
            return txn.date + self._terms
        if due < txn.date:
            self._report(
                txn,
                f"due: {due} is before the document's date {txn.date}: write a due date on or"
                " after it",
            )
        return due

    def _claim_number(
        self, txn: data.Transaction, number: str, kind: DocumentKind, posting: CustomerPosting
    ) -> bool:
        """Give a number to its first transaction; debits of one transaction are instalments."""
        first = self._numbers.setdefault(number, (txn, kind, posting.debtor))
        if first[0] is txn and first[1] is kind and first[2] == posting.debtor:
            return True
        where = f"{first[0].meta.get('filename')}:{first[0].meta.get('lineno')}"
        self._report(
            txn,
            f"the number {number} is used twice, first at {where}: each document has a number of"
            " its own; correct one of them, or remove the copy",
        )
        return False
