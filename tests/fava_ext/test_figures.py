"""Every figure on a page is the command's, for the same date: all of them, on several dates."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fava_ext.conftest import PageRead
from tests.fava_ext.conftest import Site
from tests.fava_ext.conftest import command

DATES = ["", "2025-01-06", "2025-03-31", "2025-06-30", "2025-10-15", "2026-04-15"]
CURVES = {
    "outstanding": "Outstanding",
    "guarantee_fund": "Guarantee fund",
    "funds_in_use": "Funds in use",
    "available": "Available",
}


def until(date: str) -> dict[str, str]:
    """Return the time filter that ends on a date."""
    return {"time": f"2024-01-01 to {date}"} if date else {}


def asked(name: str, folder: Path, date: str, *more: str) -> Any:
    dated = ["--date", date] if date else []
    return command(name, folder / "main.beancount", *dated, *more)


@pytest.mark.parametrize("date", DATES)
def test_the_position(example: Site, example_folder: Path, date: str) -> None:
    (position,) = asked("position", example_folder, date)
    page = example.read(**until(date))
    steps = {row: cells["amount"] for row, cells in page.table("waterfall-exemple").items()}
    facts = page.facts("position-exemple")
    for key, value in position.items():
        match key:
            case "contract" | "date" | "currency":
                continue
            case "ineligible":
                for reason, amount in value.items():
                    assert steps.pop(reason, "0.00") == amount, reason
            case "ceiling":
                assert facts.pop(key) == (value or "none")
            case _:
                assert (steps.pop(key) if key in steps else facts.pop(key)) == value, key
    capacity = Decimal(position["available"]) + Decimal(position["funds_in_use"])
    assert steps == {"capacity": f"{capacity}"}
    assert facts == {}
    assert position["date"] in page.text


def test_the_curves_points(example: Site, example_folder: Path) -> None:
    (chart,) = example.read().charts("curves-exemple")
    assert 60 < len(chart["data"]) <= 82
    for point in chart["data"][::13]:
        (position,) = asked("position", example_folder, point["date"])
        drawn = {key: f"{Decimal(str(point['balance'][name])):.2f}" for key, name in CURVES.items()}
        assert drawn == {key: position[key] for key in CURVES}


@pytest.mark.parametrize("date", DATES)
def test_the_aged_balance(example: Site, example_folder: Path, date: str) -> None:
    (aged,) = asked("aged", example_folder, date)
    rows = example.read("aged", **until(date)).table("aged")
    if not aged["debtors"]:
        assert rows == {}
        return
    expected = {line["debtor"]: line for line in aged["debtors"]} | {"": aged["total"]}
    assert list(rows) == list(expected)
    for name, line in expected.items():
        cells = dict(rows[name])
        assert cells.pop("debtor") == (name or "Total")
        rest = Decimal(line["total"]) - Decimal(line["assigned"])
        assert cells.pop("not_assigned") == f"{rest}"
        assert cells == {key: amount for key, amount in line.items() if key != "debtor"}


def test_the_aged_balances_bars(example: Site, example_folder: Path) -> None:
    (chart,) = example.read("aged").charts("aged")
    assert len(chart["data"]) == 12
    for bar in chart["data"]:
        (aged,) = asked("aged", example_folder, bar["date"])
        total = aged["total"]
        names = [" Not due", "1–30 days", "31–60 days", "61–90 days", "91+ days", "Unallocated"]
        keys = [*aged["buckets"], "unallocated"]
        parts = {name: total[key] for name, key in zip(names, keys, strict=True)}
        drawn = {
            name: f"{Decimal(str(amount['EUR'])):.2f}"
            for name, amount in bar["account_balances"].items()
        }
        assert drawn == parts
        assert f"{Decimal(str(bar['balance']['EUR'])):.2f}" == total["total"]


@pytest.mark.parametrize("date", ["", "2025-06-30"])
def test_every_debtors_open_documents(example: Site, example_folder: Path, date: str) -> None:
    items = asked("items", example_folder, date)
    for debtor in sorted({item["debtor"] for item in items}):
        rows = example.read("aged", debtor=debtor, **until(date)).rows("items")
        expected = [item for item in items if item["debtor"] == debtor]
        assert len(rows) == len(expected)
        for row, item in zip(rows, expected, strict=True):
            assert_item(row, item)


def assert_item(row: dict[str, str], item: dict[str, Any]) -> None:
    """Hold a document's row against the command's."""
    for key in ("date", "amount", "open"):
        assert row[key] == item[key], key
    assert row["due"] == (item["due"] or "")
    assert row["state"] == item["state"].replace("defaulted", "in default")
    assert item["document"] is None or row["document"] == item["document"]
    shown = {"document", "type", "date", "due", "late", "amount", "open", "state"}
    reasons = {key: amount for key, amount in row.items() if key not in shown and amount}
    assert reasons == item["reasons"]


def test_every_tenth_documents_life(example: Site, example_folder: Path) -> None:
    items = asked("items", example_folder, "", "--all")
    numbers = sorted({item["document"] for item in items if item["document"]})
    assert len(numbers) > 300
    for number in numbers[::40]:
        (life,) = asked("explain", example_folder, "", number)
        page = example.read("aged", document=number)
        assert_life(page, life)


def assert_life(page: PageRead, life: dict[str, Any]) -> None:
    """Hold a document's page against `explain`."""
    steps = page.rows("life")
    assert len(steps) == len(life["steps"])
    for row, step in zip(steps, life["steps"], strict=True):
        for key in ("amount", "open", "factor", "commission", "date"):
            assert row[key] == step[key], key
        for key in ("in_hand", "in_transit", "doubtful", "guarantee", "beyond"):
            assert row.get(key, "0.00") == step[key], key
        assert row["remittance"] == (step["remittance"] or "")
    booked = {key for step in life["steps"] for key in step["transactions"]}
    rows = page.tree.xpath('//table[@data-table="transactions"]//tr/@data-row')
    assert {key for key in rows if key} == booked
    for place, item in enumerate(life["items"]):
        facts = page.facts(f"item-{place}")
        assert (facts["amount"], facts["open"]) == (item["amount"], item["open"])


@pytest.mark.parametrize("date", DATES)
def test_remittances_and_cost_add_up_to_the_position(
    example: Site, example_folder: Path, date: str
) -> None:
    (position,) = asked("position", example_folder, date)
    lines = example.read("remittances", **until(date)).rows("remittances")
    cost = example.read("cost", **until(date))
    total = cost.table("months").get("", {})
    for key in ("commission", "charges", "interest", "vat"):
        expected = position[f"{key}_to_date"]
        assert total.get(key, "0.00") == expected
        months = [row for row in cost.rows("months") if row["month"] != "Total"]
        assert sum(Decimal(row[key]) for row in months) == Decimal(expected)
    assert sum(Decimal(row["commission"]) for row in lines) == Decimal(
        position["commission_to_date"]
    )
    of_debtors = [Decimal(row["cost"]) for row in cost.rows("by-debtor")]
    assert sum(of_debtors) == Decimal(total.get("cost", 0))


@pytest.mark.parametrize("date", DATES)
def test_the_debtors_add_up_to_the_position(example: Site, example_folder: Path, date: str) -> None:
    (position,) = asked("position", example_folder, date)
    (aged,) = asked("aged", example_folder, date)
    rows = example.read("debtors", **until(date)).rows("debtors")
    assert sum(Decimal(row["exposure"]) for row in rows) == Decimal(position["outstanding"])
    assert sum(Decimal(row["open"]) for row in rows) == Decimal(aged["total"]["total"])
    late = sum(Decimal(aged["total"][key]) for key in aged["buckets"][1:])
    assert sum(Decimal(row["overdue"]) for row in rows) == late


def test_a_remittances_documents_are_what_it_assigned(example: Site) -> None:
    lines = example.read("remittances").table("remittances")
    for number in list(lines)[::10]:
        page = example.read("remittances", remittance=number)
        line, documents = lines[number], page.rows("documents")
        assert page.facts("remittance")["total"] == line["total"]
        assert sum(Decimal(row["amount"]) for row in documents) == Decimal(line["total"])
        assert sum(Decimal(row["commission"]) for row in documents) == Decimal(line["commission"])


def test_what_needs_doing_is_what_check_says(example: Site, example_folder: Path) -> None:
    from click.testing import CliRunner

    from beancount_factoring.cli.main import main

    done = CliRunner().invoke(main, ["check", str(example_folder / "main.beancount")])
    said = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    page = example.read()
    assert len(page.todos()) == len(said) >= 2


def test_a_months_filter_is_the_months_end(example: Site, example_folder: Path) -> None:
    (position,) = asked("position", example_folder, "2025-06-30")
    page = example.read(time="2025-06")
    assert page.table("waterfall-exemple")["available"]["amount"] == position["available"]
    days = [point["date"] for point in page.charts("curves-exemple")[0]["data"]]
    assert min(days) == "2025-06-01"
    assert max(days) == "2025-06-30"
    lines = example.read("remittances", time="2025-06").rows("remittances")
    assert {datetime.date.fromisoformat(row["date"]).month for row in lines} == {6}
