"""The example's documents, imported, are books that hold: month by month, to the cent."""

from __future__ import annotations

from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data

from beancount_factoring.example import write_example
from beancount_factoring.example.accounts import client_account
from beancount_factoring.example.invoicing import euros
from beancount_factoring.example.year import Receipt
from beancount_factoring.example.year import simulate
from beancount_factoring.importers.run import run_import
from beancount_factoring.importers.run import write_entries


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example ledger with its documents imported."""
    folder = tmp_path_factory.mktemp("example") / "demo"
    write_example(folder)
    run = run_import(folder / "main.beancount", [folder / "documents"])
    assert not run.problems
    assert [file for file in run.files if file.refused] == []
    assert not run.opened
    write_entries(run.into, run.entries)
    return folder / "main.beancount"


def _load(ledger: Path) -> tuple[list[data.Directive], list[str]]:
    entries, errors, _ = loader.load_file(str(ledger))
    return entries, [error.message for error in errors]


def test_the_books_have_no_error(ledger: Path) -> None:
    entries, errors = _load(ledger)
    assert errors == []
    assert sum(isinstance(entry, data.Balance) for entry in entries) > 100


def test_no_receipt_waits_in_suspense(ledger: Path) -> None:
    entries, _ = _load(ledger)
    assert [e for e in entries if isinstance(e, data.Transaction) and e.flag == "!"] == []


def test_importing_the_documents_again_adds_nothing(ledger: Path) -> None:
    run = run_import(ledger, [ledger.parent / "documents"])
    assert run.entries == ()
    assert sum(file.known for file in run.files) > 1000


def test_the_balances_find_an_invoice_that_is_missing(ledger: Path, tmp_path: Path) -> None:
    blocks = _blocks(ledger)
    kept = [block for block in blocks if 'invoice: "F2025-0100"' not in block]
    assert len(kept) == len(blocks) - 1
    errors = _errors_with(ledger, tmp_path, kept)
    assert any("Assets:Factor:GuaranteeFund" in error for error in errors)


def test_the_receipts_that_name_no_invoice_find_it_by_payer_and_amount(ledger: Path) -> None:
    unnamed = [receipt for receipt in simulate().receipts if not receipt.names_invoices]
    assert len(unnamed) == 3
    for receipt in unnamed:
        ((invoice, amount),) = receipt.settled
        (block,) = [
            b for b in _blocks(ledger) if f'"{receipt.end_to_end_id}"' in b or _of(receipt, b)
        ]
        assert 'match: "the amount, by IBAN and by name"' in block
        assert f'settles: "{invoice.number}"' in block
        assert f"{client_account(receipt.customer)} " in block
        assert f"-{euros(amount)} EUR" in block


def _of(receipt: Receipt, block: str) -> bool:
    """Tell whether a block of the ledger is a receipt."""
    return receipt.reference[:20].upper() in block.upper() and f"{receipt.date} *" in block


def _blocks(ledger: Path) -> list[str]:
    """Return the imported entries as text, one by one."""
    return (ledger.parent / "imported.beancount").read_text("utf-8").split("\n\n")


def _errors_with(ledger: Path, folder: Path, blocks: list[str]) -> list[str]:
    """Return the errors of a copy of the ledger that has other imported entries."""
    # Not the hidden cache of a slow load, which would stand for the copy too.
    for path in ledger.parent.glob("[!.]*.*"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "imported.beancount").write_text("\n\n".join(blocks), "utf-8")
    return _load(folder / ledger.name)[1]
