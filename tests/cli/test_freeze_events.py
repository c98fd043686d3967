"""`freeze`: events that book nothing belong to a closed period all the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from beancount import loader

from tests.cli.conftest import Run
from tests.conftest import Load
from tests.ledger_text import bank_line
from tests.ledger_text import credit_note
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import until

F1 = invoice("2026-01-06", "F1", "500.00")
DRAW = bank_line("2026-01-13", "Assets:Bank:Shared", "450.00", "Assets:Factor:Current")
END = until("2026-02-20")


def close(run: Run, load: Load, text: str, day: str, terms: str = "", **contract: str) -> Path:
    """Freeze a ledger without errors."""
    loaded = load(text + END, terms, **contract)
    assert loaded.messages == []
    ledger = loaded.folder / "main.beancount"
    result = run("freeze", ledger, day)
    assert (result.exit_code, result.stderr) == (0, "")
    return ledger


def records(ledger: Path, day: str) -> list[str]:
    """Return what stands in the records of a closed period after the contract's name."""
    text = ledger.with_name(f"factoring-{day}.beancount").read_text()
    lines = [line.partition(' "frozen" "bpce" ') for line in text.splitlines()]
    return [more for _start, _name, more in lines if more]


def edit(ledger: Path, old: str, new: str) -> list[str]:
    """Edit the ledger's text; return its errors, each with its file and line."""
    text = ledger.read_text()
    assert text.count(old) == 1
    ledger.write_text(text.replace(old, new))
    _entries, errors, _options = loader.load_file(str(ledger))
    return [
        f"{Path(error.source['filename']).name}:{error.source['lineno']}: {error.message}"
        for error in errors
    ]


def add(ledger: Path, text: str) -> list[str]:
    return edit(ledger, END, text + END)


def position(run: Run, ledger: Path, day: str) -> dict[str, Any]:
    """Return the position, whatever errors the ledger has."""
    told = run("position", ledger, "--date", day, "--format", "json").stdout
    (only,) = json.loads(told)
    return dict(only)


def line_of(ledger: Path, text: str) -> int:
    return ledger.read_text().splitlines().index(text) + 1


def bank_line_of(ledger: Path, day: str) -> int:
    return line_of(ledger, f'{day} * "Bank"')


# Borrowing: most of what happens books nothing


def test_a_receipt_of_the_closing_day(run: Run, load: Load) -> None:
    ledger = close(run, load, F1, "2026-01-15", treatment="borrowing")
    before = position(run, ledger, "2026-01-15")
    (error,) = add(ledger, payment("2026-01-15", "F1", "500.00"))
    assert position(run, ledger, "2026-01-15") != before
    line = line_of(ledger, '2026-01-15 * "DUPONT" "Payment of F1"')
    assert error.startswith(
        f"main.beancount:{line}: this gives bpce/2026-01-15/collection/F1 on 2026-01-15, but"
        " contract bpce is closed up to 2026-01-15 without it: F1 came (500.00 EUR); date it after"
        " 2026-01-15, or open the period again"
    )


def test_a_remittance_without_commission(run: Run, load: Load) -> None:
    ledger = close(run, load, F1, "2026-01-16", treatment="borrowing")
    (error,) = add(ledger, invoice("2026-01-13", "F2", "300.00"))
    assert error.startswith(
        "contracts.yaml:3: this gives bpce/2026-02/remittance on 2026-01-16, but contract bpce is"
        " closed up to 2026-01-16 without it: F2 came (300.00 EUR); date it after 2026-01-16"
    )


def test_a_return_of_a_claim(run: Run, load: Load) -> None:
    ledger = close(run, load, F1, "2026-01-16", treatment="borrowing")
    first, *_others = add(ledger, '2026-01-15 custom "factoring" "return" "bpce" "F1"\n')
    line = line_of(ledger, '2026-01-15 custom "factoring" "return" "bpce" "F1"')
    assert f"main.beancount:{line}: this gives bpce/2026-01-15/return/F1 on" in first


def test_the_guarantee_fund(run: Run, load: Load) -> None:
    ledger = close(
        run, load, F1, "2026-01-16", "guarantee_fund: {rate: 10 %}", treatment="borrowing"
    )
    assert records(ledger, "2026-01-16") == [
        '"bpce/2026-01/remittance" "F1" 500.00 EUR',
        '"bpce/2026-01-09/guarantee" 50.00 EUR',
    ]
    contract = ledger.with_name("contracts.yaml")
    text = contract.read_text()
    line = text.splitlines().index("    guarantee_fund: {rate: 10 %}") + 1
    contract.write_text(text.replace("10 %", "12 %"))
    first, *others = add(ledger, "")
    assert (
        "bpce/2026-01-09/guarantee differs from what the ledger gives now: its amount is 50.00 EUR,"
        " not 60.00 EUR; guarantee_fund.rate changed (0.1, now 0.12:"
        f" contracts.yaml:{line})"
    ) in first
    assert all("it follows from bpce/2026-01-09/guarantee" in other for other in others)


def test_the_fund_follows_from_the_remittance_that_changed(run: Run, load: Load) -> None:
    ledger = close(
        run, load, F1, "2026-01-12", "guarantee_fund: {rate: 10 %}", treatment="borrowing"
    )
    first, second = edit(ledger, "500.00 EUR", "600.00 EUR")
    assert "bpce/2026-01/remittance differs" in first
    assert (
        "bpce/2026-01-09/guarantee differs from what the ledger gives now: its amount is 50.00 EUR,"
        " not 60.00 EUR; it follows from bpce/2026-01/remittance (F1 changed (500.00 EUR, now"
        " 600.00 EUR))"
    ) in second


def test_a_receipt_on_an_assigned_document_and_one_in_default(run: Run, load: Load) -> None:
    """Of the two the treatment books one, so that its copy does not tell the other."""
    both = """
2026-01-15 * "DUPONT" "Payment"
  Assets:Bank:Shared  300.00 EUR
  Assets:Clients:DUPONT  -100.00 EUR
    settles: "F1"
  Assets:Clients:DUPONT  -200.00 EUR
    settles: "F2"
"""
    declared = '2026-01-12 custom "factoring" "default" "bpce" "F1"\n'
    text = F1 + invoice("2026-01-07", "F2", "400.00") + declared + both
    ledger = close(run, load, text, "2026-01-15", treatment="borrowing")
    assert '"bpce/2026-01-15/collection/F2" "F2" 200.00 EUR "F1" 100.00 EUR' in records(
        ledger, "2026-01-15"
    )
    text = ledger.read_text()
    ledger.write_text(text.replace("  300.00 EUR", "  310.00 EUR"))
    (error,) = edit(ledger, "-200.00 EUR", "-210.00 EUR")
    assert "F2 changed (200.00 EUR, now 210.00 EUR); restore" in error


# Statement mode: the bank's entries


@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
def test_a_draw_of_the_bank_that_was_edited(run: Run, load: Load, treatment: str) -> None:
    drawn = DRAW
    if treatment == "borrowing":
        drawn = DRAW.replace("Assets:Factor:Current", "Liabilities:Factor:Borrowing")
    ledger = close(run, load, F1 + drawn, "2026-01-20", treatment=treatment, source="statement")
    assert '"bpce/2026-01-13/draw" 450.00 EUR' in records(ledger, "2026-01-20")
    assert position(run, ledger, "2026-01-20")["funds_in_use"] == "450.00"
    (error,) = edit(ledger, "  450.00 EUR", "  350.00 EUR")
    assert position(run, ledger, "2026-01-20")["funds_in_use"] == "350.00"
    assert (
        ": bpce/2026-01-13/draw differs from what the ledger gives"
        " now: money without a document changed (450.00 EUR, now 350.00 EUR); restore what it was"
        " made from and date corrections after 2026-01-20"
    ) in error


def test_a_draw_of_the_bank_that_came_or_went(run: Run, load: Load) -> None:
    ledger = close(run, load, F1 + DRAW, "2026-01-20", source="statement")
    late = DRAW.replace("01-13", "01-14").replace("450", "50")
    (error,) = add(ledger, late)
    assert (
        f"main.beancount:{bank_line_of(ledger, '2026-01-14')}: this gives bpce/2026-01-14/draw"
        " on 2026-01-14, but contract bpce is closed up to 2026-01-20 without it: money without a"
        " document came (50.00 EUR); date it after 2026-01-20"
    ) in error
    ledger.write_text(ledger.read_text().replace(late, ""))
    (error,) = edit(ledger, DRAW, "")
    assert "is gone or changed: money without a document went (450.00 EUR); restore that" in error


def test_a_sweep_of_the_bank_that_was_edited(run: Run, load: Load) -> None:
    paid = payment("2026-01-14", "F1", "500.00")
    swept = bank_line(
        "2026-01-15", "Assets:Bank:Shared", "-520.00", "Liabilities:Factor:Collections"
    )
    ledger = close(run, load, F1 + paid + swept, "2026-01-20", source="statement")
    assert '"bpce/2026-01-15/sweep" 20.00 EUR "F1" 500.00 EUR' in records(ledger, "2026-01-20")
    (error, *_others) = edit(ledger, "-520.00 EUR", "-480.00 EUR")
    assert (
        "F1 changed (500.00 EUR, now 480.00 EUR), money without a document went (20.00 EUR);"
    ) in error


def test_the_close_of_a_contract_that_nothing_is_left_of(run: Run, load: Load) -> None:
    ledger = close(
        run,
        load,
        F1 + DRAW + payment("2026-01-14", "F1", "500.00"),
        "2026-01-20",
        source="statement",
    )
    errors = add(ledger, '2026-01-19 custom "factoring" "close" "bpce"\n')
    assert any("this gives bpce/2026-01-19/close on 2026-01-19" in error for error in errors)


def test_a_close_that_books_nothing_is_kept_and_missed(run: Run, load: Load) -> None:
    closing = '\n2026-01-19 custom "factoring" "close" "bpce"\n'
    ledger = close(run, load, closing, "2026-01-20", source="statement")
    assert records(ledger, "2026-01-20") == ['"bpce/2026-01-19/close" 0.00 EUR']
    (error,) = edit(ledger, closing, "")
    assert "bpce/2026-01-19/close would not be generated from the ledger as it is" in error


# What the user posts on the factor's accounts


FEE = bank_line("2026-01-14", "Assets:Factor:Current", "-30.00", "Expenses:Factoring:Charges")


@pytest.mark.parametrize("source", ["generated", "statement"])
def test_a_posting_on_a_factor_s_account_that_came(run: Run, load: Load, source: str) -> None:
    ledger = close(run, load, F1, "2026-01-12", source=source)
    fee = FEE.replace("01-14", "01-12")
    (error,) = add(ledger, fee)
    assert position(run, ledger, "2026-01-12")["funds_in_use"] == "30.00"
    assert (
        f"main.beancount:{bank_line_of(ledger, '2026-01-12')}: this gives"
        " bpce/2026-01-12/posting/current on 2026-01-12, but contract bpce is closed up to"
        " 2026-01-12 without it: money without a document came (-30.00 EUR); date it after"
    ) in error


@pytest.mark.parametrize("account", ["Current", "Guarantee", "Collections"])
def test_a_posting_on_a_factor_s_account_that_changed(run: Run, load: Load, account: str) -> None:
    root = "Liabilities" if account == "Collections" else "Assets"
    fee = FEE.replace("Assets:Factor:Current", f"{root}:Factor:{account}")
    ledger = close(run, load, F1 + fee, "2026-01-14", source="statement")
    name = f"bpce/2026-01-14/posting/{account.lower()}"
    assert f'"{name}" -30.00 EUR' in records(ledger, "2026-01-14")
    (error,) = edit(ledger, "-30.00 EUR", "-40.00 EUR")
    assert (
        f"{name} differs from what the ledger gives now: money without a document changed"
        " (-30.00 EUR, now -40.00 EUR)"
    ) in error


# What a closed period does not hold


@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
@pytest.mark.parametrize(
    "late",
    [
        invoice("2026-01-14", "F9", "80.00"),
        credit_note("2026-01-14", "A1", "80.00", corrects="F1"),
        '\n2026-01-14 custom "factoring" "dispute" "bpce" "F1"\n',
        '\n2026-01-14 custom "factoring" "limit" "bpce" Assets:Clients:DUPONT 100 EUR\n',
    ],
)
def test_what_no_event_of_the_period_was_made_of_is_the_firm_s_text(
    run: Run, load: Load, treatment: str, late: str
) -> None:
    ledger = close(run, load, F1, "2026-01-15", treatment=treatment)
    assert add(ledger, late) == []


def test_a_limit_that_a_draw_of_the_period_was_made_of(run: Run, load: Load) -> None:
    ledger = close(run, load, F1, "2026-01-15")
    limit = '\n2026-01-09 custom "factoring" "limit" "bpce" Assets:Clients:DUPONT 100 EUR\n'
    errors = add(ledger, limit)
    assert "bpce/2026-01-13/draw differs from what the ledger gives now" in errors[0]
