"""Generated transactions in Fava: told apart, shown, exported once, and never edited."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from fava.application import create_app
from fava.beans.funcs import hash_entry
from fava.core import FavaLedger
from fava.core.file import find_entry_lines
from flask.testing import FlaskClient

from tests.conftest import Load
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import until

# Twins on one day: equal but for their identifiers.
LEDGER = (
    invoice("2026-01-06", "F1", "1000.00")
    + payment("2026-01-14", "F1", "100.00") * 2
    + '2026-01-16 custom "factoring" "charge" "bpce" "audit" 25.00 EUR\n' * 2
    + until("2026-01-31")
)
TERMS = """
commission: {rate: 0.0040, vat: 0.20}
guarantee_fund: {rate: 0.10}
interest: {margin: 0.03, vat: 0}
"""


@pytest.fixture
def folder(load: Load) -> Path:
    loaded = load(LEDGER, TERMS)
    assert loaded.messages == []
    return loaded.folder


@pytest.fixture
def ledger(folder: Path) -> FavaLedger:
    return FavaLedger(str(folder / "main.beancount"), poll_watcher=True)


@pytest.fixture
def client(folder: Path) -> FlaskClient:
    app = create_app([str(folder / "main.beancount")], poll_watcher=True)
    app.testing = False
    client = app.test_client()
    # The ledger's address in Fava, such as /main-beancount.
    client.environ_base["ledger"] = client.get("/").location.split("/")[1]
    return client


def address(client: FlaskClient, page: str) -> str:
    """Return the address of one of Fava's pages."""
    return f"/{client.environ_base['ledger']}/{page}"


def generated(ledger: FavaLedger) -> list[Any]:
    entries: Sequence[Any] = ledger.all_entries
    return [entry for entry in entries if "factoring-id" in entry.meta]


def test_each_entry_has_an_address_of_its_own(ledger: FavaLedger) -> None:
    entries = generated(ledger)
    assert len(entries) > 10
    assert len({hash_entry(entry) for entry in entries}) == len(entries)


def test_addresses_stay_when_the_ledger_is_loaded_again(ledger: FavaLedger) -> None:
    before = [hash_entry(entry) for entry in generated(ledger)]
    ledger.load_file()
    assert [hash_entry(entry) for entry in generated(ledger)] == before


def test_the_export_prints_each_transaction_once(client: FlaskClient, ledger: FavaLedger) -> None:
    answer = client.get(address(client, "download-journal/"))
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    for entry in generated(ledger):
        assert text.count(f'factoring-id: "{entry.meta["factoring-id"]}"\n') == 1
    assert text.count('"Payment of F1"') == 2
    assert text.count('"Invoice F1"') == 1


def test_the_export_is_a_ledger_with_the_same_balances(
    client: FlaskClient, ledger: FavaLedger, folder: Path
) -> None:
    text = client.get(address(client, "download-journal/")).get_data(as_text=True)
    opens = [
        line.strip()
        for line in (folder / "main.beancount").read_text().splitlines()
        if " open " in line
    ]
    (folder / "exported.beancount").write_text("\n".join(opens) + "\n" + text)
    entries, errors, _options = loader.load_file(str(folder / "exported.beancount"))
    assert errors == []
    assert totals(entries) == totals(ledger.all_entries)


def totals(entries: Any) -> dict[str, Any]:
    sums: dict[str, Any] = {}
    for entry in entries:
        for posting in getattr(entry, "postings", ()):
            sums[posting.account] = sums.get(posting.account, 0) + posting.units.number
    return sums


def test_the_context_shows_balances_and_offers_no_source_to_edit(
    client: FlaskClient, ledger: FavaLedger
) -> None:
    for entry in generated(ledger):
        query = f"?entry_hash={hash_entry(entry)}"
        context = client.get(address(client, f"api/context{query}"))
        assert context.status_code == 200
        shown = context.get_json()["data"]
        assert shown["entry"]["meta"]["factoring-id"] == entry.meta["factoring-id"]
        assert shown["balances_before"] is not None
        # Fava's editor asks for this: it finds no file of that name.
        assert client.get(address(client, f"api/source_slice{query}")).status_code == 500


@pytest.mark.parametrize("method", ["put", "delete"])
def test_fava_cannot_change_the_cause_through_a_generated_entry(
    client: FlaskClient, ledger: FavaLedger, folder: Path, method: str
) -> None:
    files = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    url = address(client, "api/source_slice")
    for entry in generated(ledger):
        arguments = {
            "entry_hash": hash_entry(entry),
            "sha256sum": checksum_of_cause(entry),
            "source": "",
        }
        if method == "put":
            answer = client.put(url, json=arguments)
        else:
            answer = client.delete(url, query_string=arguments)
        assert answer.status_code == 500
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == files


def checksum_of_cause(entry: Any) -> str:
    """Return the checksum that Fava would ask for before it changes the cause's text."""
    path = Path(entry.meta["filename"].removesuffix("#factoring"))
    with path.open(encoding="utf-8") as file:
        lines = find_entry_lines(file.readlines(), entry.meta["lineno"] - 1)
    return sha256("".join(lines).rstrip("\n").encode()).hexdigest()


@pytest.mark.parametrize("page", ["journal", "income_statement", "errors", "events", "editor"])
def test_favas_pages_open(client: FlaskClient, page: str) -> None:
    assert client.get(address(client, f"{page}/")).status_code == 200


def test_the_journal_shows_generated_transactions_without_an_option(client: FlaskClient) -> None:
    journal = client.get(address(client, "api/journal_page?page=1&order=desc"))
    text = journal.get_data(as_text=True)
    assert journal.status_code == 200
    assert "Commission on remittance bpce" in text


def test_the_tag_and_the_metadata_filter_the_journal(ledger: FavaLedger) -> None:
    filtered = ledger.get_filtered(filter="#factoring")
    assert len(filtered.entries) == len(generated(ledger))
    collections = ledger.get_filtered(filter="factoring-event:'collection'")
    assert len(collections.entries) == 2


def test_an_error_of_the_contract_is_shown_at_its_line(folder: Path) -> None:
    contract = folder / "contracts.yaml"
    contract.write_text(contract.read_text().replace("guarantee_fund", "garantee_fund"))
    (error,) = FavaLedger(str(folder / "main.beancount"), poll_watcher=True).errors
    assert error.source is not None
    assert error.source["filename"] == str(contract)
    line = contract.read_text().splitlines()[int(str(error.source["lineno"])) - 1]
    assert line.strip().startswith("garantee_fund")


def test_metadata_that_fava_saved_as_text_is_read_alike(load: Load) -> None:
    saved = load("""
        2026-01-06 * "DUPONT" "Invoice"
          invoice: "F1"
          due: "2026-02-20"
          Assets:Clients:DUPONT  1000.00 EUR
          Income:Sales

        2026-01-09 custom "factoring" "remit" "bpce"
          number: "R-1"
          commission: "4.50 EUR"
          vat: "0.90"
          assigned: "1000.00 EUR"
    """)
    assert saved.messages == []
    assert [str(p.units) for p in saved.of("commission")[0].postings] == [
        "4.50 EUR",
        "0.90 EUR",
        "-5.40 EUR",
    ]
