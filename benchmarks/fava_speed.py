"""The extension's views against Fava's own income statement, on the same ledger in one run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from typing import Final

from beancount_factoring.fava_ext.view import ViewName
from benchmarks.fava_pages import LIFE
from benchmarks.ledgers import write_ledger
from benchmarks.report import Figure
from benchmarks.runs import REPEATS
from benchmarks.runs import run

SIZES: Final = (10_000, 100_000)
_LINE: Final = '2026-01-01 custom "fava-extension" "beancount_factoring.fava_ext"\n'


def figures(folder: Path, invoices: int, repeats: int = REPEATS) -> list[Figure]:
    """Measure one size: every view when asked again, and what is only shown."""
    main = write_ledger(folder, invoices)
    with main.open("a", encoding="utf-8") as ledger:
        ledger.write(_LINE)
    module = "benchmarks.fava_pages"
    measured = run(sys.executable, "-m", module, str(main.resolve()), str(repeats)).figures
    name = f"{invoices:,} invoices in Fava"
    shown = [
        Figure(
            f"{name}: the factoring of a load / the load",
            measured["factoring"] / measured["load"],
            None,
            f"{measured['factoring']:.2f} s / {measured['load']:.2f} s",
        )
    ]
    for view in (*(view.value for view in ViewName), LIFE):
        shown.append(_ratio(f"{name}: {view}", measured["again"], view, 1.0))
        shown.append(_ratio(f"{name}: {view}, first time", measured["first"], view, None))
        shown.append(
            _ratio(f"{name}: {view}, another month each time", measured["month"], view, None)
        )
    return shown


def _ratio(name: str, taken: dict[str, Any], view: str, bound: float | None) -> Figure:
    """Return what a view takes to what the income statement takes, both asked alike."""
    own, income = taken[view], taken["income"]
    detail = f"{own * 1000:.1f} ms / {income * 1000:.1f} ms"
    return Figure(f"{name} / income statement", own / income, bound, detail)
