"""Amounts in whole minor units (cents), and the one rounding rule of the engine.

Inside the engine every amount is an `int` of the currency's minor unit; rates are exact decimals.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP
from decimal import Context
from decimal import Decimal
from fractions import Fraction
from typing import Final

_ONE: Final = Decimal(1)
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP)


def share(amount: int, rate: Decimal) -> int:
    """Return `amount` × `rate`, rounded half up (away from zero) to a whole minor unit.

    Source: rules.md, section 5, Rounding.
    """
    return int(_EXACT.multiply(Decimal(amount), rate).quantize(_ONE, context=_EXACT))


def divide(amount: int, rate: Decimal) -> int:
    """Return `amount` ÷ `rate`, rounded half up to a whole minor unit."""
    return round_half_up(Fraction(amount) / Fraction(rate))


def round_half_up(value: Fraction) -> int:
    """Round an exact value half up (away from zero) to a whole number."""
    doubled = 2 * abs(value.numerator) + value.denominator
    rounded = doubled // (2 * value.denominator)
    return rounded if value.numerator >= 0 else -rounded
