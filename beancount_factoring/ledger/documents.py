"""A transaction's postings on customers' accounts: documents and legs (interface.md, section 1)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from typing import Final

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
from beancount_factoring.tuples import new

DOCUMENT_KEYS: Final = frozenset({"invoice", "due", "credit-note", "credits", "settles"})
"""The metadata of a customer document or a settlement."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_NO_LINKS: Final[frozenset[str]] = frozenset()

Report = Callable[[data.Transaction, str], None]


CustomerPosting = tuple[str, int, dict[str, Any] | None]
"""One posting below the receivables root: debtor, minor units (a debit positive), metadata."""


class DocumentReader:
    """Reads documents and legs of one contract; a number belongs to one transaction."""

    def __init__(self, contract: Contract, report: Report) -> None:
        """Take the contract, and what errors are reported to."""
        self.documents: list[Document] = []
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
    ) -> list[Leg]:
        """Read a transaction's customer postings; what cannot be read right is reported.

        Its documents join `documents`; its legs are returned.
        """
        legs: list[Leg] = []
        has_none = DOCUMENT_KEYS.isdisjoint(txn.meta)
        for debtor, amount, meta in postings:
            if not amount:
                continue
            own = meta or _NOTHING
            facts = own if has_none else self._facts(txn, amount, own, postings)
            if amount > 0:
                fact = self._read_debit(txn, debtor, amount, own, facts, cause, with_bank=with_bank)
            else:
                fact = self._read_credit(txn, debtor, -amount, own, facts, cause)
            if isinstance(fact, Leg):
                legs.append(fact)
            else:
                self.documents.append(fact)
        return legs

    def _facts(
        self,
        txn: data.Transaction,
        amount: int,
        own: Mapping[str, Any],
        postings: list[CustomerPosting],
    ) -> Mapping[str, Any]:
        """Return a posting's metadata; the transaction's counts for the only one of its sign."""
        debits = amount > 0
        if sum((other > 0) == debits for _debtor, other, _meta in postings if other) > 1:
            return own
        return {**{key: txn.meta[key] for key in DOCUMENT_KEYS if key in txn.meta}, **own}

    def _read_debit(
        self,
        txn: data.Transaction,
        debtor: str,
        amount: int,
        own: Mapping[str, Any],
        facts: Mapping[str, Any],
        cause: Cause,
        *,
        with_bank: bool,
    ) -> Document | Leg:
        """Read an invoice, an item without a number, or what takes back or uses a document."""
        if "credits" in own:
            self._report_credits(txn, "a debit")
        if "settles" in facts and not ("invoice" in own and "settles" not in own):
            if "invoice" in own:
                self._report(
                    txn,
                    "invoice: and settles: stand on one debit: it is an invoice or takes a"
                    " settlement back; write one of them",
                )
            number = self._text(txn, facts, "settles")
            return new(Leg, (debtor, number, -amount, None))
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
        if number is None or not self._claim_number(txn, number, DocumentKind.INVOICE, debtor):
            return Leg(debtor, None, -amount, due)
        kind, links, by_terms = DocumentKind.INVOICE, txn.links or _NO_LINKS, "due" not in facts
        fields = (kind, debtor, number, txn.date, due, amount, links, cause, None, by_terms)
        return new(Document, fields)

    def _read_credit(
        self,
        txn: data.Transaction,
        debtor: str,
        amount: int,
        own: Mapping[str, Any],
        facts: Mapping[str, Any],
        cause: Cause,
    ) -> Document | Leg:
        """Read a credit note, an unallocated credit, or what settles a document."""
        key = "credit-note" if "credit-note" in facts else "invoice"
        if "credits" in facts and key not in facts:
            self._report_credits(txn, "a credit without a number")
        if "settles" in facts and not (key in own and "settles" not in own):
            if key in own:
                self._report(
                    txn,
                    f"{key}: and settles: stand on one posting: it is a credit note or settles a"
                    " document; write one of them",
                )
            number = self._text(txn, facts, "settles")
            return new(Leg, (debtor, number, amount, None))
        number = self._text(txn, facts, key) if key in facts else None
        if key == "credit-note" and text_of(own.get("invoice", number)) != number:
            self._report(
                txn,
                "credit-note: and invoice: stand on one credit with two numbers: write the credit"
                " note's number alone, and credits: with the number of the invoice it corrects",
            )
        if number is None or not self._claim_number(txn, number, DocumentKind.CREDIT_NOTE, debtor):
            return Leg(debtor, None, amount)
        credits_number = self._text(txn, facts, "credits") if "credits" in facts else None
        return Document(
            DocumentKind.CREDIT_NOTE,
            debtor,
            number,
            txn.date,
            None,
            amount,
            txn.links or _NO_LINKS,
            cause,
            credits_number,
        )

    def _report_credits(self, txn: data.Transaction, what: str) -> None:
        """Report a posting that corrects an invoice and is no credit note."""
        self._report(
            txn,
            f"credits: stands on {what}: it belongs to a credit note; write credit-note: with its"
            " number beside it, or settles: instead of it",
        )

    def _text(self, txn: data.Transaction, facts: Mapping[str, Any], key: str) -> str | None:
        """Return a document's number, or report that it is none."""
        number = text_of(facts[key])
        if number is None:
            what = _not(facts[key], "document number")
            self._report(txn, f'{key}: {what}: write it as text, {key}: "F-1"')
        return number

    def _due(self, txn: data.Transaction, facts: Mapping[str, Any]) -> datetime.date:
        """Return a debit's due date: stated, or by the contract's terms."""
        if "due" not in facts:
            return txn.date + self._terms
        due = date_of(facts["due"])
        if due is None:
            self._report(txn, f"due: {_not(facts['due'], 'date')}: write it as 2026-02-04")
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
        self, txn: data.Transaction, number: str, kind: DocumentKind, debtor: str
    ) -> bool:
        """Give a number to its first transaction; debits of one transaction are instalments."""
        first = self._numbers.setdefault(number, (txn, kind, debtor))
        if first[0] is txn and first[1] is kind and first[2] == debtor:
            return True
        where = f"{first[0].meta.get('filename')}:{first[0].meta.get('lineno')}"
        self._report(
            txn,
            f"the number {number} is used twice, first at {where}: each document has a number of"
            " its own; correct one of them, or remove the copy",
        )
        return False


def _not(value: Any, kind: str) -> str:
    """Say that a value is none of a kind, or that there is none."""
    return "has no value" if value is None else f"{value} is no {kind}"
