"""`import.yaml`: what documents call things, and what the ledger calls them.

The file stands beside the contract file. Nothing in it is a pattern: an identifier, a name, an
account number or some words of a bank's text mean what the file says, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import SharedAccountSource
from beancount_factoring.contract.terms import Treatment
from beancount_factoring.importers.mapping.factor_words import FactorWord
from beancount_factoring.importers.mapping.parties import identifier_key
from beancount_factoring.importers.mapping.parties import identifier_keys
from beancount_factoring.importers.mapping.parties import name_key
from beancount_factoring.importers.mapping.table_map import TableMap
from beancount_factoring.importers.mapping.take_up_map import TakeUpMap
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Party
from beancount_factoring.importers.reading.documents import VatLine
from beancount_factoring.matching.terms import MatchingTerms


@dataclass(frozen=True, slots=True)
class Seller:
    """The firm itself: compared identifiers (`parties.identifier_key`), and its name if given."""

    identifiers: frozenset[str]
    name: str | None = None

    def is_party(self, party: Party) -> bool:
        """Tell whether a document's seller is the firm; its name counts if it has nothing else."""
        keys = identifier_keys(party)
        if keys:
            return not self.identifiers.isdisjoint(keys)
        return self.name is not None and name_key(self.name) == name_key(party.name)

    def party(self) -> Party:
        """Return the firm as the seller of documents that do not name it: its own tables' rows."""
        return Party(self.name or "", tuple(sorted(self.identifiers)))


@dataclass(frozen=True, slots=True)
class AccountsByRate:
    """Accounts by VAT rate in percent, by category where no VAT is charged, and for all others.

    `key` is the section of the file, for messages.
    """

    key: str
    rates: Mapping[Decimal, str]
    categories: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    default: str | None = None

    def find(self, line: VatLine) -> str | None:
        """Return the account of a line of a VAT breakdown, or `None` where the file has none."""
        if not line.rate and line.category in self.categories:
            return self.categories[line.category]
        return self.rates.get(line.rate, self.default)


@dataclass(frozen=True, slots=True)
class TextRule:
    """Words in a bank's text (as `parties.name_key` compares them), and their account."""

    words: str
    account: str


@dataclass(frozen=True, slots=True)
class FactorStatements:
    """The accounts of a factor's own statement (`parties.identifier_key`), and its further words.

    An account is given by its IBAN, or by bank, branch and account number. `financing` is `None`
    where the factor keeps one account.
    """

    contract: str
    current: str
    financing: str | None
    words: tuple[FactorWord, ...]

    def is_financing(self, account: str) -> bool:
        """Tell whether a statement's account is the one of draws and customers' payments."""
        return self.financing in _account_keys(account)

    def is_own(self, account: str) -> bool:
        """Tell whether a statement's account is one of the factor's."""
        return self.current in _account_keys(account) or self.is_financing(account)


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """What `import.yaml` says, with what follows from the contracts.

    `debtors_by_identifier` and `debtors_by_name` hold the debtors that the file lists, by what it
    lists for them; `banks` are ledger accounts by IBAN or account number; `factors_by_iban` and
    `factors_by_name` hold the contracts of a factor. All keys are compared forms (`parties`).
    `into` is the ledger file that new entries are appended to, `None` for the top one. `tables` say
    what CSV and XLSX files mean, `take_up` where a FEC goes, `matching` what payers may deduct.
    `factor_statements` are those of contracts by name. `lines` tells where each key stands.
    """

    filename: str
    contracts: tuple[Contract, ...]
    seller: Seller
    receivables: str
    debtors_by_identifier: Mapping[str, str]
    debtors_by_name: Mapping[str, str]
    sales: AccountsByRate
    vat: AccountsByRate
    banks: Mapping[str, str]
    factors_by_iban: Mapping[str, tuple[Contract, ...]]
    factors_by_name: Mapping[str, tuple[Contract, ...]]
    texts: tuple[TextRule, ...]
    suspense: str
    prepaid: str | None
    rounding: str | None
    into: Path | None
    charges: str | None = None
    tables: tuple[TableMap, ...] = ()
    take_up: TakeUpMap | None = None
    matching: MatchingTerms = MatchingTerms()  # noqa: RUF009  # immutable
    lines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    third_parties: str | None = None
    factor_statements: Mapping[str, FactorStatements] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def factor_statement(self, account: str) -> FactorStatements | None:
        """Return what a statement's account is to a factor; `None` for a bank's."""
        own = self.factor_statements.values()
        return next((found for found in own if found.is_own(account)), None)

    def place(self, key: str) -> str:
        """Return where a key stands, or the nearest key above it: `import.yaml, line 12`."""
        while key not in self.lines and key:
            key = key.rpartition(".")[0]
        return f"{Path(self.filename).name}, line {self.lines.get(key, 1)}"

    def place_of(self, account: str) -> str:
        """Return where an account is named: in this file, in a contract file, or below the root."""
        for key, named in self._accounts():
            if named == account:
                return self.place(key)
        for contract in self.contracts:
            for key in ("current", "borrowing", "transit"):
                if getattr(contract.accounts, key) == account:
                    line = contract.line(f"accounts.{key}")
                    return f"{Path(contract.filename).name}, line {line}"
        return f"below {self.receivables}"

    def _accounts(self) -> Iterator[tuple[str, str | None]]:
        """Yield the accounts that the file names, each with its key."""
        yield from (
            ("suspense", self.suspense),
            ("prepaid", self.prepaid),
            ("rounding", self.rounding),
            ("third_parties", self.third_parties),
            ("charges", self.charges),
            *self.matching.accounts(),
        )
        for by_rate in (self.sales, self.vat):
            yield f"{by_rate.key}.default", by_rate.default
            for rate, account in (*by_rate.rates.items(), *by_rate.categories.items()):
                yield f"{by_rate.key}.{rate}", account
        for number, account in self.banks.items():
            yield f"banks.{number}", account
        for rule in self.texts:
            yield f"texts.{rule.words}", rule.account
        if self.take_up is not None:
            yield "take_up.opening", self.take_up.opening
            yield "take_up.result", self.take_up.result
            for number, account in self.take_up.accounts.items():
                yield f"take_up.accounts.{number}", account

    def seller_or_refused(self, party: Party) -> None:
        """Refuse a document of another seller: it is not one of the firm's own invoices."""
        if not self.seller.is_party(party):
            known = ", ".join((*party.identifiers, *filter(None, [party.vat_number])))
            raise DocumentRefusedError(
                f"is an invoice of {party.name} ({known or 'no identifier'}), not of the seller in"
                f" {self.place('seller')}"
            )

    def account_of(self, by_rate: AccountsByRate, line: VatLine) -> str:
        """Return the account of a line of a VAT breakdown, or refuse the document."""
        account = by_rate.find(line)
        if account is None:
            key = line.category if not line.rate else f"{line.rate.normalize():f}"
            raise DocumentRefusedError(
                f"has VAT of category {line.category} at {line.rate.normalize():f} %, which has no"
                f" account: write `{key}: ACCOUNT` under `{by_rate.key}:`"
                f" ({self.place(by_rate.key)})"
            )
        return account

    def required(self, key: str, account: str | None, why: str) -> str:
        """Return an account that the file need not give, or refuse the document that needs it."""
        if account is None:
            raise DocumentRefusedError(
                f"{why}: write `{key}: ACCOUNT` in {Path(self.filename).name}"
            )
        return account

    def bank_roots(self) -> frozenset[str]:
        """Return every bank account that the file or a contract names."""
        accounts = set(self.banks.values())
        for contract in self.contracts:
            named = contract.accounts
            accounts.update((named.shared, named.operating, *named.banks))
        return frozenset(accounts)

    def receivable_roots(self) -> frozenset[str]:
        """Return every root of customers' accounts: the file's own, and the contracts'."""
        return frozenset(
            (self.receivables, *(contract.accounts.receivables for contract in self.contracts))
        )


def _account_keys(account: str) -> tuple[str, ...]:
    """Return how an account may be written: as it is, and a French IBAN without its keys."""
    key = identifier_key(account)
    is_french = key.startswith("FR") and len(key) == len("FR") + 2 + 21 + 2
    return (key, key[4:25]) if is_french else (key,)


def factor_account(contract: Contract) -> str:
    """Return the factor's account that draws and sweeps are booked on (rules.md, 3, Statement)."""
    accounts = contract.accounts
    derecognition = contract.treatment is Treatment.DERECOGNITION
    account = accounts.current if derecognition else accounts.borrowing
    if account is None:
        message = f"contract {contract.name} was read without its {contract.treatment} account"
        raise ValueError(message)
    return account


def is_generated(contract: Contract) -> bool:
    """Tell whether the plugin books the factor's draws and sweeps, and not the bank's statement."""
    return contract.shared_account.source is SharedAccountSource.GENERATED
