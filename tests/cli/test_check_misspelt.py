"""`check` names words that are nearly the plugin's and that nothing takes note of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import Load
from tests.ledger_text import invoice
from tests.ledger_text import until


def said(run: Run, folder: Path) -> list[str]:
    """Return what `check` says of misspelt words, without the folder's name."""
    result = run("check", folder / "main.beancount")
    assert result.exit_code == 0
    lines = result.stdout.replace(f"{folder}/", "").splitlines()
    return [line.strip() for line in lines if "did you mean" in line]


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("setles", "settles"),
        ("settle", "settles"),
        ("invioce", "invoice"),
        ("credit_note", "credit-note"),
        ("creditnote", "credit-note"),
        ("credit", "credits"),
        ("due_date", "due"),
    ],
)
def test_a_key_below_the_receivables(run: Run, load: Load, key: str, meant: str) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "100.00")
        + f"""
2026-01-07 * "DUPONT" "Payment"
  Assets:Bank:Shared      100.00 EUR
  Assets:Clients:DUPONT  -100.00 EUR
    {key}: "F1"
"""
    )
    (line,) = said(run, loaded.folder)
    assert line.startswith(f"{key}: says nothing here: did you mean {meant}:? (main.beancount:")


def test_a_transactions_own_key_and_how_often(run: Run, load: Load) -> None:
    receipt = """
2026-01-07 * "DUPONT" "Payment"
  setles: "F1"
  Assets:Bank:Shared      50.00 EUR
  Assets:Clients:DUPONT  -50.00 EUR
"""
    loaded = load(invoice("2026-01-06", "F1", "100.00") + receipt + receipt)
    (line,) = said(run, loaded.folder)
    assert line.startswith("setles: says nothing here: did you mean settles:?, 2 times (main")


@pytest.mark.parametrize("key", ["invoice-date", "reference", "vat-rate", "customer-id", "source"])
def test_a_key_of_the_users_own(run: Run, load: Load, key: str) -> None:
    text = invoice("2026-01-06", "F1", "100.00").replace(
        "    invoice", f'    {key}: "x"\n    invoice'
    )
    assert said(run, load(text).folder) == []


def test_a_key_elsewhere_than_below_the_receivables(run: Run, load: Load) -> None:
    loaded = load("""
2026-01-07 * "Somebody" "Rent"
  Expenses:Discounts   100.00 EUR
    invoices: "R1"
  Assets:Bank:Operating
""")
    assert said(run, loaded.folder) == []


def test_a_key_beside_the_right_one(run: Run, load: Load) -> None:
    text = invoice("2026-01-06", "F1", "100.00").replace(
        "    invoice", '    invoices: "F1, F2"\n    invoice'
    )
    assert said(run, load(text).folder) == []


def test_a_directive_of_a_type_that_is_nearly_ours(run: Run, load: Load) -> None:
    loaded = load('2026-01-09 custom "factorin" "remit" "bpce"\n' + until("2026-01-09"))
    (line,) = said(run, loaded.folder)
    assert line.startswith('custom "factorin" says nothing here: did you mean custom "factoring"?')


def test_a_debtor_without_an_account(run: Run, load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "100.00"),
        "eligibility:\n  exclude: [MARTEN, NEWCOMER]\n  limits: {DUPOND: 500}\n",
    )
    limit, excluded = said(run, loaded.folder)
    assert limit == (
        "eligibility.limits: DUPOND says nothing here: did you mean DUPONT? (contracts.yaml:24)"
    )
    assert excluded.startswith(
        "eligibility.exclude: MARTEN says nothing here: did you mean MARTIN?"
    )
