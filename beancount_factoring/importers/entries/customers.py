"""The customer's account of a document: the debtor that `import.yaml` lists, or one by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from beancount.core import data

from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.parties import account_component
from beancount_factoring.importers.mapping.parties import identifier_keys
from beancount_factoring.importers.mapping.parties import is_siren
from beancount_factoring.importers.mapping.parties import is_siret
from beancount_factoring.importers.mapping.parties import legal_identity
from beancount_factoring.importers.mapping.parties import name_key
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Party

CUSTOMER_ID: Final = "customer-id"
"""The metadata key of the buyer's SIREN or VAT number, which tells two of one name apart."""


class Customers:
    """The debtors of the ledger, and which company each of them is."""

    def __init__(self, mapping: ImportMapping, entries: Iterable[data.Directive] = ()) -> None:
        """Learn from earlier imports which company stands behind each customer's account."""
        self._mapping = mapping
        self._below = f"{mapping.receivables}:"
        self._companies: dict[str, tuple[str, str]] = {}
        self._listed = frozenset(
            (*mapping.debtors_by_identifier.values(), *mapping.debtors_by_name.values())
        )
        for entry in entries:
            if isinstance(entry, data.Transaction):
                self.book(entry)

    def book(self, transaction: data.Transaction) -> None:
        """Learn the company of the customer's account in an imported document."""
        identity = transaction.meta.get(CUSTOMER_ID)
        if isinstance(identity, str):
            for posting in transaction.postings:
                if posting.account.startswith(self._below):
                    company = (identity, transaction.payee or "")
                    self._companies.setdefault(posting.account, company)

    def account(self, buyer: Party) -> str:
        """Return a buyer's account.

        Raises `DocumentRefusedError` where the file names two debtors for it, or where the account
        that its name makes is another company's.
        """
        debtor = self._by_identifier(buyer) or self._mapping.debtors_by_name.get(
            name_key(buyer.name)
        )
        if debtor is not None:
            return self._below + debtor
        component = account_component(buyer.name)
        if component is None:
            raise DocumentRefusedError(
                f'names its buyer "{buyer.name}": no account can be made of that; list the buyer'
                f" under `debtors:` ({self._mapping.place('debtors')})"
            )
        account = self._below + component
        if component in self._listed:
            raise DocumentRefusedError(
                f"is for {buyer.name}, whose account would be {component}, a debtor of other"
                f" identifiers in {self._mapping.place(f'debtors.{component}')}: list the buyer"
                f" there, or under another name"
            )
        identity = legal_identity(buyer)
        company = self._companies.get(account)
        if identity and company and _are_two(identity, company[0]):
            raise DocumentRefusedError(
                f"is for {buyer.name} ({identity}), but {account} is {company[1]} ({company[0]}):"
                f" give one of them another account under `debtors:`"
                f" ({self._mapping.place('debtors')})"
            )
        return account

    def forked(self) -> Customers:
        """Return the same customers, which can learn without these knowing."""
        other = Customers(self._mapping)
        other._companies.update(self._companies)
        return other

    def check_distinct(self, buyers: Iterable[Party]) -> None:
        """Refuse a file in which two customers of different numbers would share an account.

        Where `debtors:` lists them, that is what is meant.
        """
        first: dict[str, Party] = {}
        for buyer in dict.fromkeys(buyers):
            account = self.account(buyer)
            other = first.setdefault(account, buyer)
            keys, others = set(identifier_keys(buyer)), set(identifier_keys(other))
            if keys and others and keys.isdisjoint(others) and not self._is_listed(buyer):
                raise DocumentRefusedError(
                    f"has two customers for {account}: {other.name} ({other.identifiers[0]}) and"
                    f" {buyer.name} ({buyer.identifiers[0]}): list them under `debtors:`"
                    f" ({self._mapping.place('debtors')})"
                )

    def _is_listed(self, buyer: Party) -> bool:
        """Tell whether `debtors:` lists a buyer, by an identifier or its name."""
        by_name = self._mapping.debtors_by_name
        return self._by_identifier(buyer) is not None or name_key(buyer.name) in by_name

    def _by_identifier(self, buyer: Party) -> str | None:
        """Return the debtor listed with one of the buyer's identifiers, a SIRET before others."""
        by_identifier = self._mapping.debtors_by_identifier
        if not by_identifier:
            return None
        found = {key: by_identifier[key] for key in identifier_keys(buyer) if key in by_identifier}
        establishments = {key: debtor for key, debtor in found.items() if is_siret(key)}
        debtors = dict.fromkeys((establishments or found).values())
        if len(debtors) > 1:
            raise DocumentRefusedError(
                f"is for {buyer.name}, which is {' and '.join(debtors)} by its identifiers"
                f" ({', '.join(found)}): correct `debtors:` ({self._mapping.place('debtors')})"
            )
        return next(iter(debtors), None)


def _are_two(identity: str, other: str) -> bool:
    """Tell whether two identifiers of the same kind are of two companies."""
    return identity != other and is_siren(identity) == is_siren(other)
