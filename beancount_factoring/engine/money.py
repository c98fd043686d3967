"""Amounts in whole minor units (cents), and the one rounding rule of the engine.

Inside the engine every amount is an `int` of the currency's minor unit; rates are exact decimals.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache


def share(amount: int, rate: Decimal) -> int:
    """Return `amount` × `rate`, rounded half up (away from zero) to a whole minor unit.

    Source: rules.md, end of section 3 (Rounding).
    """
    numerator, denominator = _ratio(rate)
    return _quotient(amount * numerator, denominator)


def divide(amount: int, rate: Decimal) -> int:
    """Return `amount` ÷ `rate` (positive), rounded half up to a whole minor unit."""
    numerator, denominator = _ratio(rate)
    return _quotient(amount * denominator, numerator)


def proportion(whole: int, part: int, total: int) -> int:
    """Return `whole` × `part` ÷ `total` (positive), rounded half up to a whole minor unit."""
    return _quotient(whole * part, total)


def minor_units(amount: Decimal, unit: int) -> int:
    """Return an amount of the contract in minor units, of which it is a whole number."""
    return int(amount * unit)


def round_half_up(value: Fraction) -> int:
    """Round an exact value half up (away from zero) to a whole number."""
    return _quotient(value.numerator, value.denominator)


def _quotient(numerator: int, denominator: int) -> int:
    """Divide by a positive number and round half up, away from zero."""
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded


@lru_cache(maxsize=256)
def _ratio(rate: Decimal) -> tuple[int, int]:
    """Return a rate as an exact fraction; a contract has few of them."""
    return rate.as_integer_ratio()
