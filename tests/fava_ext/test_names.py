"""Names with markup, quotes, right-to-left text and formulas do no harm, on pages or in files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Load
from tests.fava_ext.conftest import Open
from tests.fava_ext.conftest import Site

NUMBERS = [
    '=HYPERLINK("http://example.invalid","F1")'.replace('"', "'"),
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(2)>",
    "{{ 7 * 7 }}",
    "+1-F5",
    "@SUM(A1:A9)",
    "-F7",
    "\u202eטסבונית\u202c 8",
    "F'9 &amp; \u0022".replace("\u0022", "”"),
]


def ledger() -> str:
    text = ""
    for place, number in enumerate(NUMBERS):
        text += f"""
2026-01-06 * "DUPONT <b>&" "Invoice {number}"
  Assets:Clients:DUPONT  {1000 + place}.00 EUR
    invoice: "{number}"
    due: 2026-01-20
  Income:Sales
"""
    return text + '2026-03-02 note Assets:Clients:DUPONT "the last day"\n'


@pytest.fixture
def hostile(site: Open) -> Site:
    return site(ledger(), "commission: {rate: 0.01, vat: 0.20}")


def test_every_number_is_text_on_the_page(hostile: Site) -> None:
    page = hostile.read("aged", debtor="DUPONT")
    assert sorted(row["document"] for row in page.rows("items")) == sorted(NUMBERS)
    assert_no_foreign_markup(page.tree)


def assert_no_foreign_markup(tree: object) -> None:
    """Fail where a name became an element, or a script that is no data."""
    scripts = tree.xpath("//script[not(@type='application/json')]/@src")  # type: ignore[attr-defined]
    assert all("/static/app.js" in source for source in scripts)
    assert len(scripts) == 1
    article = tree.xpath("//article")[0]  # type: ignore[attr-defined]
    assert article.xpath(".//img | .//b | .//*[@onerror]") == []


@pytest.mark.parametrize("number", NUMBERS)
def test_every_document_has_its_life(hostile: Site, number: str) -> None:
    page = hostile.read("aged", document=number)
    assert page.status == 200
    assert [row["event"] for row in page.rows("life")][:2] == ["Booked", "Remitted to the factor"]
    assert_no_foreign_markup(page.tree)


def test_the_links_lead_to_the_documents(hostile: Site) -> None:
    page = hostile.read("aged", debtor="DUPONT")
    for number in NUMBERS:
        (address,) = page.links(number)
        assert hostile.read_at(address).tree.xpath("//h2")[0].text_content().endswith(number)


def test_csv_has_no_formula(hostile: Site) -> None:
    text = hostile.download("aged", "items", debtor="DUPONT").decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == len(NUMBERS) + 1
    names = [row[0] for row in rows[1:]]
    assert [name for name in names if name.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert sorted(name.removeprefix("'") for name in names) == sorted(NUMBERS)


def test_a_workbook_has_no_formula_and_no_address(hostile: Site) -> None:
    content = hostile.download("aged", "items", "xlsx", debtor="DUPONT")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert sorted(str(cell.value) for cell in next(sheet.iter_cols(1, 1, 2))) == sorted(NUMBERS)


def test_negative_amounts_stay_numbers(site: Open) -> None:
    text = """
2026-01-06 * "DUPONT" "Money for nothing known"
  Assets:Bank:Shared      25.00 EUR
  Assets:Clients:DUPONT  -25.00 EUR
"""
    opened = site(text)
    (row,) = csv.DictReader(io.StringIO(opened.download("aged", "aged").decode()))
    assert row["Unallocated"] == "-25.00"
    content = opened.download("aged", "aged", "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    values = {cell.value for cell in sheet[2]}
    assert -25 in values


def test_a_remittances_number_with_both_quotes_has_no_link_to_the_journal(load: Load) -> None:
    from beancount_factoring.fava_ext import links

    assert links.journal("remittance", "a'b\"c") is None


def test_the_journal_is_filtered_by_the_number_alone(example: Site, example_folder: Path) -> None:
    page = example.read("remittances")
    address = page.links("transactions")[0]
    number = page.rows("remittances")[0]["number"]
    query = address.partition("?")[2]
    answer = example.client.get(f"/{example.slug}/api/journal_page?page=1&order=asc&{query}")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f"Remittance {number}" in text
    assert f"Commission on remittance {number}" in text
    transactions = text.split("<li class='transaction")[1:]
    assert len(transactions) > 1
    assert all(number in transaction for transaction in transactions)
