"""What a request asks for: a view, what of it, and Fava's filters."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from beancount.core import account
from fava.core import FavaLedger
from fava.core.filters import Match
from fava.core.filters import TimeFilter

from beancount_factoring.engine.events import Event
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Document
from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.reports.source import Selection


class ViewName(StrEnum):
    """The views, by their names in addresses and in the order of the page."""

    POSITION = "position"
    AGED = "aged"
    REMITTANCES = "remittances"
    DEBTORS = "debtors"
    COST = "cost"


class Whose(StrEnum):
    """Whose documents the aged balance shows."""

    ALL = "all"
    ASSIGNED = "assigned"
    FIRM = "firm"


@dataclass(frozen=True, slots=True)
class Period:
    """Fava's time filter: the first day and the last; without one, `since` is `None`."""

    since: datetime.date | None
    day: datetime.date

    @property
    def begin(self) -> datetime.date:
        """The first day that counts."""
        return self.since or datetime.date.min


@dataclass(frozen=True, slots=True)
class Filters:
    """Fava's filters, as they stand in the address."""

    time: str = ""
    account: str = ""
    text: str = ""

    @property
    def selects(self) -> bool:
        """Whether entries are chosen by account or text."""
        return bool(self.account or self.text)

    def period(self, ledger: FavaLedger, horizon: datetime.date) -> Period:
        """Return the period; up to the ledger's last day without a time filter.

        Raises Fava's own error for what is no time.
        """
        if not self.time:
            return Period(None, horizon)
        dates = TimeFilter(ledger.options, ledger.fava_options, self.time).date_range
        return Period(dates.begin, dates.end_inclusive)

    def selection(self, ledger: FavaLedger, roots: Mapping[str, str]) -> Selection | None:
        """Return what account and text choose: `roots` are the receivables by contract name.

        A document or an event is chosen by its own transaction, which Fava's filters keep. Where
        the account filter means customers' accounts, only their documents are.
        """
        if not self.selects:
            return None
        entries = ledger.get_filtered(account=self.account, filter=self.text, time="").entries
        causes: set[Cause] = set()
        keys: set[str] = set()
        for entry in entries:
            key = entry.meta.get(IDENTIFIER)
            if key is not None:
                keys.add(str(key))
            else:
                causes.add(Cause(str(entry.meta["filename"]), int(str(entry.meta["lineno"]))))
        debtors = self._debtors(ledger, roots)

        def document(document: Document) -> bool:
            return document.cause in causes and (not debtors or document.debtor in debtors)

        def event(event: Event) -> bool:
            return event.key in keys

        return Selection(document, event)

    def _debtors(self, ledger: FavaLedger, roots: Mapping[str, str]) -> frozenset[str]:
        """Return the debtors whose accounts the account filter means; empty if it means none."""
        if not self.account:
            return frozenset()
        match = Match(self.account)
        return frozenset(
            name.removeprefix(f"{root}:")
            for root in set(roots.values())
            for name in ledger.attributes.accounts
            if name.startswith(f"{root}:")
            and (account.has_component(name, self.account) or match(name))
        )


E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class View:
    """A view, and what of it; `table` is the table that `sort`, `order` and `page` are about."""

    name: ViewName = ViewName.POSITION
    contract: str = ""
    debtor: str = ""
    document: str = ""
    remittance: str = ""
    whose: Whose = Whose.ALL
    table: str = ""
    sort: str = ""
    order: str = ""
    page: int = 1

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> View:
        """Read a view from an address; what cannot be meant is left out."""
        page = arguments.get("page", "")
        return cls(
            name=_one_of(ViewName, arguments.get("view", ""), ViewName.POSITION),
            contract=arguments.get("contract", ""),
            debtor=arguments.get("debtor", ""),
            document=arguments.get("document", ""),
            remittance=arguments.get("remittance", ""),
            whose=_one_of(Whose, arguments.get("whose", ""), Whose.ALL),
            table=arguments.get("table", ""),
            sort=arguments.get("sort", ""),
            order=arguments.get("order", ""),
            page=int(page) if page.isdecimal() and len(page) < 9 else 1,
        )


def _one_of(kind: type[E], text: str, default: E) -> E:
    return kind(text) if text in set(kind) else default
