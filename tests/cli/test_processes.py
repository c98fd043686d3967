"""The command as an installed program: pipes, terminals, files that cannot be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Load

BEAN_FACTOR = Path(sys.executable).with_name("bean-factor")


def bean_factor(
    *arguments: object, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [BEAN_FACTOR, *map(str, arguments)],
        capture_output=True,
        check=False,
        env={**os.environ, **(env or {})},
    )


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    code = (
        "import sys, beancount_factoring.cli.main;"
        "heavy = {'beancount', 'beangulp', 'fava', 'lxml', 'yaml', 'pypdf'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    done = bean_factor("--help")
    assert done.returncode == 0
    names = ("demo", "init", "import", "check", "position", "aged", "items", "explain", "print")
    for name in names:
        assert f"\n  {name} " in done.stdout.decode()


def test_a_reader_who_stops_early(ledger: Path) -> None:
    text = ledger.read_text()
    more = "".join(
        f'\n2026-01-06 * "Invoice"\n  Assets:Clients:DUPONT  1.00 EUR\n    invoice: "M{number}"\n'
        "  Income:Sales\n"
        for number in range(3000)
    )
    ledger.write_text(text + more)
    with subprocess.Popen(
        [BEAN_FACTOR, "items", str(ledger)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"contract")
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("output_format", ["text", "json", "csv"])
def test_a_terminal_that_lacks_letters(load: Load, output_format: str) -> None:
    loaded = load(
        """
    2026-01-05 * "Facture"
      Assets:Clients:ÉPICERIE  1.00 EUR
        invoice: "Nº\u202e1"
      Income:Sales
    """,
        accounts=None or _accounts(),
    )
    ledger = loaded.folder / "main.beancount"
    done = bean_factor(
        "items", ledger, "--format", output_format, env={"PYTHONIOENCODING": "ascii"}
    )
    assert (done.returncode, done.stderr) == (0, b"")
    if output_format == "json":
        assert json.loads(done.stdout)[0]["debtor"] == "ÉPICERIE"


def _accounts() -> str:
    from tests.conftest import ACCOUNTS

    return ACCOUNTS + "    2026-01-01 open Assets:Clients:ÉPICERIE EUR\n"


def test_numbers_that_would_move_a_terminals_cursor(load: Load) -> None:
    loaded = load(
        '\n2026-01-05 * "x"\n  Assets:Clients:DUPONT  1.00 EUR\n    invoice: "F\x1b[2J\n1"\n'
        "  Income:Sales\n"
    )
    done = bean_factor("items", loaded.folder / "main.beancount")
    assert b"\x1b" not in done.stdout
    assert b"F\\x1b[2J\\n1" in done.stdout


def test_numbers_that_a_spreadsheet_would_run(load: Load) -> None:
    loaded = load(
        '\n2026-01-05 * "x"\n  Assets:Clients:DUPONT  1.00 EUR\n    invoice: "=1+1"\n'
        "  Income:Sales\n"
    )
    ledger = loaded.folder / "main.beancount"
    assert b",'=1+1," in bean_factor("items", ledger, "--format", "csv").stdout
    assert (
        json.loads(bean_factor("items", ledger, "--format", "json").stdout)[0]["document"] == "=1+1"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_ledger_that_may_not_be_read(ledger: Path) -> None:
    ledger.chmod(0)
    done = bean_factor("check", ledger)
    assert done.returncode != 0
    assert b"Traceback" not in done.stderr
