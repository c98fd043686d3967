"""Tables: the same columns and rows for a page, which shows some of them, and for a download."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from typing import Any
from typing import Final
from typing import Generic
from typing import TypeVar

R = TypeVar("R")

Value = str | Decimal | int | datetime.date | None
ROWS: Final = 100
"""How many rows a page shows."""


class Kind(StrEnum):
    """How a column's values are written; a percent is kept as a fraction, days have a decimal."""

    TEXT = "text"
    AMOUNT = "amount"
    PERCENT = "percent"
    COUNT = "count"
    DAYS = "days"
    DATE = "date"

    @property
    def is_number(self) -> bool:
        """Whether values stand to the right and are sorted from the largest down first."""
        return self in {self.AMOUNT, self.PERCENT, self.COUNT, self.DAYS}


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: `key` is its name in addresses, `link` where a cell leads (`None`: nowhere).

    `bars` gives the parts of a bar that stands for the value; such a column is not downloaded.
    """

    key: str
    title: str
    kind: Kind
    value: Callable[[R], Value]
    link: Callable[[R], str | None] | None = None
    hint: str = ""
    bars: Callable[[R], Sequence[Bar]] | None = None
    is_downloaded: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar: where it begins and how long it is, in percent of its cell."""

    style: str
    start: Decimal
    length: Decimal
    title: str = ""


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """A table of a page; `currency` is that of its amounts, `total` a row below the others.

    `sort` is the column by which rows are in order before anybody sorts them, `row_key` names a
    row's subject for programs, `row_class` and `style` are for its looks.
    """

    name: str
    title: str
    columns: Sequence[Column[R]]
    rows: Sequence[R]
    currency: str
    row_key: Callable[[R], str]
    total: R | None = None
    sort: str = ""
    note: str = ""
    empty: str = ""
    is_sortable: bool = True
    row_class: Callable[[R], str] = lambda _row: ""
    style: str = ""

    kind: str = field(default="table", init=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of a table: sorted rows of one page, and where that is among all."""

    table: Table[Any]
    rows: Sequence[Any]
    sort: str
    order: str
    page: int
    pages: int
    first: int


def shown(table: Table[R], sort: str, order: str, page: int) -> Shown:
    """Return one page of a table, sorted; a column or page that is not there is the first."""
    rows, sort, order = sorted_rows(table, sort, order)
    pages = max(1, -(-len(rows) // ROWS))
    page = min(max(1, page), pages)
    first = (page - 1) * ROWS
    return Shown(table, rows[first : first + ROWS], sort, order, page, pages, first)


def sorted_rows(table: Table[R], sort: str, order: str) -> tuple[Sequence[R], str, str]:
    """Return a table's rows in an order, and what that order is."""
    column = next((column for column in table.columns if column.key == sort), None)
    if column is None:
        return table.rows, table.sort, "asc"
    order = order if order in {"asc", "desc"} else first_order(column)
    value = column.value
    known = [(value(row), row) for row in table.rows]
    # What is not known is last, whatever the order.
    with_value = [(each, row) for each, row in known if each is not None]
    with_value.sort(key=lambda pair: _key(pair[0]), reverse=order == "desc")
    rows = [row for _value, row in with_value]
    rows += [row for each, row in known if each is None]
    return rows, sort, order


def first_order(column: Column[Any]) -> str:
    """Return the order in which a first click sorts: the largest amounts first, else from A."""
    return "desc" if column.kind.is_number else "asc"


def _key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
