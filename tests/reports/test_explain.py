"""What an explanation says: the terms of each figure, by example."""

from __future__ import annotations

import datetime
from decimal import Decimal
from textwrap import dedent

import pytest

from beancount_factoring.reports.explain import UnknownSubjectError
from beancount_factoring.reports.explain import explanation
from beancount_factoring.reports.explain import subject_of
from beancount_factoring.reports.position import position_report
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import report_source
from tests.conftest import Load
from tests.ledger_text import contract_with
from tests.ledger_text import credit_note
from tests.ledger_text import invoice
from tests.ledger_text import line_of
from tests.ledger_text import payment
from tests.ledger_text import text
from tests.ledger_text import until
from tests.reports.told import TWO
from tests.reports.told import terms_of
from tests.reports.told import told
from tests.reports.told import written


def test_available_is_what_is_eligible_less_the_fund_and_the_funds_in_use(load: Load) -> None:
    assert terms_of(
        load, TWO + until("2026-01-09"), "guarantee_fund: {rate: 0.10}", "available"
    ) == text("""
        1350.00 capacity: eligible less the guarantee fund
          1500.00 eligible
          -150.00 guarantee fund
        0.00 funds in use
          -1500.00 factor outstanding
          150.00 guarantee fund
          0.00 reserve
          1350.00 current account
    """)


@pytest.mark.parametrize(("ceiling", "bites"), [("800", True), ("9000", False)])
def test_the_ceiling_is_a_term_where_it_bites(load: Load, ceiling: str, bites: bool) -> None:
    terms = f"""
        guarantee_fund: {{rate: 0.10}}
        funding: {{ceiling: {ceiling}}}
    """
    capacity = told(load(TWO + until("2026-01-09"), dedent(terms)), "available").terms[0]
    if bites:
        assert capacity.text == "capacity: the ceiling, below eligible less the guarantee fund"
        assert written(capacity.terms[2:]) == "-550.00 above the ceiling of 800.00"
        (place,) = capacity.terms[2].places
        assert (place.key, place.default) == ("funding.ceiling", False)
    else:
        assert capacity.text.endswith("within the ceiling of 9000.00")
        assert len(capacity.terms) == 2


def test_what_the_last_draw_left_and_what_has_changed_it_since(load: Load) -> None:
    ledger = (
        TWO
        + payment("2026-01-14", "F2", "200.00")
        + '\n2026-01-14 custom "factoring" "dispute" "bpce" "F2"\n'
        + credit_note("2026-01-15", "A1", "100.00", corrects="F1")
        + until("2026-02-01")
    )
    terms = """
        guarantee_fund: {rate: 0.10}
        interest: {margin: 3.60 %, vat: 0.20}
    """
    loaded = load(ledger, terms)
    available = told(loaded, "available")
    assert str(available.amount) == "-372.68"
    assert written(available.check) == text("""
        0.00 2026-01-13 available at the end of that day, after its draw; what has changed it since:
        -300.00 outstanding
        -300.00 disputed
        30.00 guarantee fund
        -2.23 interest
        -0.45 vat
        200.00 all swept money
    """)
    assert available.check[0].transactions == ("bpce/2026-01-13/draw",)
    assert told(loaded, "available", "2026-01-13").check == ()
    assert written(told(loaded, "available", "2026-01-14").check[1:]) == text("""
        -200.00 outstanding
        -300.00 disputed
    """)


def test_where_nothing_has_changed_since_the_last_draw(load: Load) -> None:
    available = told(load(TWO + until("2026-01-15")), "available")
    assert written(available.check) == (
        "0.00 2026-01-13 available at the end of that day, after its draw; nothing has changed it"
        " since"
    )


def test_under_a_ceiling_and_an_advance_rate_the_changes_add_up_too(load: Load) -> None:
    ledger = TWO + '\n2026-01-15 custom "factoring" "dispute" "bpce" "F1"\n'
    terms = "funding: {model: advance-rate, advance_rate: 80 %, ceiling: 1000}"
    available = told(load(ledger, terms), "available")
    assert written(available.terms[:1]) == text("""
        400.00 capacity: the advance rate of what is eligible, within the ceiling of 1000.00
          400.00 80.00 % of eligible 500.00
    """)
    assert written(available.check) == text("""
        0.00 2026-01-13 available at the end of that day, after its draw; what has changed it since:
        -1000.00 disputed
        200.00 what the advance rate leaves out
        200.00 above the ceiling
    """)


def test_an_advance_rate_is_a_share_of_what_is_eligible(load: Load) -> None:
    terms = "funding: {model: advance-rate, advance_rate: 85 %}"
    assert terms_of(load, TWO + until("2026-01-09"), terms, "available").startswith(
        text("""
        1275.00 capacity: the advance rate of what is eligible
          1275.00 85.00 % of eligible 1500.00
        """)
    )


def test_a_ratio_says_what_its_ceiling_cuts_off_and_its_floor_adds(load: Load) -> None:
    ledger = TWO + until("2026-01-09")
    terms = "guarantee_fund: {rate: 0.10, ceiling: 100}"
    assert terms_of(load, ledger, terms, "guarantee_fund") == text("""
        150.00 10.00 % of factor outstanding 1500.00
        -50.00 above the ceiling of 100.00
    """)
    terms = "guarantee_fund: {rate: 0.10, floor: 400}"
    assert terms_of(load, ledger, terms, "guarantee_fund") == text("""
        150.00 10.00 % of factor outstanding 1500.00
        250.00 up to the floor of 400.00
    """)


def test_a_fund_built_to_a_ceiling_is_what_each_remittance_gave(load: Load) -> None:
    later = invoice("2026-01-13", "F3", "2000.00")
    terms = "guarantee_fund: {rate: 0.10, build: ceiling, ceiling: 200}"
    assert terms_of(load, TWO + later + until("2026-01-31"), terms, "guarantee_fund") == text("""
        150.00 2026-01-09 10.00 % of 1500.00 assigned
        50.00 2026-01-16 10.00 % of 2000.00 assigned, as far as the ceiling leaves room
          200.00 10.00 % of 2000.00 assigned
          -150.00 above the ceiling of the fund
    """)


def test_a_revolving_fund_is_what_each_document_keeps(load: Load) -> None:
    ledger = TWO + payment("2026-01-13", "F1", "600.00") + until("2026-01-14")
    terms = "guarantee_fund: {rate: 0.10, build: revolving}"
    assert terms_of(load, ledger, terms, "guarantee_fund") == text("""
        40.00 2026-01-09 F1: gave 100.00, 10.00 % of 1000.00 assigned; keeps the share of 400.00\
 that is left with the factor
        50.00 2026-01-09 F2: gave 50.00, 10.00 % of 500.00 assigned
    """)


def test_what_the_factor_states_is_a_term_with_its_line(load: Load) -> None:
    ledger = (
        TWO
        + """
2026-01-09 custom "factoring" "remit" "bpce"
  commission: 7.00 EUR
  vat: 1.50 EUR
  guarantee: 160.00 EUR
"""
        + until("2026-01-09")
    )
    terms = """
        guarantee_fund: {rate: 0.10}
        commission: {rate: 0.40 %, vat: 0.20}
    """
    loaded = load(ledger, dedent(terms))
    commission = told(loaded, "commission_to_date")
    assert written(commission.terms) == text("""
        7.00 2026-01-09 remittance bpce/2026-01: 0.40 % of 1500.00, document by document
          4.00 F1: 0.40 % of 1000.00
          2.00 F2: 0.40 % of 500.00
          1.00 the factor's own figure 7.00, computed 6.00
    """)
    assert written(told(loaded, "vat_to_date").terms) == text("""
        1.50 2026-01-09 commission on bpce/2026-01: the factor's own figure
          1.40 20.00 % of 7.00
          0.10 the factor's own figure 1.50, computed 1.40
    """)
    fund = told(loaded, "guarantee_fund")
    assert written(fund.terms[1:]) == (
        "10.00 2026-01-09 the factor's own movement 160.00, computed 150.00"
    )
    remit = line_of(loaded, '"remit"')
    assert [p.line for p in (*fund.terms[1].places, *commission.terms[0].places)] == [remit, remit]


def test_a_document_s_commission_may_be_the_minimum_and_a_year_is_topped_up(load: Load) -> None:
    terms = "commission: {rate: 0.40 %, per_document: 3, per_year: 100, vat: 0}"
    ledger = TWO + until("2027-01-04")
    loaded = load(ledger, terms)
    assert written(told(loaded, "commission_to_date").terms) == text("""
        7.00 2026-01-09 remittance bpce/2026-01: 0.40 % of 1500.00, document by document
          4.00 F1: 0.40 % of 1000.00
          3.00 F2: minimum per document, 2.00 at the rate
        93.00 2027-01-04 yearly minimum
          100.00 minimum for the contract year
          -7.00 commission booked in the year
    """)


def test_interest_is_days_of_balance_and_rate_and_one_rounding(load: Load) -> None:
    index = """
2026-01-01 custom "factoring" "index" "EURIBOR3M" 2.015
2026-01-20 custom "factoring" "index" "EURIBOR3M" -0.50
"""
    terms = "interest: {index: EURIBOR3M, floor: 0, margin: 1.47 %, vat: 0}"
    loaded = load(index + TWO + until("2026-01-31"), terms)
    interest = told(loaded, "interest_to_date")
    assert written(interest.terms) == text("""
        1.75 2026-01-31 interest of the days since the last booking
          0.00 2026-01-05 8 days to 2026-01-12 on 0.00 at 3.485 % (EURIBOR3M 2.015 %, margin\
 1.47 %), 360 days a year
          1.02 2026-01-13 7 days to 2026-01-19 on 1500.00 at 3.485 % (EURIBOR3M 2.015 %, margin\
 1.47 %), 360 days a year
          0.74 2026-01-20 12 days to 2026-01-31 on 1500.00 at 1.47 % (floor 0.00 % above EURIBOR3M\
 -0.50 %, margin 1.47 %), 360 days a year
          -0.01 rounded once, on the sum of the days
    """)
    (booking,) = interest.terms
    assert booking.transactions == ("bpce/2026-01-31/interest",)
    lines = [line_of(loaded, "2026-01-01 custom"), line_of(loaded, "2026-01-20 custom")]
    assert [booking.terms[place].places[0].line for place in (1, 2)] == lines
    assert [place.key for place in booking.terms[2].places[1:]] == [
        "interest.floor",
        "interest.margin",
    ]


def test_outstanding_is_by_document_what_the_factor_holds_less_what_is_on_its_way(
    load: Load,
) -> None:
    ledger = (
        TWO
        + credit_note("2026-01-13", "A1", "100.00", corrects="F1")
        + payment("2026-01-13", "F2", "200.00")
        + until("2026-01-13")
    )
    loaded = load(ledger)
    outstanding = told(loaded, "outstanding")
    assert written(outstanding.terms) == text("""
        1500.00 factor outstanding: what the factor holds
          1000.00 2026-01-06 F1 of DUPONT, 1000.00 remitted on 2026-01-09
          500.00 2026-01-07 F2 of DUPONT, 500.00 remitted on 2026-01-09
        -200.00 collections in hand, not swept yet
          -200.00 2026-01-13 F2 of DUPONT, received on Assets:Bank:Shared, swept on 2026-01-14
        -100.00 credit notes in transit, not remitted yet
          -100.00 2026-01-13 credit note A1 of DUPONT on F1
    """)
    (held,) = outstanding.terms[1].terms
    assert held.transactions == ("bpce/2026-01-13/collection/F2",)
    assert held.what == "F2"


def test_the_accounts_are_their_movements_by_kind(load: Load) -> None:
    ledger = TWO + payment("2026-01-14", "F1", "1000.00") + until("2026-01-15")
    loaded = load(ledger, "commission: {rate: 0.40 %, vat: 0.20}")
    assert written(told(loaded, "current_account").terms) == text("""
        1500.00 invoices remitted
          1500.00 2026-01-09 remittance bpce/2026-01
        -7.20 commission, with VAT
          -7.20 2026-01-09 on remittance bpce/2026-01: 6.00 and VAT 1.20
        -1492.80 draws
          -1492.80 2026-01-13 draw
    """)
    assert written(term for term in told(loaded, "shared_account").terms) == text("""
        1492.80 draws
          1492.80 2026-01-13 BPCE Factor Draw
        -1492.80 transfers to the operating account
          -1492.80 2026-01-13 BPCE Factor Transfer to the operating account
        1000.00 receipts of customers
          1000.00 2026-01-14 DUPONT Payment of F1
        -1000.00 sweeps
          -1000.00 2026-01-15 BPCE Factor Sweep
    """)


def test_a_treatment_that_books_nothing_names_no_transaction(load: Load) -> None:
    ledger = TWO + until("2026-01-09")
    for treatment, booked in (
        ("derecognition", ("bpce/2026-01/remittance",)),
        ("borrowing", ()),
    ):
        (remitted,) = told(load(ledger, treatment=treatment), "current_account").terms
        assert remitted.terms[0].transactions == booked


def test_a_printed_copy_is_a_transaction_too(load: Load) -> None:
    copy = """
2026-01-09 * "BPCE Factor" "Remittance bpce/2026-01" #factoring
  factoring: "bpce"
  factoring-event: "remittance"
  factoring-id: "bpce/2026-01/remittance"
  remittance: "bpce/2026-01"
  Assets:Factor:Current  1500.00 EUR
  Assets:Clients:DUPONT  -1000.00 EUR
  Assets:Clients:DUPONT  -500.00 EUR
"""
    (remitted,) = told(load(TWO + copy + until("2026-01-09")), "current_account").terms
    assert remitted.terms[0].transactions == ("bpce/2026-01/remittance",)


def test_before_the_start_and_after_the_close_it_says_why_there_is_nothing(load: Load) -> None:
    loaded = load(
        TWO + '\n2026-01-20 custom "factoring" "close" "bpce"\n' + until("2026-01-31"),
        "funding: {ceiling: 900}",
    )
    early = told(loaded, "ceiling", "2026-01-04")
    assert written(early.terms) == "0.00 the contract begins on 2026-01-05"
    late = told(loaded, "available")
    assert written(late.terms) == "0.00 2026-01-20 the contract was closed on 2026-01-20"
    assert late.terms[0].places[0].line == line_of(loaded, '"close"')


def test_a_refused_close_closes_nothing(load: Load) -> None:
    closes = """
2026-01-02 custom "factoring" "close" "bpce" ; before the start
2026-01-20 custom "factoring" "close" "bpce" ; the close
"""
    loaded = load(TWO + closes)
    assert len(loaded.messages) == 1
    source = report_source(loaded.entries, loaded.options)
    (on,) = source.on()
    (term,) = explanation(source, on, "available").terms
    assert term.text == "the contract was closed on 2026-01-20"
    assert term.places[0].line == line_of(loaded, "; the close")


def test_no_ceiling_has_no_amount(load: Load) -> None:
    ceiling = told(load(TWO), "ceiling")
    assert ceiling.amount is None
    assert written(ceiling.terms) == "None the contract has no ceiling"


def test_past_the_ledger_s_end_the_reserve_is_what_it_was_when_it_last_moved(load: Load) -> None:
    terms = "    eligibility: {overdue: 10}\n    funding: {reserve: posted}\n"
    contract = contract_with("reserve: Assets:Factor:Reserve") + terms
    loaded = load(TWO + until("2026-01-09"), contract=contract)
    source = report_source(loaded.entries, loaded.options)
    (on,) = source.on(datetime.date(2026, 6, 30))
    assert position_report(source, on).eligible == Decimal()
    # Looked at after a later day, the earlier one has its own eyes.
    assert explanation(source, on, "reserve").terms == ()
    assert explanation(source, on, "ineligible.overdue").amount == Decimal("1500.00")


class TestSubjects:
    def days(self, load: Load, number: str) -> list[ContractDay]:
        loaded = load(invoice("2026-01-06", number, "1000.00"))
        return list(report_source(loaded.entries, loaded.options).on())

    @pytest.mark.parametrize(
        ("what", "key"),
        [
            ("available", "available"),
            ("overdue", "ineligible.overdue"),
            ("ineligible.over_limit", "ineligible.over_limit"),
            ("over limit", "ineligible.over_limit"),
            ("commission to date", "commission_to_date"),
        ],
    )
    def test_keys(self, load: Load, what: str, key: str) -> None:
        assert subject_of(what, self.days(load, "F1")).key == key

    def test_a_key_wins_over_a_number_that_can_be_named(self, load: Load) -> None:
        days = self.days(load, "available")
        assert subject_of("available", days).key == "available"
        assert subject_of("document:available", days).number == "available"

    def test_what_is_neither_has_numbers_like_it(self, load: Load) -> None:
        with pytest.raises(UnknownSubjectError) as error:
            subject_of("F2026-001", self.days(load, "F2026-0001"))
        assert error.value.nearest == ("F2026-0001",)
