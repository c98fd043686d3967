"""The factor's events rendered into the firm's books (rules.md, section 4)."""

from __future__ import annotations

from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import Treatment
from beancount_factoring.treatments.borrowing import Borrowing
from beancount_factoring.treatments.derecognition import Derecognition
from beancount_factoring.treatments.posting import Posting

__all__ = ["Borrowing", "Derecognition", "Posting", "treatment_of"]


def treatment_of(contract: Contract) -> Derecognition | Borrowing:
    """Return what renders a contract's events into the firm's books."""
    treatment = Derecognition if contract.treatment is Treatment.DERECOGNITION else Borrowing
    return treatment(contract.accounts)
