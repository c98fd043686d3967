"""Figures as Fava writes them: by its locale, and as X where it hides them (`--incognito`)."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

from babel.core import Locale
from fava.core import FavaLedger
from fava.core.number import get_locale_format

from beancount_factoring.ledger.amounts import digits_of

_HUNDRED = Decimal(100)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes figures; amounts with the currency's own decimals, whatever the ledger shows."""

    locale: Locale | None
    hidden: bool

    @classmethod
    def of(cls, ledger: FavaLedger, *, hidden: bool) -> Figures:
        """Return what writes a ledger's figures."""
        locale = ledger.fava_options.locale
        return cls(Locale.parse(locale) if locale else None, hidden)

    def amount(self, number: Decimal, currency: str) -> str:
        """Write an amount without its currency."""
        return self._hide(get_locale_format(self.locale, digits_of(currency))(number))

    def money(self, number: Decimal, currency: str) -> str:
        """Write an amount with its currency, not to be parted at a line's end."""
        return f"{self.amount(number, currency)}\N{NO-BREAK SPACE}{currency}"

    def percent(self, fraction: Decimal) -> str:
        """Write a fraction as percent, with two decimals."""
        number = get_locale_format(self.locale, 2)(fraction * _HUNDRED)
        return self._hide(f"{number}\N{NO-BREAK SPACE}%")

    def number(self, number: Decimal | int, digits: int = 0) -> str:
        """Write a number of things or days."""
        return get_locale_format(self.locale, digits)(Decimal(number))

    @staticmethod
    def date(day: datetime.date) -> str:
        """Write a date as Fava does everywhere."""
        return day.isoformat()

    def value(self, number: Decimal) -> str | None:
        """Return a figure for programs; none where figures are hidden."""
        return None if self.hidden else f"{number:f}"

    def _hide(self, text: str) -> str:
        return _DIGIT.sub("X", text) if self.hidden else text
