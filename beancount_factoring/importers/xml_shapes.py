"""Repeated XML records of one shape: the same tags, other texts.

The entries of a bank's statement are mostly alike. Where the tags of a record are those of one
that the parser has read before, only its texts are cut out, which takes a third of the time.
Whatever is not plain (own entities, control characters, unknown tags) is left to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from xml.sax.saxutils import unescape

from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.xml_leaves import Leaves
from beancount_factoring.importers.xml_leaves import Part

# A text that fills an element, without blanks around it and on one line.
_TEXT = re.compile(rb">([^<>\x00-\x20][^<>\x00-\x1f]*+)(?<! )</")

# The entities that every XML file has; others are left to the parser.
_OTHER_ENTITY = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_QUOTES = {"&quot;": '"', "&apos;": "'"}

# Stands, with a number, for a text while a shape is learnt.
_MARK = "\ue000"

# A file whose records have more shapes than this gains nothing by the next one.
_MOST_SHAPES = 1000


@dataclass(frozen=True, slots=True)
class _Template:
    """A part of a record: which of the record's texts stand at its paths."""

    path: str
    line: int
    paths: tuple[str, ...]
    texts: tuple[int, ...]
    picked: Callable[[list[str]], tuple[str, ...]]
    constants: tuple[str, ...]
    further: tuple[tuple[str, int], ...]

    def filled(self, texts: list[str], line: int) -> Part:
        """Return the part with a record's texts, and those that all records have behind them."""
        own = self.picked(texts) + self.constants
        leaves = Leaves(zip(self.paths, own, strict=True))
        if self.further:
            leaves.further = tuple((path, texts[place]) for path, place in self.further)
        return Part(self.path, leaves, line + self.line)


class Shapes:
    """The shapes of the records that were met; `parse` returns the parts of a record's XML."""

    def __init__(self, parse: Callable[[bytes], list[Part]]) -> None:
        self._parse = parse
        self._templates: dict[bytes, list[_Template] | None] = {}

    def parts(self, record: bytes, line: int) -> list[Part] | None:
        """Return the parts of a record that begins at a line; `None` if it is not plain."""
        pieces = _TEXT.split(record)
        shape = b"\0".join(pieces[::2])
        templates = self._templates.get(shape)
        if templates is None:
            is_known = shape in self._templates or len(self._templates) >= _MOST_SHAPES
            if is_known or b"&" in shape or _MARK.encode() in shape:
                return None
            templates = self._templates[shape] = self._learnt(pieces)
            if templates is None:
                return None
        try:
            joined = b"\0".join(pieces[1::2]).decode()
        except UnicodeDecodeError:
            return None
        if "&" in joined:
            if _OTHER_ENTITY.search(joined):
                return None
            joined = unescape(joined, _QUOTES)
        texts = joined.split("\0")
        return [template.filled(texts, line) for template in templates]

    def _learnt(self, pieces: list[bytes]) -> list[_Template] | None:
        """Return the templates of a record's shape; `None` if it does not parse as expected."""
        marked = list(pieces)
        marked[1::2] = [f">{_MARK}{place}</".encode() for place in range(len(pieces) // 2)]
        try:
            templates = [_template(part) for part in self._parse(b"".join(marked))]
        except DocumentRefusedError:
            return None
        found = [
            place
            for template in templates
            for place in (*template.texts, *(place for _, place in template.further))
        ]
        return templates if sorted(found) == list(range(len(pieces) // 2)) else None


def _template(part: Part) -> _Template:
    marks = {path: text for path, text in part.leaves.items() if text.startswith(_MARK)}
    constants = {path: text for path, text in part.leaves.items() if path not in marks}
    texts = tuple(_number(text) for text in marks.values())
    return _Template(
        part.path,
        part.line - 1,
        (*marks, *constants),
        texts,
        # Of fewer than two places itemgetter makes no tuple.
        itemgetter(*texts) if len(texts) > 1 else lambda all_: tuple(all_[at] for at in texts),
        tuple(constants.values()),
        tuple((path, _number(text)) for path, text in part.leaves.further),
    )


def _number(text: str) -> int:
    number = text.removeprefix(_MARK)
    if not number.isdecimal() or number == text:
        raise DocumentRefusedError("has a text that is no mark")
    return int(number)
