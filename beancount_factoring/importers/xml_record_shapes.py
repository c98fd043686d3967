"""Records of a large XML file by their shapes: its parts without parsing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.xml_leaves import Leaves
from beancount_factoring.importers.xml_leaves import Part
from beancount_factoring.importers.xml_shapes import Shapes
from beancount_factoring.importers.xml_shapes import is_marked
from beancount_factoring.importers.xml_shapes import marked
from beancount_factoring.importers.xml_shapes import picker
from beancount_factoring.importers.xml_shapes import place_of
from beancount_factoring.tuples import new


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
        return new(Part, (self.path, leaves, line + self.line))


class RecordShapes:
    """The shapes of the records that were met; `parse` returns the parts of a record's XML."""

    def __init__(self, parse: Callable[[bytes], list[Part]]) -> None:
        self._parse = parse
        # The lines that its parts begin at would move with a line break.
        self._shapes = Shapes(self._learnt, line_breaks=False)

    def parts(self, record: bytes, line: int) -> list[Part] | None:
        """Return the parts of a record that begins at a line; `None` if it is not plain."""
        found = self._shapes.cut(record)
        if found is None:
            return None
        templates, texts = found
        return [template.filled(texts, line) for template in templates]

    def _learnt(self, pieces: list[bytes]) -> list[_Template] | None:
        """Return the templates of a record's shape; `None` if it does not parse as expected."""
        try:
            templates = [_template(part) for part in self._parse(marked(pieces))]
        except DocumentRefusedError:
            return None
        found = [
            place
            for template in templates
            for place in (*template.texts, *(place for _, place in template.further))
        ]
        return templates if sorted(found) == list(range(len(pieces) // 2)) else None


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
