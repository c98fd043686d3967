"""What a payer deducted, or a bank on the way: discounts, charges, roundings within the terms."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from decimal import ROUND_HALF_UP
from decimal import Decimal
from typing import Final
from typing import NamedTuple

from beancount_factoring.currencies import quantum
from beancount_factoring.matching.open_numbers import OpenNumber
from beancount_factoring.matching.receipt import Difference
from beancount_factoring.matching.receipt import Discount
from beancount_factoring.matching.receipt import Explanation
from beancount_factoring.matching.receipt import Settlement
from beancount_factoring.matching.terms import MatchingTerms

_ROUNDING: Final = Decimal("0.0005")
_DISCOUNT: Final = Decimal("0.002")
_CHARGES: Final = Decimal("0.004")
# Of a small invoice more is hardly what a bank took.
_MOST_CHARGED: Final = Decimal("0.05")
# Discounts are agreed in quarters of a percent.
_RATE_STEP: Final = Decimal("0.0025")


class Deducted(NamedTuple):
    """Money missing (or, rounded up, too much) and what explains it; `doubt` of the explanation.

    `rate` is a discount's, else zero.
    """

    kind: str
    account: str
    amount: Decimal
    doubt: Decimal
    words: str
    unit: Decimal
    rate: Decimal = Decimal(0)

    def differences(self) -> tuple[Difference, ...]:
        """Return what is booked beside the receipt's money."""
        return () if self.rate else (Difference(self.kind, self.account, self.amount),)

    def discounts(self, account: str, items: Sequence[OpenNumber]) -> list[Discount]:
        """Return the discount on each document; the last one takes what rounding leaves."""
        if not self.rate:
            return []
        parts = [_rounded(item.balance * self.rate, self.unit) for item in items]
        parts[-1] += self.amount - sum(parts)
        return [
            Discount(account, item.number, part) for item, part in zip(items, parts, strict=True)
        ]


def deductions(
    items: Sequence[OpenNumber], amount: Decimal, currency: str, terms: MatchingTerms
) -> Iterator[Deducted]:
    """Yield what explains that an amount is not what is open of items; the likeliest one only."""
    total = sum((item.balance for item in items), Decimal(0))
    missing = total - amount
    unit = quantum(currency)
    if not missing or total <= 0:
        return
    rounding, discount, charges = terms.rounding, terms.discount, terms.charges
    if rounding is not None and abs(missing) <= rounding.at_most:
        words = f"a rounding of {missing}"
        yield Deducted("rounding", rounding.account, missing, _ROUNDING, words, unit)
        return
    if missing < 0:
        return
    if discount is not None and not any(item.is_credit_note for item in items):
        # Of several items a part may be missing by chance: there only the agreed rate is clear.
        steps = _RATE_STEP if len(items) == 1 else discount.at_most
        rate = _rate_of(total, missing, discount.at_most, unit, len(items), steps)
        if rate:
            words = f"{(rate * 100).normalize():f} % discount"
            yield Deducted("discount", discount.account, missing, _DISCOUNT, words, unit, rate)
            return
    if len(items) > 1:
        return
    if charges is not None and missing <= charges.at_most and missing <= total * _MOST_CHARGED:
        words = f"charges of {missing}"
        yield Deducted("charges", charges.account, missing, _CHARGES, words, unit)


def is_deduction(total: Decimal, amount: Decimal, currency: str, terms: MatchingTerms) -> bool:
    """Tell whether an amount may be a total less what the terms let be deducted."""
    missing, unit = total - amount, quantum(currency)
    if terms.rounding is not None and 0 < abs(missing) <= terms.rounding.at_most:
        return True
    if missing <= 0:
        return False
    if terms.charges is not None and missing <= terms.charges.at_most:
        return True
    discount = terms.discount
    return discount is not None and bool(_rate_of(total, missing, discount.at_most, unit, 1))


def deducted_explanation(
    whole: Sequence[Settlement],
    items: Sequence[OpenNumber],
    deducted: Deducted,
    doubt: Decimal,
    how: str,
) -> Explanation:
    """Return the explanation of items settled as a whole, less what was deducted."""
    account = whole[0].account
    discounts = tuple(deducted.discounts(account, items))
    taken = {part.number: part.amount for part in discounts}
    settlements = tuple(
        part._replace(amount=part.amount - taken.get(part.number, Decimal(0))) for part in whole
    )
    return Explanation(
        settlements, doubt, f"{how}, less {deducted.words}", deducted.differences(), discounts
    )


def _rate_of(
    total: Decimal,
    missing: Decimal,
    at_most: Decimal,
    unit: Decimal,
    count: int,
    step: Decimal = _RATE_STEP,
) -> Decimal | None:
    """Return the rate that a discount was taken at, if it is one that people agree on."""
    nearest = (missing / total / step).to_integral_value(ROUND_HALF_UP) * step if step else step
    slack = unit if count == 1 else unit * count
    for rate in (at_most, nearest):
        if 0 < rate <= at_most and abs(_rounded(total * rate, unit) - missing) < slack:
            return rate
    return None


def _rounded(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, ROUND_HALF_UP)
