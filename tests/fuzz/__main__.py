"""Fuzzes the importers' formats: `make fuzz INPUTS=100000`.

    python -m tests.fuzz [--inputs N] [--first N] [--jobs N] [--folder DIR] [FORMAT...]

Prints a line for each format, and each failure, whose input is written to the folder. The input of
a number is always the same: `--first 1234 --inputs 1 FORMAT` reads one again. Exit status 1 says
that there was a failure.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.formats import FORMATS
from tests.fuzz.running import Outcome
from tests.fuzz.running import fuzz
from tests.fuzz.running import kept_input
from tests.fuzz.running import processors

# A defect that fails thousands of inputs is shown by so many of them.
_SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=", ".join(FORMATS))
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=processors())
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"))
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.formats) - set(FORMATS))
    if unknown:
        parser.error(f"no such format: {', '.join(unknown)}")
    failed = 0
    for name in asked.formats or FORMATS:
        outcome = fuzz(
            FORMATS[name], range(asked.first, asked.first + asked.inputs), jobs=asked.jobs
        )
        sys.stdout.write(f"{line(name, outcome)}\n")
        for failure in outcome.failures[:_SHOWN]:
            path = kept_input(FORMATS[name], failure.number, asked.folder)
            sys.stdout.write(f"{path}: {failure.reason.strip()}\n")
        sys.stdout.flush()
        failed += len(outcome.failures)
    return 1 if failed else 0


def line(name: str, outcome: Outcome) -> str:
    """Return what became of a format's inputs, in one line."""
    return (
        f"{name}: {outcome.inputs:,} inputs, {outcome.read:,} read, {outcome.refused:,} refused,"
        f" {len(outcome.failures):,} failures; slowest {outcome.slowest:.2f} s,"
        f" {outcome.grown:.0f} MB"
    )


if __name__ == "__main__":
    sys.exit(main())
