"""What the tests of the commands share: running one as a user does, and a ledger to run it on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from click.testing import Result

from beancount_factoring.cli.main import main
from beancount_factoring.example import write_example
from tests.conftest import Load

Run = Callable[..., Result]

LEDGER = """
    2026-01-05 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT       1200.00 EUR
        invoice: "F2026-0001"
        due: 2026-01-20
      Income:Sales

    2026-01-08 * "MARTIN" "Invoice"
      Assets:Clients:MARTIN        300.00 EUR
        invoice: "F2026-0002"
      Income:Sales

    2026-01-12 * "DUPONT" "Payment"
      Assets:Bank:Shared           200.00 EUR
      Assets:Clients:DUPONT       -200.00 EUR
        settles: "F2026-0001"

    2026-02-02 * "MARTIN" "Money for nothing known"
      Assets:Bank:Shared            25.00 EUR
      Assets:Clients:MARTIN        -25.00 EUR
"""
TERMS = """
    guarantee_fund: {rate: 0.10}
    commission: {rate: 0.40 %, vat: 0.20}
    eligibility: {overdue: 10}
"""


@pytest.fixture
def run() -> Run:
    """Run `bean-factor` with arguments; what no command may do, raise, fails the test."""

    def running(
        *arguments: object, stdin: str | None = None, env: dict[str, str] | None = None
    ) -> Result:
        texts = [str(argument) for argument in arguments]
        surroundings = {"BEANCOUNT_FILE": None, **(env or {})}
        return CliRunner(env=surroundings).invoke(
            main, texts, input=stdin, prog_name="bean-factor", catch_exceptions=False
        )

    return running


@pytest.fixture
def ledger(load: Load) -> Path:
    """Return a ledger without errors."""
    loaded = load(LEDGER, TERMS)
    assert loaded.messages == []
    return loaded.folder / "main.beancount"


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the example, nothing imported yet; not to be written to."""
    folder = tmp_path_factory.mktemp("example") / "example"
    write_example(folder)
    return folder
