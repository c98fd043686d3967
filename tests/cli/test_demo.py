"""`demo`: from nothing to the position, and what it wrote is what it showed."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

BEAN_CHECK = Path(sys.executable).with_name("bean-check")


def test_the_whole_road(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "demo"
    result = run("demo", folder)
    assert (result.exit_code, result.stderr) == (0, "")
    ledger = folder / "main.beancount"
    assert result.stdout.endswith(f"fava {ledger}\n")
    assert subprocess.run([BEAN_CHECK, ledger], check=False).returncode == 0
    (position,) = json.loads(run("position", ledger, "--format", "json").stdout)
    assert f"\navailable{position['available']:>25}\n" in result.stdout
    assert run("aged", ledger).stdout in result.stdout
    again = run("import", ledger, folder / "documents")
    assert (again.exit_code, again.stdout) == (0, "")


def test_the_last_line_is_a_command_that_runs(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether Fava is on the path or stands beside this program alone."""
    monkeypatch.setenv("PATH", os.defpath)
    folder = tmp_path / "my books"
    command, ledger = shlex.split(run("demo", folder).stdout.splitlines()[-1])
    assert ledger == str(folder / "main.beancount")
    done = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
    assert "Usage: fava" in done.stdout
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert shlex.split(run("demo", tmp_path / "more").stdout.splitlines()[-1])[0] == "fava"


def test_a_folder_with_something_in_it_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = run("demo", tmp_path)
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert run("demo", tmp_path / "mine.txt").exit_code == 2
