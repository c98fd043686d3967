"""What is open under each document number, read from the ledger's customer postings.

The signed sum of what names a number: an invoice's debits, less its credit notes and settlements
(interface.md, section 1). This is enough to recognise what a receipt names; what a contract makes
of the documents is the plugin's to say.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from beancount.core import data

from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.ledger.metadata import text_of

_ZERO = Decimal(0)

# Account, amount, currency, metadata.
_CustomerPosting = tuple[str, Decimal, str, Mapping[str, object]]


@dataclass(slots=True)
class OpenNumber:
    """One document number in one currency.

    `account` is the customer's account, `None` as long as only settlements are known. `balance` is
    positive where the customer owes, negative where a credit note is unused. `is_shared` where
    two customers have documents of that number. `amount` is what the document was of,
    `date` its date, `reference` the structured reference that the payer was asked to give.
    """

    number: str
    currency: str
    account: str | None = None
    balance: Decimal = _ZERO
    is_credit_note: bool = False
    is_shared: bool = False
    amount: Decimal = _ZERO
    date: datetime.date = datetime.date.min
    reference: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the customer still owes something on it, or is owed it."""
        return self.balance < 0 if self.is_credit_note else self.balance > 0


class OpenNumbers:
    """The documents of a ledger by number; `book` takes in one more transaction."""

    def __init__(
        self,
        receivables: Collection[str],
        banks: Collection[str] = (),
        entries: Iterable[data.Directive] = (),
    ) -> None:
        """Read the postings below the roots; `banks` are the contracts' bank accounts."""
        self._below = tuple(f"{root}:" for root in receivables)
        self._banks = frozenset(banks)
        self._below_banks = tuple(f"{bank}:" for bank in banks)
        self._numbers: dict[tuple[str, str], OpenNumber] = {}
        self._of_account: dict[tuple[str, str], list[OpenNumber]] = {}
        for entry in entries:
            if isinstance(entry, data.Transaction):
                self.book(entry)

    def __iter__(self) -> Iterator[OpenNumber]:
        """Yield every number that a document has, in the order of the ledger."""
        return (item for item in self._numbers.values() if item.account is not None)

    def get(self, number: str, currency: str) -> OpenNumber | None:
        """Return what is known of a number; `None` where no document has it."""
        item = self._numbers.get((number, currency))
        return item if item is not None and item.account is not None else None

    def of(self, account: str, currency: str) -> Sequence[OpenNumber]:
        """Return all documents of one customer in a currency, in the order of the ledger."""
        return self._of_account.get((account, currency), ())

    def open_of(self, account: str, currency: str) -> list[OpenNumber]:
        """Return what is open of one customer in a currency, in the order of the ledger."""
        items = self.of(account, currency)
        return [item for item in items if item.is_open and not item.is_shared]

    def book(self, transaction: data.Transaction) -> list[OpenNumber]:
        """Take in a transaction's customer postings and return the numbers seen first in it.

        Generated transactions, printed or not, are the factor's side of the same documents.
        """
        postings = [p for p in transaction.postings if p.account.startswith(self._below)]
        if not postings or IDENTIFIER in transaction.meta:
            return []
        debtor_side: list[_CustomerPosting] = []
        creditor_side: list[_CustomerPosting] = []
        for posting in postings:
            units = posting.units
            if units is not None and units.number:
                side = debtor_side if units.number > 0 else creditor_side
                side.append((posting.account, units.number, units.currency, posting.meta or {}))
        found: list[OpenNumber] = []
        for side in (debtor_side, creditor_side):
            for account, amount, currency, own in side:
                meta = {**transaction.meta, **own} if len(side) == 1 else own
                number = text_of(meta.get("settles"))
                if number is None and amount < 0:
                    number = text_of(meta.get("credits"))
                if number is not None:
                    self._item(number, currency).balance += amount
                    continue
                number = text_of(meta.get("invoice"))
                if amount < 0:
                    number = text_of(meta.get("credit-note")) or number
                elif number is None:
                    number = self._only_link(transaction)
                if number is not None:
                    item = self._item(number, currency)
                    item.balance += amount
                    item.amount += amount
                    if item.account is None:
                        item.account = account
                        item.is_credit_note = amount < 0
                        item.date = transaction.date
                        item.reference = text_of(meta.get("reference"))
                        self._of_account.setdefault((account, currency), []).append(item)
                        found.append(item)
                    elif item.account != account:
                        item.is_shared = True
        return found

    def _item(self, number: str, currency: str) -> OpenNumber:
        """Return the item of a number, known or new."""
        key = (number, currency)
        item = self._numbers.get(key)
        if item is None:
            item = self._numbers[key] = OpenNumber(*key)
        return item

    def _only_link(self, transaction: data.Transaction) -> str | None:
        """Return the number that a debit without metadata has: its transaction's only link."""
        links = transaction.links
        if len(links) != 1 or any(
            p.account in self._banks or p.account.startswith(self._below_banks)
            for p in transaction.postings
        ):
            return None
        return next(iter(links))
