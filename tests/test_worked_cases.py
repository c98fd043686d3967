"""Cases that others published, of what a contract's straight road gives.

W04 e-affacturage.fr; W06 clarissegroupe.fr; W07 finexkap.com; W09 odoo-factoring's tests; W11 a
public test file; W13, W16, F02, F03, F04 textbook sales of receivables; W19 invoicefactoringforum;
W23 factorflow.net; W26 ccassociates.com. Each is a ledger whose generated transactions hold the
figure, to the cent; where a source has miscalculated (F02, F03) what its own inputs give.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.conftest import Load
from tests.conftest import Loaded

INVOICE = """
    2026-03-02 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT  {amount} EUR
        invoice: "F2026-{number}"
      Income:Sales  -{amount} EUR
"""
END = """
    2026-{end} note Assets:Clients:DUPONT "the horizon"
"""


def remitted(load: Load, terms: str, *amounts: str, end: str = "03-31") -> Loaded:
    """Load a contract from 2 March on that remits invoices on its first day and funds them."""
    invoices = [INVOICE.format(amount=a, number=i) for i, a in enumerate(amounts, 1)]
    weekly = "remittance: {every: week, day: monday}\n"
    loaded = load("".join(invoices) + END.format(end=end), weekly + terms, start="2026-03-02")
    assert loaded.messages == []
    return loaded


def amount(loaded: Loaded, kind: str, account: str) -> Decimal:
    """Return what the first transaction of a kind posts on an account."""
    postings = loaded.of(kind)[0].postings
    return sum(
        (p.units.number for p in postings if p.account == account and p.units and p.units.number),
        Decimal(0),
    )


def commission(loaded: Loaded) -> Decimal:
    return amount(loaded, "commission", "Expenses:Factoring:Commission")


def guarantee(loaded: Loaded) -> Decimal:
    return amount(loaded, "guarantee", "Assets:Factor:Guarantee")


def draw(loaded: Loaded) -> Decimal:
    return amount(loaded, "draw", "Assets:Bank:Shared")


@pytest.mark.parametrize(
    ("case", "invoice", "fee"), [("com_a", "1000.00", "13.00"), ("com_b", "500.00", "8.00")]
)
def test_w04_the_commission_has_a_minimum_per_document(
    load: Load, case: str, invoice: str, fee: str
) -> None:
    terms = "commission: {rate: 0.013, vat: 0, per_document: 8.00}"
    assert commission(remitted(load, terms, invoice)) == Decimal(fee), case


def test_w04_the_threshold_is_where_rate_and_minimum_meet(load: Load) -> None:
    terms = "commission: {rate: 0.013, vat: 0, per_document: 8.00}"
    assert commission(remitted(load, terms, "615.38", "616.00")) == Decimal("8.00") + Decimal(
        "8.01"
    )


def test_w06_ninety_paid_ten_retained(load: Load) -> None:
    loaded = remitted(load, "guarantee_fund: {rate: 0.10}", "10000.00")
    assert draw(loaded) == Decimal("9000.00")
    assert guarantee(loaded) == Decimal("1000.00")


def test_w07_the_year_is_topped_up_to_its_minimum(load: Load) -> None:
    terms = "commission: {rate: 0.0055, vat: 0, per_year: 44000}"
    below = remitted(load, terms, "6000000.00", end="12-31")
    assert commission(below) == Decimal("33000.00")
    assert len(below.of("commission")) == 1  # the contract year ends on 1 March 2027
    loaded = load(
        INVOICE.format(amount="6000000.00", number=1)
        + '    2027-03-01 note Assets:Clients:DUPONT "the horizon"\n',
        "remittance: {every: week, day: monday}\n" + terms,
        start="2026-03-02",
    )
    assert loaded.balance("Expenses:Factoring:Commission") == Decimal("44000.00")


def test_w09_the_assignment_with_a_tenth_held_back(load: Load) -> None:
    loaded = remitted(load, "guarantee_fund: {rate: 0.10}", "1150.00")
    assert amount(loaded, "remittance", "Assets:Clients:DUPONT") == Decimal("-1150.00")
    assert guarantee(loaded) == Decimal("115.00")
    assert draw(loaded) == Decimal("1035.00")


def test_w11_a_flat_commission_costs_more_than_ninety_days_of_interest(load: Load) -> None:
    flat = remitted(load, "commission: {rate: 0.025, vat: 0}", "50000.00")
    assert commission(flat) == Decimal("1250.00")
    assert draw(flat) == Decimal("48750.00")
    by_days = load(
        INVOICE.format(amount="50000.00", number=1)
        + '    2026-05-31 custom "factoring" "close" "bpce"\n',
        """
        remittance: {every: week, day: monday}
        funding: {days: 0}
        interest: {margin: 0.06, vat: 0}
        """,
        start="2026-03-02",
    )
    # Drawn on 2 March, closed on 31 May: 90 days.
    assert by_days.messages == []
    assert by_days.balance("Expenses:Factoring:Interest") == Decimal("750.00")


@pytest.mark.parametrize(
    ("case", "receivables", "fee", "reserve", "cash"),
    [
        ("W13", "268800.00", "0.02", "0.04", "252672.00"),
        ("W16", "252500.00", "0.02", "0.04", "237350.00"),
        ("F02", "370000.00", "0.018", "0.05", "344840.00"),
        ("F03", "300000.00", "0.06", "0.03", "273000.00"),
        ("F04", "134700.00", "0.02", "0.06", "123924.00"),
    ],
)
def test_the_textbook_sales_of_receivables_draw_what_is_left(
    load: Load, case: str, receivables: str, fee: str, reserve: str, cash: str
) -> None:
    terms = f"commission: {{rate: {fee}, vat: 0}}\nguarantee_fund: {{rate: {reserve}}}"
    loaded = remitted(load, terms, receivables)
    total = Decimal(receivables)
    assert commission(loaded) == total * Decimal(fee), case
    assert guarantee(loaded) == total * Decimal(reserve), case
    assert draw(loaded) == Decimal(cash), case


@pytest.mark.parametrize(
    ("case", "invoice", "rate", "advance"),
    [
        ("W23", "10000.00", "0.90", "9000.00"),
        ("W26 a", "10000.00", "0.80", "8000.00"),
        ("W26 b", "100000.00", "0.80", "80000.00"),
    ],
)
def test_an_advance_rate_funds_its_share(
    load: Load, case: str, invoice: str, rate: str, advance: str
) -> None:
    terms = f"funding: {{model: advance-rate, advance_rate: {rate}}}"
    assert draw(remitted(load, terms, invoice)) == Decimal(advance), case


def test_w19_claims_of_more_than_ninety_days_are_not_funded(load: Load) -> None:
    old = """
    2026-01-01 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT  20000.00 EUR
        invoice: "F-old"
        due: 2026-01-01
      Income:Sales
    """
    new = """
    2026-05-01 * "MARTIN" "Invoice"
      Assets:Clients:MARTIN  80000.00 EUR
        invoice: "F-new"
      Income:Sales

    2026-05-31 note Assets:Clients:DUPONT "the horizon"
    """
    terms = """
        remittance: {every: week, day: monday}
        funding: {model: advance-rate, advance_rate: 0.80}
        eligibility: {overdue: 90}
    """
    loaded = load(old + new, terms, start="2026-05-04")
    assert loaded.messages == []
    assert draw(loaded) == Decimal("64000.00")
