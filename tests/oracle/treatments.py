"""A history under the other treatment: the same contract, booked on other accounts."""

from __future__ import annotations

from dataclasses import replace

from tests.oracle.model import Case
from tests.oracle.model import Txn

# What must be equal under both treatments (rules, 5, invariant 11).
TREATED = (
    "Assets:Bank:Shared",
    "Assets:Bank:Operating",
    "Assets:Bank:Other:Savings",
    "Assets:VAT:Deductible",
    "Expenses:Factoring:Commission",
    "Expenses:Factoring:Charges",
    "Expenses:Factoring:Interest",
)


def has_other_treatment(case: Case) -> bool:
    """Say whether every posting of a history has an account under the other treatment."""
    if any(txn.on("guarantee") for txn in case.txns):
        return False
    for txn in case.txns:
        if txn.on("collections") and (
            case.contract.source == "generated" or not _is_bank_entry(txn)
        ):
            return False
    return True


def _is_bank_entry(txn: Txn) -> bool:
    """Say whether money moved between a bank account and the factor; else it is a correction."""
    if not sum(amount for name, amount in txn.others if name in {"current", "collections"}):
        return False
    return bool({name for name, _ in txn.others} & {"shared", "operating", "banks"})


def in_the_other_treatment(case: Case) -> Case:
    """Return the same history, its contract under the other treatment."""
    borrowing = case.contract.treatment == "derecognition"
    roles = {"current": "borrowing", "collections": "borrowing"}
    if not borrowing:
        roles = {"borrowing": "current"}

    def moved(txn: Txn) -> Txn:
        return replace(txn, others=tuple((roles.get(a, a), amount) for a, amount in txn.others))

    treatment = "borrowing" if borrowing else "derecognition"
    return replace(
        case,
        contract=replace(case.contract, treatment=treatment),
        txns=tuple(moved(txn) for txn in case.txns),
    )
