"""Which part a ledger account plays in a contract."""

from __future__ import annotations

from enum import Enum

from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import Figures
from beancount_factoring.contract.terms import Treatment


class Role(Enum):
    """What a posting on an account means to a contract."""

    CUSTOMER = "customer"
    ROOT = "root"
    BANK = "bank"
    CURRENT = "current"
    COLLECTIONS = "collections"
    GUARANTEE = "guarantee"


Part = tuple[Role, str]
"""An account's role; with a customer's the debtor's name, which is empty otherwise."""


class Roles(dict[str, Part | None]):
    """The roles of accounts in one contract, `None` for those that it does not name.

    A dictionary that fills itself: a ledger names the same few thousand accounts over and over.
    """

    def __init__(self, contract: Contract) -> None:
        """Take the contract that names the accounts."""
        super().__init__()
        self._accounts = accounts = contract.accounts
        # Where both statements are imported, what is on its way is received, or paid, on transit.
        self._transit = accounts.transit if contract.figures is Figures.STATED else None
        if contract.treatment is Treatment.BORROWING:
            factor = {accounts.borrowing: Role.CURRENT}
        else:
            factor = {
                accounts.current: Role.CURRENT,
                accounts.collections: Role.COLLECTIONS,
                accounts.guarantee: Role.GUARANTEE,
            }
        # An account that only the other treatment books on has no role.
        self._factor = factor

    def __missing__(self, account: str) -> Part | None:
        """Look an account up."""
        part = self[account] = self._part(account)
        return part

    def _part(self, account: str) -> Part | None:
        accounts = self._accounts
        root = f"{accounts.receivables}:"
        if account.startswith(root):
            return Role.CUSTOMER, account.removeprefix(root)
        if account == accounts.receivables:
            return Role.ROOT, ""
        if accounts.is_bank(account) or account == self._transit:
            return Role.BANK, ""
        role = self._factor.get(account)
        return None if role is None else (role, "")
