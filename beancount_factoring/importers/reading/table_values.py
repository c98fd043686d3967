"""Numbers and dates as people's programs write them, read only where nothing is in doubt.

`1,234` may be one and a bit or a thousand and more, `03/04/2026` March or April: what a value
does not say the other values of the file must, or `import.yaml`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Final

from beancount_factoring.importers.reading.documents import YEARS
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.statements import shown

Placed = tuple[int, str]
"""A line of the file, and a text on it."""

_LONGEST: Final = 40
_BLANKS: Final = str.maketrans(dict.fromkeys("\u00a0\u202f\u2007\u2009", " ") | {"−": "-"})
_CURRENCY: Final = r"(?:[€$£]|[A-Z]{3})"
_NUMBER: Final = re.compile(
    rf"(?P<open>\()?(?P<sign>[+-])?\s*{_CURRENCY}?\s*(?P<sign2>[+-])?"
    rf"(?P<body>[0-9.,'’ ]*[0-9][.,]?)\s*(?P<behind>-)?\s*{_CURRENCY}?(?(open)\))"
)
# What most numbers are, which need no more to be read.
_PLAIN: Final = re.compile(r"-?[0-9]{1,15}(?:([.,])[0-9]{1,2})?")
_WHOLE: Final = re.compile(r"[0-9]{0,15}|[0-9]{1,3}(?:([.,'’ ])[0-9]{3})(?:\1[0-9]{3}){0,4}")
_FRACTION: Final = re.compile(r"[0-9]{0,12}")
_DATE: Final = re.compile(
    r"(?P<first>[0-9]{1,4})(?P<by>[-/.])(?P<second>[0-9]{1,2})(?P=by)(?P<third>[0-9]{1,4})"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?\s?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_COMPACT_DATE: Final = re.compile(r"[0-9]{8}")


class DateOrder(StrEnum):
    """Which part of a date comes first."""

    DAY = "day-first"
    MONTH = "month-first"
    YEAR = "year-first"


def decimal_mark(texts: Iterable[Placed], given: str | None) -> str | None:
    """Return the decimal mark of a file's numbers; `None` where no number needs one.

    `given` is the mark that `import.yaml` gives. Refuses numbers that contradict each other or it,
    and those that may be read in two ways.
    """
    found: dict[str, Placed] = {}
    doubtful: Placed | None = None
    for line, text in texts:
        marks = _possible_marks(line, text)
        if len(marks) == 1:
            found.setdefault(marks, (line, text))
        elif marks and doubtful is None:
            doubtful = (line, text)
    if given is not None:
        for mark, (line, text) in found.items():
            if mark != given:
                raise DocumentRefusedError(
                    f"line {line}: the number {shown(text)} has not the decimal mark {given!r}"
                    " that import.yaml gives"
                )
        return given
    if len(found) > 1:
        (line, text), (other_line, other) = found.values()
        raise DocumentRefusedError(
            f"line {other_line}: the decimal mark of {shown(other)} is not that of {shown(text)}"
            f" (line {line})"
        )
    if not found and doubtful is not None:
        line, text = doubtful
        raise DocumentRefusedError(
            f"line {line}: the number {shown(text)} may be read in two ways, and no other one of"
            " the file tells: write `decimal: comma` or `decimal: point` in its table"
        )
    return next(iter(found), None)


def number(line: int, text: str, mark: str | None) -> Decimal:
    """Return a number whose file has a decimal mark, or refuse it."""
    plain = _PLAIN.fullmatch(text)
    if plain is not None and plain[1] in {None, mark}:
        return Decimal(text.replace(",", "."))
    parts = _parts(line, text)
    whole, _, fraction = parts["body"].partition(mark) if mark else (parts["body"], "", "")
    if not _WHOLE.fullmatch(whole) or not _FRACTION.fullmatch(fraction):
        raise _no_number(line, text)
    signs = [sign for sign in (parts["sign"], parts["sign2"], parts["behind"]) if sign]
    if parts["open"]:
        signs.append("-")
    if len(signs) > 1:
        raise _no_number(line, text)
    for separator in ".,'’ ":
        whole = whole.replace(separator, "")
    value = Decimal(f"{whole or 0}.{fraction or 0}")
    return -value if signs == ["-"] else value


def date_order(texts: Iterable[Placed], given: DateOrder | None) -> DateOrder | None:
    """Return the order of a file's dates that do not tell it themselves; `None` without any.

    Dates with dots have the day first, as everywhere; those with a year of four digits in front
    have the year first. Refuses dates that contradict each other or what is given, and those of
    which neither the file nor `import.yaml` tells the order.
    """
    found: dict[DateOrder, Placed] = {}
    doubtful: Placed | None = None
    for line, text in texts:
        orders = _possible_orders(line, text)
        if given is not None and given not in orders and orders != (DateOrder.YEAR,):
            raise DocumentRefusedError(
                f"line {line}: the date {shown(text)} is not {given}, as import.yaml says"
            )
        if len(orders) == 1:
            found.setdefault(orders[0], (line, text))
        elif doubtful is None:
            doubtful = (line, text)
    slashed = [order for order in found if order is not DateOrder.YEAR]
    if len(slashed) > 1:
        (first_line, first), (other_line, other) = (found[order] for order in slashed)
        raise DocumentRefusedError(
            f"line {other_line}: the date {shown(other)} has not the order of {shown(first)}"
            f" (line {first_line})"
        )
    if given is not None or doubtful is None:
        return given
    line, text = doubtful
    if len(text.split()[0]) <= len("00/00/00"):
        raise _doubtful_date(line, text, "has a year of two digits")
    if not slashed:
        raise _doubtful_date(line, text, "may have the day or the month first")
    return slashed[0]


def day(line: int, text: str, order: DateOrder | None) -> datetime.date:
    """Return a date of a file whose dates have an order, or refuse it."""
    possible = _possible_orders(line, text)
    own = possible[0] if len(possible) == 1 else order
    parts = _DATE.fullmatch(text)
    if parts is None:
        year, month, date = text[:4], text[4:6], text[6:]
    else:
        first, second, third = parts["first"], parts["second"], parts["third"]
        if own is DateOrder.YEAR:
            year, month, date = first, second, third
        elif own is DateOrder.MONTH:
            month, date, year = first, second, third
        else:
            date, month, year = first, second, third
    year_number = int(year) + (2000 if len(year) == 2 else 0)
    try:
        if year_number in YEARS:
            return datetime.date(year_number, int(month), int(date))
    except ValueError:
        pass
    raise DocumentRefusedError(f"line {line}: the date {shown(text)} is no day of the calendar")


def _possible_marks(line: int, text: str) -> str:
    """Return the signs that may be a number's decimal mark; none where it has none."""
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        return plain[1] or ""
    body = _parts(line, text)["body"]
    marks = [sign for sign in body if sign in ".,"]
    if not marks:
        return ""
    if len(set(marks)) == 2:
        return marks[-1]
    mark, other = marks[0], ",.".replace(marks[0], "")
    if len(marks) > 1:
        return other
    whole, _, fraction = body.partition(mark)
    is_clear = len(fraction) != 3 or not 1 <= len(whole) <= 3 or whole.startswith("0")
    return mark if is_clear else ".,"


def _parts(line: int, text: str) -> dict[str, str]:
    """Return the parts of a number: sign and body."""
    if len(text) <= _LONGEST:
        parts = _NUMBER.fullmatch(text.translate(_BLANKS))
        if parts is not None:
            return parts.groupdict("")
    raise _no_number(line, text)


def _possible_orders(line: int, text: str) -> tuple[DateOrder, ...]:
    """Return the orders that a date may have, by its own signs."""
    parts = _DATE.fullmatch(text) if len(text) <= _LONGEST else None
    if parts is None:
        if _COMPACT_DATE.fullmatch(text):
            return (DateOrder.YEAR,)
        raise DocumentRefusedError(f"line {line}: {shown(text) if text else 'nothing'} is no date")
    first, second, third = parts["first"], parts["second"], parts["third"]
    if len(first) == 4 and len(third) <= 2:
        return (DateOrder.YEAR,)
    if len(first) <= 2 and len(third) == 4:
        if parts["by"] == "." or int(first) > 12:
            return (DateOrder.DAY,)
        return (DateOrder.MONTH,) if int(second) > 12 else (DateOrder.DAY, DateOrder.MONTH)
    if len(first) <= 2 and len(third) == 2:
        return tuple(DateOrder)
    raise DocumentRefusedError(f"line {line}: {shown(text)} is no date")


def _no_number(line: int, text: str) -> DocumentRefusedError:
    return DocumentRefusedError(f"line {line}: {shown(text) if text else 'nothing'} is no amount")


def _doubtful_date(line: int, text: str, why: str) -> DocumentRefusedError:
    return DocumentRefusedError(
        f"line {line}: the date {shown(text)} {why}: write `dates: day-first` (or month-first,"
        " year-first) in its table"
    )
