"""Loads one ledger without Beancount's cache and prints, as JSON, what it took.

Run as a program of its own, so that each measurement starts from nothing.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def main(ledger: str) -> None:
    """Load a ledger; the plugin's own time is taken around its function."""
    os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
    from beancount import loader

    from beancount_factoring.plugins import factoring as plugin

    own = plugin.factoring
    spent = [0.0]

    def timed(*arguments: Any) -> Any:
        begin = time.perf_counter()
        try:
            return own(*arguments)
        finally:
            spent[0] += time.perf_counter() - begin

    plugin.__dict__["factoring"] = timed
    begin = time.perf_counter()
    entries, errors, _options = loader.load_file(ledger)
    taken = time.perf_counter() - begin
    figures = {
        "load": taken,
        "plugin": spent[0],
        "entries": len(entries),
        "errors": len(errors),
        "memory": _peak_memory(),
    }
    print(json.dumps(figures))


def _peak_memory() -> int:
    """Return this program's own peak in bytes; what a parent reads also holds its own size."""
    with Path("/proc/self/status").open(encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError("the kernel tells no peak of the memory")


if __name__ == "__main__":
    main(sys.argv[1])
