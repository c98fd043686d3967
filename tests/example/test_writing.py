"""Writing the example: the same bytes each time, a whole folder or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from beancount_factoring.example import write_example


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_examples_are_equal_byte_for_byte(tmp_path: Path) -> None:
    write_example(tmp_path / "one")
    write_example(tmp_path / "two" / "below")
    one = _contents(tmp_path / "one")
    assert one == _contents(tmp_path / "two" / "below")
    suffixes = [Path(name).suffix for name in one]
    assert suffixes.count(".pdf") > 40
    assert suffixes.count(".xml") > 500
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two"}


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="name a new folder"):
        write_example(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    write_example(tmp_path)
    assert (tmp_path / "main.beancount").is_file()
