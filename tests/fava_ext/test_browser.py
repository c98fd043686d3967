"""The pages in a real browser: Debian's chromium, headless, through playwright.

Nothing is installed for it: where no browser is found, these tests are skipped.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fava.application import create_app
from playwright.sync_api import Browser
from playwright.sync_api import Page
from playwright.sync_api import expect
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from beancount_factoring.example.writer import DOCUMENTS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A busy machine is slow, not wrong.
PATIENCE = 60_000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

VIEWS = {
    "en": ["Position", "Aged balance", "Remittances", "Debtors", "Cost"],
    "fr": ["Situation", "Balance âgée", "Remises", "Débiteurs", "Coût"],
}
NAMES = ["position", "aged", "remittances", "debtors", "cost"]
TITLES = {"en": "Factoring", "fr": "Affacturage"}


@dataclass(frozen=True)
class Served:
    """A ledger that Fava serves: its address, and the folder it stands in."""

    address: str
    folder: Path

    def factoring(self, query: str = "") -> str:
        return f"{self.address}extension/Factoring/{query}"


def serve(folder: Path) -> Iterator[Served]:
    app = create_app([str(folder / "main.beancount")], load=True)
    slug = app.test_client().get("/").location.strip("/").split("/")[0]
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{server.server_port}/{slug}/", folder)
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def served(example_folder: Path) -> Iterator[Served]:
    yield from serve(example_folder)


@pytest.fixture
def own_served(own_example: Path) -> Iterator[Served]:
    with (own_example / "main.beancount").open("a", encoding="utf-8") as file:
        file.write('2024-12-31 custom "fava-option" "auto-reload" "true"\n')
    yield from serve(own_example)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


class Watched:
    """A page of the browser whose console is watched: an error fails the test."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    yield from watch(browser, "en")


@pytest.fixture
def spoken(browser: Browser, language: str) -> Iterator[Watched]:
    """A page in one of the two languages."""
    yield from watch(browser, language)


def watch(browser: Browser, language: str, **options: Any) -> Iterator[Watched]:
    expect.set_options(timeout=PATIENCE)
    context = browser.new_context(locale=language, **options)
    watched = Watched(context.new_page())
    yield watched
    context.close()
    assert watched.errors == []


def test_every_view_opens_from_the_sidebar(served: Served, spoken: Watched, language: str) -> None:
    page = spoken.page
    page.goto(f"{served.address}income_statement/")
    # Fava forgets a click on a backend's page that comes before its first page is drawn.
    expect(page.locator("article svg").first).to_be_visible()
    page.locator("aside").get_by_text(TITLES[language], exact=True).click()
    for name, view in zip(NAMES, VIEWS[language], strict=True):
        page.locator(f'aside [data-factoring-view="{name}"]').click()
        expect(page.locator(".views .selected")).to_have_text(view)
        expect(page.locator("article .factoring section").first).to_be_visible()
        expect(page.locator("svelte-component.error")).to_have_count(0)
        assert page.locator("header").inner_text().count(TITLES[language]) == 1


def test_every_view_opens_by_its_address(served: Served, spoken: Watched, language: str) -> None:
    page = spoken.page
    for name, view in zip(NAMES, VIEWS[language], strict=True):
        page.goto(served.factoring(f"?view={name}"))
        expect(page.locator(".views .selected")).to_have_text(view)
        expect(page.locator("table[data-table]").first).to_be_visible()
        expect(page.locator(f'aside [data-factoring-view="{name}"]')).to_be_visible()
        if name in {"position", "aged", "cost"}:
            expect(page.locator(".chart svg").first).to_be_visible()
        page.reload()
        expect(page.locator(".views .selected")).to_have_text(view)


def test_the_filters_change_the_figures(served: Served, watched: Watched) -> None:
    page = watched.page
    page.goto(served.factoring("?view=aged"))
    total = page.locator('tfoot td[data-key="total"]')
    before = total.inner_text()
    period = page.locator("header input").first
    period.fill("2025-06")
    period.press("Enter")
    expect(total).not_to_have_text(before)
    expect(page.locator(".as-of")).to_have_text("On 2025-06-30")
    assert "view=aged" in page.url
    account = page.locator("header input").nth(1)
    account.fill("Assets:Clients:EPICENTRE")
    account.press("Enter")
    expect(page.locator('table[data-table="aged"] tbody tr')).to_have_count(1)
    expect(page.locator(".notice")).to_have_count(1)


def test_a_documents_life_is_two_clicks_from_the_aged_balance(
    served: Served, watched: Watched
) -> None:
    page = watched.page
    page.goto(served.factoring("?view=aged"))
    page.locator('tr[data-row="MEUNIER"] a').click()
    page.locator('table[data-table="items"] tbody a').first.click()
    expect(page.locator('table[data-table="life"]')).to_contain_text("Remitted to the factor")
    page.locator('table[data-table="transactions"] tbody a').first.click()
    expect(page.locator("dialog, .overlay").first).to_contain_text("MEUNIER")
    page.go_back()
    page.go_back()
    expect(page.locator('table[data-table="items"]')).to_be_visible()


def test_generated_transactions_are_shown_in_the_journal(served: Served, watched: Watched) -> None:
    page = watched.page
    page.goto(served.factoring("?view=remittances"))
    page.locator("tbody tr").first.get_by_text("transactions").click()
    expect(page.locator(".journal").last).to_contain_text("Commission on remittance")


def test_a_click_on_a_stacked_bar_leads_nowhere(served: Served, watched: Watched) -> None:
    page = watched.page
    page.goto(served.factoring("?view=aged"))
    address = page.url
    page.locator(".chart-aged .stacks rect").first.click()
    page.wait_for_timeout(300)
    assert page.url == address


def test_sorting_with_the_keyboard(served: Served, watched: Watched) -> None:
    page = watched.page
    page.goto(served.factoring("?view=aged"))
    header = page.locator("th a", has_text="Total")
    header.focus()
    header.press("Enter")
    expect(page.locator('th[data-order="desc"]')).to_have_text("Total")
    expect(page.locator("tbody tr").first).to_have_attribute("data-row", "MIEDOREE")


def test_an_edit_of_the_contract_redraws_the_page(own_served: Served, watched: Watched) -> None:
    page = watched.page
    page.goto(own_served.factoring())
    fund = page.locator('tr[data-row="guarantee_fund"] td[data-key="amount"]')
    before = fund.inner_text()
    contract = own_served.folder / "contracts.yaml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace("rate: 10 %", "rate: 20 %"), encoding="utf-8")
    expect(fund).not_to_have_text(before)


def test_an_error_of_the_contract_leads_to_its_line(own_served: Served, watched: Watched) -> None:
    contract = own_served.folder / "contracts.yaml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace("    recourse: 1\n", "    recours: 1\n"), encoding="utf-8")
    page = watched.page
    page.goto(own_served.factoring())
    notice = page.locator(".notice.error").first
    expect(notice).to_contain_text("recours")
    notice.locator("a").click()
    expect(page.locator(".cm-content")).to_contain_text("recours: 1")


def test_the_import_page_imports_an_invoice(own_served: Served, watched: Watched) -> None:
    folder = own_served.folder
    invoice = next(iter(sorted((folder / DOCUMENTS).rglob("*.pdf"))))
    number = invoice.stem
    booked = folder / "imported.beancount"
    kept = [
        entry for entry in booked.read_text("utf-8").split("\n\n") if f'"{number}"' not in entry
    ]
    booked.write_text("\n\n".join(kept), encoding="utf-8")
    page = watched.page
    # Fava opens a second dialog over the first if it loads the ledger anew in between.
    first = page.context.new_page()
    first.goto(own_served.address)
    first.wait_for_load_state("networkidle")
    first.close()
    page.goto(f"{own_served.address}import/")
    page.wait_for_load_state("networkidle")
    file = f'//button[normalize-space()="{invoice.name}"]'
    page.locator(f'{file}/following::button[normalize-space()="Extract"]').first.click()
    dialog = page.locator("dialog, .overlay").first
    expect(dialog).to_contain_text("Save")
    assert f'"{number}"' not in booked_text(folder)
    patient = time.monotonic() + PATIENCE / 1000
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert f'"{number}"' in booked_text(folder)
    life = page.locator('table[data-table="life"]')
    page.goto(own_served.factoring(f"?view=aged&document={number}"))
    # While one request loads the ledger anew, Fava answers others from the old one.
    while not life.count() and time.monotonic() < patient:
        page.wait_for_timeout(500)
        page.reload()
    expect(life).to_contain_text("Booked")


def booked_text(folder: Path) -> str:
    """Return all that the ledger's own files say."""
    return "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.beancount")))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_no_page_is_wider_than_the_window(
    served: Served, browser: Browser, scheme: str, width: int
) -> None:
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    for watched in watch(browser, "en", **options):
        page = watched.page
        for name in NAMES:
            page.goto(served.factoring(f"?view={name}"))
            expect(page.locator(".factoring section").first).to_be_visible()
            shown = page.evaluate(
                "() => [document.querySelector('.factoring').scrollWidth,"
                " document.querySelector('.factoring').clientWidth]"
            )
            assert shown[0] <= shown[1], name
