"""Real documents for tests: those kept here, and all of them in ../shared where it is present."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import strategies as st

from beancount_factoring.importers.reading.documents import DocumentRefusedError

_TESTS = Path(__file__).parents[1]

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class RealFiles:
    """The real documents of one kind, by the name of their folder."""

    kind: str

    @property
    def kept(self) -> Path:
        return _TESTS / "data" / self.kind

    @property
    def shared(self) -> Path:
        return _TESTS.parents[1] / "shared" / "data" / self.kind

    def path(self, name: str) -> Path:
        for folder in (self.shared, self.kept):
            if (folder / name).exists():
                return folder / name
        pytest.skip(f"{name} is in ../shared/data only, which is absent")

    def shared_names(self) -> set[str]:
        if not self.shared.is_dir():
            pytest.skip("../shared/data is absent")
        return _names(self.shared)

    def check_all_are_among(self, names: Collection[str]) -> None:
        """Check that the outcome of every file is known, here and, where it is present, there."""
        assert _names(self.kept) <= set(names)
        assert self.shared_names() == set(names)

    def damaged(self) -> st.SearchStrategy[bytes]:
        """Kept files with some of their bytes left out, doubled or replaced."""
        return _damaged(self.kept)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"SOURCES.md"}


@st.composite
def _damaged(draw: st.DrawFn, folder: Path) -> bytes:
    name = draw(st.sampled_from(sorted(_names(folder))))
    content = bytearray((folder / name).read_bytes())
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 130)))
        twice = bytes(content[start:end]) * 2
        content[start:end] = draw(
            st.binary(max_size=8) | st.sampled_from([twice, b"\n", b"{", b"<", b"]]>"])
        )
    return bytes(content)


def read_content(read: Callable[[Path], _Read], content: str | bytes) -> _Read:
    """Read what a file with this content says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path)


def refusal(read: Callable[[Path], object], content: str | bytes | Path) -> str:
    """Return the reason, in one line, for which a file is refused."""
    attempt = (
        partial(read, content)
        if isinstance(content, Path)
        else partial(read_content, read, content)
    )
    with pytest.raises(DocumentRefusedError) as refused:
        attempt()
    assert "\n" not in str(refused.value)
    return str(refused.value)


def check_read_or_refused(read: Callable[[Path], object], content: bytes) -> None:
    """Check that a reader does nothing else with a file than read it or refuse it in one line."""
    try:
        assert read_content(read, content)
    except DocumentRefusedError as refused:
        assert "\n" not in str(refused)  # noqa: PT017 (either outcome is right)
