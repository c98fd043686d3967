"""Which part a ledger account plays in a contract."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from beancount_factoring.contract.terms import Contract


class Role(Enum):
    """What a posting on an account means to a contract."""

    CUSTOMER = "customer"
    BANK = "bank"
    CURRENT = "current"
    COLLECTIONS = "collections"
    GUARANTEE = "guarantee"


class Part(NamedTuple):
    """An account's role in the contract of an index; the debtor's name for a customer."""

    contract: int
    role: Role
    debtor: str = ""


class Roles(dict[str, tuple[Part, ...]]):
    """The roles of an account, empty for one that no contract names.

    A dictionary that fills itself: a ledger names the same few thousand accounts over and over.
    """

    def __init__(self, contracts: Sequence[Contract]) -> None:
        """Take the contracts in the order that parts refer to them by."""
        super().__init__()
        self._contracts = contracts

    def __missing__(self, account: str) -> tuple[Part, ...]:
        """Look an account up in each contract."""
        parts = (_part(i, c, account) for i, c in enumerate(self._contracts))
        self[account] = tuple(part for part in parts if part is not None)
        return self[account]


def _part(index: int, contract: Contract, account: str) -> Part | None:
    accounts = contract.accounts
    root = f"{accounts.receivables}:"
    if account.startswith(root):
        return Part(index, Role.CUSTOMER, account.removeprefix(root))
    banks = (accounts.shared, accounts.operating)
    if account in banks or any(account == b or account.startswith(f"{b}:") for b in accounts.banks):
        return Part(index, Role.BANK)
    if account in {accounts.current, accounts.borrowing}:
        return Part(index, Role.CURRENT)
    if account == accounts.collections:
        return Part(index, Role.COLLECTIONS)
    if account == accounts.guarantee:
        return Part(index, Role.GUARANTEE)
    return None
