"""Readers with a defect each, for which the fuzzer must have the word."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from beancount_factoring.importers.reading.documents import DocumentRefusedError


def seeds() -> Sequence[bytes]:
    return [b"<a>1.00</a>\n<b>2026-01-05</b>\n", b"05;12,50\n"]


def reads(path: Path) -> None:
    path.read_bytes()


def raises(path: Path) -> None:
    raise KeyError(path.name)


def refuses_without_a_reason(path: Path) -> None:
    raise DocumentRefusedError("")


def refuses_in_two_lines(path: Path) -> None:
    raise DocumentRefusedError("one\ntwo")


def takes_long(path: Path) -> None:
    end = time.process_time() + 2.1
    while time.process_time() < end:
        pass


def takes_much(path: Path) -> None:
    bytearray(300 << 20)[::4096] = b"x" * len(range(0, 300 << 20, 4096))


def ends_the_process(path: Path) -> None:
    os.abort()


def misreads(path: Path) -> None:
    assert path.read_bytes() == b"", "another amount"
