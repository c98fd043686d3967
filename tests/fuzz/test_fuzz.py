"""Damaged files of every format: each is read with figures that add up, or refused in one line.

`make fuzz INPUTS=100000` reads as many as asked for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz import faulty
from tests.fuzz.__main__ import line
from tests.fuzz.__main__ import main
from tests.fuzz.formats import FORMATS
from tests.fuzz.fuzzed import Fuzzed
from tests.fuzz.mutation import damaged
from tests.fuzz.running import fuzz

INPUTS = 300


@pytest.mark.parametrize("name", FORMATS)
def test_every_file_is_read_right_or_refused(name: str) -> None:
    outcome = fuzz(FORMATS[name], range(INPUTS))
    failures = "\n".join(f"{number}: {reason}" for number, reason in outcome.failures)
    assert not failures
    assert outcome.inputs == INPUTS == outcome.read + outcome.refused, line(name, outcome)
    # What is always refused at the door, or never touched, tests nothing.
    assert min(outcome.read, outcome.refused) > INPUTS / 20, line(name, outcome)


@pytest.mark.parametrize("name", FORMATS)
def test_undamaged_seeds_are_of_both_kinds_or_read(name: str, tmp_path: Path) -> None:
    seeds = FORMATS[name].seeds()
    assert len(seeds) > 2
    assert len(set(seeds)) == len(seeds)


def test_an_input_is_told_by_its_number() -> None:
    seeds = faulty.seeds()
    first = [damaged("x", number, seeds) for number in range(200)]
    assert first == [damaged("x", number, seeds) for number in range(200)]
    assert len(set(first)) > 150
    assert first != [damaged("y", number, seeds) for number in range(200)]


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (faulty.raises, "KeyError: 'document'"),
        (faulty.refuses_without_a_reason, "is refused by ''"),
        (faulty.refuses_in_two_lines, r"is refused by 'one\ntwo'"),
        (faulty.takes_long, "takes 2.1 s"),
        (faulty.takes_much, "MB more"),
        (faulty.ends_the_process, "ended the process (-6)"),
        (faulty.misreads, "another amount"),
    ],
)
def test_a_defect_is_told(read: Callable[[Path], None], reason: str) -> None:
    (first, *_) = fuzz(Fuzzed("faulty", faulty.seeds, read), range(7, 9)).failures
    assert first.number == 7
    assert reason in first.reason


def test_what_ends_the_process_does_not_end_the_run() -> None:
    outcome = fuzz(Fuzzed("faulty", faulty.seeds, faulty.ends_the_process), range(3), jobs=2)
    assert [failure.number for failure in outcome.failures] == [0, 1, 2]
    assert outcome.inputs == 3


def test_the_command_prints_a_line_for_each_format_and_keeps_the_inputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = Fuzzed("wrong", faulty.seeds, faulty.raises)
    right = dataclasses.replace(wrong, name="right", read=faulty.reads)
    for each in (wrong, right):
        monkeypatch.setitem(FORMATS, each.name, each)
    options = ["--inputs", "2", "--first", "5", "--jobs", "1", "--folder", str(tmp_path)]
    assert main([*options, "right"]) == 0
    assert main([*options, "wrong"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("right: 2 inputs, 2 read, 0 refused, 0 failures; slowest 0.00 s")
    assert told[1].startswith("wrong: 2 inputs, 0 read, 0 refused, 2 failures")
    assert (tmp_path / "wrong-5").read_bytes() == damaged("wrong", 5, faulty.seeds())
    with pytest.raises(SystemExit):
        main(["other"])
