"""The aged balance: buckets, credits, and its tie to the receivables accounts."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancount.core import data

from beancount_factoring.reports.aged import AgedReport
from beancount_factoring.reports.aged import aged_report
from beancount_factoring.reports.position import position_report
from beancount_factoring.reports.source import report_source
from tests.conftest import ACCOUNTS
from tests.conftest import CONTRACT
from tests.conftest import Load
from tests.conftest import Loaded
from tests.reports.ledgers import DURAND
from tests.reports.ledgers import EVENTFUL
from tests.reports.ledgers import OTHER_ACCOUNTS
from tests.reports.ledgers import OTHER_CONTRACT
from tests.reports.ledgers import TERMS

_DAY = datetime.timedelta(days=1)
FIGURES = ["not_due", "1-30", "31-60", "61-90", "91+", "unallocated", "total", "assigned"]


def aged_on(loaded: Loaded, day: str, contract: str = "bpce") -> AgedReport:
    (on,) = report_source(loaded.entries, loaded.options).on(
        datetime.date.fromisoformat(day), contract
    )
    return aged_report(on)


def balances(entries: data.Directives, day: datetime.date) -> dict[str, Decimal]:
    """Return what each customer's account holds at the end of a day, the zeros left out."""
    sums: dict[str, Decimal] = {}
    for entry in entries:
        if isinstance(entry, data.Transaction) and entry.date <= day:
            for posting in entry.postings:
                if posting.account.startswith("Assets:Clients:"):
                    debtor = posting.account.removeprefix("Assets:Clients:")
                    assert posting.units is not None
                    assert posting.units.number is not None
                    sums[debtor] = sums.get(debtor, Decimal()) + posting.units.number
    return {debtor: balance for debtor, balance in sums.items() if balance}


@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
@pytest.mark.parametrize("day", ["2026-01-08", "2026-01-13", "2026-01-31", "2026-02-12"])
def test_what_is_assigned_ties_to_the_position(load: Load, treatment: str, day: str) -> None:
    loaded = load(EVENTFUL, TERMS, treatment=treatment, accounts=ACCOUNTS + DURAND)
    source = report_source(loaded.entries, loaded.options)
    (on,) = source.on(datetime.date.fromisoformat(day))
    position = position_report(source, on)
    held = position.factor_outstanding - position.collections_in_hand
    assert aged_report(on).total.assigned == held
    assert held == position.outstanding + position.credit_notes_in_transit


@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
def test_each_debtor_ties_to_its_account_on_every_day(load: Load, treatment: str) -> None:
    loaded = load(EVENTFUL, TERMS, treatment=treatment, accounts=ACCOUNTS + DURAND)
    assert loaded.messages == []
    source = report_source(loaded.entries, loaded.options)
    day, last = datetime.date(2026, 1, 1), datetime.date(2026, 3, 2)
    tied = 0
    while day <= last:
        (on,) = source.on(day)
        report = aged_report(on)
        lent = {
            line.debtor: line.total - (line.assigned if treatment == "derecognition" else 0)
            for line in report.debtors
        }
        expected = balances(loaded.entries, day)
        assert {debtor: amount for debtor, amount in lent.items() if amount} == expected, day
        tied += len(expected)
        day += _DAY
    assert tied > 60


def test_documents_stand_in_the_bucket_of_their_age(load: Load) -> None:
    loaded = load("""
        2026-01-05 * "Invoices"
          Assets:Clients:DUPONT   1.00 EUR
            invoice: "F1"
            due: 2026-05-01
          Assets:Clients:DUPONT   2.00 EUR
            invoice: "F2"
            due: 2026-04-30
          Assets:Clients:DUPONT   4.00 EUR
            invoice: "F3"
            due: 2026-04-01
          Assets:Clients:DUPONT   8.00 EUR
            invoice: "F4"
            due: 2026-03-31
          Assets:Clients:DUPONT  16.00 EUR
            invoice: "F5"
            due: 2026-03-02
          Assets:Clients:DUPONT  32.00 EUR
            invoice: "F6"
            due: 2026-03-01
          Assets:Clients:DUPONT  64.00 EUR
            invoice: "F7"
            due: 2026-01-31
          Assets:Clients:DUPONT 128.00 EUR
            invoice: "F8"
            due: 2026-01-30
          Income:Sales
    """)
    (line,) = aged_on(loaded, "2026-05-01").debtors
    # 0; 1, 30; 31, 60; 61, 90; 91 days past due.
    assert line.buckets == tuple(map(Decimal, ("1.00", "6.00", "24.00", "96.00", "128.00")))
    assert line.total == Decimal("255.00")


def test_json_is_that_of_the_interface(load: Load) -> None:
    loaded = load("""
        2026-01-05 * "Invoice"
          Assets:Clients:DUPONT  100.00 EUR
            invoice: "F1"
          Income:Sales
        2026-01-12 * "Money for nothing known"
          Assets:Bank:Shared      30.00 EUR
          Assets:Clients:MARTIN  -30.00 EUR
    """)
    dupont = ["100.00", "0.00", "0.00", "0.00", "0.00", "0.00", "100.00", "100.00"]
    martin = ["0.00", "0.00", "0.00", "0.00", "0.00", "-30.00", "-30.00", "0.00"]
    total = ["100.00", "0.00", "0.00", "0.00", "0.00", "-30.00", "70.00", "100.00"]
    report = aged_on(loaded, "2026-01-12").as_json()
    assert report == {
        "contract": "bpce",
        "date": "2026-01-12",
        "currency": "EUR",
        "buckets": ["not_due", "1-30", "31-60", "61-90", "91+"],
        "debtors": [
            {"debtor": "DUPONT", **dict(zip(FIGURES, dupont, strict=True))},
            {"debtor": "MARTIN", **dict(zip(FIGURES, martin, strict=True))},
        ],
        "total": dict(zip(FIGURES, total, strict=True)),
    }
    assert list(report) == ["contract", "date", "currency", "buckets", "debtors", "total"]
    assert list(report["debtors"][0]) == ["debtor", *FIGURES]
    assert list(report["total"]) == FIGURES


def test_a_back_dated_balance_knows_nothing_of_later_payments(load: Load) -> None:
    loaded = load("""
        2026-01-05 * "Invoice"
          Assets:Clients:DUPONT  100.00 EUR
            invoice: "F1"
          Income:Sales
        2026-02-20 * "Payment"
          Assets:Bank:Shared     100.00 EUR
          Assets:Clients:DUPONT -100.00 EUR
            settles: "F1"
    """)
    (line,) = aged_on(loaded, "2026-02-19").debtors
    assert line.buckets[1] == line.total == Decimal("100.00")
    assert aged_on(loaded, "2026-02-20").debtors == ()


def test_a_document_in_default_has_left_the_receivables(load: Load) -> None:
    loaded = load(EVENTFUL, TERMS, accounts=ACCOUNTS + DURAND)
    before, after = aged_on(loaded, "2026-02-03"), aged_on(loaded, "2026-02-04")
    martin = {r.date: {line.debtor: line for line in r.debtors}["MARTIN"] for r in (before, after)}
    assert martin[before.date].total - martin[after.date].total == Decimal("4000.00")


def test_each_contract_shows_its_own_debtors_and_those_of_none(load: Load) -> None:
    contract = CONTRACT.format(start="2026-01-05", treatment="derecognition", source="generated")
    contract += "    eligibility: {include: [DUPONT]}\n"
    contract += OTHER_CONTRACT.format(start="2026-01-05")
    contract += "    eligibility: {include: [MARTIN]}\n"
    loaded = load(
        """
        2026-01-06 * "Invoices"
          Assets:Clients:DUPONT  1.00 EUR
            invoice: "F1"
          Assets:Clients:MARTIN  2.00 EUR
            invoice: "F2"
          Assets:Clients:DURAND  4.00 EUR
            invoice: "F3"
          Income:Sales
        2026-01-09 note Assets:Clients:DUPONT "The remittance's day"
        """,
        contract=contract,
        accounts=ACCOUNTS + DURAND + OTHER_ACCOUNTS,
    )
    assert loaded.messages == []
    first, second = (aged_on(loaded, "2026-01-09", name) for name in ("bpce", "other"))
    assert [line.debtor for line in first.debtors] == ["DUPONT", "DURAND"]
    assert [line.debtor for line in second.debtors] == ["DURAND", "MARTIN"]
    assert [line.assigned for line in second.debtors] == [Decimal("0.00"), Decimal("2.00")]


def test_a_document_that_an_ended_contract_holds_is_assigned_for_the_next_one_too(
    load: Load,
) -> None:
    contract = CONTRACT.format(start="2026-01-05", treatment="derecognition", source="generated")
    contract += "    end: 2026-01-31\n    eligibility: {terms: 30}\n"
    contract += OTHER_CONTRACT.format(start="2026-02-02") + "    eligibility: {terms: 60}\n"
    loaded = load(
        """
        2026-01-06 * "Invoice" ^F1
          Assets:Clients:DUPONT  1.00 EUR
          Income:Sales
        2026-02-06 note Assets:Clients:DUPONT "The day of the second one's remittance"
        """,
        contract=contract,
        accounts=ACCOUNTS + OTHER_ACCOUNTS,
    )
    assert loaded.messages == []
    line = aged_on(loaded, "2026-02-06", "other").total
    assert (line.total, line.assigned) == (Decimal("1.00"), Decimal("1.00"))
    assert balances(loaded.entries, datetime.date(2026, 2, 6)) == {}
