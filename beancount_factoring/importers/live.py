"""What the beangulp importers share: `import.yaml` as it is now, and each file read once."""

from __future__ import annotations

import abc
import re
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic
from typing import TypeVar

from beangulp.exceptions import Error
from beangulp.importer import Importer

from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping_reader import read_mapping
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.yaml_source import Problem

T = TypeVar("T")

_NOT_IN_A_FILE_NAME = re.compile(r"[^\w.+-]+")


class MappingProblemsError(Error):
    """`import.yaml` or its contract file cannot be used: one line for each problem."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Take the problems, which are never none."""
        super().__init__("\n".join(map(str, problems)))  # type: ignore[no-untyped-call]
        self.problems = problems


class LiveMapping:
    """`import.yaml`, read again after it, or a contract file that it names, was edited."""

    def __init__(self, path: Path) -> None:
        """Take the file's path; nothing is read yet."""
        self._path = path
        self._stamps: dict[Path, tuple[int, int] | None] = {}
        self._mapping: ImportMapping | None = None

    def get(self) -> ImportMapping:
        """Return what the file says now, or raise `MappingProblemsError`."""
        if self._mapping is None or self._stamps != self._now(self._stamps):
            file = read_mapping(self._path)
            if file.mapping is None:
                raise MappingProblemsError(file.problems)
            self._mapping = file.mapping
            contracts = {Path(contract.filename) for contract in file.mapping.contracts}
            self._stamps = self._now({self._path, *contracts})
        return self._mapping

    @staticmethod
    def _now(paths: Iterable[Path]) -> dict[Path, tuple[int, int] | None]:
        """Return the time and size of files, `None` for one that is not there."""
        return {path: _stamp(path) for path in paths}


class DocumentImporter(Importer, abc.ABC, Generic[T]):
    """An importer of one kind of document, which it reads whole or refuses."""

    def __init__(self, mapping: LiveMapping) -> None:
        """Take what turns documents into entries."""
        self._mapping = mapping
        self._last: tuple[str, tuple[int, int] | None, T | DocumentRefusedError] | None = None

    def mapping(self) -> ImportMapping:
        """Return what `import.yaml` says now."""
        return self._mapping.get()

    def read(self, filepath: str) -> T:
        """Return a document, or raise `DocumentRefusedError`; the last one is remembered.

        beangulp and Fava ask for account, date, name and entries of a file one by one.
        """
        stamp = _stamp(Path(filepath))
        if self._last is None or self._last[:2] != (filepath, stamp):
            try:
                self._last = (filepath, stamp, self._read(Path(filepath)))
            except DocumentRefusedError as refusal:
                self._last = (filepath, stamp, refusal)
        document = self._last[2]
        if isinstance(document, DocumentRefusedError):
            raise document
        return document

    def read_or_none(self, filepath: str) -> T | None:
        """Return a document, or `None` where it is refused: only `extract` says why."""
        try:
            return self.read(filepath)
        except DocumentRefusedError:
            return None

    @abc.abstractmethod
    def _read(self, path: Path) -> T:
        """Read a document, or raise `DocumentRefusedError`."""


@contextmanager
def refused_as_error() -> Iterator[None]:
    """Turn a refusal into the error that beangulp's command prints as one line."""
    try:
        yield
    except DocumentRefusedError as refusal:
        raise Error(str(refusal)) from refusal  # type: ignore[no-untyped-call]


def archive_name(stem: str, suffix: str) -> str:
    """Return a file name that beangulp accepts for its archive: no separator, no date in front."""
    return _NOT_IN_A_FILE_NAME.sub("_", stem) + suffix


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return a file's time of change and size, `None` where it is not there."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
