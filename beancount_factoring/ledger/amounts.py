"""Ledger decimals and the engine's minor units, one into the other, exactly."""

from __future__ import annotations

from decimal import ROUND_HALF_UP
from decimal import Decimal

from beancount.core.amount import Amount

from beancount_factoring.currencies import quantum
from beancount_factoring.tuples import new


def digits_of(currency: str) -> int:
    """Return the number of decimals of a currency's amounts."""
    return -int(quantum(currency).as_tuple().exponent)


class Amounts(dict[int, Amount]):
    """The amounts of one currency by their minor units; a dictionary that fills itself."""

    def __init__(self, currency: str) -> None:
        """Take a currency's code."""
        super().__init__()
        self._currency = currency
        self._quantum = quantum(currency)

    def __missing__(self, units: int) -> Amount:
        """Make an amount, written with the currency's decimals."""
        # Not by Amount(): what it checks of its arguments is so by construction here.
        amount = self[units] = new(Amount, (units * self._quantum, self._currency))
        return amount


class MinorUnits:
    """Converts amounts of one currency; what was read or made once is used again."""

    def __init__(self, currency: str) -> None:
        """Take a currency's code."""
        self.currency = currency
        self.digits = digits_of(currency)
        self._quantum = quantum(currency)
        self._scale = Decimal(10**self.digits)
        self.amounts = Amounts(currency)

    def read(self, number: Decimal | None) -> int | None:
        """Return a number in minor units; `None` if it is not a whole number of them."""
        if number is None:
            return None
        scaled = number * self._scale
        whole = int(scaled)
        return whole if whole == scaled else None

    def take(self, amount: Amount) -> int | None:
        """Return an amount of the currency in minor units, as `read` does, and keep it for later.

        What a ledger books, its generated transactions book again: half of their amounts.
        """
        number = amount.number
        # One written with other decimals (`100`) would be printed with them.
        if number is None or not number.same_quantum(self._quantum):
            return self.read(number)
        whole = int(number * self._scale)
        self.amounts[whole] = amount
        return whole

    def whole(self, amount: Amount) -> int | None:
        """Return an amount in minor units; `None` if it is of another currency or not whole."""
        return self.read(amount.number) if amount.currency == self.currency else None

    def nearest(self, number: Decimal | None) -> int:
        """Return the minor units nearest to a number, half up; 0 for none."""
        return 0 if number is None else int((number * self._scale).to_integral_value(ROUND_HALF_UP))

    def amount(self, units: int) -> Amount:
        """Return minor units as an amount written with the currency's decimals."""
        return self.amounts[units]


def not_in_units(amount: Amount, contract: str, units: MinorUnits) -> str:
    """Say of an amount that it is of another currency than a contract's, or not whole."""
    return (
        f"has {amount}, but contract {contract} is in {units.currency} with {units.digits} decimals"
    )
