"""Programs run to be measured, and medians of what they took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from typing import Final

REPEATS: Final = 5
BEAN_CHECK: Final = str(Path(sys.executable).with_name("bean-check"))

# As a user's programs start: from bytecode, from the second time on. Where Python is told to keep
# none, each start would compile this package anew, and not Beancount, which pip compiled.
_ENVIRONMENT: Final = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True, slots=True)
class Run:
    """What one program took in seconds on the clock, and what it printed."""

    seconds: float
    output: str

    @property
    def figures(self) -> dict[str, Any]:
        """Return the JSON that the program printed."""
        figures: dict[str, Any] = json.loads(self.output)
        return figures


def run(*command: str) -> Run:
    """Run a program to its end; anything but success is an error."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_ENVIRONMENT) as process:
        output = process.communicate()[0]
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit status {process.returncode}\n{output}")
    return Run(time.perf_counter() - begin, output)


def bean_check(ledger: Path) -> Run:
    """Check a ledger as a user would, without the cache."""
    return run(BEAN_CHECK, "--no-cache", str(ledger))


def loading(ledger: Path) -> Run:
    """Load a ledger in a program of its own."""
    return run(sys.executable, "-m", "benchmarks.measure", str(ledger))


def medians(
    measured: Mapping[str, Callable[[], float]], repeats: int = REPEATS
) -> dict[str, float]:
    """Measure each in turn, several times over, so that a slow moment strikes all alike."""
    taken: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(repeats):
        for name, measure in measured.items():
            taken[name].append(measure())
    return {name: median(values) for name, values in taken.items()}
