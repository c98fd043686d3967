"""The firm's own entries around the plugin's, and the contract's end: every entry, every account.

Worked scenarios S6 (own credit insurance), S8 (impairment), S9 (closing accruals), S10 (contract's
end), each under both treatments. Insurance, losses, impairments and accruals are the firm's own
entries: where they touch no account of the factor the plugin's entries are the same without them.
"""

from __future__ import annotations

import pytest

from tests.conftest import Load
from tests.worked.chain import FUNDED
from tests.worked.chain import OPENED
from tests.worked.chain import OPENED_BORROWING
from tests.worked.chain import balances
from tests.worked.chain import booked
from tests.worked.chain import entries
from tests.worked.chain import funded
from tests.worked.chain import trial_balance

TREATMENTS = pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])

INSURED = """
    2026-03-20 custom "factoring" "default" "bpce" "F2026-0001"

    2026-04-10 * "Insurer" "Indemnity, nine tenths without VAT, paid to the factor"
      {factor}                     9000.00 EUR
      Income:Insurance            -9000.00 EUR

    2026-04-15 * "DUPONT" "Irrecoverable: the VAT comes back with a corrected invoice"
      Expenses:BadDebts           10000.00 EUR
      Liabilities:VAT:Collected    2000.00 EUR
      Assets:Doubtful            -12000.00 EUR
"""


def test_an_indemnity_paid_to_the_factor_counts_in_the_current_account(load: Load) -> None:
    """S6, derecognition."""
    text = INSURED.format(factor="Assets:Factor:Current")
    loaded = funded(load, text, treatment="derecognition")
    assert booked(loaded, FUNDED) == entries("""
        2026-03-20 default     Assets:Doubtful 12000.00  Assets:Factor:Current -12000.00
        2026-03-20 guarantee   Assets:Factor:Current 1200.00  Assets:Factor:Guarantee -1200.00
    """)
    assert trial_balance(loaded) == balances("""
        Income:Sales                   -10000.00
        Income:Insurance                -9000.00
        Expenses:BadDebts               10000.00
        Assets:Factor:Current           -1557.60
        Assets:Bank:Operating           10500.00
        Expenses:Factoring:Commission      48.00
        Assets:VAT:Deductible               9.60
    """)


def test_an_indemnity_paid_to_the_factor_repays_the_debt(load: Load) -> None:
    """S6, borrowing."""
    text = INSURED.format(factor="Liabilities:Factor:Borrowing")
    loaded = funded(load, text, treatment="borrowing")
    assert booked(loaded) == entries(
        OPENED_BORROWING
        + """
        2026-03-20 default     Assets:Doubtful 12000.00  Assets:Clients:DUPONT -12000.00
    """
    )
    assert trial_balance(loaded) == balances("""
        Income:Sales                   -10000.00
        Income:Insurance                -9000.00
        Expenses:BadDebts               10000.00
        Liabilities:Factor:Borrowing    -1557.60
        Assets:Bank:Operating           10500.00
        Expenses:Factoring:Commission      48.00
        Assets:VAT:Deductible               9.60
    """)


UNPAID = """
    2026-03-20 custom "factoring" "default" "bpce" "F2026-0001"
    2026-12-31 note Assets:Doubtful "The year's last day"
"""
IMPAIRED = """
    2026-12-31 * "Half of the claim without VAT is thought lost"
      Expenses:Impairment          5000.00 EUR
      Assets:Doubtful:Impairment  -5000.00 EUR
"""


@TREATMENTS
def test_an_impairment_stands_beside_the_plugins_entries(load: Load, treatment: str) -> None:
    """S8: on a claim that came back with recourse; the doubtful account's total is what is left."""
    without = funded(load, UNPAID, treatment=treatment)
    loaded = funded(load, UNPAID + IMPAIRED, treatment=treatment)
    assert booked(loaded) == booked(without)
    assert trial_balance(loaded) == trial_balance(without) | balances("""
        Expenses:Impairment              5000.00
        Assets:Doubtful:Impairment      -5000.00
    """)
    assert loaded.balance("Assets:Doubtful") == 7000


ACCRUING = """
    remittance: {every: declared}
    funding: {draw: requested}
    guarantee_fund: {rate: 0.10}
    commission: {rate: 0.40 %, vat: 0.20}
    interest: {margin: 3.60 %, vat: 0}
"""
YEAR_END = """
    2026-03-20 * "DUPONT" "Invoice, remitted after the year's end"
      Assets:Clients:DUPONT       12000.00 EUR
        invoice: "F2026-0002"
      Income:Sales               -10000.00 EUR
      Liabilities:VAT:Collected   -2000.00 EUR

    2026-04-01 custom "factoring" "remit" "bpce"
"""
ACCRUALS = """
    2026-03-30 * "Interest of thirty days, not booked yet"
      Expenses:Factoring:Interest    31.50 EUR
      Liabilities:Accrued:Interest  -31.50 EUR

    2026-03-30 * "Commission on what is remitted next, not invoiced yet"
      Expenses:Factoring:Commission   48.00 EUR
      Assets:VAT:ToInvoice             9.60 EUR
      Liabilities:Accrued:Suppliers  -57.60 EUR

    2026-03-31 * "Reversal"
      Liabilities:Accrued:Interest   31.50 EUR
      Expenses:Factoring:Interest   -31.50 EUR

    2026-03-31 * "Reversal"
      Liabilities:Accrued:Suppliers   57.60 EUR
      Expenses:Factoring:Commission  -48.00 EUR
      Assets:VAT:ToInvoice            -9.60 EUR
"""


@TREATMENTS
def test_closing_accruals_are_reversed_before_the_plugin_books_the_same(
    load: Load, treatment: str
) -> None:
    """S9: a year that ends on 30 March, the eve of the month's interest.

    At a month's end nothing is to accrue: the interest and the commission of each remittance are
    booked already, on the factor's account (468 and 4081 in the table).
    """
    without = funded(load, YEAR_END, treatment=treatment, terms=ACCRUING)
    loaded = funded(load, YEAR_END + ACCRUALS, treatment=treatment, terms=ACCRUING)
    assert booked(loaded) == booked(without)
    before = trial_balance(without, "2026-03-30")
    assert before["Expenses:Factoring:Commission"] == "48.00"
    assert trial_balance(loaded, "2026-03-30") == before | balances("""
        Expenses:Factoring:Interest        31.50
        Liabilities:Accrued:Interest      -31.50
        Expenses:Factoring:Commission      96.00
        Assets:VAT:ToInvoice                9.60
        Liabilities:Accrued:Suppliers     -57.60
    """)
    # The plugin has booked a day of interest more, and the same commission.
    after = trial_balance(loaded, "2026-04-01")
    assert after == trial_balance(without, "2026-04-01")
    assert after["Expenses:Factoring:Interest"] == "32.55"
    assert after["Expenses:Factoring:Commission"] == "96.00"


ROLLED = """
    remittance: {every: declared}
    funding: {draw: requested}
    guarantee_fund: {rate: 0.10, build: ceiling, ceiling: 1200}
    commission: {rate: 0.40 %, vat: 0.20}
"""
END = """
    2026-03-02 custom "factoring" "draw" "bpce" 242.40 EUR

    2026-03-10 * "DUPONT" "Payment"
      Assets:Bank:Shared          12000.00 EUR
      Assets:Clients:DUPONT      -12000.00 EUR
        settles: "F2026-0001"

    2026-03-20 custom "factoring" "charge" "bpce" "closing" 100.00 EUR
    2026-03-20 custom "factoring" "close" "bpce"
"""
KEPT_UNTIL_THE_END = OPENED | {
    "Assets:Bank:Operating": "11822.40",
    "Expenses:Factoring:Commission": "148.00",
    "Assets:VAT:Deductible": "29.60",
}


def test_at_the_end_the_fund_comes_back_less_the_last_charge(load: Load) -> None:
    """S10, derecognition: a fund kept to the end; its release and the payment are one entry."""
    loaded = funded(load, END, treatment="derecognition", terms=ROLLED)
    assert booked(loaded, "2026-03-19") == entries("""
        2026-03-20 charge      Expenses:Factoring:Commission 100.00  Assets:VAT:Deductible 20.00
                               Assets:Factor:Current -120.00
        2026-03-20 close       Assets:Factor:Current 120.00  Assets:Factor:Guarantee -1200.00
                               Assets:Bank:Operating 1080.00
    """)
    assert trial_balance(loaded) == KEPT_UNTIL_THE_END


def test_at_the_end_what_the_factor_owes_comes_back_less_the_last_charge(load: Load) -> None:
    """S10's first history under borrowing: the same cash."""
    loaded = funded(load, END, treatment="borrowing", terms=ROLLED)
    assert trial_balance(loaded, "2026-03-19")["Liabilities:Factor:Borrowing"] == "1200.00"
    assert booked(loaded, "2026-03-19") == entries("""
        2026-03-20 charge      Expenses:Factoring:Commission 100.00  Assets:VAT:Deductible 20.00
                               Liabilities:Factor:Borrowing -120.00
        2026-03-20 close       Assets:Bank:Operating 1080.00  Liabilities:Factor:Borrowing -1080.00
    """)
    assert trial_balance(loaded) == KEPT_UNTIL_THE_END


DRAWN_OUT = END.replace(
    '2026-03-20 custom "factoring" "charge"',
    '2026-03-12 custom "factoring" "draw" "bpce" 1200.00 EUR\n\n'
    '    2026-03-20 custom "factoring" "charge"',
)


@pytest.mark.parametrize(
    ("treatment", "account"),
    [("derecognition", "Assets:Factor:Current"), ("borrowing", "Liabilities:Factor:Borrowing")],
)
def test_at_the_end_the_firm_pays_a_last_charge_that_nothing_covers(
    load: Load, treatment: str, account: str
) -> None:
    """S10, borrowing, and the same under derecognition: all was drawn before."""
    loaded = funded(load, DRAWN_OUT, treatment=treatment)
    assert account not in trial_balance(loaded, "2026-03-19")
    assert booked(loaded, "2026-03-19") == entries(f"""
        2026-03-20 charge      Expenses:Factoring:Commission 100.00  Assets:VAT:Deductible 20.00
                               {account} -120.00
        2026-03-20 close       {account} 120.00  Assets:Bank:Operating -120.00
    """)
    assert trial_balance(loaded) == KEPT_UNTIL_THE_END
