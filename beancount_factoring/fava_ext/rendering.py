"""Cells of a table, ready for the template."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from beancount_factoring.fava_ext import links
from beancount_factoring.fava_ext.figures import Figures
from beancount_factoring.fava_ext.tables import Bar
from beancount_factoring.fava_ext.tables import Column
from beancount_factoring.fava_ext.tables import Kind
from beancount_factoring.fava_ext.tables import Shown
from beancount_factoring.fava_ext.tables import Table
from beancount_factoring.fava_ext.tables import first_order
from beancount_factoring.fava_ext.tables import shown
from beancount_factoring.fava_ext.view import View


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: what is read, the exact figure for programs, where it leads, and its looks."""

    key: str
    text: str
    value: str | None
    href: str | None
    style: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Header:
    """A column's head: where a click on it leads, and how it is sorted now."""

    title: str
    href: str | None
    order: str | None
    style: str
    hint: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table as the template draws it."""

    shown: Shown
    headers: Sequence[Header]
    rows: Sequence[tuple[str, str, Sequence[Cell]]]
    total: Sequence[Cell]
    previous: str | None
    following: str | None


def drawn(table: Table[Any], view: View, figures: Figures) -> Drawn:
    """Return the page of a table that a view asks for."""
    is_asked = view.table == table.name
    part = shown(table, view.sort, view.order, view.page) if is_asked else shown(table, "", "", 1)

    def page(number: int) -> str | None:
        if not 1 <= number <= part.pages:
            return None
        return _href(view, table, part.sort, part.order, number)

    return Drawn(
        part,
        [_header(view, table, part, column) for column in table.columns],
        [
            (table.row_key(row), table.row_class(row), list(_cells(table, row, figures)))
            for row in part.rows
        ],
        [] if table.total is None else list(_cells(table, table.total, figures)),
        page(part.page - 1),
        page(part.page + 1),
    )


def _href(view: View, table: Table[Any], sort: str, order: str, page: int = 1) -> str:
    changes = {"table": table.name, "sort": sort, "order": order}
    return links.of(view, **changes, **({"page": str(page)} if page > 1 else {}))


def _header(view: View, table: Table[Any], part: Shown, column: Column[Any]) -> Header:
    style = "num" if column.kind.is_number else ""
    if not table.is_sortable or column.bars is not None or not column.is_downloaded:
        return Header(column.title, None, None, style, column.hint)
    order = first_order(column)
    if part.sort == column.key:
        is_first = view.table != table.name or part.order == order
        order = ("asc" if part.order == "desc" else "desc") if is_first else order
    href = _href(view, table, column.key, order)
    return Header(
        column.title, href, part.order if part.sort == column.key else None, style, column.hint
    )


def _cells(table: Table[Any], row: Any, figures: Figures) -> Iterator[Cell]:
    for column in table.columns:
        value = column.value(row)
        bars = column.bars(row) if column.bars else ()
        href = column.link(row) if column.link else None
        exact = figures.value(value) if isinstance(value, Decimal) else None
        yield Cell(
            column.key,
            text_of(value, column.kind, table.currency, figures),
            exact,
            href,
            _style(value, column),
            bars,
        )


def _style(value: Any, column: Column[Any]) -> str:
    if column.bars is not None:
        return "bar"
    if column.kind is Kind.DATE:
        return "date"
    if not column.kind.is_number:
        return ""
    return "num zero" if value is not None and not value else "num"


def text_of(value: Any, kind: Kind, currency: str, figures: Figures) -> str:
    """Return a value as it is read; nothing is an empty cell."""
    match value:
        case None:
            return ""
        case datetime.date():
            return figures.date(value)
        case Decimal() if kind is Kind.PERCENT:
            return figures.percent(value)
        case Decimal() if kind is Kind.DAYS:
            return figures.number(value, 1)
        case Decimal():
            return figures.amount(value, currency)
        case int():
            return figures.number(value)
        case _:
            return str(value)
