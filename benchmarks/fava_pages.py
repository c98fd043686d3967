"""Serves one ledger in Fava and prints, as JSON, what its pages took, in seconds.

Run as a program of its own. The time is that from a click to the answer that is drawn: of this
extension the page, of Fava's income statement its data, which the browser then makes a page of.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median
from typing import Any
from typing import Final

from fava.application import create_app
from flask.testing import FlaskClient

import beancount_factoring.fava_ext
from beancount_factoring.fava_ext.view import ViewName

INCOME: Final = "api/income_statement"
LIFE: Final = "life"
_EXTENSION: Final = "extension/Factoring/"
_MONTHS: Final = ("2026-03", "2026-06", "2026-09")


def main(ledger: str, repeats: int) -> None:
    """Open a ledger, ask for every page in turn, and print the medians."""
    spent = _watch_loading()
    begin = time.perf_counter()
    app = create_app([ledger], load=True)
    loaded = time.perf_counter() - begin
    client = app.test_client()
    slug = client.get("/").location.strip("/").split("/")[0]
    pages = {"income": INCOME, LIFE: f"{_EXTENSION}?view=aged&document=F2026-000200&partial=true"}
    pages |= {name.value: f"{_EXTENSION}?view={name}&partial=true" for name in ViewName}
    first = {name: _ask(client, f"/{slug}/{page}") for name, page in pages.items()}
    again: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(repeats):
        for name, page in pages.items():
            again[name].append(_ask(client, f"/{slug}/{page}"))
    months: dict[str, list[float]] = {name: [] for name in pages}
    for month in _MONTHS:
        for name, page in pages.items():
            mark = "&" if "?" in page else "?"
            months[name].append(_ask(client, f"/{slug}/{page}{mark}time={month}"))
    figures = {
        "load": loaded,
        "factoring": spent[0],
        "first": first,
        "again": {name: median(taken) for name, taken in again.items()},
        "month": {name: median(taken) for name, taken in months.items()},
    }
    print(json.dumps(figures))


def _ask(client: FlaskClient, address: str) -> float:
    begin = time.perf_counter()
    answer = client.get(address)
    taken = time.perf_counter() - begin
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: status {answer.status_code}")
    return taken


def _watch_loading() -> list[float]:
    """Take the time of what the extension does when a ledger is loaded."""
    spent = [0.0]
    own = beancount_factoring.fava_ext.Factoring.after_load_file

    def timed(extension: Any) -> None:
        begin = time.perf_counter()
        own(extension)
        spent[0] += time.perf_counter() - begin

    setattr(beancount_factoring.fava_ext.Factoring, own.__name__, timed)
    return spent


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
