"""`check`: bean-check's errors, a line of position, and what needs doing."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.conftest import ACCOUNTS
from tests.conftest import Load


def test_a_line_of_position_and_what_comes_next(run: Run, ledger: Path) -> None:
    result = run("check", ledger)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout == (
        "bpce on 2026-02-02, EUR: outstanding 1300.00, eligible 275.00, guarantee fund 130.00,"
        " funds in use 1170.00, available -1025.00\n"
        "  25.00 EUR of MARTIN settles no document: write settles: with the number it pays, if it"
        f" pays one ({ledger}:40)\n"
        "  next remittance on 2026-02-06: nothing yet\n"
    )


def test_everything_that_needs_doing(run: Run, load: Load) -> None:
    loaded = load(
        """
    2026-01-05 * "Invoices"
      Assets:Clients:DUPONT       1000.00 EUR
        invoice: "F1"
      Assets:Clients:DUPONT        400.00 EUR
        invoice: "F2"
      Assets:Clients:DUPONT        700.00 EUR
        invoice: "F3"
      Income:Sales
    2026-01-09 custom "factoring" "remit" "bpce"
      number: "R-7"
      commission: 8.50 EUR
    2026-01-12 * "Payment"
      Assets:Bank:Shared          1000.00 EUR
      Assets:Clients:DUPONT      -1000.00 EUR
        settles: "F1"
    2026-01-13 * "Payment on the wrong account"
      Assets:Bank:Operating        400.00 EUR
      Assets:Clients:DUPONT       -400.00 EUR
        settles: "F2"
    2026-01-13 ! "Nobody knows"
      Assets:Bank:Operating         75.00 EUR
      Assets:Suspense              -75.00 EUR
    2026-02-10 * "Invoice"
      Assets:Clients:DUPONT        150.00 EUR
        invoice: "F4"
      Income:Sales
""",
        "commission: {rate: 0.40 %, vat: 0.20}\neligibility: {overdue: 15}",
        source="statement",
        accounts=ACCOUNTS + "    2026-01-01 open Assets:Suspense EUR\n",
    )
    (loaded.folder / "import.yaml").write_text(
        "seller: {identifiers: [FR1]}\n"
        "sales: {default: Income:Sales}\n"
        "vat: {default: Liabilities:VAT:Collected}\n"
        "suspense: Assets:Suspense\n"
    )
    result = run("check", loaded.folder / "main.beancount")
    assert result.exit_code == 0
    lines = [line.split(f" ({loaded.folder}")[0] for line in result.stdout.splitlines()[1:]]
    assert lines == [
        "  1000.00 EUR was to be swept on 2026-01-13 and is not",
        (
            "  400.00 EUR for assigned documents reached Assets:Bank:Operating on 2026-01-13:"
            " hand it over to the factor"
        ),
        "  commission on R-7: 8.50 EUR stated, 8.40 EUR computed",
        "  VAT on the commission on R-7: 1.70 EUR stated, 1.68 EUR computed",
        "  F3, 700.00 EUR, is funded no longer from 2026-02-20 on",
        "  next remittance on 2026-02-13: 1 document, 150.00 EUR",
        "  Assets:Suspense holds -75.00 EUR: 1 entry to decide on",
    ]


def test_what_only_bean_check_finds_is_found_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "untyped.py").write_text(
        "from beancount.core import data\n"
        "__plugins__ = ['bad']\n"
        "def bad(entries, options):\n"
        "    return [e._replace(tags=['x']) if isinstance(e, data.Transaction) else e"
        " for e in entries], []\n"
    )
    path = tmp_path / "main.beancount"
    path.write_text(
        'option "insert_pythonpath" "TRUE"\nplugin "untyped"\n'
        '2026-01-01 open Assets:Cash\n2026-01-02 * "x"\n  Assets:Cash  0 EUR\n'
    )
    result = run("check", path)
    assert result.exit_code == 1
    assert "Invalid data types" in result.stderr
