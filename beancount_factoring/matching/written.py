"""Documents by all the ways in which payers write their numbers.

Zeros and letters are dropped, years cut, letters taken for digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from typing import NamedTuple

from beancount_factoring.matching.names import plain_text
from beancount_factoring.matching.open_numbers import OpenNumber
from beancount_factoring.matching.structured import structured_references

PARTS: Final = re.compile(r"[A-Z]+|[0-9]+", re.ASCII)
_MISREAD: Final = str.maketrans("OQILSBZ", "0011582")
_LEAST_MISREAD: Final = 6
_LEAST_WITH_YEAR: Final = 6


class Series(NamedTuple):
    """What the numbers of one series have before their counter: `F` and `2026` of `F2026-0101`."""

    letters: str
    groups: tuple[int, ...]


class Written(NamedTuple):
    """A document's number taken apart; `counter` is its last group of digits, as written."""

    item: OpenNumber
    series: Series
    counter: str


class WrittenNumbers:
    """The numbers of documents, looked up by what a text has instead of them."""

    def __init__(self, items: Iterable[OpenNumber] = ()) -> None:
        """Index the documents; later ones are added by `add`."""
        self._whole: dict[str, list[OpenNumber]] = {}
        self._misread: dict[str, list[OpenNumber]] = {}
        self._short: dict[str, list[OpenNumber]] = {}
        self._digits: dict[str, list[OpenNumber]] = {}
        self._counters: dict[int, list[Written]] = {}
        self._series: dict[Series, dict[int, list[OpenNumber]]] = {}
        self._of: dict[str, Written] = {}
        self._references: dict[str, list[OpenNumber]] = {}
        self._shapes: set[str] = set()
        self._beginnings: set[str] = set()
        self.letters: set[str] = set()
        for item in items:
            self.add(item)

    def add(self, item: OpenNumber) -> None:
        """Take in a document's number."""
        for carried in structured_references(plain_text(item.reference or "")):
            self._references.setdefault(carried, []).append(item)
        parts = PARTS.findall(plain_text(item.number))
        if not parts or not parts[-1].isdigit():
            return
        whole = "".join(parts)
        groups = [part for part in parts if part.isdigit()]
        letters = "".join(part for part in parts if part.isalpha())
        before, counter = _apart(groups, item.date.year)
        series = Series(letters, tuple(map(int, before)))
        self._of[item.number] = Written(item, series, counter)
        self._whole.setdefault(whole, []).append(item)
        self._beginnings.update(whole[:end] for end in range(1, len(whole)))
        if len(whole) >= _LEAST_MISREAD:
            self._misread.setdefault(whole.translate(_MISREAD), []).append(item)
        ends = _ends(before, counter, item.date.year)
        for end in ends:
            if letters and letters + end != whole and (before or len(end) < len(counter)):
                self._short.setdefault(letters + end, []).append(item)
            if before and end != whole:
                self._digits.setdefault(end, []).append(item)
        if letters and not before and counter != whole:
            self._digits.setdefault(counter, []).append(item)
        self._counters.setdefault(int(counter), []).append(self._of[item.number])
        self._series.setdefault(series, {}).setdefault(int(counter), []).append(item)
        if letters:
            self.letters.add(letters)
            self._shapes.add(_shape(whole))

    def whole(self, text: str) -> list[OpenNumber]:
        """Return the documents of a number written with other signs between its parts."""
        return self._whole.get(text, [])

    def misread(self, text: str) -> list[OpenNumber]:
        """Return the documents of a number with letters taken for digits, or digits for letters."""
        return (
            self._misread.get(text.translate(_MISREAD), []) if len(text) >= _LEAST_MISREAD else []
        )

    def short(self, text: str) -> list[OpenNumber]:
        """Return the documents of a number without zeros, or with the year in two digits."""
        return self._short.get(text, [])

    def digits(self, text: str) -> list[OpenNumber]:
        """Return the documents of a number without its letters."""
        return self._digits.get(text, [])

    def counted(self, counter: int, letters: str = "") -> list[OpenNumber]:
        """Return the documents of a counter; with letters only those that begin so."""
        return [
            each.item
            for each in self._counters.get(counter, ())
            if not letters or each.series.letters == letters
        ]

    def referenced(self, carried: str) -> list[OpenNumber]:
        """Return the documents that what a structured reference carries stands for."""
        items = self._references.get(carried) or self._whole.get(carried)
        if not items and carried.isdigit():
            items = self._references.get(carried.lstrip("0")) or self._digits.get(carried)
        return items or []

    def looks_like_one(self, text: str) -> bool:
        """Tell whether a text with letters and digits has the form of a document's number."""
        return _shape(text) in self._shapes

    def begins_like_one(self, text: str) -> bool:
        """Tell whether a text is the beginning of a document's number."""
        return text in self._beginnings

    def beside(self, item: OpenNumber, counter: str) -> list[OpenNumber]:
        """Return documents of a document's series by their counter, or by the end of it."""
        written = self._of.get(item.number)
        if written is None:
            return []
        counters = self._series[written.series]
        found = counters.get(int(counter), [])
        if not found and len(counter) < len(written.counter):
            found = counters.get(int(written.counter[: -len(counter)] + counter), [])
        return found

    def between(self, first: OpenNumber, last: OpenNumber) -> list[OpenNumber]:
        """Return the documents of one series from one to another, both included."""
        begin, end = self._of.get(first.number), self._of.get(last.number)
        if begin is None or end is None or begin.series != end.series:
            return []
        low, high = int(begin.counter), int(end.counter)
        if not 0 < high - low <= _LONGEST_RANGE:
            return []
        counters = self._series[begin.series]
        return [item for count in range(low, high + 1) for item in counters.get(count, ())]


_LONGEST_RANGE: Final = 200


def _apart(groups: list[str], year: int) -> tuple[list[str], str]:
    """Return what stands before a counter, and the counter.

    Where both are written in one (`FA2500012`), the year of the document tells where it ends.
    """
    if len(groups) == 1 and len(groups[0]) >= _LEAST_WITH_YEAR:
        for head in (f"{year:04d}", f"{year % 100:02d}"):
            if groups[0].startswith(head) and len(groups[0]) > len(head) + 2:
                return [head], groups[0].removeprefix(head)
    return groups[:-1], groups[-1]


def _ends(before: list[str], counter: str, year: int) -> set[str]:
    """Return the digits of a number without zeros before its counter, and by other years' forms."""
    heads = {"".join(before)}
    full, short = f"{year:04d}", f"{year % 100:02d}"
    if before and before[0] in {full, short}:
        heads |= {"".join((head, *before[1:])) for head in (full, short)}
    bare = str(int(counter))
    counters = {counter, *(bare.zfill(width) for width in range(len(bare), 7))}
    return {head + end for head in heads for end in counters}


def _shape(text: str) -> str:
    """Return a text with a 9 for each digit."""
    return "".join("9" if sign.isdigit() else sign for sign in text)


@lru_cache(maxsize=16_384)
def is_near(one: str, other: str) -> bool:
    """Tell whether two numbers differ by one slip: a sign wrong, missing, added, or two swapped."""
    first, second = _alphanumeric(one), _alphanumeric(other)
    if abs(len(first) - len(second)) > 1:
        return False
    if len(first) == len(second):
        places = [i for i, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
        if len(places) <= 1:
            return True
        if len(places) == 2:
            i, j = places
            return first[i] == second[j] and first[j] == second[i]
        return False
    long, short = sorted((first, second), key=len, reverse=True)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _alphanumeric(text: str) -> str:
    return "".join(PARTS.findall(plain_text(text)))


def distinct(items: Iterable[OpenNumber]) -> Iterator[OpenNumber]:
    """Yield documents, each once."""
    return iter({id(item): item for item in items}.values())
