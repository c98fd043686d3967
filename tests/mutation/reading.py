"""A loaded ledger as the second implementation's case: only the user's entries, and no rule."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from beancount.core import data

from tests.oracle.model import ACCOUNTS
from tests.oracle.model import DIGITS
from tests.oracle.model import Case
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Event
from tests.oracle.model import Line
from tests.oracle.model import Txn

_CLIENTS = f"{ACCOUNTS['receivables']}:"
_SHORT = {name: short for short, name in ACCOUNTS.items()}
_SHORT["Assets:Factor:GuaranteeFund"] = "guarantee"
_FIGURES = ("commission", "vat", "guarantee")
_TIMELESS = (data.Price, data.Document, data.Commodity, data.Close)


def short_name(account: str) -> str:
    """Return the second implementation's name of an account; of a stranger the account itself."""
    if account.startswith(_CLIENTS):
        return f"receivables:{account.removeprefix(_CLIENTS)}"
    return _SHORT.get(account, account)


def case_of(entries: Iterable[Any], contract: Contract) -> Case:
    """Return what the user wrote, under a contract.

    The rules name no order for what happens on one day. The package orders it by content: what
    settles, by debtor and number, before what is taken back; here it is written in that order.
    """
    txns: list[Txn] = []
    events: list[Event] = []
    last = Date.min
    for entry in entries:
        if isinstance(entry, data.Transaction):
            if "factoring-id" not in entry.meta:
                txns.append(_txn(entry, contract))
        elif isinstance(entry, data.Custom) and entry.type == "factoring":
            events.append(_event(entry, contract))
        elif not isinstance(entry, _TIMELESS):
            last = max(last, entry.date)
    txns.sort(key=_order)
    return Case(contract, tuple(txns), tuple(events), last)


def _order(txn: Txn) -> tuple[Any, ...]:
    lines = [(line.debtor, line.settles or "", -line.amount) for line in txn.lines]
    bills = any(line.invoice and line.amount > 0 for line in txn.lines)
    return (txn.day, not bills, any(line.amount > 0 for line in txn.lines), lines, txn.others)


def _minor(amount: Any, contract: Contract) -> int:
    assert amount.currency == contract.currency
    scaled: Decimal = amount.number.scaleb(DIGITS[contract.currency])
    assert scaled == int(scaled)
    return int(scaled)


def _txn(entry: data.Transaction, contract: Contract) -> Txn:
    lines: list[Line] = []
    others: list[tuple[str, int]] = []
    customers = [p for p in entry.postings if p.account.startswith(_CLIENTS)]
    banks = {"shared", "operating", *(["banks"] if contract.banks else [])}
    with_bank = any(short_name(posting.account) in banks for posting in entry.postings)
    for posting in entry.postings:
        amount = _minor(posting.units, contract)
        if posting not in customers:
            others.append((short_name(posting.account), amount))
        elif amount:
            alone = sum((_minor(p.units, contract) > 0) == (amount > 0) for p in customers) == 1
            meta = {**(entry.meta if alone else {}), **(posting.meta or {})}
            link = next(iter(entry.links)) if len(entry.links) == 1 and not with_bank else None
            lines.append(_line(posting.account.removeprefix(_CLIENTS), amount, meta, link))
    lines.sort(key=lambda line: (line.amount > 0, line.debtor, line.settles or "", -line.amount))
    return Txn(entry.date, tuple(lines), tuple(others))


def _line(debtor: str, amount: int, meta: dict[str, Any], link: str | None) -> Line:
    """Read a posting below the receivables (interface.md, section 1)."""
    settles = meta.get("settles")
    if amount > 0:
        invoice = None if settles else meta.get("invoice", link)
        return Line(debtor, amount, invoice=invoice, due=_day(meta.get("due")), settles=settles)
    note = None if settles else meta.get("credit-note", meta.get("invoice"))
    return Line(
        debtor,
        amount,
        credit_note=note,
        credits=meta.get("credits") if note else None,
        settles=settles,
    )


def _day(value: Any) -> Date | None:
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


def _event(entry: data.Custom, contract: Contract) -> Event:
    kind, *values = (value.value for value in entry.values)
    if kind == "index":
        return Event(entry.date, kind, values[0], rate=values[1])
    what, amount = "", 0
    for value in values[1:]:
        if isinstance(value, str):
            what = value.removeprefix(_CLIENTS)
        else:
            amount = _minor(value, contract)
    figures = tuple(
        (name, _minor(entry.meta[name], contract)) for name in _FIGURES if name in entry.meta
    )
    return Event(entry.date, kind, what, amount, figures=figures)
