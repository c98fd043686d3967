"""What reports are made from: contracts side by side and one after the other."""

from __future__ import annotations

import datetime

import pytest

from beancount_factoring.reports.aged import aged_report
from beancount_factoring.reports.items import item_report
from beancount_factoring.reports.plain import plain
from beancount_factoring.reports.position import position_report
from beancount_factoring.reports.source import UnknownContractError
from beancount_factoring.reports.source import report_source
from tests.conftest import ACCOUNTS
from tests.conftest import CONTRACT
from tests.conftest import Load
from tests.reports.ledgers import OTHER_ACCOUNTS
from tests.reports.ledgers import OTHER_CONTRACT
from tests.reports.test_aged import balances

CHANGE_OF_FACTOR = """
    2026-01-05 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT       1000.00 EUR
        invoice: "F1"
      Income:Sales
    2026-01-06 * "MARTIN" "Invoice"
      Assets:Clients:MARTIN        500.00 EUR
        invoice: "F2"
      Income:Sales
    2026-01-26 * "DUPONT" "Credit note, in transit from the first factor's last remittance on"
      Assets:Clients:DUPONT        -50.00 EUR
        credit-note: "A1"
        credits: "F1"
      Income:Sales
    2026-02-03 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT        700.00 EUR
        invoice: "F3"
      Income:Sales
    2026-02-09 custom "factoring" "default" "bpce" "F2"
    2026-02-10 * "DUPONT" "Payment"
      Assets:Bank:Shared           400.00 EUR
      Assets:Clients:DUPONT       -400.00 EUR
        settles: "F1"
    {end}
    2026-03-02 note Assets:Clients:DUPONT "The last day"
"""
TWO_IN_TURN = (
    CONTRACT.format(start="2026-01-05", treatment="derecognition", source="generated")
    + "    end: 2026-01-23\n"
    + OTHER_CONTRACT.format(start="2026-01-24")
)


@pytest.mark.parametrize("closed", [False, True])
def test_after_a_change_of_factor_both_reports_tie_on_every_day(load: Load, closed: bool) -> None:
    end = '2026-02-16 custom "factoring" "close" "bpce"' if closed else ""
    loaded = load(
        CHANGE_OF_FACTOR.format(end=end), contract=TWO_IN_TURN, accounts=ACCOUNTS + OTHER_ACCOUNTS
    )
    assert loaded.messages == []
    source = report_source(loaded.entries, loaded.options)
    day, last = datetime.date(2026, 1, 1), datetime.date(2026, 3, 2)
    shown = 0
    while day <= last:
        expected = balances(loaded.entries, day)
        for on in source.on(day):
            report = aged_report(on)
            tied = {line.debtor: line.total - line.assigned for line in report.debtors}
            for debtor, balance in tied.items():
                assert balance == expected.get(debtor, 0), (day, on.contract.name)
            shown += len(tied)
        day += datetime.timedelta(days=1)
    assert shown > 100


def test_what_the_first_factor_holds_is_assigned_in_the_seconds_items_too(load: Load) -> None:
    loaded = load(
        CHANGE_OF_FACTOR.format(end=""), contract=TWO_IN_TURN, accounts=ACCOUNTS + OTHER_ACCOUNTS
    )
    (second,) = report_source(loaded.entries, loaded.options).on(
        datetime.date(2026, 2, 9), name="other"
    )
    assert [(item.document, item.state.value) for item in item_report(second)] == [
        ("F1", "assigned"),
        ("F3", "assigned"),
        ("F2", "defaulted"),
    ]


def test_contracts_in_the_order_of_their_start(load: Load) -> None:
    loaded = load("", contract=TWO_IN_TURN, accounts=ACCOUNTS + OTHER_ACCOUNTS)
    source = report_source(loaded.entries, loaded.options)
    assert [position_report(source, on).contract for on in source.on()] == ["bpce", "other"]
    with pytest.raises(UnknownContractError):
        source.on(name="third")


def test_no_report_holds_a_float() -> None:
    assert plain({"a": [1, None, True]}) == {"a": [1, None, True]}
    with pytest.raises(TypeError, match="float"):
        plain(0.1)
