"""The cells of a table's rows as texts, amounts, dates and rates."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Final

from beancount_factoring.importers.mapping.table_map import header_key
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.statements import shown
from beancount_factoring.importers.reading.table_values import date_order
from beancount_factoring.importers.reading.table_values import day
from beancount_factoring.importers.reading.table_values import decimal_mark
from beancount_factoring.importers.reading.table_values import number
from beancount_factoring.importers.tables.table_rows import Cell
from beancount_factoring.importers.tables.table_rows import Table
from beancount_factoring.importers.tables.table_rows import TableRow
from beancount_factoring.importers.tables.table_rows import Unreadable

_PERCENT: Final = re.compile(r"([0-9]{1,2}(?:[.,][0-9]{1,12})?)\s*(%?)")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_SYMBOLS: Final = {"€": "EUR", "$": "USD", "£": "GBP"}
_ZERO: Final = Decimal(0)


class Cells:
    """Reads the cells of a table, whose decimal mark and order of dates all its values decide."""

    def __init__(self, table: Table) -> None:
        """Look at all values of a table, or refuse it."""
        self.table = table
        self._columns = {
            meaning: tuple(table.columns[key] for key in table.map.keys(meaning))
            for meaning in table.map.columns
        }
        self._days: dict[str, datetime.date] = {}
        amounts = [table.columns[key] for key in table.map.amount_keys()]
        days = [table.columns[key] for key in table.map.date_keys()]
        self.rows = [row for row in table.rows if not row.skipped]
        # What is left out counts in the row of sums, which is its control.
        rows = self.rows if table.total is None else (*table.rows, table.total)
        above = [text for key in ("opening", "closing") for text in self._placed_above(key)]
        self._mark = decimal_mark(chain(above, _texts(rows, amounts)), table.map.decimal)
        otherwise = (table.header, table.map.currency)
        self._currency_above = next(self._placed_above("currency"), otherwise)
        closing = self._placed_above("closing_date")
        self._order = date_order(chain(closing, _texts(self.rows, days)), table.map.dates)

    def text(self, row: TableRow, meaning: str) -> str:
        """Return the text of a column, of several joined by blanks; empty where there is none."""
        places = self._columns.get(meaning, ())
        if len(places) == 1:
            cell = row.cells[places[0]]
            return cell if isinstance(cell, str) else _text(row.line, meaning, cell)
        return " ".join(
            filter(None, (_text(row.line, meaning, row.cells[place]) for place in places))
        )

    def needed(self, row: TableRow, meaning: str) -> str:
        """Return the text of a column that must not be empty."""
        text = self.text(row, meaning)
        if not text:
            raise DocumentRefusedError(f"line {row.line}: has no {meaning.replace('_', ' ')}")
        return text

    def amount(self, row: TableRow, meaning: str) -> Decimal | None:
        """Return the amount of a column, `None` where nothing stands there."""
        places = self._columns.get(meaning, ())
        return self._amount(row, places[0]) if places else None

    def amount_of(self, row: TableRow, name: str | None) -> Decimal | None:
        """Return the amount of the column of a name."""
        return None if name is None else self._amount(row, self.table.columns[header_key(name)])

    def day(self, row: TableRow, meaning: str) -> datetime.date | None:
        """Return the date of a column, `None` where nothing stands there."""
        places = self._columns.get(meaning, ())
        cell = row.cells[places[0]] if places else ""
        if isinstance(cell, datetime.date):
            return cell
        if not isinstance(cell, str):
            raise _unreadable(row.line, meaning, cell, "a date")
        return self._day(row.line, cell) if cell else None

    def needed_day(self, row: TableRow, meaning: str = "date") -> datetime.date:
        """Return the date of a column that must have one."""
        found = self.day(row, meaning)
        if found is None:
            raise DocumentRefusedError(f"line {row.line}: has no {meaning.replace('_', ' ')}")
        return found

    def rate(self, row: TableRow) -> Decimal | None:
        """Return the VAT rate in percent; below 1 only with its sign, as 0.2 might be 20 %."""
        text = self.text(row, "rate")
        if not text:
            return None
        found = _PERCENT.fullmatch(text)
        if found is None:
            raise DocumentRefusedError(f"line {row.line}: {shown(text)} is no VAT rate in percent")
        rate = Decimal(found[1].replace(",", "."))
        if 0 < rate < 1 and not found[2]:
            raise DocumentRefusedError(
                f"line {row.line}: the VAT rate {shown(text)} may be {text} % or {rate * 100:f} %"
            )
        return rate.normalize() + 0

    def currency(self, row: TableRow) -> str:
        """Return the currency of a row: of its column, of the rows above, of `import.yaml`."""
        line, text = row.line, self.text(row, "currency")
        if not text:
            line, text = self._currency_above
        text = _SYMBOLS.get(text, text.upper())
        if not _CURRENCY.fullmatch(text):
            raise DocumentRefusedError(f"line {line}: {shown(text)} is no currency like EUR")
        return text

    def above(self, key: str) -> str | None:
        """Return what the rows above the header tell behind a label; `None` without a label."""
        return next((text for _line, text in self._placed_above(key)), None)

    def amount_above(self, key: str) -> Decimal | None:
        """Return an amount that the rows above the header tell."""
        return next((number(*each, self._mark) for each in self._placed_above(key)), None)

    def day_above(self, key: str) -> datetime.date | None:
        """Return a date that the rows above the header tell."""
        return next((self._day(*each) for each in self._placed_above(key)), None)

    def check_total(self, meanings: Iterable[str], names: Iterable[str] = ()) -> None:
        """Refuse a table whose row of sums has another sum; a formula there says nothing new."""
        total = self.table.total
        if total is None:
            return
        places = [self._columns[m][0] for m in meanings if m in self._columns]
        places += [self.table.columns[header_key(name)] for name in names]
        for place in places:
            if isinstance(total.cells[place], Unreadable):
                continue
            stated = self._amount(total, place)
            rows = self.table.rows
            added = sum((self._amount(row, place) or _ZERO for row in rows), _ZERO)
            if stated is not None and stated != added:
                raise DocumentRefusedError(
                    f"line {total.line}: states a total of {stated}, but the rows add up to {added}"
                )

    def _amount(self, row: TableRow, place: int) -> Decimal | None:
        cell = row.cells[place]
        if isinstance(cell, str):
            return number(row.line, cell, self._mark) if cell else None
        if isinstance(cell, Decimal):
            return cell
        raise _unreadable(row.line, "", cell, "an amount")

    def _day(self, line: int, text: str) -> datetime.date:
        found = self._days.get(text)
        if found is None:
            found = self._days[text] = day(line, text, self._order)
        return found

    def _placed_above(self, key: str) -> Iterator[tuple[int, str]]:
        """Yield what stands behind a label above the header, with its line."""
        label = self.table.map.above.get(key)
        if label is None:
            return
        for line, cells in self.table.above:
            texts = [_text(line, key, cell) for cell in cells]
            filled = [text for text in texts if text]
            if len(filled) > 1 and header_key(filled[0]) == label:
                yield line, filled[1]
                return
        raise DocumentRefusedError(
            f"has no row above line {self.table.header} that tells the {key.replace('_', ' ')}"
        )


def _texts(rows: Iterable[TableRow], places: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Yield the texts in some columns; workbooks' numbers and dates are no texts."""
    places = tuple(places)
    for row in rows:
        for place in places:
            cell = row.cells[place]
            if cell and isinstance(cell, str):
                yield row.line, cell


def _text(line: int, meaning: str, cell: Cell) -> str:
    """Return a cell as text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    raise _unreadable(line, meaning, cell, "a value")


def _unreadable(line: int, meaning: str, cell: object, expected: str) -> DocumentRefusedError:
    where = f"the {meaning.replace('_', ' ')} " if meaning else ""
    if isinstance(cell, Unreadable):
        found, advice = cell.what, "; save the sheet with its values only"
    else:
        found, advice = shown(str(cell)), ""
    return DocumentRefusedError(f"line {line}: {where}is {found}: expected {expected}{advice}")
