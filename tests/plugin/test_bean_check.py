"""bean-check in a process of its own: each treatment passes; an error ends with status 1."""

from __future__ import annotations

import pytest

from tests.conftest import Load
from tests.ledger_text import bank_line
from tests.ledger_text import credit_note
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import until
from tests.plugin.conftest import BeanCheck

TERMS = """
recourse: 0.5
commission: {rate: 0.0040, vat: 0.20, per_year: 100}
guarantee_fund: {rate: 0.10}
interest: {index: EURIBOR3M, margin: 0.01, vat: 0.20}
charges: [{name: line, amount: 30, every: month, vat: 0.20}]
"""
LEDGER = (
    '2026-01-05 custom "factoring" "index" "EURIBOR3M" 2.00\n'
    + "".join(invoice("2026-01-06", f"F{i}", "1000.00") for i in range(1, 7))
    + payment("2026-01-14", "F1", "1050.00")
    + payment("2026-01-15", "F2", "1000.00", bank="Assets:Bank:Operating")
    + credit_note("2026-01-15", "A1", "200.00", corrects="F3")
    + credit_note("2026-01-15", "A2", "50.00")
    + '2026-01-19 custom "factoring" "dispute" "bpce" "F3"\n'
    + '2026-01-20 custom "factoring" "return" "bpce" "F4"\n'
    + '2026-01-20 custom "factoring" "default" "bpce" "F5"\n'
    + payment("2026-01-21", "F5", "700.00")
)
CLOSE = '2026-03-10 custom "factoring" "close" "bpce"\n' + until("2026-03-31")


@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
@pytest.mark.parametrize("source", ["generated", "statement"])
def test_a_contract_from_its_start_to_its_close(
    load: Load, bean_check_process: BeanCheck, treatment: str, source: str
) -> None:
    factor = (
        "Assets:Factor:Current" if treatment == "derecognition" else "Liabilities:Factor:Borrowing"
    )
    bank = (
        bank_line("2026-01-13", "Assets:Bank:Shared", "5000.00", factor)
        + bank_line("2026-01-15", "Assets:Bank:Shared", "-1050.00", factor)
        if source == "statement"
        else ""
    )
    loaded = load(LEDGER + bank + CLOSE, TERMS, treatment=treatment, source=source)
    checked = bean_check_process(loaded.folder)
    assert checked.lines == []
    assert checked.status == 0
    assert loaded.of("commission")


def test_balance_assertions_see_the_generated_transactions(
    load: Load, bean_check_process: BeanCheck
) -> None:
    text = invoice("2026-01-06", "F1", "1000.00")
    right = text + "2026-01-10 balance Assets:Factor:Current 1000.00 EUR\n"
    assert bean_check_process(load(right).folder).status == 0
    wrong = text + "2026-01-10 balance Assets:Factor:Current 999.00 EUR\n"
    checked = bean_check_process(load(wrong).folder)
    assert checked.status == 1
    assert "Balance failed for 'Assets:Factor:Current'" in checked.lines[0]


def test_errors_of_ledger_and_contract_end_with_status_1(
    load: Load, bean_check_process: BeanCheck
) -> None:
    loaded = load(payment("2026-01-14", "F9", "1.00"), "comission: {rate: 0}")
    checked = bean_check_process(loaded.folder)
    assert checked.status == 1
    assert checked.lines[0].startswith("contracts.yaml:")
    assert "Traceback" not in "\n".join(checked.lines)


def test_a_contract_file_of_hostile_content_is_an_error(
    load: Load, bean_check_process: BeanCheck
) -> None:
    loaded = load("", contract="\x00\x01\x02")
    checked = bean_check_process(loaded.folder)
    assert checked.status == 1
    assert len(checked.lines) == 1
    assert checked.lines[0].startswith("contracts.yaml:1: ")
