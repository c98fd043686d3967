"""Which documents a remittance takes, on which days, and what the factor states of it."""

from __future__ import annotations

from tests.conftest import Load
from tests.ledger_text import booked
from tests.ledger_text import credit_note
from tests.ledger_text import days
from tests.ledger_text import invoice
from tests.ledger_text import line_of
from tests.ledger_text import payment
from tests.ledger_text import text
from tests.ledger_text import until

# A Monday; the contract of `load` starts on it.
START = "2026-01-05"
WITH_FEES = "commission: {rate: 0.0040, vat: 0.20}\nguarantee_fund: {rate: 0.10}"


def one_a_week(weeks: int, *, start_day: int = 6) -> str:
    """Return an invoice on each Tuesday of January and February."""
    dates = [f"2026-01-{start_day + 7 * week:02d}" for week in range(weeks)]
    return "".join(invoice(date, f"F{i}", "100.00") for i, date in enumerate(dates, 1))


def test_a_weekly_remittance_takes_the_week(load: Load) -> None:
    loaded = load(one_a_week(2) + until("2026-01-16"))
    assert loaded.messages == []
    assert booked(loaded, "remittance") == text("""
        2026-01-09 remittance
          Assets:Factor:Current  100.00 EUR
          Assets:Clients:DUPONT  -100.00 EUR
        2026-01-16 remittance
          Assets:Factor:Current  100.00 EUR
          Assets:Clients:DUPONT  -100.00 EUR
    """)


def test_the_start_itself_is_a_remittance_day_if_it_is_the_weekday(load: Load) -> None:
    loaded = load(invoice(START, "F1", "100.00"), "remittance: {day: monday}")
    assert days(loaded, "remittance") == [START]


def test_a_fortnightly_remittance_is_every_second_weekday_from_the_first(load: Load) -> None:
    loaded = load(one_a_week(4) + until("2026-02-06"), "remittance: {every: fortnight}")
    assert days(loaded, "remittance") == ["2026-01-09", "2026-01-23", "2026-02-06"]


def test_a_monthly_remittance_on_the_31st_is_on_a_shorter_months_last_day(load: Load) -> None:
    invoices = "".join(
        invoice(date, f"F{date}", "100.00")
        for date in ("2026-01-06", "2026-02-28", "2026-03-30", "2026-04-01")
    )
    loaded = load(invoices + until("2026-05-01"), "remittance: {every: month, day: 31}")
    assert days(loaded, "remittance") == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_a_declared_remittance_is_only_where_the_ledger_says_so(load: Load) -> None:
    loaded = load(
        one_a_week(3) + '2026-01-14 custom "factoring" "remit" "bpce"' + until("2026-01-31"),
        "remittance: {every: declared}",
    )
    assert loaded.messages == []
    assert booked(loaded, "remittance") == text("""
        2026-01-14 remittance
          Assets:Factor:Current  200.00 EUR
          Assets:Clients:DUPONT  -100.00 EUR
          Assets:Clients:DUPONT  -100.00 EUR
    """)


def test_a_directive_on_a_scheduled_day_stands_for_the_scheduled_remittance(load: Load) -> None:
    loaded = load(
        one_a_week(1) + '2026-01-09 custom "factoring" "remit" "bpce"' + until("2026-01-16")
    )
    (remittance,) = loaded.of("remittance")
    assert str(remittance.date) == "2026-01-09"
    assert remittance.meta["factoring-source"].startswith("main.beancount:")


def test_a_directive_on_another_day_is_one_remittance_more(load: Load) -> None:
    loaded = load(
        one_a_week(2) + '2026-01-14 custom "factoring" "remit" "bpce"' + until("2026-01-16")
    )
    assert days(loaded, "remittance") == ["2026-01-09", "2026-01-14"]
    assert days(loaded, "draw") == ["2026-01-13", "2026-01-16"]


def test_two_directives_on_one_day_are_an_error_at_the_second(load: Load) -> None:
    loaded = load(
        one_a_week(1)
        + '2026-01-09 custom "factoring" "remit" "bpce"\n'
        + '2026-01-09 custom "factoring" "remit" "bpce"\n'
    )
    assert loaded.messages == [
        (
            "a second remittance of contract bpce on 2026-01-09: there is one a day; remove one of"
            " the remit directives"
        )
    ]
    assert loaded.errors[0].source["lineno"] == line_of(loaded, '"remit"', last=True)


def test_the_factors_own_figures_are_booked(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + """
2026-01-09 custom "factoring" "remit" "bpce"
  number: "R-2026-002"
  commission: 4.50 EUR
  vat: 0.91 EUR
  guarantee: 120.00 EUR
  assigned: 1000.00 EUR
""",
        WITH_FEES,
    )
    assert loaded.messages == []
    assert booked(loaded) == text("""
        2026-01-09 commission
          Expenses:Factoring:Commission  4.50 EUR
          Assets:VAT:Deductible  0.91 EUR
          Assets:Factor:Current  -5.41 EUR
        2026-01-09 guarantee
          Assets:Factor:Guarantee  120.00 EUR
          Assets:Factor:Current  -120.00 EUR
        2026-01-09 remittance
          Assets:Factor:Current  1000.00 EUR
          Assets:Clients:DUPONT  -1000.00 EUR
    """)
    assert {txn.meta["remittance"] for txn in loaded.generated} == {"R-2026-002"}


def test_vat_is_taken_on_the_commission_that_the_factor_states(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + '2026-01-09 custom "factoring" "remit" "bpce"\n  commission: 4.50 EUR\n',
        WITH_FEES,
    )
    assert booked(loaded, "commission") == text("""
        2026-01-09 commission
          Expenses:Factoring:Commission  4.50 EUR
          Assets:VAT:Deductible  0.90 EUR
          Assets:Factor:Current  -5.40 EUR
    """)


def test_a_fund_movement_of_the_factor_is_carried_along(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + '2026-01-09 custom "factoring" "remit" "bpce"\n  guarantee: 120.00 EUR\n'
        + payment("2026-01-12", "F1", "1000.00")
        + until("2026-01-13"),
        WITH_FEES,
    )
    assert loaded.balance("Assets:Factor:Guarantee") == 20


def test_another_total_than_was_sent_to_the_factor_is_an_error(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + '2026-01-09 custom "factoring" "remit" "bpce"\n  assigned: 1100.00 EUR\n'
    )
    assert loaded.messages == [
        (
            "assigned: 1100.00 EUR is stated, but the documents of remittance bpce/2026-01 add up"
            " to 1000.00 EUR: a document dated up to 2026-01-09 came, went or changed since"
            " (its only document is F1 of 2026-01-06, 1000.00 EUR); correct it, or the figure"
        )
    ]


def test_numbers_run_per_contract_and_year(load: Load) -> None:
    dates = ("2026-12-15", "2026-12-22", "2027-01-05", "2027-01-12")
    loaded = load(
        "".join(invoice(date, f"F{date}", "100.00") for date in dates) + until("2027-01-15")
    )
    numbers = [txn.meta["remittance"] for txn in loaded.of("remittance")]
    assert numbers == ["bpce/2026-01", "bpce/2026-02", "bpce/2027-01", "bpce/2027-02"]
    assert [txn.meta["factoring-id"] for txn in loaded.of("remittance")] == [
        f"{number}/remittance" for number in numbers
    ]


def test_with_nothing_to_take_it_is_not_booked_but_its_funding_date_stands(load: Load) -> None:
    # Paid on a receipt that is swept before the next funding date: what it frees is drawn then.
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + payment("2026-01-14", "F1", "1000.00")
        + until("2026-01-20"),
        WITH_FEES,
    )
    assert days(loaded, "remittance") == ["2026-01-09"]
    assert days(loaded, "draw") == ["2026-01-13", "2026-01-20"]
    assert [str(txn.postings[0].units) for txn in loaded.of("draw")] == ["895.20 EUR", "100.00 EUR"]
    assert "remittance" not in loaded.of("draw")[1].meta


def test_a_document_paid_before_is_never_assigned(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + payment("2026-01-08", "F1", "1000.00")
        + until("2026-01-16")
    )
    assert loaded.of("remittance") == []
    assert loaded.of("collection") == []


def test_a_half_paid_document_is_assigned_at_what_is_open(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + payment("2026-01-08", "F1", "400.00")
        + until("2026-01-09")
    )
    assert booked(loaded, "remittance") == text("""
        2026-01-09 remittance
          Assets:Factor:Current  600.00 EUR
          Assets:Clients:DUPONT  -600.00 EUR
    """)


def test_instalments_are_assigned_once_each(load: Load) -> None:
    loaded = load("""
        2026-01-06 * "DUPONT" "Two instalments"
          Assets:Clients:DUPONT  600.00 EUR
            invoice: "F1"
            due: 2026-02-06
          Assets:Clients:DUPONT  400.00 EUR
            invoice: "F1"
            due: 2026-03-06
          Income:Sales

        2026-01-09 event "period" "week"
    """)
    assert loaded.messages == []
    assert booked(loaded, "remittance") == text("""
        2026-01-09 remittance
          Assets:Factor:Current  1000.00 EUR
          Assets:Clients:DUPONT  -600.00 EUR
          Assets:Clients:DUPONT  -400.00 EUR
    """)


def test_credit_notes_are_remitted_negative(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + invoice("2026-01-13", "F2", "500.00")
        + credit_note("2026-01-12", "A1", "200.00", corrects="F1")
        + credit_note("2026-01-13", "A2", "50.00")
        + until("2026-01-16")
    )
    assert booked(loaded, "remittance") == text("""
        2026-01-09 remittance
          Assets:Factor:Current  1000.00 EUR
          Assets:Clients:DUPONT  -1000.00 EUR
        2026-01-16 remittance
          Assets:Factor:Current  250.00 EUR
          Assets:Clients:DUPONT  -500.00 EUR
          Assets:Clients:DUPONT  200.00 EUR
          Assets:Clients:DUPONT  50.00 EUR
    """)
    assert loaded.balance("Assets:Clients") == 0


def test_a_credit_note_on_a_document_not_assigned_lowers_what_is_remitted(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + credit_note("2026-01-08", "A1", "200.00", corrects="F1")
        + until("2026-01-16")
    )
    assert booked(loaded, "remittance") == text("""
        2026-01-09 remittance
          Assets:Factor:Current  800.00 EUR
          Assets:Clients:DUPONT  -800.00 EUR
    """)


def test_excluded_debtors_are_the_firms_own_business(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + invoice("2026-01-06", "F2", "500.00", debtor="MARTIN")
        + until("2026-01-16"),
        "eligibility: {exclude: [MARTIN]}",
    )
    assert booked(loaded, "remittance") == text("""
        2026-01-09 remittance
          Assets:Factor:Current  1000.00 EUR
          Assets:Clients:DUPONT  -1000.00 EUR
    """)


def test_invoices_from_before_the_start_are_in_the_first_remittance(load: Load) -> None:
    loaded = load(
        invoice("2026-01-02", "F1", "1000.00")
        + payment("2026-01-03", "F1", "100.00")
        + until("2026-01-09")
    )
    assert loaded.messages == []
    assert booked(loaded, "remittance") == text("""
        2026-01-09 remittance
          Assets:Factor:Current  900.00 EUR
          Assets:Clients:DUPONT  -900.00 EUR
    """)


def test_there_is_no_remittance_after_the_end(load: Load) -> None:
    loaded = load(one_a_week(3) + until("2026-01-31"), "end: 2026-01-16")
    assert days(loaded, "remittance") == ["2026-01-09", "2026-01-16"]


def test_a_remit_directive_after_the_end_is_an_error(load: Load) -> None:
    loaded = load(
        one_a_week(3) + '2026-01-21 custom "factoring" "remit" "bpce"\n', "end: 2026-01-16"
    )
    assert loaded.messages == [
        (
            "a remittance on 2026-01-21 is after the end of contract bpce on 2026-01-16: date it on"
            " that day or earlier"
        )
    ]


def test_figures_of_a_remittance_that_takes_nothing_are_an_error(load: Load) -> None:
    loaded = load('2026-01-09 custom "factoring" "remit" "bpce"\n  commission: 4.50 EUR\n')
    assert loaded.messages == [
        (
            "nothing is remitted on 2026-01-09, but the directive states commission: remove these"
            " figures, or date the directive on the remittance's day"
        )
    ]


def test_borrowing_books_no_remittance_but_its_fees(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00") + until("2026-01-13"),
        WITH_FEES,
        treatment="borrowing",
    )
    assert booked(loaded) == text("""
        2026-01-09 commission
          Expenses:Factoring:Commission  4.00 EUR
          Assets:VAT:Deductible  0.80 EUR
          Liabilities:Factor:Borrowing  -4.80 EUR
        2026-01-13 draw
          Assets:Bank:Shared  895.20 EUR
          Liabilities:Factor:Borrowing  -895.20 EUR
        2026-01-13 transfer
          Assets:Bank:Operating  895.20 EUR
          Assets:Bank:Shared  -895.20 EUR
    """)
