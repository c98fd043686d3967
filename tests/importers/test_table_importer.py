"""The beangulp importer of tables: on beangulp's command line and on Fava's import page."""

from __future__ import annotations

import datetime

import pytest
from beancount.core import data
from beangulp.archive import filepath as archive_path
from beangulp.exceptions import Error
from beangulp.importer import Importer

from beancount_factoring.importers.config import importers_from
from beancount_factoring.importers.run import run_import
from beancount_factoring.importers.run import write_entries
from tests.importers.firm import Books
from tests.importers.tables import BANK
from tests.importers.tables import SALES
from tests.importers.tables import SALES_HEADER
from tests.importers.tables import lines
from tests.importers.tables import with_table

INVOICES = lines(
    SALES_HEADER,
    "F1;2026-01-05;2026-02-04;Dupont & Fils;1000,00;200,00;20;1200,00",
    "F2;2026-01-06;2026-02-05;Dupont & Fils;100,00;20,00;20;120,00",
)
STATEMENT = lines(
    "Date;Libellé;Montant;Solde",
    "2026-02-03;VIR DUPONT F1;1200,00;2200,00",
    "2026-02-16;PRLV LOYER;-500,00;1700,00",
)


@pytest.fixture
def importer(books: Books) -> Importer:
    """Return the importer of the firm's tables."""
    with_table(with_table(books, SALES, "ventes"), BANK, "banque")
    books.edit("import.yaml", "sales:\n", "sales:\n  20: Income:Sales\n")
    *_others, importer = importers_from(books.mapping_path)
    return importer


def test_it_identifies_files_by_their_columns(books: Books, importer: Importer) -> None:
    assert importer.name == "factoring.tables"
    assert importer.identify(str(books.add("a.csv", INVOICES)))
    assert importer.identify(str(books.add("b.csv", STATEMENT)))
    assert not importer.identify(str(books.add("c.csv", "a;b\n1;2\n")))


def test_it_extracts_what_bean_factor_does(books: Books, importer: Importer) -> None:
    for name, content in (("a.csv", INVOICES), ("b.csv", STATEMENT)):
        path = books.add(name, content)
        expected = run_import(books.ledger, [path]).entries
        entries, _errors = books.load()
        assert importer.extract(str(path), entries) == list(expected)
        assert expected


def test_it_marks_what_the_ledger_has(books: Books, importer: Importer) -> None:
    paths = [books.add("a.csv", INVOICES), books.add("b.csv", STATEMENT)]
    run = run_import(books.ledger, paths)
    write_entries(run.into, (*run.opened, *run.entries))
    existing, _errors = books.load()
    for path in paths:
        entries = importer.extract(str(path), existing)
        importer.deduplicate(entries, existing)
        assert entries
        assert all("__duplicate__" in entry.meta for entry in entries)


def test_it_files_documents_by_account_and_date(books: Books, importer: Importer) -> None:
    path = str(books.add("a.csv", INVOICES))
    assert importer.date(path) == datetime.date(2026, 1, 6)
    assert archive_path(importer, path) == "Assets/Clients/2026-01-06.table_ventes.csv"
    path = str(books.add("b.csv", STATEMENT))
    assert archive_path(importer, path) == "Assets/Bank/Shared/2026-02-16.table_banque.csv"


def test_a_refused_file_is_beangulps_error(books: Books, importer: Importer) -> None:
    path = str(books.add("a.csv", INVOICES.replace("1200,00", "1300,00")))
    assert (importer.account(path), importer.date(path), importer.filename(path)) == (
        "Assets:Suspense",
        None,
        None,
    )
    with pytest.raises(Error, match="line 2: 1000\\.00 and VAT of 200"):
        importer.extract(path, [])


def test_an_edit_of_the_mapping_counts_at_once(books: Books, importer: Importer) -> None:
    path = str(books.add("b.csv", STATEMENT.replace("2026-02-", "2/")))
    assert importer.date(path) is None
    path = str(books.add("a.csv", INVOICES))
    assert importer.date(path) == datetime.date(2026, 1, 6)
    books.edit("import.yaml", "date: Date\n      due: Échéance", "date: Échéance")
    assert importer.date(path) == datetime.date(2026, 2, 5)
    (first, _second) = importer.extract(path, [])
    assert isinstance(first, data.Transaction)
    assert first.date == datetime.date(2026, 2, 4)
