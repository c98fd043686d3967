"""The house's import table (docs/architecture.md) and the code agree."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import beancount_factoring

PACKAGE = Path(beancount_factoring.__file__).parent
ROOT = PACKAGE.parent
NAME = PACKAGE.name
BOTTOM = {
    "yaml_source",
    "yaml_kinds",
    "yaml_nodes",
    "files",
    "currencies",
    "collector",
    "tuples",
    "spreadsheets",
}


def import_table(heading: str) -> dict[str, set[str]]:
    """Read a table from the page: its last column says what a room may import."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|(?:.*\|)?([^|]*)\|$", section, re.MULTILINE)
    return {room: set(re.findall(r"`(\w+)`", allowed)) for room, allowed in rows}


TABLE = import_table("Who may import whom")
IMPORTERS = import_table("Who may import whom within the importers")
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def test_every_room_is_in_the_table() -> None:
    rooms = {path.parts[0] for path in MODULES if len(path.parts) > 1}
    assert rooms == set(TABLE)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_nothing_imports_upwards(module: Path) -> None:
    room = module.parts[0] if len(module.parts) > 1 else None
    allowed = BOTTOM | ({room} | TABLE[room] if room else set())
    for name in imports_of(PACKAGE / module):
        parts = name.split(".")
        if parts[0] == NAME and len(parts) > 1:
            assert parts[1] in allowed, f"{module} imports {name}"


def test_every_room_of_the_importers_is_in_their_table() -> None:
    rooms = {path.parts[1] for path in MODULES if path.parts[0] == "importers" and path.parts[2:]}
    assert rooms == set(IMPORTERS)


@pytest.mark.parametrize(
    "module",
    [path for path in MODULES if path.parts[0] == "importers" and path.parts[2:]],
    ids=str,
)
def test_nothing_imports_upwards_within_the_importers(module: Path) -> None:
    room = module.parts[1]
    for name in imports_of(PACKAGE / module):
        parts = name.split(".")
        if parts[:2] == [NAME, "importers"]:
            assert parts[2] in IMPORTERS[room] | {room}, f"{module} imports {name}"


@pytest.mark.parametrize(
    "module", [path for path in MODULES if path.parts[0] in {"engine", "contract"}], ids=str
)
def test_engine_and_terms_know_no_library(module: Path) -> None:
    allowed = set(sys.stdlib_module_names) | {NAME}
    if module.name == "calendars.py":
        allowed.add("holidays")
    assert {name.split(".")[0] for name in imports_of(PACKAGE / module)} <= allowed


def test_the_engine_has_no_clock_and_no_files() -> None:
    forbidden = {"time", "os", "pathlib", "io", "random", "subprocess", "socket"}
    for module in MODULES:
        if module.parts[0] == "engine":
            names = {name.split(".")[0] for name in imports_of(PACKAGE / module)}
            assert not names & forbidden, module
            source = (PACKAGE / module).read_text(encoding="utf-8")
            assert "today()" not in source, module
