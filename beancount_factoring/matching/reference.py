"""A receipt that names the documents it pays, settled; every other one, with why it is not.

Only exact names count: a number must stand in the text as a word of its own, not within a longer
one, and be telling enough not to stand there by chance. Where amounts leave a choice, nothing is
settled: a wrong match is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.matching.open_numbers import OpenNumber
from beancount_factoring.matching.open_numbers import OpenNumbers
from beancount_factoring.matching.receipt import Settlement

# A word as numbers are written: letters and digits, joined by signs that numbers have inside.
_WORD: Final = re.compile(r"\w++(?:[./\-]++\w++)*+")

# What parts the pieces of a word, and words, is a blank; letters and digits stay.
_PIECES: Final = bytes(
    code if chr(code).isalnum() or chr(code) == "_" else ord(" ") for code in range(128)
).ljust(256)

# How a text says that an invoice's number follows; without it, `12` and `2026` are just numbers.
_ANNOUNCING: Final = frozenset({"FACTURE", "FACTURES", "FACT", "FAC", "INVOICE", "INV", "AVOIR"})
_NUMBER_SIGNS: Final = frozenset({"N", "NO", "NR", "NUM", "NUMERO"})
_DAY, _MONTH, _YEAR = "(?:0[1-9]|[12][0-9]|3[01])", "(?:0[1-9]|1[0-2])", "(?:(?:19|20)[0-9]{2})"
_DATE: Final = re.compile(
    rf"{_YEAR}([./-]?){_MONTH}(?:\1{_DAY})?|{_DAY}?([./-]?){_MONTH}\2(?:{_YEAR}|[0-9]{{2}})"
)
_FEWEST_SIGNS: Final = 4
# Postal codes have five digits.
_FEWEST_DIGITS: Final = 6


class Named(NamedTuple):
    """The settlements of a receipt, which add up to it; none where `reason` says why."""

    settlements: tuple[Settlement, ...] = ()
    reason: str = ""


NOTHING_NAMED: Final = "no open invoice named"
"""Why a receipt settles nothing whose texts name no document at all."""

_NOTHING: Final = Named(reason=NOTHING_NAMED)


class NumberIndex:
    """The numbers of documents by their first word: a text is looked up word by word."""

    def __init__(self, documents: OpenNumbers) -> None:
        """Index the documents; later transactions are told by `book`."""
        self._documents = documents
        self._by_word: dict[str, list[tuple[tuple[str, ...], OpenNumber]]] = {}
        self._first_pieces: set[bytes] = set()
        self._add(documents)

    def _add(self, items: Iterable[OpenNumber]) -> None:
        """Take in numbers that documents have."""
        for item in items:
            words = tuple(_WORD.findall(item.number.upper()))
            if words:
                self._by_word.setdefault(words[0], []).append((words, item))
                # Another text than one in ASCII is never passed over.
                if words[0].isascii():
                    self._first_pieces.add(_pieces(words[0])[0])

    def book(self, transaction: data.Transaction) -> list[OpenNumber]:
        """Take in a transaction's customer postings; return the documents that are new."""
        new = self._documents.book(transaction)
        self._add(new)
        return new

    def match(self, amount: Decimal, currency: str, *texts: str | None) -> Named:
        """Return what a receipt of `amount` settles, by the texts that came with it.

        One open document named: the receipt settles it, in full or in part. Several: only if what
        is open on them adds up to the receipt exactly, credit notes taken off. More than is open,
        a number that two customers have, or none at all: nothing is settled.
        """
        named = self.named(*texts)
        if not named:
            return _NOTHING
        here = [item for item in named if item.currency == currency]
        if not here:
            return Named(reason=f"{_list(named)}: not in {currency}")
        shared = [item for item in here if item.is_shared]
        if shared:
            return Named(reason=f"{_list(shared)}: the number of more than one customer")
        still_open = [item for item in here if item.is_open]
        if not still_open:
            return Named(reason=f"{_list(here)}: not open any more")
        total = sum((item.balance for item in still_open), Decimal(0))
        if total == amount:
            return Named(tuple(_settled(item, item.balance) for item in still_open))
        only = still_open[0]
        if len(here) == 1 and not only.is_credit_note and amount < only.balance:
            return Named((_settled(only, amount),))
        verb = "is" if len(still_open) == 1 else "are together"
        return Named(reason=f"{_list(still_open)}: {total} {currency} {verb} open")

    def named(self, *texts: str | None) -> list[OpenNumber]:
        """Return the documents that texts name, each once, in the order in which they are named."""
        by_word = self._by_word
        found: dict[int, OpenNumber] = {}
        for text in texts:
            if not text or self._names_nothing(text):
                continue
            words = _WORD.findall(text.upper())
            for place, word in enumerate(words):
                if word in by_word:
                    items = self._named_at(words, place)
                elif "/" in word:
                    items = self._listed(word.split("/"))
                else:
                    continue
                for item in items:
                    found[id(item)] = item
        return list(found.values())

    def _names_nothing(self, text: str) -> bool:
        """Tell, far quicker than by its words, that no number can begin in a text."""
        return text.isascii() and self._first_pieces.isdisjoint(_pieces(text.upper()))

    def _named_at(self, words: list[str], place: int) -> list[OpenNumber]:
        """Return the documents whose number begins at a word; the longest number counts."""
        candidates = [
            (len(number), item)
            for number, item in self._by_word[words[place]]
            if (len(number) == 1 or tuple(words[place : place + len(number)]) == number)
            and _is_told(number, words, place)
        ]
        longest = max((length for length, _ in candidates), default=0)
        return [item for length, item in candidates if length == longest]

    def _listed(self, parts: Sequence[str]) -> list[OpenNumber]:
        """Return the documents of `F1/F2`; none unless every part is a telling number."""
        found = []
        for part in parts:
            items = [item for number, item in self._by_word.get(part, ()) if number == (part,)]
            if not items or not _is_telling(part):
                return []
            found.extend(items)
        return found


def _pieces(text: str) -> list[bytes]:
    """Return the runs of letters and digits of a text in ASCII."""
    return text.encode().translate(_PIECES).split()


def _is_told(number: tuple[str, ...], words: list[str], place: int) -> bool:
    """Tell whether a number that stands in a text stands there as a number."""
    if len(words) == len(number) or _is_telling(" ".join(number)):
        return True
    if place > 1 and words[place - 1] in _NUMBER_SIGNS:
        place -= 1
    return place > 0 and words[place - 1] in _ANNOUNCING


def _is_telling(number: str) -> bool:
    """Tell whether a number is unlikely to stand in a text as something else: a date, an amount."""
    signs = [sign for sign in number if sign.isalnum()]
    digits = sum(map(str.isdigit, signs))
    if digits == len(signs):
        return digits >= _FEWEST_DIGITS and not _DATE.fullmatch(number)
    return len(signs) >= _FEWEST_SIGNS and digits > 0


def _settled(item: OpenNumber, amount: Decimal) -> Settlement:
    """Return the settlement of a document."""
    assert item.account is not None  # noqa: S101  # only numbers of documents are indexed
    return Settlement(item.account, item.number, amount)


def _list(items: Sequence[OpenNumber]) -> str:
    """Return numbers as a message names them."""
    shown = ", ".join(item.number for item in items[:5])
    return shown if len(items) <= 5 else f"{shown} and {len(items) - 5} more"
