"""Damaged files through a reader, in processes of their own: what it did wrong, and what it took.

A reader may read a file or refuse it in one printable line. Everything else is a failure: another
exception, more than `SECONDS` of processor time, more than `MEGABYTES`, figures that do not add up.
Time is the process's own, so that a busy machine changes nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import NamedTuple

from beancount_factoring.importers.reading.documents import DocumentRefusedError
from tests.fuzz.fuzzed import Fuzzed
from tests.fuzz.mutation import damaged

SECONDS = 2.0
"""The longest that one input may take."""

MEGABYTES = 256
"""How much the process may grow by while it reads; an input has at most 4."""

# After this the process is ended from outside, as C code does not listen to exceptions.
_LAST_SECONDS = 20.0
_LAST_BYTES = 4 << 30


class Failure(NamedTuple):
    """What a reader did wrong with the input of a number."""

    number: int
    reason: str


@dataclass(slots=True)
class Outcome:
    """What became of all inputs of a format; `slowest` in seconds, `grown` in megabytes."""

    inputs: int = 0
    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    grown: float = 0.0
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Take in what became of other inputs."""
        self.inputs += other.inputs
        self.read += other.read
        self.refused += other.refused
        self.slowest = max(self.slowest, other.slowest)
        self.grown = max(self.grown, other.grown)
        self.failures += other.failures


def fuzz(fuzzed: Fuzzed, numbers: range, jobs: int = 1) -> Outcome:
    """Read the inputs of some numbers in so many processes."""
    shares = [numbers[start::jobs] for start in range(jobs)]
    workers = [_Worker(fuzzed, share) for share in shares if share]
    outcome = Outcome()
    for worker in workers:
        outcome.add(worker.done())
    outcome.failures.sort()
    return outcome


class _Worker:
    """A process that reads inputs; where one of them ends it, another goes on behind that one."""

    def __init__(self, fuzzed: Fuzzed, numbers: range) -> None:
        self._fuzzed = fuzzed
        self._start(numbers)

    def _start(self, numbers: range) -> None:
        self._numbers = numbers
        context = multiprocessing.get_context("spawn")
        self._receiving, sending = context.Pipe(duplex=False)
        self._place = context.Value("q", 0)
        self._process = context.Process(
            target=_work, args=(self._fuzzed, numbers, self._place, sending), daemon=True
        )
        self._process.start()
        sending.close()

    def done(self) -> Outcome:
        """Wait for the end of all inputs and return what became of them."""
        outcome = Outcome()
        while True:
            try:
                while True:
                    outcome.add(self._receiving.recv())
            except EOFError:
                self._process.join()
            if self._process.exitcode == 0:
                return outcome
            place = int(self._place.value)
            outcome.inputs += 1
            outcome.failures.append(
                Failure(self._numbers[place], f"ended the process ({self._process.exitcode})")
            )
            if not self._numbers[place + 1 :]:
                return outcome
            self._start(self._numbers[place + 1 :])


def _work(fuzzed: Fuzzed, numbers: range, place: Synchronized[int], sending: Connection) -> None:
    """Read the inputs of some numbers; tell the outcome of each thousand."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (_LAST_BYTES, _LAST_BYTES))
    seeds = fuzzed.seeds()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document"
        outcome = Outcome()
        for at, number in enumerate(numbers):
            place.value = at
            path.write_bytes(damaged(fuzzed.name, number, seeds))
            signal.setitimer(signal.ITIMER_PROF, _LAST_SECONDS)
            outcome.add(one(fuzzed, path, number))
            signal.setitimer(signal.ITIMER_PROF, 0)
            if outcome.inputs == 1000:
                sending.send(outcome)
                outcome = Outcome()
        sending.send(outcome)


def one(fuzzed: Fuzzed, path: Path, number: int) -> Outcome:
    """Read one input."""
    outcome = Outcome(inputs=1)
    before = _peak()
    begin = time.process_time()
    try:
        fuzzed.read(path)
        outcome.read = 1
    except DocumentRefusedError as refusal:
        outcome.refused = 1
        if not str(refusal).strip() or not str(refusal).isprintable():
            outcome.failures.append(Failure(number, f"is refused by {str(refusal)!r}"))
    except Exception:  # noqa: BLE001 (every one of them is a defect)
        outcome.failures.append(Failure(number, traceback.format_exc(limit=-4)))
    outcome.slowest = time.process_time() - begin
    outcome.grown = _peak() - before
    if outcome.slowest > SECONDS:
        outcome.failures.append(Failure(number, f"takes {outcome.slowest:.1f} s"))
    if outcome.grown > MEGABYTES:
        outcome.failures.append(Failure(number, f"takes {outcome.grown:.0f} MB more"))
    return outcome


def _peak() -> float:
    """Return the most memory that this process has had, in megabytes.

    Where the kernel tells it: what `getrusage` does counts the process that started this one too.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / (1 << 10)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


@cache
def _seeds(fuzzed: Fuzzed) -> Sequence[bytes]:
    return fuzzed.seeds()


def kept_input(fuzzed: Fuzzed, number: int, folder: Path) -> Path:
    """Write the input of a number to a folder, to be looked at, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{fuzzed.name}-{number}"
    path.write_bytes(damaged(fuzzed.name, number, _seeds(fuzzed)))
    return path


def processors() -> int:
    """Return how many processors there are."""
    return os.cpu_count() or 1
