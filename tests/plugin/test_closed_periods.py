"""Marks of closed periods, and what differences say where a copy alone is kept."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data
from beancount.parser import printer

from beancount_factoring.ledger.copies import facts
from beancount_factoring.reports.closing import close_period
from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import until
from tests.oracle.compare import load as load_history
from tests.oracle.histories import whole

MARK = '\n2026-01-09 custom "factoring" "frozen" "bpce"\n'
EQUAL = invoice("2026-01-06", "F1", "500.00") + invoice("2026-01-07", "F2", "500.00")


def remittance_with(load: Load, before: str, after: str) -> str:
    """Return the first error of a ledger whose remittance was copied before an edit."""
    loaded = load(before + until("2026-01-09"))
    assert loaded.messages == []
    copy = printer.format_entry(loaded.of("remittance")[0])
    return str(load(after + copy + until("2026-01-09")).messages[0])


def linked(text: str, link: str) -> str:
    return re.sub(r'("Invoice [^"]*")', rf"\1 ^{link}", text)


# What came, went or changed, by a copy alone


def test_equal_documents_that_nothing_tells_apart_are_named_together(load: Load) -> None:
    message = remittance_with(load, invoice("2026-01-06", "F1", "500.00"), EQUAL)
    assert "gives now: F1 or F2 came (500.00 EUR); restore" in message


def test_equal_documents_are_told_apart_by_their_links(load: Load) -> None:
    one = linked(invoice("2026-01-06", "F1", "500.00"), "one")
    other = linked(invoice("2026-01-07", "F2", "500.00"), "other")
    assert "gives now: F2 came (500.00 EUR); restore" in remittance_with(load, one, one + other)
    assert "gives now: F1 came (500.00 EUR); restore" in remittance_with(load, other, one + other)


def test_a_document_that_went_has_its_link_for_a_name(load: Load) -> None:
    one = linked(invoice("2026-01-06", "F1", "500.00"), "one")
    other = invoice("2026-01-07", "F2", "300.00")
    message = remittance_with(load, one + other, other)
    assert "gives now: one went (500.00 EUR); restore" in message


def test_a_document_that_went_without_a_link_has_its_debtor(load: Load) -> None:
    message = remittance_with(load, EQUAL, invoice("2026-01-06", "F1", "500.00"))
    assert "gives now: a document of DUPONT went (500.00 EUR); restore" in message


def test_an_amount_that_changed(load: Load) -> None:
    other = invoice("2026-01-06", "F3", "70.00", debtor="MARTIN")
    message = remittance_with(
        load,
        other + invoice("2026-01-06", "F1", "500.00"),
        other + invoice("2026-01-06", "F1", "510.00"),
    )
    assert "gives now: F1 changed (500.00 EUR, now 510.00 EUR); restore" in message


def test_of_many_the_first_four_are_named(load: Load) -> None:
    many = "".join(invoice("2026-01-06", f"F{i}", f"{i}.00") for i in range(1, 8))
    message = remittance_with(load, invoice("2026-01-05", "F0", "900.00"), many)
    assert "F1 came (1.00 EUR), F2 came (2.00 EUR), F3 came (3.00 EUR)" in message
    assert " and 4 more; restore" in message


def test_a_link_that_changed_is_said_once_and_the_others_follow(load: Load) -> None:
    terms = "commission: {rate: 1 %, vat: 0}"
    before = linked(invoice("2026-01-06", "F1", "500.00"), "one")
    loaded = load(before + until("2026-01-09"), terms)
    copies = "\n".join(printer.format_entry(txn) for txn in loaded.generated)
    changed = load(before.replace("^one", "^uno") + copies + until("2026-01-09"), terms)
    assert changed.messages == [
        (
            "bpce/2026-01/remittance differs from what the ledger gives now: its links are one,"
            " not uno; restore what it was made from, or print it anew"
        ),
        (
            "bpce/2026-01/commission differs from what the ledger gives now: its links are one,"
            " not uno; it follows from bpce/2026-01/remittance"
        ),
    ]


# Marks and records


def test_a_mark_books_nothing_and_moves_no_horizon(load: Load) -> None:
    before = load(EQUAL + until("2026-01-08"))
    assert before.generated == []
    loaded = load(EQUAL + until("2026-01-08") + MARK)
    assert loaded.generated == []
    assert loaded.messages == []


def test_what_is_not_copied_is_generated_and_an_error_at_its_cause(load: Load) -> None:
    paid = payment("2026-01-12", "F1", "500.00")
    mark = MARK.replace("2026-01-09", "2026-01-12")
    text = EQUAL + paid + until("2026-01-12")
    free = load(text)
    closed = load(text + mark)
    assert [facts(txn) for txn in closed.generated] == [facts(txn) for txn in free.generated]
    by_kind = {re.search(r"\d/(\w+)", e.message)[1]: e.source for e in closed.errors}  # type: ignore[index]
    assert set(by_kind) == {"remittance", "collection"}
    assert Path(by_kind["remittance"]["filename"]).name == "contracts.yaml"
    lines = (closed.folder / "main.beancount").read_text().splitlines()
    assert lines[by_kind["collection"]["lineno"] - 1] == '2026-01-12 * "DUPONT" "Payment of F1"'


def test_the_nearest_mark_is_the_period_s_own(load: Load) -> None:
    later = MARK.replace("2026-01-09", "2026-01-16")
    loaded = load(EQUAL + later + MARK + until("2026-01-16"))
    assert "is closed up to 2026-01-09 without it" in loaded.messages[0]


def test_marks_of_a_contract_with_errors_say_nothing(load: Load) -> None:
    (message,) = load(EQUAL + MARK + until("2026-01-09"), "recourse: 7").messages
    assert "recourse" in message


def test_a_mark_of_an_unknown_contract(load: Load) -> None:
    (message,) = load(MARK.replace("bpce", "cic")).messages
    assert message == '"frozen": "cic" is no contract: write its name second (bpce)'


@pytest.mark.parametrize(
    "more",
    [
        '"id"',
        '"id" "F1"',
        '"id" "F1" 5.00',
        '"id" "F1" 5.00 USD',
        '"id" "F1" 5.001 EUR',
        '"id" "" 5.00 EUR',
        '"id" 5.00 EUR "F1"',
        "2026-01-09",
    ],
)
def test_a_record_that_is_not_written_right(load: Load, more: str) -> None:
    (message,) = load(MARK.rstrip() + f" {more}\n").messages
    assert message == (
        '"frozen" is not written like that: write 2026-01-09 custom "factoring" "frozen" "bpce"'
    )


def test_records_name_what_the_treatment_does_not_book(load: Load) -> None:
    record = '2026-01-09 custom "factoring" "frozen" "bpce" "bpce/2026-01/remittance" "F1" 5.00 EUR'
    loaded = load(EQUAL + record + "\n" + until("2026-01-09"), treatment="borrowing")
    (error,) = loaded.errors
    assert error.message.startswith(
        "bpce/2026-01/remittance differs from what the ledger gives now: F1 changed (5.00 EUR, now"
        " 500.00 EUR), F2 came (500.00 EUR);"
    )
    assert error.source["filename"] == str(loaded.folder / "main.beancount")


# Whatever changes in a closed history, something is said


@pytest.mark.parametrize("seed", range(3))
def test_no_entry_of_a_closed_history_can_go_unnoticed(seed: int, tmp_path: Path) -> None:
    case = whole(seed)
    told = load_history(case, tmp_path)
    config = "contracts.yaml"
    closing = close_period(told.entries, told.options, config, case.horizon)
    (tmp_path / "closed.beancount").write_text(closing.text)
    ledger = tmp_path / "main.beancount"
    blocks = ledger.read_text().split("\n\n")
    rng = random.Random(seed)
    noticed = 0
    for place in rng.sample(range(2, len(blocks)), 6):
        edited = "\n\n".join([*blocks[:place], *blocks[place + 1 :]])
        free = reloaded(ledger, edited)
        closed = reloaded(ledger, edited + '\ninclude "closed.beancount"\n')
        same = booked(free.entries) == booked(told.entries)
        more = set(closed.messages) - set(free.messages)
        assert same or more, blocks[place]
        noticed += bool(more)
    assert noticed


def reloaded(ledger: Path, text: str) -> Loaded:
    ledger.write_text(text)
    entries, errors, options = loader.load_file(str(ledger))
    return Loaded(ledger.parent, entries, errors, options)


def booked(entries: list[Any]) -> list[str]:
    """Return what is generated, in any order."""
    return sorted(
        repr(facts(entry))
        for entry in entries
        if isinstance(entry, data.Transaction) and "factoring-id" in entry.meta
    )
