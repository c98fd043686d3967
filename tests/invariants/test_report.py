"""What `make invariants` prints: a table of events, and the pairs that never met."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.invariants.__main__ import main
from tests.invariants.audit import Broken
from tests.invariants.audit import Found
from tests.invariants.checking import history
from tests.invariants.ledger import Ledger
from tests.invariants.report import Counts
from tests.invariants.report import coverage
from tests.invariants.shrinking import told


def test_a_run_says_in_how_many_histories_each_event_happened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--histories", "2", "--days", "60", "--jobs", "1", "--folder", str(tmp_path)]
    assert main(asked) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "2 histories"
    assert "  commission" in [line[:12] for line in printed]
    assert printed[-1] == "0 histories failed"


def test_a_run_shows_a_failing_history_as_a_ledger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(ledger: Ledger, *_: object) -> Found:
        return Found([Broken(5, ledger.horizon, "bpce", "U is too much")])

    monkeypatch.setattr("tests.invariants.__main__.check", check)
    monkeypatch.setattr("tests.invariants.shrinking.check", check)
    asked = ["--histories", "1", "--days", "40", "--jobs", "1", "--folder", str(tmp_path)]
    assert main(asked) == 1
    printed = capsys.readouterr().out
    assert "bpce: invariant 5: U is too much" in printed
    assert (tmp_path / "1000" / "main.beancount").read_text() in printed


def test_pairs_that_never_met_are_named() -> None:
    counts = Counts()
    ledger = Ledger(())
    counts.add(coverage(ledger, {("return", "ALPHA", "F1"), ("dispute", "ALPHA", "F2")}))
    counts.add(coverage(ledger, {("default: no recourse", "BRAVO", "F3")}))
    counts.add(coverage(ledger, {("dispute", "BRAVO", "F3"), ("resolve", "BRAVO", "F3")}))
    never = counts.never()
    assert ("dispute", "return") not in never["in one history"]
    assert ("dispute", "return") not in never["on one debtor"]
    assert ("default: no recourse", "dispute") in never["in one history"]
    assert counts.kinds["dispute"] == 2


def test_a_written_ledger_can_be_run_by_hand(tmp_path: Path) -> None:
    from beancount import loader

    ledger = history(3, 60, tmp_path)
    text = told(ledger, Broken(1, ledger.horizon, "bpce", "nothing"), tmp_path / "small")
    assert text.startswith(f"{ledger.horizon} bpce: invariant 1: nothing")
    assert loader.load_file(str(tmp_path / "small" / "main.beancount"))[1] == []
