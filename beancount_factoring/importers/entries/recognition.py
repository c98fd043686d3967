"""Bank movements that are recognised without a guess, and the accounts they go to.

In this order: words that `import.yaml` gives an account to, the factor's IBAN or name, the IBAN of
another own account. What is left is a receipt to be matched, or goes to the suspense account.
"""

from __future__ import annotations

from typing import NamedTuple

from beancount_factoring.contract.terms import Contract
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping import factor_account
from beancount_factoring.importers.mapping.mapping import is_generated
from beancount_factoring.importers.mapping.parties import identifier_key
from beancount_factoring.importers.mapping.parties import name_key
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import StatementLine


class Target(NamedTuple):
    """Where a movement goes; on the suspense account, with the reason."""

    account: str
    reason: str = ""


class Recogniser:
    """What `import.yaml` recognises on one bank account, in one currency."""

    def __init__(self, mapping: ImportMapping, bank: str, currency: str) -> None:
        """Recognise the movements of the ledger account `bank`."""
        self._mapping = mapping
        self._bank = bank
        self._currency = currency
        self._generated = _generated_accounts(mapping)
        self._drawn = _on_their_way(mapping)
        self._texts = [(f" {rule.words} ", rule.account) for rule in mapping.texts]
        self._of_parties: dict[tuple[str | None, str | None], Target | Contract | None] = {}

    def target(self, line: StatementLine) -> Target | None:
        """Return where a movement goes, or `None` for a receipt that is still to be matched.

        Raises `DocumentRefusedError` for what the plugin books itself (`shared_account.source:
        generated`): it would be booked twice.
        """
        target = self._by_text(line) if self._texts else None
        if target is None:
            party = (line.counterparty_iban, line.counterparty)
            if party not in self._of_parties:
                self._of_parties[party] = self._of_factor(*party) or self._transfer(party[0])
            target = self._of_parties[party]
        if isinstance(target, Contract):
            raise _booked_twice(line, target)
        if target is not None and line.amount > 0:
            return self._drawn.get(target.account, target)
        if target is None and line.amount < 0:
            reason = "a payment taken back" if line.reversal else "not recognised"
            return Target(self._mapping.suspense, reason)
        return target

    def _by_text(self, line: StatementLine) -> Target | Contract | None:
        """Return the account of the longest listed words that stand in the movement's text.

        Here and below a contract stands for what it generates itself.
        """
        text = f" {name_key(line.text)} "
        for words, account in self._texts:
            if words in text:
                return self._generated.get(account) or Target(account)
        return None

    def _of_factor(self, iban: str | None, name: str | None) -> Target | Contract | None:
        """Return the factor's account for what the factor pays or takes."""
        mapping = self._mapping
        contracts: tuple[Contract, ...] = ()
        if iban:
            contracts = mapping.factors_by_iban.get(identifier_key(iban), ())
        if not contracts and name:
            contracts = mapping.factors_by_name.get(name_key(name), ())
        if not contracts:
            return None
        own = [contract for contract in contracts if self._is_on(contract)]
        if len(own) == 1:
            return own[0] if is_generated(own[0]) else Target(factor_account(own[0]))
        names = " or ".join(contract.name for contract in contracts)
        return Target(mapping.suspense, f"the factor's, but not clear for which contract: {names}")

    def _is_on(self, contract: Contract) -> bool:
        """Tell whether a contract works on this bank account and in this currency."""
        return contract.accounts.is_bank(self._bank) and contract.currency == self._currency

    def _transfer(self, iban: str | None) -> Target | Contract | None:
        """Return the transit account for a transfer from or to another own account."""
        other = self._mapping.banks.get(identifier_key(iban)) if iban else None
        if other is None or other == self._bank:
            return None
        contracts = self._mapping.contracts
        for contract in contracts:
            ends = {contract.accounts.shared, contract.accounts.operating}
            if is_generated(contract) and ends == {self._bank, other}:
                return contract
        here = [contract for contract in contracts if self._is_on(contract)] or contracts
        transits = {contract.accounts.transit for contract in here if contract.accounts.transit}
        if len(transits) == 1:
            return Target(transits.pop())
        why = "contracts name several" if transits else "the contract names no"
        reason = f"a transfer, the other side is {other}, but {why} accounts.transit"
        return Target(self._mapping.suspense, reason)


def _generated_accounts(mapping: ImportMapping) -> dict[str, Contract]:
    """Return the factor's accounts on which the plugin books draws and sweeps itself."""
    generated: dict[str, Contract] = {}
    for contract in filter(is_generated, mapping.contracts):
        accounts = contract.accounts
        for account in (accounts.current, accounts.collections, accounts.borrowing):
            if account is not None:
                generated[account] = contract
    return generated


def _on_their_way(mapping: ImportMapping) -> dict[str, Target]:
    """Return, by the factor's account, where draws go that the factor's own statement books."""
    return {
        factor_account(contract): Target(contract.accounts.transit)
        for contract in mapping.contracts
        if contract.name in mapping.factor_statements and contract.accounts.transit is not None
    }


def _booked_twice(line: StatementLine, contract: Contract) -> DocumentRefusedError:
    """Return the refusal of a movement that the plugin books itself."""
    return DocumentRefusedError(
        f"holds a movement with the factor, {line.date} {line.amount} {contract.currency}, that"
        f" contract {contract.name} generates itself: write `source: statement` under"
        f" `shared_account:` to book it from the bank's statement"
    )
