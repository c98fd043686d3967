"""What customers pay, and how the factor comes to it."""

from __future__ import annotations

from tests.conftest import Load
from tests.ledger_text import bank_line
from tests.ledger_text import booked
from tests.ledger_text import contract_with
from tests.ledger_text import credit_note
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import text
from tests.ledger_text import until

ASSIGNED = invoice("2026-01-06", "F1", "1000.00") + invoice("2026-01-07", "F2", "500.00")


def test_a_payment_is_collected_for_the_factor_and_swept_the_next_business_day(load: Load) -> None:
    loaded = load(ASSIGNED + payment("2026-01-16", "F1", "1000.00") + until("2026-01-19"))
    assert loaded.messages == []
    assert booked(loaded, "collection", "sweep") == text("""
        2026-01-16 collection
          Assets:Clients:DUPONT  1000.00 EUR
          Liabilities:Factor:Collections  -1000.00 EUR
        2026-01-19 sweep
          Liabilities:Factor:Collections  1000.00 EUR
          Assets:Bank:Shared  -1000.00 EUR
    """)
    assert loaded.balance("Assets:Clients") == 0
    assert loaded.balance("Assets:Bank:Shared") == 0


def test_a_part_payment_leaves_the_rest_with_the_factor(load: Load) -> None:
    loaded = load(
        ASSIGNED
        + payment("2026-01-14", "F1", "300.00")
        + payment("2026-01-21", "F1", "700.00")
        + until("2026-01-22")
    )
    assert booked(loaded, "sweep") == text("""
        2026-01-15 sweep
          Liabilities:Factor:Collections  300.00 EUR
          Assets:Bank:Shared  -300.00 EUR
        2026-01-22 sweep
          Liabilities:Factor:Collections  700.00 EUR
          Assets:Bank:Shared  -700.00 EUR
    """)
    assert loaded.balance("Liabilities:Factor:Collections") == 0


def test_one_payment_settles_several_documents(load: Load) -> None:
    loaded = load(
        ASSIGNED
        + """
2026-01-14 * "DUPONT" "Both"
  Assets:Bank:Shared      1500.00 EUR
  Assets:Clients:DUPONT  -1000.00 EUR
    settles: "F1"
  Assets:Clients:DUPONT   -500.00 EUR
    settles: "F2"
"""
    )
    assert booked(loaded, "collection") == text("""
        2026-01-14 collection
          Assets:Clients:DUPONT  1000.00 EUR
          Assets:Clients:DUPONT  500.00 EUR
          Liabilities:Factor:Collections  -1500.00 EUR
    """)


def test_receipts_of_one_day_are_swept_together(load: Load) -> None:
    loaded = load(
        ASSIGNED
        + payment("2026-01-14", "F1", "1000.00")
        + payment("2026-01-14", "F2", "500.00")
        + until("2026-01-15")
    )
    assert booked(loaded, "sweep") == text("""
        2026-01-15 sweep
          Liabilities:Factor:Collections  1500.00 EUR
          Assets:Bank:Shared  -1500.00 EUR
    """)


def test_an_overpayment_is_swept_to_the_credit_of_the_current_account(load: Load) -> None:
    loaded = load(ASSIGNED + payment("2026-01-14", "F1", "1050.00") + until("2026-01-15"))
    assert loaded.messages == []
    assert booked(loaded, "collection", "sweep") == text("""
        2026-01-14 collection
          Assets:Clients:DUPONT  1000.00 EUR
          Liabilities:Factor:Collections  -1000.00 EUR
        2026-01-15 sweep
          Liabilities:Factor:Collections  1000.00 EUR
          Assets:Factor:Current  50.00 EUR
          Assets:Bank:Shared  -1050.00 EUR
    """)
    assert loaded.balance("Assets:Clients:DUPONT") == -50


def test_a_payment_of_a_document_not_assigned_is_swept_as_a_rest(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00", debtor="MARTIN")
        + payment("2026-01-14", "F1", "1000.00", debtor="MARTIN")
        + until("2026-01-15"),
        "eligibility: {exclude: [MARTIN]}",
    )
    assert booked(loaded) == text("""
        2026-01-15 sweep
          Assets:Factor:Current  1000.00 EUR
          Assets:Bank:Shared  -1000.00 EUR
    """)


def test_an_unallocated_receipt_is_swept_as_a_rest(load: Load) -> None:
    loaded = load(
        ASSIGNED
        + bank_line("2026-01-14", "Assets:Bank:Shared", "1000.00", "Assets:Clients:DUPONT")
        + until("2026-01-15")
    )
    assert booked(loaded, "collection", "sweep") == text("""
        2026-01-15 sweep
          Assets:Factor:Current  1000.00 EUR
          Assets:Bank:Shared  -1000.00 EUR
    """)


def test_money_on_the_operating_account_is_handed_over_from_there(load: Load) -> None:
    loaded = load(
        ASSIGNED
        + payment("2026-01-14", "F1", "1050.00", bank="Assets:Bank:Operating")
        + until("2026-01-15")
    )
    # The overpayment is the firm's own: only the factor's document is handed over.
    assert booked(loaded, "collection", "sweep") == text("""
        2026-01-14 collection
          Assets:Clients:DUPONT  1000.00 EUR
          Liabilities:Factor:Collections  -1000.00 EUR
        2026-01-15 sweep
          Liabilities:Factor:Collections  1000.00 EUR
          Assets:Bank:Operating  -1000.00 EUR
    """)


def test_money_on_a_further_bank_of_the_contract_is_handed_over_too(load: Load) -> None:
    loaded = load(
        ASSIGNED
        + payment("2026-01-14", "F1", "1000.00", bank="Assets:Bank:Other")
        + until("2026-01-15"),
        contract=contract_with("banks: [Assets:Bank:Other]"),
    )
    assert booked(loaded, "sweep") == text("""
        2026-01-15 sweep
          Liabilities:Factor:Collections  1000.00 EUR
          Assets:Bank:Other  -1000.00 EUR
    """)


def test_money_on_an_account_of_nobody_is_a_reduction(load: Load) -> None:
    loaded = load(
        ASSIGNED
        + payment("2026-01-14", "F1", "100.00", bank="Expenses:Discounts")
        + until("2026-01-16")
    )
    assert booked(loaded, "collection", "sweep") == ""
    assert booked(loaded, "remittance").endswith(
        text("""
        2026-01-16 remittance
          Assets:Factor:Current  -100.00 EUR
          Assets:Clients:DUPONT  100.00 EUR
        """)
    )


def test_a_payment_on_two_banks_is_an_error(load: Load) -> None:
    loaded = load(
        ASSIGNED
        + """
2026-01-14 * "DUPONT" "Two banks"
  Assets:Bank:Shared       600.00 EUR
  Assets:Bank:Operating    400.00 EUR
  Assets:Clients:DUPONT  -1000.00 EUR
    settles: "F1"
"""
    )
    assert loaded.messages == [
        (
            "a receipt on 2 bank accounts (Assets:Bank:Operating, Assets:Bank:Shared): write one"
            " transaction for each of them"
        )
    ]


def test_a_payment_before_its_document_waits_for_it(load: Load) -> None:
    loaded = load(
        payment("2026-01-07", "F1", "400.00")
        + invoice("2026-01-09", "F1", "1000.00")
        + until("2026-01-09")
    )
    assert loaded.messages == []
    assert booked(loaded, "remittance") == text("""
        2026-01-09 remittance
          Assets:Factor:Current  600.00 EUR
          Assets:Clients:DUPONT  -600.00 EUR
    """)


def test_a_payment_before_the_start_is_not_swept(load: Load) -> None:
    loaded = load(
        invoice("2026-01-02", "F1", "1000.00")
        + payment("2026-01-03", "F1", "300.00")
        + until("2026-01-09")
    )
    assert booked(loaded) == text("""
        2026-01-09 remittance
          Assets:Factor:Current  700.00 EUR
          Assets:Clients:DUPONT  -700.00 EUR
    """)
    assert loaded.balance("Assets:Bank:Shared") == 300


def test_a_payment_that_bounced_is_given_back_in_the_next_sweep(load: Load) -> None:
    loaded = load(
        ASSIGNED
        + payment("2026-01-14", "F1", "1000.00")
        + payment("2026-01-20", "F2", "500.00")
        + """
2026-01-20 * "DUPONT" "Bounced"
  Assets:Bank:Shared    -1000.00 EUR
  Assets:Clients:DUPONT
    settles: "F1"
"""
        + until("2026-01-21")
    )
    assert loaded.messages == []
    assert booked(loaded, "collection", "sweep").endswith(
        text("""
        2026-01-20 collection
          Assets:Clients:DUPONT  500.00 EUR
          Liabilities:Factor:Collections  -500.00 EUR
        2026-01-20 collection
          Assets:Clients:DUPONT  -1000.00 EUR
          Liabilities:Factor:Collections  1000.00 EUR
        2026-01-21 sweep
          Liabilities:Factor:Collections  -500.00 EUR
          Assets:Bank:Shared  500.00 EUR
        """)
    )


def test_a_credit_note_deducted_from_a_payment_lowers_the_sweep(load: Load) -> None:
    loaded = load(
        ASSIGNED
        + credit_note("2026-01-08", "A1", "200.00")
        + """
2026-01-14 * "DUPONT" "Less the credit note"
  Assets:Bank:Shared       800.00 EUR
  Assets:Clients:DUPONT  -1000.00 EUR
    settles: "F1"
  Assets:Clients:DUPONT    200.00 EUR
    settles: "A1"
"""
        + until("2026-01-15")
    )
    assert loaded.messages == []
    assert booked(loaded, "collection", "sweep") == text("""
        2026-01-14 collection
          Assets:Clients:DUPONT  1000.00 EUR
          Assets:Clients:DUPONT  -200.00 EUR
          Liabilities:Factor:Collections  -800.00 EUR
        2026-01-15 sweep
          Liabilities:Factor:Collections  800.00 EUR
          Assets:Bank:Shared  -800.00 EUR
    """)
    assert loaded.balance("Assets:Clients") == 0


def test_under_borrowing_a_payment_lowers_the_debt_when_it_is_swept(load: Load) -> None:
    loaded = load(
        ASSIGNED + payment("2026-01-14", "F1", "1000.00") + until("2026-01-15"),
        treatment="borrowing",
    )
    assert booked(loaded, "collection", "sweep") == text("""
        2026-01-15 sweep
          Liabilities:Factor:Borrowing  1000.00 EUR
          Assets:Bank:Shared  -1000.00 EUR
    """)
