"""The same text gives the same books: loaded again, permuted or split (invariant 12)."""

from __future__ import annotations

import datetime
import random

import pytest
from beancount import loader
from beancount.parser import printer

from beancount_factoring.engine.books import FactorBooks
from beancount_factoring.ledger.books import books_of
from beancount_factoring.plugins.factoring import factoring
from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import credit_note
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import until

# Much of it on the same days, and equal but for the number.
BLOCKS = [
    '2026-01-05 custom "factoring" "index" "EURIBOR3M" 2.00\n',
    *(invoice("2026-01-06", f"F{i}", "100.00") for i in range(1, 8)),
    *(invoice("2026-01-06", f"M{i}", "250.00", debtor="MARTIN") for i in range(1, 4)),
    '2026-01-06 custom "factoring" "limit" "bpce" Assets:Clients:DUPONT 450.00 EUR\n',
    '2026-01-06 custom "factoring" "charge" "bpce" "audit" 25.00 EUR\n',
    '2026-01-06 custom "factoring" "charge" "bpce" "advice" 15.00 EUR\n',
    *(payment("2026-01-14", f"F{i}", amount) for i, amount in enumerate(("60.00", "110.00"), 1)),
    payment("2026-01-14", "F1", "40.00"),
    payment("2026-01-14", "F3", "100.00", bank="Assets:Bank:Operating"),
    credit_note("2026-01-14", "A1", "30.00", corrects="F4"),
    credit_note("2026-01-14", "A2", "20.00"),
    '2026-01-14 custom "factoring" "dispute" "bpce" "F6"\n',
    '2026-01-14 custom "factoring" "return" "bpce" "F5"\n',
    '2026-01-14 custom "factoring" "default" "bpce" "M1"\n',
    payment("2026-01-20", "M1", "80.00", debtor="MARTIN"),
    payment("2026-01-20", "F5", "100.00"),
    until("2026-02-15"),
]
TERMS = """
recourse: 0.6
commission: {rate: 0.0045, vat: 0.20, per_document: 0.30}
guarantee_fund: {rate: 0.10, build: revolving}
interest: {index: EURIBOR3M, margin: 0.01, vat: 0.20, base: funds-in-use}
eligibility: {concentration: 70 %, overdue: 5}
"""


def transactions(loaded: Loaded) -> list[str]:
    """Return the generated transactions as text, but for the line of their cause."""
    without = (
        txn._replace(meta={k: v for k, v in txn.meta.items() if k != "factoring-source"})
        for txn in loaded.generated
    )
    return sorted(printer.format_entry(txn) for txn in without)


@pytest.fixture
def expected(load: Load) -> list[str]:
    loaded = load("".join(BLOCKS), TERMS)
    assert loaded.messages == []
    return transactions(loaded)


@pytest.mark.parametrize("seed", range(6))
def test_permuting_a_ledgers_entries_changes_nothing(
    load: Load, expected: list[str], seed: int
) -> None:
    blocks = list(BLOCKS)
    random.Random(seed).shuffle(blocks)
    loaded = load("".join(blocks), TERMS)
    assert loaded.messages == []
    assert transactions(loaded) == expected


@pytest.mark.parametrize("files", [2, 5])
def test_splitting_the_ledger_into_files_changes_nothing(
    load: Load, expected: list[str], files: int
) -> None:
    folder = load("").folder
    for number in range(files):
        (folder / f"part{number}.beancount").write_text("".join(BLOCKS[number::files]))
    loaded = load("".join(f'include "part{n}.beancount"\n' for n in range(files)), TERMS)
    assert loaded.messages == []
    assert transactions(loaded) == expected


def test_loading_twice_changes_nothing(load: Load, expected: list[str]) -> None:
    loaded = load("".join(BLOCKS), TERMS)
    entries, errors, options = loader.load_file(str(loaded.folder / "main.beancount"))
    assert errors == []
    assert entries == loaded.entries
    assert transactions(Loaded(loaded.folder, entries, errors, options)) == expected


def test_the_books_of_a_loaded_ledger_are_those_of_its_text(load: Load) -> None:
    loaded = load("".join(BLOCKS), TERMS)
    books = books_of(loaded.entries, loaded.options, "contracts.yaml")
    assert books.errors == ()
    again = {txn.meta["factoring-id"]: txn for txn in books.transactions}
    assert again == {txn.meta["factoring-id"]: txn for txn in loaded.generated}


def test_the_plugin_on_its_own_output_books_nothing_twice(load: Load) -> None:
    loaded = load("".join(BLOCKS), TERMS)
    entries, errors = factoring(loaded.entries, loaded.options, "contracts.yaml")
    assert entries == loaded.entries
    assert len(errors) == 1


def test_an_entry_in_the_future_of_the_others_moves_only_the_horizon(
    load: Load, expected: list[str]
) -> None:
    loaded = load("".join(BLOCKS) + until("2026-02-20"), TERMS)
    after = transactions(loaded)
    assert [entry for entry in after if entry in expected] == expected


@pytest.mark.parametrize(
    "directive",
    [
        "2026-06-30 price EUR 1.10 USD",
        "2026-06-30 commodity EUR",
        '2026-06-30 custom "factoring" "index" "EURIBOR3M" 2.10',
        '2026-06-30 custom "factoring" "limit" "bpce" Assets:Clients:DUPONT 1.00 EUR',
        "2026-06-30 close Expenses:Discounts",
    ],
)
def test_what_says_nothing_of_a_day_does_not_move_the_horizon(
    load: Load, expected: list[str], directive: str
) -> None:
    loaded = load("".join(BLOCKS) + directive + "\n", TERMS)
    assert loaded.messages == []
    assert transactions(loaded) == expected


@pytest.mark.parametrize(
    "directive",
    [
        '2026-06-30 note Assets:Bank:Shared "seen"',
        "2026-06-30 balance Expenses:Discounts 0 EUR",
        '2026-06-30 custom "budget" "something else"',
        '2026-06-30 query "q" "SELECT date"',
    ],
)
def test_what_happened_on_a_day_moves_the_horizon(
    load: Load, expected: list[str], directive: str
) -> None:
    loaded = load("".join(BLOCKS) + directive + "\n", TERMS)
    assert loaded.messages == []
    assert len(transactions(loaded)) > len(expected)


def test_books_brought_forward_step_by_step_are_those_of_one_run(load: Load) -> None:
    charge = "charges: [{name: file, amount: 5.00, every: month, vat: 0}]\n"
    loaded = load("".join(BLOCKS), TERMS + charge)
    assert loaded.messages == []
    (books,) = books_of(loaded.entries, loaded.options, "contracts.yaml").contracts
    at_once = FactorBooks(books.contract, books.history).run()
    in_steps = FactorBooks(books.contract, books.history)
    # The first of them are before the contract's start.
    for day in (-40, -3, 5, 5, 30, 400):
        in_steps.run(books.contract.start + datetime.timedelta(days=day))
    assert in_steps.events == at_once.events
