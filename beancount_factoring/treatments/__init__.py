"""The factor's events rendered into the firm's books (rules.md, section 4)."""

from __future__ import annotations

from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import Treatment
from beancount_factoring.engine.events import Event
from beancount_factoring.treatments.borrowing import Borrowing
from beancount_factoring.treatments.derecognition import Derecognition
from beancount_factoring.treatments.posting import Posting

__all__ = ["Borrowing", "Derecognition", "Posting", "postings_of"]


def postings_of(event: Event, contract: Contract) -> list[Posting]:
    """Return an event's postings in the firm's books; none where it changes nothing there."""
    treatment = Derecognition if contract.treatment is Treatment.DERECOGNITION else Borrowing
    postings = treatment(contract.accounts).postings(event)
    return [posting for posting in postings if posting.amount]
