"""XML documents of one shape: the same tags, other texts.

The entries of a bank's statement are mostly alike, and so are the invoices of one program. Where
the tags are those that the parser has read before, only the texts are cut out, which takes a third
of the time. Whatever is not plain (own entities, control characters, unknown tags) is left to the
parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence
from operator import itemgetter
from typing import Final
from typing import Generic
from typing import TypeVar
from xml.sax.saxutils import unescape

from beancount_factoring.importers.reading.documents import DocumentRefusedError

Template = TypeVar("Template")

# A text that fills an element.
_TEXT: Final = re.compile(rb">([^<>\s][^<>]*+)</")

# What the parser has to look at, beside a blank at a text's end.
_CONTROL: Final = bytes({*range(1, 0x20)} - {*b"\t\n\r"})
_CONTROL_OR_BREAK: Final = _CONTROL + b"\n\r"
_NO_CHARACTERS: Final = ("\ufffe", "\uffff")

# The entities that every XML file has; others are left to the parser.
_OTHER_ENTITY: Final = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_QUOTES: Final = {"&quot;": '"', "&apos;": "'"}

# Stands, with a number, for a text while a shape is learnt.
_MARK: Final = "\ue000"

# What has more shapes than this gains nothing by the next one; so many bytes of them are kept.
_MOST_SHAPES: Final = 1000
_MOST_BYTES: Final = 1 << 25


class Shapes(Generic[Template]):
    """The shapes that were met, each with a template that says what its texts are."""

    def __init__(
        self, learn: Callable[[list[bytes]], Template | None], *, line_breaks: bool
    ) -> None:
        """Learn a shape by `learn`, from XML in pieces: tags, a text, tags, … tags.

        It returns `None` for what is to be left to the parser. So are texts with line breaks,
        unless `line_breaks` says that they are plain.
        """
        self._learn = learn
        self._odd = _CONTROL if line_breaks else _CONTROL_OR_BREAK
        self._templates: dict[bytes, Template | None] = {}
        self._room = _MOST_BYTES

    def cut(self, xml: bytes) -> tuple[Template, list[str]] | None:
        """Return the template of a document's shape and its texts; `None` if it is not plain."""
        if b"\0" in xml:
            return None
        pieces = _TEXT.split(xml)
        shape = b"\0".join(pieces[::2])
        template = self._templates.get(shape)
        if template is None:
            is_full = len(self._templates) >= _MOST_SHAPES or len(shape) > self._room
            if shape in self._templates or is_full:
                return None
            if b"&" in shape or _MARK.encode() in shape:
                return None
            self._room -= len(shape)
            template = self._templates[shape] = self._learn(pieces)
            if template is None:
                return None
        joined = b"\0".join((*pieces[1::2], b""))
        if b"\r" in joined:
            joined = joined.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        # Far quicker than a search: in plain texts there is nothing to find.
        if len(joined.translate(None, self._odd)) < len(joined):
            return None
        if b" \0" in joined or b"\n\0" in joined or b"\t\0" in joined:
            return None
        try:
            texts = joined.decode()
        except UnicodeDecodeError:
            return None
        if not texts.isascii() and any(sign in texts for sign in _NO_CHARACTERS):
            return None
        if "&" in texts:
            if _OTHER_ENTITY.search(texts):
                return None
            texts = unescape(texts, _QUOTES)
        return template, texts.split("\0")[:-1]


def marked(pieces: list[bytes]) -> bytes:
    """Return XML in pieces, with a mark in the place of each text."""
    filled = list(pieces)
    for place in range(len(pieces) // 2):
        filled[2 * place + 1] = b">%b</" % f"{_MARK}{place}".encode()
    return b"".join(filled)


def is_marked(text: str) -> bool:
    """Tell whether a mark is part of a text."""
    return _MARK in text


def place_of(mark: str) -> int:
    """Return the place of a mark's text; raises `DocumentRefusedError` for more than a mark."""
    number = mark.removeprefix(_MARK)
    if not number.isdecimal() or number == mark:
        raise DocumentRefusedError("has a text that is no mark")
    return int(number)


def picker(places: tuple[int, ...]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return what takes the texts at some places."""
    # Of fewer than two places itemgetter makes no tuple.
    return itemgetter(*places) if len(places) > 1 else lambda texts: tuple(texts[p] for p in places)
