"""`print`: text that bean-check takes, with and without the plugin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Run

BEAN_CHECK = Path(sys.executable).with_name("bean-check")
PLUGIN = 'plugin "beancount_factoring.plugins.factoring" "contracts.yaml"\n'


def check(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BEAN_CHECK, path], capture_output=True, text=True, check=False)


def test_what_is_printed_is_a_ledger(run: Run, ledger: Path) -> None:
    printed = run("print", ledger)
    assert printed.exit_code == 0
    copy = ledger.with_name("copy.beancount")
    copy.write_text(printed.stdout)
    assert check(copy).returncode == 0
    copy.write_text(PLUGIN + printed.stdout)
    assert check(copy).returncode == 0
    assert run("print", copy).stdout == printed.stdout
    assert run("position", copy, "--format", "json").stdout == (
        run("position", ledger, "--format", "json").stdout
    )


def test_a_printed_figure_that_was_changed_is_an_error_at_its_line(run: Run, ledger: Path) -> None:
    text = PLUGIN + run("print", ledger).stdout
    copy = ledger.with_name("copy.beancount")
    copy.write_text(text.replace("6.00 EUR", "6.01 EUR").replace("-7.20", "-7.21"))
    line = text[: text.index('"Commission on remittance')].count("\n") + 1
    result = run("check", copy)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{copy}:{line}: bpce/2026-01/commission differs")


def test_up_to_a_day(run: Run, ledger: Path) -> None:
    text = run("print", ledger, "--date", "2026-01-09").stdout
    assert "bpce/2026-01/remittance" in text
    assert "2026-01-12" not in text
