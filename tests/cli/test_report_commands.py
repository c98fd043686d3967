"""`position`, `aged` and `items`: three formats of the same figures."""

from __future__ import annotations

import csv
import gc
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import Load


def test_the_position_as_text(run: Run, ledger: Path) -> None:
    result = run("position", ledger, "--date", "2026-01-12")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout == (
        "bpce on 2026-01-12, EUR\n"
        "\n"
        "outstanding              1300.00\n"
        "factor outstanding       1500.00\n"
        "collections in hand       200.00\n"
        "credit notes in transit     0.00\n"
        "eligible                 1300.00\n"
        "  disputed                  0.00\n"
        "  overdue                   0.00\n"
        "  unallocated               0.00\n"
        "  over limit                0.00\n"
        "  concentration             0.00\n"
        "guarantee fund            150.00\n"
        "reserve                     0.00\n"
        "ceiling                     none\n"
        "funds in use                7.20\n"
        "available                1142.80\n"
        "current account          1342.80\n"
        "shared account            200.00\n"
        "commission to date          6.00\n"
        "charges to date             0.00\n"
        "interest to date            0.00\n"
        "vat to date                 1.20\n"
    )


def test_the_position_as_json_is_a_list_of_contracts(run: Run, ledger: Path) -> None:
    result = run("position", ledger, "--format", "json", "--date", "2026-01-12")
    (position,) = json.loads(result.stdout)
    assert position["contract"] == "bpce"
    assert position["available"] == "1142.80"
    assert position["ceiling"] is None
    assert position["ineligible"]["over_limit"] == "0.00"


def test_the_position_as_csv_has_a_column_for_each_reason(run: Run, ledger: Path) -> None:
    result = run("position", ledger, "--format", "csv", "--contract", "bpce")
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert row["date"] == "2026-02-02"
    assert row["ineligible.overdue"] == "1000.00"
    assert row["ceiling"] == ""


def test_the_csv_of_no_contract_has_its_header(run: Run, ledger: Path, tmp_path: Path) -> None:
    header = run("position", ledger, "--format", "csv").stdout.splitlines()[0]
    plain = tmp_path / "plain.beancount"
    plain.write_text("2026-01-01 open Assets:Cash EUR\n")
    assert run("position", plain, "--format", "csv").stdout == f"{header}\n"


def test_the_aged_balance_as_text(run: Run, ledger: Path) -> None:
    result = run("aged", ledger)
    assert result.stdout == (
        "bpce on 2026-02-02, EUR\n"
        "\n"
        "debtor  not due     1-30  31-60  61-90   91+  unallocated    total  assigned\n"
        "------  -------  -------  -----  -----  ----  -----------  -------  --------\n"
        "DUPONT     0.00  1000.00   0.00   0.00  0.00         0.00  1000.00   1000.00\n"
        "MARTIN   300.00     0.00   0.00   0.00  0.00       -25.00   275.00    300.00\n"
        "------  -------  -------  -----  -----  ----  -----------  -------  --------\n"
        "total    300.00  1000.00   0.00   0.00  0.00       -25.00  1275.00   1300.00\n"
    )


def test_the_aged_balance_as_json_and_csv(run: Run, ledger: Path) -> None:
    (report,) = json.loads(run("aged", ledger, "--format", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(run("aged", ledger, "--format", "csv").stdout)))
    assert report["total"]["total"] == "1275.00"
    named = {"contract": "bpce", "date": "2026-02-02", "currency": "EUR"}
    assert rows == [named | line for line in report["debtors"]]


def test_the_items_as_text_tell_why_a_document_is_not_funded(run: Run, ledger: Path) -> None:
    assert run("items", ledger).stdout == (
        "contract  debtor  document    type     date        due          amount     open"
        "  state     reasons\n"
        "--------  ------  ----------  -------  ----------  ----------  -------  -------"
        "  --------  -----------------\n"
        "bpce      DUPONT  F2026-0001  invoice  2026-01-05  2026-01-20  1200.00  1000.00"
        "  assigned  overdue 1000.00\n"
        "bpce      MARTIN  F2026-0002  invoice  2026-01-08  2026-02-07   300.00   300.00"
        "  assigned  unallocated 25.00\n"
        "bpce      MARTIN              credit   2026-02-02               -25.00   -25.00"
        "  open\n"
    )


def test_the_items_as_json_and_csv(run: Run, ledger: Path) -> None:
    items = json.loads(run("items", ledger, "--format", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(run("items", ledger, "--format", "csv").stdout)))
    assert items[0]["reasons"] == {"overdue": "1000.00"}
    assert items[2] | {"document": None, "due": None} == items[2]
    assert [row["reasons.overdue"] for row in rows] == ["1000.00", "", ""]
    assert [row["open"] for row in rows] == [item["open"] for item in items]


def test_settled_documents_are_shown_when_asked_for(run: Run, load: Load) -> None:
    path = load("""
        2026-01-05 * "Invoice"
          Assets:Clients:DUPONT   100.00 EUR
            invoice: "F1"
          Income:Sales
        2026-01-06 * "Payment"
          Assets:Bank:Shared      100.00 EUR
          Assets:Clients:DUPONT  -100.00 EUR
            settles: "F1"
    """).folder
    ledger = path / "main.beancount"
    assert json.loads(run("items", ledger, "--format", "json").stdout) == []
    (item,) = json.loads(run("items", ledger, "--format", "json", "--all").stdout)
    assert (item["document"], item["state"], item["open"]) == ("F1", "settled", "0.00")


def test_the_ledger_may_stand_in_the_environment(run: Run, ledger: Path) -> None:
    named = run("aged", ledger)
    assert run("aged", env={"BEANCOUNT_FILE": str(ledger)}).stdout == named.stdout


def test_no_cache_loads_anew_and_leaves_the_loader_as_it_was(run: Run, ledger: Path) -> None:
    cache = ledger.with_name(f".{ledger.name}.picklecache")
    cache.write_bytes(b"anything")
    assert run("aged", ledger, "--no-cache").stdout == run("aged", ledger).stdout
    assert not cache.exists()
    assert gc.isenabled()


COMMANDS = ["position", "aged", "items", "check", "print", "explain"]


def asked(command: str) -> tuple[str, ...]:
    """Return what a command takes besides the ledger."""
    return ("available",) if command == "explain" else ()


@pytest.mark.parametrize("command", COMMANDS)
class TestWrongUse:
    def test_an_unknown_contract(self, run: Run, ledger: Path, command: str) -> None:
        result = run(command, ledger, *asked(command), "--contract", "bcpe")
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "bcpe is no contract of" in result.stderr
        assert "it has bpce" in result.stderr

    def test_a_date_that_is_none(self, run: Run, ledger: Path, command: str) -> None:
        result = run(command, ledger, *asked(command), "--date", "31.12.2026")
        assert result.exit_code == 2
        assert "31.12.2026" in result.stderr

    def test_a_ledger_that_is_not_there(self, run: Run, ledger: Path, command: str) -> None:
        assert run(command, ledger.with_name("other.beancount"), *asked(command)).exit_code == 2
        assert run(command).exit_code == 2


@pytest.mark.parametrize("command", COMMANDS)
class TestErrorsInTheInput:
    def test_all_are_told_with_file_and_line(self, run: Run, load: Load, command: str) -> None:
        loaded = load('\n2026-01-05 custom "factoring" "remti" "bpce"\n', "commision: {rate: 1 %}")
        result = run(command, loaded.folder / "main.beancount", *asked(command))
        assert result.exit_code == 1
        lines = result.stderr.splitlines()
        ledger = (loaded.folder / "main.beancount").read_text().splitlines()
        place = next(number for number, line in enumerate(ledger, 1) if "remti" in line)
        assert any(
            line.startswith(f"{loaded.folder}/main.beancount:{place}: ") and "remit" in line
            for line in lines
        )
        assert any(
            line.startswith(f"{loaded.folder}/contracts.yaml:22: ") and "commission" in line
            for line in lines
        )
        assert len(lines) == len(loaded.errors)

    def test_a_contract_with_errors_is_not_an_unknown_one(
        self, run: Run, load: Load, command: str
    ) -> None:
        loaded = load("", "commision: {rate: 1 %}")
        result = run(
            command, loaded.folder / "main.beancount", *asked(command), "--contract", "bpce"
        )
        assert result.exit_code == 1
        assert "contracts.yaml:22: " in result.stderr

    def test_a_ledger_without_a_contract(self, run: Run, tmp_path: Path, command: str) -> None:
        for text in ("", "2026-01-01 open Assets:Cash EUR\n"):
            path = tmp_path / "plain.beancount"
            path.write_text(text)
            result = run(command, path, *asked(command))
            assert result.exit_code == 1
            assert result.stderr.startswith(f"{path}:1: no factoring contract: write plugin")

    def test_a_plugin_line_that_beancount_ignores(self, run: Run, load: Load, command: str) -> None:
        loaded = load("")
        top, below = loaded.folder / "top.beancount", loaded.folder / "main.beancount"
        top.write_text('include "main.beancount"\n')
        result = run(command, top, *asked(command))
        assert result.exit_code == 1
        assert result.stderr == (
            f"{below}:2: Beancount ignores a plugin line of an included file: write it in the top"
            " file, top.beancount\n"
        )

    def test_a_file_that_is_no_ledger(self, run: Run, tmp_path: Path, command: str) -> None:
        path = tmp_path / "foreign.beancount"
        path.write_bytes(bytes(range(256)) * 8 + "déjà".encode("latin-1"))
        result = run(command, path, *asked(command))
        assert result.exit_code == 1
        assert "Traceback" not in result.stderr


def test_a_report_is_printed_although_the_ledger_has_errors(run: Run, load: Load) -> None:
    loaded = load("2026-01-05 balance Assets:Bank:Shared 1.00 EUR\n")
    result = run("position", loaded.folder / "main.beancount", "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["outstanding"] == "0.00"
    assert "Balance failed" in result.stderr


def test_a_plugin_that_is_not_there_is_one_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "main.beancount"
    path.write_text('plugin "no.such.plugin"\n')
    result = run("check", path)
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith(
        f"{path}:1: Error importing \"no.such.plugin\": ModuleNotFoundError: No module named 'no'\n"
    )


def test_an_included_file_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "main.beancount"
    path.write_text('; Books\ninclude "nowhere.beancount"\n')
    assert run("check", path).stderr.startswith(f'{path}:2: File glob "nowhere.beancount"')
    (tmp_path / "nowhere.beancount").mkdir()
    result = run("check", path)
    assert result.exit_code == 1
    assert result.stderr == f"{tmp_path}/nowhere.beancount:1: cannot be read: Is a directory\n"


def test_a_day_after_the_ledgers_end_is_told_on_standard_error(run: Run, ledger: Path) -> None:
    result = run("position", ledger, "--format", "json", "--date", "2026-03-31")
    assert result.exit_code == 0
    assert json.loads(result.stdout)[0]["date"] == "2026-03-31"
    end = "the ledger ends on 2026-02-02: nothing is generated after that day"
    assert result.stderr == f"{ledger}: {end}\n"
