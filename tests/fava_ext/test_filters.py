"""Fava's filters on the pages: what they keep, and that ages are never a filtered ledger's."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from tests.fava_ext.conftest import Open
from tests.fava_ext.conftest import Site
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import until

LEDGER = (
    invoice("2026-01-06", "F1", "1000.00", due="2026-01-20")
    + invoice("2026-01-07", "F2", "500.00", debtor="MARTIN", due="2026-03-31").replace(
        '"Invoice F2"', '"Invoice F2" #export'
    )
    + payment("2026-02-10", "F1", "400.00")
    + until("2026-03-31")
)
TERMS = """
guarantee_fund: {rate: 0.10}
commission: {rate: 0.01, vat: 0.20}
"""


@pytest.fixture
def opened(site: Open) -> Site:
    return site(LEDGER, TERMS)


def test_ages_are_of_the_whole_ledger_at_the_periods_end(opened: Site) -> None:
    # The invoice is of January: Fava's own filtered entries of February hold it as a sum only.
    page = opened.read("aged", time="2026-02")
    assert page.table("aged")["DUPONT"]["31-60"] == "600.00"
    assert page.table("aged")["DUPONT"]["total"] == "600.00"
    assert opened.read("aged", time="2026-01").table("aged")["DUPONT"]["1-30"] == "1000.00"


def test_an_account_keeps_its_debtor(opened: Site) -> None:
    page = opened.read("aged", account="Assets:Clients:DUPONT")
    assert list(page.table("aged")) == ["DUPONT", ""]
    assert page.table("aged")[""]["total"] == "600.00"
    (chart,) = page.charts("aged")
    assert chart["data"][-1]["balance"] == {"EUR": 600.0}
    (note,) = page.notices
    assert "filters" in note


def test_a_text_keeps_the_documents_it_finds(opened: Site) -> None:
    page = opened.read("aged", filter="#export")
    assert list(page.table("aged")) == ["MARTIN", ""]
    assert opened.read("aged", filter="payee:'nobody'").table("aged") == {}
    debtors = opened.read("debtors", filter="#export")
    assert list(debtors.table("debtors")) == ["MARTIN"]


def test_the_generated_transactions_are_found_too(opened: Site) -> None:
    lines = opened.read("remittances", filter="factoring-event:'remittance'").rows("remittances")
    assert len(lines) == 1
    cost = opened.read("cost", filter="factoring-event:'commission'").table("months")
    assert cost[""]["commission"] == "15.00"
    of_debtor = opened.read("cost", account="Assets:Clients:DUPONT")
    assert of_debtor.table("by-debtor")["DUPONT"]["cost"] == "10.00"
    assert "MARTIN" not in of_debtor.table("by-debtor")


def test_the_period_keeps_its_remittances_and_its_cost(opened: Site) -> None:
    assert opened.read("remittances", time="2026-02").rows("remittances") == []
    assert len(opened.read("remittances", time="2026-01").rows("remittances")) == 1
    assert opened.read("cost", time="2026-02").table("months")[""]["commission"] == "0.00"


def test_the_position_says_that_it_is_not_filtered(opened: Site) -> None:
    plain, filtered = opened.read(), opened.read(account="Assets:Clients:DUPONT")
    assert plain.table("waterfall-bpce") == filtered.table("waterfall-bpce")
    assert plain.notices == []
    assert len(filtered.notices) == 1


def test_a_period_beyond_the_ledgers_end_says_so(opened: Site) -> None:
    page = opened.read("aged", time="2026")
    assert page.table("aged")["DUPONT"]["91+"] == "600.00"
    (notice,) = page.notices
    assert "2026-03-31" in notice
    (address,) = page.links("Show 2026-03-31")
    assert opened.read_at(address).table("aged")["DUPONT"]["61-90"] == "600.00"


def test_filters_stay_in_every_address(opened: Site) -> None:
    page = opened.read("aged", time="2026-02", account="Assets:Clients", filter="-#other")
    addresses = [
        str(a) for a in page.tree.xpath("//article//a/@href") if "extension/Factoring" in str(a)
    ]
    assert len(addresses) > 10
    for address in addresses:
        assert "time=2026-02" in address
        assert "account=Assets" in address
        assert "filter=" in address


@pytest.mark.parametrize("filters", [{"time": "when?"}, {"filter": "any(("}])
def test_what_is_no_filter_is_favas_own_error(opened: Site, filters: dict[str, str]) -> None:
    answer = opened.client.get(opened.address("aged", **filters))
    assert answer.status_code == 500
    assert "arse" in answer.get_data(as_text=True)


def test_assigned_and_not_assigned_apart(site: Open) -> None:
    later = invoice("2026-03-30", "F3", "70.00", due="2026-04-30")
    opened = site(LEDGER + later, TERMS)
    assert opened.read("aged").table("aged")[""]["total"] == "1170.00"
    assigned = opened.read("aged", whose="assigned").table("aged")
    assert assigned[""]["total"] == assigned[""]["assigned"] == "1100.00"
    firm = opened.read("aged", whose="firm").table("aged")
    assert firm[""]["total"] == firm[""]["not_assigned"] == "70.00"
    assert list(firm) == ["DUPONT", ""]


def test_a_download_has_the_filters_and_the_order(opened: Site) -> None:
    page = opened.read("aged", table="aged", sort="total", order="desc")
    assert [row["debtor"] for row in page.rows("aged")] == ["DUPONT", "MARTIN", "Total"]
    text = opened.download("aged", "aged", sort="total", order="asc", time="2026-02").decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Debtor"] for row in rows] == ["MARTIN", "DUPONT"]
    assert sum(Decimal(row["Total"]) for row in rows) == Decimal("1100.00")


def test_a_second_click_turns_the_order(opened: Site) -> None:
    page = opened.read("aged")
    (by_total,) = page.links("Total")
    sorted_once = opened.read_at(by_total)
    assert [row["debtor"] for row in sorted_once.rows("aged")][:2] == ["DUPONT", "MARTIN"]
    (again,) = sorted_once.links("Total")
    assert [row["debtor"] for row in opened.read_at(again).rows("aged")][:2] == ["MARTIN", "DUPONT"]


def test_amounts_are_in_favas_locale(site: Open) -> None:
    french = site(LEDGER + '2026-01-01 custom "fava-option" "locale" "fr_FR"\n', TERMS)
    page = french.read("aged")
    text = page.tree.xpath('//tr[@data-row="DUPONT"]/td[@data-key="total"]')[0].text_content()
    assert text == "600,00"
    page = french.read(time="2026-01")
    cell = page.tree.xpath('//tr[@data-row="outstanding"]/td[@data-key="amount"]')[0]
    assert cell.text_content() == "1\u202f500,00"
