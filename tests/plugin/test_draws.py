"""What the factor pays, when, and how it moves up to the operating account."""

from __future__ import annotations

import pytest

from tests.conftest import Load
from tests.ledger_text import booked
from tests.ledger_text import contract_with
from tests.ledger_text import days
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import text
from tests.ledger_text import until


def test_everything_available_is_drawn_two_business_days_later_and_moved_up(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00") + until("2026-01-13"),
        "commission: {rate: 0.0040, vat: 0.20}\nguarantee_fund: {rate: 0.10}",
    )
    assert booked(loaded, "draw", "transfer") == text("""
        2026-01-13 draw
          Assets:Bank:Shared  895.20 EUR
          Assets:Factor:Current  -895.20 EUR
        2026-01-13 transfer
          Assets:Bank:Operating  895.20 EUR
          Assets:Bank:Shared  -895.20 EUR
    """)
    assert {txn.meta["remittance"] for txn in loaded.of("draw")} == {"bpce/2026-01"}


def test_a_transfer_goes_through_the_transit_account_where_it_is_given(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00") + until("2026-01-13"),
        contract=contract_with("transit: Assets:Bank:Transit"),
    )
    assert loaded.messages == []
    assert booked(loaded, "transfer") == text("""
        2026-01-13 transfer
          Assets:Bank:Operating  1000.00 EUR
          Assets:Bank:Transit  -1000.00 EUR
          Assets:Bank:Transit  1000.00 EUR
          Assets:Bank:Shared  -1000.00 EUR
    """)


@pytest.mark.parametrize(
    ("remitted", "funded", "why"),
    [
        ("2026-01-09", "2026-01-13", "a week-end"),
        ("2026-04-01", "2026-04-07", "Good Friday, the week-end and Easter Monday"),
        ("2026-04-29", "2026-05-04", "1 May, a Friday"),
        ("2026-12-24", "2026-12-29", "Christmas on a Friday, the week-end"),
        ("2026-12-30", "2027-01-04", "New Year's Day on a Friday"),
        ("2026-05-06", "2026-05-08", "8 May is a business day of the ECB"),
    ],
)
def test_funding_days_follow_the_ecbs_calendar(
    load: Load, remitted: str, funded: str, why: str
) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + f'{remitted} custom "factoring" "remit" "bpce"\n'
        + until("2027-01-31"),
        "remittance: {every: declared}",
    )
    assert days(loaded, "draw") == [funded], why


def test_a_countrys_own_holidays_move_the_funding_date(load: Load) -> None:
    pytest.importorskip("holidays")
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + '2026-05-06 custom "factoring" "remit" "bpce"\n'
        + until("2026-05-31"),
        "remittance: {every: declared}\nfunding: {calendar: FR}",
    )
    assert days(loaded, "draw") == ["2026-05-11"]


def test_money_on_the_same_day_with_no_days_between(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00") + until("2026-01-09"), "funding: {days: 0}"
    )
    assert days(loaded, "draw") == ["2026-01-09"]


def test_the_ceiling_caps_the_draw(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + invoice("2026-01-12", "F2", "1000.00")
        + until("2026-01-31"),
        "funding: {ceiling: {2026-01-05: 700.00, 2026-01-20: 1500.00}}",
    )
    assert booked(loaded, "draw") == text("""
        2026-01-13 draw
          Assets:Bank:Shared  700.00 EUR
          Assets:Factor:Current  -700.00 EUR
        2026-01-20 draw
          Assets:Bank:Shared  800.00 EUR
          Assets:Factor:Current  -800.00 EUR
    """)


def test_nothing_is_drawn_where_nothing_is_available(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + '2026-01-09 custom "factoring" "limit" "bpce" Assets:Clients:DUPONT 0 EUR\n'
        + until("2026-01-31")
    )
    assert loaded.messages == []
    assert loaded.of("draw") == []


def test_with_requested_only_what_the_ledger_asks_for_is_drawn(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + '2026-01-14 custom "factoring" "draw" "bpce" 600.00 EUR\n'
        + '2026-01-19 custom "factoring" "draw" "bpce" 400.00 EUR\n'
        + until("2026-01-31"),
        "funding: {draw: requested}",
    )
    assert loaded.messages == []
    assert booked(loaded, "draw", "transfer") == text("""
        2026-01-14 draw
          Assets:Bank:Shared  600.00 EUR
          Assets:Factor:Current  -600.00 EUR
        2026-01-14 transfer
          Assets:Bank:Operating  600.00 EUR
          Assets:Bank:Shared  -600.00 EUR
        2026-01-19 draw
          Assets:Bank:Shared  400.00 EUR
          Assets:Factor:Current  -400.00 EUR
        2026-01-19 transfer
          Assets:Bank:Operating  400.00 EUR
          Assets:Bank:Shared  -400.00 EUR
    """)


def test_two_draws_asked_for_on_one_day_are_two_draws(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + '2026-01-14 custom "factoring" "draw" "bpce" 600.00 EUR\n' * 2,
        "funding: {draw: requested}",
    )
    ids = [txn.meta["factoring-id"] for txn in loaded.of("draw")]
    assert ids == ["bpce/2026-01-14/draw", "bpce/2026-01-14/draw-2"]
    assert loaded.messages == [
        "a draw of 600.00 EUR is above the 400.00 EUR available on 2026-01-14: ask for that or less"
    ]


def test_a_draw_above_what_is_available_is_an_error_at_the_directive(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + '2026-01-14 custom "factoring" "draw" "bpce" 1000.01 EUR\n',
        "funding: {draw: requested}",
    )
    assert loaded.messages == [
        (
            "a draw of 1000.01 EUR is above the 1000.00 EUR available on 2026-01-14: ask for that"
            " or less"
        )
    ]


def test_a_draw_directive_where_everything_is_drawn_is_an_error(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + '2026-01-14 custom "factoring" "draw" "bpce" 600.00 EUR\n'
    )
    assert loaded.messages == [
        (
            "contract bpce draws everything available on each funding date: write draw: requested"
            " under funding in the contract, or remove this draw"
        )
    ]


def test_what_is_repaid_is_available_again_on_the_next_funding_date(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + invoice("2026-01-06", "F2", "500.00")
        + payment("2026-01-15", "F1", "1000.00")
        + until("2026-01-20"),
        "guarantee_fund: {rate: 0.10}",
    )
    assert booked(loaded, "draw", "sweep") == text("""
        2026-01-13 draw
          Assets:Bank:Shared  1350.00 EUR
          Assets:Factor:Current  -1350.00 EUR
        2026-01-16 sweep
          Liabilities:Factor:Collections  1000.00 EUR
          Assets:Bank:Shared  -1000.00 EUR
        2026-01-20 draw
          Assets:Bank:Shared  100.00 EUR
          Assets:Factor:Current  -100.00 EUR
    """)


def test_funding_dates_of_earlier_remittances_run_on_after_the_end(load: Load) -> None:
    loaded = load(invoice("2026-01-06", "F1", "1000.00") + until("2026-01-31"), "end: 2026-01-09")
    assert days(loaded, "draw") == ["2026-01-13"]
