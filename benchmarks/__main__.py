"""`python -m benchmarks [ledger|whole|import|matching|fava]`: measures; fails if one is above."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import fava_speed
from benchmarks import import_speed
from benchmarks import ledger_speed
from benchmarks import matching
from benchmarks import start_up
from benchmarks.report import Figure
from benchmarks.whole_contract import RULES
from benchmarks.whole_contract import WHOLE

FOLDER = Path(".bench")
SIZES = (1_000, 10_000, 100_000)


def main(wanted: list[str]) -> int:
    """Measure what is wanted, or everything."""
    kept = True
    if not wanted or "ledger" in wanted:
        kept &= _show(start_up.figures())
        sizes = [ledger_speed.measure(FOLDER / str(size), size) for size in SIZES]
        kept &= _show(ledger_speed.figures_of(sizes))
    if not wanted or "whole" in wanted:
        for name, kind in (("every rule", RULES), ("every event", WHOLE)):
            folder = name.replace(" ", "-")
            whole = [
                ledger_speed.measure(FOLDER / f"{folder}-{size}", size, kind) for size in SIZES[1:]
            ]
            kept &= _show(ledger_speed.figures_of(whole, f"{name}, "))
    if not wanted or "import" in wanted:
        kept &= _show(import_speed.figures(FOLDER / "import"))
    if not wanted or "matching" in wanted:
        kept &= _show(matching.figures(FOLDER / "matching"))
    if not wanted or "fava" in wanted:
        for size in fava_speed.SIZES:
            kept &= _show(fava_speed.figures(FOLDER / f"fava-{size}", size))
    return 0 if kept else 1


def _show(figures: list[Figure]) -> bool:
    for figure in figures:
        print(figure.line(), flush=True)
    return all(figure.is_kept for figure in figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
