"""What marks a transaction as the factoring plugin's: interface.md, section 1."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from beancount.core import data

PLUGIN: Final = "beancount_factoring.plugins.factoring"
TAG: Final = "factoring"
CONTRACT: Final = "factoring"
EVENT: Final = "factoring-event"
IDENTIFIER: Final = "factoring-id"
SOURCE: Final = "factoring-source"
REMITTANCE: Final = "remittance"
SUFFIX: Final = "#factoring"

_PLUGIN_LINE: Final = re.compile(rb'^plugin\s+"%b"' % re.escape(PLUGIN).encode(), re.MULTILINE)


def relative_path(filename: str, folder: str) -> str:
    """Return a file's path from the top ledger's folder, as `factoring-source` has it."""
    return os.path.relpath(filename, folder) if "/" in filename else filename


def is_generated(entry: data.Directive) -> bool:
    """Tell whether the plugin made an entry in this load."""
    return (
        isinstance(entry, data.Transaction)
        and IDENTIFIER in entry.meta
        and str(entry.meta.get("filename", "")).endswith(SUFFIX)
    )


def plugin_lines(ledger: Path) -> list[int]:
    """Return the numbers of a ledger file's lines that name the plugin; none if it is unreadable.

    Beancount keeps no line of them.
    """
    try:
        text = ledger.read_bytes()
    except OSError:
        return []
    # A large file is searched for the name far quicker than for the line.
    if PLUGIN.encode() not in text:
        return []
    return [text.count(b"\n", 0, line.start()) + 1 for line in _PLUGIN_LINE.finditer(text)]
