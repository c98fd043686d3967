"""XLSX workbooks as grids of cells: values only, nothing is evaluated, sizes bounded first."""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from typing import Final

from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.tables.table_rows import Cell
from beancount_factoring.importers.tables.table_rows import GridRow
from beancount_factoring.importers.tables.table_rows import Unreadable

MOST_UNPACKED: Final = 1 << 26
"""The most bytes that the parts of a workbook may have together."""

_MOST_PARTS: Final = 2_000
# Sheets shrink to a tenth or a twentieth; what shrinks to less was made to grow.
_HIGHEST_RATIO: Final = 150
_SMALL_PART: Final = 1 << 20
_LAST_ROW: Final = 1 << 20
# Excel's own bound.
_LONGEST_TEXT: Final = 32_767
_MOST_COLUMNS: Final = 256

_WORKBOOK: Final = re.compile(r"xl/workbook\d*\.xml")
_ENCODING: Final = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
_DOCUMENT_TYPE: Final = re.compile(rb"<!DOCTYPE|<!ENTITY")
_ROW: Final = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br=\"(\d+)\"")
_ZEROS: Final = re.compile(r"0+")


def looks_like_xlsx(path: Path) -> bool:
    """Tell whether a file is a ZIP archive with a workbook in it; never raises."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(map(_WORKBOOK.fullmatch, archive.namelist()))
    except Exception:  # noqa: BLE001  # whatever is wrong with an archive, it is no workbook
        return False


@contextmanager
def open_xlsx(path: Path) -> Iterator[dict[str, Iterator[GridRow]]]:
    """Open a workbook: the rows of its visible sheets, by the sheets' names.

    Refuses a workbook that cannot be read, while its rows are taken too.
    """
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise DocumentRefusedError(
            "is an XLSX workbook, which openpyxl reads: pip install 'beancount-factoring[xlsx]'"
        ) from None
    try:
        _check_archive(path)
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(file, read_only=True, keep_links=False)
            try:
                yield {
                    sheet.title: _rows(sheet)
                    for sheet in book.worksheets
                    if sheet.sheet_state == "visible"
                }
            finally:
                book.close()
    except (DocumentRefusedError, MemoryError):
        raise
    except Exception as error:
        message = f"is no workbook that can be read ({type(error).__name__})"
        raise DocumentRefusedError(message) from error


def _check_archive(path: Path) -> None:
    """Refuse an archive that unpacks to too much, or whose XML is more than plain data."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > MOST_UNPACKED or len(parts) > _MOST_PARTS:
            raise DocumentRefusedError(
                f"unpacks to {unpacked} bytes in {len(parts)} parts; at most {MOST_UNPACKED} bytes"
                f" and {_MOST_PARTS} parts are read"
            )
        for part in parts:
            if part.file_size > max(_SMALL_PART, _HIGHEST_RATIO * part.compress_size):
                raise DocumentRefusedError(
                    f"has a part that unpacks from {part.compress_size} to {part.file_size} bytes"
                )
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                _check_xml(part.filename, archive.read(part))


def _check_xml(name: str, content: bytes) -> None:
    """Refuse XML with a document type or in another encoding than UTF-8, and rows out of order.

    openpyxl leaves out a row whose number is not above the one before it.
    """
    beginning = content[:200]
    encoding = _ENCODING.search(beginning)
    is_utf8 = encoding is None or encoding[1].lower() in {b"utf-8", b"us-ascii", b"ascii"}
    if not is_utf8 or b"\0" in beginning or _DOCUMENT_TYPE.search(content):
        raise DocumentRefusedError(f"has XML that is no workbook's: {name}")
    if name.startswith("xl/worksheets/"):
        last = 0
        for row in _ROW.finditer(content):
            if len(row[1]) > 7 or not last < int(row[1]) <= _LAST_ROW:
                raise DocumentRefusedError(f"has a row {row[1][:20].decode()} after row {last}")
            last = int(row[1])


def _rows(sheet: Any) -> Iterator[GridRow]:
    """Yield the rows of a sheet that are not empty, whatever it says of its own size."""
    sheet.reset_dimensions()
    # The rows that a sheet leaves out are one and the same row, a million times in the worst case.
    empty = None
    for line, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), start=1):
        if cells is not empty:
            row: list[Cell] = ["" if cell.value is None else _cell(cell) for cell in cells]
            if row.count("") < len(row):
                yield line, row
            else:
                empty = cells


def _cell(cell: Any) -> Cell:
    """Return what stands in a cell that is not empty."""
    value, kind = cell.value, cell.data_type
    if kind == "f":
        return Unreadable("a formula")
    if kind == "e":
        return Unreadable(f"the error {value}")
    if isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            return Unreadable(f"a text of more than {_LONGEST_TEXT} characters")
        return value.strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(cell, value)
    if isinstance(value, datetime.datetime):
        return value.date()
    return value if isinstance(value, datetime.date) else str(value)


def _number(cell: Any, value: float) -> Cell:
    """Return a number as a person sees it: to 15 digits, of which Excel is sure.

    Percentages become text with their sign, numbers with leading zeros (`00042`) text with them.
    """
    if abs(value) >= 10**15:
        return Unreadable("a number of more than 15 digits")
    number = Decimal(f"{value:.15g}")
    if cell.has_style:
        shape = cell.number_format
        if "%" in shape:
            return f"{number * 100:f} %"
        if _ZEROS.fullmatch(shape) and len(shape) > 1 and number == number.to_integral_value():
            return f"{int(number):0{len(shape)}d}"
    return number
