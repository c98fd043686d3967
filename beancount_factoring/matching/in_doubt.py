"""The receipts that wait for a person: until they are settled, their customer owes less."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from beancount_factoring.matching.mentions import CLEAR
from beancount_factoring.matching.mentions import read_mentions
from beancount_factoring.matching.open_numbers import OpenNumber
from beancount_factoring.matching.payers import Payers
from beancount_factoring.matching.receipt import Receipt
from beancount_factoring.matching.written import WrittenNumbers


class InDoubt(NamedTuple):
    """A receipt that waits for a person: its amount, and the numbers that it clearly names."""

    amount: Decimal
    numbers: frozenset[str]


class ReceiptsInDoubt:
    """The receipts in doubt, by the customers that may have paid them or that they name."""

    def __init__(self, payers: Payers, written: WrittenNumbers) -> None:
        """Take who pays, and the numbers by which texts are read."""
        self._payers = payers
        self._written = written
        # What a receipt names is read when another one may be of the same document.
        self._waiting: dict[str, list[Receipt | InDoubt]] = {}
        self._of_nobody: list[Receipt] = []

    def add(self, receipt: Receipt) -> None:
        """Remember a receipt in doubt."""
        accounts = self._payers.accounts_of(receipt)
        for account in accounts:
            self._waiting.setdefault(account, []).append(receipt)
        if not accounts:
            self._of_nobody.append(receipt)

    def of(self, account: str) -> Sequence[InDoubt]:
        """Return a customer's receipts in doubt, with what they clearly name."""
        for receipt in self._of_nobody:
            items = self._clearly_named(receipt)
            found = InDoubt(receipt.amount, frozenset(item.number for item in items))
            for owner in {item.account for item in items if item.account is not None}:
                self._waiting.setdefault(owner, []).append(found)
        self._of_nobody.clear()
        waiting = self._waiting.get(account, [])
        for place, each in enumerate(waiting):
            if isinstance(each, Receipt):
                numbers = frozenset(item.number for item in self._clearly_named(each))
                waiting[place] = InDoubt(each.amount, numbers)
        return [each for each in waiting if isinstance(each, InDoubt)]

    def _clearly_named(self, receipt: Receipt) -> list[OpenNumber]:
        mentions = read_mentions(self._written, receipt.texts).found
        clear = (mention for mention in mentions if mention.doubt <= CLEAR)
        return [item for mention in clear for item in mention.items]
