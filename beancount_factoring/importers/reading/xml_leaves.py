"""A part of an XML file as a mapping from path to text."""

from __future__ import annotations

from typing import NamedTuple


class Leaves(dict[str, str]):
    """The texts of a part's leaves by path (`BkTxCd/Domn/Cd`), the first at each path.

    Names are without namespace, texts without blanks around them; empty leaves are left out. An
    attribute's path is its element's with `@` and its name behind it (`Amt@Ccy`); the part's own
    text is at the path that is empty.
    """

    further: tuple[tuple[str, str], ...] = ()

    def add(self, path: str, text: str) -> None:
        """Add a text at a path, behind those that stand there."""
        if path in self:
            self.further = (*self.further, (path, text))
        else:
            self[path] = text

    def all(self, *paths: str) -> list[str]:
        """Return all texts at the paths, path by path."""
        if not self.further:
            return [self[path] for path in paths if path in self]
        found: list[str] = []
        for path in paths:
            if path in self:
                found.append(self[path])
                found.extend(text for at, text in self.further if at == path)
        return found


class Part(NamedTuple):
    """A part that has ended: its path as it was asked for, its leaves, the line it began at.

    The leaves of a part within this one are not among its leaves.
    """

    path: str
    leaves: Leaves
    line: int
