"""YAML files read with positions: every problem names its file, line and key, and all are told.

A reader opens a file as `YamlSource`, asks its `root` for every key it knows, each as the kind of
value it must be (`yaml_kinds`), and then takes `problems()`: what it did not ask for is unknown.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from typing import TypeVar

from beancount_factoring.yaml_kinds import DATE
from beancount_factoring.yaml_kinds import Kind
from beancount_factoring.yaml_kinds import did_you_mean
from beancount_factoring.yaml_kinds import one_of
from beancount_factoring.yaml_nodes import Listing
from beancount_factoring.yaml_nodes import MalformedError
from beancount_factoring.yaml_nodes import Node
from beancount_factoring.yaml_nodes import Scalar
from beancount_factoring.yaml_nodes import Table
from beancount_factoring.yaml_nodes import parse
from beancount_factoring.yaml_nodes import read_text
from beancount_factoring.yaml_nodes import shown

T = TypeVar("T")
D = TypeVar("D")

_NONE = "none"
# A number, and what a comma may have cut off it.
_WHOLE = re.compile(r"[+-]?\d+")
_REST = re.compile(r"(\d+)\s*(%?)")


class Problem(NamedTuple):
    """What is wrong at one place of a file, and what was expected there.

    `key` is dotted (`contracts.bpce.commission.rate`), empty for the file as a whole.
    """

    filename: str
    line: int
    key: str
    message: str

    @property
    def text(self) -> str:
        """The message with its key, for where file and line are shown otherwise."""
        return f"{self.key}: {self.message}" if self.key else self.message

    def __str__(self) -> str:
        return f"{self.filename}:{self.line}: {self.text}"


class YamlSource:
    """One YAML file being read: `root` is its mapping, empty where the file cannot be read."""

    def __init__(self, path: Path) -> None:
        """Read a file of at most `yaml_nodes.MAX_BYTES`; nothing is raised."""
        self.filename = str(path)
        self._problems: set[Problem] = set()
        try:
            self.root = Section(self, None, "", 1, parse(read_text(path)))
        except MalformedError as error:
            self.root = Section(self, None, "", 1, Listing(1), broken=True)
            self.add(error.line, "", error.message)

    def add(self, line: int, key: str, message: str) -> None:
        """Add a problem; the same one twice is one."""
        self._problems.add(Problem(self.filename, line, key, message))

    def problems(self) -> tuple[Problem, ...]:
        """Return all problems, by line."""
        return tuple(sorted(self._problems))


class Section:
    """A mapping of a YAML file, from which each known key is asked as the kind it must be.

    A key that is missing or has no valid value is a problem of the file, and the answer is then
    the kind's stand-in. `line` is the line of the section's own key, or of the nearest section
    above that is written (`parent`); `sound` turns false with the first problem in it or below.
    """

    def __init__(
        self,
        source: YamlSource,
        parent: Section | None,
        path: str,
        line: int,
        node: Node | None,
        *,
        broken: bool = False,
    ) -> None:
        """Begin to read a node; `broken` says that its problem is known already."""
        self.line = line
        self.parent = parent
        self.sound = not broken
        self._source = source
        self._path = path
        self._table = node if isinstance(node, Table) else Table(line)
        self._broken = broken
        self._marred: set[str] = set()
        self._asked: set[str] = set()
        self._below: list[Section] = []
        empty = node is None or (isinstance(node, Scalar) and not node.text)
        if not (empty or broken or isinstance(node, Table)):
            self._broken = True
            self.report("", f"{node} stands here: expected keys, each with its value")
        self._report_repeated(self._table, "")

    def __contains__(self, key: str) -> bool:
        return key in self._table.entries

    def names(self) -> tuple[str, ...]:
        """Return the keys written, where they are names that the user chooses."""
        return tuple(self._table.entries)

    def line_of(self, key: str) -> int:
        """Return the line of a key, or of the section where the key is not written."""
        return self._table.entries[key][0] if key in self else self.line

    def lines(self) -> dict[str, int]:
        """Return the line of every key written here and below, dotted; "" is the section."""
        return {"": self.line, **dict(_lines(self._table, ""))}

    def report(self, key: str, message: str, line: int | None = None) -> None:
        """Add a problem of one key (`""`: of the section itself), by default on the key's line."""
        self._marred.add(key)
        self._source.add(line or self.line_of(key), self._dotted(key), message)
        section: Section | None = self
        while section is not None:
            section.sound = False
            section = section.parent

    def intact(self, key: str) -> bool:
        """Tell whether a key has no problem yet."""
        return key not in self._marred

    def check(self, fulfilled: bool, key: str, message: str, *others: str) -> None:
        """Report a problem of a key unless a condition holds.

        Nothing is said where the key or one of the `others` the condition depends on has a
        problem already.
        """
        if not fulfilled and not self._broken and all(map(self.intact, (key, *others))):
            self.report(key, message)

    def check_name(self, key: str, kind: Kind[str]) -> None:
        """Report a key that the user chose unless it is a text of a kind."""
        self._value(key, Scalar(self.line_of(key), key), kind)

    def required(self, key: str, kind: Kind[T]) -> T:
        """Return the value of a key that must be there."""
        node = self._ask(key)
        if node is None:
            self._report_missing(key, kind.expected)
            return kind.stand_in
        return self._value(key, node, kind)

    def optional(self, key: str, kind: Kind[T], default: D) -> T | D:
        """Return the value of a key, or its default where it is not written."""
        node = self._ask(key)
        return default if node is None else self._value(key, node, kind)

    def steps(
        self, key: str, kind: Kind[T], *, required: bool = False
    ) -> tuple[tuple[datetime.date, T, int], ...]:
        """Return a value that may change in time as (first day, value, line), by date.

        A single value counts from `date.min`. The answer is empty where the key is not written.
        """
        node = self._ask(key)
        if node is None:
            if required:
                self._report_missing(key, f"{kind.expected}, or a mapping of dates to such values")
            return ()
        if not isinstance(node, Table):
            return ((datetime.date.min, self._value(key, node, kind), self.line_of(key)),)
        self._report_repeated(node, key)
        if not node.entries:
            self.report(key, f"no date stands here: expected {DATE.expected} and {kind.expected}")
        steps = []
        for text, (line, value) in node.entries.items():
            step_key = f"{key}.{text}"
            since = self._value(step_key, Scalar(line, text), DATE, key)
            steps.append((since, self._value(step_key, value, kind, key), line))
        return tuple(sorted(steps, key=lambda step: step[0]))

    def listed(self, key: str, kind: Kind[T], word: str = _NONE) -> tuple[T, ...] | None:
        """Return a list of values, or `None` where it is not written, empty, or the given word."""
        items = self._items(key, f"a list, each item {kind.expected}", word)
        if items is None:
            return None
        return tuple(self._value(f"{key}.{i}", item, kind, key) for i, item in enumerate(items))

    def one_or_listed(self, key: str, kind: Kind[T]) -> tuple[T, ...]:
        """Return a value or a list of them; nothing where the key is not written."""
        node = self._ask(key)
        if isinstance(node, Listing):
            return self.listed(key, kind) or ()
        return () if node is None else (self._value(key, node, kind),)

    def section(self, key: str, *, or_none: bool = False) -> Section:
        """Return the section of a key, an empty one where it is not written.

        With `or_none` the word `none` stands for an empty one too.
        """
        node = self._ask(key)
        if or_none and isinstance(node, Scalar) and node.text == _NONE:
            node = None
        section = Section(self._source, self, self._dotted(key), self.line_of(key), node)
        section._broken = section._broken or (node is None and self._broken)
        self._below.append(section)
        return section

    def sections(self, key: str) -> tuple[Section, ...]:
        """Return a list of sections, empty where it is not written or is the word `none`."""
        items = self._items(key, "a list, each item with keys and values", _NONE) or []
        sections = tuple(
            Section(self._source, self, self._dotted(f"{key}.{i}"), item.line, item)
            for i, item in enumerate(items)
        )
        self._below.extend(sections)
        return sections

    def finish(self) -> None:
        """Report every key, here and below, that was not asked for."""
        known = sorted(self._asked)
        for key in self._table.entries.keys() - self._asked:
            expected = one_of(known) if known else "none"
            cut = self._cut_by_comma(key)
            message = f"is not a key here{did_you_mean(key, known)}: expected {expected}"
            self.report(key, f"is no key: {cut}" if cut else message)
        for section in self._below:
            section.finish()

    def _cut_by_comma(self, key: str) -> str:
        """Say what to write for the rest of a number that a comma cut in `{rate: 0,40 %}`."""
        names = list(self._table.entries)
        before = names[: names.index(key)]
        rest, value = _REST.fullmatch(key), self._table.entries[key][1]
        number = self._table.entries[before[-1]][1] if before else None
        is_cut = isinstance(number, Scalar) and _WHOLE.fullmatch(number.text)
        if rest is None or not is_cut or not isinstance(value, Scalar) or value.text:
            return ""
        whole = f"{before[-1]}: {number}".replace('"', "")
        message = f"the comma before it ends {before[-1]}: write {whole}.{key} with a decimal point"
        thousands = f", or {whole}{key} where it stands between thousands"
        return message + (thousands if len(rest[1]) == 3 and not rest[2] else "")

    def _ask(self, key: str) -> Node | None:
        """Return the node of a key, which is known from now on."""
        self._asked.add(key)
        return self._table.entries[key][1] if key in self else None

    def _items(self, key: str, expected: str, word: str) -> list[Node] | None:
        """Return the items of a list, or `None` where there is none or a word says so."""
        node = self._ask(key)
        if isinstance(node, Listing):
            return node.items
        if node is not None and not (isinstance(node, Scalar) and node.text in {"", word}):
            written = f" (write [{shown(node.text)}])" if isinstance(node, Scalar) else ""
            self.report(key, f"{node} is no list{written}: expected {expected}, or {word}")
        return None

    def _value(self, key: str, node: Node, kind: Kind[T], owner: str | None = None) -> T:
        """Return what a node means; a problem below a key mars the key, its `owner`, too."""
        if not isinstance(node, Scalar):
            reason = f"{node} stands here"
        elif not node.text:
            reason = "has no value"
        else:
            try:
                return kind.convert(node.text)
            except ValueError as error:
                reason = f"{node} {error}"
        self.report(key, f"{reason}: expected {kind.expected}", node.line)
        self._marred.add(owner or key)
        return kind.stand_in

    def _report_missing(self, key: str, expected: str) -> None:
        if not self._broken:
            self.report(key, f"is missing: expected {expected}")

    def _report_repeated(self, table: Table, below: str) -> None:
        for name, line in table.repeated:
            first = table.entries[name][0]
            key = f"{below}.{name}".removeprefix(".")
            self.report(key, f"stands twice: first on line {first}; remove one of them", line)
            self._marred.add(below)

    def _dotted(self, key: str) -> str:
        """Return a key of this section as the file's reader would name it."""
        return ".".join(filter(None, (self._path, shown(key))))


def _lines(node: Node, above: str) -> Iterator[tuple[str, int]]:
    """Yield the dotted key and line of everything below a node."""
    if isinstance(node, Table):
        children = [(key, line, child) for key, (line, child) in node.entries.items()]
    elif isinstance(node, Listing):
        children = [(str(i), child.line, child) for i, child in enumerate(node.items)]
    else:
        return
    for key, line, child in children:
        yield f"{above}{key}", line
        yield from _lines(child, f"{above}{key}.")
