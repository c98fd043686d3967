"""The claim stays, what was drawn is a debt (rules.md, section 4, `borrowing`)."""

from __future__ import annotations

from collections.abc import Iterator

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

    def postings(self, event: events.Event) -> Iterator[Posting]:
        """Yield an event's postings."""
        accounts = self.accounts
        match event:
            case events.Sweep():
                yield self.factor, event.total
                yield event.bank, -event.total
            case events.Default():
                yield self.factor, total(event.parts) - event.share
                yield accounts.doubtful, event.share
                yield from self.customers(event.parts, -1)
            case events.Collection():
                yield from self.customers(event.recovered + event.doubtful)
                yield accounts.doubtful, -total(event.doubtful)
                yield self.factor, -total(event.recovered)
            case events.Close():
                yield accounts.operating, event.payment
                yield self.factor, -event.payment
            case _:
                yield from self.common(event)
