"""How many decimals a currency's amounts have (ISO 4217, 2 where it is unknown)."""

from __future__ import annotations

from decimal import Context
from decimal import Decimal
from decimal import Inexact
from decimal import InvalidOperation
from typing import Final

# ISO 4217, list one, where the column "minor unit" is not 2.
_NO_DECIMALS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS: Final = "CLF UYW"
_DECIMALS: Final = {
    currency: places
    for places, currencies in ((0, _NO_DECIMALS), (3, _THREE_DECIMALS), (4, _FOUR_DECIMALS))
    for currency in currencies.split()
}
_QUANTA: Final = {places: Decimal(1).scaleb(-places) for places in (0, 2, 3, 4)}
_EXACT: Final = Context(prec=60, traps=[Inexact, InvalidOperation])


def quantum(currency: str) -> Decimal:
    """Return a currency's smallest unit: `0.01` for EUR, `1` for JPY."""
    return _QUANTA[_DECIMALS.get(currency, 2)]


def with_decimals(amount: Decimal, currency: str) -> Decimal:
    """Return an amount written with its currency's decimals; its value never changes.

    Raises `ValueError` for an amount that has more decimals, or is no number.
    """
    try:
        written = amount.quantize(quantum(currency), context=_EXACT)
    except (Inexact, InvalidOperation):
        message = f"{amount} is not a whole number of {quantum(currency)} {currency}"
        raise ValueError(message) from None
    # No amount is −0.00.
    return written or abs(written)
