"""What the plugin's tests share: bean-check as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from beancount.scripts import check
from click.testing import CliRunner


@dataclass(frozen=True)
class Checked:
    """What bean-check said of a ledger, without its folder's name, and how it ended."""

    status: int
    lines: list[str]


BeanCheck = Callable[[Path], Checked]


def _checked(status: int, output: str, folder: Path) -> Checked:
    # Below an error Beancount prints the directive, indented.
    lines = output.replace(f"{folder}/", "").splitlines()
    return Checked(status, [line for line in lines if line and not line.startswith(" ")])


@pytest.fixture
def bean_check() -> BeanCheck:
    """Run bean-check's own command on a folder's main.beancount; what it raises is raised."""

    def checking(folder: Path) -> Checked:
        ledger = str(folder / "main.beancount")
        done = CliRunner().invoke(check.main, [ledger], catch_exceptions=False)
        return _checked(done.exit_code, done.output, folder)

    return checking


@pytest.fixture
def bean_check_process() -> BeanCheck:
    """Run bean-check on a folder's main.beancount in a process of its own."""

    def checking(folder: Path) -> Checked:
        command = [sys.executable, "-m", "beancount.scripts.check", "--no-cache"]
        done = subprocess.run(
            [*command, str(folder / "main.beancount")], capture_output=True, text=True, check=False
        )
        return _checked(done.returncode, done.stdout + done.stderr, folder)

    return checking
