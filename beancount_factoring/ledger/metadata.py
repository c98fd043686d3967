"""Metadata that a user writes, whatever type it was parsed as or saved with."""

from __future__ import annotations

import datetime
from decimal import Decimal
from decimal import InvalidOperation
from typing import Any
from typing import Final

from beancount.core.amount import Amount

LAST_YEAR: Final = 2199
"""The last year that a date of a ledger can be meant to be in."""


def cannot_be_meant(day: datetime.date) -> str:
    """Say that a day is too far away; everything up to it would be looked at day by day."""
    return f"{day} cannot be meant: write a day up to {LAST_YEAR}-12-31"


def text_of(value: Any) -> str | None:
    """Return a document's number: text, or a number written without quotes; else `None`."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, Decimal):
        return str(value)
    return None


def date_of(value: Any) -> datetime.date | None:
    """Return a date, or its text in ISO 8601 (Fava saves dates as text); else `None`."""
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value.strip())
        except ValueError:
            return None
    return None


def amount_of(value: Any, currency: str) -> Decimal | None:
    """Return a figure in a currency: an amount, a number, or the text of one; else `None`."""
    if isinstance(value, Amount):
        return value.number if value.currency == currency else None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str):
        number, _space, stated = value.strip().partition(" ")
        if stated.strip() not in {"", currency}:
            return None
        try:
            figure = Decimal(number)
        except InvalidOperation:
            return None
        return figure if figure.is_finite() else None
    return None
