"""The claim stays, what was drawn is a debt (rules.md, section 4, `borrowing`)."""

from __future__ import annotations

from beancount_factoring.contract.terms import Accounts
from beancount_factoring.engine import events
from beancount_factoring.treatments.common import TreatmentBase
from beancount_factoring.treatments.common import total
from beancount_factoring.treatments.posting import Posting


class Borrowing(TreatmentBase):
    """Books the funds in use as a debt to the factor; what is assigned changes nothing."""

    def __init__(self, accounts: Accounts) -> None:
        """Take the contract's accounts."""
        super().__init__(accounts, accounts.borrowing)

    def postings(self, event: events.Event) -> list[Posting]:
        """Return an event's postings."""
        match event:
            case events.Sweep():
                return [(self.factor, event.total), (event.bank, -event.total)]
            case events.Default():
                return [
                    (self.factor, total(event.parts) - event.share),
                    (self.accounts.doubtful, event.share),
                    *self.customers(event.parts, -1),
                ]
            case events.Collection():
                return [
                    *self.customers(event.recovered + event.doubtful),
                    (self.accounts.doubtful, -total(event.doubtful)),
                    (self.factor, -total(event.recovered)),
                ]
            case events.Close():
                return [(self.accounts.operating, event.payment), (self.factor, -event.payment)]
            case _:
                return self.common(event)
