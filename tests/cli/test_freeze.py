"""`freeze`: a closed period beside the ledger, whose later differences are errors."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data

from beancount_factoring.ledger.copies import facts
from tests.cli.conftest import Run
from tests.conftest import ACCOUNTS
from tests.conftest import CONTRACT
from tests.conftest import Load
from tests.ledger_text import credit_note
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import until
from tests.oracle.compare import daily_movements
from tests.oracle.compare import load as load_history
from tests.oracle.histories import whole

TERMS = """
    guarantee_fund: {rate: 10 %}
    commission: {rate: 0.40 %, vat: 20 %}
    interest: {margin: 3 %, vat: 0}
"""
BOOKS = (
    invoice("2026-01-06", "F1", "1000.00")
    + invoice("2026-01-07", "F2", "500.00")
    + invoice("2026-01-08", "F3", "500.00")
    + invoice("2026-01-14", "F4", "300.00", debtor="MARTIN")
    + credit_note("2026-01-15", "A1", "100.00", corrects="F1")
    + payment("2026-01-20", "F2", "500.00")
    + invoice("2026-02-03", "F5", "700.00")
    + payment("2026-02-10", "F3", "500.00")
    + until("2026-03-31")
)


@pytest.fixture(params=["derecognition", "borrowing"])
def books(request: pytest.FixtureRequest, load: Load) -> Path:
    """Return a ledger of three months, in each treatment."""
    loaded = load(BOOKS, TERMS, treatment=request.param)
    assert loaded.messages == []
    return loaded.folder / "main.beancount"


def loaded(ledger: Path) -> tuple[list[Any], list[Any]]:
    """Return a ledger's transactions and errors."""
    entries, errors, _options = loader.load_file(str(ledger))
    return [entry for entry in entries if isinstance(entry, data.Transaction)], errors


def books_of(ledger: Path) -> list[str]:
    """Return every transaction of a ledger without errors, as what it books."""
    transactions, errors = loaded(ledger)
    assert errors == []
    return sorted(repr(facts(txn)) for txn in transactions)


def texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def marks(text: str) -> list[str]:
    """Return the marks of a closed period, which stand at its end, without what they keep."""
    lines = [line for line in text.splitlines() if not line.startswith("  ")]
    return [line for line in lines if re.search(r'"frozen" "\w+"$', line)]


def edited(ledger: Path, old: str, new: str) -> list[str]:
    """Edit the ledger's text; return its errors as bean-check shows them, the first one first."""
    text = ledger.read_text()
    assert text.count(old) == 1
    ledger.write_text(text.replace(old, new))
    return [
        f"{Path(error.source['filename']).name}:{error.source['lineno']}: {error.message}"
        for error in loaded(ledger)[1]
    ]


# What it writes


def test_the_books_are_the_same_with_the_frozen_period(run: Run, books: Path) -> None:
    before = books_of(books)
    assert run("freeze", books, "2026-01-31").exit_code == 0
    assert books_of(books) == before
    generated = [txn for txn in loaded(books)[0] if "factoring-id" in txn.meta]
    frozen = [txn for txn in generated if txn.date.isoformat() <= "2026-01-31"]
    assert len(frozen) > 5
    name = str(books.with_name("factoring-2026-01-31.beancount"))
    assert {txn.meta["filename"] for txn in frozen} == {name}
    later = [txn for txn in generated if txn not in frozen]
    assert all(txn.meta["filename"].endswith("#factoring") for txn in later)


def test_the_ledgers_text_stays_and_an_include_line_comes(run: Run, books: Path) -> None:
    before = books.read_bytes()
    result = run("freeze", books, "2026-01-31")
    assert books.read_bytes() == before + b'\ninclude "factoring-2026-01-31.beancount"\n'
    file = books.with_name("factoring-2026-01-31.beancount")
    assert result.stdout.splitlines()[0].startswith(
        f"{file} written: bpce closed up to 2026-01-31, "
    )
    assert result.stdout.splitlines()[1] == (
        f'{books}: include "factoring-2026-01-31.beancount" added'
    )


def test_the_copies_are_as_print_writes_them(run: Run, ledger: Path) -> None:
    printed = run("print", ledger, "--date", "2026-01-31").stdout
    run("freeze", ledger, "2026-01-31")
    file = ledger.with_name("factoring-2026-01-31.beancount").read_text()
    copies = [part for part in file.split("\n\n") if "factoring-id" in part]
    assert copies
    assert all(copy in printed for copy in copies)
    assert marks(file) == ['2026-01-31 custom "factoring" "frozen" "bpce"']
    remitted = (
        '2026-01-09 custom "factoring" "frozen" "bpce" "bpce/2026-01/remittance" "F2026-0001"'
        ' 1200.00 EUR "F2026-0002" 300.00 EUR\n'
    )
    assert remitted in file


def test_a_second_run_adds_nothing(run: Run, books: Path) -> None:
    run("freeze", books, "2026-01-31")
    before = texts(books.parent)
    for day in ("2026-01-31", "2026-01-20"):
        result = run("freeze", books, day)
        assert result.exit_code == 0
        assert result.stdout == "bpce is closed up to 2026-01-31 already: nothing is added\n"
    assert texts(books.parent) == before


def test_a_later_freeze_adds_the_new_period_only(run: Run, books: Path) -> None:
    whole_text = books_of(books)
    run("freeze", books, "2026-01-31")
    first = texts(books.parent)["factoring-2026-01-31.beancount"]
    run("freeze", books, "2026-02-28")
    assert texts(books.parent)["factoring-2026-01-31.beancount"] == first
    second = texts(books.parent)["factoring-2026-02-28.beancount"].decode()
    assert "\n2026-02" in second
    assert "\n2026-01" not in second
    assert books.read_text().endswith(
        '\n\ninclude "factoring-2026-01-31.beancount"\ninclude "factoring-2026-02-28.beancount"\n'
    )
    assert books_of(books) == whole_text


def test_the_last_day_of_the_ledger_can_be_closed(run: Run, books: Path) -> None:
    before = books_of(books)
    assert run("freeze", books, "2026-03-31").exit_code == 0
    assert books_of(books) == before
    assert not [t for t in loaded(books)[0] if t.meta["filename"].endswith("#factoring")]


def test_without_the_plugin_the_closed_period_is_plain_text(run: Run, books: Path) -> None:
    before = books_of(books)
    run("freeze", books, "2026-03-31")
    lines = books.read_text().splitlines()
    plain = books.with_name("plain.beancount")
    plain.write_text("\n".join(line for line in lines if not line.startswith("plugin")))
    assert books_of(plain) == before


def test_a_ledger_with_line_ends_of_windows_keeps_them(run: Run, ledger: Path) -> None:
    ledger.write_bytes(ledger.read_bytes().replace(b"\n", b"\r\n"))
    run("freeze", ledger, "2026-01-31")
    assert ledger.read_bytes().endswith(b'\r\ninclude "factoring-2026-01-31.beancount"\r\n')
    books_of(ledger)


def test_a_ledger_that_includes_all_files_of_its_folder_needs_no_line(
    run: Run, ledger: Path
) -> None:
    ledger.write_text(ledger.read_text() + '\ninclude "fact*.beancount"\n')
    ledger.with_name("facts.beancount").write_text("")
    before = ledger.read_bytes()
    books = books_of(ledger)
    assert run("freeze", ledger, "2026-01-31").exit_code == 0
    assert ledger.read_bytes() == before
    assert books_of(ledger) == books


@pytest.mark.parametrize("pattern", ["**/f*.beancount", "**/fact*", "*/../fact*.beancount"])
def test_a_ledger_that_includes_all_files_below_its_folder_needs_no_line(
    run: Run, ledger: Path, pattern: str
) -> None:
    ledger.write_text(ledger.read_text() + f'\ninclude "{pattern}"\n')
    ledger.with_name("facts.beancount").write_text("")
    ledger.with_name("below").mkdir()
    (ledger.parent / "below" / "facts.beancount").write_text("")
    before = ledger.read_bytes()
    books = books_of(ledger)
    assert run("freeze", ledger, "2026-01-31").exit_code == 0
    assert ledger.read_bytes() == before
    assert books_of(ledger) == books


def test_a_pattern_that_takes_in_other_folders_only_is_not_enough(run: Run, ledger: Path) -> None:
    ledger.write_text(ledger.read_text() + '\ninclude "*/*.beancount"\n')
    ledger.with_name("below").mkdir()
    (ledger.parent / "below" / "facts.beancount").write_text("")
    assert run("freeze", ledger, "2026-01-31").exit_code == 0
    assert ledger.read_text().endswith('include "factoring-2026-01-31.beancount"\n')


def test_the_variable_stands_for_the_ledger(run: Run, ledger: Path) -> None:
    result = run("freeze", "2026-01-31", env={"BEANCOUNT_FILE": str(ledger)})
    assert result.exit_code == 0
    assert ledger.with_name("factoring-2026-01-31.beancount").exists()


def test_the_position_and_what_needs_doing_are_the_same(run: Run, books: Path) -> None:
    asked = [("position", books, "--format", "json"), ("check", books), ("items", books, "--all")]
    before = [run(*command).stdout for command in asked]
    run("freeze", books, "2026-02-28")
    assert [run(*command).stdout for command in asked] == before


# Two contracts, the example, whole histories


def two_contracts(load: Load, treatment: str) -> Path:
    first = CONTRACT.format(treatment=treatment, source="generated", start="2026-01-05")
    first += "    eligibility: {include: [DUPONT]}\n"
    second = (
        first.removeprefix("\ncontracts:\n")
        .replace("bpce:", "cic:")
        .replace("Factor:", "Cic:")
        .replace("Bank:Shared", "Bank:Other")
        .replace("[DUPONT]", "[MARTIN]")
        .replace("2026-01-05", "2026-01-12")
    )
    accounts = "".join(
        f"    2026-01-01 open {account} EUR\n"
        for account in (
            "Assets:Cic:Current",
            "Assets:Cic:Guarantee",
            "Liabilities:Cic:Collections",
            "Liabilities:Cic:Borrowing",
        )
    )
    terms = "    commission: {rate: 0.40 %, vat: 20 %}\n"
    contract = first + terms + second + terms
    entries = load(BOOKS, contract=contract, accounts=ACCOUNTS + accounts)
    assert entries.messages == []
    return entries.folder / "main.beancount"


@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
def test_two_contracts_are_closed_in_one_file(run: Run, load: Load, treatment: str) -> None:
    ledger = two_contracts(load, treatment)
    before = books_of(ledger)
    assert run("freeze", ledger, "2026-01-31").exit_code == 0
    text = ledger.with_name("factoring-2026-01-31.beancount").read_text()
    assert marks(text) == [
        '2026-01-31 custom "factoring" "frozen" "bpce"',
        '2026-01-31 custom "factoring" "frozen" "cic"',
    ]
    assert books_of(ledger) == before


def test_one_contract_after_the_other(run: Run, load: Load) -> None:
    ledger = two_contracts(load, "derecognition")
    before = books_of(ledger)
    assert run("freeze", ledger, "2026-01-31", "--contract", "cic").exit_code == 0
    once = ledger.read_bytes()
    text = ledger.with_name("factoring-2026-01-31.beancount").read_text()
    assert '"frozen" "bpce"' not in text
    both = run("freeze", ledger, "2026-01-31")
    assert "cic is closed up to 2026-01-31 already" in both.stdout
    assert ledger.read_bytes() == once
    added = ledger.with_name("factoring-2026-01-31.beancount").read_text()
    assert added.startswith(text)
    assert '"frozen" "bpce"' in added
    assert books_of(ledger) == before


def test_a_contract_that_begins_later_is_not_closed_yet(run: Run, load: Load) -> None:
    ledger = two_contracts(load, "derecognition")
    assert run("freeze", ledger, "2026-01-10").exit_code == 0
    assert "cic" not in ledger.with_name("factoring-2026-01-10.beancount").read_text()
    refused = run("freeze", ledger, "2026-01-10", "--contract", "cic")
    assert refused.exit_code == 1
    assert refused.stderr == (
        f"{ledger}:1: nothing is frozen: no contract has begun on 2026-01-10: freeze a later day\n"
    )


def test_the_example_half_year_by_half_year(run: Run, example: Path, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(example, folder)
    ledger = folder / "main.beancount"
    run("import", ledger, folder / "documents", "--write", "--quiet")
    before = books_of(ledger)
    for day in ("2025-06-30", "2025-12-31"):
        assert run("freeze", ledger, day).exit_code == 0
    assert books_of(ledger) == before


@pytest.mark.parametrize("seed", [3, 11, 26])
def test_a_whole_history_has_the_same_balances_on_every_day(
    run: Run, tmp_path: Path, seed: int
) -> None:
    case = whole(seed)
    told = load_history(case, tmp_path)
    assert told.errors == []
    ledger = tmp_path / "main.beancount"
    middle = case.contract.start + (case.horizon - case.contract.start) // 2
    for day in (middle, case.horizon):
        assert run("freeze", ledger, day).exit_code == 0, day
    entries, errors, options = loader.load_file(str(ledger))
    assert errors == []
    frozen = type(told)(entries, errors, options)
    currency = case.contract.currency
    assert daily_movements(frozen, currency) == daily_movements(told, currency)


# What it refuses


def test_a_ledger_with_errors(run: Run, ledger: Path) -> None:
    ledger.write_text(ledger.read_text().replace("due: 2026-01-20", "due: 2025-01-20"))
    before = texts(ledger.parent)
    result = run("freeze", ledger, "2026-01-31")
    assert result.exit_code == 1
    assert "due: 2025-01-20 is before" in result.stderr
    assert result.stderr.endswith("repair the ledger first: nothing is frozen\n")
    assert texts(ledger.parent) == before


def test_a_day_after_the_ledgers_end(run: Run, ledger: Path) -> None:
    before = texts(ledger.parent)
    result = run("freeze", ledger, "2026-02-03")
    assert result.exit_code == 1
    assert result.stderr == (
        f"{ledger}:1: nothing is frozen: the ledger ends on 2026-02-02, and what is generated up to"
        " 2026-02-03 is not known yet: freeze a day up to 2026-02-02\n"
    )
    assert texts(ledger.parent) == before


def test_a_day_before_the_contract(run: Run, ledger: Path) -> None:
    result = run("freeze", ledger, "2026-01-04")
    assert result.exit_code == 1
    assert "no contract has begun on 2026-01-04" in result.stderr


def test_a_file_that_somebody_else_wrote(run: Run, ledger: Path) -> None:
    file = ledger.with_name("factoring-2026-01-31.beancount")
    file.write_text("; my own notes\n")
    before = texts(ledger.parent)
    result = run("freeze", ledger, "2026-01-31")
    assert result.exit_code == 1
    assert f"{file} is there and was not written by freeze: move it away" in result.stderr
    assert texts(ledger.parent) == before


def test_a_file_that_was_taken_out_of_the_ledger_is_written_anew(run: Run, ledger: Path) -> None:
    before = ledger.read_text()
    books = books_of(ledger)
    run("freeze", ledger, "2026-01-31")
    ledger.write_text(before)
    assert run("freeze", ledger, "2026-01-31").exit_code == 0
    assert books_of(ledger) == books


def test_a_ledger_without_a_contract(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "plain.beancount"
    ledger.write_text("2026-01-01 open Assets:Cash EUR\n")
    result = run("freeze", ledger, "2026-01-31")
    assert result.exit_code == 1
    assert "no factoring contract" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [(), ("LEDGER",), ("LEDGER", "31/01/2026"), ("LEDGER", "2300-01-31"), ("x", "2026-01-31")],
)
def test_wrong_usage(run: Run, ledger: Path, arguments: tuple[str, ...]) -> None:
    given = [str(ledger) if argument == "LEDGER" else argument for argument in arguments]
    assert run("freeze", *given).exit_code == 2


def test_an_unknown_contract_is_wrong_usage(run: Run, ledger: Path) -> None:
    result = run("freeze", ledger, "2026-01-31", "--contract", "cic")
    assert result.exit_code == 2


def test_where_the_ledger_cannot_be_replaced_nothing_stays(
    run: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = texts(ledger.parent)
    replace = Path.replace

    def failing(path: Path, target: Path) -> Path:
        if target.name == "main.beancount":
            raise PermissionError(13, "Permission denied", str(target))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    result = run("freeze", ledger, "2026-01-31")
    assert result.exit_code == 1
    assert "Permission denied" in result.stderr
    assert texts(ledger.parent) == before


def test_where_another_plugin_changes_what_is_generated_nothing_stays(
    run: Run, ledger: Path
) -> None:
    """A plugin before this one that makes the copies other than they are written."""
    ledger.with_name("marking.py").write_text(
        "__plugins__ = ['mark']\n"
        "def mark(entries, options):\n"
        "    return [e._replace(narration='x') if 'factoring-id' in e.meta else e"
        " for e in entries], []\n"
    )
    text = 'option "insert_pythonpath" "TRUE"\nplugin "marking"\n' + ledger.read_text()
    ledger.write_text(text)
    before = texts(ledger.parent)
    result = run("freeze", ledger, "2026-01-31")
    assert result.exit_code == 1
    assert "nothing is frozen: with the copies the ledger would not be the same" in result.stderr
    assert texts(ledger.parent) == before


# What is an error later


def frozen(run: Run, books: Path) -> Path:
    assert run("freeze", books, "2026-01-31").exit_code == 0
    return books


REMITTANCE = "factoring-2026-01-31.beancount:"
REOPEN = (
    "after 2026-01-31, or open the period again: take its mark (factoring-2026-01-31.beancount:"
)


def test_an_amount_that_changed_is_named(run: Run, books: Path) -> None:
    errors = edited(frozen(run, books), "Assets:Clients:DUPONT  1000.00 EUR", CHANGED)
    assert errors[0].startswith(REMITTANCE)
    assert (
        ": bpce/2026-01/remittance differs from what the ledger gives now: F1 changed (1000.00 EUR,"
        f" now 1010.00 EUR); restore what it was made from and date corrections {REOPEN}"
    ) in errors[0]
    assert all("F1 changed (1000.00 EUR, now 1010.00 EUR)" in error for error in errors)


CHANGED = "Assets:Clients:DUPONT  1010.00 EUR"


def test_a_document_that_came_is_told_from_an_equal_one(run: Run, books: Path) -> None:
    late = invoice("2026-01-06", "F0", "500.00")
    errors = edited(frozen(run, books), until("2026-03-31"), late + until("2026-03-31"))
    assert "remittance differs from what the ledger gives now: F0 came (500.00 EUR);" in errors[0]


def test_a_document_that_went_is_told_from_an_equal_one(run: Run, books: Path) -> None:
    gone = invoice("2026-01-08", "F3", "500.00")
    paid = payment("2026-02-10", "F3", "500.00")
    books.write_text(books.read_text().replace(paid, ""))
    errors = edited(frozen(run, books), gone, "")
    assert "remittance differs from what the ledger gives now: F3 went (500.00 EUR);" in errors[0]


def test_a_number_that_changed_is_named(run: Run, books: Path) -> None:
    errors = edited(frozen(run, books), 'invoice: "F4"', 'invoice: "F4B"')
    assert "F4B came (300.00 EUR), F4 went (300.00 EUR)" in errors[0]


def test_a_credit_note_that_went_is_named(run: Run, books: Path) -> None:
    gone = credit_note("2026-01-15", "A1", "100.00", corrects="F1")
    errors = edited(frozen(run, books), gone, "")
    assert "bpce/2026-02/remittance differs from what the ledger gives now" in errors[0]
    assert "A1 went (-100.00 EUR)" in errors[0]


def test_a_receipt_that_went_is_named(run: Run, books: Path) -> None:
    errors = edited(frozen(run, books), payment("2026-01-20", "F2", "500.00"), "")
    assert ": bpce/2026-01-20/collection/F2 would not be generated" in errors[0]
    assert "is gone or changed: F2 went (500.00 EUR); restore that and date" in errors[0]


@pytest.mark.parametrize("day", ["2026-01-21", "2026-01-31"])
def test_a_receipt_that_came_is_an_error_at_its_own_line(run: Run, books: Path, day: str) -> None:
    """On the closing day itself nothing but the collection, which may book nothing, is of it."""
    late = payment(day, "F3", "50.00")
    ledger = frozen(run, books)
    first, *others = edited(ledger, until("2026-03-31"), late + until("2026-03-31"))
    line = ledger.read_text().splitlines().index(f'{day} * "DUPONT" "Payment of F3"') + 1
    assert first.startswith(
        f"main.beancount:{line}: this gives bpce/{day}/collection/F3 on {day}, but"
        " contract bpce is closed up to 2026-01-31 without it: F3 came (50.00 EUR); date it"
        f" {REOPEN}"
    )
    follows = f"; it follows from bpce/{day}/collection/F3 (F3 came (50.00 EUR))"
    assert all(other.endswith(follows) for other in others)


def test_a_rate_that_changed_points_to_the_contract(run: Run, books: Path) -> None:
    frozen(run, books)
    contract = books.with_name("contracts.yaml")
    text = contract.read_text()
    contract.write_text(text.replace("0.40 %", "0.45 %"))
    line = text.splitlines().index("    commission: {rate: 0.40 %, vat: 20 %}") + 1
    first, *others = (error.message for error in loaded(books)[1])
    reason = f"commission.rate changed (0.004, now 0.0045: contracts.yaml:{line})"
    assert first.startswith("bpce/2026-01/commission differs from what the ledger gives now")
    assert f"; {reason}; restore" in first
    assert others
    follows = f"; it follows from bpce/2026-01/commission ({reason})"
    assert all(follows in other for other in others)


def test_a_rate_that_changes_later_is_no_error(run: Run, books: Path) -> None:
    frozen(run, books)
    contract = books.with_name("contracts.yaml")
    later = "{2026-01-05: 0.40 %, 2026-02-01: 0.45 %}"
    contract.write_text(contract.read_text().replace("rate: 0.40 %", f"rate: {later}"))
    assert loaded(books)[1] == []


def test_what_comes_after_the_closed_period_is_free(run: Run, books: Path) -> None:
    later = invoice("2026-02-04", "F6", "90.00")
    assert edited(frozen(run, books), until("2026-03-31"), later + until("2026-03-31")) == []


def test_a_copy_that_was_removed_is_an_error_and_booked_all_the_same(run: Run, load: Load) -> None:
    ledger = load(BOOKS, TERMS).folder / "main.beancount"
    before = books_of(ledger)
    run("freeze", ledger, "2026-01-31")
    file = ledger.with_name("factoring-2026-01-31.beancount")
    parts = file.read_text().split("\n\n")
    file.write_text("\n\n".join(part for part in parts if "2026-01/commission" not in part))
    transactions, errors = loaded(ledger)
    (error,) = errors
    assert error.message.startswith(
        "this gives bpce/2026-01/commission on 2026-01-09, but contract bpce is closed up to"
    )
    assert Path(error.source["filename"]).name == "contracts.yaml"
    assert sorted(repr(facts(txn)) for txn in transactions) == before


def test_what_was_assigned_is_compared_with_the_frozen_remittance(run: Run, books: Path) -> None:
    remit = '\n2026-01-09 custom "factoring" "remit" "bpce"\n  assigned: 2000.00 EUR\n'
    books.write_text(books.read_text() + remit)
    frozen(run, books)
    errors = edited(books, "Assets:Clients:DUPONT  1000.00 EUR", CHANGED)
    line = books.read_text().splitlines().index('2026-01-09 custom "factoring" "remit" "bpce"') + 1
    assert errors[0] == (
        f"main.beancount:{line}: assigned: 2000.00 EUR is stated, but the documents of remittance"
        " bpce/2026-01 add up to 2010.00 EUR: F1 changed (1000.00 EUR, now 1010.00 EUR); correct"
        " it, or the figure"
    )
