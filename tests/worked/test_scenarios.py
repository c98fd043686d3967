"""What customers, the factor and the firm do to a funded invoice: every entry, every account.

Worked scenarios S1 to S5 and S7, each under both treatments. Where their tables name 4197
(credits of customers), the credit stands on the customer's account: the plugin only adds to what
the user wrote. The collection account 4675 is booked beside the user's receipt, which credits the
customer. Some tables leave out what the fund does when a claim leaves the factor; here it is there.
"""

from __future__ import annotations

from tests.conftest import Load
from tests.worked.chain import FUNDED
from tests.worked.chain import OPENED
from tests.worked.chain import OPENED_BORROWING
from tests.worked.chain import TERMS
from tests.worked.chain import balances
from tests.worked.chain import booked
from tests.worked.chain import entries
from tests.worked.chain import funded
from tests.worked.chain import trial_balance


def receipt(amount: str, bank: str = "Assets:Bank:Shared") -> str:
    """Return a payment of the invoice on 10 March, and an entry two days later."""
    return f"""
    2026-03-10 * "DUPONT" "Payment"
      {bank}  {amount} EUR
      Assets:Clients:DUPONT  -{amount} EUR
        settles: "F2026-0001"

    2026-03-12 note Assets:Clients:DUPONT "The last day"
"""


PART = receipt("5000.00")


def test_a_partial_payment_releases_its_share_of_the_fund(load: Load) -> None:
    """S1, derecognition."""
    loaded = funded(load, PART, treatment="derecognition")
    assert booked(loaded, FUNDED) == entries("""
        2026-03-10 collection  Assets:Clients:DUPONT 5000.00
                               Liabilities:Factor:Collections -5000.00
        2026-03-11 sweep       Liabilities:Factor:Collections 5000.00  Assets:Bank:Shared -5000.00
        2026-03-11 guarantee   Assets:Factor:Current 500.00  Assets:Factor:Guarantee -500.00
    """)
    assert trial_balance(loaded) == OPENED | balances("""
        Assets:Factor:Current             742.40
        Assets:Factor:Guarantee           700.00
        Assets:Bank:Operating           10500.00
    """)


def test_a_partial_payment_repays_its_part_of_the_debt(load: Load) -> None:
    """S1, borrowing."""
    loaded = funded(load, PART, treatment="borrowing")
    assert booked(loaded) == entries(
        OPENED_BORROWING
        + """
        2026-03-11 sweep       Liabilities:Factor:Borrowing 5000.00  Assets:Bank:Shared -5000.00
    """
    )
    assert trial_balance(loaded) == OPENED | balances("""
        Assets:Clients:DUPONT            7000.00
        Liabilities:Factor:Borrowing    -5557.60
        Assets:Bank:Operating           10500.00
    """)


CREDIT_NOTE = """
    2026-03-10 * "DUPONT" "Credit note"
      Income:Sales                 1000.00 EUR
      Liabilities:VAT:Collected     200.00 EUR
      Assets:Clients:DUPONT       -1200.00 EUR
        credit-note: "A2026-0001"
        credits: "F2026-0001"

    2026-03-13 custom "factoring" "remit" "bpce"
"""


def test_a_credit_note_is_debited_with_the_next_remittance(load: Load) -> None:
    """S2, derecognition: until it is remitted it stands on the customer's account."""
    loaded = funded(load, CREDIT_NOTE, treatment="derecognition")
    assert trial_balance(loaded, "2026-03-12")["Assets:Clients:DUPONT"] == "-1200.00"
    assert booked(loaded, FUNDED) == entries("""
        2026-03-13 remittance  Assets:Clients:DUPONT 1200.00  Assets:Factor:Current -1200.00
        2026-03-13 guarantee   Assets:Factor:Current 120.00  Assets:Factor:Guarantee -120.00
    """)
    assert trial_balance(loaded) == OPENED | balances("""
        Income:Sales                    -9000.00
        Liabilities:VAT:Collected       -1800.00
        Assets:Factor:Current            -837.60
        Assets:Factor:Guarantee          1080.00
        Assets:Bank:Operating           10500.00
    """)


def test_a_credit_note_lowers_the_claim_and_not_the_debt(load: Load) -> None:
    """S2, borrowing."""
    loaded = funded(load, CREDIT_NOTE, treatment="borrowing")
    assert booked(loaded) == entries(OPENED_BORROWING)
    assert trial_balance(loaded) == OPENED | balances("""
        Assets:Clients:DUPONT           10800.00
        Income:Sales                    -9000.00
        Liabilities:VAT:Collected       -1800.00
        Liabilities:Factor:Borrowing   -10557.60
        Assets:Bank:Operating           10500.00
    """)


OVERPAID = (
    receipt("12300.00")
    + """
    2026-03-20 * "DUPONT" "What was paid too much goes back"
      Assets:Clients:DUPONT         300.00 EUR
      Assets:Bank:Operating        -300.00 EUR
"""
)


def test_the_factor_sweeps_an_overpayment_and_owes_it(load: Load) -> None:
    """S3, derecognition: the 300.00 wait on the customer's account until they are repaid."""
    loaded = funded(load, OVERPAID, treatment="derecognition")
    assert trial_balance(loaded, "2026-03-19")["Assets:Clients:DUPONT"] == "-300.00"
    assert booked(loaded, FUNDED) == entries("""
        2026-03-10 collection  Assets:Clients:DUPONT 12000.00
                               Liabilities:Factor:Collections -12000.00
        2026-03-11 sweep       Liabilities:Factor:Collections 12000.00
                               Assets:Factor:Current 300.00  Assets:Bank:Shared -12300.00
        2026-03-11 guarantee   Assets:Factor:Current 1200.00  Assets:Factor:Guarantee -1200.00
    """)
    assert trial_balance(loaded) == OPENED | balances("""
        Assets:Factor:Current            1742.40
        Assets:Bank:Operating           10200.00
    """)


def test_an_overpayment_repays_the_debt_too(load: Load) -> None:
    """S3, borrowing: more than the debt was swept, so that the factor owes the difference."""
    loaded = funded(load, OVERPAID, treatment="borrowing")
    assert trial_balance(loaded, "2026-03-19")["Assets:Clients:DUPONT"] == "-300.00"
    assert booked(loaded) == entries(
        OPENED_BORROWING
        + """
        2026-03-11 sweep       Liabilities:Factor:Borrowing 12300.00  Assets:Bank:Shared -12300.00
    """
    )
    assert trial_balance(loaded) == OPENED | balances("""
        Liabilities:Factor:Borrowing     1742.40
        Assets:Bank:Operating           10200.00
    """)


DEFAULT = """
    2026-03-20 custom "factoring" "default" "bpce" "F2026-0001"
"""


def test_with_recourse_the_seller_takes_the_unpaid_claim_back_whole(load: Load) -> None:
    """S4, derecognition: the fund released is the claim's tenth."""
    loaded = funded(load, DEFAULT, treatment="derecognition")
    assert booked(loaded, FUNDED) == entries("""
        2026-03-20 default     Assets:Doubtful 12000.00  Assets:Factor:Current -12000.00
        2026-03-20 guarantee   Assets:Factor:Current 1200.00  Assets:Factor:Guarantee -1200.00
    """)
    assert trial_balance(loaded) == OPENED | balances("""
        Assets:Doubtful                 12000.00
        Assets:Factor:Current          -10557.60
        Assets:Bank:Operating           10500.00
    """)


def test_with_recourse_an_unpaid_claim_leaves_the_debt_as_it_is(load: Load) -> None:
    """S4, borrowing."""
    loaded = funded(load, DEFAULT, treatment="borrowing")
    assert booked(loaded) == entries(
        OPENED_BORROWING
        + """
        2026-03-20 default     Assets:Doubtful 12000.00  Assets:Clients:DUPONT -12000.00
    """
    )
    assert trial_balance(loaded) == OPENED | balances("""
        Assets:Doubtful                 12000.00
        Liabilities:Factor:Borrowing   -10557.60
        Assets:Bank:Operating           10500.00
    """)


GUARANTEED = "    recourse: 0.20" + TERMS


def test_where_the_factor_guarantees_four_fifths_the_seller_bears_one(load: Load) -> None:
    """S5, derecognition."""
    loaded = funded(load, DEFAULT, treatment="derecognition", terms=GUARANTEED)
    assert booked(loaded, FUNDED) == entries("""
        2026-03-20 default     Assets:Doubtful 2400.00  Assets:Factor:Current -2400.00
        2026-03-20 guarantee   Assets:Factor:Current 1200.00  Assets:Factor:Guarantee -1200.00
    """)
    assert trial_balance(loaded) == OPENED | balances("""
        Assets:Doubtful                  2400.00
        Assets:Factor:Current            -957.60
        Assets:Bank:Operating           10500.00
    """)


def test_what_the_factor_guarantees_extinguishes_the_debt(load: Load) -> None:
    """S5, borrowing: the table's two entries are one."""
    loaded = funded(load, DEFAULT, treatment="borrowing", terms=GUARANTEED)
    assert booked(loaded) == entries(
        OPENED_BORROWING
        + """
        2026-03-20 default     Liabilities:Factor:Borrowing 9600.00  Assets:Doubtful 2400.00
                               Assets:Clients:DUPONT -12000.00
    """
    )
    assert trial_balance(loaded) == OPENED | balances("""
        Assets:Doubtful                  2400.00
        Liabilities:Factor:Borrowing     -957.60
        Assets:Bank:Operating           10500.00
    """)


ON_THE_WRONG_ACCOUNT = receipt("12000.00", "Assets:Bank:Operating")


def test_money_on_the_operating_account_is_handed_over_from_there(load: Load) -> None:
    """S7, derecognition."""
    loaded = funded(load, ON_THE_WRONG_ACCOUNT, treatment="derecognition")
    assert booked(loaded, FUNDED) == entries("""
        2026-03-10 collection  Assets:Clients:DUPONT 12000.00
                               Liabilities:Factor:Collections -12000.00
        2026-03-11 sweep       Liabilities:Factor:Collections 12000.00
                               Assets:Bank:Operating -12000.00
        2026-03-11 guarantee   Assets:Factor:Current 1200.00  Assets:Factor:Guarantee -1200.00
    """)
    assert trial_balance(loaded) == OPENED | balances("""
        Assets:Factor:Current            1442.40
        Assets:Bank:Operating           10500.00
    """)


def test_money_on_the_operating_account_repays_the_debt_from_there(load: Load) -> None:
    """S7, borrowing."""
    loaded = funded(load, ON_THE_WRONG_ACCOUNT, treatment="borrowing")
    assert booked(loaded) == entries(
        OPENED_BORROWING
        + """
        2026-03-11 sweep       Liabilities:Factor:Borrowing 12000.00
                               Assets:Bank:Operating -12000.00
    """
    )
    assert trial_balance(loaded) == OPENED | balances("""
        Liabilities:Factor:Borrowing     1442.40
        Assets:Bank:Operating           10500.00
    """)
