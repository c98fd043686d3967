"""A generated year of receipts, small: what is matched is right, and most of it is matched."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.matching import measure


@pytest.mark.parametrize("seed", [11, 12])
def test_receipts_of_a_generated_year(tmp_path: Path, seed: int) -> None:
    outcome = measure(tmp_path, seed, invoices=1_000, receipts=500)
    assert len(outcome.wrong) <= 1
    assert outcome.recall_told > 0.92
    assert outcome.recall > 0.85
    assert outcome.suspense + outcome.matched == 500
    sure = [is_right for confidence, is_right in outcome.confidences if confidence >= 1]
    assert not sure


def test_the_same_seed_gives_the_same_matches(tmp_path: Path) -> None:
    one, other = (measure(tmp_path, 7, invoices=200, receipts=100) for _ in range(2))
    assert one.confidences == other.confidences
