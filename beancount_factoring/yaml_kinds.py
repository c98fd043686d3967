"""What the texts of a YAML file may mean: each kind of value says what it expects.

YAML's own guesses (`NO` is false, `0042` is 34) are never asked for: a text is read by the kind
that its key calls for, and by nothing else.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final
from typing import Generic
from typing import TypeVar

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

MISSPELT: Final = 0.8
"""How alike two words are of which one is the other, misspelt: `invoices`, not `invoice-date`."""

_ISO_DATE = re.compile(r"[12]\d{3}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,12})?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_RATE = re.compile(r"([+-]?\d{1,6}(?:\.\d{1,12})?)\s*(%?)", re.ASCII)
# As Beancount's own lexer reads them; which roots a ledger has is its options' business.
_ACCOUNT_PARTS = r"(?:[A-Z0-9]|[^\x00-\x7f\s])(?:[A-Za-z0-9-]|[^\x00-\x7f\s])*"
_ACCOUNT = re.compile(
    rf"(?:[A-Z]|[^\x00-\x7f\s])(?:[A-Za-z0-9-]|[^\x00-\x7f\s])*(?::{_ACCOUNT_PARTS})+"
)
_BELOW_ACCOUNT = re.compile(rf"{_ACCOUNT_PARTS}(?::{_ACCOUNT_PARTS})*")
_CURRENCY = re.compile(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]", re.ASCII)
_LINE_BREAKS_AND_CONTROLS = {"Cc", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One kind of value.

    `expected` completes the sentence "expected …". `convert` makes the value of a text or raises
    `ValueError` with what is wrong, to be read after the text ("is negative"). `stand_in` is what
    reading goes on with where the file has no valid value, which is then a reported problem.
    """

    expected: str
    convert: Callable[[str], T]
    stand_in: T


def matching(pattern: re.Pattern[str], what: str, example: str) -> Kind[str]:
    """Return the kind of texts that a pattern matches in full: what they are, and one of them."""

    def convert(text: str) -> str:
        if not pattern.fullmatch(text):
            message = f"is not {what}"
            raise ValueError(message)
        return text

    return Kind(f"{what} such as {example}", convert, "")


def _line_of_text(text: str) -> str:
    if any(unicodedata.category(character) in _LINE_BREAKS_AND_CONTROLS for character in text):
        raise ValueError("has line breaks or control characters")
    return text


def _truth(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("is neither true nor false")
    return text == "true"


def _date(text: str) -> datetime.date:
    if not _ISO_DATE.fullmatch(text):
        raise ValueError("is not a date")
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ValueError("is no day of the calendar") from None


TEXT = Kind("a text on one line", _line_of_text, "")
TRUTH = Kind("true or false", _truth, stand_in=False)
DATE = Kind("a date such as 2026-01-05", _date, datetime.date.min)
ACCOUNT = matching(_ACCOUNT, "an account name", "Assets:Clients")
BELOW_ACCOUNT = matching(_BELOW_ACCOUNT, "the end of an account name", "DUPONT")
CURRENCY = matching(_CURRENCY, "a currency", "EUR")


def whole_number(low: int, high: int) -> Kind[int]:
    """Return the kind of whole numbers from `low` to `high`."""

    def convert(text: str) -> int:
        if not _WHOLE_NUMBER.fullmatch(text):
            raise ValueError("is not a whole number")
        number = int(text)
        if not low <= number <= high:
            raise ValueError("is out of range")
        return number

    return Kind(f"a whole number from {low} to {high}", convert, low)


def _amount(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not an amount")
    amount = Decimal(text)
    if amount < 0:
        raise ValueError("is negative")
    return amount.copy_abs()  # -0 is 0


AMOUNT = Kind(
    "an amount such as 1500.00, with neither currency nor thousands separators",
    _amount,
    Decimal(0),
)


def rate(low: str = "0", high: str = "1", *, above_low: bool = False) -> Kind[Decimal]:
    """Return the kind of rates from `low` to `high`, as fractions; `above_low` leaves `low` out.

    `0.015` and `1.50 %` are the same rate. A number above 1 is most often a percentage that lacks
    its sign, and is answered so.
    """
    lowest, highest = Decimal(low), Decimal(high)

    def convert(text: str) -> Decimal:
        parts = _RATE.fullmatch(text)
        pointed = text.replace(",", ".", 1)
        if parts is None and _RATE.fullmatch(pointed):
            message = f"has a decimal comma: write {pointed}"
            raise ValueError(message)
        if parts is None:
            raise ValueError("is not a rate")
        number, percent = Decimal(parts[1]), parts[2]
        value = number.scaleb(-2) if percent else number
        if highest < value <= 100 * highest and not percent:
            fraction, percentage = value.scaleb(-2), (100 * value).normalize()
            message = f"is {percentage:f} %: write {fraction:f} or {value:f} % if you mean that"
            raise ValueError(message)
        if value < lowest and lowest == 0:
            raise ValueError("is negative")
        if not lowest <= value <= highest or (above_low and value == lowest):
            raise ValueError("is out of range")
        return value

    bounds = f"more than {low} and at most {high}" if above_low else f"from {low} to {high}"
    return Kind(f"a rate {bounds}, such as 0.015 or 1.50 %", convert, highest)


def choice(values: Mapping[str, T]) -> Kind[T]:
    """Return the kind of the given words, each with its value."""

    def convert(text: str) -> T:
        if text not in values:
            message = "is not known" + did_you_mean(text, values)
            raise ValueError(message)
        return values[text]

    return Kind(one_of(values), convert, next(iter(values.values())))


def choice_of(words: type[E]) -> Kind[E]:
    """Return the kind of an enumeration's words."""
    return choice({word.value: word for word in words})


def none_or(kind: Kind[T]) -> Kind[T | None]:
    """Return the kind that takes the word `none` too."""

    def convert(text: str) -> T | None:
        return None if text == "none" else kind.convert(text)

    return Kind(f"{kind.expected}, or none", convert, None)


def one_of(words: Iterable[str]) -> str:
    """Return words as a choice: "a, b or c"."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return a suggestion to append to a message, or nothing where no known word is like it."""
    close = nearest(word, known)
    return f" (did you mean {close[0]}?)" if close else ""


def nearest(
    word: str, known: Collection[str], *, count: int = 1, likeness: float = 0.6
) -> list[str]:
    """Return the known words most like one, the best first; `likeness` is 1 for the same word."""
    import difflib

    # A file's limit of length does not keep difflib from taking minutes on one long word.
    return difflib.get_close_matches(word[:64], known, n=count, cutoff=likeness)
