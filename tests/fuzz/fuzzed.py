"""What a format that is fuzzed consists of."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.formats import Format
from tests.importers.real_files import RealFiles

Seeds = Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """One format. `read` reads a file, or raises `DocumentRefusedError`, and checks what it read.

    What it read wrong it says by `AssertionError`; every other exception is a defect too.
    """

    name: str
    seeds: Callable[[], Seeds]
    read: Callable[[Path], object]


def kept(folder: str, *suffixes: str) -> Seeds:
    """Return the real files of a kind that stand in tests/data, those of some suffixes."""
    files = sorted(RealFiles(folder).kept.iterdir())
    return [path.read_bytes() for path in files if path.suffix.lower() in suffixes]


def look_at(path: Path) -> None:
    """Tell the format of a file by its content, which never raises."""
    assert isinstance(Candidate(path).kind, Format | None)
