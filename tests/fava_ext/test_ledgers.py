"""Every kind of ledger and of Fava: errors, no contract, prefix, read-only, several, incognito."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fava.application
import pytest
from fava.application import create_app
from fava.util import simple_wsgi
from flask.testing import FlaskClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from tests.conftest import Load
from tests.fava_ext.conftest import EXTENSION
from tests.fava_ext.conftest import Open
from tests.fava_ext.conftest import Site
from tests.fava_ext.conftest import open_site
from tests.ledger_text import invoice
from tests.ledger_text import until
from tests.reports.ledgers import DURAND
from tests.reports.ledgers import EVENTFUL
from tests.reports.ledgers import OTHER_ACCOUNTS
from tests.reports.ledgers import OTHER_CONTRACT
from tests.reports.ledgers import TERMS

VIEWS = ["position", "aged", "remittances", "debtors", "cost"]
LEDGER = invoice("2026-01-06", "F1", "1000.00") + until("2026-02-28")


def test_an_error_of_the_contract_is_shown_with_a_link_to_its_line(load: Load) -> None:
    folder = load(EXTENSION + LEDGER, "garantee_fund: {rate: 0.10}").folder
    site = open_site(folder / "main.beancount")
    page = site.read()
    assert page.status == 200
    (notice,) = page.notices
    assert "garantee_fund" in notice
    line = (
        (folder / "contracts.yaml")
        .read_text()
        .splitlines()
        .index("    garantee_fund: {rate: 0.10}")
    )
    (address,) = page.links(f"contracts.yaml:{line + 1}")
    assert f"line={line + 1}" in address
    assert "file_path=" in address
    for other in ("income_statement", "journal", "errors"):
        assert site.client.get(f"/{site.slug}/{other}/").status_code == 200
    assert site.client.get(f"/{site.slug}/api/income_statement").status_code == 200


def test_one_contracts_error_leaves_the_other_one_its_pages(load: Load) -> None:
    contract = _two().replace("treatment: derecognition", "treatment: derecognised")
    accounts = _accounts()
    folder = load(EXTENSION + LEDGER, contract=contract, accounts=accounts).folder
    page = open_site(folder / "main.beancount").read()
    assert any("derecognised" in notice for notice in page.notices)
    assert page.table("waterfall-other")
    assert page.table("waterfall-bpce") == {}


def _two() -> str:
    from tests.conftest import CONTRACT

    first = CONTRACT.format(treatment="derecognition", source="generated", start="2026-01-05")
    first += "    eligibility: {exclude: [MARTIN]}\n"
    second = OTHER_CONTRACT.format(start="2026-01-05")
    return first + second + "    eligibility: {include: [MARTIN]}\n"


def _accounts() -> str:
    from tests.conftest import ACCOUNTS

    return ACCOUNTS + OTHER_ACCOUNTS


def test_two_contracts_are_shown_together_or_one_by_one(load: Load) -> None:
    text = LEDGER + invoice("2026-01-07", "F2", "500.00", debtor="MARTIN")
    folder = load(EXTENSION + text, contract=_two(), accounts=_accounts()).folder
    site = open_site(folder / "main.beancount")
    page = site.read()
    assert page.table("waterfall-bpce")["outstanding"]["amount"] == "1000.00"
    assert page.table("waterfall-other")["outstanding"]["amount"] == "500.00"
    assert list(site.read("aged").table("aged")) == ["DUPONT", ""]
    other = site.read("aged", contract="other")
    assert list(other.table("aged")) == ["MARTIN", ""]
    (debtor,) = other.links("MARTIN")
    assert [row["document"] for row in site.read_at(debtor).rows("items")] == ["F2"]


def test_a_ledger_without_a_contract_shows_how_to_begin(tmp_path: Path) -> None:
    ledger = tmp_path / "books.beancount"
    ledger.write_text("2026-01-01 open Assets:Cash EUR\n" + EXTENSION)
    site = open_site(ledger)
    for view in VIEWS:
        page = site.read(view)
        assert page.status == 200
        assert "bean-factor init books.beancount" in page.text
    assert (
        site.client.get(site.address("aged", endpoint="download", table="aged")).status_code == 404
    )


def test_an_empty_ledger_has_its_pages(load: Load) -> None:
    folder = load(EXTENSION).folder
    site = open_site(folder / "main.beancount")
    for view in VIEWS:
        assert site.read(view).status == 200
        assert site.read(view, time="2025").status == 200


@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_ledger_in_which_everything_happens(site: Open, view: str, treatment: str) -> None:
    from tests.conftest import ACCOUNTS

    opened = site(EVENTFUL, TERMS, treatment=treatment, accounts=ACCOUNTS + DURAND)
    for time in ("", "2026-01", "2026-02-04"):
        assert opened.read(view, time=time).status == 200
    for number in ("F0", "F1", "F2", "F3", "F6", "F7", "A1", "A2", "A3"):
        assert opened.read("aged", document=number).rows("life")


def test_what_the_factor_states_otherwise_is_told(site: Open) -> None:
    page = site(
        invoice("2026-01-06", "F1", "1000.00")
        + """
2026-01-09 custom "factoring" "remit" "bpce"
  guarantee: 100.00 EUR
2026-01-12 custom "factoring" "guarantee" "bpce" -10.00 EUR
2026-02-02 custom "factoring" "interest" "bpce" 0.00 EUR
  vat: 0.01 EUR
2026-02-03 custom "factoring" "charge" "bpce" "web access" 41.00 EUR
"""
        + until("2026-02-28"),
        """
        figures: stated
        remittance: {every: declared}
        guarantee_fund: {rate: 10 %}
        commission: {vat: 20 %}
        charges: [{name: web access, amount: 40.00, every: month}]
        """,
        source="statement",
    ).read()
    todos = page.tree.xpath('//li[starts-with(@data-todo, "stated-")]')
    told = [" ".join(todo.text_content().split()) for todo in todos]
    assert [text.partition(", computed")[0] for text in told] == [
        "Guarantee fund on 2026-01-12: the factor states -10.00 EUR",
        "VAT on interest on 2026-02-02: the factor states 0.01 EUR",
        "Charge web access on 2026-02-03: the factor states 41.00 EUR",
    ]


def test_read_only(load: Load) -> None:
    folder = load(EXTENSION + LEDGER).folder
    site = open_site(folder / "main.beancount", read_only=True)
    for view in VIEWS:
        assert site.read(view).status == 200
    assert site.download("aged", "aged").startswith(b"Debtor,")


def test_figures_are_hidden_where_fava_hides_them(load: Load) -> None:
    folder = load(EXTENSION + invoice("2026-01-06", "F1", "4321.98") + until("2026-02-28")).folder
    site = open_site(folder / "main.beancount", incognito=True)
    for view in VIEWS:
        page = site.read(view)
        shown = page.tree.xpath("//article//table | //article//dl")
        text = " ".join(element.text_content() for element in shown)
        assert page.tree.xpath("//data") == []
        assert "4321" not in text
    assert "XXXX.XX" in site.read("aged").text
    answer = site.client.get(site.address("aged", endpoint="download", table="aged"))
    assert answer.status_code == 404


@pytest.fixture
def no_kept_addresses() -> Iterator[None]:
    """Let Fava forget the addresses it made, which it keeps for a whole process."""
    fava.application._cached_url_for.cache_clear()
    yield
    fava.application._cached_url_for.cache_clear()


@pytest.mark.usefixtures("no_kept_addresses")
def test_a_prefix_stands_before_every_address(load: Load) -> None:
    folder = load(EXTENSION + LEDGER).folder
    app = create_app([str(folder / "main.beancount")], load=True, poll_watcher=True)
    app.wsgi_app = DispatcherMiddleware(simple_wsgi, {"/books": app.wsgi_app})  # type: ignore[method-assign]
    client = FlaskClient(app, app.response_class)
    slug = client.get("/books/").location.strip("/").split("/")[1]
    site = Site.__new__(Site)
    site.app, site.client, site.slug = app, client, f"books/{slug}"
    page = site.read("aged", debtor="DUPONT")
    addresses = [str(a) for a in page.tree.xpath("//article//a/@href")]
    assert len(addresses) > 10
    assert [a for a in addresses if not a.startswith(("/books/", "#"))] == []
    (life,) = page.links("F1")
    assert site.read_at(life).rows("life")


def test_several_ledgers_beside_each_other(load: Load, tmp_path: Path) -> None:
    folder = load(EXTENSION + LEDGER).folder
    other = tmp_path / "other" / "other.beancount"
    other.parent.mkdir()
    text = (folder / "main.beancount").read_text().replace("1000.00", "250.00")
    other.write_text(text.replace("main.beancount", "other.beancount"))
    (other.parent / "contracts.yaml").write_text((folder / "contracts.yaml").read_text())
    app = create_app([str(folder / "main.beancount"), str(other)], load=True, poll_watcher=True)
    amounts = []
    for slug in list(app.config["LEDGERS"].ledgers_by_slug):
        site = Site(app)
        site.slug = slug
        page = site.read()
        amounts.append(page.table("waterfall-bpce")["outstanding"]["amount"])
        addresses = [str(a) for a in page.tree.xpath("//article//a/@href")]
        assert [a for a in addresses if not a.startswith((f"/{slug}/", "#"))] == []
    assert amounts == ["1000.00", "250.00"]


def test_the_extension_is_asked_twice_and_computed_once(load: Load) -> None:
    folder = load(EXTENSION + LEDGER).folder
    site = open_site(folder / "main.beancount")
    loaded = site.extension._loaded
    before = [id(course.on.books) for courses in loaded._courses.values() for course in courses]
    for view in VIEWS * 2:
        site.read(view)
    after = [id(course.on.books) for courses in loaded._courses.values() for course in courses]
    assert site.extension._loaded is loaded
    assert before == after
    assert len(before) == 1


def test_an_edit_of_the_contract_changes_the_page(load: Load) -> None:
    folder = load(EXTENSION + LEDGER, "guarantee_fund: {rate: 0.10}").folder
    site = open_site(folder / "main.beancount")
    assert site.read().table("waterfall-bpce")["guarantee_fund"]["amount"] == "100.00"
    contract = folder / "contracts.yaml"
    contract.write_text(contract.read_text().replace("0.10", "0.25"))
    site.ledger.load_file()
    assert site.read().table("waterfall-bpce")["guarantee_fund"]["amount"] == "250.00"


def test_a_page_is_of_bounded_size(site: Open) -> None:
    text = "".join(invoice("2026-01-06", f"F{n:04}", "10.00") for n in range(250))
    opened = site(text + until("2026-02-28"))
    page = opened.read("aged", debtor="DUPONT")
    assert len(page.rows("items")) == 100
    (following,) = page.links("Next →")
    second = opened.read_at(following)
    assert second.rows("items")[0]["document"] == "F0100"
    assert "101–200" in second.text
    text = opened.download("aged", "items", debtor="DUPONT").decode()
    assert len(text.splitlines()) == 251


def test_a_ledger_that_breaks_the_extension_breaks_nothing_else(load: Load) -> None:
    folder = load(EXTENSION + LEDGER).folder
    site = open_site(folder / "main.beancount")
    # What cannot happen by any ledger known: options that Beancount did not make.
    site.ledger.options["plugin"] = None
    site.extension.after_load_file()
    answer = site.client.get(site.address())
    assert answer.status_code == 500
    assert "TypeError" in answer.get_data(as_text=True)
    assert site.client.get(f"/{site.slug}/income_statement/").status_code == 200
