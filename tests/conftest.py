"""What tests share: a ledger and its contract, written to a folder and loaded by Beancount."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from beancount import loader
from beancount.core import data

PLUGIN_LINE = 'plugin "beancount_factoring.plugins.factoring" "contracts.yaml"'

ACCOUNTS = """
    2026-01-01 open Assets:Clients:DUPONT EUR
    2026-01-01 open Assets:Clients:MARTIN EUR
    2026-01-01 open Assets:Factor:Current EUR
    2026-01-01 open Assets:Factor:Guarantee EUR
    2026-01-01 open Assets:Factor:Reserve EUR
    2026-01-01 open Liabilities:Factor:Collections EUR
    2026-01-01 open Liabilities:Factor:Borrowing EUR
    2026-01-01 open Assets:Bank:Shared EUR
    2026-01-01 open Assets:Bank:Operating EUR
    2026-01-01 open Assets:Bank:Transit EUR
    2026-01-01 open Assets:Bank:Other EUR
    2026-01-01 open Assets:Doubtful EUR
    2026-01-01 open Assets:VAT:Deductible EUR
    2026-01-01 open Liabilities:VAT:Collected EUR
    2026-01-01 open Income:Sales EUR
    2026-01-01 open Expenses:Discounts EUR
    2026-01-01 open Expenses:Factoring:Commission EUR
    2026-01-01 open Expenses:Factoring:Charges EUR
    2026-01-01 open Expenses:Factoring:Interest EUR
"""

CONTRACT = """
contracts:
  bpce:
    factor: BPCE Factor
    currency: EUR
    start: {start}
    treatment: {treatment}
    accounts:
      receivables: Assets:Clients
      current: Assets:Factor:Current
      guarantee: Assets:Factor:Guarantee
      collections: Liabilities:Factor:Collections
      borrowing: Liabilities:Factor:Borrowing
      shared: Assets:Bank:Shared
      operating: Assets:Bank:Operating
      commission: Expenses:Factoring:Commission
      interest: Expenses:Factoring:Interest
      vat: Assets:VAT:Deductible
      doubtful: Assets:Doubtful
    shared_account:
      source: {source}
"""


@dataclass(frozen=True)
class Loaded:
    """A loaded ledger: its entries, errors and options."""

    folder: Path
    entries: data.Directives
    errors: list[Any]
    options: dict[str, Any]

    @property
    def generated(self) -> list[data.Transaction]:
        return [
            entry
            for entry in self.entries
            if isinstance(entry, data.Transaction) and "factoring-id" in entry.meta
        ]

    def of(self, kind: str) -> list[data.Transaction]:
        """Return the generated transactions of a kind."""
        return [txn for txn in self.generated if txn.meta["factoring-event"] == kind]

    def balance(self, account: str, currency: str = "EUR") -> Decimal:
        """Return an account's balance at the end, with its sub-accounts."""
        amounts = (
            posting.units.number or Decimal(0)
            for entry in self.entries
            if isinstance(entry, data.Transaction)
            for posting in entry.postings
            if f"{posting.account}:".startswith(f"{account}:")
            if posting.units is not None and posting.units.currency == currency
        )
        return sum(amounts, Decimal(0))

    @property
    def messages(self) -> list[str]:
        return [error.message for error in self.errors]


Load = Callable[..., Loaded]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a ledger text under a contract.

    `terms` is YAML that stands beside the contract's accounts; `contract` replaces the whole file,
    `plugin` the line that names it.
    """

    def loading(
        text: str,
        terms: str = "",
        *,
        treatment: str = "derecognition",
        source: str = "generated",
        start: str = "2026-01-05",
        contract: str | None = None,
        accounts: str = ACCOUNTS,
        plugin: str = PLUGIN_LINE,
    ) -> Loaded:
        body = contract
        if body is None:
            body = CONTRACT.format(treatment=treatment, source=source, start=start)
            indented = dedent(terms).strip("\n").splitlines()
            body += "".join(f"    {line}\n" for line in indented)
        (tmp_path / "contracts.yaml").write_text(body)
        ledger = tmp_path / "main.beancount"
        ledger.write_text(
            'option "operating_currency" "EUR"\n' + f"{plugin}\n" + dedent(accounts) + dedent(text)
        )
        entries, errors, options = loader.load_file(str(ledger))
        return Loaded(tmp_path, entries, errors, options)

    return loading


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Report in how many random histories each event happened (tests/invariants)."""
    counts: Counter[str] = Counter()
    histories = 0
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "events":
                histories += 1
                counts.update(event for event in value if not event.startswith("contract:"))
    if histories > 1:
        terminalreporter.section(f"{histories} random histories, by event")
        events = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        terminalreporter.write_line(", ".join(f"{event} {count}" for event, count in events))
