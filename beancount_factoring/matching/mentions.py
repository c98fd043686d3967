"""What a receipt's texts name, however badly it is written; each mention with its doubt.

A doubt is how often such a mention misleads where nothing else speaks for it. Those of up to
`CLEAR` are taken as meant: an explanation that leaves one out is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from itertools import pairwise
from typing import Final
from typing import NamedTuple

from beancount_factoring.matching.names import plain_text
from beancount_factoring.matching.open_numbers import OpenNumber
from beancount_factoring.matching.structured import structured_references
from beancount_factoring.matching.written import PARTS
from beancount_factoring.matching.written import WrittenNumbers
from beancount_factoring.matching.written import distinct

CLEAR: Final = Decimal("0.06")
ANNOUNCED: Final = Decimal("0.1")
"""The doubt of a counter after a word such as `FACT`."""

_STRUCTURED: Final = Decimal("0.0005")
_WHOLE: Final = Decimal("0.004")
_SPACED: Final = Decimal("0.008")
_ZEROS: Final = Decimal("0.02")
_MISREAD: Final = Decimal("0.03")
_LISTED: Final = Decimal("0.05")
_NO_LETTERS: Final = Decimal("0.06")
_NO_YEAR: Final = Decimal("0.06")
_BARE: Final = Decimal("0.3")

_WORD: Final = re.compile(r"[A-Z0-9]+", re.ASCII)
_GAP: Final = re.compile(r"[\s\-_./#:°]{0,3}")
_LIST_GAP: Final = re.compile(r"\s*(?:[/,;+&-]|ET|AND|UND)?\s*")
_RANGE_GAP: Final = re.compile(r"\s*(?:-|\bA\b|\bAU\b|\bTO\b|\bBIS\b|>|\.\.+|JUSQU)\s*")
_MONEY: Final = re.compile(r"(?:[.,][0-9]{2})?\s?(?:EUR|EUROS|€)(?![A-Z])")
_RANGE_WORDS: Final = frozenset({"A", "AU", "TO", "BIS"})
_ANNOUNCING: Final = frozenset(
    "FACTURE FACTURES FACT FACTS FAC FACS FA FCT FTR FT INVOICE INVOICES INV RECHNUNG RG RE NO NR"
    " NUM NUMERO N NOS NUMEROS REF AVOIR".split()
)
_DAY, _MONTH, _YEAR = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "(?:(?:19|20)[0-9]{2})"
_DATE: Final = re.compile(
    rf"{_YEAR}{_MONTH}(?:{_DAY})?|{_DAY}{_MONTH}(?:{_YEAR}|[0-9]{{2}})|{_MONTH}{_YEAR}|{_YEAR}",
    re.ASCII,
)
_MOST_WORDS: Final = 5
_LONGEST_NUMBER: Final = 40
_SHORTEST_CUT: Final = 20
_LONGEST_TEXT: Final = 2_000


class Mention(NamedTuple):
    """Something that a text names: one of `groups`, each of which is paid as a whole.

    `how` says how it is written. `items` are the groups' documents.
    """

    groups: tuple[tuple[OpenNumber, ...], ...]
    doubt: Decimal
    how: str
    as_written: str

    @property
    def items(self) -> tuple[OpenNumber, ...]:
        """All documents that may be meant."""
        return tuple(distinct(item for group in self.groups for item in group))


@dataclass(slots=True)
class Mentions:
    """What texts name, and the words that look like a number which no document has.

    `is_cut` where a text ends within a number, as a bank's does: more may have been named.
    """

    found: list[Mention] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    is_cut: bool = False


class _Word(NamedTuple):
    text: str
    begin: int
    end: int


class _Reader:
    """The reading of one text."""

    def __init__(self, numbers: WrittenNumbers, text: str) -> None:
        self._numbers = numbers
        self._text = text
        self._words = [_Word(f[0], f.start(), f.end()) for f in _WORD.finditer(text)]
        self.mentions = Mentions()

    def read(self) -> Mentions:
        """Read from word to word; the longest run of words that is a number counts."""
        place = 0
        last: Mention | None = None
        last_end = 0
        while place < len(self._words):
            if last is not None and self._words[place].text in _RANGE_WORDS:
                place += 1
                continue
            mention, count = self._at(place)
            if last is not None and (mention is None or mention.doubt > CLEAR):
                listed = self._listed(last, last_end, place)
                mention, count = (listed, 1) if listed else (mention, count)
            if mention is None:
                if self._is_cut(place, count):
                    self.mentions.is_cut = True
                    break
                if count > 1 or self._is_unknown(place):
                    self.mentions.unknown.append(self._joined(place, count))
                place += max(1, count)
                continue
            end = self._words[place + count - 1].end
            if last is not None and self._is_range(last_end, place):
                ranged = self._range(last, mention)
                if ranged is not None:
                    self.mentions.found[-1] = mention = ranged
                    last, last_end, place = mention, end, place + count
                    continue
            self.mentions.found.append(mention)
            last, last_end, place = mention, end, place + count
        return self.mentions

    def _is_cut(self, place: int, count: int) -> bool:
        """Tell whether the text, cut by a bank, ends within a number that begins here."""
        if place + count < len(self._words) or len(self._text) < _SHORTEST_CUT:
            return False
        joined = self._joined(place, count)
        return not self._numbers.whole(joined) and self._numbers.begins_like_one(joined)

    def _at(self, place: int) -> tuple[Mention | None, int]:
        """Return what is named from a word on, and how many words that takes."""
        for count in range(min(_MOST_WORDS, len(self._words) - place), 0, -1):
            if not self._is_run(place, count):
                continue
            mention = self._number(place, count)
            if self._is_cut(place, count):
                self.mentions.is_cut = True
                # Without its zeros, or without its end: nobody can tell.
                return mention and mention._replace(doubt=max(mention.doubt, _BARE)), count
            if mention is not None:
                return mention, count
        for count in range(min(3, len(self._words) - place), 0, -1):
            joined = self._joined(place, count)
            if self._is_run(place, count) and self._is_unknown_number(joined, place, count):
                return None, count
        return self._counter(place), 1

    def _number(self, place: int, count: int) -> Mention | None:
        """Return what the words are as a whole number, or one without zeros or letters."""
        joined = self._joined(place, count)
        if len(joined) > _LONGEST_NUMBER or not any(map(str.isdigit, joined)):
            return None
        as_written = self._text[self._words[place].begin : self._words[place + count - 1].end]
        has_letter = not joined.isdigit()
        numbers = self._numbers
        if has_letter and len(joined) >= 4:
            items = numbers.whole(joined)
            if items:
                is_exact = any(plain_text(item.number) == as_written for item in items)
                how = "number" if is_exact else "number written differently"
                return _mention(items, _WHOLE if is_exact else _SPACED, how, as_written)
            items = numbers.short(joined)
            if items:
                return _mention(items, _ZEROS, "number without zeros or century", as_written)
            items = numbers.misread(joined) if sum(map(str.isdigit, joined)) >= 3 else []
            if items:
                return _mention(items, _MISREAD, "number misread", as_written)
            parts = PARTS.findall(joined)
            if len(parts) == 2 and parts[0].isalpha() and parts[0] in numbers.letters:
                items = numbers.counted(int(parts[1]), parts[0])
                if items and len(parts[1]) <= 8:
                    return _mention(items, _NO_YEAR, "number without year", as_written)
            if len(parts) > 2 and parts[0] in _ANNOUNCING and parts[0] not in numbers.letters:
                items = numbers.digits("".join(parts[1:]))
                if items and all(map(str.isdigit, parts[1:])):
                    return _mention(items, _NO_LETTERS, "number without letters", as_written)
        elif not has_letter and len(joined) >= 5:
            items = [*numbers.whole(joined), *numbers.digits(joined)]
            if items:
                # A date, an order or a telephone number may have the same digits.
                announced, is_date = self._is_announced(place), bool(_DATE.fullmatch(joined))
                doubt = ANNOUNCED if announced else _BARE
                is_all = any(_digits(item.number) == joined for item in items)
                if is_all and not is_date and (announced or len(joined) >= 8):
                    doubt = _NO_LETTERS
                how = "number" if numbers.whole(joined) else "number without letters"
                if any(plain_text(item.number) == as_written != joined for item in items):
                    doubt = _WHOLE
                return _mention(items, doubt, how, as_written)
        return None

    def _counter(self, place: int) -> Mention | None:
        """Return the documents that end in a number that stands alone."""
        word = self._words[place].text
        if not word.isdigit() or len(word) > 8:
            parts = PARTS.findall(word)
            # `FACT101`, `N101`: the announcing word and the counter in one.
            if len(parts) != 2 or parts[0] not in _ANNOUNCING or not parts[1].isdigit():
                return None
            if len(parts[1]) > 8:
                return None
            items = self._numbers.counted(int(parts[1]))
            return _mention(items, ANNOUNCED, "end of the number", word) if items else None
        announced = self._is_announced(place)
        if not announced and (len(word) < 3 or _is_measure(self._text, self._words[place])):
            return None
        items = self._numbers.counted(int(word))
        if not items:
            return None
        return _mention(items, ANNOUNCED if announced else _BARE, "end of the number", word)

    def _listed(self, last: Mention, last_end: int, place: int) -> Mention | None:
        """Return the next number of a list that goes on with counters: `F2026-0101, 102/03`."""
        word = self._words[place]
        if not word.text.isdigit() or len(word.text) > 8:
            return None
        if _MONEY.match(self._text, word.end):
            return None
        gap = self._text[last_end : word.begin]
        is_range = bool(_RANGE_GAP.fullmatch(gap))
        if not (_LIST_GAP.fullmatch(gap) or is_range):
            return None
        items = [beside for item in last.items for beside in self._numbers.beside(item, word.text)]
        if not items:
            return None
        return _mention(items, max(last.doubt, _LISTED), "number of a list", word.text)

    def _range(self, first: Mention, last: Mention) -> Mention | None:
        """Return all documents between two, those of each customer as one group."""
        groups: dict[tuple[str | None, str], dict[int, OpenNumber]] = {}
        for begin in first.items:
            for end in last.items:
                for item in self._numbers.between(begin, end):
                    group = groups.setdefault((item.account, item.currency), {})
                    group[id(item)] = item
        if not groups:
            return None
        return Mention(
            tuple(tuple(group.values()) for group in groups.values()),
            max(first.doubt, last.doubt),
            "range of numbers",
            f"{first.as_written} - {last.as_written}",
        )

    def _is_range(self, last_end: int, place: int) -> bool:
        gap = self._text[last_end : self._words[place].begin]
        if _RANGE_GAP.fullmatch(gap):
            return True
        # `F2026-101 A F2026-105`: the word between was passed over.
        return bool(re.fullmatch(r"\s*(?:A|AU|TO|BIS)\s+(?:LA\s+|N[O°]?\s*)?", gap))

    def _is_run(self, place: int, count: int) -> bool:
        """Tell whether words stand close together, as the parts of one number do."""
        words = self._words[place : place + count]
        return all(
            _GAP.fullmatch(self._text[one.end : other.begin]) for one, other in pairwise(words)
        )

    def _joined(self, place: int, count: int) -> str:
        return "".join(word.text for word in self._words[place : place + max(1, count)])

    def _is_announced(self, place: int) -> bool:
        before = [word.text for word in self._words[max(0, place - 2) : place]]
        return bool(before) and (
            before[-1] in _ANNOUNCING or (len(before) == 2 and before[-1] in {"NO", "N", "NR"})
        )

    def _is_unknown(self, place: int) -> bool:
        return self._is_unknown_number(self._words[place].text, place, 1)

    def _is_unknown_number(self, joined: str, place: int, count: int) -> bool:
        """Tell whether words have the form of a number, though no document has it."""
        if len(joined) < 6 or joined.isdigit() or not self._words[place + count - 1].text.isalnum():
            return False
        return self._numbers.looks_like_one(joined)


def read_mentions(numbers: WrittenNumbers, texts: Iterable[str]) -> Mentions:
    """Return what texts name; a document that is named twice counts by its clearest mention."""
    found: dict[tuple[tuple[int, ...], ...], Mention] = {}
    unknown: dict[str, None] = {}
    is_cut = False
    for text in texts:
        plain = plain_text(text[:_LONGEST_TEXT])
        read = _Reader(numbers, plain).read()
        for mention in (*_structured(numbers, plain), *read.found):
            key = tuple(tuple(id(item) for item in group) for group in mention.groups)
            if key not in found or mention.doubt < found[key].doubt:
                found[key] = mention
        unknown.update(dict.fromkeys(read.unknown))
        is_cut = is_cut or read.is_cut
    return Mentions(list(_without_repeats(found.values())), list(unknown), is_cut)


def _structured(numbers: WrittenNumbers, text: str) -> Iterator[Mention]:
    """Yield what structured references name."""
    for carried in structured_references(text):
        items = numbers.referenced(carried)
        if items:
            yield _mention(items, _STRUCTURED, "structured reference", carried)


def _without_repeats(mentions: Iterable[Mention]) -> Iterator[Mention]:
    """Leave out doubtful mentions of what is named clearly: `F2026-0101 … FACT 101`."""
    listed = sorted(mentions, key=lambda mention: mention.doubt)
    clear: set[int] = set()
    for mention in listed:
        items = {id(item) for item in mention.items}
        is_vague = mention.doubt > CLEAR or len(mention.groups) > 1
        if is_vague and not clear.isdisjoint(items):
            continue
        if mention.doubt <= CLEAR:
            clear |= items
        yield mention


def _mention(items: Iterable[OpenNumber], doubt: Decimal, how: str, as_written: str) -> Mention:
    """Return the mention of one of several documents; those of one number are one group."""
    return Mention(tuple((item,) for item in distinct(items)), doubt, how, as_written)


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))


def _is_measure(text: str, word: _Word) -> bool:
    """Tell whether a number is part of an amount, a date, a time or a rate."""
    before, after = text[max(0, word.begin - 1) : word.begin], text[word.end : word.end + 2]
    return (
        (before in {",", ".", ":", "+"} or after[:1] in {",", ":", "%", "€"})
        or bool(re.match(r"[./][0-9]", after))
        or (before == "/" and after[:1] != "/")
    )
