"""The position: its keys to the letter, and each figure on days of a contract's life."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pytest

from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.reports.position import PositionReport
from beancount_factoring.reports.position import position_report
from beancount_factoring.reports.source import report_source
from tests.conftest import ACCOUNTS
from tests.conftest import Load
from tests.conftest import Loaded
from tests.reports.ledgers import DURAND
from tests.reports.ledgers import EVENTFUL
from tests.reports.ledgers import TERMS

# interface.md, section 3.
KEYS = [
    "contract",
    "date",
    "currency",
    "outstanding",
    "factor_outstanding",
    "collections_in_hand",
    "credit_notes_in_transit",
    "eligible",
    "ineligible",
    "guarantee_fund",
    "reserve",
    "ceiling",
    "funds_in_use",
    "available",
    "current_account",
    "shared_account",
    "commission_to_date",
    "charges_to_date",
    "interest_to_date",
    "vat_to_date",
]
REASONS = ["disputed", "overdue", "unallocated", "over_limit", "concentration"]

ONE_INVOICE = """
    2026-01-05 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT       12000.00 EUR
        invoice: "F1"
      Income:Sales

    2026-01-20 * "DUPONT" "Payment"
      Assets:Bank:Shared          12000.00 EUR
      Assets:Clients:DUPONT      -12000.00 EUR
        settles: "F1"
"""
SIMPLE = """
    guarantee_fund: {rate: 0.10}
    commission: {rate: 0.40 %, vat: 0.20}
"""


def position_on(loaded: Loaded, day: str | None = None) -> PositionReport:
    source = report_source(loaded.entries, loaded.options)
    (on,) = source.on(None if day is None else datetime.date.fromisoformat(day))
    return position_report(source, on)


def test_the_keys_are_those_of_the_interface_in_its_order(load: Load) -> None:
    report = position_on(load(ONE_INVOICE, SIMPLE)).as_json()
    assert list(report) == KEYS
    assert list(report["ineligible"]) == REASONS
    assert json.loads(json.dumps(report)) == report


def test_amounts_are_text_with_two_decimals_and_no_ceiling_is_null(load: Load) -> None:
    report = position_on(load(ONE_INVOICE, SIMPLE), "2026-01-09").as_json()
    assert report == {
        "contract": "bpce",
        "date": "2026-01-09",
        "currency": "EUR",
        "outstanding": "12000.00",
        "factor_outstanding": "12000.00",
        "collections_in_hand": "0.00",
        "credit_notes_in_transit": "0.00",
        "eligible": "12000.00",
        "ineligible": dict.fromkeys(REASONS, "0.00"),
        "guarantee_fund": "1200.00",
        "reserve": "0.00",
        "ceiling": None,
        "funds_in_use": "57.60",
        "available": "10742.40",
        "current_account": "10742.40",
        "shared_account": "0.00",
        "commission_to_date": "48.00",
        "charges_to_date": "0.00",
        "interest_to_date": "0.00",
        "vat_to_date": "9.60",
    }


def test_without_a_day_it_is_that_of_the_last_entry(load: Load) -> None:
    assert position_on(load(ONE_INVOICE, SIMPLE)).date == datetime.date(2026, 1, 20)


def test_the_shared_account_holds_what_is_not_swept_yet(load: Load) -> None:
    report = position_on(load(ONE_INVOICE, SIMPLE))
    assert report.shared_account == Decimal("12000.00")
    assert report.collections_in_hand == Decimal("12000.00")


def test_a_yen_contract_has_no_decimals(load: Load) -> None:
    text = ONE_INVOICE.replace("12000.00 EUR", "12000 JPY")
    accounts = ACCOUNTS.replace(" EUR", "")
    loaded = load(text, SIMPLE, accounts=accounts)
    (loaded.folder / "contracts.yaml").write_text(
        (loaded.folder / "contracts.yaml").read_text().replace("currency: EUR", "currency: JPY")
    )
    report = position_on(loaded, "2026-01-09").as_json()
    assert report["outstanding"] == "12000"
    assert report["shared_account"] == "0"
    assert report["commission_to_date"] == "48"


@pytest.mark.parametrize("ceiling", ["none", "9000"])
def test_before_the_start_everything_is_zero(load: Load, ceiling: str) -> None:
    terms = SIMPLE + f"    funding: {{ceiling: {ceiling}}}\n"
    report = position_on(load(ONE_INVOICE, terms, start="2026-01-12"), "2026-01-11").as_json()
    assert report["ceiling"] == (None if ceiling == "none" else "0.00")
    amounts = {key: report[key] for key in KEYS[3:] if key not in {"ineligible", "ceiling"}}
    assert amounts == dict.fromkeys(amounts, "0.00")


def test_after_the_close_only_the_last_five_remain(load: Load) -> None:
    closed = ONE_INVOICE.split("2026-01-20", 1)[0] + (
        '2026-01-20 custom "factoring" "close" "bpce"\n'
        '    2026-02-02 note Assets:Clients:DUPONT "Later"\n'
    )
    loaded = load(closed, SIMPLE + "    funding: {ceiling: 9000}\n")
    assert loaded.messages == []
    open_still = position_on(loaded, "2026-01-19")
    assert open_still.ceiling == Decimal("9000.00")
    assert open_still.funds_in_use == Decimal("9000.00")
    for day in ("2026-01-20", "2026-02-02"):
        report = position_on(loaded, day).as_json()
        at_zero = [*KEYS[3:8], *KEYS[9:15]]
        assert {report[key] for key in at_zero} == {"0.00"}
        assert set(report["ineligible"].values()) == {"0.00"}
        assert report["commission_to_date"] == "48.00"
        assert report["vat_to_date"] == "9.60"


def test_after_the_horizon_the_same_books_are_older(load: Load) -> None:
    terms = SIMPLE + "    eligibility: {overdue: 10}\n"
    loaded = load(
        ONE_INVOICE.split("2026-01-20", 1)[0] + '2026-01-12 note Assets:Clients:DUPONT ""', terms
    )
    today, later = position_on(loaded), position_on(loaded, "2026-12-31")
    assert today.eligible == later.ineligible[Reason.OVERDUE] == Decimal("12000.00")
    assert later.eligible == 0
    assert later.interest_to_date == today.interest_to_date


def test_factor_accounts_show_the_position_on_every_day(load: Load) -> None:
    loaded = load(EVENTFUL, TERMS, accounts=ACCOUNTS + DURAND)
    assert loaded.messages == []
    day, last = datetime.date(2026, 1, 1), datetime.date(2026, 3, 2)
    source = report_source(loaded.entries, loaded.options)
    while day <= last:
        report = position_on(loaded, day.isoformat())
        balances = {
            account: source.balance(account, "EUR", day)
            for account in (
                "Assets:Factor:Current",
                "Assets:Factor:Guarantee",
                "Liabilities:Factor:Collections",
                "Assets:Bank:Shared",
                "Expenses:Factoring:Commission",
                "Expenses:Factoring:Interest",
                "Assets:VAT:Deductible",
            )
        }
        assert list(balances.values()) == [
            report.current_account,
            report.guarantee_fund,
            -report.collections_in_hand,
            report.shared_account,
            report.commission_to_date,
            report.interest_to_date,
            report.vat_to_date,
        ], day
        assert report.outstanding == report.eligible + sum(report.ineligible.values()), day
        day += datetime.timedelta(days=1)
