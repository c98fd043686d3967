"""Which part a ledger account plays in a contract."""

from __future__ import annotations

from enum import Enum

from beancount_factoring.contract.terms import Contract


class Role(Enum):
    """What a posting on an account means to a contract."""

    CUSTOMER = "customer"
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
        self._accounts = contract.accounts

    def __missing__(self, account: str) -> Part | None:
        """Look an account up."""
        part = self[account] = self._part(account)
        return part

    def _part(self, account: str) -> Part | None:
        accounts = self._accounts
        root = f"{accounts.receivables}:"
        if account.startswith(root):
            return Role.CUSTOMER, account.removeprefix(root)
        if account in {accounts.shared, accounts.operating} or any(
            account == bank or account.startswith(f"{bank}:") for bank in accounts.banks
        ):
            return Role.BANK, ""
        if account in {accounts.current, accounts.borrowing}:
            return Role.CURRENT, ""
        if account == accounts.collections:
            return Role.COLLECTIONS, ""
        if account == accounts.guarantee:
            return Role.GUARANTEE, ""
        return None
