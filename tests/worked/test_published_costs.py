"""What others published on the cost of factoring: commission, minimum, interest.

Each case is a ledger with the case's own inputs whose books hold the case's figure, to the cent.
What is not here, and why:

* the line that W01 needs (500,000 x 60 / 365 = 83,000): the program keeps a contract's books, it
  sizes no line. The source has miscalculated besides: its formula gives 82,191.78, and 83,333.33
  with 360 days. Its and W02's "4,5", "2,4" and "1,7 EUR" are thousands, the last one of 1,680;
* W07's ratio of the minimum to the expected commission: a figure of the offer, not of the books;
* W25's daily rate in percent, 0.1167: only a day's money is booked;
* P04 (a public program): 1.8 months of sales outstanding. The books know no yearly turnover; its
  buckets (78, 15, 5 and 2 %) are shares of an aged balance that was not printed.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import payment
from tests.ledger_text import until
from tests.worked.published import WEEKLY
from tests.worked.published import amount
from tests.worked.published import commission
from tests.worked.published import draw
from tests.worked.published import invoices
from tests.worked.published import remitted

INTEREST = "Expenses:Factoring:Interest"


def drawn(load: Load, rate: str, what: str, first: str, *text: str) -> Loaded:
    """Draw an amount on a contract's first day, on which 100,000.00 is assigned."""
    declared = f"""
{first} custom "factoring" "remit" "bpce"
{first} custom "factoring" "draw" "bpce" {what} EUR
"""
    terms = f"""
        remittance: {{every: declared}}
        funding: {{draw: requested}}
        interest: {{margin: {rate}, vat: 0}}
    """
    ledger = invoices("100000.00", day=first) + declared + "".join(text)
    loaded = load(ledger, terms, start=first)
    assert loaded.messages == []
    return loaded


def test_a_years_sales_cost_their_rate(load: Load) -> None:
    """W01 (factoexpert.com): 0.9 % of 500,000 sold."""
    terms = "commission: {rate: 0.009, vat: 0}"
    assert commission(remitted(load, terms, *["50000.00"] * 10)) == Decimal("4500.00")


def test_what_the_fund_leaves_of_a_line_may_be_drawn(load: Load) -> None:
    """W01 (factoexpert.com): 83,000 less a tenth, which is printed as 75,000."""
    assert draw(remitted(load, "guarantee_fund: {rate: 0.10}", "83000.00")) == Decimal("74700.00")


@pytest.mark.parametrize(
    ("case", "part", "interest"),
    [("W01", "75000.00", "2400.00"), ("W02", "52500.00", "1680.00")],
    ids=["all of the line", "seven tenths of it"],
)
def test_only_what_is_drawn_bears_interest(load: Load, case: str, part: str, interest: str) -> None:
    """W01, W02 (factoexpert.com): 3.2 % of 75,000, used whole or at 70 %; 360 days are a year.

    Six months of 31 days are each rounded up by a third of a cent.
    """
    close = '2026-12-27 custom "factoring" "close" "bpce"\n'
    loaded = drawn(load, "0.032", part, "2026-01-01", close)
    assert loaded.balance(INTEREST) == Decimal(interest) + Decimal("0.02"), case


PER_DOCUMENT = "commission: {rate: 0.013, vat: 0, per_document: 8.00}"


@pytest.mark.parametrize(
    ("terms", "invoice", "fee"),
    [
        (PER_DOCUMENT, "1000.00", "13.00"),
        ("commission: {rate: 0.013, vat: 0}", "500.00", "6.50"),
        (PER_DOCUMENT, "500.00", "8.00"),
    ],
    ids=["above the minimum", "without a minimum", "below the minimum"],
)
def test_the_commission_has_a_minimum_per_document(
    load: Load, terms: str, invoice: str, fee: str
) -> None:
    """W04 (e-affacturage.fr)."""
    assert commission(remitted(load, terms, invoice)) == Decimal(fee)


def test_the_minimum_ends_where_the_rate_gives_as_much(load: Load) -> None:
    """W04 (e-affacturage.fr): at 615.38, which is printed as 615."""
    fees = [commission(remitted(load, PER_DOCUMENT, each)) for each in ("615.38", "616.00")]
    assert fees == [Decimal("8.00"), Decimal("8.01")]


@pytest.mark.parametrize(
    ("sold", "fees"),
    [
        ("10000000.00", ["55000.00"]),
        ("8000000.00", ["44000.00"]),
        ("6000000.00", ["33000.00", "11000.00"]),
    ],
    ids=["more than the minimum", "just the minimum", "less than the minimum"],
)
def test_a_contract_year_is_topped_up_to_its_minimum(
    load: Load, sold: str, fees: list[str]
) -> None:
    """W07 (finexkap.com): 0.55 %, at least 44,000 a year, which 8,000,000 of sales give."""
    terms = "commission: {rate: 0.0055, vat: 0, per_year: 44000}"
    loaded = remitted(load, terms, sold, end="2027-03-01")
    booked = [txn.postings[0].units for txn in loaded.of("commission")]
    assert [str(units.number) for units in booked if units] == fees
    # The contract year ends on 1 March 2027.
    assert commission(remitted(load, terms, sold, end="2027-02-28")) == Decimal(fees[0])


def test_a_flat_commission_costs_more_than_ninety_days_of_interest(load: Load) -> None:
    """W11 (a public test file): 2.5 % of 50,000 against 6 % by 360 days."""
    flat = remitted(load, "commission: {rate: 0.025, vat: 0}", "50000.00")
    assert commission(flat) == Decimal("1250.00")
    assert draw(flat) == Decimal("48750.00")
    end = '2026-05-31 custom "factoring" "close" "bpce"\n'
    paid = payment("2026-05-31", "F2026-1", "50000.00")
    terms = WEEKLY + "funding: {days: 0}\ninterest: {margin: 0.06, vat: 0}"
    # Drawn on 2 March, paid and closed on 31 May.
    by_days = load(invoices("50000.00") + paid + end, terms, start="2026-03-02")
    assert by_days.messages == []
    assert by_days.balance(INTEREST) == Decimal("750.00")
    assert by_days.balance("Assets:Bank:Operating") == Decimal("49250.00")


def test_a_rate_for_thirty_days_costs_a_thirtieth_each_day(load: Load) -> None:
    """W25 (bfc.vegas): 3.5 % of 1,000 for 30 days, which is 42 % of a year of 360 days."""
    one_day = drawn(load, "0.42", "1000.00", "2026-04-30")
    assert amount(one_day, "interest", INTEREST) == Decimal("1.17")
    month = drawn(load, "0.42", "1000.00", "2026-04-01", until("2026-04-30"))
    assert amount(month, "interest", INTEREST) == Decimal("35.00")
