"""Marks of closed periods, and what differences say where a copy alone is kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from beancount.parser import printer

from beancount_factoring.ledger.copies import facts
from tests.conftest import Load
from tests.ledger_text import invoice
from tests.ledger_text import line_of
from tests.ledger_text import payment
from tests.ledger_text import until

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


RECORD = '2026-01-09 custom "factoring" "frozen" "bpce" "bpce/2026-01/remittance"'
EXAMPLE = f'{RECORD} "F2026-0001" 1200.00 EUR'
CURRENCY = "has {}, but contract bpce is in EUR with 2 decimals"
NOT_LIKE_THAT = "is not written like that"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("", NOT_LIKE_THAT),
        ('"F1"', NOT_LIKE_THAT),
        ('"F1" 5.00', NOT_LIKE_THAT),
        ('"" 5.00 EUR', NOT_LIKE_THAT),
        ('5.00 EUR "F1"', NOT_LIKE_THAT),
        ('5.00 EUR 6.00 EUR "F1"', NOT_LIKE_THAT),
        ('"F1" 5.00 USD', CURRENCY.format("5.00 USD")),
        ('"F1" 5.001 EUR', CURRENCY.format("5.001 EUR")),
        ("5.00 USD", CURRENCY.format("5.00 USD")),
    ],
)
def test_a_record_that_is_not_written_right_is_answered_with_a_record(
    load: Load, more: str, reason: str
) -> None:
    """Not with a mark, which would close the period."""
    (message,) = load(f"{RECORD} {more}\n").messages
    assert message == f'"frozen" {reason}: write {EXAMPLE}'


def test_what_is_neither_a_mark_nor_a_record_is_answered_with_both(load: Load) -> None:
    (message,) = load(MARK.rstrip() + " 2026-01-09\n").messages
    assert message == f'"frozen" {NOT_LIKE_THAT}: write {MARK.strip()} or {EXAMPLE}'


def test_a_record_of_an_event_of_another_contract(load: Load) -> None:
    record = RECORD.replace("bpce/2026", "cic/2026") + ' "F1" 500.00 EUR\n'
    (message,) = load(record).messages
    assert message == (
        '"frozen" names cic/2026-01/remittance, which is no event of contract bpce: write'
        f" {EXAMPLE}"
    )


@pytest.mark.parametrize("order", [("499.00", "1000.00"), ("1000.00", "499.00")])
def test_two_records_of_one_event_whatever_their_order(load: Load, order: tuple[str, str]) -> None:
    one = invoice("2026-01-06", "F1", "1000.00")
    first, second = (f'{RECORD} "F1" {amount} EUR\n' for amount in order)
    loaded = load(one + first + second + until("2026-01-09"))
    (twice,) = (error for error in loaded.errors if "twice" in error.message)
    line = line_of(loaded, '"frozen"')
    assert twice.source["lineno"] == line + 1
    assert twice.message == (
        "the record of bpce/2026-01/remittance stands in the ledger twice, first at"
        f" {loaded.folder}/main.beancount:{line}: remove one of them"
    )


def test_a_copy_without_its_contract_beside_a_record(load: Load) -> None:
    one = invoice("2026-01-06", "F1", "500.00")
    copy = printer.format_entry(load(one + until("2026-01-09")).of("remittance")[0])
    bare = copy.replace('  factoring: "bpce"\n', "")
    assert bare != copy
    record = f'{RECORD} "F1" 499.00 EUR\n'
    loaded = load(one + bare + record + until("2026-01-09"))
    line = line_of(loaded, '"frozen"')
    assert loaded.messages == [
        (
            "bpce/2026-01/remittance differs from what the ledger gives now: F1 changed (499.00"
            " EUR, now 500.00 EUR); restore what it was made from, or print it anew and write its"
            f' record (main.beancount:{line}) as {RECORD} "F1" 500.00 EUR'
        )
    ]


def test_a_record_is_written_anew_and_not_printed(load: Load) -> None:
    many = "".join(invoice("2026-01-06", f"F{i}", f"{i}.00") for i in range(1, 7))
    loaded = load(many + f'{RECORD} "F1" 1.00 EUR\n' + until("2026-01-09"))
    assert loaded.messages[0].endswith(
        f'; restore what it was made from, or write this record as {RECORD} "F1" 1.00 EUR'
        ' "F2" 2.00 EUR "F3" 3.00 EUR "F4" 4.00 EUR and 2 more'
    )


def test_a_record_beside_a_copy_that_is_as_it_should_be(load: Load) -> None:
    one = invoice("2026-01-06", "F1", "500.00")
    copy = printer.format_entry(load(one + until("2026-01-09")).of("remittance")[0])
    record = f'{RECORD} "F0" 500.00 EUR\n'
    loaded = load(one + copy + record + until("2026-01-09"))
    line = line_of(loaded, '"frozen"')
    (message,) = loaded.messages
    assert message.endswith(
        "F1 came (500.00 EUR), F0 went (500.00 EUR); restore what it was made from, or write its"
        f' record (main.beancount:{line}) as {RECORD} "F1" 500.00 EUR'
    )


@pytest.mark.parametrize("with_copy", [False, True])
def test_a_record_of_what_is_no_more(load: Load, with_copy: bool) -> None:
    one = invoice("2026-01-06", "F1", "500.00")
    copy = printer.format_entry(load(one + until("2026-01-09")).of("remittance")[0])
    record = f'{RECORD} "F1" 500.00 EUR\n'
    loaded = load((copy if with_copy else "") + record + until("2026-01-09"))
    (message,) = loaded.messages
    line = line_of(loaded, '"frozen"')
    both = f"this copy and its record (main.beancount:{line})" if with_copy else "this record"
    assert message.endswith(f"F1 went (500.00 EUR); restore that, or remove {both}")


def test_an_event_that_moved_to_another_day_than_its_record(load: Load) -> None:
    record = RECORD.replace("01-09", "01-08", 1) + ' "F1" 500.00 EUR "F2" 500.00 EUR\n'
    (message,) = load(EQUAL + record + until("2026-01-09"), treatment="borrowing").messages
    assert message.startswith(
        "bpce/2026-01/remittance differs from what the ledger gives now: its date is 2026-01-08,"
        " not 2026-01-09; no frozen document changed: look at the contract's terms"
    )
    assert message.endswith(f'or write this record as {RECORD} "F1" 500.00 EUR "F2" 500.00 EUR')


def test_records_name_what_the_treatment_does_not_book(load: Load) -> None:
    record = '2026-01-09 custom "factoring" "frozen" "bpce" "bpce/2026-01/remittance" "F1" 5.00 EUR'
    loaded = load(EQUAL + record + "\n" + until("2026-01-09"), treatment="borrowing")
    (error,) = loaded.errors
    assert error.message.startswith(
        "bpce/2026-01/remittance differs from what the ledger gives now: F1 changed (5.00 EUR, now"
        " 500.00 EUR), F2 came (500.00 EUR);"
    )
    assert error.source["filename"] == str(loaded.folder / "main.beancount")
