"""YAML text to nodes: texts, lists and mappings with their lines, and nothing else of YAML.

The text is hostile until read: its size and depth are bounded, anchors, aliases and tags are
refused, and it is built without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from typing import NamedTuple

if TYPE_CHECKING:
    import yaml

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 16
_SHOWN = 60
# What YAML calls non-printable (YAML 1.1, 5.1).
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class MalformedError(Exception):
    """A file that cannot be read as YAML: the line, and the reason in one line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class Scalar(NamedTuple):
    """A single value, as text."""

    line: int
    text: str

    def __str__(self) -> str:
        return f'"{shown(self.text)}"'


class Listing:
    """A list."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.items: list[Node] = []

    def __str__(self) -> str:
        return "a list"


class Table:
    """A mapping: each key's line and value; `repeated` holds keys that stood again, and where."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.entries: dict[str, tuple[int, Node]] = {}
        self.repeated: list[tuple[str, int]] = []

    def __str__(self) -> str:
        return "a mapping"


Node = Scalar | Listing | Table


def shown(text: str) -> str:
    """Return a text from a file as it may stand in a message: short, and on one line."""
    short = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "".join(c if c.isprintable() else " " for c in short)


def read_text(path: Path) -> str:
    """Return the text of a file of at most `MAX_BYTES`, or raise `MalformedError`."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise MalformedError(1, f"cannot be read: {reason or error}") from None
    if len(content) > MAX_BYTES:
        raise MalformedError(1, f"is larger than {MAX_BYTES // 1024 // 1024} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MalformedError(line, "is not UTF-8 text: save the file as UTF-8") from None


def parse(text: str) -> Node | None:
    """Return the one document of a YAML text, `None` if it is empty, or raise `MalformedError`."""
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        line = text.count("\n", 0, forbidden.start()) + 1
        raise MalformedError(line, f"a control character, U+{ord(forbidden[0]):04X}, stands here")
    builder = _Builder()
    for event in _events(text):
        builder.take(event)
    return builder.root


def _events(text: str) -> Iterator[yaml.Event]:
    """Yield what libyaml, or PyYAML without it, finds in a text."""
    import yaml

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        message = f"is not valid YAML: {error.problem or error.context}"
        if any(text.lstrip(" ").startswith("\t") for text in text.splitlines()[line - 1 : line]):
            message += " (indent with spaces, not tabs)"
        raise MalformedError(line, message) from None
    except yaml.YAMLError as error:
        raise MalformedError(1, f"is not valid YAML: {error}") from None


class _Open:
    """A list or mapping whose end is still to come; `key` is a mapping's key without its value."""

    def __init__(self, node: Listing | Table) -> None:
        self.node = node
        self.key: tuple[str, int] | None = None


class _Builder:
    """Makes nodes of PyYAML's events, holding what is open on a stack of bounded depth."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[_Open] = []

    def take(self, event: yaml.Event) -> None:
        """Take the next event, or raise `MalformedError`."""
        import yaml

        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise MalformedError(line, "an alias (*) stands here: write the value itself")
        if isinstance(event, yaml.NodeEvent):
            self._refuse_extras(event, line)
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise MalformedError(line, "a second document begins here: one is expected")
        if isinstance(event, yaml.ScalarEvent):
            self._add_scalar(Scalar(line, event.value))
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin(Table(line))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin(Listing(line))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()

    @staticmethod
    def _refuse_extras(event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            raise MalformedError(
                line, "an anchor (&) stands here: write the value where it is used"
            )
        if getattr(event, "tag", None) is not None:
            raise MalformedError(line, "a tag (!) stands here: write the value alone")

    def _add_scalar(self, scalar: Scalar) -> None:
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.node, Table) and top.key is None:
            top.key = (scalar.text, scalar.line)
        else:
            self._place(scalar)

    def _begin(self, node: Listing | Table) -> None:
        self._place(node)
        self._open.append(_Open(node))
        if len(self._open) > MAX_DEPTH:
            raise MalformedError(node.line, f"more than {MAX_DEPTH} levels stand in one another")

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        top = self._open[-1]
        if isinstance(top.node, Listing):
            top.node.items.append(node)
            return
        if top.key is None:
            raise MalformedError(node.line, f"{node} stands for a key: a text is expected")
        name, line = top.key
        top.key = None
        if name in top.node.entries:
            top.node.repeated.append((name, line))
        else:
            top.node.entries[name] = (line, node)
