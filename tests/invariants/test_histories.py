"""The invariants of rules.md, section 5, on random histories: each of them, on every day.

`make invariants HISTORIES=5000` checks as many as asked for, all of two years; see docs/testing.md.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.invariants.checking import check
from tests.invariants.checking import history
from tests.invariants.report import coverage
from tests.invariants.shrinking import first_broken
from tests.invariants.shrinking import shrink
from tests.invariants.shrinking import told

# Histories of four to seven months, and some of two years.
SHORT = 210
LONG = 10
Record = Callable[[str, object], None]


@pytest.mark.parametrize("seed", range(SHORT))
def test_the_invariants_hold_for_some_months(
    seed: int, tmp_path: Path, record_property: Record
) -> None:
    hold(seed, 120 + seed % 90, tmp_path, record_property)


@pytest.mark.parametrize("seed", range(SHORT, SHORT + LONG))
def test_the_invariants_hold_for_two_years(
    seed: int, tmp_path: Path, record_property: Record
) -> None:
    hold(seed, 730, tmp_path, record_property)


def hold(seed: int, length: int, folder: Path, record_property: Record) -> None:
    """Check a history; a failing one is made small and shown as a ledger."""
    ledger = history(seed, length, folder)
    found = check(ledger, folder, seed, whole=False)
    if found.broken:
        broken = min(found.broken, key=lambda each: each.day)
        small = shrink(ledger, broken, seed, seconds=60)
        broken = first_broken(small, seed) or broken
        pytest.fail(told(small, broken, folder / "small"), pytrace=False)
    record_property("events", sorted(coverage(ledger, found.seen).kinds))
