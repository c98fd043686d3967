"""Checks the invariants on as many histories as asked for: `make invariants HISTORIES=5000`.

    python -m tests.invariants [--histories N] [--first SEED] [--days N] [--jobs N] [--folder DIR]

At the end, or when it is interrupted, stands in how many histories each event happened, and which
pairs of events never met. A failing history is made small and written to the folder. Exit status 1
says that one failed.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.invariants.checking import check
from tests.invariants.checking import history
from tests.invariants.report import Counts
from tests.invariants.report import Coverage
from tests.invariants.report import coverage
from tests.invariants.shrinking import first_broken
from tests.invariants.shrinking import shrink
from tests.invariants.shrinking import told


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a history had, and how it failed, if it did."""

    seed: int
    had: Coverage | None
    failure: str = ""


def run(seed: int, length: int, folder: Path) -> Outcome:
    """Tell and check one history."""
    try:
        with tempfile.TemporaryDirectory() as temporary:
            ledger = history(seed, length, Path(temporary))
            found = check(ledger, Path(temporary), seed)
        if not found.broken:
            return Outcome(seed, coverage(ledger, found.seen))
        broken = min(found.broken, key=lambda each: each.day)
        small = shrink(ledger, broken, seed)
        broken = first_broken(small, seed) or broken
        return Outcome(seed, None, f"seed {seed}: {told(small, broken, folder / str(seed))}")
    except Exception:  # noqa: BLE001 - one history that cannot be followed must not end the run
        return Outcome(seed, None, f"seed {seed}: {traceback.format_exc()}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.invariants", description=__doc__)
    parser.add_argument("--histories", type=int, default=500)
    parser.add_argument("--first", type=int, default=1000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--folder", type=Path, default=Path(".invariants"))
    asked = parser.parse_args(arguments)
    seeds = range(asked.first, asked.first + asked.histories)
    counts, failures = Counts(), 0
    # An interrupt is for the parent alone, which reports what was done until then.
    ignored = (signal.SIGINT, signal.SIG_IGN)
    with multiprocessing.Pool(asked.jobs, signal.signal, ignored) as pool:
        one = functools.partial(run, length=asked.days, folder=asked.folder)
        try:
            for place, outcome in enumerate(pool.imap_unordered(one, seeds), 1):
                if outcome.had is not None:
                    counts.add(outcome.had)
                else:
                    failures += 1
                    sys.stdout.write(outcome.failure + "\n")
                if place % 50 == 0:
                    sys.stdout.write(f"{place} of {len(seeds)} histories, {failures} failed\n")
                    sys.stdout.flush()
        except KeyboardInterrupt:
            sys.stdout.write("interrupted\n")
    sys.stdout.write(f"{counts.table()}\n{counts.pairs_text()}\n{failures} histories failed\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
