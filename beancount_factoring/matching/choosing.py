"""What a receipt settles when a person says which documents it pays."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from beancount_factoring.matching.deductions import deducted_explanation
from beancount_factoring.matching.deductions import deductions
from beancount_factoring.matching.matcher import Matcher
from beancount_factoring.matching.open_numbers import OpenNumber
from beancount_factoring.matching.receipt import Difference
from beancount_factoring.matching.receipt import Explanation
from beancount_factoring.matching.receipt import Receipt
from beancount_factoring.matching.receipt import Settlement

HOW = "chosen"
"""How a match is called that a person chose."""

_SURE = Decimal(0)


def chosen(matcher: Matcher, receipt: Receipt, numbers: Sequence[str]) -> Explanation:
    """Return the settlement of documents in their order.

    What is deducted within the terms is a deduction; what else is missing stays open on the last
    one; what is beyond them is a credit of the customer. Raises `ValueError` where documents are
    unknown, not open, or of several customers and not paid exactly.
    """
    items = [_open(matcher, number, receipt.currency) for number in numbers]
    if len({item.number for item in items}) < len(items):
        raise ValueError("a document is named twice: name each once")
    amount = receipt.amount
    total = sum((item.balance for item in items), Decimal(0))
    whole = tuple(Settlement(_account(item), item.number, item.balance) for item in items)
    if total == amount:
        return Explanation(whole, _SURE, HOW)
    accounts = {part.account for part in whole}
    if len(accounts) > 1:
        raise ValueError(
            f"documents of several customers, with {total} open: only {amount} exactly can be"
            " settled; name one customer's"
        )
    for deducted in deductions(items, amount, receipt.currency, matcher.terms):
        return deducted_explanation(whole, items, deducted, _SURE, HOW)
    if total < amount:
        over = Difference("overpaid", whole[0].account, total - amount)
        return Explanation(whole, _SURE, f"{HOW}, paid beyond", (over,))
    rest = amount - (total - items[-1].balance)
    if rest <= 0 or items[-1].is_credit_note:
        raise ValueError(
            f"{total} is open on them, more than {amount}: name fewer, and the one that is paid in"
            " part last"
        )
    part = whole[-1]._replace(amount=rest)
    return Explanation((*whole[:-1], part), _SURE, f"{HOW}, the last one in part", is_part=True)


def _open(matcher: Matcher, number: str, currency: str) -> OpenNumber:
    """Return an open document."""
    item = matcher.document(number, currency)
    if item is None:
        raise ValueError(f"no document has the number {number} in {currency}")
    if item.is_shared:
        raise ValueError(f"{number} is the number of more than one customer: book it by hand")
    if not item.is_open:
        raise ValueError(f"{number} is not open any more")
    return item


def _account(item: OpenNumber) -> str:
    assert item.account is not None  # noqa: S101  # only documents are found
    return item.account
