"""`import`: each document once, to standard output or into the ledger."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

BEAN_CHECK = Path(sys.executable).with_name("bean-check")
JANUARY = Path("documents/invoices/2025-01")


@pytest.fixture
def books(example: Path, tmp_path: Path) -> Path:
    """Return a copy of the example with January's invoices alone, and no balances to meet."""
    folder = tmp_path / "books"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("documents"))
    shutil.copytree(example / JANUARY, folder / JANUARY)
    (folder / "balances.beancount").write_text("")
    return folder


def test_new_entries_go_to_standard_output_and_nothing_is_written(run: Run, books: Path) -> None:
    ledger = books / "main.beancount"
    before = {path: path.read_bytes() for path in books.iterdir() if path.is_file()}
    result = run("import", ledger, books / "documents")
    assert result.exit_code == 0
    assert result.stdout.count('invoice: "F2025-') == len(list((books / JANUARY).glob("F*")))
    table = result.stderr.splitlines()
    assert table[0].split() == ["file", "what", "new", "known", "in", "suspense", "refused"]
    assert "F2025-0001.xml" in result.stderr
    assert table[-1].endswith("0  0")
    assert {path: path.read_bytes() for path in before} == before


def test_written_once_known_the_second_time(run: Run, books: Path) -> None:
    ledger, imported = books / "main.beancount", books / "imported.beancount"
    first = run("import", ledger, books / "documents", "--write")
    assert (first.exit_code, first.stderr) == (0, "")
    count = len(list((books / JANUARY).iterdir()))
    assert first.stdout.splitlines()[-1].split() == [str(count), "files", str(count), "0", "0", "0"]
    assert subprocess.run([BEAN_CHECK, ledger], check=False).returncode == 0
    written = imported.read_bytes()
    second = run("import", ledger, books / "documents", "--write")
    assert (second.exit_code, second.stderr) == (0, "")
    assert second.stdout.splitlines()[-1].split() == [
        str(count),
        "files",
        "0",
        str(count),
        "0",
        "0",
    ]
    assert imported.read_bytes() == written


def test_a_refused_file_leaves_no_trace_and_the_others_count(run: Run, books: Path) -> None:
    bad = books / JANUARY / "broken.xml"
    bad.write_text("<rsm:CrossIndustryInvoice")
    result = run("import", books / "main.beancount", books / "documents", "--write")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{bad}:1: this file ")
    assert "broken" not in (books / "imported.beancount").read_text()
    assert 'invoice: "F2025-0001"' in (books / "imported.beancount").read_text()


def test_errors_of_import_yaml_are_told_with_their_lines(run: Run, books: Path) -> None:
    mapping = books / "import.yaml"
    mapping.write_text("suspence: Assets:Suspense\n")
    result = run("import", books / "main.beancount", books / "documents", "--write")
    assert result.exit_code == 1
    assert f"{mapping}:1: suspence" in result.stderr


def test_the_ledger_may_stand_in_the_environment(run: Run, books: Path) -> None:
    env = {"BEANCOUNT_FILE": str(books / "main.beancount")}
    alone = run("import", books / "documents", env=env)
    assert alone.exit_code == 0
    both = run("import", books / "main.beancount", books / "documents", env=env)
    assert alone.stdout == both.stdout
    assert 'invoice: "F2025-0001"' in alone.stdout


def test_wrong_use(run: Run, books: Path) -> None:
    ledger = books / "main.beancount"
    assert run("import").exit_code == 2
    assert run("import", ledger).exit_code == 2
    assert run("import", ledger, books / "nowhere").exit_code == 2
    assert run("import", books / "documents", ledger).exit_code == 2
    assert run("import", books / "none.beancount", books / "documents").exit_code == 2
