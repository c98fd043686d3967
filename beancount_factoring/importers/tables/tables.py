"""CSV and XLSX files by the tables of `import.yaml`: which table a file is, and what it says."""

from __future__ import annotations

import io
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.parties import name_key
from beancount_factoring.importers.mapping.table_map import TableKind
from beancount_factoring.importers.mapping.table_map import TableMap
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceList
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.statements import check_size
from beancount_factoring.importers.reading.statements import head
from beancount_factoring.importers.reading.text_files import encoding_of
from beancount_factoring.importers.reading.text_files import text_lines
from beancount_factoring.importers.tables.table_invoices import invoice_list
from beancount_factoring.importers.tables.table_rows import DELIMITERS
from beancount_factoring.importers.tables.table_rows import HEADER_WITHIN
from beancount_factoring.importers.tables.table_rows import GridRow
from beancount_factoring.importers.tables.table_rows import Table
from beancount_factoring.importers.tables.table_rows import csv_rows
from beancount_factoring.importers.tables.table_rows import find_header
from beancount_factoring.importers.tables.table_rows import read_rows
from beancount_factoring.importers.tables.table_statements import table_statements
from beancount_factoring.importers.tables.xlsx import looks_like_xlsx
from beancount_factoring.importers.tables.xlsx import open_xlsx

LARGEST_FILE: Final = 1 << 25

_ZIP: Final = b"PK\x03\x04"
_HEAD_BYTES: Final = 1 << 16
# A beginning is no whole file: these never refuse it.
_GUESSES: Final = ("utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "cp850", "mac-roman")


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table that a file fits: for text the delimiter, for a workbook the sheet."""

    map: TableMap
    delimiter: str = ""
    sheet: str = ""


def find_table(path: Path, tables: Sequence[TableMap]) -> FoundTable | None:
    """Return the table whose columns a file has, `None` where it has no table's.

    Of several the one with the most columns. Raises `DocumentRefusedError` where two have as many,
    and for a workbook that cannot be read.
    """
    named = [table for table in tables if _is_named_so(path, table)]
    if not named:
        return None
    found = list(_in_workbook(path, named) if _is_workbook(path) else _in_text(path, named))
    best = max((len(each.map.wanted()) for each in found), default=0)
    fitting = [each for each in found if len(each.map.wanted()) == best]
    if len(fitting) > 1:
        names = " and ".join(_called(each) for each in fitting)
        raise DocumentRefusedError(
            f"fits {names}: tell them apart by `file:` or `sheet:`, or by columns"
        )
    return fitting[0] if fitting else None


def read_table(path: Path, found: FoundTable) -> Table:
    """Return the rows of a file's table, or refuse it."""
    check_size(path, LARGEST_FILE)
    with _grid(path, found) as rows:
        return read_rows(rows, found.map)


class TableFile:
    """A file that may be one of the tables of `import.yaml`."""

    def __init__(self, path: Path, tables: Sequence[TableMap]) -> None:
        """Find the table that a file fits; nothing is raised."""
        self._path = path
        self._found: FoundTable | None = None
        self._refusal = "has not the columns of any of the `tables` in import.yaml"
        self.is_one = _is_workbook(path)
        try:
            self._found = find_table(path, tables)
            self.is_one = self.is_one or self._found is not None
        except DocumentRefusedError as refusal:
            self._refusal = str(refusal)
            self.is_one = True

    @property
    def name(self) -> str:
        """How messages and the entries' metadata name the table."""
        return self._found.map.source if self._found else "table"

    @property
    def kind(self) -> TableKind | None:
        """What the rows of the table are, `None` where the file fits none."""
        return self._found.map.kind if self._found else None

    def read(self, mapping: ImportMapping) -> InvoiceList | tuple[Statement, ...]:
        """Return what the file says, or refuse it."""
        if self._found is None:
            raise DocumentRefusedError(self._refusal)
        table = read_table(self._path, self._found)
        if self._found.map.kind is TableKind.INVOICES:
            return invoice_list(table, mapping.seller.party())
        statements = table_statements(table)
        _check_whose(statements, self._found.map, mapping)
        return statements


def _check_whose(statements: Iterable[Statement], table: TableMap, mapping: ImportMapping) -> None:
    """Refuse a factor's statement in a table of a bank's, and a bank's in one of a factor's."""
    table_line = mapping.place(f"tables.{table.name}.kind")
    for statement in statements:
        factor = mapping.factor_statement(statement.account)
        if factor is None and table.kind is TableKind.FACTOR:
            raise DocumentRefusedError(
                f"is of account {statement.account}, which no contract has under"
                f" `factor_statements:` ({mapping.place('factor_statements')}): write it there, or"
                f" `kind: bank` for its table ({table_line})"
            )
        if factor is not None and table.kind is TableKind.BANK:
            raise DocumentRefusedError(
                f"is of account {statement.account}, the factor's of contract {factor.contract}:"
                f" write `kind: factor` for its table ({table_line})"
            )


@contextmanager
def _grid(path: Path, found: FoundTable) -> Iterator[Iterator[GridRow]]:
    """Open the grid of cells that a table stands in."""
    if found.sheet:
        with open_xlsx(path) as sheets:
            yield sheets[found.sheet]
    else:
        encoding = found.map.encoding or encoding_of(path)
        yield csv_rows(text_lines(path, encoding), found.delimiter)


def _is_named_so(path: Path, table: TableMap) -> bool:
    """Tell whether the words that a table wants in its files' names are in one."""
    return table.file is None or f" {name_key(table.file)} " in f" {name_key(path.stem)} "


def _is_workbook(path: Path) -> bool:
    return head(path, len(_ZIP)) == _ZIP


def _in_workbook(path: Path, tables: Sequence[TableMap]) -> Iterator[FoundTable]:
    """Yield the tables that the sheets of a workbook fit."""
    if not looks_like_xlsx(path):
        return
    check_size(path, LARGEST_FILE)
    with open_xlsx(path) as sheets:
        for name, rows in sheets.items():
            fitting = [table for table in tables if table.sheet in {None, name}]
            beginning = list(islice(rows, HEADER_WITHIN)) if fitting else []
            for table in fitting:
                if find_header(beginning, table) is not None:
                    yield FoundTable(table, sheet=name)


def _in_text(path: Path, tables: Sequence[TableMap]) -> Iterator[FoundTable]:
    """Yield the tables that the beginning of a text fits, with the delimiter of its cells.

    Of encodings the first one counts in which it fits any.
    """
    beginning = head(path, _HEAD_BYTES)
    found: list[FoundTable] = []
    for encoding in _GUESSES:
        if found:
            break
        text = beginning.decode(encoding, errors="replace")
        for delimiter in DELIMITERS:
            rows = _readable_rows(text, delimiter)
            found += [FoundTable(t, delimiter) for t in tables if find_header(rows, t) is not None]
    return iter(found)


def _readable_rows(text: str, delimiter: str) -> list[GridRow]:
    """Return the first rows of a text, as far as they are well quoted."""
    rows: list[GridRow] = []
    with suppress(DocumentRefusedError):
        rows.extend(islice(csv_rows(io.StringIO(text, newline=""), delimiter), HEADER_WITHIN))
    return rows


def _called(found: FoundTable) -> str:
    return f"{found.map.source} (sheet {found.sheet})" if found.sheet else found.map.source
