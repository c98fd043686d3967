"""The claim leaves the receivables when it is remitted (rules.md, section 4, `derecognition`)."""

from __future__ import annotations

from collections.abc import Iterator

from beancount_factoring.contract.terms import Accounts
from beancount_factoring.engine import events
from beancount_factoring.treatments.common import TreatmentBase
from beancount_factoring.treatments.common import total
from beancount_factoring.treatments.posting import Posting


class Derecognition(TreatmentBase):
    """Books what the factor owes (current account), retains (fund) and is owed (collections)."""

    def __init__(self, accounts: Accounts) -> None:
        """Take the contract's accounts."""
        super().__init__(accounts, accounts.current)

    def postings(self, event: events.Event) -> Iterator[Posting]:
        """Yield an event's postings."""
        accounts = self.accounts
        collections, guarantee = accounts.collections or "", accounts.guarantee or ""
        match event:
            case events.Collection():
                held = event.parts + event.recovered
                yield from self.customers(held + event.doubtful)
                yield collections, -total(held)
                yield accounts.doubtful, -total(event.doubtful)
            case events.Remittance():
                yield self.factor, event.total
                yield from self.customers(event.parts, -1)
            case events.GuaranteeMove():
                yield guarantee, event.amount
                yield self.factor, -event.amount
            case events.ReserveMove():
                yield accounts.reserve or "", event.amount
                yield self.factor, -event.amount
            case events.Sweep():
                yield collections, total(event.parts)
                yield self.factor, event.rest
                yield event.bank, -event.total
            case events.Allocation():
                yield collections, event.to_collections
                yield self.factor, -event.to_collections
            case events.Return():
                yield from self.customers(event.parts)
                yield self.factor, -total(event.parts)
            case events.Default():
                yield accounts.doubtful, event.share
                yield self.factor, -event.share
            case events.Refund():
                yield self.factor, total(event.parts)
                yield from self.customers(event.parts, -1)
            case events.Close():
                yield from self.customers(event.parts)
                yield guarantee, -event.guarantee
                yield accounts.reserve or "", -event.reserve
                yield accounts.operating, event.payment
                back = total(event.parts) - event.guarantee - event.reserve + event.payment
                yield self.factor, -back
            case _:
                yield from self.common(event)
