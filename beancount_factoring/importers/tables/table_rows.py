"""The rows of a table, found in a grid of cells: below a header that has the table's columns."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from typing import NamedTuple

from beancount_factoring.importers.mapping.table_map import TableMap
from beancount_factoring.importers.mapping.table_map import header_key
from beancount_factoring.importers.reading.documents import DocumentRefusedError

DELIMITERS: Final = ";,\t|"
"""What separates the cells of a line."""

HEADER_WITHIN: Final = 60
"""The header is looked for in so many rows."""


class Unreadable(NamedTuple):
    """A cell whose value is not taken: what it is (`a formula`)."""

    what: str


Cell = str | Decimal | datetime.date | Unreadable
"""What stands in a cell; an empty text where nothing does."""

GridRow = tuple[int, Sequence[Cell]]
"""A line of the file (or the number of a workbook's row) and its cells."""


class TableRow(NamedTuple):
    """A row of a table: its line, the cells of the wanted columns, and whether it is left out."""

    line: int
    cells: tuple[Cell, ...]
    skipped: bool = False


class Header(NamedTuple):
    """Where the header of a table stands: its place among the rows, and the columns' places."""

    place: int
    columns: Mapping[str, int]
    width: int


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table; `columns` are the places of the wanted columns in each of them.

    `above` are the rows before the header, `total` is the row of sums, if there is one.
    """

    map: TableMap
    columns: Mapping[str, int]
    above: tuple[GridRow, ...]
    header: int
    rows: tuple[TableRow, ...]
    total: TableRow | None


def csv_rows(lines: Iterable[str], delimiter: str) -> Iterator[GridRow]:
    """Yield the rows of separated values; a quote that is never closed refuses the file."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, list(map(str.strip, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise DocumentRefusedError(f"line {line}: is not well quoted: {error}") from error


def find_header(rows: Iterable[GridRow], table: TableMap) -> Header | None:
    """Return the first row that has all the columns of a table; `None` where none has."""
    wanted = table.wanted()
    for place, (line, cells) in enumerate(rows):
        keys = [header_key(cell) if isinstance(cell, str) else "" for cell in cells]
        if wanted <= set(keys):
            for key in wanted:
                if keys.count(key) > 1:
                    name = cells[keys.index(key)]
                    raise DocumentRefusedError(f"line {line}: has two columns {name!r}")
            return Header(place, {key: keys.index(key) for key in sorted(wanted)}, len(keys))
    return None


def read_rows(rows: Iterable[GridRow], table: TableMap) -> Table:
    """Return a table from its grid, or refuse the file.

    The rows after the header are all the table's, until one begins with the words that end it;
    each has as many cells as the header, so that nothing has shifted.
    """
    remaining = iter(rows)
    beginning: list[GridRow] = []
    header = None
    for row in remaining:
        beginning.append(row)
        header = find_header(beginning[-1:], table)
        if header is not None or len(beginning) == HEADER_WITHIN:
            break
    if header is None:
        raise DocumentRefusedError(f"has no row with the columns of {table.source}")
    *above, (line, _cells) = beginning
    found, total = _below(remaining, table, header)
    if not found:
        raise DocumentRefusedError(f"has no row below its header on line {line}")
    places = {key: place for place, key in enumerate(header.columns)}
    return Table(table, places, tuple(above), line, tuple(found), total)


def _below(
    rows: Iterator[GridRow], table: TableMap, header: Header
) -> tuple[list[TableRow], TableRow | None]:
    """Return the rows below a header, and the row of sums."""
    picked = tuple(header.columns.values())
    skips = [(header.columns[header_key(name)], words) for name, words in table.skip.items()]
    width = header.width
    found: list[TableRow] = []
    total: TableRow | None = None
    for line, cells in rows:
        first = next((cell for cell in cells if cell != ""), "")
        if first == "":
            continue
        # Whole words: the customer TotalEnergies is no total.
        begins = f"{_text_key(first)} " if table.ends or table.total else ""
        if table.ends and begins.startswith(f"{table.ends} "):
            break
        if total is not None:
            raise DocumentRefusedError(f"line {line}: stands below the total of line {total.line}")
        if len(cells) < width or any(cell != "" for cell in cells[width:]):
            raise DocumentRefusedError(f"line {line}: has {len(cells)} cells, its header {width}")
        picks = tuple([cells[place] for place in picked])
        if table.total and begins.startswith(f"{table.total} "):
            total = TableRow(line, picks)
            continue
        skipped = any(_text_key(cells[place]) in words for place, words in skips)
        found.append(TableRow(line, picks, skipped))
    return found, total


def _text_key(cell: Cell) -> str:
    return header_key(cell) if isinstance(cell, str) else ""
