"""Which figures of a factor's own statement the ledger has already.

A figure is a directive made of lines of the statement, which name it. Another format writes its
lines differently: there the figures tell, their day and amounts. Movements are compared as a
bank's are (`comparison`).
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from typing import Final

from beancount.core import data

from beancount_factoring.importers.entries.comparison import SAME
from beancount_factoring.importers.entries.comparison import Verdict
from beancount_factoring.importers.entries.known import SOURCE
from beancount_factoring.importers.entries.movement_entries import place_of
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.ledger.notes import directive_of

STATED_LINES: Final = "lines"
"""The metadata key of the lines' links that a factor's own figure is made of."""

_FIGURES: Final = ("number", "assigned", "commission", "vat", "guarantee")


class KnownFigures:
    """The factor's figures of a ledger, directives and notes that stand for them."""

    def __init__(self, entries: Iterable[data.Directive] = ()) -> None:
        """Take in a ledger's entries; those of the run are told by `add`."""
        self._by_line: dict[str, data.Custom] = {}
        self._by_figures: dict[str, list[data.Custom]] = {}
        for entry in entries:
            directive = directive_of(entry) if isinstance(entry, data.Note) else entry
            if isinstance(directive, data.Custom):
                self.add(directive)

    def add(self, directive: data.Custom) -> None:
        """Take in one more directive, if it is made of a statement's lines."""
        links = _lines_of(directive)
        self._by_line.update(dict.fromkeys(links, directive))
        if links:
            self._by_figures.setdefault(_key(directive), []).append(directive)

    def of_line(self, link: str) -> data.Custom | None:
        """Return the directive that a line is part of."""
        return self._by_line.get(link)

    def same(self, directive: data.Custom) -> list[data.Custom]:
        """Return the directives with the figures of one, from other formats than its."""
        found = self._by_figures.get(_key(directive), ())
        return [other for other in found if _source(other) != _source(directive)]

    def check_whole(self, position: int, links: Collection[str]) -> None:
        """Refuse a file that has an event of the ledger with other lines: it was corrected.

        `position` is that of the event's first line in the file.
        """
        for directive in filter(None, map(self.of_line, links)):
            if set(_lines_of(directive)) != set(links):
                raise DocumentRefusedError(
                    f"line {position}: has other lines for what the ledger has of {directive.date}"
                    f" ({place_of(directive)}): remove that directive, if the factor has corrected"
                    " its statement"
                )


class FigureComparison:
    """The comparison of one file's figures with the ledger's; each there counts once."""

    def __init__(self, known: KnownFigures) -> None:
        """Compare with the figures known now."""
        self._known = known
        self._taken: set[int] = set()

    def verdict(self, directive: data.Custom) -> Verdict:
        """Return what is known of a figure: by its lines, or by its amounts in another format."""
        by_line = next(filter(None, map(self._known.of_line, _lines_of(directive))), None)
        if by_line is not None:
            return Verdict(by_line, SAME)
        for other in self._known.same(directive):
            if id(other) not in self._taken:
                self._taken.add(id(other))
                return Verdict(other, f"{_source(other)} has it")
        return Verdict()


def _source(directive: data.Custom) -> str:
    return str(directive.meta.get(SOURCE, ""))


def _lines_of(directive: data.Custom) -> list[str]:
    """Return the links of the lines that a directive is made of."""
    lines = directive.meta.get(STATED_LINES)
    return lines.split() if isinstance(lines, str) else []


def _key(directive: data.Custom) -> str:
    """Return what the figures of one event have in every format: day, words, amounts."""
    values = [str(value.value) for value in directive.values or ()]
    stated = [f"{key}={directive.meta[key]}" for key in _FIGURES if key in directive.meta]
    return "|".join((str(directive.date), *values, *stated))
