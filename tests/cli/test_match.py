"""`match`: receipts in suspense with their candidates, and the choice written."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.importers.firm import Books
from tests.importers.firm import new_books

BEAN_CHECK = Path(sys.executable).with_name("bean-check")
BEAN_FACTOR = Path(sys.executable).with_name("bean-factor")

INVOICES = """
2026-01-05 * "Dupont" "Invoice"
  Assets:Clients:DUPONT   120.00 EUR
    invoice: "F2026-0001"
  Income:Sales           -120.00 EUR

2026-01-06 * "Dupont" "Invoice"
  Assets:Clients:DUPONT   120.00 EUR
    invoice: "F2026-0002"
  Income:Sales           -120.00 EUR

2026-01-07 * "Martin" "Invoice"
  Assets:Clients:MARTIN   777.30 EUR
    invoice: "F2026-0003"
  Income:Sales           -777.30 EUR
"""
RECEIPTS = """
; what the bank brought
2026-02-03 ! "DUPONT" "VIREMENT" ^bank-2026-02-03-aaaa ; to be asked
  source: "CAMT.053"
  counterparty-iban: "FR7612345"
  Assets:Bank:Shared   120.00 EUR
  ; not clear
  Assets:Suspense     -120.00 EUR
    reason: "no open invoice named"

2026-02-04 ! "MARTIN" "VIREMENT" ^bank-2026-02-04-bbbb
  Assets:Bank:Shared   777.30 EUR
  Assets:Suspense     -777.30 EUR
    reason: "no open invoice named"

2026-02-05 * "Something else"
  Assets:Bank:Shared     1.00 EUR
  Income:Sales          -1.00 EUR
"""


@pytest.fixture
def books(tmp_path: Path) -> Books:
    books = new_books(tmp_path)
    opened = "2026-01-01 open Assets:Clients:DUPONT EUR\n"
    (tmp_path / "imported.beancount").write_text(opened + INVOICES + RECEIPTS)
    assert books.load()[1] == []
    return books


def imported(books: Books) -> str:
    return (books.folder / "imported.beancount").read_text()


def test_receipts_are_listed_with_their_candidates(run: Run, books: Books) -> None:
    result = run("match", books.ledger)
    assert result.exit_code == 0, result.output
    rows = result.stdout.splitlines()
    assert rows[0] == "2026-02-03  120.00 EUR  DUPONT: VIREMENT"
    assert rows[1] == "    bank-2026-02-03-aaaa (imported.beancount:19)"
    assert rows[2] == "    waits: more than one explanation: F2026-0001 or F2026-0002"
    assert rows[3].startswith("    1  0.9")
    assert rows[3].endswith("F2026-0001 (DUPONT; the amount, by name)")
    assert rows[-1] == "2 receipts in suspense, 1 without doubt (--sure)"
    assert imported(books).endswith(RECEIPTS)


def test_json_and_csv_have_every_candidate(run: Run, books: Books) -> None:
    first, second = json.loads(run("match", books.ledger, "--format", "json").stdout)
    assert first["receipt"] == "bank-2026-02-03-aaaa"
    assert [each["documents"] for each in first["candidates"]] == [
        [{"document": "F2026-0001", "debtor": "DUPONT", "amount": "120.00"}],
        [{"document": "F2026-0002", "debtor": "DUPONT", "amount": "120.00"}],
    ]
    assert (first["sure"], second["sure"]) == (False, True)
    rows = list(csv.DictReader(io.StringIO(run("match", books.ledger, "--format", "csv").stdout)))
    assert [row["documents"] for row in rows] == [
        "F2026-0001 120.00",
        "F2026-0002 120.00",
        "F2026-0003 777.30",
    ]


@pytest.mark.parametrize("choice", ["2", "F2026-0002"])
def test_a_choice_changes_the_lines_of_its_receipt_alone(
    run: Run, books: Books, choice: str
) -> None:
    before = imported(books)
    result = run("match", books.ledger, "--choose", f"bank-2026-02-03-aaaa={choice}")
    assert result.exit_code == 0, result.output
    how = "the amount, by name" if choice == "2" else "chosen"
    expected = (
        '2026-02-03 * "DUPONT" "VIREMENT" ^bank-2026-02-03-aaaa ; to be asked\n'
        '  source: "CAMT.053"\n'
        '  counterparty-iban: "FR7612345"\n'
        f'  match: "{how}"\n'
        "  Assets:Bank:Shared   120.00 EUR\n"
        "  ; not clear\n"
        "  Assets:Clients:DUPONT  -120.00 EUR\n"
        '    settles: "F2026-0002"\n'
    )
    begin = before.index("2026-02-03 !")
    end = before.index("\n2026-02-04 !")
    assert imported(books) == before[:begin] + expected + before[end:]
    assert subprocess.run([BEAN_CHECK, books.ledger], check=False).returncode == 0


def test_the_iban_of_a_choice_is_learnt_from_the_ledger(run: Run, books: Books) -> None:
    more = """
2026-03-03 ! "SOMEBODY" "VIREMENT" ^bank-2026-03-03-cccc
  counterparty-iban: "FR7612345"
  Assets:Bank:Shared   120.00 EUR
  Assets:Suspense     -120.00 EUR
    reason: "no open invoice named"
"""
    path = books.folder / "imported.beancount"
    path.write_text(path.read_text() + more)
    run("match", books.ledger, "--choose", "bank-2026-02-03-aaaa=F2026-0002")
    listed = json.loads(run("match", books.ledger, "--format", "json").stdout)
    (candidate,) = listed[-1]["candidates"]
    assert candidate["match"] == "the amount, by IBAN"


def test_sure_matches_are_written_with_their_confidence(run: Run, books: Books) -> None:
    result = run("match", books.ledger, "--sure")
    assert result.exit_code == 0
    assert '  match: "the amount, by name"\n  confidence: "0.99' in imported(books)
    assert 'settles: "F2026-0003"' in imported(books)
    assert imported(books).count("Assets:Suspense") == 1


def test_a_part_and_what_is_beyond(run: Run, books: Books) -> None:
    run("match", books.ledger, "--choose", "bank-2026-02-04-bbbb=F2026-0001,F2026-0002")
    assert "  Assets:Clients:DUPONT  -537.30 EUR\n" in imported(books)
    run("match", books.ledger, "--choose", "bank-2026-02-03-aaaa=F2026-0003")
    assert '-120.00 EUR\n    settles: "F2026-0003"' in imported(books)
    assert books.load()[1] == []


@pytest.mark.parametrize(
    ("choice", "problem"),
    [
        ("bank-2026-02-03-aaaa", "chooses nothing"),
        ("bank-x=1", "is no receipt in suspense"),
        ("bank-2026-02-03-aaaa=F9", "no document has the number F9 in EUR"),
        ("bank-2026-02-03-aaaa=7", "no document has the number 7 in EUR"),
        ("bank-2026-02-03-aaaa=F2026-0001,F2026-0001", "is named twice"),
        ("bank-2026-02-03-aaaa=F2026-0003,F2026-0001", "of several customers"),
    ],
)
def test_a_choice_that_cannot_be_is_wrong_usage(
    run: Run, books: Books, choice: str, problem: str
) -> None:
    before = imported(books)
    result = run("match", books.ledger, "--choose", choice)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert imported(books) == before


def test_two_choices_of_one_document_write_nothing(run: Run, books: Books) -> None:
    before = imported(books)
    result = run(
        "match", books.ledger,
        "--choose", "bank-2026-02-03-aaaa=F2026-0001",
        "--choose", "bank-2026-02-04-bbbb=F2026-0001",
    )  # fmt: skip
    assert result.exit_code == 1
    assert "both settle F2026-0001" in result.stderr
    assert imported(books) == before


def test_what_would_be_an_error_is_put_back(run: Run, books: Books) -> None:
    books.edit("main.beancount", "2026-01-01 open Assets:Clients:MARTIN EUR", "")
    path = books.folder / "imported.beancount"
    path.write_text("2026-01-01 open Assets:Clients:MARTIN EUR\n" + path.read_text())
    ledger = books.ledger.read_text()
    books.ledger.write_text(ledger + "2026-02-04 balance Assets:Suspense  -120.00 EUR\n")
    before = imported(books)
    result = run("match", books.ledger, "--choose", "bank-2026-02-03-aaaa=1")
    assert result.exit_code == 1
    assert "nothing is written, the ledger would have an error" in result.stderr
    assert imported(books) == before


def test_a_discount_is_written_below_its_receipt(run: Run, books: Books) -> None:
    path = books.mapping_path
    terms = "matching: {discount: {at_most: 2 %, account: Expenses:Bank}}\n"
    path.write_text(path.read_text() + terms)
    more = """
2026-02-06 ! "MARTIN" "VIREMENT" ^bank-2026-02-06-dddd
  Assets:Bank:Shared   761.75 EUR
  Assets:Suspense     -761.75 EUR
    reason: "no open invoice named"
2026-02-07 note Assets:Bank:Shared "follows without a blank line"
"""
    file = books.folder / "imported.beancount"
    file.write_text(file.read_text() + more)
    result = run("match", books.ledger, "--choose", "bank-2026-02-06-dddd=F2026-0003")
    assert result.exit_code == 0, result.output
    assert '"MARTIN" "Discount on F2026-0003" ^discount-2026-02-06-dddd' in imported(books)
    assert "  Expenses:Bank           15.55 EUR" in imported(books)
    assert 'note Assets:Bank:Shared "follows' in imported(books)
    assert books.load()[1] == []


def test_nothing_waits(run: Run, books: Books) -> None:
    path = books.folder / "imported.beancount"
    path.write_text(path.read_text().replace(RECEIPTS, ""))
    result = run("match", books.ledger)
    assert (result.exit_code, result.stdout) == (0, "0 receipts in suspense\n")
    assert json.loads(run("match", books.ledger, "--format", "json").stdout) == []


def on_terminal(*answers: str, ledger: Path) -> tuple[int, str]:
    """Answer `bean-factor match` on a terminal; return its status, and all that was shown."""
    own, its = pty.openpty()
    command = [str(BEAN_FACTOR), "match", str(ledger)]
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, close_fds=True) as process:
        os.close(its)
        os.write(own, "".join(f"{answer}\n" for answer in answers).encode())
        shown = b""
        # The end of the other side is an error on Linux, nothing more to read elsewhere.
        with suppress(OSError):
            while some := os.read(own, 4096):
                shown += some
    os.close(own)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def test_on_a_terminal_each_receipt_is_asked_for(books: Books) -> None:
    status, shown = on_terminal("F2026-0009", "2", "", ledger=books.ledger)
    assert status == 0, shown
    assert "2026-02-03  120.00 EUR  DUPONT: VIREMENT" in shown
    assert shown.count("candidate, document numbers, Enter to leave it, q to end: ") == 3
    assert "F2026-0009" in shown.split("q to end: ")[1], "what cannot be chosen is said"
    written = imported(books)
    assert '    settles: "F2026-0002"' in written
    assert written[written.index("2026-02-04 !") :] == RECEIPTS[RECEIPTS.index("2026-02-04 !") :]


def test_on_a_terminal_q_ends_the_questions(books: Books) -> None:
    status, shown = on_terminal("q", ledger=books.ledger)
    assert status == 0, shown
    assert "MARTIN" not in shown
    assert imported(books).endswith(RECEIPTS)
