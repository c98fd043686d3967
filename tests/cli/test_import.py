"""`import`: each document once, to standard output or into the ledger."""

from __future__ import annotations

import csv
import io
import json
import os
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
    assert result.stderr.startswith(f"{bad}: refused: ")
    assert "broken" not in (books / "imported.beancount").read_text()
    assert 'invoice: "F2025-0001"' in (books / "imported.beancount").read_text()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_a_pipe_among_the_documents_is_refused_and_not_waited_for(run: Run, books: Path) -> None:
    os.mkfifo(books / "documents" / "pipe.xml")
    result = run("import", books / "main.beancount", books / "documents")
    assert result.exit_code == 1
    assert "is not a file" in result.stderr


def test_a_refused_statement_is_told_with_its_line(run: Run, books: Path, example: Path) -> None:
    """Where the reader knows it; the table has it too."""
    statements = sorted((example / "documents" / "bank" / "shared").glob("*.txt"))
    text = next(text for text in (s.read_text() for s in statements) if "\n04" in text)
    lines = text.splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.startswith("04"))
    lines[place] = lines[place][:34] + "991325" + lines[place][40:]
    bad = books / "bad.txt"
    bad.write_text("".join(lines))
    result = run("import", books / "main.beancount", bad, "--write")
    assert result.exit_code == 1
    first = result.stderr.splitlines()[0]
    assert first.startswith(f"{bad}:{place + 1}: refused: record 04 of account ")
    assert f"line {place + 1}: record 04 of account" in result.stdout


def test_errors_of_import_yaml_are_told_with_their_lines(run: Run, books: Path) -> None:
    mapping = books / "import.yaml"
    mapping.write_text("suspence: Assets:Suspense\n")
    result = run("import", books / "main.beancount", books / "documents", "--write")
    assert result.exit_code == 1
    assert f"{mapping}:1: suspence" in result.stderr


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        ('invoice: "F2025-0001"', 'invoice "F2025-0001"'),
        ("Assets:Clients", "assets:Clients"),
        ("2025-01-", "2025-13-"),
        (" EUR\n", "\n"),
    ],
)
def test_a_document_that_the_ledger_cannot_read_is_not_booked_again(
    run: Run, books: Path, sound: str, broken: str
) -> None:
    ledger, imported = books / "main.beancount", books / "imported.beancount"
    assert run("import", ledger, books / "documents", "--write").exit_code == 0
    imported.write_text(imported.read_text().replace(sound, broken))
    before = imported.read_bytes()
    result = run("import", ledger, books / "documents", "--write")
    assert (result.exit_code, result.stdout) == (1, "")
    *errors, last = result.stderr.splitlines()
    assert errors[0].startswith(f"{imported}:")
    assert last == "repair the ledger first: nothing is imported"
    assert imported.read_bytes() == before


def test_an_included_file_that_is_missing_may_hold_the_documents(run: Run, books: Path) -> None:
    ledger = books / "main.beancount"
    (books / "balances.beancount").unlink()
    result = run("import", ledger, books / "documents")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "balances.beancount" in result.stderr
    assert result.stderr.endswith("repair the ledger first: nothing is imported\n")


def test_a_balance_that_the_documents_will_meet_is_no_obstacle(run: Run, books: Path) -> None:
    (books / "balances.beancount").write_text(
        "2025-01-31 balance Assets:Bank:Operating 1.00 EUR\n"
        '2025-01-31 * "An account that nobody opened"\n'
        "  Assets:Unknown  1.00 EUR\n"
        "  Assets:Unknown\n"
    )
    result = run("import", books / "main.beancount", books / "documents", "--write")
    assert result.exit_code == 1
    assert "Balance failed" in result.stderr
    assert "unknown account" in result.stderr
    assert 'invoice: "F2025-0001"' in (books / "imported.beancount").read_text()


def test_an_option_out_of_use_is_no_obstacle(run: Run, books: Path) -> None:
    ledger = books / "main.beancount"
    ledger.write_text('option "allow_pipe_separator" "TRUE"\n' + ledger.read_text())
    result = run("import", ledger, books / "documents")
    assert 'invoice: "F2025-0001"' in result.stdout


def test_a_named_ledger_counts_whatever_its_suffix(run: Run, books: Path) -> None:
    named = (books / "main.beancount").rename(books / "books.txt")
    other = books / "other.beancount"
    other.write_text("")
    env = {"BEANCOUNT_FILE": str(other)}
    result = run("import", named, books / "documents", "--write", env=env)
    assert (result.exit_code, result.stderr) == (0, "")
    assert 'invoice: "F2025-0001"' in (books / "imported.beancount").read_text()
    assert other.read_text() == ""


def test_a_document_that_is_named_first_is_no_ledger(run: Run, books: Path) -> None:
    env = {"BEANCOUNT_FILE": str(books / "main.beancount")}
    first, second, *_others = sorted((books / JANUARY).glob("F*"))
    result = run("import", first, second, env=env)
    assert result.exit_code == 0
    assert result.stdout.count('invoice: "F2025-') == 2


@pytest.mark.parametrize("output_format", ["json", "csv"])
def test_the_table_for_programs(run: Run, books: Path, output_format: str) -> None:
    good, bad = min((books / JANUARY).glob("F*")), books / "bad.xml"
    bad.write_text("<rsm:CrossIndustryInvoice")
    arguments = ("import", books / "main.beancount", good, bad, "--format", output_format)
    dry = run(*arguments)
    assert dry.stdout.count("invoice:") == 1
    written = run(*arguments, "--write")
    table = written.stdout
    assert table in dry.stderr
    rows = (
        json.loads(table) if output_format == "json" else list(csv.DictReader(io.StringIO(table)))
    )
    nothing = None if output_format == "json" else ""
    assert [row["file"] for row in rows] == [str(good), str(bad)]
    assert [str(row["new"]) for row in rows] == ["1", "0"]
    assert rows[0]["refused"] == nothing
    assert rows[1]["refused"]
    lists = {"remarks", "left_out"} if output_format == "json" else set()
    columns = {"file", "what", "new", "known", "in_suspense", "refused"}
    assert set(rows[0]) == columns | lists


def test_what_a_person_should_know_of_a_file_is_told(run: Run, books: Path) -> None:
    interim = books / "interim.sta"
    interim.write_text(
        ":20:A\n:25:FR7699901000440001234567932\n:34F:EUR0,\n:61:2501060106C1,00NTRFNONREF\n"
    )
    result = run("import", books / "main.beancount", interim)
    assert result.exit_code == 0
    assert f"{interim}:1: remark: statement of account FR7699901000440001234567932 has no" in (
        result.stderr
    )


def test_one_file_is_no_files(run: Run, books: Path) -> None:
    one = next((books / JANUARY).glob("F*"))
    result = run("import", books / "main.beancount", one)
    assert result.stderr.splitlines()[-1].split()[:2] == ["1", "file"]


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


def test_a_remark_on_a_document_is_told_and_kept(run: Run, books: Path, tmp_path: Path) -> None:
    plain = next(iter(sorted((books / JANUARY).glob("F*.xml"))))
    payee = tmp_path / "payee.xml"
    other = "<ram:PayeeTradeParty><ram:Name>Autre SA</ram:Name></ram:PayeeTradeParty>"
    before = "<ram:SpecifiedTradeSettlementPaymentMeans>"
    payee.write_text(plain.read_text().replace(before, other + before))
    result = run("import", books / "main.beancount", payee, "--write")
    assert result.exit_code == 0
    (told,) = result.stderr.splitlines()
    assert told.startswith(f"{payee}: remark: 2025-")
    assert told.endswith(": names another payee, Autre SA")
    imported = (books / "imported.beancount").read_text()
    assert 'remark: "names another payee, Autre SA"' in imported
    assert "remark" not in run("check", books / "main.beancount").stdout


def test_a_table_is_never_taken_for_the_ledger(run: Run, books: Path) -> None:
    mapping = books / "import.yaml"
    mapping.write_text(
        mapping.read_text()
        + "tables:\n  ventes:\n    kind: invoices\n    rate: 20\n"
        + "    columns: {number: No, date: Date, customer: Client, net: HT}\n"
    )
    files = [books / f"{number}.csv" for number in (1, 2)]
    for number, file in enumerate(files):
        file.write_text(f"No;Date;Client;HT\nT{number};2025-03-04;Fournil;100,00\n")
    result = run("import", *files, env={"BEANCOUNT_FILE": str(books / "main.beancount")})
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count('invoice: "T') == 2
    assert "table ventes" in result.stderr
