"""What the tests of the Fava extension share: the example ledger, and pages as they are read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from fava.application import create_app
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from beancount_factoring.cli.main import main
from tests.conftest import Load

EXTENSION = '2026-01-01 custom "fava-extension" "beancount_factoring.fava_ext"\n'


@dataclass(frozen=True)
class PageRead:
    """A page of the extension, as a program reads it."""

    status: int
    text: str
    tree: Any

    def table(self, name: str) -> dict[str, dict[str, str]]:
        """Return a table's rows by their subject: exact figures where there are, else the text."""
        rows = self.tree.xpath(f'//table[@data-table="{name}"]//tr[@data-row]')
        return {row.get("data-row"): self._cells(row) for row in rows}

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return a table's rows in order."""
        rows = self.tree.xpath(f'//table[@data-table="{name}"]//tr[@data-row]')
        return [self._cells(row) for row in rows]

    def facts(self, name: str) -> dict[str, str]:
        """Return figures by themselves, by their keys."""
        facts = self.tree.xpath(f'//dl[@data-facts="{name}"]/div')
        return {fact.get("data-key"): _figure(fact.find("dd")) for fact in facts}

    def charts(self, name: str) -> list[dict[str, Any]]:
        """Return the data of the charts of a name."""
        (script,) = self.tree.xpath(f'//div[contains(@class, "chart-{name}")]//script')
        charts: list[dict[str, Any]] = json.loads(script.text)
        return charts

    def todos(self) -> list[str]:
        """Return the kinds of what needs doing."""
        return [str(kind) for kind in self.tree.xpath("//li/@data-todo")]

    def links(self, text: str) -> list[str]:
        """Return where links with a text lead."""
        return [a.get("href") for a in self.tree.xpath("//a") if a.text_content() == text]

    @property
    def notices(self) -> list[str]:
        """Return the lines above the view."""
        found = self.tree.xpath('//p[contains(@class, "notice")]')
        return [" ".join(notice.text_content().split()) for notice in found]

    @staticmethod
    def _cells(row: Any) -> dict[str, str]:
        return {cell.get("data-key"): _figure(cell) for cell in row.xpath("./td[@data-key]")}


def _figure(element: Any) -> str:
    figures = element.xpath(".//data/@value")
    return str(figures[0]) if figures else str(element.text_content()).strip()


class Site:
    """A ledger in Fava, asked without a browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        (self.ledger, *_others) = app.config["LEDGERS"].ledgers
        self.slug = self.client.get("/").location.strip("/").split("/")[0]

    @property
    def extension(self) -> Any:
        return self.ledger.extensions.get_extension("Factoring")

    def address(self, view: str = "", *, endpoint: str = "", **parts: str) -> str:
        query = urlencode({"view": view, **parts} if view else parts)
        return f"/{self.slug}/extension/Factoring/{endpoint}?{query}"

    def read(self, view: str = "", *, language: str = "en", **parts: str) -> PageRead:
        """Return a view's page."""
        return self.read_at(self.address(view, **parts), language=language)

    def read_at(self, address: str, *, language: str = "en") -> PageRead:
        answer = self.client.get(address, headers={"Accept-Language": language})
        text = answer.get_data(as_text=True)
        return PageRead(answer.status_code, text, html.fromstring(text))

    def download(self, view: str, table: str, file_format: str = "csv", **parts: str) -> bytes:
        """Return a table as a file."""
        parts |= {"table": table, "format": file_format}
        answer = self.client.get(self.address(view, endpoint="download", **parts))
        assert answer.status_code == 200
        return answer.get_data()


Open = Callable[..., Site]


def open_site(*ledgers: Path, **options: bool) -> Site:
    """Open ledgers in Fava; watching threads would stay, and a system has a bounded number."""
    paths = [str(path) for path in ledgers]
    return Site(create_app(paths, load=True, poll_watcher=True, **options))


@pytest.fixture
def site(load: Load) -> Open:
    """Open a ledger text under a contract in Fava; arguments are those of `load`."""

    def opening(text: str, terms: str = "", **options: Any) -> Site:
        loaded = load(EXTENSION + text, terms, **options)
        return open_site(loaded.folder / "main.beancount")

    return opening


@pytest.fixture(scope="session")
def example_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example ledger with its documents imported; not to be changed."""
    folder = tmp_path_factory.mktemp("fava") / "demo"
    done = CliRunner().invoke(main, ["demo", str(folder)], catch_exceptions=False)
    assert done.exit_code == 0
    return folder


@pytest.fixture(scope="session")
def example(example_folder: Path) -> Site:
    """The example ledger in Fava."""
    return open_site(example_folder / "main.beancount")


@pytest.fixture
def own_example(example_folder: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the example ledger that a test may change."""
    folder = tmp_path / "demo"
    shutil.copytree(example_folder, folder)
    yield folder
    shutil.rmtree(folder)


def command(*arguments: object) -> Any:
    """Return what a command prints as JSON."""
    texts = [*map(str, arguments), "--format", "json"]
    done = CliRunner().invoke(main, texts, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)
