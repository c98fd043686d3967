"""docs/errors.md: each example gives its message, and each error of the code has an example."""

from __future__ import annotations

import ast
import copy
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
import yaml

from beancount_factoring.engine import journal
from beancount_factoring.engine.history import Problem
from beancount_factoring.ledger import errors
from tests.conftest import CONTRACT
from tests.conftest import PLUGIN_LINE
from tests.conftest import Load
from tests.conftest import Loaded

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "errors.md"
PACKAGE = ROOT / "beancount_factoring"
# What reports an error; the first two in the ledger room, the third in the engine.
REPORTS = {"error_at", "_error", "report", "_report", "_malformed"}


@dataclass
class Example:
    """A heading of the page, its messages on one line each, and its blocks."""

    title: str
    messages: list[str] = field(default_factory=list)
    blocks: dict[str, str] = field(default_factory=dict)


def parts(text: str) -> Iterator[Example]:
    """Yield what stands below each third-level heading; what precedes them all has no title."""
    for section in re.split(r"^(?=#{2,3} )", text, flags=re.MULTILINE):
        title = section.partition("\n")[0].removeprefix("### ")
        quoted = re.findall(r"(?:^> .*\n)+", section, flags=re.MULTILINE)
        messages = [" ".join(re.findall(r"^> (.*)$", text, re.MULTILINE)) for text in quoted]
        blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL))
        if section.startswith("### "):
            yield Example(title, messages, blocks)
        elif section.startswith("# "):
            yield Example("", blocks=blocks)


BASE, *EXAMPLES = parts(PAGE.read_text(encoding="utf-8"))


def merged(base: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return a contract whose keys are replaced by those of an example."""
    result = copy.deepcopy(base)
    for key, value in other.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def contract_of(example: Example) -> str:
    """Return the contract file of an example: its own, or the page's with the example's keys."""
    if "contracts" in example.blocks:
        return example.blocks["contracts"]
    base = yaml.safe_load(BASE.blocks["yaml"])["contracts"]["bpce"]
    text = example.blocks.get("yaml", "")
    keys = yaml.safe_load(text) or {}
    if keys and keys.keys().isdisjoint({"contracts", *base}):
        # As it is written: what YAML makes of it may be what is wrong.
        written = yaml.safe_dump({"contracts": {"bpce": base}}, sort_keys=False)
        return written + indent(text, "    ")
    named = keys.get("contracts", {"bpce": keys})
    contracts = {name: merged(base, others or {}) for name, others in named.items()}
    return yaml.safe_dump({"contracts": contracts}, sort_keys=False)


def loaded_example(load: Load, example: Example, folder: Path) -> Loaded:
    """Load an example as the page says: added to the page's ledger and contract.

    A block `more` is an included file, `other` a second contract file.
    """
    for block, name in (("more", "more.beancount"), ("other", "other.yaml")):
        if block in example.blocks:
            (folder / name).write_text(example.blocks[block])
    lines = example.blocks.get("beancount", "").splitlines(keepends=True)
    plugin_lines = [line for line in lines if line.startswith("plugin")]
    text = BASE.blocks["beancount"] + "".join(x for x in lines if x not in plugin_lines)
    plugin = "".join(plugin_lines).rstrip() or PLUGIN_LINE
    return load(text, contract=contract_of(example), plugin=plugin)


def shown(loaded: Loaded) -> list[str]:
    """Return a ledger's errors without what depends on where it stands."""
    messages = (message.replace(f"{loaded.folder}/", "") for message in loaded.messages)
    return [without_line(message) for message in messages]


def without_line(message: str) -> str:
    return re.sub(r"main\.beancount:\d+", "main.beancount", message)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_an_example_gives_its_messages_and_no_other(
    load: Load, example: Example, tmp_path: Path
) -> None:
    expected = sorted(without_line(message) for message in example.messages)
    assert sorted(shown(loaded_example(load, example, tmp_path))) == expected


def test_the_pages_own_ledger_and_contract_have_no_error(load: Load, tmp_path: Path) -> None:
    assert loaded_example(load, Example(""), tmp_path).messages == []
    plain = CONTRACT.format(treatment="derecognition", source="generated", start="2026-01-05")
    assert yaml.safe_load(BASE.blocks["yaml"]) == yaml.safe_load(plain)


def call_sites() -> dict[tuple[str, int], range]:
    """Return the lines of each call, in ledger and engine, that reports an error."""
    sites = {}
    for room in ("engine", "ledger"):
        for path in sorted((PACKAGE / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and name_of(node.func) in REPORTS:
                    lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                    sites[str(path), node.lineno] = lines
    return sites


def name_of(function: ast.expr) -> str:
    """Return the last name of what is called: `report` for `state.journal.report`."""
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def test_each_error_of_the_code_has_an_example(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: set[tuple[str, int]] = set()

    def noting(make: Any) -> Any:
        def noted(*arguments: Any) -> Any:
            frame = sys._getframe(1)
            while frame.f_back is not None:
                reached.add((frame.f_code.co_filename, frame.f_lineno))
                frame = frame.f_back
            return make(*arguments)

        return noted

    # Every error is one of these two, whoever reports it.
    monkeypatch.setattr(errors, "FactoringError", noting(errors.FactoringError))
    monkeypatch.setattr(journal, "Problem", noting(Problem))
    for example in EXAMPLES:
        loaded_example(load, example, tmp_path)
    sites = call_sites()
    assert len(sites) > 40
    without = [
        f"{Path(path).relative_to(ROOT)}:{start}"
        for (path, start), lines in sites.items()
        if not any((path, line) in reached for line in lines)
    ]
    assert without == [], "write an example for these in docs/errors.md"


def test_errors_are_made_where_the_tests_above_look() -> None:
    """An error made in another way would be found by none of them."""
    makers = {("ledger/errors.py", "FactoringError"), ("engine/journal.py", "Problem")}
    found = set()
    for room in ("engine", "ledger"):
        for path in sorted((PACKAGE / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and name_of(node.func) in {
                    "FactoringError",
                    "Problem",
                }:
                    found.add((f"{room}/{path.name}", name_of(node.func)))
    assert found == makers


# Modules whose sentences are no error's: narrations.
NO_ERRORS = {"ledger/writer.py"}
# Where Beancount itself breaks down, or what cannot be had by a text in a folder.
WITHOUT_EXAMPLE = {
    "no factoring event stands here: ": "its own check of balances fails on such a directive",
    "true or false": "a kind of value that only import.yaml has",
    "needs the holidays library": "the library is installed where this runs",
    "business days are counted forward": "what a programmer alone sees",
    "cannot be read: ": "the text is there",
    "is larger than ": "the file is small",
    "is not UTF-8 text": "the page is",
    "a control character, U+": "the page has none",
    " levels stand in one another": "nobody would read it",
    "is not valid YAML: ": "said of each in the words of the YAML library",
}
SENTENCE = 3


def sentences(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the fixed parts of each text of a module that may be a message's.

    A text of a few words is one, unless it documents something or belongs to an exception.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    apart: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Raise():
                apart |= set(ast.walk(node))
            case ast.Expr(value=ast.Constant()):
                apart.add(node.value)
            case ast.JoinedStr():
                apart |= set(node.values)
            case _:
                pass
    for node in ast.walk(tree):
        if node in apart:
            continue
        match node:
            case ast.JoinedStr(values=values):
                parts = [str(v.value) for v in values if isinstance(v, ast.Constant)]
            case ast.Constant(value=str(text)):
                parts = [text]
            case _:
                continue
        words = sum(len(re.findall(r"[a-z]{2,}", part)) for part in parts)
        if words >= SENTENCE and any(" " in part for part in parts):
            yield node.lineno, parts


def modules(room: str) -> list[Path]:
    """Return the modules of a room that may say what an error is."""
    paths = sorted((PACKAGE / room).glob("*.py"))
    return [path for path in paths if f"{room}/{path.name}" not in NO_ERRORS]


def test_each_sentence_of_the_code_stands_in_an_example() -> None:
    """What is said in several ways, or by whatever function, has an example of each."""
    messages = [message for example in EXAMPLES for message in example.messages]
    missing = []
    paths = [path for room in ("contract", "engine", "ledger") for path in modules(room)]
    for path in (*paths, *sorted(PACKAGE.glob("yaml_*.py"))):
        for line, parts in sentences(path):
            text = " ".join(parts)
            said = re.compile(".*".join(map(re.escape, parts)))
            is_apart = any(start in text for start in WITHOUT_EXAMPLE)
            if not is_apart and not any(said.search(message) for message in messages):
                missing.append(f"{path.relative_to(PACKAGE)}:{line}: {text}")
    assert missing == [], "write an example for these in docs/errors.md"
