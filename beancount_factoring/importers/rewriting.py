"""A receipt's lines in a ledger file, rewritten: those of its suspense posting, and its head.

All other lines stay as they are, byte for byte; new ones are as Beancount's printer writes them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from typing import NamedTuple

from beancount.core import data
from beancount.parser import printer

_COMMENT: Final = re.compile(r'^(?:[^";]|"(?:[^"\\]|\\.)*")*?(\s*;.*)$')


class Rewriting(NamedTuple):
    """An entry as it was loaded, the place of its suspense posting, what is to stand instead."""

    entry: data.Transaction
    place: int
    new: Sequence[data.Transaction]


def rewritten(text: str, changes: Sequence[Rewriting]) -> str:
    """Return a file's text with receipts rewritten.

    Raises `ValueError` where the text is not what was loaded.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    for change in sorted(changes, key=lambda each: -int(each.entry.meta["lineno"])):
        _rewrite(lines, change)
    return end.join(lines)


def _rewrite(lines: list[str], change: Rewriting) -> None:
    """Rewrite one receipt's lines."""
    entry, (receipt, *reductions) = change.entry, change.new
    head = int(entry.meta["lineno"]) - 1
    starts = [int((posting.meta or {}).get("lineno", 0)) - 1 for posting in entry.postings]
    begin = starts[change.place]
    if (
        not head < min(starts) <= max(starts) < len(lines)
        or not lines[head].startswith(f"{entry.date}")
        or entry.postings[change.place].account not in lines[begin]
    ):
        raise ValueError(f"line {head + 1} is not what was loaded: load the ledger again")
    after = [start for start in starts if start > begin]
    stop = min(after) if after else _end_of_block(lines, begin)
    first, meta, postings = _printed(receipt)
    parts = len(receipt.postings) - len(entry.postings) + 1
    new = [line for group in postings[change.place : change.place + parts] for line in group]
    # Comments beside what goes stay.
    kept = [line for line in lines[begin + 1 : stop] if line.strip().startswith(";")]
    if reductions:
        close = _end_of_block(lines, max(starts))
        printed = "\n".join(printer.format_entry(each).rstrip("\n") for each in reductions)
        lines[close:close] = ["", *printed.split("\n")]
    lines[begin:stop] = [*new, *kept]
    old_keys = {key for key in entry.meta if not key.startswith("__")}
    added = [line for line in meta if line.strip().partition(":")[0] not in old_keys]
    lines[min(starts) : min(starts)] = added
    comment = _COMMENT.match(lines[head])
    lines[head] = first + (comment[1] if comment else "")


def _end_of_block(lines: Sequence[str], line: int) -> int:
    """Return the first line after a posting and what is indented below it."""
    stop = line + 1
    while stop < len(lines) and lines[stop].strip() and lines[stop][0] in " \t":
        stop += 1
    return stop


def _printed(entry: data.Transaction) -> tuple[str, list[str], list[list[str]]]:
    """Return an entry's printed first line, its metadata, and each posting with its own."""
    first, *rest = printer.format_entry(entry).rstrip("\n").split("\n")
    meta: list[str] = []
    postings: list[list[str]] = []
    for line in rest:
        indented = len(line) - len(line.lstrip(" "))
        if re.match(r"\s+[a-z][A-Za-z0-9_-]*:\s", line):
            (postings[-1] if postings and indented > 2 else meta).append(line)
        else:
            postings.append([line])
    return first, meta, postings
