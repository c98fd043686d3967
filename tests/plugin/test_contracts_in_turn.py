"""Two contracts in one ledger: side by side, and one after the other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beancount_factoring.ledger.books import books_of
from tests.conftest import CONTRACT
from tests.conftest import Load
from tests.conftest import Loaded

FIRST = CONTRACT.format(treatment="derecognition", source="generated", start="2026-01-05")
SECOND = (
    CONTRACT.format(treatment="derecognition", source="generated", start="2026-03-02")
    .removeprefix("\ncontracts:\n")
    .replace("bpce:", "cic:")
    .replace("BPCE Factor", "CIC Factor")
)
OWN_ACCOUNTS = """
    2026-01-01 open Assets:Cic:Current EUR
    2026-01-01 open Assets:Cic:Guarantee EUR
    2026-01-01 open Liabilities:Cic:Collections EUR
"""
INVOICES = """
    2026-02-16 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT  1200.00 EUR
        invoice: "F1"
      Income:Sales

    2026-03-03 * "MARTIN" "Invoice"
      Assets:Clients:MARTIN  500.00 EUR
        invoice: "F2"
      Income:Sales
"""


def with_own_accounts(contract: str) -> str:
    return (
        contract.replace("Assets:Factor:", "Assets:Cic:")
        .replace("Liabilities:Factor:Collections", "Liabilities:Cic:Collections")
        .replace("shared: Assets:Bank:Shared", "shared: Assets:Bank:Other")
    )


def test_a_change_of_factor_takes_the_open_balance_over_at_the_close(load: Load) -> None:
    first = FIRST + "    end: 2026-02-27\n"
    second = with_own_accounts(SECOND)
    close = """
    2026-03-06 custom "factoring" "close" "bpce"
    2026-03-13 note Assets:Clients:DUPONT "the horizon"
    """
    loaded = load(OWN_ACCOUNTS + INVOICES + close, contract=first + second)
    assert loaded.messages == []
    assigned = [
        (str(txn.date), txn.meta["factoring"], sorted(p.account for p in txn.postings))
        for txn in loaded.of("remittance")
    ]
    assert assigned == [
        ("2026-02-20", "bpce", ["Assets:Clients:DUPONT", "Assets:Factor:Current"]),
        (
            "2026-03-06",
            "cic",
            ["Assets:Cic:Current", "Assets:Clients:DUPONT", "Assets:Clients:MARTIN"],
        ),
    ]
    assert loaded.balance("Assets:Factor") == 0


@pytest.mark.parametrize("event", ["return", "default"])
def test_what_is_returned_or_in_default_on_the_day_of_the_close_is_not_assigned_again(
    load: Load, event: str
) -> None:
    close = f"""
    2026-02-27 custom "factoring" "{event}" "bpce" "F1"
    2026-02-27 custom "factoring" "close" "bpce"
    2026-03-13 note Assets:Clients:DUPONT "the horizon"
    """
    loaded = load(OWN_ACCOUNTS + INVOICES + close, contract=FIRST + with_own_accounts(SECOND))
    assert loaded.messages == []
    taken = [posting.account for txn in loaded.of("remittance") for posting in txn.postings]
    assert taken.count("Assets:Clients:DUPONT") == 1


def test_before_the_close_a_document_stays_with_the_first_factor(load: Load) -> None:
    first = FIRST + "    end: 2026-02-27\n"
    horizon = '    2026-03-13 note Assets:Clients:DUPONT "the horizon"\n'
    loaded = load(OWN_ACCOUNTS + INVOICES + horizon, contract=first + with_own_accounts(SECOND))
    assert loaded.messages == []
    taken = [posting.account for txn in loaded.of("remittance") for posting in txn.postings]
    assert taken.count("Assets:Clients:DUPONT") == 1


def in_turn(second_terms: str) -> str:
    """Return two contracts of which the first ends, but is not closed, when the second starts."""
    first = FIRST + "    end: 2026-02-27\n    eligibility: {terms: 30}\n"
    return first + with_own_accounts(SECOND) + second_terms


def taken(loaded: Loaded) -> list[tuple[str, str, list[str]]]:
    """Return each remittance: its day, its contract, and the documents it names."""
    return [
        (str(txn.date), txn.meta["factoring"], sorted(txn.links)) for txn in loaded.of("remittance")
    ]


LINKED = """
    2026-02-16 * "DUPONT" "Invoice" ^F1
      Assets:Clients:DUPONT  1200.00 EUR
      Income:Sales
"""


def test_other_terms_of_payment_do_not_let_a_second_factor_take_a_document_too(
    load: Load,
) -> None:
    horizon = '    2026-03-13 note Assets:Clients:DUPONT "the horizon"\n'
    both = in_turn("    eligibility: {terms: 60}\n")
    loaded = load(OWN_ACCOUNTS + LINKED + horizon, contract=both)
    assert loaded.messages == []
    assert taken(loaded) == [("2026-02-20", "bpce", ["F1"])]


def test_another_root_does_not_let_a_second_factor_take_a_document_too(load: Load) -> None:
    horizon = '    2026-03-13 note Assets:Clients:FR:DUPONT "the horizon"\n'
    both = in_turn("").replace("Assets:Clients\n", "Assets:Clients:FR\n", 1)
    text = LINKED.replace("Clients:DUPONT", "Clients:FR:DUPONT")
    opening = "    2026-01-01 open Assets:Clients:FR:DUPONT EUR\n"
    loaded = load(OWN_ACCOUNTS + opening + text + horizon, contract=both)
    assert loaded.messages == []
    assert taken(loaded) == [("2026-02-20", "bpce", ["F1"])]


def test_an_unused_credit_note_goes_over_to_the_next_factor(load: Load) -> None:
    text = """
    2026-02-17 * "DUPONT" "Credit note" ^A1
      Assets:Clients:DUPONT  -200.00 EUR
        credit-note: "A1"
      Income:Sales

    2026-02-25 custom "factoring" "close" "bpce"
    2026-03-13 note Assets:Clients:DUPONT "the horizon"
    """
    loaded = load(OWN_ACCOUNTS + LINKED + text, contract=in_turn(""))
    assert loaded.messages == []
    assert taken(loaded) == [
        ("2026-02-20", "bpce", ["A1", "F1"]),
        ("2026-03-06", "cic", ["A1", "F1"]),
    ]
    assert loaded.balance("Assets:Clients") == 0


def test_a_payment_bounced_after_the_change_makes_the_claim_the_next_factors(load: Load) -> None:
    text = """
    2026-02-25 custom "factoring" "close" "bpce"

    2026-02-26 * "DUPONT" "Payment"
      Assets:Bank:Operating   1200.00 EUR
      Assets:Clients:DUPONT
        settles: "F1"

    2026-03-10 * "DUPONT" "The payment bounces"
      Assets:Bank:Operating  -1200.00 EUR
      Assets:Clients:DUPONT
        settles: "F1"

    2026-03-13 note Assets:Clients:DUPONT "the horizon"
    """
    loaded = load(OWN_ACCOUNTS + LINKED + text, contract=in_turn(""))
    assert loaded.messages == []
    assert taken(loaded) == [("2026-02-20", "bpce", ["F1"]), ("2026-03-13", "cic", ["F1"])]


def test_a_document_returned_on_the_day_of_the_close_is_not_assigned_again(load: Load) -> None:
    text = """
    2026-02-25 custom "factoring" "return" "bpce" "F1"
    2026-02-25 custom "factoring" "close" "bpce"
    2026-03-13 note Assets:Clients:DUPONT "the horizon"
    """
    loaded = load(OWN_ACCOUNTS + LINKED + text, contract=in_turn(""))
    assert loaded.messages == []
    assert taken(loaded) == [("2026-02-20", "bpce", ["F1"])]


def test_what_is_posted_after_a_renewal_is_the_new_contracts(load: Load) -> None:
    text = """
    2026-02-27 custom "factoring" "close" "bpce"

    2026-03-03 * "The factor takes a fee"
      Expenses:Factoring:Charges  30.00 EUR
      Assets:Factor:Current

    2026-03-13 note Assets:Clients:DUPONT "the horizon"
    """
    loaded = load(text, contract=FIRST + SECOND)
    assert loaded.messages == []
    books = books_of(loaded.entries, loaded.options, "contracts.yaml")
    first, second = (contract.run().state.account for contract in books.contracts)
    assert (first.balance, second.balance) == (0, -3000)


def test_a_renewal_on_the_same_accounts_begins_anew(load: Load) -> None:
    text = """
    2026-01-20 * "A draw of the first contract, from the bank's statement"
      Assets:Bank:Shared  100.00 EUR
      Assets:Factor:Current

    2026-02-27 custom "factoring" "close" "bpce"
    2026-03-04 note Assets:Clients:DUPONT "the horizon"
    """
    both = (FIRST + SECOND).replace("source: generated", "source: statement")
    loaded = load(text, contract=both)
    assert loaded.messages == []
    books = books_of(loaded.entries, loaded.options, "contracts.yaml")
    first, second = (contract.run().state.account for contract in books.contracts)
    assert (first.drawn, first.balance) == (10000, -10000)
    assert (second.drawn, second.balance) == (0, 0)


def test_two_factors_at_once_do_not_sweep_one_shared_account(load: Load) -> None:
    first = FIRST + "    eligibility: {include: [DUPONT]}\n"
    second = SECOND + "    eligibility: {include: [MARTIN]}\n"
    loaded = load(INVOICES, contract=first + second)
    (message,) = loaded.messages
    assert message.startswith("contracts.cic.accounts: contract bpce, which is not closed before")
    assert {txn.meta["factoring"] for txn in loaded.generated} == {"bpce"}


def test_what_was_posted_before_the_start_counts(load: Load) -> None:
    text = """
    2026-01-02 * "Taken over from the books of last year"
      Assets:Factor:Current  250.00 EUR
      Income:Sales

    2026-01-30 custom "factoring" "close" "bpce"
    """
    loaded = load(text)
    assert loaded.messages == []
    assert loaded.balance("Assets:Factor:Current") == 0
    assert loaded.balance("Assets:Bank:Operating") == Decimal("250.00")


def test_each_of_the_factors_own_figures_is_booked_on_the_day_of_the_close(load: Load) -> None:
    text = """
    2026-01-30 custom "factoring" "interest" "bpce" 10.00 EUR
    2026-01-30 custom "factoring" "interest" "bpce" 2.50 EUR
    2026-01-30 custom "factoring" "close" "bpce"
    """
    loaded = load(text, "interest: {margin: 0.01, vat: 0}")
    assert loaded.messages == []
    assert loaded.balance("Expenses:Factoring:Interest") == Decimal("12.50")


def test_a_posting_of_nothing_hides_no_metadata(load: Load) -> None:
    text = """
    2026-01-06 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT  100.00 EUR
        invoice: "F1"
      Income:Sales

    2026-01-07 * "DUPONT" "Payment"
      settles: "F1"
      Assets:Bank:Shared  100.00 EUR
      Assets:Clients:DUPONT  -100.00 EUR
      Assets:Clients:MARTIN  0.00 EUR

    2026-01-12 note Assets:Clients:DUPONT "the horizon"
    """
    loaded = load(text)
    assert loaded.messages == []
    assert loaded.of("remittance") == []


def test_an_amount_of_the_contract_has_the_currencys_decimals(load: Load) -> None:
    loaded = load("", "funding: {ceiling: 100.009}")
    assert loaded.messages == [
        "contracts.bpce.funding.ceiling: 100.009 is not a whole number of 0.01 EUR: round it"
    ]
