"""One fact of a ledger changed at a time: the books say it, and just what the rules say.

Ledgers: the example's year as its documents are imported, with the balances of its accounts; the
same year with draws and sweeps generated; random histories. A fact is dropped, doubled or altered:
a document, a receipt, a bank's line, a directive, a date, a customer, an amount, a number, what it
settles or corrects, a term of the contract. Each must give an error at a line, or other figures:
on every day and account those of the second implementation for the changed ledger, and in the sums
of `laws` just what the changed entry says. What changes nothing is argued (`argued`).

`make mutations` (or MUTATIONS=n, facts of each kind) takes the whole year and more histories, and
prints the table. Random histories that are swept by the bank's lines have no revolving fund: within
a receipt of several documents the rules name no order, which only such a fund looks at.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutation.argued import why_silent
from tests.mutation.ledgers import Ledger
from tests.mutation.ledgers import example
from tests.mutation.ledgers import generated_example
from tests.mutation.ledgers import history
from tests.mutation.mutants import chosen
from tests.mutation.outcome import Kind
from tests.mutation.table import Outcomes
from tests.mutation.table import lines
from tests.mutation.table import outcomes
from tests.oracle.model import Date

EACH = int(os.environ.get("MUTATIONS", "0"))
SAMPLE = 14
UNTIL = Date(2026, 1, 1) if EACH else Date(2025, 3, 1)
# Statement: 8, 85, 148, 185. Generated: 21, 47, 51, 53, 133, 144, 183.
HISTORIES = (8, 21, 47, 51, 53, 85, 133, 144, 148, 183, 185) if EACH else (51, 185)
NAMES = ("statement", "generated", *map(str, HISTORIES))


def ledger_of(name: str, folder: Path) -> Ledger:
    if name == "statement":
        return example(folder, UNTIL)
    return generated_example(folder, UNTIL) if name == "generated" else history(int(name))


@pytest.fixture(scope="module")
def found() -> Iterator[Outcomes]:
    """All outcomes of the module, printed as a table where that was asked for."""
    results: Outcomes = []
    yield results
    if EACH:
        sys.stdout.write("\n".join(["", *lines(results), ""]))


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_fact_is_an_error_or_just_what_the_rules_make_of_it(
    name: str, tmp_path: Path, found: Outcomes
) -> None:
    ledger = ledger_of(name, tmp_path)
    mutants = chosen(ledger, EACH or 1, seed=1)
    if not EACH:
        mutants = random.Random(2).sample(mutants, SAMPLE)
    results = list(outcomes(ledger, mutants, tmp_path / "mutant"))
    found += results
    unexplained = [
        f"{mutant.kind}, {mutant.how}: {result.kind} {result.why}\n{mutant.before}"
        for mutant, result in results
        if result.kind is Kind.UNEXPLAINED
        or (result.kind is Kind.SILENT and not why_silent(mutant.kind, mutant.how))
    ]
    assert unexplained == []
