"""What the package keeps is what its program makes, byte for byte."""

from __future__ import annotations

from pathlib import Path

import beancount_factoring.example
from beancount_factoring.example.accounts import accounts_text
from beancount_factoring.example.documents import is_pdf
from beancount_factoring.example.import_map import import_map_text
from beancount_factoring.example.remake import factor_files
from beancount_factoring.example.year import simulate

_PACKAGE = Path(beancount_factoring.example.__file__).parent


def test_accounts_and_import_map_are_what_the_program_makes() -> None:
    ledger = _PACKAGE / "ledger"
    assert (ledger / "accounts.beancount").read_text("utf-8") == accounts_text()
    assert (ledger / "import.yaml").read_text("utf-8") == import_map_text()


def test_the_factors_figures_are_what_the_engine_gives() -> None:
    for name, text in factor_files(simulate()).items():
        assert (_PACKAGE / name).read_text("utf-8") == text, name


def test_there_is_a_pdf_for_each_document_of_the_last_month_and_no_other() -> None:
    year = simulate()
    documents = [i for i in (*year.invoices, *year.credit_notes) if is_pdf(i)]
    kept = {path.name for path in (_PACKAGE / "pdf").iterdir()}
    assert kept == {f"{invoice.number}.pdf" for invoice in documents}


def test_the_kept_files_are_small() -> None:
    size = sum(path.stat().st_size for path in _PACKAGE.rglob("*") if path.is_file())
    assert size < 1_500_000
