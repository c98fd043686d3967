"""Receipts that name what they pay, and those that leave a doubt."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core import data
from hypothesis import given
from hypothesis import strategies as st

from beancount_factoring.matching.open_numbers import OpenNumbers
from beancount_factoring.matching.reference import NumberIndex

LEDGER = """
2026-01-05 * "Dupont" "Invoice"
  Assets:Clients:DUPONT   1200.00 EUR
    invoice: "F2026-0001"
  Income:Sales

2026-01-06 * "Dupont" "Invoice in two instalments"
  Assets:Clients:DUPONT   300.00 EUR
    invoice: "F2026-0002"
    due: 2026-02-05
  Assets:Clients:DUPONT   500.00 EUR
    invoice: "F2026-0002"
    due: 2026-03-05
  Income:Sales

2026-01-07 * "Dupont" "A longer number"
  Assets:Clients:DUPONT   77.00 EUR
    invoice: "F2026-0001-2"
  Income:Sales

2026-01-08 * "Martin" "A credit note that names no invoice"
  credit-note: "A2026-0003"
  Assets:Clients:MARTIN   -100.00 EUR
  Income:Sales

2026-01-08 * "Martin" "An invoice, and a credit note on it"
  invoice: "F2026-0004"
  Assets:Clients:MARTIN    600.00 EUR
  Income:Sales
2026-01-09 * "Martin" "Credit note"
  Assets:Clients:MARTIN   -200.00 EUR
    credit-note: "A2026-0005"
    credits: "F2026-0004"
  Income:Sales

2026-01-09 * "Martin" "Paid in full"
  Assets:Clients:MARTIN    50.00 EUR
    invoice: "F2026-0006"
  Income:Sales
2026-01-10 * "Martin" "The payment"
  Assets:Clients:MARTIN   -50.00 EUR
    settles: "F2026-0006"
  Assets:Bank:Shared

2026-01-11 * "Durand" "Numbers that are hardly any" ^F2026-0007
  Assets:Clients:DURAND    20.00 EUR
  Income:Sales
2026-01-11 * "Durand"
  Assets:Clients:DURAND    30.00 EUR
    invoice: "12"
  Income:Sales
2026-01-11 * "Durand"
  Assets:Clients:DURAND    40.00 EUR
    invoice: "20260115"
  Income:Sales
2026-01-11 * "Durand"
  Assets:Clients:DURAND    60.00 EUR
    invoice: "FA 2026 / 118"
  Income:Sales
2026-01-11 * "Durand"
  Assets:Clients:DURAND    70.00 USD
    invoice: "F2026-0008"
  Income:Sales

2026-01-12 * "Two customers' invoices of one number"
  Assets:Clients:DURAND    10.00 EUR
    invoice: "X2026-9"
  Assets:Clients:MARTIN    10.00 EUR
    invoice: "X2026-9"
  Income:Sales

2026-01-15 * "BPCE Factor" "What the plugin made of it" #factoring
  factoring-id: "bpce/2026-01"
  Assets:Clients:DUPONT   -1200.00 EUR
    settles: "F2026-0001"
  Assets:Factor:Current
"""

Settled = list[tuple[str, str, Decimal]]
Match = Callable[..., Settled | str]


def ledger(text: str) -> list[data.Directive]:
    entries, _errors, _options = loader.load_string(text)
    return entries


@pytest.fixture
def match() -> Match:
    """Return what a receipt settles, as account, number and amount, or why nothing."""
    numbers = OpenNumbers(["Assets:Clients"], ["Assets:Bank:Shared"], ledger(LEDGER))
    index = NumberIndex(numbers)

    def matched(amount: str, *texts: str | None, currency: str = "EUR") -> Settled | str:
        found = index.match(Decimal(amount), currency, *texts)
        assert bool(found.settlements) is not bool(found.reason)
        settled = [(s.account.rpartition(":")[2], s.number, s.amount) for s in found.settlements]
        return settled or found.reason

    return matched


@pytest.mark.parametrize(
    "text",
    [
        "F2026-0001",
        "VIR DUPONT FACTURE F2026-0001",
        "votre facture n° f2026-0001, merci",
        "(F2026-0001)",
        "FACT:F2026-0001.",
        "F2026-0001 F2026-0001",
    ],
)
def test_a_receipt_that_names_an_invoice_settles_it(match: Match, text: str) -> None:
    assert match("1200.00", text) == [("DUPONT", "F2026-0001", Decimal("1200.00"))]


@pytest.mark.parametrize(
    "text",
    ["F2026-00011", "XF2026-0001", "F2026-0001-3", "F2026-0001/3", "2026-0001", "F2026 0001", ""],
)
def test_a_part_of_another_word_is_no_number(match: Match, text: str) -> None:
    assert match("1200.00", text) == "no open invoice named"


def test_the_longer_number_counts(match: Match) -> None:
    assert match("77.00", "F2026-0001-2") == [("DUPONT", "F2026-0001-2", Decimal(77))]


def test_less_than_is_open_is_a_part_payment(match: Match) -> None:
    assert match("0.01", "F2026-0001") == [("DUPONT", "F2026-0001", Decimal("0.01"))]


def test_more_than_is_open_settles_nothing(match: Match) -> None:
    assert match("1200.01", "F2026-0001") == "F2026-0001: 1200.00 EUR is open"


def test_instalments_are_open_together(match: Match) -> None:
    assert match("800.00", "F2026-0002") == [("DUPONT", "F2026-0002", Decimal(800))]


def test_a_credit_note_lowers_the_invoice_that_it_names(match: Match) -> None:
    assert match("400.00", "F2026-0004") == [("MARTIN", "F2026-0004", Decimal(400))]
    assert match("600.00", "F2026-0004") == "F2026-0004: 400.00 EUR is open"


def test_several_invoices_are_settled_only_if_they_add_up(match: Match) -> None:
    both = [("DUPONT", "F2026-0001", Decimal(1200)), ("DUPONT", "F2026-0002", Decimal(800))]
    assert match("2000.00", "F2026-0001 F2026-0002") == both
    assert match("2000.00", "F2026-0001", "F2026-0002") == both
    assert match("2000.00", "F2026-0001/F2026-0002") == both
    assert match("1999.99", "F2026-0001, F2026-0002") == (
        "F2026-0001, F2026-0002: 2000.00 EUR are together open"
    )


def test_a_credit_note_that_is_deducted_is_used(match: Match) -> None:
    assert match("300.00", "F2026-0004 moins avoir A2026-0003") == [
        ("MARTIN", "F2026-0004", Decimal(400)),
        ("MARTIN", "A2026-0003", Decimal(-100)),
    ]


def test_a_credit_note_alone_settles_nothing(match: Match) -> None:
    assert match("100.00", "A2026-0003") == "A2026-0003: -100.00 EUR is open"


def test_what_is_paid_is_not_settled_again(match: Match) -> None:
    assert match("50.00", "F2026-0006") == "F2026-0006: not open any more"


def test_beside_a_paid_invoice_only_the_exact_amount_leaves_no_doubt(match: Match) -> None:
    assert match("1200.00", "F2026-0006 F2026-0001") == [("DUPONT", "F2026-0001", Decimal(1200))]
    assert match("1000.00", "F2026-0006 F2026-0001") == "F2026-0001: 1200.00 EUR is open"


def test_an_invoice_without_metadata_has_its_links_number(match: Match) -> None:
    assert match("20.00", "F2026-0007") == [("DURAND", "F2026-0007", Decimal(20))]


def test_a_number_written_with_blanks(match: Match) -> None:
    assert match("60.00", "REGLT FA 2026/118") == "no open invoice named"
    assert match("60.00", "REGLT FA 2026 / 118") == [("DURAND", "FA 2026 / 118", Decimal(60))]


def test_a_short_number_counts_where_the_text_says_what_it_is(match: Match) -> None:
    assert match("30.00", "VIREMENT DU 12") == "no open invoice named"
    settled = [("DURAND", "12", Decimal(30))]
    assert match("30.00", "FACTURE 12") == settled
    assert match("30.00", "FACT N° 12") == settled
    assert match("30.00", "12") == settled


def test_a_date_is_not_taken_for_a_number(match: Match) -> None:
    assert match("40.00", "VIREMENT DU 20260115") == "no open invoice named"
    assert match("40.00", "INVOICE 20260115") == [("DURAND", "20260115", Decimal(40))]


def test_a_number_of_two_customers_is_a_doubt(match: Match) -> None:
    assert match("10.00", "X2026-9") == "X2026-9: the number of more than one customer"


def test_an_invoice_in_another_currency_is_not_settled(match: Match) -> None:
    assert match("70.00", "F2026-0008") == "F2026-0008: not in EUR"
    assert match("70.00", "F2026-0008", currency="USD") == [("DURAND", "F2026-0008", Decimal(70))]


def test_a_settlement_before_its_invoice_counts(match: Match) -> None:
    text = """
2026-01-01 * "Paid in advance"
  Assets:Clients:DUPONT   -100.00 EUR
    settles: "F2026-0099"
  Assets:Bank:Shared
2026-01-02 * "Invoice"
  Assets:Clients:DUPONT    150.00 EUR
    invoice: "F2026-0099"
  Income:Sales
"""
    index = NumberIndex(OpenNumbers(["Assets:Clients"], (), ledger(text)))
    assert index.match(Decimal(50), "EUR", "F2026-0099").settlements[0].amount == 50


def test_a_payment_that_bounced_opens_its_invoice_again() -> None:
    text = """
2026-01-02 * "Paid"
  Assets:Clients:DUPONT    150.00 EUR
    invoice: "F2026-0099"
  Income:Sales
2026-01-03 * "Paid"
  Assets:Clients:DUPONT   -150.00 EUR
    settles: "F2026-0099"
  Assets:Bank:Shared
2026-01-04 * "Bounced"
  Assets:Clients:DUPONT    150.00 EUR
    settles: "F2026-0099"
  Assets:Bank:Shared
"""
    index = NumberIndex(OpenNumbers(["Assets:Clients"], (), ledger(text)))
    assert index.match(Decimal(150), "EUR", "F2026-0099").settlements


def test_a_receipt_on_a_bank_account_has_no_number_from_its_link() -> None:
    text = """
2026-01-02 * "A refund, not an invoice" ^bank-2026-01-02-abcdef
  Assets:Clients:DUPONT    150.00 EUR
  Assets:Bank:Shared
"""
    numbers = OpenNumbers(["Assets:Clients"], ["Assets:Bank:Shared"], ledger(text))
    assert not list(numbers)


@given(st.lists(st.text(), max_size=3), st.decimals("0.01", "9999", places=2))
def test_whatever_the_text_a_match_adds_up(texts: list[str], amount: Decimal) -> None:
    index = NumberIndex(OpenNumbers(["Assets:Clients"], (), _ENTRIES))
    found = index.match(amount, "EUR", *texts, *(f"{text} F2026-0001 12" for text in texts))
    total = sum(part.amount for part in found.settlements)
    assert total == (amount if found.settlements else 0)


_ENTRIES = ledger(LEDGER)
