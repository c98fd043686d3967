"""What the ledger holds already: each document and each bank movement is booked once.

Generated transactions say what a contract makes of the documents; they never stand for a bank's
line or a document, and are left aside.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from beancount.core import data

from beancount_factoring.importers.entries.identity import BANK_LINK
from beancount_factoring.importers.entries.identity import DOCUMENT_LINKS
from beancount_factoring.ledger.marks import IDENTIFIER

SOURCE: Final = "source"
"""The metadata key of the format that a bank movement was imported from."""

Movement = tuple[str, datetime.date, Decimal, str]
"""Account, date, amount and currency: what one movement has in every format."""


class KnownEntries:
    """The imported entries of a ledger, by what tells them again."""

    def __init__(self, entries: Iterable[data.Directive] = ()) -> None:
        """Take in a ledger's entries; those of the run are told by `add`."""
        self._by_link: dict[str, data.Transaction] = {}
        self._by_number: dict[str, data.Transaction] = {}
        self._movements = _Movements()
        self._balances: dict[Movement, data.Balance] = {}
        self._balances_on: dict[tuple[str, datetime.date, str], data.Balance] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: data.Directive) -> None:
        """Take in one more entry, whoever wrote it."""
        if isinstance(entry, data.Balance):
            self.add_movement(entry)
        elif isinstance(entry, data.Transaction) and IDENTIFIER not in entry.meta:
            for link in entry.links:
                if link.startswith(BANK_LINK):
                    self.add_movement(entry)
                elif link.startswith(DOCUMENT_LINKS):
                    self._by_link[link] = entry
            self._add_numbers(entry)

    def add_movement(self, entry: data.Transaction | data.Balance) -> None:
        """Take in a bank movement, by its link and by its accounts, or a balance."""
        if isinstance(entry, data.Balance):
            self._balances[_balance_key(entry)] = entry
            self._balances_on[entry.account, entry.date, entry.amount.currency] = entry
            return
        for link in entry.links:
            self._by_link[link] = entry
        if isinstance(entry.meta.get(SOURCE), str):
            self._movements.add(entry)

    def linked(self, link: str) -> data.Transaction | None:
        """Return the ledger's entry of a link, if it has one."""
        return self._by_link.get(link)

    def numbered(self, number: str) -> data.Transaction | None:
        """Return the ledger's document of a number, if it has one."""
        return self._by_number.get(number)

    def balance(self, entry: data.Balance) -> data.Balance | None:
        """Return the ledger's equal balance directive, if it has one."""
        return self._balances.get(_balance_key(entry))

    def has_balance(self, balance: Movement) -> bool:
        """Tell whether the ledger has a balance directive of an account, day and amount."""
        return balance in self._balances

    def has_movements(self, account: str) -> bool:
        """Tell whether any bank movement of an account was imported."""
        return account in self._imported().accounts

    def like(self, movement: Movement) -> list[data.Transaction]:
        """Return the imported movements of an account, day and amount."""
        return self._imported().by_date.get(movement, [])

    def like_by_value_date(self, movement: Movement) -> list[data.Transaction]:
        """Return the imported movements of an account, value date and amount."""
        return self._imported().by_value_date.get(movement, [])

    def between(
        self, account: str, first: datetime.date, last: datetime.date
    ) -> list[data.Transaction]:
        """Return the imported movements of an account strictly between two days."""
        movements = self._imported().accounts.get(account, [])
        return [entry for entry in movements if first < entry.date < last]

    def balance_on(self, entry: data.Balance) -> data.Balance | None:
        """Return the ledger's balance directive of an account, day and currency, if it has one."""
        return self._balances_on.get((entry.account, entry.date, entry.amount.currency))

    def _imported(self) -> _Movements:
        """Return the imported movements, those added since the last time among them."""
        self._movements.index()
        return self._movements

    def _add_numbers(self, entry: data.Transaction) -> None:
        """Note the numbers that a transaction gives to documents."""
        for meta in (entry.meta, *(posting.meta for posting in entry.postings)):
            if meta:
                for key in ("invoice", "credit-note"):
                    number = meta.get(key)
                    if isinstance(number, str):
                        self._by_number.setdefault(number, entry)


class _Movements:
    """Imported movements; they are indexed when something is compared with them."""

    def __init__(self) -> None:
        self.by_date: dict[Movement, list[data.Transaction]] = {}
        self.by_value_date: dict[Movement, list[data.Transaction]] = {}
        self.accounts: dict[str, list[data.Transaction]] = {}
        self._not_indexed: list[data.Transaction] = []

    def add(self, entry: data.Transaction) -> None:
        """Take in one more."""
        self._not_indexed.append(entry)

    def index(self) -> None:
        """Index what was added."""
        for entry in self._not_indexed:
            value_date = entry.meta.get("value-date")
            # A transfer may be one transaction on two bank accounts, where its user made it one.
            for posting in entry.postings:
                units = posting.units
                if units is None or units.number is None:
                    continue
                account, number, currency = posting.account, units.number, units.currency
                key = (account, entry.date, number, currency)
                self.by_date.setdefault(key, []).append(entry)
                self.accounts.setdefault(account, []).append(entry)
                if isinstance(value_date, datetime.date):
                    key = (account, value_date, number, currency)
                    self.by_value_date.setdefault(key, []).append(entry)
        self._not_indexed.clear()


def source_of(entry: data.Transaction) -> str:
    """Return the format that a bank movement was imported from."""
    return str(entry.meta.get(SOURCE, ""))


def _balance_key(entry: data.Balance) -> Movement:
    """Return what makes two balance directives the same."""
    return entry.account, entry.date, entry.amount.number or Decimal(0), entry.amount.currency
