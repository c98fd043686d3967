"""Events as sums: a remittance, a draw at its moment, the interest that is not booked yet."""

from __future__ import annotations

import pytest

from beancount_factoring.reports.explain import Subject
from beancount_factoring.reports.explain import subject_of
from beancount_factoring.reports.explain_events import event_explanation
from beancount_factoring.reports.explain_events import explainable
from beancount_factoring.reports.explain_terms import Explanation
from beancount_factoring.reports.explain_terms import total
from beancount_factoring.reports.source import report_source
from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import credit_note
from tests.ledger_text import invoice
from tests.ledger_text import line_of
from tests.ledger_text import payment
from tests.ledger_text import text
from tests.ledger_text import until
from tests.reports.told import TWO
from tests.reports.told import told
from tests.reports.told import written


def event_told(loaded: Loaded, what: str) -> Explanation:
    assert loaded.messages == []
    source = report_source(loaded.entries, loaded.options)
    days = source.on()
    assert subject_of(what, days) == Subject(None, event=what)
    (on,) = days
    event = explainable(on, what)
    assert event is not None
    explained = event_explanation(source, on, event)
    assert explained.amount == total(explained.terms, on.amount(0))
    return explained


# Remittances


def test_a_remittance_by_its_number(load: Load) -> None:
    loaded = load(
        TWO
        + credit_note("2026-01-12", "A1", "100.00", corrects="F1")
        + invoice("2026-01-13", "F3", "70.00", debtor="MARTIN")
        + payment("2026-01-14", "F2", "20.00", bank="Expenses:Discounts")
        + until("2026-01-31")
    )
    explained = event_told(loaded, "bpce/2026-02")
    assert (explained.what, str(explained.date)) == ("bpce/2026-02", "2026-01-16")
    assert written(explained.terms) == text("""
        70.00 2026-01-13 F3 of MARTIN, due 2026-02-12
        -100.00 2026-01-12 credit note A1 of DUPONT
        -20.00 2026-01-07 reduction of F2 of DUPONT
    """)
    first = explained.terms[0]
    assert [place.line for place in first.places] == [line_of(loaded, "Invoice F3")]
    assert (first.what, first.transactions) == ("F3", ("bpce/2026-02/remittance",))
    assert event_told(loaded, "bpce/2026-02/remittance") == explained


def test_a_remittance_s_own_number(load: Load) -> None:
    remit = '\n2026-01-09 custom "factoring" "remit" "bpce"\n  number: "R-7"\n'
    explained = event_told(load(TWO + remit + until("2026-01-10")), "R-7")
    assert (explained.what, str(explained.amount)) == ("R-7", "1500.00")


def test_the_number_of_a_document_wins(load: Load) -> None:
    remit = '\n2026-01-09 custom "factoring" "remit" "bpce"\n  number: "F1"\n'
    loaded = load(TWO + remit + until("2026-01-10"))
    source = report_source(loaded.entries, loaded.options)
    assert subject_of("F1", source.on()) == Subject(None, "F1")


# Draws


def test_a_draw_is_what_was_available_to_it(load: Load) -> None:
    loaded = load(TWO + until("2026-02-10"), "guarantee_fund: {rate: 10 %}")
    explained = event_told(loaded, "bpce/2026-01-13/draw")
    assert (str(explained.amount), str(explained.date)) == ("1350.00", "2026-01-13")
    assert written(explained.terms) == text("""
        1350.00 capacity: eligible less the guarantee fund
          1500.00 eligible
          -150.00 guarantee fund
        0.00 funds in use before the draw
          -1350.00 funds in use at the end of that day
          1350.00 less this draw
    """)


def test_a_draw_on_the_last_day_of_a_month_comes_before_the_interest(load: Load) -> None:
    draws = "".join(
        f'{day} custom "factoring" "draw" "bpce" {amount} EUR\n'
        for day, amount in (("2026-01-13", "500.00"), ("2026-01-31", "200.00"))
    )
    loaded = load(
        TWO + draws + until("2026-02-10"),
        "funding: {draw: requested}\ninterest: {margin: 3.60 %, vat: 20 %}",
    )
    explained = event_told(loaded, "bpce/2026-01-31/draw")
    assert written(explained.terms) == text("""
        1500.00 capacity: eligible less the guarantee fund
          1500.00 eligible
          0.00 guarantee fund
        -500.00 funds in use before the draw
          -701.16 funds in use at the end of that day
          200.00 less this draw
          1.16 less the interest that was booked after it
        -800.00 asked for, not all that was available
    """)


# Interest


def test_the_interest_that_is_not_booked_yet(load: Load) -> None:
    loaded = load(TWO + until("2026-02-10"), "interest: {margin: 3.60 %, vat: 0}")
    explained = told(loaded, "interest_accrued")
    assert str(explained.amount) == "1.50"
    assert written(explained.terms) == text("""
        1.50 2026-02-01 10 days to 2026-02-10 on 1500.00 at 3.60 % (margin 3.60 %), 360 days a year
    """)
    assert told(loaded, "interest_accrued", "2026-01-31").terms == ()


def test_what_accrues_is_rounded_once(load: Load) -> None:
    dated = (
        "interest: {margin: {2026-01-05: 3.61 %, 2026-02-02: 3.62 %, 2026-02-03: 3.61 %}, vat: 0}"
    )
    explained = told(
        load(invoice("2026-01-06", "F1", "50.00") + until("2026-02-03"), dated), "interest_accrued"
    )
    assert written(explained.terms).splitlines()[-1] == "-0.01 rounded once, on the sum of the days"
    assert str(explained.amount) == "0.02"


@pytest.mark.parametrize("written_as", ["interest_accrued", "interest accrued"])
def test_what_accrues_is_a_subject(load: Load, written_as: str) -> None:
    loaded = load(TWO)
    source = report_source(loaded.entries, loaded.options)
    assert subject_of(written_as, source.on()) == Subject("interest_accrued")


def test_before_the_contract_nothing_accrues(load: Load) -> None:
    explained = told(load(TWO), "interest_accrued", "2026-01-02")
    assert written(explained.terms) == "0.00 the contract begins on 2026-01-05"


# Funds in use, the charges' lines, discounts


def test_what_the_funds_in_use_were_made_of(load: Load) -> None:
    paid = payment("2026-01-14", "F2", "500.00")
    explained = told(load(TWO + paid + until("2026-01-15")), "funds_in_use")
    drawn, *_fees, swept = explained.check
    assert written([drawn, swept]) == text("""
        1500.00 draws
          1500.00 2026-01-13 draw
        -500.00 all swept money
          -500.00 2026-01-15 sweep of Assets:Bank:Shared
    """)
    assert swept.terms[0].transactions == ("bpce/2026-01-15/sweep",)


def test_a_charge_is_told_with_its_own_line(load: Load) -> None:
    terms = (
        "commission: {rate: 0, vat: 20 %}\n"
        "charges:\n"
        "  - {name: file, amount: 5, every: remittance}\n"
        "  - {name: line, amount: 3, every: once, vat: 10 %}\n"
    )
    loaded = load(TWO + until("2026-01-09"), terms)
    lines = (loaded.folder / "contracts.yaml").read_text().splitlines()
    file, line, commission = (
        next(number for number, found in enumerate(lines, 1) if word in found)
        for word in ("name: file", "name: line", "commission: {")
    )
    kinds = told(loaded, "current_account").terms
    (charges,) = (kind for kind in kinds if kind.text == "charges, with VAT")
    assert [(p.line, p.key) for t in charges.terms for p in t.places] == [
        (line, "charges"),
        (file, "charges"),
    ]
    vat = {t.text: [(p.line, p.key) for p in t.places] for t in told(loaded, "vat_to_date").terms}
    assert vat == {
        "line: 10.00 % of 3.00": [(line, "charges")],
        "file: 20.00 % of 5.00": [(commission, "commission.vat")],
    }


def test_a_discount_within_a_receipt_is_no_money_beside_the_documents(load: Load) -> None:
    discounted = """
2026-01-14 * "DUPONT" "Payment less a discount"
  Assets:Bank:Shared      480.00 EUR
  Expenses:Discounts       20.00 EUR
  Assets:Clients:DUPONT  -500.00 EUR
    settles: "F2"
"""
    kinds = {
        term.text: str(term.amount)
        for term in told(load(TWO + discounted + until("2026-01-15")), "current_account").terms
    }
    assert kinds == {
        "invoices remitted": "1500.00",
        "draws": "-1500.00",
        "swept receipts that brought less than they settled (a discount, a deduction)": "-20.00",
    }
