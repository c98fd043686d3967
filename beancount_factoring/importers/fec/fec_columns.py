"""The lines of a FEC: its header, fields and amounts, whatever program wrote them."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from typing import Final
from typing import NamedTuple

from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.statements import shown

_DELIMITERS: Final = "\t|;"

NEEDED: Final = (
    "JournalCode",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "EcritureLet",
)
"""The columns that are read, in the order of the article, besides the amounts."""

_AMOUNT_COLUMNS: Final = (("debit", "credit"), ("montant", "sens"))

DUE: Final = ("EcheanceDate", "DateEcheance", "Echeance")
"""A column that the article does not have and some programs add: the due date, by its names."""

_AMOUNT: Final = re.compile(r"([+-]?)([0-9]{1,13})(?:[.,]([0-9]{0,2})0{0,4})?")


def looks_like_fec(beginning: bytes) -> bool:
    """Tell from a file's beginning whether its first line has the columns of a FEC."""
    line = re.split(rb"\r\n|\r|\n", beginning.replace(b"\0", b""), maxsplit=1)[0]
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        line = line.removeprefix(mark)
    return fec_header(line.decode("latin-1")) is not None


class FecColumns(NamedTuple):
    """The header: the delimiter, whether cells are quoted, and the places of the columns."""

    delimiter: str
    is_quoted: bool
    places: dict[str, int]
    width: int


def column_key(name: str) -> str:
    """Return a column's name as it is compared: its letters, small."""
    return "".join(filter(str.isalnum, name)).casefold()


def fec_header(line: str) -> FecColumns | None:
    """Return the columns of a FEC's first line; `None` where it is none."""
    for delimiter in _DELIMITERS:
        names = [column_key(name) for name in line.strip("\r\n").split(delimiter)]
        places = {name: place for place, name in enumerate(names) if name}
        once = {name for name, count in Counter(names).items() if count == 1}
        has_amount = any(once.issuperset(pair) for pair in _AMOUNT_COLUMNS)
        if has_amount and once.issuperset(map(column_key, NEEDED)):
            return FecColumns(delimiter, line.lstrip("\ufeff")[:1] == '"', places, len(names))
    return None


def fec_rows(lines: Iterator[str], columns: FecColumns) -> Any:
    """Return the rows below the header; where the header is not quoted, no quote means anything."""
    if columns.is_quoted:
        return csv.reader(lines, delimiter=columns.delimiter, strict=True)
    return csv.reader(lines, delimiter=columns.delimiter, quoting=csv.QUOTE_NONE)


def fitted(row: list[str], columns: FecColumns, needed: int, line: int) -> list[str]:
    """Return a row with as many fields as the header, none for a blank one, or refuse it.

    Programs leave out empty fields at the end, and write one more separator there.
    """
    width = columns.width
    if not any(map(str.strip, row)):
        return []
    if len(row) < needed or any(map(str.strip, row[width:])):
        raise DocumentRefusedError(f"line {line}: has {len(row)} fields, its header {width}")
    return [*row[:width], *[""] * (width - len(row))]


def cents(text: str, line: int) -> int:
    """Return an amount in cents; no thousands separator belongs here."""
    text = text.strip()
    if not text:
        return 0
    parts = _AMOUNT.fullmatch(text)
    if parts is None:
        raise DocumentRefusedError(f"line {line}: {shown(text)} is no amount of a FEC")
    number = int(parts[2]) * 100 + int((parts[3] or "").ljust(2, "0"))
    return -number if parts[1] == "-" else number
