"""The commands that take more than a ledger: which argument is the ledger, where none is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

# What follows the ledger, and an example that is none.
FOLLOWS = {"explain": ("WHAT", "available"), "freeze": ("DATE", "2026-01-31")}
FOLLOWS["import"] = ("PATH...", "documents")


@pytest.mark.parametrize("command", FOLLOWS)
def test_the_same_mistake_has_the_same_words(run: Run, ledger: Path, command: str) -> None:
    what, example = FOLLOWS[command]
    folder, gone = ledger.parent, ledger.with_name("gone.beancount")
    (folder / "documents").mkdir()
    given = str(folder / example) if command == "import" else example
    mistakes = {
        (): "Missing argument 'LEDGER'.",
        (ledger,): f"Missing argument '{what}'.",
        (gone, given): f"Invalid value for 'LEDGER': File '{gone}' does not exist.",
        (folder, given): f"Invalid value for 'LEDGER': File '{folder}' is a directory.",
    }
    for arguments, message in mistakes.items():
        result = run(command, *arguments)
        assert result.exit_code == 2
        assert result.stderr.splitlines()[-1] == f"Error: {message}"


@pytest.mark.parametrize("command", FOLLOWS)
def test_a_ledger_of_the_environment_that_is_gone(run: Run, tmp_path: Path, command: str) -> None:
    gone = tmp_path / "gone.beancount"
    (tmp_path / "documents").mkdir()
    example = FOLLOWS[command][1]
    given = str(tmp_path / example) if command == "import" else example
    result = run(command, given, env={"BEANCOUNT_FILE": str(gone)})
    assert result.exit_code == 2
    assert f"Invalid value for 'LEDGER': File '{gone}' does not exist." in result.stderr
