"""What moves by just what the user's entries move, to the cent, in a ledger without errors.

These hold for a ledger before and after a change of it; what a changed entry moves is therefore
what it says: a receipt of 100.00 less is 100.00 more owed, and 100.00 less on the bank's account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.oracle.model import Case
from tests.oracle.reference import Day

FACTOR = ("current", "collections", "borrowing")
BANKS = ("shared", "operating", "banks")


def broken_laws(case: Case, end: Day, items: list[dict[str, Any]]) -> Iterator[str]:
    """Name what does not hold at the ledger's end.

    Each debtor's open documents, less its credits, are what the user posts on its account. Where
    the bank's lines say what happens, each bank account holds what the user posts there, and the
    funds in use, less what the factor charges, are what the bank's lines paid to the user.
    """
    owed: Counter[str] = Counter()
    for item in items:
        owed[item["debtor"]] += int(item["open"].replace(".", ""))
    for txn in case.txns:
        for line in txn.lines:
            owed[line.debtor] -= line.amount
    yield from (
        f"{debtor} owes {left} more than was posted" for debtor, left in owed.items() if left
    )
    if case.contract.source != "statement":
        return
    for account in BANKS:
        posted = sum(txn.on(account) for txn in case.txns)
        if (held := end.balances.get(account, 0)) != posted:
            yield f"{account} holds {held}, not {posted}"
    if _only_the_bank_pays(case):
        charged = sum(
            end.position[f"{kind}_to_date"] or 0
            for kind in ("commission", "charges", "interest", "vat")
        )
        paid = -sum(txn.on(*FACTOR) for txn in case.txns)
        use = end.position["funds_in_use"] or 0
        if use - charged != paid:
            yield f"funds in use are {use}, {charged} charged and {paid} paid"


def _only_the_bank_pays(case: Case) -> bool:
    """Say whether nothing but the bank's lines and the factor's fees moves the funds in use."""
    if any(event.kind in {"default", "close"} for event in case.events):
        return False
    return all(
        txn.day >= case.contract.start and any(txn.on(bank) for bank in BANKS)
        for txn in case.txns
        if txn.on(*FACTOR, "guarantee")
    )
