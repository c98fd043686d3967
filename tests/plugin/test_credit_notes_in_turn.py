"""Credit notes that outlive a contract, or were used up before it: whose they are."""

from __future__ import annotations

from tests.conftest import Load
from tests.conftest import Loaded
from tests.plugin.test_contracts_in_turn import OWN_ACCOUNTS
from tests.plugin.test_contracts_in_turn import in_turn

SETTLED_BEFORE = """
    2026-01-01 * "DUPONT" "Invoice" ^F0
      Assets:Clients:DUPONT  1000.00 EUR
      Income:Sales

    2026-01-01 * "DUPONT" "Credit note" ^A1
      Assets:Clients:DUPONT  -200.00 EUR
        credit-note: "A1"
      Income:Sales

    2026-01-02 * "DUPONT" "Payment less the credit note"
      Assets:Bank:Operating   800.00 EUR
      Assets:Clients:DUPONT   200.00 EUR
        settles: "A1"
      Assets:Clients:DUPONT -1000.00 EUR
        settles: "F0"
"""
CREDIT_NOTE = """
    2026-02-17 * "DUPONT" "Credit note" ^A1
      Assets:Clients:DUPONT  -200.00 EUR
        credit-note: "A1"
      Income:Sales
"""
CLOSE = '    2026-02-25 custom "factoring" "close" "bpce"\n'
HORIZON = '    2026-03-20 note Assets:Clients:DUPONT "the horizon"\n'


def refund(day: str, amount: str = "200.00") -> str:
    return f"""
    {day} * "DUPONT" "Refund"
      Assets:Bank:Operating  -{amount} EUR
      Assets:Clients:DUPONT   {amount} EUR
        settles: "A1"
"""


def paid_back(day: str) -> str:
    """Return the refund of A1, which the customer pays back on a day."""
    return f"""
    {day} * "DUPONT" "The refund is taken back"
      Assets:Bank:Operating   200.00 EUR
      Assets:Clients:DUPONT  -200.00 EUR
        settles: "A1"
"""


def moves(loaded: Loaded, kind: str) -> list[tuple[str, str, str]]:
    """Return what moves a factor's current account: the day, the contract, the amount."""
    return [
        (str(txn.date), txn.meta["factoring"], str(posting.units))
        for txn in loaded.of(kind)
        for posting in txn.postings
        if posting.account.endswith(":Current")
    ]


def test_one_used_up_before_the_start_is_the_factors_once_it_is_to_be_used_again(
    load: Load,
) -> None:
    text = SETTLED_BEFORE + paid_back("2026-02-03") + HORIZON
    loaded = load(OWN_ACCOUNTS + text, contract=in_turn(""))
    assert loaded.messages == []
    assert moves(loaded, "refund") == [("2026-02-03", "bpce", "-200.00 EUR")]


def test_one_used_up_before_both_contracts_is_the_factors_in_whose_time_it_is_taken_back(
    load: Load,
) -> None:
    text = SETTLED_BEFORE + CLOSE + paid_back("2026-03-05") + HORIZON
    loaded = load(OWN_ACCOUNTS + text, contract=in_turn(""))
    assert loaded.messages == []
    assert moves(loaded, "refund") == [("2026-03-05", "cic", "-200.00 EUR")]


def test_one_that_goes_over_is_the_next_factors_though_it_was_refunded_between(
    load: Load,
) -> None:
    text = CREDIT_NOTE + CLOSE + refund("2026-02-26") + paid_back("2026-03-05") + HORIZON
    loaded = load(OWN_ACCOUNTS + text, contract=in_turn(""))
    assert loaded.messages == []
    assert moves(loaded, "refund") == [("2026-03-05", "cic", "-200.00 EUR")]


def test_one_used_up_under_a_contract_stays_the_firms_after_its_close(load: Load) -> None:
    text = CREDIT_NOTE + refund("2026-02-24") + CLOSE + paid_back("2026-03-05") + HORIZON
    loaded = load(OWN_ACCOUNTS + text, contract=in_turn(""))
    assert loaded.messages == []
    assert moves(loaded, "refund") == [("2026-02-24", "bpce", "200.00 EUR")]


def test_what_is_used_on_the_day_of_the_close_is_the_closed_contracts(load: Load) -> None:
    close = CLOSE.replace("2026-02-25", "2026-03-05")
    text = CREDIT_NOTE + refund("2026-03-05", "150.00") + close + HORIZON
    loaded = load(OWN_ACCOUNTS + text, contract=in_turn(""))
    assert loaded.messages == []
    assert moves(loaded, "refund") == [("2026-03-05", "bpce", "150.00 EUR")]
    assert moves(loaded, "remittance") == [
        ("2026-02-20", "bpce", "-200.00 EUR"),
        ("2026-03-06", "cic", "-50.00 EUR"),
    ]


def test_what_is_taken_back_on_the_day_of_the_close_goes_over_to_the_next_factor(
    load: Load,
) -> None:
    close = CLOSE.replace("2026-02-25", "2026-03-05")
    text = CREDIT_NOTE + refund("2026-02-24") + paid_back("2026-03-05") + close + HORIZON
    loaded = load(OWN_ACCOUNTS + text, contract=in_turn(""))
    assert loaded.messages == []
    assert moves(loaded, "refund") == [
        ("2026-02-24", "bpce", "200.00 EUR"),
        ("2026-03-05", "bpce", "-200.00 EUR"),
    ]
    assert moves(loaded, "remittance") == [
        ("2026-02-20", "bpce", "-200.00 EUR"),
        ("2026-03-06", "cic", "-200.00 EUR"),
    ]
