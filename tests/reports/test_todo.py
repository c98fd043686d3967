"""What needs doing: what the factor, the bank or the customers did otherwise."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from beancount_factoring.reports.source import report_source
from beancount_factoring.reports.todo import Todo
from beancount_factoring.reports.todo import TodoKind
from beancount_factoring.reports.todo import shared_account
from beancount_factoring.reports.todo import suspense
from beancount_factoring.reports.todo import todo_report
from tests.conftest import ACCOUNTS
from tests.conftest import Load
from tests.conftest import Loaded

INVOICE = """
    2026-01-05 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT       1000.00 EUR
        invoice: "F1"
      Income:Sales
"""
PAYMENT = """
    2026-01-12 * "DUPONT" "Payment"
      {bank}                      1000.00 EUR
      Assets:Clients:DUPONT      -1000.00 EUR
        settles: "F1"
"""
SWEEP = """
    {day} * "BPCE Factor" "Sweep"
      Assets:Bank:Shared         -{amount} EUR
      Assets:Factor:Current       {amount} EUR
"""
COMMISSION = "commission: {rate: 0.40 %, vat: 0.20}"


def todo_on(loaded: Loaded, day: str | None = None) -> list[Todo]:
    source = report_source(loaded.entries, loaded.options)
    (on,) = source.on(None if day is None else datetime.date.fromisoformat(day))
    return todo_report(on)


def of(kind: TodoKind, todos: list[Todo]) -> list[Todo]:
    return [todo for todo in todos if todo.kind is kind]


def test_the_next_remittance_and_what_it_would_hold(load: Load) -> None:
    loaded = load(INVOICE)
    (todo,) = todo_on(loaded, "2026-01-05")
    assert todo == Todo(
        TodoKind.NEXT_REMITTANCE, datetime.date(2026, 1, 9), Decimal("1000.00"), count=1
    )


def test_a_credit_note_in_transit_lowers_the_next_remittance(load: Load) -> None:
    loaded = load(
        INVOICE
        + """
    2026-01-12 * "DUPONT" "Credit note"
      Assets:Clients:DUPONT       -100.00 EUR
        credit-note: "A1"
        credits: "F1"
      Income:Sales
    2026-01-12 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT        300.00 EUR
        invoice: "F2"
      Income:Sales
"""
    )
    (todo,) = todo_on(loaded)
    assert (todo.day, todo.amount, todo.count) == (
        datetime.date(2026, 1, 16),
        Decimal("200.00"),
        1,
    )


def test_no_remittance_comes_after_the_end_or_the_close(load: Load) -> None:
    assert todo_on(load(INVOICE, "end: 2026-01-08")) == []
    assert todo_on(load(INVOICE + '    2026-01-06 custom "factoring" "close" "bpce"\n')) == []


def test_a_declared_remittance_has_no_day(load: Load) -> None:
    (todo,) = todo_on(load(INVOICE, "remittance: {every: declared}"))
    assert (todo.kind, todo.day, todo.count) == (TodoKind.NEXT_REMITTANCE, None, 1)


def test_a_receipt_that_the_bank_did_not_sweep_is_late(load: Load) -> None:
    loaded = load(INVOICE + PAYMENT.format(bank="Assets:Bank:Shared"), source="statement")
    assert of(TodoKind.LATE_SWEEP, todo_on(loaded, "2026-01-12")) == []
    (todo,) = of(TodoKind.LATE_SWEEP, todo_on(loaded, "2026-01-13"))
    assert (todo.day, todo.amount) == (datetime.date(2026, 1, 13), Decimal("1000.00"))
    assert todo.cause is not None
    assert todo.cause.filename.endswith("main.beancount")


def test_a_sweep_in_time_leaves_nothing_to_do(load: Load) -> None:
    text = INVOICE + PAYMENT.format(bank="Assets:Bank:Shared")
    loaded = load(text + SWEEP.format(day="2026-01-13", amount="1000.00"), source="statement")
    assert [todo.kind for todo in todo_on(loaded)] == [TodoKind.NEXT_REMITTANCE]


def test_a_sweep_beyond_the_receipts_is_told(load: Load) -> None:
    text = INVOICE + PAYMENT.format(bank="Assets:Bank:Shared")
    loaded = load(text + SWEEP.format(day="2026-01-13", amount="1250.00"), source="statement")
    (todo,) = of(TodoKind.SWEPT_BEYOND, todo_on(loaded))
    assert todo.amount == Decimal("250.00")


def test_an_overpayment_that_is_swept_is_not_beyond_the_receipts(load: Load) -> None:
    text = INVOICE + PAYMENT.format(bank="Assets:Bank:Shared").replace("1000.00", "1250.00")
    loaded = load(text + SWEEP.format(day="2026-01-13", amount="1250.00"), source="statement")
    assert of(TodoKind.SWEPT_BEYOND, todo_on(loaded)) == []


FUNDED = (
    INVOICE
    + """
    2026-01-04 * "Opening"
      Assets:Bank:Shared            10.00 EUR
      Income:Sales
    2026-01-13 * "BPCE Factor" "Draw"
      Assets:Bank:Shared           900.00 EUR
      Assets:Factor:Current       -900.00 EUR
    2026-01-13 * "Moved up"
      Assets:Bank:Operating        {amount} EUR
      Assets:Bank:Shared          -{amount} EUR
"""
)


@pytest.mark.parametrize(
    ("moved_up", "differences"),
    [("900.00", []), ("899.99", ["0.01"]), ("1800.00", ["-900.00"]), ("0.00", ["900.00"])],
    ids=["as drawn", "a cent less", "twice", "not yet"],
)
def test_what_the_shared_account_holds_beside_the_receipts_or_lacks_of_them(
    load: Load, moved_up: str, differences: list[str]
) -> None:
    paid = PAYMENT.format(bank="Assets:Bank:Shared").replace("01-12", "01-15")
    loaded = load(FUNDED.format(amount=moved_up) + paid, source="statement")
    assert loaded.messages == []
    source = report_source(loaded.entries, loaded.options)
    (on,) = source.on()
    found = [*shared_account(source, on)]
    assert [str(todo.amount) for todo in found] == differences
    assert all(todo.subject == "Assets:Bank:Shared" for todo in found)


def test_what_a_sweep_took_beyond_the_receipts_is_told_once(load: Load) -> None:
    paid = PAYMENT.format(bank="Assets:Bank:Shared")
    swept = SWEEP.format(day="2026-01-13", amount="1200.00")
    loaded = load(INVOICE + paid + swept, source="statement")
    source = report_source(loaded.entries, loaded.options)
    (on,) = source.on()
    (todo,) = of(TodoKind.SWEPT_BEYOND, todo_report(on))
    assert todo.amount == Decimal("200.00")
    assert [*shared_account(source, on)] == []


@pytest.mark.parametrize("bank", ["Assets:Bank:Operating", "Assets:Bank:Other"])
def test_money_on_another_account_is_told_until_and_after_it_is_handed_over(
    load: Load, bank: str
) -> None:
    loaded = load(INVOICE + PAYMENT.format(bank=bank), "") if "Operating" in bank else None
    if loaded is None:
        contract_of = load(INVOICE + PAYMENT.format(bank=bank))
        path = contract_of.folder / "contracts.yaml"
        text = path.read_text().replace(
            "doubtful: Assets:Doubtful", f"doubtful: Assets:Doubtful\n      banks: [{bank}]"
        )
        loaded = load(INVOICE + PAYMENT.format(bank=bank), contract=text)
    (waits,) = of(TodoKind.WRONG_ACCOUNT, todo_on(loaded, "2026-01-12"))
    assert (waits.subject, waits.amount) == (bank, Decimal("1000.00"))
    later = todo_on(load_note(load, loaded, "2026-01-14"))
    assert of(TodoKind.WRONG_ACCOUNT, later) == []
    (told,) = of(TodoKind.HANDED_OVER, later)
    assert (told.subject, told.amount, told.count) == (bank, Decimal("1000.00"), 1)


def load_note(load: Load, loaded: Loaded, day: str) -> Loaded:
    """Load a ledger again with a later last day."""
    contract = (loaded.folder / "contracts.yaml").read_text()
    text = (loaded.folder / "main.beancount").read_text().split("\n", 2)[2]
    return load(
        f'{text}\n{day} note Assets:Clients:DUPONT "Later"\n', contract=contract, accounts=""
    )


def test_figures_that_the_factor_stated_otherwise(load: Load) -> None:
    loaded = load(
        INVOICE
        + """
    2026-01-09 custom "factoring" "remit" "bpce"
      commission: 4.10 EUR
      guarantee: 99.00 EUR
    2026-01-31 custom "factoring" "interest" "bpce" 1.23 EUR
""",
        COMMISSION + "\nguarantee_fund: {rate: 0.10}\ninterest: {margin: 0.05, vat: 0}",
    )
    assert loaded.messages == []
    told = [
        (todo.kind, todo.amount, todo.computed)
        for todo in todo_on(loaded)
        if todo.kind is not TodoKind.NEXT_REMITTANCE
    ]
    # Draws of 896.08 from 13 January on, 19 days at 5 %: 2.36.
    assert told == [
        (TodoKind.STATED_COMMISSION, Decimal("4.10"), Decimal("4.00")),
        (TodoKind.STATED_VAT, Decimal("0.82"), Decimal("0.80")),
        (TodoKind.STATED_GUARANTEE, Decimal("99.00"), Decimal("100.00")),
        (TodoKind.STATED_INTEREST, Decimal("1.23"), Decimal("2.36")),
    ]


def test_a_figure_stated_as_computed_is_nothing_to_do(load: Load) -> None:
    loaded = load(
        INVOICE + '    2026-01-09 custom "factoring" "remit" "bpce"\n      commission: 4.00 EUR\n',
        COMMISSION,
    )
    assert [todo.kind for todo in todo_on(loaded)] == [TodoKind.NEXT_REMITTANCE]


def test_documents_about_to_lose_their_funding(load: Load) -> None:
    text = INVOICE + '    2026-02-20 note Assets:Clients:DUPONT "Later"\n'
    loaded = load(text, "eligibility: {overdue: 15}")
    # Due on 4 February, funded through the 19th.
    (todo,) = of(TodoKind.DEFUNDED_SOON, todo_on(loaded, "2026-02-19"))
    assert (todo.day, todo.subject) == (datetime.date(2026, 2, 20), "F1")
    assert len(of(TodoKind.DEFUNDED_SOON, todo_on(loaded, "2026-02-06"))) == 1
    assert of(TodoKind.DEFUNDED_SOON, todo_on(loaded, "2026-02-05")) == []
    assert of(TodoKind.DEFUNDED_SOON, todo_on(loaded, "2026-02-20")) == []


def test_money_of_unknown_purpose_waits_on_the_suspense_account(load: Load) -> None:
    loaded = load(
        """
    2026-01-12 ! "VIREMENT RECU"
      Assets:Bank:Shared            75.00 EUR
      Assets:Suspense              -75.00 EUR
    2026-01-14 ! "VIREMENT EMIS"
      Assets:Bank:Shared           -75.00 EUR
      Assets:Suspense               75.00 EUR
""",
        accounts=ACCOUNTS + "    2026-01-01 open Assets:Suspense EUR\n",
    )
    source = report_source(loaded.entries, loaded.options)

    def waiting(day: str) -> list[tuple[Decimal, int]]:
        (on,) = source.on(datetime.date.fromisoformat(day))
        return [(todo.amount, todo.count) for todo in suspense(source, on, "Assets:Suspense")]

    assert waiting("2026-01-11") == []
    assert waiting("2026-01-12") == [(Decimal("-75.00"), 1)]
    assert waiting("2026-01-14") == [(Decimal("0.00"), 2)]


def test_a_receipt_that_settles_nothing_and_a_debit_without_a_number_are_told(load: Load) -> None:
    text = """
    2026-01-07 * "DUPONT" "Payment, its settles: misspelt"
      Assets:Bank:Shared  40.00 EUR
      Assets:Clients:DUPONT  -40.00 EUR
        setles: "F9"

    2026-01-07 * "MARTIN" "Invoice, its number misspelt"
      Assets:Clients:MARTIN  70.00 EUR
        invoce: "F2"
      Income:Sales
    """
    todos = todo_on(load(text))
    (unallocated,) = of(TodoKind.UNALLOCATED, todos)
    assert (unallocated.subject, unallocated.amount) == ("DUPONT", Decimal("40.00"))
    (item,) = of(TodoKind.WITHOUT_NUMBER, todos)
    assert (item.subject, item.amount) == ("MARTIN", Decimal("70.00"))


def test_a_day_after_the_ledgers_last_entry_is_told(load: Load) -> None:
    loaded = load('2026-01-07 note Assets:Clients:DUPONT "the last entry"\n')
    assert of(TodoKind.AFTER_HORIZON, todo_on(loaded, "2026-01-07")) == []
    (todo,) = of(TodoKind.AFTER_HORIZON, todo_on(loaded, "2026-01-08"))
    assert todo.day == datetime.date(2026, 1, 7)
