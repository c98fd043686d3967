"""Tables: CSV and workbooks by a mapping, and FEC files."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from beancount_factoring.importers.fec.fec import read_fec
from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.reading.documents import InvoiceList
from tests.fuzz.booking import books_right
from tests.fuzz.booking import books_statements
from tests.fuzz.checks import invoice_adds_up
from tests.fuzz.checks import statements_add_up
from tests.fuzz.fuzzed import Fuzzed
from tests.fuzz.fuzzed import Seeds
from tests.fuzz.fuzzed import kept
from tests.importers import fecs
from tests.importers.firm import new_books
from tests.importers.tables import BANK
from tests.importers.tables import SALES
from tests.importers.tables import SALES_HEADER
from tests.importers.tables import lines
from tests.importers.tables import with_table
from tests.importers.tables import workbook

_SHEET = "xl/worksheets/sheet1.xml"

_SALES = (
    "F1;2026-01-05;2026-02-04;Dupont & Fils;1000,00;200,00;20;1200,00",
    "F2;31/01/2026;;Martin;1 000,50;200,10;20 %;1 200,60 €",
    "A1;2026-02-01;;Dupont & Fils;-100,00;-20,00;20;-120,00",
)
_BANK = (
    "Date;Libellé;Montant;Solde",
    "31/01/2026;VIR DUPONT F1;-12,50;87,50",
    "01/02/2026;REMISE;1.001,00;1.088,50",
    "01/02/2026;FRAIS;-0,50;1.088,00",
)


@cache
def _mapping() -> ImportMapping:
    """Return a mapping with a table of invoices and one of a bank."""
    with tempfile.TemporaryDirectory() as folder:
        books = new_books(Path(folder))
        return with_table(with_table(books, SALES), BANK, "bank").mapping()


def _csv_seeds() -> Seeds:
    sales, bank = lines(SALES_HEADER, *_SALES), lines(*_BANK)
    texts = [sales.encode(), bank.encode(), bank.encode("cp1252"), sales.encode("utf-16")]
    other = sales.replace(";", "\t").replace(",", ".")
    return [*texts, other.encode(), sales.replace("Martin", '"Martin ""&"" Cie;\n"').encode()]


def _workbooks() -> list[bytes]:
    sales, bank = ([row.split(";") for row in rows] for rows in ((SALES_HEADER, *_SALES), _BANK))
    numbers: list[list[Any]] = [[*row[:4], 1000, 200.0, 20, 1200] for row in sales[1:2]]
    formula: list[list[Any]] = [[*row[:4], "=500*2", 200, 20, "=E2+F2"] for row in sales[1:2]]
    head: list[list[Any]] = [[*sales[0]]]
    tables: list[list[list[Any]]] = [sales, bank, head + numbers, head + formula]
    return [workbook(table) for table in tables]


def _xlsx_seeds() -> Seeds:
    """Return workbooks, and their sheets alone: in a file that is packed little else is met."""
    return [*_workbooks(), *(ZipFile(BytesIO(book)).read(_SHEET) for book in _workbooks())]


def _fec_seeds() -> Seeds:
    year = fecs.fec(
        fecs.opening(5000, ("C1", "DUPONT", 600)),
        fecs.sale("F1", "C1", 1000, letter="A"),
        fecs.sale("F2", "C2", 500),
        fecs.sale("A1", "C2", -100),
        fecs.payment("F1", "C1", 1200, letter="A"),
    )
    other = year.replace("\t", "|")
    return [*kept("fec", ".txt"), year.encode(), other.encode("cp1252"), year.encode("utf-16")]


def _read_table(path: Path) -> None:
    candidate = Candidate(path, _mapping())
    content = candidate.read()
    if isinstance(content, InvoiceList):
        for document in content.documents:
            invoice_adds_up(document)
            books_right(document)
    elif isinstance(content, tuple):
        statements_add_up(content)
        books_statements(content)


def _read_workbook(path: Path) -> None:
    content = path.read_bytes()
    if not content.startswith(b"PK"):
        path.write_bytes(_packed(content))
    _read_table(path)


def _packed(sheet: bytes) -> bytes:
    """Return a workbook with this sheet."""
    packed = BytesIO()
    with ZipFile(BytesIO(_workbooks()[0])) as source, ZipFile(packed, "w") as target:
        for name in source.namelist():
            target.writestr(name, sheet if name == _SHEET else source.read(name))
    return packed.getvalue()


def _read_fec(path: Path) -> None:
    content = path.read_bytes()
    named = path.with_name(fecs.NAME)
    named.write_bytes(content)
    fec = read_fec(named, ("411",))
    assert sum(fec.balances.values()) == 0, "debits are not credits"
    assert fec.last.year in range(1900, 2200), fec.last
    stated = _stated_balances(content)
    if stated is not None:
        found = {account: cents for account, cents in fec.balances.items() if cents}
        assert found == stated, "another balance than the file's"


def _stated_balances(content: bytes) -> dict[str, int] | None:
    """Return the balances of a plain FEC in cents by account; `None` where it is none."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    rows = [re.split(r"[\t|]", line) for line in re.split("\r\n|\n", text) if line.strip()]
    if not rows or tuple(rows[0]) != fecs.COLUMNS or {*map(len, rows)} != {len(fecs.COLUMNS)}:
        return None
    totals: Counter[str] = Counter()
    for row in rows[1:]:
        for place, sign in ((11, 1), (12, -1)):
            figure = row[place].strip()
            if not re.fullmatch(r"-?[0-9]+([.,][0-9]{1,2})?|", figure):
                return None
            totals[row[4].strip()] += sign * int(Decimal(figure.replace(",", ".") or 0) * 100)
    return {account: cents for account, cents in totals.items() if cents}


TABLES = (
    Fuzzed("csv", _csv_seeds, _read_table),
    Fuzzed("xlsx", _xlsx_seeds, _read_workbook),
    Fuzzed("fec", _fec_seeds, _read_fec),
)
