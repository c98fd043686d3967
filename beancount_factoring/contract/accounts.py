"""The accounts of a contract: which ones its treatment needs, and which may not be the same."""

from __future__ import annotations

from dataclasses import replace

from beancount_factoring.contract.terms import FACTOR_ACCOUNTS
from beancount_factoring.contract.terms import Accounts
from beancount_factoring.contract.terms import ReserveMode
from beancount_factoring.contract.terms import Treatment
from beancount_factoring.yaml_kinds import ACCOUNT
from beancount_factoring.yaml_kinds import Kind
from beancount_factoring.yaml_kinds import none_or
from beancount_factoring.yaml_source import Section

# Fees may share an account; every other balance has one meaning (rules.md, 5, invariant 8).
_SHAREABLE = {"commission", "interest"}


def read_accounts(section: Section, treatment: Treatment | None, reserve: ReserveMode) -> Accounts:
    """Read the section `accounts`.

    An account that only the other treatment needs may stand there; it is not compared with others.
    Without a valid `treatment`, `None`, only what both need is asked for.
    """
    derecognition = treatment is Treatment.DERECOGNITION

    def account(key: str) -> str:
        return section.required(key, ACCOUNT)

    def needed_if(needed: bool, key: str, reason: str) -> str | None:
        if needed:
            return section.required(key, _for(reason))
        return section.optional(key, none_or(ACCOUNT), None)

    by_treatment = f"treatment: {treatment}"
    accounts = Accounts(
        receivables=account("receivables"),
        shared=account("shared"),
        operating=account("operating"),
        commission=account("commission"),
        interest=account("interest"),
        vat=account("vat"),
        doubtful=account("doubtful"),
        current=needed_if(derecognition, "current", by_treatment),
        guarantee=needed_if(derecognition, "guarantee", by_treatment),
        collections=needed_if(derecognition, "collections", by_treatment),
        borrowing=needed_if(treatment is Treatment.BORROWING, "borrowing", by_treatment),
        reserve=needed_if(
            derecognition and reserve is ReserveMode.POSTED, "reserve", "funding.reserve: posted"
        ),
        transit=section.optional("transit", none_or(ACCOUNT), None),
        banks=section.listed("banks", ACCOUNT) or (),
    )
    if treatment is not None:
        _check_distinct(section, _in_use(accounts, treatment))
    return accounts


def _for(reason: str) -> Kind[str]:
    """Return the kind of account names, which says why one is needed."""
    return replace(ACCOUNT, expected=f"{ACCOUNT.expected}, for {reason}")


def _in_use(accounts: Accounts, treatment: Treatment) -> dict[str, str]:
    """Return the accounts, by key, that entries of a treatment may be booked on."""
    keys = (
        *("receivables", "shared", "operating", "transit", *FACTOR_ACCOUNTS[treatment]),
        *("commission", "interest", "vat", "doubtful"),
    )
    named = {key: getattr(accounts, key) for key in keys}
    return {key: account for key, account in named.items() if account}


def _check_distinct(section: Section, accounts: dict[str, str]) -> None:
    """Report accounts that would mix two balances, or customer documents with something else."""
    root = f"{accounts.get('receivables')}:"
    holders: dict[str, str] = {}
    for key, account in accounts.items():
        holder = holders.setdefault(account, key)
        section.check(
            holder == key or {holder, key} <= _SHAREABLE,
            key,
            f"{account} is accounts.{holder} too: expected another account",
        )
        section.check(
            not account.startswith(root),
            key,
            f"{account} is below accounts.receivables, where each posting is a customer document: "
            "expected an account elsewhere",
        )
