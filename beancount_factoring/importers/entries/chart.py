"""The accounts that the ledger has opened: nothing is booked that Beancount would not accept."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass

from beancount.core import data

from beancount_factoring.importers.reading.documents import DocumentRefusedError

# How `beancount.plugins.auto_accounts` names the file of what it opens.
_AUTOMATIC = "<auto_accounts>"


@dataclass(slots=True)
class _Account:
    """From when to when an account is open, and its currencies; none means all."""

    opened: datetime.date
    currencies: frozenset[str]
    closed: datetime.date | None = None


class Chart:
    """The ledger's accounts; `as_needed` where a plugin of the ledger opens what is missing."""

    def __init__(
        self, entries: Iterable[data.Directive] = (), *, as_needed: bool | None = None
    ) -> None:
        """Read the `open` and `close` directives; without any, every account is taken as open."""
        self._accounts: dict[str, _Account] = {}
        self.first_day: datetime.date | None = None
        automatic = False
        for entry in entries:
            if isinstance(entry, data.Open):
                automatic = automatic or entry.meta.get("filename") == _AUTOMATIC
                currencies = frozenset(entry.currencies or ())
                self._accounts[entry.account] = _Account(entry.date, currencies)
                self.first_day = min(self.first_day or entry.date, entry.date)
            elif isinstance(entry, data.Close) and entry.account in self._accounts:
                self._accounts[entry.account].closed = entry.date
        self._lenient = automatic if as_needed is None else as_needed
        self._lenient = self._lenient or not self._accounts

    def is_missing(self, account: str) -> bool:
        """Tell whether an account must be opened before anything is booked on it."""
        return account not in self._accounts and not self._lenient

    def check(
        self, account: str, day: datetime.date, currency: str, place_of: Callable[[str], str]
    ) -> None:
        """Refuse a document that books on an account which is not open for it.

        `place_of` says where an account is named.
        """
        found = self._accounts.get(account)
        if found is None:
            if self._lenient:
                return
            problem = "is not opened in the ledger"
        elif day < found.opened:
            problem = f"is opened on {found.opened} only"
        elif found.closed is not None and day >= found.closed:
            problem = f"was closed on {found.closed}"
        elif found.currencies and currency not in found.currencies:
            problem = f"holds only {', '.join(sorted(found.currencies))}"
        else:
            return
        raise DocumentRefusedError(
            f"books {currency} on {day} on {account} ({place_of(account)}), which {problem}"
        )
