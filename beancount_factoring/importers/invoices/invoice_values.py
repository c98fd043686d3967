"""Texts of an electronic invoice as values, read strictly: what is in doubt is refused."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal

from beancount_factoring.importers.reading.documents import YEARS
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.safe_xml import shown

# xs:decimal, bounded: no exponent, no comma, no digit but ASCII's.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,10})?|\.[0-9]{1,10})")

# YYYYMMDD (format 102), or what some writers put in its place: ISO 8601, with or without time
# and zone, which has the same digits in the same order.
_DAY = re.compile(
    r"([0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the different texts, with single blanks, in their order."""
    lines = (" ".join(text.split()) for text in texts)
    return tuple(dict.fromkeys(line for line in lines if line))


def required(value: str, what: str) -> str:
    """Return a text that must be there; `what` names it in the refusal."""
    if not value.strip():
        raise DocumentRefusedError(f"the document has no {what}")
    return value


def number(value: str, name: str) -> Decimal:
    """Return a decimal number; `name` is the element's."""
    if _NUMBER.fullmatch(value) is None:
        raise DocumentRefusedError(f"{name} is “{shown(value)}”, expected a number like 1234.56")
    return Decimal(value)


def amount(value: str, name: str, unit: Decimal) -> Decimal | None:
    """Return an amount of money, `None` for an empty text; `name` is the element's.

    `unit` is the smallest one of the currency, of which the amount must be a whole number.
    """
    if not value:
        return None
    money = number(value, name)
    if money % unit:
        raise DocumentRefusedError(f"{name} is {money}, not a whole number of {unit}")
    return money


def day(value: str, code: str, name: str) -> datetime.date | None:
    """Return a date with its format code, `None` for an empty text; `name` is the element's.

    Without a code it is an ISO 8601 date.
    """
    if not value:
        return None
    match = _DAY.fullmatch(value) if code in {"102", ""} else None
    if match is None:
        expected = "20260131 (102)" if code else "2026-01-31"
        form = f" (format {shown(code)})" if code else ""
        raise DocumentRefusedError(f"{name} is “{shown(value)}”{form}, expected like {expected}")
    try:
        date = datetime.date.fromisoformat(match[1])
    except ValueError:
        raise DocumentRefusedError(f"{name} is {value}, a day that does not exist") from None
    if date.year not in YEARS:
        raise DocumentRefusedError(f"{name} is {value}, a year that cannot be meant")
    return date
