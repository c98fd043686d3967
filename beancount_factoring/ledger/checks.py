"""What must hold before a contract is booked: its accounts are open, its debtors are its own."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from itertools import combinations

from beancount.core import data

from beancount_factoring.contract.terms import FACTOR_ACCOUNTS
from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import History
from beancount_factoring.ledger import marks
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.errors import error_at
from beancount_factoring.yaml_kinds import MISSPELT
from beancount_factoring.yaml_kinds import nearest


def account_errors(contract: Contract, opened: Mapping[str, data.Open]) -> Iterator[FactoringError]:
    """Yield an error for each account of a contract that the ledger cannot book on.

    Several that do not take the contract's currency are one error, at the currency.
    """
    foreign: dict[str, data.Open] = {}
    for key, account in _booked_accounts(contract):
        entry = opened.get(account)
        if entry is None:
            yield _error(
                contract,
                key,
                f"{account} is not open in the ledger: write"
                f" {contract.start} open {account} {contract.currency}, or another account here",
            )
        elif not _takes(entry, contract.currency):
            foreign[key] = entry
        elif entry.date > contract.start:
            yield _error(
                contract,
                key,
                f"{account} is opened on {entry.date}, after the contract's start on"
                f" {contract.start}: open it on that day or earlier",
            )
    if len(foreign) > 1:
        accounts = ", ".join(dict.fromkeys(entry.account for entry in foreign.values()))
        yield _error(
            contract,
            "currency",
            f"{contract.currency} cannot be booked on {accounts}, which are opened for other"
            f" currencies only: write their currency here, or open them with {contract.currency}",
        )
        return
    for key, entry in foreign.items():
        yield _error(
            contract,
            key,
            f"{entry.account} takes {', '.join(entry.currencies or ())} only, but contract"
            f" {contract.name} is in {contract.currency}: open it with {contract.currency}",
        )
    yield from _receivables_errors(contract, opened)


def unopened_customers(
    contract: Contract, history: History, accounts: Iterable[str], opened: Collection[str]
) -> Iterator[tuple[str, FactoringError]]:
    """Yield each debtor whose account is not open, and one error where it is first posted on.

    Beancount reports each transaction of the user's on it; of a debtor that is not assigned there
    are no generated ones to be reported too.
    """
    root, currency = contract.accounts.receivables, contract.currency
    for account in sorted(set(accounts).difference(opened)):
        debtor = account.removeprefix(f"{root}:")
        first = min(
            (
                *((doc.date, doc.cause) for doc in history.documents if doc.debtor == debtor),
                *(
                    (entry.date, entry.cause)
                    for entry in history.entries
                    if any(leg.debtor == debtor for leg in entry.legs)
                ),
            ),
            default=None,
        )
        if first is not None:
            day, cause = first
            known = [name.removeprefix(f"{root}:") for name in opened if name.startswith(root)]
            close = nearest(debtor, known, likeness=MISSPELT)
            meant = f" (did you mean {root}:{close[0]}?)" if close else ""
            yield (
                debtor,
                error_at(
                    cause,
                    f"{account} is not open in the ledger{meant}: write {day} open {account}"
                    f" {currency}; until then nothing of this customer is assigned",
                ),
            )


def closed_account_errors(
    transactions: Iterable[data.Transaction], closes: Mapping[str, data.Close]
) -> Iterator[FactoringError]:
    """Yield an error at the `close` of each account that is generated on after its day.

    On the day itself the account still counts: Beancount closes it last. It finds the others too,
    but where the transaction's cause is.
    """
    left = dict(closes)
    for txn in transactions if left else ():
        for posting in txn.postings:
            close = left.get(posting.account)
            if close is not None and close.date < txn.date:
                del left[posting.account]
                contract = txn.meta[marks.CONTRACT]
                yield error_at(
                    cause_of(close),
                    f"{close.account} is closed on {close.date}, but"
                    f" {txn.meta[marks.IDENTIFIER]} of {txn.date} is booked on it: close it after"
                    f" that day, once contract {contract} is closed, or leave it open",
                    close,
                )


def _receivables_errors(
    contract: Contract, opened: Mapping[str, data.Open]
) -> Iterator[FactoringError]:
    """Yield an error if no customer's account can hold a document of a contract."""
    root, currency = contract.accounts.receivables, contract.currency
    customers = [
        entry
        for account, entry in opened.items()
        if account == root or account.startswith(f"{root}:")
    ]
    if not customers:
        yield _error(
            contract,
            "accounts.receivables",
            f"no account below {root} is open in the ledger: write"
            f" {contract.start} open {root}:CUSTOMER {currency}, or another root here",
        )
    elif not any(_takes(entry, currency) for entry in customers):
        yield _error(
            contract,
            "accounts.receivables",
            f"no account below {root} takes {currency}, the currency of contract {contract.name}:"
            f" open customers' accounts with {currency}, or write another root here",
        )


def _takes(entry: data.Open, currency: str) -> bool:
    """Tell whether an account can hold a currency."""
    return not entry.currencies or currency in entry.currencies


def _error(contract: Contract, key: str, message: str) -> FactoringError:
    """Return an error at a key of a contract."""
    cause = Cause(contract.filename, contract.line(key))
    return error_at(cause, f"contracts.{contract.name}.{key}: {message}")


def overlap_errors(
    contracts: Sequence[Contract], closes: Mapping[str, datetime.date]
) -> Iterator[tuple[Contract, FactoringError]]:
    """Yield each contract that could take an earlier one's debtor on the same day, and why."""
    for one, other in combinations(contracts, 2):
        if (
            one.currency == other.currency
            and _are_active_together(one, other, closes)
            and _share_root(one, other)
            and _share_debtor(one, other)
        ):
            message = (
                f"contracts {one.name} and {other.name} could both take the same debtor's"
                f" documents in {one.currency}: tell the debtors apart (eligibility.include or"
                " exclude), or end one before the other starts"
            )
            yield other, error_at(Cause(other.filename, other.line("")), message)


def shared_account_errors(
    contracts: Sequence[Contract], closes: Mapping[str, datetime.date]
) -> Iterator[tuple[Contract, FactoringError]]:
    """Yield each contract that has a factor's account of one that is not closed before, and why.

    What is swept or drawn there would count for both. After the close its accounts are free.
    """
    for one, other in combinations(contracts, 2):
        ends = closes.get(one.name, datetime.date.max), closes.get(other.name, datetime.date.max)
        if one.currency != other.currency or one.start > ends[1] or other.start > ends[0]:
            continue
        taken = set(factor_accounts(one).values())
        both = [account for account in factor_accounts(other).values() if account in taken]
        if both:
            message = (
                f"contract {one.name}, which is not closed before {other.start}, has"
                f" {', '.join(both)} too: name other accounts here, or close it before"
            )
            yield other, _error(other, "accounts", message)


def factor_accounts(contract: Contract) -> dict[str, str]:
    """Return the accounts, by key, whose every entry is one contract's own."""
    keys = ("shared", *FACTOR_ACCOUNTS[contract.treatment])
    named = {key: getattr(contract.accounts, key) for key in keys}
    return {key: account for key, account in named.items() if account}


def _booked_accounts(contract: Contract) -> Iterator[tuple[str, str]]:
    """Yield the key and account of everything the plugin may post on."""
    unused = {"receivables", "banks"}
    for treatment, keys in FACTOR_ACCOUNTS.items():
        if treatment is not contract.treatment:
            unused |= set(keys)
    for name, account in contract.accounts._asdict().items():
        if name not in unused and account is not None:
            yield f"accounts.{name}", account
    for place, charge in enumerate(contract.charges):
        if charge.account != contract.accounts.commission:
            yield f"charges.{place}.account", charge.account


def _last_day(contract: Contract, closes: Mapping[str, datetime.date]) -> datetime.date:
    """Return the last day on which a contract takes documents."""
    days = [day for day in (contract.end, closes.get(contract.name)) if day is not None]
    return min(days, default=datetime.date.max)


def _are_active_together(
    one: Contract, other: Contract, closes: Mapping[str, datetime.date]
) -> bool:
    return one.start <= _last_day(other, closes) and other.start <= _last_day(one, closes)


def _share_root(one: Contract, other: Contract) -> bool:
    roots = f"{one.accounts.receivables}:", f"{other.accounts.receivables}:"
    return roots[0].startswith(roots[1]) or roots[1].startswith(roots[0])


def _share_debtor(one: Contract, other: Contract) -> bool:
    """Tell whether some debtor, known or not, is let in by both contracts."""
    first, second = one.eligibility, other.eligibility
    named: Iterable[str] | None = first.include if first.include is not None else second.include
    if named is None:
        return True
    return any(first.admits(debtor) and second.admits(debtor) for debtor in named)
