"""What loading the plugin's module costs a ledger that is small."""

from __future__ import annotations

import sys
from statistics import median

from benchmarks.report import Figure
from benchmarks.runs import REPEATS
from benchmarks.runs import run

_PROGRAM = """
import time
import beancount.loader
begin = time.perf_counter()
import beancount_factoring.plugins.factoring
print(time.perf_counter() - begin)
"""


def figures() -> list[Figure]:
    """Return the plugin's import in milliseconds, after Beancount's own."""
    taken = [float(run(sys.executable, "-c", _PROGRAM).output) for _ in range(REPEATS)]
    milliseconds = median(taken) * 1000
    return [Figure("the plugin's import", milliseconds, 100, f"{milliseconds:.0f} ms")]
