"""`figures: stated`: fees, fund and reserve are booked as the factor states them, and only then."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.reports.explain import KEYS
from beancount_factoring.reports.explain import explanation
from beancount_factoring.reports.source import report_source
from beancount_factoring.reports.todo import TodoKind
from beancount_factoring.reports.todo import todo_report
from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import bank_line
from tests.ledger_text import booked
from tests.ledger_text import contract_with
from tests.ledger_text import invoice
from tests.ledger_text import line_of
from tests.ledger_text import payment
from tests.ledger_text import text
from tests.ledger_text import until

CURRENT = "Assets:Factor:Current"
GUARANTEE = "Assets:Factor:Guarantee"
TERMS = """
figures: stated
remittance: {every: declared}
guarantee_fund: {rate: 10 %}
commission: {rate: 0.40 %, vat: 20 %, per_year: 1000}
interest: {margin: 3.60 %, vat: 20 %}
charges:
  - {name: web access, amount: 40.00, every: month}
"""
REMITTED = (
    invoice("2026-01-06", "F1", "1000.00")
    + invoice("2026-01-07", "F2", "500.00")
    + """
2026-01-09 custom "factoring" "remit" "bpce"
  number: "R-1"
  assigned: 1500.00 EUR
  commission: 6.00 EUR
  vat: 1.20 EUR
  guarantee: 150.00 EUR
"""
)


def loaded_with(
    load: Load, *parts: str, terms: str = TERMS, treatment: str = "derecognition"
) -> Loaded:
    loaded = load(
        REMITTED + "".join(parts) + until("2026-02-28"),
        terms,
        source="statement",
        treatment=treatment,
    )
    assert loaded.messages == []
    return loaded


def stated(loaded: Loaded) -> list[tuple[TodoKind, str, str | None, int]]:
    """Return what the factor stated otherwise: kind, amount, computed amount, line."""
    (on,) = report_source(loaded.entries, loaded.options).on()
    return [
        (todo.kind, str(todo.amount), str(todo.computed), todo.cause.line if todo.cause else 0)
        for todo in todo_report(on)
        if todo.kind.startswith("stated-")
    ]


def test_nothing_is_taken_that_the_factor_does_not_state(load: Load) -> None:
    loaded = loaded_with(load, payment("2026-01-14", "F1", "1000.00"))
    assert booked(loaded) == text("""
        2026-01-09 commission
          Expenses:Factoring:Commission  6.00 EUR
          Assets:VAT:Deductible  1.20 EUR
          Assets:Factor:Current  -7.20 EUR
        2026-01-09 guarantee
          Assets:Factor:Guarantee  150.00 EUR
          Assets:Factor:Current  -150.00 EUR
        2026-01-09 remittance
          Assets:Factor:Current  1500.00 EUR
          Assets:Clients:DUPONT  -1000.00 EUR
          Assets:Clients:DUPONT  -500.00 EUR
        2026-01-14 collection
          Assets:Clients:DUPONT  1000.00 EUR
          Liabilities:Factor:Collections  -1000.00 EUR
    """)
    assert stated(loaded) == []


def test_a_remittance_whose_commission_is_not_stated_has_none(load: Load) -> None:
    remit = invoice("2026-01-12", "F3", "100.00") + '2026-01-13 custom "factoring" "remit" "bpce"\n'
    loaded = loaded_with(load, remit)
    assert [str(txn.date) for txn in loaded.of("commission")] == ["2026-01-09"]
    line = line_of(loaded, "2026-01-13 custom")
    assert stated(loaded) == [
        (TodoKind.STATED_COMMISSION, "0.00", "0.40", line),
        (TodoKind.STATED_VAT, "0.00", "0.08", line),
    ]


def test_the_fund_is_given_back_when_the_factor_says_so(load: Load) -> None:
    loaded = loaded_with(
        load,
        payment("2026-01-14", "F1", "1000.00"),
        bank_line("2026-01-15", "Assets:Bank:Shared", "-1000.00", CURRENT),
        '2026-01-20 custom "factoring" "guarantee" "bpce" -100.00 EUR\n',
    )
    assert booked(loaded, "guarantee").endswith(
        text("""
        2026-01-20 guarantee
          Assets:Factor:Guarantee  -100.00 EUR
          Assets:Factor:Current  100.00 EUR
        """)
    )
    assert loaded.balance(GUARANTEE) == 50
    # What was computed since the factor's last movement is the same: nothing is to be explained.
    assert stated(loaded) == []


def test_a_movement_of_the_fund_that_differs_is_told_at_its_line(load: Load) -> None:
    loaded = loaded_with(
        load,
        payment("2026-01-14", "F1", "1000.00"),
        bank_line("2026-01-15", "Assets:Bank:Shared", "-1000.00", CURRENT),
        '2026-01-20 custom "factoring" "guarantee" "bpce" -90.00 EUR\n',
        '2026-01-20 custom "factoring" "guarantee" "bpce" -5.00 EUR\n',
    )
    line = line_of(loaded, '"guarantee" "bpce"')
    assert loaded.balance(GUARANTEE) == 55
    (found,) = stated(loaded)
    assert found[:3] == (TodoKind.STATED_GUARANTEE, "-95.00", "-100.00")
    assert found[3] in {line, line + 1}


def test_interest_and_charges_are_the_factors_own_beside_the_contracts(load: Load) -> None:
    loaded = loaded_with(
        load,
        bank_line("2026-01-13", "Assets:Bank:Shared", "1000.00", CURRENT),
        '2026-02-02 custom "factoring" "interest" "bpce" 2.10 EUR\n  vat: 0.43 EUR\n',
        '2026-02-03 custom "factoring" "charge" "bpce" "web access" 41.00 EUR\n',
        '2026-02-03 custom "factoring" "charge" "bpce" "dispute notice" 15.00 EUR\n',
    )
    assert booked(loaded, "interest", "charge") == text("""
        2026-02-02 interest
          Expenses:Factoring:Interest  2.10 EUR
          Assets:VAT:Deductible  0.43 EUR
          Assets:Factor:Current  -2.53 EUR
        2026-02-03 charge
          Expenses:Factoring:Commission  41.00 EUR
          Assets:VAT:Deductible  8.20 EUR
          Assets:Factor:Current  -49.20 EUR
        2026-02-03 charge
          Expenses:Factoring:Commission  15.00 EUR
          Assets:VAT:Deductible  3.00 EUR
          Assets:Factor:Current  -18.00 EUR
    """)
    interest = line_of(loaded, '"interest" "bpce"')
    assert stated(loaded) == [
        (TodoKind.STATED_FEE_VAT, "0.43", "0.42", interest),
        (TodoKind.STATED_CHARGE, "41.00", "40.00", interest + 2),
    ]


POSTED = TERMS + "funding: {reserve: posted}\neligibility: {limits: {DUPONT: 1200}}\n"
RESERVED = '2026-01-09 custom "factoring" "reserve" "bpce" 300.00 EUR\n'


def with_reserve(load: Load, *parts: str) -> Loaded:
    body = contract_with("reserve: Assets:Factor:Reserve", source="statement")
    body += "".join(f"    {line}\n" for line in POSTED.strip().splitlines())
    loaded = load(REMITTED + "".join(parts) + until("2026-02-28"), contract=body)
    assert loaded.messages == []
    return loaded


def test_the_reserve_moves_as_the_factor_states(load: Load) -> None:
    loaded = with_reserve(
        load,
        RESERVED,
        payment("2026-01-14", "F2", "500.00"),
        '2026-01-16 custom "factoring" "reserve" "bpce" -295.00 EUR\n',
    )
    assert booked(loaded, "reserve") == text("""
        2026-01-09 reserve
          Assets:Factor:Reserve  300.00 EUR
          Assets:Factor:Current  -300.00 EUR
        2026-01-16 reserve
          Assets:Factor:Reserve  -295.00 EUR
          Assets:Factor:Current  295.00 EUR
    """)
    line = line_of(loaded, '"reserve" "bpce" -295.00')
    assert stated(loaded) == [(TodoKind.STATED_RESERVE, "-295.00", "-300.00", line)]
    (on,) = report_source(loaded.entries, loaded.options).on()
    position = on.books.position(on.day)
    assert on.amount(position.reserve) == loaded.balance("Assets:Factor:Reserve") == 5
    assert on.amount(position.current_account) == loaded.balance(CURRENT)


@pytest.mark.parametrize("key", KEYS)
def test_every_figure_is_explained_to_the_cent(load: Load, key: str) -> None:
    loaded = with_reserve(
        load,
        RESERVED,
        bank_line("2026-01-13", "Assets:Bank:Shared", "900.00", CURRENT),
        payment("2026-01-14", "F1", "1000.00"),
        bank_line("2026-01-15", "Assets:Bank:Shared", "-1000.00", CURRENT),
        '2026-01-19 custom "factoring" "guarantee" "bpce" -90.00 EUR\n',
        '2026-01-19 custom "factoring" "reserve" "bpce" -250.00 EUR\n',
        '2026-01-30 custom "factoring" "interest" "bpce" 2.10 EUR\n',
        '2026-02-03 custom "factoring" "charge" "bpce" "web access" 41.00 EUR\n',
    )
    source = report_source(loaded.entries, loaded.options)
    (on,) = source.on()
    told = explanation(source, on, key)
    if told.amount is not None:
        for terms in filter(None, (told.terms, told.check)):
            assert sum((term.amount or Decimal(0) for term in terms), Decimal(0)) == told.amount


def test_money_on_its_way_is_drawn_and_received_on_the_transit_account(load: Load) -> None:
    transit = "Assets:Bank:Transit"
    body = contract_with("transit: Assets:Bank:Transit", source="statement")
    body += "".join(f"    {line}\n" for line in TERMS.strip().splitlines())
    loaded = load(
        REMITTED
        + bank_line("2026-01-13", transit, "1000.00", CURRENT)
        + bank_line("2026-01-14", "Assets:Bank:Shared", "1000.00", transit)
        + payment("2026-01-15", "F2", "500.00", bank=transit)
        + bank_line("2026-01-15", transit, "-500.00", CURRENT)
        + payment("2026-01-15", "F1", "1000.00")
        + until("2026-02-28"),
        contract=body,
    )
    assert loaded.messages == []
    assert booked(loaded, "draw", "sweep") == text("""
        2026-01-15 sweep
          Liabilities:Factor:Collections  500.00 EUR
          Assets:Factor:Current  -500.00 EUR
    """)
    assert loaded.balance(transit) == 0
    assert loaded.balance("Liabilities:Factor:Collections") == -1000
    (on,) = report_source(loaded.entries, loaded.options).on()
    position = on.books.position(on.day)
    assert on.amount(position.current_account) == loaded.balance(CURRENT)
    kinds = {todo.kind for todo in todo_report(on)}
    assert TodoKind.LATE_SWEEP in kinds
    assert kinds.isdisjoint({TodoKind.HANDED_OVER, TodoKind.WRONG_ACCOUNT, TodoKind.SWEPT_BEYOND})


def test_without_stated_figures_the_transit_account_is_no_bank(load: Load) -> None:
    """A credit against it is a reduction, and what moves the factor's account is the user's own."""
    transit = "Assets:Bank:Transit"
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + payment("2026-01-15", "F1", "400.00", bank=transit)
        + bank_line("2026-01-16", transit, "-400.00", CURRENT)
        + until("2026-02-28"),
        contract=contract_with("transit: Assets:Bank:Transit", source="statement"),
    )
    assert loaded.messages == []
    assert loaded.of("draw") == loaded.of("sweep") == loaded.of("collection") == []
    (on,) = report_source(loaded.entries, loaded.options).on()
    position = on.books.position(on.day)
    assert on.amount(position.current_account) == loaded.balance(CURRENT)


def test_without_stated_figures_only_commission_interest_and_fund_are_compared(load: Load) -> None:
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + """
2026-01-09 custom "factoring" "remit" "bpce"
  guarantee: 90.00 EUR

2026-01-30 custom "factoring" "interest" "bpce" 2.10 EUR
  vat: 0.43 EUR

2026-02-03 custom "factoring" "charge" "bpce" "web access" 41.00 EUR
  vat: 0.01 EUR
"""
        + until("2026-02-28"),
        TERMS.replace("figures: stated", "figures: computed").replace("declared", "week"),
    )
    assert loaded.messages == []
    kinds = {kind for kind, *_more in stated(loaded)}
    assert kinds == {TodoKind.STATED_GUARANTEE, TodoKind.STATED_INTEREST}
    # It stands for the movement that the contract's terms give, and names their line.
    (fund, *_more) = loaded.of("guarantee")
    assert "contracts.yaml" in fund.meta["factoring-source"]


def test_under_borrowing_fund_and_reserve_are_not_booked(load: Load) -> None:
    loaded = loaded_with(
        load,
        '2026-01-12 custom "factoring" "guarantee" "bpce" -20.00 EUR\n',
        RESERVED.replace("01-09", "01-12"),
        terms=POSTED,
        treatment="borrowing",
    )
    assert loaded.of("guarantee") == loaded.of("reserve") == []
    (on,) = report_source(loaded.entries, loaded.options).on()
    position = on.books.position(on.day)
    assert on.amount(position.guarantee_fund) == 130
    assert on.amount(position.reserve) == 300
    assert loaded.balance("Liabilities:Factor:Borrowing") == -on.amount(position.funds_in_use)


def test_a_stated_movement_stands_for_the_computed_one_of_its_day(load: Load) -> None:
    """Without `figures: stated` the other days' movements are still the contract's."""
    loaded = load(
        invoice("2026-01-06", "F1", "1000.00")
        + '2026-01-09 custom "factoring" "guarantee" "bpce" 90.00 EUR\n'
        + payment("2026-01-12", "F1", "500.00")
        + until("2026-01-16"),
        "guarantee_fund: {rate: 10 %}",
    )
    assert loaded.messages == []
    assert booked(loaded, "guarantee") == text("""
        2026-01-09 guarantee
          Assets:Factor:Guarantee  90.00 EUR
          Assets:Factor:Current  -90.00 EUR
        2026-01-13 guarantee
          Assets:Factor:Guarantee  -50.00 EUR
          Assets:Factor:Current  50.00 EUR
    """)


def test_a_note_says_what_the_directive_of_its_words_says(load: Load) -> None:
    """Digits alone are a document's number or a charge's name, unless an index's value is due."""
    note = "note Assets:Factor:Current"
    loaded = load(
        invoice("2026-01-06", "20260001", "1000.00")
        + until("2026-01-09")
        + f'2026-01-12 {note} "custom factoring dispute bpce 20260001"\n'
        + f'2026-01-12 {note} "custom factoring charge bpce 5 2.50 EUR"\n'
        + f"2026-01-12 {note} \"custom factoring charge bpce 'web access' 40.00 EUR\"\n"
        + f'2026-01-12 {note} "custom factoring index EURIBOR3M 2.015"\n'
        + until("2026-01-16"),
        "commission: {vat: 20 %}\ninterest: {index: EURIBOR3M, vat: 20 %}",
    )
    assert [m for m in loaded.messages if "EURIBOR3M" not in m] == []
    assert [txn.narration for txn in loaded.of("charge")] == ["Charge: 5", "Charge: web access"]
    (on,) = report_source(loaded.entries, loaded.options).on()
    assert [str(each.percent) for each in on.books.history.fixings] == ["2.015"]
    assert DirectiveKind.DISPUTE in {each.kind for each in on.books.history.directives}


@pytest.mark.parametrize("number", ["1e999999999", "NaN", "1_0", "٣", "9" * 40, "' 5"])
def test_a_note_with_no_number_that_a_ledger_may_have_is_an_error(load: Load, number: str) -> None:
    note = f'2026-01-12 note Assets:Factor:Current "custom factoring interest bpce {number} EUR"\n'
    loaded = load(invoice("2026-01-06", "F1", "1000.00") + note)
    (message,) = loaded.messages
    assert message.startswith('"interest" is not written like that')
