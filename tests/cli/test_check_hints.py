"""`check` hints at what is written right and yet may not be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import contract_with
from tests.ledger_text import invoice
from tests.ledger_text import line_of
from tests.ledger_text import payment
from tests.ledger_text import until

F1 = invoice("2026-01-06", "F1", "1000.00")


def said(run: Run, folder: Path) -> list[str]:
    """Return what `check` says below the position, without the folder's name."""
    result = run("check", folder / "main.beancount")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.replace(f"{folder}/", "").splitlines()[1:]
    return [line.strip() for line in lines if "next remittance" not in line]


def contract_line(loaded: Loaded, text: str) -> int:
    lines = (loaded.folder / "contracts.yaml").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


# Payments on an account that the contract does not name


def test_a_payment_on_an_account_that_the_contract_does_not_name(run: Run, load: Load) -> None:
    loaded = load(
        F1
        + payment("2026-01-12", "F1", "300.00", bank="Assets:Bank:Other")
        + payment("2026-01-13", "F1", "200.00", bank="Assets:Bank:Other")
        + until("2026-01-15")
    )
    (line,) = said(run, loaded.folder)
    assert line == (
        "2 payments on Assets:Bank:Other, 500.00 EUR in all, counted as reductions: write the"
        " account under accounts.banks of the contract, if it is a bank account"
        f" (main.beancount:{line_of(loaded, 'Payment of F1')})"
    )


def test_an_account_below_a_listed_one_is_named(run: Run, load: Load) -> None:
    loaded = load(
        F1 + payment("2026-01-12", "F1", "300.00", bank="Assets:Bank:Other") + until("2026-01-15"),
        contract=contract_with("banks: [Assets:Bank]"),
    )
    assert not [line for line in said(run, loaded.folder) if "reduction" in line]


@pytest.mark.parametrize(
    "account", ["Expenses:Discounts", "Assets:Doubtful", "Assets:Clients:MARTIN", "Income:Sales"]
)
def test_a_reduction_is_none(run: Run, load: Load, account: str) -> None:
    reduced = payment("2026-01-12", "F1", "300.00", bank=account)
    loaded = load(F1 + reduced + until("2026-01-15"))
    assert not [line for line in said(run, loaded.folder) if "counted as reductions" in line]


def test_neither_is_a_payment_before_the_contract(run: Run, load: Load) -> None:
    early = invoice("2026-01-02", "F0", "90.00")
    paid = payment("2026-01-03", "F0", "90.00", bank="Assets:Bank:Other")
    assert said(run, load(early + paid + until("2026-01-08")).folder) == []


@pytest.mark.parametrize(
    ("more", "terms"),
    [
        ("", "eligibility: {exclude: [DUPONT]}"),
        ('2026-01-11 custom "factoring" "close" "bpce"\n', ""),
    ],
)
def test_nor_one_that_is_the_firm_s_alone(run: Run, load: Load, more: str, terms: str) -> None:
    paid = payment("2026-01-12", "F1", "300.00", bank="Assets:Bank:Other")
    loaded = load(F1 + more + paid + until("2026-01-15"), terms)
    assert not [line for line in said(run, loaded.folder) if "reduction" in line]


# Rates


@pytest.mark.parametrize(
    ("terms", "key", "told"),
    [
        (
            "commission: {rate: 0.40, vat: 20 %}",
            "commission: {",
            "commission.rate is 40.00 %: write 0.40 % if that is meant",
        ),
        (
            "interest: {margin: 1.00, vat: 0}",
            "interest: {",
            "interest.margin is 100.00 %: write 1.00 % if that is meant",
        ),
    ],
)
def test_a_rate_that_no_factor_asks(run: Run, load: Load, terms: str, key: str, told: str) -> None:
    loaded = load(F1 + until("2026-01-08"), terms)
    assert said(run, loaded.folder) == [f"{told} (contracts.yaml:{contract_line(loaded, key)})"]


def test_a_rate_that_comes_later_is_told_with_its_line(run: Run, load: Load) -> None:
    terms = "commission:\n  rate:\n    2026-01-05: 0.40 %\n    2027-01-01: 0.35\n  vat: 20 %\n"
    loaded = load(F1 + until("2026-01-08"), terms)
    (line,) = said(run, loaded.folder)
    assert line.startswith("commission.rate is 35.00 %: write 0.35 % if that is meant")
    assert line.endswith(f"(contracts.yaml:{contract_line(loaded, '2027-01-01')})")


@pytest.mark.parametrize(
    "terms",
    [
        "commission: {rate: 5 %, vat: 20 %}",
        "guarantee_fund: {rate: 0.40}",
        "interest: {margin: 0.20, vat: 20 %}",
    ],
)
def test_a_rate_that_a_factor_may_ask(run: Run, load: Load, terms: str) -> None:
    assert said(run, load(F1 + until("2026-01-08"), terms).folder) == []


# Directives


def test_a_draw_that_is_asked_for_beside_the_banks_statement(run: Run, load: Load) -> None:
    loaded = load(
        F1 + '2026-01-13 custom "factoring" "draw" "bpce" 500.00 EUR\n' + until("2026-01-15"),
        "funding: {draw: requested}",
        source="statement",
    )
    place = line_of(loaded, '"draw"')
    (line,) = said(run, loaded.folder)
    assert line == (
        "the draw of 500.00 EUR on 2026-01-13 has no effect: with source: statement draws are the"
        f" bank's entries; remove it (main.beancount:{place})"
    )


CHARGE = '2026-01-13 custom "factoring" "charge" "bpce" "audit" 250.00 EUR\n'


def test_a_charge_that_the_contract_has_no_vat_rate_for(run: Run, load: Load) -> None:
    loaded = load(F1 + CHARGE + until("2026-01-15"))
    place = line_of(loaded, '"charge"')
    (line,) = said(run, loaded.folder)
    assert line == (
        "charge audit, 250.00 EUR on 2026-01-13, is booked without VAT, as the contract has no rate"
        " for it: write vat: with its amount, 0.00 if there is none"
        f" (main.beancount:{place})"
    )


@pytest.mark.parametrize(
    ("more", "terms"),
    [
        ("  vat: 0.00 EUR\n", ""),
        ("", "commission: {rate: 0.40 %, vat: 20 %}"),
        ("", "charges: [{name: audit, amount: 100, every: year, vat: 0}]"),
    ],
)
def test_a_charge_whose_vat_is_known(run: Run, load: Load, more: str, terms: str) -> None:
    assert said(run, load(F1 + CHARGE + more + until("2026-01-15"), terms).folder) == []


# Closed periods


def test_a_closed_period_that_was_taken_out_of_the_ledger(run: Run, load: Load) -> None:
    folder = load(F1 + until("2026-02-10")).folder
    ledger = folder / "main.beancount"
    before = ledger.read_text()
    (folder / "factoring-2025-12-31.beancount").write_text("; my own notes\n")
    assert run("freeze", ledger, "2026-01-31").exit_code == 0
    assert said(run, folder) == []
    ledger.write_text(before)
    (line,) = said(run, folder)
    assert line == (
        "factoring-2026-01-31.beancount, a closed period that freeze wrote, is not part of the"
        ' ledger: write include "factoring-2026-01-31.beancount" again, or move it away if the'
        " period is open"
    )
