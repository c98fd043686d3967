"""Records of a large XML file by their shapes: its parts without parsing."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.xml_leaves import Leaves
from beancount_factoring.importers.reading.xml_leaves import Part
from beancount_factoring.importers.reading.xml_shapes import Shapes
from beancount_factoring.importers.reading.xml_shapes import is_marked
from beancount_factoring.importers.reading.xml_shapes import marked
from beancount_factoring.importers.reading.xml_shapes import picker
from beancount_factoring.importers.reading.xml_shapes import place_of
from beancount_factoring.tuples import new

# So often a shape is met before records of it are looked for in a row, and so many at most are.
_OFTEN: Final = 3
_MOST_OFTEN: Final = 12

# So many records are returned at once: those of a whole file would fill the memory.
_LONGEST_ROW: Final = 64

# A text that is plain by itself, and the blanks between two records.
_PLAIN: Final = rb">([^<>&\s][^<>&\r\n]*+)(?<![ \t])</"
_GAP: Final = rb"([ \t\r\n]*+)"

# What makes a stretch of a file not plain, wherever it stands: control characters, no characters.
_CONTROL: Final = bytes({*range(1, 0x20)} - {*b"\t\n\r"}) + b"\0"
_NO_CHARACTERS: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")


@dataclass(frozen=True, slots=True)
class _Template:
    """A part of a record: which of the record's texts stand at its paths."""

    path: str
    line: int
    paths: tuple[str, ...]
    texts: tuple[int, ...]
    picked: Callable[[Sequence[str]], tuple[str, ...]]
    constants: tuple[str, ...]
    further: tuple[tuple[str, int], ...]

    def filled(self, texts: Sequence[str], line: int) -> Part:
        """Return the part with a record's texts, and those that all records have behind them."""
        own = self.picked(texts) + self.constants
        leaves = Leaves(zip(self.paths, own, strict=True))
        if self.further:
            leaves.further = tuple((path, texts[place]) for path, place in self.further)
        return new(Part, (self.path, leaves, line + self.line))


class _Shape:
    """A shape of records: the templates of its parts, and what finds a record of it."""

    __slots__ = ("lines", "match", "met", "pieces", "templates")

    def __init__(self, templates: list[_Template], pieces: list[bytes]) -> None:
        """Take the pieces of a record's XML: tags, a text, tags, … tags."""
        self.templates = templates
        self.pieces = pieces[::2]
        self.lines = sum(piece.count(b"\n") for piece in self.pieces)
        self.met = 0
        self.match: Callable[[bytes, int], re.Match[bytes] | None] = lambda _data, _place: None

    def compile(self) -> None:
        """Make `match` find a record of this shape, with the blanks behind it, at a place."""
        self.match = re.compile(_PLAIN.join(map(re.escape, self.pieces)) + _GAP).match


class RecordShapes:
    """The shapes of the records that were met; `parse` returns the parts of a record's XML."""

    def __init__(self, parse: Callable[[bytes], list[Part]]) -> None:
        self._parse = parse
        # The lines that its parts begin at would move with a line break.
        self._shapes = Shapes(self._learnt, line_breaks=False)
        # The shapes that are looked for in a row, the one found last before the others.
        self._often: list[_Shape] = []

    def parts(self, record: bytes, line: int) -> list[Part] | None:
        """Return the parts of a record that begins at a line; `None` if it is not plain."""
        found = self._shapes.cut(record)
        if found is None:
            return None
        shape, texts = found
        shape.met += 1
        if shape.met == _OFTEN and len(self._often) < _MOST_OFTEN:
            shape.compile()
            self._often.append(shape)
        return [template.filled(texts, line) for template in shape.templates]

    def row(self, data: bytes, place: int, line: int) -> tuple[list[Part], int, int]:
        """Return the parts of records in a row, of shapes that were met often.

        The first one begins at a place in plain data (`is_plain`) and at a line. With them comes
        where the row ends, and at which line.
        """
        parts: list[Part] = []
        often = self._often
        for _ in range(_LONGEST_ROW):
            for shape in often:
                match = shape.match(data, place)
                if match is not None:
                    break
            else:
                return parts, place, line
            try:
                texts = b"\0".join(match.groups()).decode().split("\0")
            except UnicodeDecodeError:
                return parts, place, line
            parts += [template.filled(texts, line) for template in shape.templates]
            place = match.end()
            line += shape.lines + texts[-1].count("\n")
            if shape is not often[0]:
                often.remove(shape)
                often.insert(0, shape)
        return parts, place, line

    def _learnt(self, pieces: list[bytes]) -> _Shape | None:
        """Return a record's shape; `None` if it does not parse as expected."""
        try:
            templates = [_template(part) for part in self._parse(marked(pieces))]
        except DocumentRefusedError:
            return None
        found = [
            place
            for template in templates
            for place in (*template.texts, *(place for _, place in template.further))
        ]
        is_whole = sorted(found) == list(range(len(pieces) // 2))
        return _Shape(templates, pieces) if is_whole else None


def is_plain(data: bytes) -> bool:
    """Tell whether records of data can be found in a row: what each text is, its signs say."""
    is_odd = any(signs in data for signs in _NO_CHARACTERS)
    return not is_odd and len(data.translate(None, _CONTROL)) == len(data)


def _template(part: Part) -> _Template:
    marks = {path: text for path, text in part.leaves.items() if is_marked(text)}
    constants = {path: text for path, text in part.leaves.items() if path not in marks}
    texts = tuple(map(place_of, marks.values()))
    return _Template(
        part.path,
        part.line - 1,
        (*marks, *constants),
        texts,
        picker(texts),
        tuple(constants.values()),
        tuple((path, place_of(text)) for path, text in part.leaves.further),
    )
