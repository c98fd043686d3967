"""Interest by the day, commissions with their minimum, and the factor's other charges."""

from __future__ import annotations

from tests.conftest import Load
from tests.ledger_text import booked
from tests.ledger_text import days
from tests.ledger_text import invoice
from tests.ledger_text import line_of
from tests.ledger_text import payment
from tests.ledger_text import text
from tests.ledger_text import until

# 10,000 is remitted on 9 January and drawn on the 13th: 19 days to the month's end.
DRAWN = invoice("2026-01-06", "F1", "10000.00")


def test_interest_is_index_and_margin_on_each_days_draws(load: Load) -> None:
    loaded = load(
        '2026-01-05 custom "factoring" "index" "EURIBOR3M" 2.015\n' + DRAWN + until("2026-01-31"),
        "interest: {index: EURIBOR3M, margin: 0.01, vat: 0.20}",
    )
    assert loaded.messages == []
    # 10,000 × 19 days × 3.015 % ÷ 360 = 15.9125
    assert booked(loaded, "interest") == text("""
        2026-01-31 interest
          Expenses:Factoring:Interest  15.91 EUR
          Assets:VAT:Deductible  3.18 EUR
          Assets:Factor:Current  -19.09 EUR
    """)


def test_an_index_counts_from_its_date_on(load: Load) -> None:
    loaded = load(
        '2026-01-05 custom "factoring" "index" "EURIBOR3M" 2.00\n'
        '2026-01-23 custom "factoring" "index" "EURIBOR3M" 3.60\n' + DRAWN + until("2026-01-31"),
        "interest: {index: EURIBOR3M, vat: 0}",
    )
    # 10 days at 2 % and 9 days at 3.6 %: 5.5556 + 9.00
    assert str(loaded.balance("Expenses:Factoring:Interest")) == "14.56"


def test_another_index_does_not_count(load: Load) -> None:
    loaded = load(
        '2026-01-05 custom "factoring" "index" "EURIBOR3M" 2.00\n'
        '2026-01-23 custom "factoring" "index" "ESTER" 9.00\n' + DRAWN + until("2026-01-31"),
        "interest: {index: EURIBOR3M, vat: 0}",
    )
    assert str(loaded.balance("Expenses:Factoring:Interest")) == "10.56"


def test_a_floor_holds_the_index_up(load: Load) -> None:
    loaded = load(
        '2026-01-05 custom "factoring" "index" "EURIBOR3M" -0.50\n' + DRAWN + until("2026-01-31"),
        "interest: {index: EURIBOR3M, floor: 0, margin: 1.80 %, vat: 0}",
    )
    # 10,000 × 19 × 1.8 % ÷ 360
    assert str(loaded.balance("Expenses:Factoring:Interest")) == "9.50"


def test_without_an_index_the_rate_is_the_margin(load: Load) -> None:
    loaded = load(DRAWN + until("2026-01-31"), "interest: {margin: 3.65 %, basis: 365, vat: 0}")
    assert str(loaded.balance("Expenses:Factoring:Interest")) == "19.00"


def test_interest_is_booked_on_each_months_last_day(load: Load) -> None:
    loaded = load(DRAWN + until("2026-03-30"), "interest: {margin: 3.60 %, vat: 0}")
    assert booked(loaded, "interest") == text("""
        2026-01-31 interest
          Expenses:Factoring:Interest  19.00 EUR
          Assets:Factor:Current  -19.00 EUR
        2026-02-28 interest
          Expenses:Factoring:Interest  28.00 EUR
          Assets:Factor:Current  -28.00 EUR
    """)


def test_what_is_swept_bears_no_interest_from_that_day_on(load: Load) -> None:
    loaded = load(
        DRAWN + payment("2026-01-22", "F1", "10000.00") + until("2026-01-31"),
        "interest: {margin: 3.60 %, vat: 0}",
    )
    assert days(loaded, "sweep") == ["2026-01-23"]
    # Ten days' ends, 13 to 22 January.
    assert str(loaded.balance("Expenses:Factoring:Interest")) == "10.00"


def test_interest_on_funds_in_use_bears_on_the_fees_too(load: Load) -> None:
    loaded = load(
        DRAWN + until("2026-01-31"),
        "interest: {margin: 3.60 %, vat: 0, base: funds-in-use}\n"
        "commission: {rate: 0.01, vat: 0}\nfunding: {draw: requested}",
    )
    # Only the commission of 100 is in use: 23 days from 9 January on.
    assert str(loaded.balance("Expenses:Factoring:Interest")) == "0.23"


def test_the_factors_own_interest_is_booked_instead(load: Load) -> None:
    loaded = load(
        DRAWN + '2026-01-30 custom "factoring" "interest" "bpce" 17.95 EUR\n' + until("2026-01-31"),
        "interest: {margin: 3.60 %, vat: 0.20}",
    )
    # The 30th is in the stated figure; the 31st alone remains for the month's end.
    assert booked(loaded, "interest") == text("""
        2026-01-30 interest
          Expenses:Factoring:Interest  17.95 EUR
          Assets:VAT:Deductible  3.59 EUR
          Assets:Factor:Current  -21.54 EUR
        2026-01-31 interest
          Expenses:Factoring:Interest  1.00 EUR
          Assets:VAT:Deductible  0.20 EUR
          Assets:Factor:Current  -1.20 EUR
    """)


def test_the_factors_own_vat_on_interest_is_booked(load: Load) -> None:
    loaded = load(
        DRAWN + '2026-01-31 custom "factoring" "interest" "bpce" 18.00 EUR\n  vat: 3.59 EUR\n',
        "interest: {margin: 3.60 %, vat: 0.20}",
    )
    assert str(loaded.balance("Assets:VAT:Deductible")) == "3.59"


def test_no_value_of_the_index_yet_is_one_error_at_the_contracts_key(load: Load) -> None:
    loaded = load(
        '2026-01-20 custom "factoring" "index" "EURIBOR3M" 2.00\n' + DRAWN + until("2026-01-31"),
        "interest:\n  index: EURIBOR3M\n  vat: 0",
    )
    assert loaded.messages == [
        (
            "the index EURIBOR3M has no value on 2026-01-05: write 2026-01-05 custom"
            ' "factoring" "index" "EURIBOR3M" and its percent a year in the ledger'
        )
    ]
    contract = (loaded.folder / "contracts.yaml").read_text().splitlines()
    source = loaded.errors[0].source
    assert source["filename"] == str(loaded.folder / "contracts.yaml")
    assert "index: EURIBOR3M" in contract[source["lineno"] - 1]


def test_the_commission_is_rounded_per_document_with_a_minimum_each(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + invoice("2026-01-06", "F2", "101.25")
        + invoice("2026-01-06", "F3", "10.00")
        + until("2026-01-09"),
        "commission: {rate: 0.0040, vat: 0.20, per_document: 0.30}",
    )
    # 4.00 + 0.41 (0.405) + 0.30 for 0.04; VAT once on 4.71.
    assert booked(loaded, "commission") == text("""
        2026-01-09 commission
          Expenses:Factoring:Commission  4.71 EUR
          Assets:VAT:Deductible  0.94 EUR
          Assets:Factor:Current  -5.65 EUR
    """)


def test_a_rate_that_changes_in_time_counts_on_the_remittances_day(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + invoice("2026-01-13", "F2", "1000.00")
        + until("2026-01-16"),
        "commission: {rate: {2026-01-05: 0.0040, 2026-01-16: 0.35 %}, vat: 0}",
    )
    assert booked(loaded, "commission") == text("""
        2026-01-09 commission
          Expenses:Factoring:Commission  4.00 EUR
          Assets:Factor:Current  -4.00 EUR
        2026-01-16 commission
          Expenses:Factoring:Commission  3.50 EUR
          Assets:Factor:Current  -3.50 EUR
    """)


def test_the_yearly_minimum_is_topped_up_on_the_contract_years_last_day(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00") + until("2027-02-01"),
        "commission: {rate: 0.0040, vat: 0.20, per_year: 100}",
    )
    assert booked(loaded, "commission") == text("""
        2026-01-09 commission
          Expenses:Factoring:Commission  4.00 EUR
          Assets:VAT:Deductible  0.80 EUR
          Assets:Factor:Current  -4.80 EUR
        2027-01-04 commission
          Expenses:Factoring:Commission  96.00 EUR
          Assets:VAT:Deductible  19.20 EUR
          Assets:Factor:Current  -115.20 EUR
    """)
    assert loaded.of("commission")[1].narration == "Commission: yearly minimum"


CHARGES = """
charges:
  - {name: file, amount: 100, every: once, vat: 0.20}
  - {name: line, amount: 30, every: month, vat: 0}
  - {name: sending, amount: 2, every: remittance, vat: 0.20, account: Expenses:Factoring:Charges}
"""


def test_the_contracts_charges_have_their_rhythm_and_account(load: Load) -> None:
    loaded = load(invoice("2026-01-06", "F1", "1000.00") + until("2026-02-01"), CHARGES)
    assert loaded.messages == []
    assert booked(loaded, "charge") == text("""
        2026-01-05 charge
          Expenses:Factoring:Commission  100.00 EUR
          Assets:VAT:Deductible  20.00 EUR
          Assets:Factor:Current  -120.00 EUR
        2026-01-09 charge
          Expenses:Factoring:Charges  2.00 EUR
          Assets:VAT:Deductible  0.40 EUR
          Assets:Factor:Current  -2.40 EUR
        2026-01-31 charge
          Expenses:Factoring:Commission  30.00 EUR
          Assets:Factor:Current  -30.00 EUR
    """)


def test_a_charge_of_the_ledger_has_the_vat_of_the_contracts_of_that_name(load: Load) -> None:
    loaded = load(
        '2026-01-12 custom "factoring" "charge" "bpce" "line" 5.00 EUR\n'
        '2026-01-12 custom "factoring" "charge" "bpce" "audit" 250.00 EUR\n',
        CHARGES + "commission: {vat: 0.10}",
    )
    assert loaded.messages == []
    charges = [txn for txn in loaded.of("charge") if txn.date.day == 12]
    assert {txn.narration: len(txn.postings) for txn in charges} == {
        "Charge: line": 2,
        "Charge: audit": 3,
    }
    assert str(loaded.balance("Assets:VAT:Deductible")) == "45.00"
    sources = {txn.meta["factoring-source"] for txn in charges}
    assert f"main.beancount:{line_of(loaded, 'audit')}" in sources
