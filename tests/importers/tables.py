"""Tables of `import.yaml` for tests: mappings, and what becomes of a file by them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
from openpyxl import Workbook

from beancount_factoring.importers.mapping.mapping_reader import read_mapping
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceList
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.tables.tables import TableFile
from tests.importers.firm import SHARED
from tests.importers.firm import Books

SALES = """\
kind: invoices
columns:
  number: Numéro
  date: Date
  due: Échéance
  customer: Client
  net: Total HT
  vat: TVA
  rate: Taux
  total: Total TTC
"""

SALES_HEADER = "Numéro;Date;Échéance;Client;Total HT;TVA;Taux;Total TTC"

BANK = f"""\
kind: bank
account: {SHARED}
columns:
  date: Date
  text: Libellé
  amount: Montant
  balance: Solde
"""


def with_table(books: Books, table: str, name: str = "export") -> Books:
    """Add a table to the firm's `import.yaml`."""
    text = books.mapping_path.read_text()
    if "tables:" not in text:
        text += "tables:\n"
    books.mapping_path.write_text(text + f"  {name}:\n{indent(table, '    ')}")
    return books


def problems(books: Books) -> list[str]:
    """Return the problems of `import.yaml`, without the file's name."""
    found = read_mapping(books.mapping_path).problems
    return [str(problem).partition("import.yaml:")[2].partition(": ")[2] for problem in found]


def read(books: Books, content: str | bytes | Path) -> InvoiceList | tuple[Statement, ...]:
    """Read a file by the firm's tables."""
    path = content if isinstance(content, Path) else books.documents / "export.csv"
    if not isinstance(content, Path):
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    mapping = books.mapping()
    return TableFile(path, mapping.tables).read(mapping)


def invoices(books: Books, content: str | bytes | Path) -> tuple[InvoiceDocument, ...]:
    """Read a file's customer documents."""
    found = read(books, content)
    assert isinstance(found, InvoiceList)
    return found.documents


def statements(books: Books, content: str | bytes | Path) -> tuple[Statement, ...]:
    """Read a file's statements."""
    found = read(books, content)
    assert isinstance(found, tuple)
    return found


def why(books: Books, content: str | bytes | Path) -> str:
    """Return the one line for which a file is refused."""
    with pytest.raises(DocumentRefusedError) as refused:
        read(books, content)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def lines(*rows: str) -> str:
    """Return rows as a file's text."""
    return "".join(f"{row}\n" for row in rows)


def workbook(rows: Iterable[Iterable[Any]], **formats: str) -> bytes:
    """Return a workbook of one sheet; `formats` are number formats by column letter."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for column, shape in formats.items():
        for cell in sheet[column][1:]:
            cell.number_format = shape
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
