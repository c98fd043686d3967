"""The files of a new contract: contract, import mapping and accounts, as text to be written."""

from __future__ import annotations

import datetime
import json
import re
import tempfile
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from beancount.core import data

from beancount_factoring.contract.reader import read_contracts
from beancount_factoring.contract.terms import SharedAccountSource
from beancount_factoring.contract.terms import Treatment
from beancount_factoring.importers.mapping.mapping_reader import read_mapping
from beancount_factoring.ledger.checks import account_errors
from beancount_factoring.ledger.marks import PLUGIN

CONTRACTS: Final = "contracts.yaml"
IMPORT: Final = "import.yaml"
ACCOUNTS: Final = "factoring.beancount"

# The accounts by their keys; the first word is the root's name in Beancount's own options.
DEFAULT_ACCOUNTS: Final[Mapping[str, str]] = {
    "receivables": "Assets:Clients",
    "current": "Assets:Factor:Current",
    "guarantee": "Assets:Factor:GuaranteeFund",
    "collections": "Liabilities:Factor:Collections",
    "borrowing": "Liabilities:Factor:Borrowing",
    "shared": "Assets:Bank:Shared",
    "operating": "Assets:Bank:Operating",
    "transit": "Assets:Bank:Transit",
    "commission": "Expenses:Factoring:Commission",
    "interest": "Expenses:Factoring:Interest",
    "vat": "Assets:VAT:Deductible",
    "doubtful": "Assets:Doubtful",
    "sales": "Income:Sales",
    "collected_vat": "Liabilities:VAT:Collected",
    "suspense": "Assets:Suspense",
}
_OF_TREATMENT: Final = {
    Treatment.DERECOGNITION: ("current", "guarantee", "collections"),
    Treatment.BORROWING: ("borrowing",),
}
_EXPLAINED: Final = {
    "current": "What the factor owes and has not paid, what it retains, what it is owed.",
    "borrowing": "The debt to the factor.",
}
_PLAIN_KEY: Final = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class NewContract:
    """What `init` asks for; `accounts` holds an account for every key of `DEFAULT_ACCOUNTS`.

    `ibans` are ledger accounts by the bank account's number. Rates are written as the contract
    file takes them.
    """

    name: str
    factor: str
    currency: str
    start: datetime.date
    treatment: Treatment
    source: SharedAccountSource
    accounts: Mapping[str, str]
    guarantee_rate: str
    commission_rate: str
    margin: str
    index: str | None
    vat_rate: str
    identifiers: Sequence[str]
    ibans: Mapping[str, str]

    def contract_file(self) -> str:
        """Return the text of the contract file."""
        own = _OF_TREATMENT[self.treatment]
        lines = [
            line for key in own for line in (*_comment(key), f"      {key}: {self.accounts[key]}")
        ]
        return _filled(
            CONTRACTS,
            self.accounts,
            contract=_key(self.name),
            factor=_quoted(self.factor),
            currency=_quoted(self.currency),
            start=self.start.isoformat(),
            treatment=self.treatment,
            factor_accounts="\n".join(lines),
            guarantee_rate=self.guarantee_rate,
            commission_rate=self.commission_rate,
            margin=self.margin,
            index_line=f"index: {_quoted(self.index)}" if self.index else "# index: EURIBOR3M",
            vat_rate=self.vat_rate,
            source=self.source,
        )

    def import_file(self) -> str:
        """Return the text of `import.yaml`."""
        banks = [f"  {_quoted(number)}: {account}" for number, account in self.ibans.items()]
        example = f"  # FR7630006000011234567890189: {self.accounts['shared']}"
        return _filled(
            IMPORT,
            self.accounts,
            contract=_key(self.name),
            identifiers=", ".join(map(_quoted, self.identifiers)),
            banks="\n".join(banks or [example]),
            expenses=self.accounts["commission"].partition(":")[0],
        )

    def accounts_file(
        self, opened: Mapping[str, data.Open], day: datetime.date, roots: Mapping[str, str]
    ) -> str:
        """Return `open` directives for the accounts that the ledger lacks.

        `roots` are the options that give an account's root another name: an included file needs
        them too.
        """
        lines = ["; The accounts of the factoring contract and of what is imported.", ""]
        if roots:
            lines += [*(f'option "{key}" "{root}"' for key, root in roots.items()), ""]
        lines += [f"{day} open {account} {self.currency}" for account in self.missing(opened)]
        return "\n".join(lines) + "\n"

    def missing(self, opened: Mapping[str, data.Open]) -> list[str]:
        """Return the accounts that must be opened; customers' need only their root."""
        others = {
            key
            for treatment, keys in _OF_TREATMENT.items()
            for key in keys
            if treatment is not self.treatment
        }
        root = f"{self.accounts['receivables']}:"
        if any(account.startswith(root) for account in opened):
            others.add("receivables")
        needed = (account for key, account in self.accounts.items() if key not in others)
        return [account for account in dict.fromkeys(needed) if account not in opened]

    def problems(self, opened: Mapping[str, data.Open], day: datetime.date) -> Iterator[str]:
        """Yield what is wrong with the files that would be written, by the key concerned."""
        meta = data.new_metadata(ACCOUNTS, 1)
        new = {
            account: data.Open(meta, day, account, [self.currency], None)
            for account in self.missing(opened)
        }
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, CONTRACTS)
            path.write_text(self.contract_file(), "utf-8")
            Path(folder, IMPORT).write_text(self.import_file(), "utf-8")
            contracts = read_contracts(path)
            yield from (problem.text for problem in read_mapping(path.with_name(IMPORT)).problems)
        for contract in contracts.contracts:
            for error in account_errors(contract, {**opened, **new}):
                yield error.message


def ledger_lines(currency: str | None) -> str:
    """Return what the top ledger file gets; a currency begins a new one."""
    lines = [f'option "operating_currency" "{currency}"', ""] if currency else []
    lines += [f'plugin "{PLUGIN}" "{CONTRACTS}"', f'include "{ACCOUNTS}"']
    return "\n".join(lines) + "\n"


def _comment(key: str) -> Iterator[str]:
    if key in _EXPLAINED:
        yield f"      # {_EXPLAINED[key]}"


def _filled(name: str, accounts: Mapping[str, str], **facts: str) -> str:
    """Return a template of this package with its names filled in."""
    text = files(__package__).joinpath("templates", name).read_text("utf-8")
    return Template(text).substitute(accounts, **facts)


def _quoted(text: str) -> str:
    """Return a text as YAML takes it, whatever stands in it."""
    return json.dumps(text, ensure_ascii=False)


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else _quoted(name)
