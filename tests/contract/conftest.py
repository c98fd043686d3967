from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from beancount_factoring.contract.reader import read_contracts
from beancount_factoring.contract.terms import Contract

# Only what is required; a test appends lines, the first of which is line 19.
MINIMAL = """\
contracts:
  bpce:
    factor: BPCE Factor
    currency: EUR
    start: 2026-01-05
    shared_account: {source: generated}
    accounts:
      receivables: Assets:Clients
      current: Assets:Factor:Current
      guarantee: Assets:Factor:Guarantee
      collections: Liabilities:Factor:Collections
      shared: Assets:Bank:Shared
      operating: Assets:Bank:Operating
      commission: Expenses:Factor:Commission
      interest: Expenses:Factor:Interest
      vat: Assets:VAT
      doubtful: Assets:Doubtful
    # what a test appends:
"""


@pytest.fixture
def minimal() -> str:
    """Return a contract file with one contract, bpce, that has only what is required."""
    return MINIMAL


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a contract file."""

    def write(text: str) -> Path:
        path = tmp_path / "contracts.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def read(write: Callable[[str], Path]) -> Callable[..., Contract]:
    """Read the minimal contract with more lines, the first of which is line 19."""

    def read(more: str = "") -> Contract:
        file = read_contracts(write(MINIMAL + textwrap.indent(textwrap.dedent(more), "    ")))
        assert file.problems == ()
        (contract,) = file.contracts
        return contract

    return read


@pytest.fixture
def problems(write: Callable[[str], Path]) -> Callable[[str], list[str]]:
    """Read a file without a good bpce: problems as "line: key: message", keys below bpce."""

    def problems(text: str) -> list[str]:
        file = read_contracts(write(text))
        assert "bpce" not in {contract.name for contract in file.contracts}
        return [f"{p.line}: {p.text}".replace("contracts.bpce.", "") for p in file.problems]

    return problems
