"""Tables for people (text), for spreadsheets (CSV) and for programs (JSON).

Text is plain and aligned: two runs can be compared line by line.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

import click

from beancount_factoring.spreadsheets import csv_text

if TYPE_CHECKING:
    from beancount_factoring.reports.aged import AgedReport
    from beancount_factoring.reports.position import PositionReport

R = TypeVar("R", "AgedReport", "PositionReport")


def echo_reports(reports: Iterable[R], echo: Callable[[R], None]) -> None:
    """Print reports as text: a heading above each, an empty line between two."""
    for place, report in enumerate(reports):
        if place > 0:
            click.echo()
        click.echo(f"{report.contract} on {report.date}, {report.currency}\n")
        echo(report)


def counted(count: int, one: str, several: str = "") -> str:
    """Return a number of things in words: the plural is `several`, or `one` and an s."""
    return f"{count} {one if count == 1 else several or one + 's'}"


def echo_json(value: Any, *, err: bool = False) -> None:
    """Print a value as JSON, names as they are written where the terminal can show them.

    `err` prints it to standard error, here and below.
    """
    stream = sys.stderr if err else sys.stdout
    encoding = (getattr(stream, "encoding", None) or "").lower().replace("-", "")
    click.echo(json.dumps(value, indent=2, ensure_ascii=encoding != "utf8"), err=err)


def echo_csv(header: Sequence[str], rows: Iterable[Sequence[Any]], *, err: bool = False) -> None:
    """Print a table as CSV (RFC 4180, lines end in a line feed); nothing is an empty field."""
    click.echo(csv_text(header, rows), nl=False, err=err)


def echo_table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Iterable[int] = (),
    total: Sequence[str] | None = None,
    err: bool = False,
) -> None:
    """Print an aligned table; columns of `right` stand to the right, `total` below a line."""
    body = [[one_line(cell) for cell in row] for row in rows]
    lines = [list(header), *body, *([list(total)] if total else [])]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * width for width in widths]
    parts = [lines[0], rule, *body, *([rule, lines[-1]] if total else [])]
    for cells in parts:
        click.echo(_aligned(cells, widths, set(right)), err=err)


def echo_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Print names and figures in two columns, the figures to the right."""
    listed = list(pairs)
    widths = [max(map(_width, column)) for column in zip(*listed, strict=True)]
    for cells in listed:
        click.echo(_aligned(cells, widths, {1}))


def one_line(text: str) -> str:
    """Return a text without what a terminal obeys: a line break is written as two signs."""
    return "".join(_visible(text))


def _visible(text: str) -> Iterator[str]:
    for character in text:
        if character.isprintable():
            yield character
        else:
            yield character.encode("unicode_escape").decode("ascii")


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _aligned(cells: Sequence[str], widths: Sequence[int], right: set[int]) -> str:
    padded = []
    for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        gap = " " * (width - _width(cell))
        padded.append(gap + cell if place in right else cell + gap)
    return "  ".join(padded).rstrip()
