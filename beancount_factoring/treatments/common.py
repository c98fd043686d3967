"""What both treatments book alike: fees, money between banks, and customers' accounts."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence

from beancount_factoring.contract.terms import Accounts
from beancount_factoring.engine import events
from beancount_factoring.engine.events import Part
from beancount_factoring.treatments.posting import Posting


class TreatmentBase:
    """Renders events on a contract's accounts.

    `factor` is the account that what the firm owes the factor, or is owed, is booked on: the
    current account, or the borrowing.
    """

    def __init__(self, accounts: Accounts, factor: str | None) -> None:
        """Take the contract's accounts and the one that stands for the factor."""
        self.accounts = accounts
        self.factor = _given(factor)
        self._customers = _Customers(accounts.receivables)

    def common(self, event: events.Event) -> list[Posting]:
        """Return the postings of an event that no treatment books in its own way."""
        accounts = self.accounts
        match event:
            case events.Commission():
                return self.fee(accounts.commission, event.net, event.vat)
            case events.Charge():
                return self.fee(event.account, event.net, event.vat)
            case events.Interest():
                return self.fee(accounts.interest, event.net, event.vat)
            case events.Draw():
                return [(accounts.shared, event.amount), (self.factor, -event.amount)]
            case events.Transfer():
                transit, amount = accounts.transit, event.amount
                between = [] if transit is None else [(transit, -amount), (transit, amount)]
                return [(accounts.operating, amount), *between, (accounts.shared, -amount)]
            case _:
                return []

    def fee(self, account: str, net: int, vat: int) -> list[Posting]:
        """Return a fee with its VAT, taken by the factor."""
        return [(account, net), (self.accounts.vat, vat), (self.factor, -net - vat)]

    def customers(self, parts: Iterable[Part], sign: int = 1) -> list[Posting]:
        """Return a debit of the customer's account per document (a credit, with `sign` −1)."""
        accounts = self._customers
        return [(accounts[document.debtor], sign * amount) for document, amount in parts]


class _Customers(dict[str, str]):
    """The debtors' accounts, each the same text every time; a dictionary that fills itself."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self._root = root

    def __missing__(self, debtor: str) -> str:
        account = self[debtor] = f"{self._root}:{debtor}"
        return account


def total(parts: Sequence[Part]) -> int:
    """Return the sum of parts."""
    return sum([amount for _document, amount in parts]) if parts else 0


def _given(account: str | None) -> str:
    """Return an account that the contract reader made sure of."""
    if account is None:
        raise ValueError("the contract names no account for what its treatment books")
    return account
