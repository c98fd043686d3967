"""The values in a camt message (ISO 20022): amounts, dates, identifiers of accounts."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from beancount_factoring.importers.reading.documents import YEARS
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.statements import compact_iban
from beancount_factoring.importers.reading.statements import shown
from beancount_factoring.importers.reading.xml_leaves import Leaves
from beancount_factoring.tuples import new

# ISO 20022 ActiveOrHistoricCurrencyAndAmount: at most 18 digits, no sign.
_AMOUNT = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
_LONGEST_AMOUNT = 19

_CURRENCY = re.compile(r"[A-Z]{3}")

# A date, with or without a time of day or an offset from UTC after it.
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*|Z|[+-][0-9]{2}:[0-9]{2})?")


class Money(NamedTuple):
    """An amount with its currency; positive where the account is credited."""

    amount: Decimal
    currency: str


def money(leaves: Leaves, path: str = "Amt", currency_path: str = "Amt@Ccy") -> Money:
    """Return the amount at a path, signed by the `CdtDbtInd` beside it; refuse any doubt."""
    number = plain_amount(leaves.get(path), path)
    if leaves.further and len(leaves.all(path)) > 1:
        raise DocumentRefusedError(f"{path} is given twice")
    currency = check_currency(leaves.get(currency_path), path)
    side = leaves.get("CdtDbtInd")
    if side == "CRDT":
        return new(Money, (number, currency))
    if side == "DBIT":
        return new(Money, (-number, currency))
    raise DocumentRefusedError(f"CdtDbtInd is {shown(side)}; CRDT or DBIT was expected")


def check_currency(currency: str | None, path: str) -> str:
    """Return the currency of the amount at a path; refuse what is none."""
    if currency is None or not _CURRENCY.fullmatch(currency):
        raise DocumentRefusedError(
            f"currency of {path} is {shown(currency)}; three capital letters were expected"
        )
    return currency


def plain_amount(text: str | None, path: str) -> Decimal:
    """Return the amount in a text, which has no sign; refuse any doubt. `path` is for messages."""
    if text is None or len(text) > _LONGEST_AMOUNT or not _AMOUNT.fullmatch(text):
        raise DocumentRefusedError(f"{path} is {shown(text)}; an amount like 1234.56 was expected")
    return Decimal(text)


def day(leaves: Leaves, date: str, time: str) -> datetime.date | None:
    """Return the date at the path of a `Dt` or of a `DtTm`; the day is the bank's own."""
    text = leaves.get(date) or leaves.get(time)
    return _day(text) if text else None


@lru_cache(maxsize=4096)
def _day(text: str) -> datetime.date:
    match = _DATE.fullmatch(text)
    try:
        date = datetime.date.fromisoformat(match[1] if match else "")
    except ValueError:
        raise DocumentRefusedError(
            f"date {shown(text)} is none; a date like 2026-01-31 was expected"
        ) from None
    if date.year not in YEARS:
        raise DocumentRefusedError(f"date {shown(text)} is in a year that cannot be meant")
    return date


def identifier(leaves: Leaves, iban: str, other: str) -> str | None:
    """Return what identifies an account: what is at the path of its IBAN, or at the other one."""
    stated = leaves.get(iban)
    if stated:
        return compact_iban(stated) or stated
    return leaves.get(other)
