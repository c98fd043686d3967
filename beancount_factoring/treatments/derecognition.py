"""The claim leaves the receivables when it is remitted (rules.md, section 4, `derecognition`)."""

from __future__ import annotations

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
        self._collections = accounts.collections or ""
        self._guarantee = accounts.guarantee or ""
        self._reserve = accounts.reserve or ""

    def postings(self, event: events.Event) -> list[Posting]:
        """Return an event's postings."""
        match event:
            case events.Collection():
                held, doubtful = event.parts + event.recovered, event.doubtful
                return [
                    *self.customers(held + doubtful),
                    (self._collections, -total(held)),
                    (self.accounts.doubtful, -total(doubtful)),
                ]
            case events.Remittance():
                return [(self.factor, event.total), *self.customers(event.parts, -1)]
            case events.GuaranteeMove():
                return [(self._guarantee, event.amount), (self.factor, -event.amount)]
            case events.ReserveMove():
                return [(self._reserve, event.amount), (self.factor, -event.amount)]
            case events.Sweep():
                return [
                    (self._collections, total(event.parts)),
                    (self.factor, event.rest),
                    (event.bank, -event.total),
                ]
            case events.Allocation():
                amount = event.to_collections
                return [(self._collections, amount), (self.factor, -amount)]
            case events.Return():
                return [*self.customers(event.parts), (self.factor, -total(event.parts))]
            case events.Default():
                return [(self.accounts.doubtful, event.share), (self.factor, -event.share)]
            case events.Refund():
                return [(self.factor, total(event.parts)), *self.customers(event.parts, -1)]
            case events.Close():
                back = total(event.parts) - event.guarantee - event.reserve + event.payment
                return [
                    *self.customers(event.parts),
                    (self._guarantee, -event.guarantee),
                    (self._reserve, -event.reserve),
                    (self.accounts.operating, event.payment),
                    (self.factor, -back),
                ]
            case _:
                return self.common(event)
