"""A whole table as CSV or XLSX. No name or text of it is taken for a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from importlib.util import find_spec
from typing import Any
from typing import Final

from beancount_factoring.fava_ext.tables import Column
from beancount_factoring.fava_ext.tables import Kind
from beancount_factoring.fava_ext.tables import Table
from beancount_factoring.ledger.amounts import digits_of
from beancount_factoring.spreadsheets import csv_text
from beancount_factoring.spreadsheets import harmless

CSV: Final = "csv"
XLSX: Final = "xlsx"
TYPES: Final = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_MOST: Final = 1_048_575
"""Rows that a sheet holds below its header."""


def formats() -> Sequence[str]:
    """Return the formats that can be had here: XLSX needs the extra `xlsx`."""
    return (CSV, XLSX) if find_spec("xlsxwriter") else (CSV,)


def as_csv(table: Table[Any], rows: Sequence[Any]) -> bytes:
    """Return rows of a table as CSV: exact numbers, percents as fractions, ISO 8601 dates."""
    columns = _columns(table)
    body = ([_plain(column.value(row)) for column in columns] for row in rows)
    return csv_text([harmless(column.title) for column in columns], body).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return harmless(value)
    return f"{value:f}" if isinstance(value, Decimal) else value


def as_xlsx(table: Table[Any], rows: Sequence[Any]) -> bytes:
    """Return rows of a table as a workbook: numbers are numbers, texts are never formulas."""
    import xlsxwriter

    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    book = xlsxwriter.Workbook(stream, options)
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    cells = {
        kind: book.add_format({"num_format": pattern})
        for kind, pattern in _patterns(table.currency).items()
    }
    columns = _columns(table)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.title, bold)
        sheet.set_column(place, place, 14 if column.kind is not Kind.TEXT else 24)
        _fill(sheet, place, column, rows[:_MOST], cells.get(column.kind))
    sheet.freeze_panes(1, 0)
    book.close()
    return stream.getvalue()


def _patterns(currency: str) -> dict[Kind, str]:
    digits = digits_of(currency)
    return {
        Kind.AMOUNT: "#,##0." + "0" * digits if digits else "#,##0",
        Kind.PERCENT: "0.00%",
        Kind.COUNT: "0",
        Kind.DAYS: "0.0",
        Kind.DATE: "yyyy-mm-dd",
    }


def _fill(sheet: Any, place: int, column: Column[Any], rows: Sequence[Any], cell: Any) -> None:
    """Write a column's cells; a spreadsheet's own numbers are the one place for floats."""
    for line, row in enumerate(rows, 1):
        value = column.value(row)
        if value is None:
            continue
        if isinstance(value, str):
            sheet.write_string(line, place, value[:32_767])
        elif column.kind is Kind.DATE:
            sheet.write_datetime(line, place, value, cell)
        else:
            sheet.write_number(line, place, value, cell)


def _columns(table: Table[Any]) -> list[Column[Any]]:
    return [column for column in table.columns if column.bars is None and column.is_downloaded]
