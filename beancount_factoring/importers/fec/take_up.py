"""The take-up of earlier books from a FEC: opening balances, and each open item of a customer."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Final

from beancount.core import data
from beancount.core import flags

from beancount_factoring.importers.entries.chart import Chart
from beancount_factoring.importers.entries.customers import Customers
from beancount_factoring.importers.entries.entries import one_line
from beancount_factoring.importers.entries.entries import posting
from beancount_factoring.importers.entries.identity import numbered_link
from beancount_factoring.importers.entries.known import KnownEntries
from beancount_factoring.importers.entries.statement_entries import Extracted
from beancount_factoring.importers.fec.fec import FEC_CURRENCY
from beancount_factoring.importers.fec.fec import Fec
from beancount_factoring.importers.fec.fec import FecLine
from beancount_factoring.importers.fec.fec_items import ItemKind
from beancount_factoring.importers.fec.fec_items import OpenItem
from beancount_factoring.importers.fec.fec_items import open_items
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.parties import is_siren
from beancount_factoring.importers.mapping.take_up_map import TakeUpMap
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Party

TAKE_UP: Final = "take-up"
"""The metadata key of what was taken up: the year's end, and a checksum of balances and items."""

_PCG: Final = "pcg"
_RESULT_CLASSES: Final = ("6", "7")
_MOST_MISSING: Final = 8
_NARRATIONS: Final = {
    ItemKind.INVOICE: "Invoice",
    ItemKind.CREDIT_NOTE: "Credit note",
    ItemKind.DEBIT: "Open debit",
    ItemKind.CREDIT: "Open credit",
}


class TakeUp:
    """Takes a FEC up into a ledger that has no books of before."""

    def __init__(
        self, mapping: ImportMapping, entries: Sequence[data.Directive], chart: Chart
    ) -> None:
        """Take the ledger's entries, with its `open` directives that carry `pcg:`."""
        if mapping.take_up is None:
            raise DocumentRefusedError(
                "is a FEC, the take-up of earlier books: write `take_up: {opening: ACCOUNT}` in"
                " import.yaml, the account that opening balances stand against"
            )
        self._mapping = mapping
        self._map: TakeUpMap = mapping.take_up
        self._entries = entries
        self._chart = chart

    def extract(
        self, fec: Fec, known: KnownEntries, customers: Customers, filename: str
    ) -> list[Extracted]:
        """Return the take-up's transactions, or refuse the file.

        The same take-up in the ledger already makes all of it known; another one refuses it, as
        balances would count twice.
        """
        self._check_firm(fec)
        day = self._day(fec)
        items = open_items(fec)
        identity = f"{day}/{_checksum(fec, items)}"
        earlier = self._earlier(identity)
        opening = self._opening(fec, day, items, filename)
        opening.meta[TAKE_UP] = identity
        entries = [opening, *self._items(items, customers, identity, filename)]
        if earlier is not None:
            return [Extracted(entry, earlier) for entry in entries]
        for item in items:
            other = known.numbered(item.number) if item.number else None
            if other is not None:
                raise DocumentRefusedError(
                    f"line {item.line.line}: has {item.number} open, which the ledger has already,"
                    f" of {other.date}: take up a FEC before its documents are imported"
                )
        for entry in entries:
            self._check_accounts(entry)
        return [Extracted(entry) for entry in entries]

    def _check_firm(self, fec: Fec) -> None:
        """Refuse another firm's file, where its name and `seller` tell."""
        own = [key for key in self._mapping.seller.identifiers if is_siren(key)]
        if own and fec.siren is not None and fec.siren not in own:
            raise DocumentRefusedError(
                f"is the FEC of {fec.siren}, not of the seller in {self._mapping.place('seller')}"
            )

    def _day(self, fec: Fec) -> datetime.date:
        """Return the day of the balances, which no entry is later than."""
        day = self._map.date or fec.closing
        if day is None:
            raise DocumentRefusedError(
                "has no closing date in its name (SIRENFECAAAAMMJJ): write `date:` under"
                " `take_up:` in import.yaml"
            )
        if fec.last > day:
            raise DocumentRefusedError(
                f"has entries up to {fec.last}, after the take-up's date {day}"
                f" ({self._mapping.place('take_up.date')})"
            )
        return day

    def _earlier(self, identity: str) -> data.Transaction | None:
        """Return the ledger's opening of the same take-up; refuse a second, other one."""
        for entry in self._entries:
            if isinstance(entry, data.Transaction) and TAKE_UP in entry.meta:
                if entry.meta[TAKE_UP] == identity:
                    return entry
                earlier = str(entry.meta[TAKE_UP]).partition("/")[0]
                raise DocumentRefusedError(
                    f"is another take-up than the ledger has, of {earlier}: take the transactions"
                    f" with `{TAKE_UP}:` out first ({Path(entry.meta['filename']).name}, line"
                    f" {entry.meta['lineno']})"
                )
        return None

    def _opening(
        self, fec: Fec, day: datetime.date, items: Iterable[OpenItem], filename: str
    ) -> data.Transaction:
        """Return the balances of all accounts but the customers', against what these owe."""
        sums: dict[str, int] = {}
        for number, account in self._accounts(fec).items():
            sums[account] = sums.get(account, 0) + fec.balances[number]
        owed = sum(item.amount for item in items)
        sums[self._map.opening] = sums.get(self._map.opening, 0) + owed
        if sum(sums.values()):
            raise DocumentRefusedError("has customers whose open items are not their balance")
        meta = data.new_metadata(filename, 1)
        flag = flags.FLAG_OKAY
        if not any(number[0] == "1" for number in fec.balances):
            flag = flags.FLAG_WARNING
            meta["reason"] = "no account of class 1: are the opening entries in the file?"
        return data.Transaction(
            meta,
            day,
            flag,
            None,
            f"Opening balances of {day}",
            data.EMPTY_SET,
            data.EMPTY_SET,
            [_posting(account, cents) for account, cents in sorted(sums.items()) if cents],
        )

    def _accounts(self, fec: Fec) -> dict[str, str]:
        """Return the ledger accounts of the FEC's, or refuse it with those that are missing."""
        by_number = _numbered(self._entries, f"{self._mapping.receivables}:")
        found: dict[str, str] = {}
        missing: list[str] = []
        for number, cents in sorted(fec.balances.items()):
            if number.startswith(self._map.customers):
                continue
            account = self._map.account(number)
            if account is None and self._map.result and number[0] in _RESULT_CLASSES:
                account = self._map.result
            if account is None:
                account = by_number.get(_significant(number), "")
            if "|" in account:
                raise DocumentRefusedError(
                    f"has {number} {fec.names[number]}, which {' and '.join(account.split('|'))}"
                    " have as `pcg:`: write which under `take_up: {accounts: …}` in import.yaml"
                )
            if account:
                found[number] = account
            elif cents:
                missing.append(f"{number} {fec.names[number]}")
        if missing:
            rest = len(missing) - _MOST_MISSING
            more = f" and {rest} more" if rest > 0 else ""
            raise DocumentRefusedError(
                f"has balances on {'; '.join(missing[:_MOST_MISSING])}{more}: open an account with"
                f' the metadata pcg: "{missing[0].split()[0]}" for each, or list its number under'
                " `take_up: {accounts: …}` in import.yaml"
            )
        return found

    def _items(
        self, items: Sequence[OpenItem], customers: Customers, identity: str, filename: str
    ) -> Iterator[data.Transaction]:
        """Yield a transaction for each document, and for each item without a number."""
        parties = {
            (item.line.account, item.line.customer): self._party(item.line) for item in items
        }
        customers.check_distinct(parties.values())
        documents: dict[tuple[ItemKind, str] | int, list[OpenItem]] = {}
        for place, item in enumerate(items):
            documents.setdefault((item.kind, item.number) if item.number else place, []).append(
                item
            )
        for parts in documents.values():
            line = parts[0].line
            party = parties[line.account, line.customer]
            account = customers.account(party)
            meta = data.new_metadata(filename, line.line)
            meta[TAKE_UP] = identity
            yield _item_transaction(parts, party, account, self._map.opening, meta)

    def _party(self, line: FecLine) -> Party:
        """Return the customer of a line; an account of its own stands for a missing auxiliary."""
        if line.customer:
            name = one_line(line.customer_name) or one_line(line.customer)
            return Party(name, (line.customer,))
        number = line.account
        is_own = any(
            number.startswith(beginning) and number[len(beginning) :].strip("0")
            for beginning in self._map.customers
        )
        if not is_own and number not in self._mapping.debtors_by_identifier:
            raise DocumentRefusedError(
                f"line {line.line}: has no CompAuxNum on {number} {line.account_name}, so that"
                f" nobody knows the customer: list {number} under `debtors:`"
                f" ({self._mapping.place('debtors')})"
            )
        return Party(one_line(line.account_name) or number, (number,))

    def _check_accounts(self, entry: data.Transaction) -> None:
        """Refuse what books on an account that is not open, new customers' aside."""
        below = f"{self._mapping.receivables}:"
        for each in entry.postings:
            if not (each.account.startswith(below) and self._chart.is_missing(each.account)):
                self._chart.check(each.account, entry.date, FEC_CURRENCY, self._mapping.place_of)


def _item_transaction(
    parts: Sequence[OpenItem], party: Party, account: str, opening: str, meta: data.Meta
) -> data.Transaction:
    """Return the transaction of one document (its parts are instalments), or of one open line."""
    first = parts[0]
    postings = []
    for part in parts:
        own: data.Meta = {}
        if part.number:
            own[part.kind.value] = part.number
        if part.settles:
            own["settles"] = part.settles
        if part.reason:
            own["reason"] = part.reason
        if part.kind is ItemKind.INVOICE and part.line.due is not None:
            own["due"] = part.line.due
        postings.append(_posting(account, part.amount, own or None))
    total = sum(part.amount for part in parts)
    links: frozenset[str] = data.EMPTY_SET
    if first.number:
        amount = _decimal(abs(total))
        links = frozenset([numbered_link(first.kind.value, first.number, amount, FEC_CURRENCY)])
    words = (_NARRATIONS[first.kind], first.number or one_line(first.line.text))
    return data.Transaction(
        meta,
        min(part.date for part in parts),
        flags.FLAG_WARNING if any(part.reason for part in parts) else flags.FLAG_OKAY,
        party.name,
        " ".join(filter(None, words)),
        data.EMPTY_SET,
        links,
        [*postings, _posting(opening, -total)],
    )


def _numbered(entries: Iterable[data.Directive], customers: str) -> dict[str, str]:
    """Return the ledger's accounts by the numbers on their `open`; several are joined by a bar."""
    found: dict[str, str] = {}
    for entry in entries:
        if isinstance(entry, data.Open) and not entry.account.startswith(customers):
            number = entry.meta.get(_PCG)
            if number is not None:
                key = _significant(str(number))
                found[key] = f"{found[key]}|{entry.account}" if key in found else entry.account
    return found


def _significant(number: str) -> str:
    """Return an account's number without the zeros that fill it up: 512100 is 51210000."""
    return number.strip().rstrip("0")


def _checksum(fec: Fec, items: Iterable[OpenItem]) -> str:
    """Return a checksum of what is taken up."""
    facts = [f"{number}={cents}" for number, cents in sorted(fec.balances.items()) if cents]
    facts += [
        f"{item.line.account}|{item.line.customer}|{item.date}|{item.number}|{item.amount}"
        for item in items
    ]
    return blake2b("\n".join(facts).encode(), digest_size=6).hexdigest()


def _posting(account: str, cents: int, meta: data.Meta | None = None) -> data.Posting:
    return posting(account, _decimal(cents), FEC_CURRENCY, meta)


def _decimal(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
