"""Editing the contract file: Beancount's load cache and Fava's watchers see it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from fava.core import FavaLedger

from tests.conftest import Load
from tests.ledger_text import invoice
from tests.ledger_text import until

TERMS = "commission: {rate: 0.0040, vat: 0.20}"
LEDGER = invoice("2026-01-06", "F1", "1000.00") + until("2026-01-31")


@pytest.fixture
def folder(load: Load) -> Path:
    """Return the folder of a ledger with a contract."""
    return load(LEDGER, TERMS).folder


@pytest.fixture
def cached(folder: Path) -> Iterator[Path]:
    """Make Beancount keep every load in its cache, however short; return the cache's file."""
    before = loader._load_file
    cache = folder / "cache"
    loader._load_file = loader.pickle_cache_function(
        lambda _filename: str(cache), 0, loader._uncached_load_file
    )
    yield cache
    loader._load_file = before


def commission(folder: Path) -> str:
    """Return the commission of the ledger as Beancount loads it, or its first error."""
    entries, errors, _options = loader.load_file(str(folder / "main.beancount"))
    if errors:
        return str(errors[0].message)
    return first_amount(entries)


def first_amount(entries: Sequence[Any]) -> str:
    """Return the amount of the only commission among entries."""
    (txn,) = (entry for entry in entries if entry.meta.get("factoring-event") == "commission")
    return f"{txn.postings[0].units.number} {txn.postings[0].units.currency}"


def change(path: Path, old: str, new: str) -> None:
    """Change a file's text, and its time for sure."""
    path.write_text(path.read_text().replace(old, new))
    later = path.stat().st_mtime_ns + 2_000_000_000
    os.utime(path, ns=(later, later))


def test_the_cache_is_used_while_nothing_changes(folder: Path, cached: Path) -> None:
    assert commission(folder) == "4.00 EUR"
    written = cached.stat().st_mtime_ns
    assert commission(folder) == "4.00 EUR"
    assert cached.stat().st_mtime_ns == written


def test_an_edit_of_the_contract_invalidates_the_cache(folder: Path, cached: Path) -> None:
    assert commission(folder) == "4.00 EUR"
    change(folder / "contracts.yaml", "0.0040", "0.0050")
    assert cached.exists()
    assert commission(folder) == "5.00 EUR"


def test_errors_can_be_kept_in_the_cache_and_go_when_the_contract_is_mended(
    folder: Path, cached: Path
) -> None:
    contract = folder / "contracts.yaml"
    change(contract, "commission: {rate", "comission: {rate")
    assert "comission: is not a key here" in commission(folder)
    assert cached.exists()
    assert "comission: is not a key here" in commission(folder)
    change(contract, "comission: {rate", "commission: {rate")
    assert commission(folder) == "4.00 EUR"


@pytest.mark.parametrize("name", ["contracts.yaml", "later/deep/contracts.yaml"])
def test_a_contract_file_that_comes_later_invalidates_the_cache(
    folder: Path, cached: Path, name: str
) -> None:
    ledger = folder / "main.beancount"
    ledger.write_text(ledger.read_text().replace('"contracts.yaml"', f'"{name}"'))
    text = (folder / "contracts.yaml").read_text()
    (folder / "contracts.yaml").unlink()
    # The cache itself stands in the watched folder: without this its own creation is a change.
    cached.write_text("")
    age = folder.stat().st_mtime_ns - 5_000_000_000
    os.utime(folder, ns=(age, age))
    assert "is not there" in commission(folder)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    assert commission(folder) == "4.00 EUR"


def test_contract_files_are_among_the_included_files(load: Load) -> None:
    loaded = load(LEDGER, TERMS)
    assert loaded.options["include"] == [
        str(loaded.folder / "main.beancount"),
        str(loaded.folder / "contracts.yaml"),
    ]


def test_the_path_of_a_contract_file_is_written_without_detours(folder: Path) -> None:
    ledger = folder / "main.beancount"
    ledger.write_text(
        ledger.read_text().replace('"contracts.yaml"', f'"../{folder.name}/contracts.yaml"')
    )
    _entries, errors, options = loader.load_file(str(ledger))
    assert errors == []
    assert str(folder / "contracts.yaml") in options["include"]


def changes(ledger: FavaLedger) -> bool:
    """Tell whether Fava notices a change within a few seconds."""
    for _ in range(60):
        if ledger.changed():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("poll", [False, True])
@pytest.mark.parametrize("name", ["contracts.yaml", "../contracts.yaml"])
def test_fava_reloads_when_the_contract_is_edited(folder: Path, *, poll: bool, name: str) -> None:
    inner = folder / "books" if name.startswith("..") else folder
    inner.mkdir(exist_ok=True)
    text = (folder / "main.beancount").read_text()
    (inner / "main.beancount").write_text(text.replace('"contracts.yaml"', f'"{name}"'))
    ledger = FavaLedger(str(inner / "main.beancount"), poll_watcher=poll)
    assert first_amount(ledger.all_entries) == "4.00 EUR"
    time.sleep(0.2)  # the watching thread has begun
    change(folder / "contracts.yaml", "0.0040", "0.0050")
    assert changes(ledger)
    assert first_amount(ledger.all_entries) == "5.00 EUR"
    assert not ledger.changed()


def test_fava_with_the_poll_watcher_sees_a_contract_file_that_comes_later(folder: Path) -> None:
    text = (folder / "contracts.yaml").read_text()
    (folder / "contracts.yaml").unlink()
    ledger = FavaLedger(str(folder / "main.beancount"), poll_watcher=True)
    assert len(ledger.load_errors) == 1
    # It does not reload again and again in the meantime.
    assert not ledger.changed()
    (folder / "contracts.yaml").write_text(text)
    later = folder.stat().st_mtime_ns + 2_000_000_000
    os.utime(folder, ns=(later, later))
    assert changes(ledger)
    assert first_amount(ledger.all_entries) == "4.00 EUR"
