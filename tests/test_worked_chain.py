"""A worked chain (docs/rules.md, section 4): one invoice's whole life, to the cent."""

from __future__ import annotations

from decimal import Decimal

from tests.conftest import Load
from tests.worked.chain import booked
from tests.worked.chain import entries

LEDGER = """
    2026-01-01 custom "factoring" "index" "EURIBOR3M" 3.60

    2026-01-05 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT       12000.00 EUR
        invoice: "F2026-0001"
      Income:Sales               -10000.00 EUR
      Liabilities:VAT:Collected   -2000.00 EUR

    2026-03-01 custom "factoring" "remit" "bpce"
    2026-03-01 custom "factoring" "draw" "bpce" 10500.00 EUR

    2026-03-30 * "DUPONT" "Payment"
      Assets:Bank:Shared          12000.00 EUR
      Assets:Clients:DUPONT      -12000.00 EUR
        settles: "F2026-0001"

    2026-04-01 custom "factoring" "draw" "bpce" 1410.90 EUR
"""

TERMS = """
    remittance: {every: declared}
    funding: {draw: requested}
    guarantee_fund: {rate: 0.10}
    commission: {rate: 0.40 %, vat: 0.20}
    interest: {index: EURIBOR3M, vat: 0}
"""

# Entries 2 to 11 of OWN,D: the collection account 4675 is booked beside the user's receipt.
CHAIN = """
    2026-03-01 remittance  Assets:Factor:Current 12000.00  Assets:Clients:DUPONT -12000.00
    2026-03-01 commission  Expenses:Factoring:Commission 48.00  Assets:VAT:Deductible 9.60
                           Assets:Factor:Current -57.60
    2026-03-01 guarantee   Assets:Factor:Guarantee 1200.00  Assets:Factor:Current -1200.00
    2026-03-01 draw        Assets:Bank:Shared 10500.00  Assets:Factor:Current -10500.00
    2026-03-01 transfer    Assets:Bank:Operating 10500.00  Assets:Bank:Shared -10500.00
    2026-03-30 collection  Assets:Clients:DUPONT 12000.00  Liabilities:Factor:Collections -12000.00
    2026-03-31 sweep       Liabilities:Factor:Collections 12000.00  Assets:Bank:Shared -12000.00
    2026-03-31 guarantee   Assets:Factor:Guarantee -1200.00  Assets:Factor:Current 1200.00
    2026-03-31 interest    Expenses:Factoring:Interest 31.50  Assets:Factor:Current -31.50
    2026-04-01 draw        Assets:Bank:Shared 1410.90  Assets:Factor:Current -1410.90
    2026-04-01 transfer    Assets:Bank:Operating 1410.90  Assets:Bank:Shared -1410.90
"""


# Entries 4 to 11 of OWN,B: neither remittance nor fund nor receipt is an entry of the factor's.
BORROWING = """
    2026-03-01 commission  Expenses:Factoring:Commission 48.00  Assets:VAT:Deductible 9.60
                           Liabilities:Factor:Borrowing -57.60
    2026-03-01 draw        Assets:Bank:Shared 10500.00  Liabilities:Factor:Borrowing -10500.00
    2026-03-01 transfer    Assets:Bank:Operating 10500.00  Assets:Bank:Shared -10500.00
    2026-03-31 sweep       Liabilities:Factor:Borrowing 12000.00  Assets:Bank:Shared -12000.00
    2026-03-31 interest    Expenses:Factoring:Interest 31.50  Liabilities:Factor:Borrowing -31.50
    2026-04-01 draw        Assets:Bank:Shared 1410.90  Liabilities:Factor:Borrowing -1410.90
    2026-04-01 transfer    Assets:Bank:Operating 1410.90  Assets:Bank:Shared -1410.90
"""


def test_every_entry_of_the_derecognition_chain(load: Load) -> None:
    loaded = load(LEDGER, TERMS, start="2026-03-01")
    assert loaded.messages == []
    assert booked(loaded) == entries(CHAIN)


def test_every_entry_of_the_borrowing_chain(load: Load) -> None:
    loaded = load(LEDGER, TERMS, start="2026-03-01", treatment="borrowing")
    assert loaded.messages == []
    assert booked(loaded) == entries(BORROWING)


def test_the_chain_ends_as_published(load: Load) -> None:
    loaded = load(LEDGER, TERMS, start="2026-03-01")
    assert loaded.balance("Assets:Bank:Operating") == Decimal("11910.90")
    assert loaded.balance("Expenses:Factoring:Commission") == Decimal("48.00")
    assert loaded.balance("Assets:VAT:Deductible") == Decimal("9.60")
    assert loaded.balance("Expenses:Factoring:Interest") == Decimal("31.50")
    for account in ("Assets:Factor", "Assets:Clients", "Liabilities:Factor", "Assets:Bank:Shared"):
        assert loaded.balance(account) == 0


def test_borrowing_ends_with_the_same_cash_fee_vat_and_interest(load: Load) -> None:
    loaded = load(LEDGER, TERMS, start="2026-03-01", treatment="borrowing")
    assert loaded.messages == []
    assert loaded.balance("Assets:Bank:Operating") == Decimal("11910.90")
    assert loaded.balance("Expenses:Factoring:Commission") == Decimal("48.00")
    assert loaded.balance("Assets:VAT:Deductible") == Decimal("9.60")
    assert loaded.balance("Expenses:Factoring:Interest") == Decimal("31.50")
    for account in ("Liabilities:Factor", "Assets:Factor", "Assets:Clients", "Assets:Bank:Shared"):
        assert loaded.balance(account) == 0
