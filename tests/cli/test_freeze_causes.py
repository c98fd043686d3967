"""What a difference of a closed period names as its cause: once, and not what merely follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from beancount import loader

from tests.cli.conftest import Run
from tests.conftest import Load
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import until

INDEX = """
2026-01-01 custom "factoring" "index" "EURIBOR3M" 2.015
2026-02-16 custom "factoring" "index" "EURIBOR3M" 2.1
2026-03-10 custom "factoring" "index" "EURIBOR3M" 2.2
"""
TERMS = """
guarantee_fund: {rate: 10 %}
commission: {rate: 0.40 %, vat: 20 %}
charges: [{name: file, amount: 5, every: remittance}]
interest: {index: EURIBOR3M, margin: 1.5 %, vat: 0}
"""
END = until("2026-03-31")
BOOKS = (
    INDEX
    + invoice("2026-01-06", "F1", "1000.00")
    + invoice("2026-01-07", "F2", "500.00")
    + invoice("2026-01-20", "F3", "600.00")
    + payment("2026-01-20", "F2", "500.00")
    + invoice("2026-02-03", "F5", "700.00")
    + payment("2026-02-10", "F3", "600.00")
)


@pytest.fixture
def frozen(run: Run, load: Load) -> Path:
    loaded = load(BOOKS + END, TERMS)
    assert loaded.messages == []
    ledger = loaded.folder / "main.beancount"
    assert run("freeze", ledger, "2026-02-28").exit_code == 0
    return ledger


def messages(ledger: Path, *edits: tuple[str, str]) -> list[str]:
    """Edit the ledger or its contract; return the errors."""
    for old, new in edits:
        paths = [ledger, ledger.with_name("contracts.yaml")]
        (path,) = [path for path in paths if old in path.read_text()]
        assert path.read_text().count(old) == 1
        path.write_text(path.read_text().replace(old, new))
    _entries, errors, _options = loader.load_file(str(ledger))
    return [error.message for error in errors]


def place(path: Path, text: str) -> str:
    """Return the place of the first line that has a text, as errors name it."""
    lines = path.read_text().splitlines()
    return f"{path.name}:{next(n for n, line in enumerate(lines, 1) if text in line)}"


def events_of(found: list[str]) -> list[str]:
    """Return the events that errors are about."""
    return [message.removeprefix("this gives ").partition(" ")[0] for message in found]


# Terms, index values, directives


def test_an_index_value_that_changed(frozen: Path) -> None:
    first, *others = messages(frozen, ("2.015", "2.5"))
    where = place(frozen, '"EURIBOR3M" 2.5')
    reason = f"index EURIBOR3M of 2026-01-01 changed (2.015, now 2.5: {where})"
    assert first.startswith("bpce/2026-01-31/interest differs")
    assert f"2.53 EUR; {reason}; restore what it was made from" in first
    follows = f"; it follows from bpce/2026-01-31/interest ({reason})"
    assert events_of(others) == [
        "bpce/2026-02-10/draw",
        "bpce/2026-02-10/transfer",
        "bpce/2026-02-28/interest",
    ]
    assert all(follows in other for other in others)


def test_an_index_value_that_went_has_no_line(frozen: Path) -> None:
    gone = '2026-02-16 custom "factoring" "index" "EURIBOR3M" 2.1\n'
    (error,) = messages(frozen, (gone, ""))
    assert "; index EURIBOR3M of 2026-02-16 went (2.1); restore" in error


def test_a_value_of_later_days_is_no_cause(frozen: Path) -> None:
    (first, *_others) = messages(frozen, ("2.1\n", "2.5\n"), ("2.015", "2.016"))
    assert first.startswith("bpce/2026-02-28/interest differs")
    assert "index EURIBOR3M of 2026-02-16 changed" in first
    assert messages(frozen, ("2.5\n", "2.1\n"), ("2.016", "2.015"), ("2.2\n", "2.9\n")) == []


def test_a_rate_that_changed_from_a_day_on(frozen: Path) -> None:
    (first, *_others) = messages(
        frozen, ("margin: 1.5 %", "margin: {2026-01-01: 1.5 %, 2026-02-01: 2 %}")
    )
    line = place(frozen.with_name("contracts.yaml"), "margin:")
    assert first.startswith("bpce/2026-02-28/interest differs")
    assert f"interest.margin of 2026-02-01 came (0.02: {line})" in first


def test_two_terms_that_changed_are_two_origins(frozen: Path) -> None:
    found = messages(frozen, ("0.40 %", "0.45 %"), ("margin: 1.5 %", "margin: 2 %"))
    origins = [message for message in found if "restore" in message]
    assert events_of(origins) == ["bpce/2026-01/commission", "bpce/2026-01-31/interest"]
    assert "; commission.rate changed (0.004, now 0.0045" in origins[0]
    assert "; interest.margin changed (0.015, now 0.02" in origins[1]


def test_a_limit_that_came_and_a_draw(frozen: Path) -> None:
    limit = '\n2026-01-09 custom "factoring" "limit" "bpce" Assets:Clients:DUPONT 900 EUR\n'
    first, *_others = messages(frozen, (END, limit + END))
    where = place(frozen, '"limit"')
    assert first.startswith("bpce/2026-01-13/draw differs")
    assert f"; limit DUPONT of 2026-01-09 came (900.00: {where}); restore" in first


def test_a_figure_of_the_factor_that_came(frozen: Path) -> None:
    remit = '\n2026-01-09 custom "factoring" "remit" "bpce"\n  commission: 7.00 EUR\n'
    first, *_others = messages(frozen, (END, remit + END))
    where = place(frozen, '"remit"')
    assert first.startswith("bpce/2026-01/commission differs")
    assert f"; remit commission of 2026-01-09 came (7.00: {where}); restore" in first


def test_what_the_period_does_not_keep_is_not_accused(frozen: Path) -> None:
    credit = '\n2026-01-08 * "DUPONT"\n  Assets:Clients:DUPONT  -70.00 EUR\n  Income:Sales\n'
    first, *_others = messages(frozen, (END, credit + END))
    assert first.startswith("bpce/2026-01-13/draw differs")
    assert (
        "; no frozen document changed, no term of the contract, no index value, no limit and no"
        " dispute: look at due dates, at credits without a number, and at bank entries up to"
        " 2026-01-13; restore"
    ) in first


def test_a_period_that_keeps_no_terms_says_where_to_look(frozen: Path) -> None:
    file = frozen.with_name("factoring-2026-02-28.beancount")
    head, mark, _kept = file.read_text().partition('2026-02-28 custom "factoring" "frozen" "bpce"')
    file.write_text(f"{head}{mark}\n")
    first, *_others = messages(frozen, ("0.40 %", "0.45 %"))
    line = place(frozen.with_name("contracts.yaml"), "commission: {")
    assert f"no frozen document changed: look at the contract's commission ({line})" in first


# Another customer


def test_an_invoice_that_was_moved_to_another_customer(frozen: Path) -> None:
    (error,) = messages(
        frozen, ("Assets:Clients:DUPONT  1000.00", "Assets:Clients:MARTIN  1000.00")
    )
    assert error.startswith(
        "bpce/2026-01/remittance differs from what the ledger gives now: F1 moved from DUPONT to"
        " MARTIN (1000.00 EUR); restore"
    )


def test_of_two_equal_invoices_the_one_that_was_moved(run: Run, load: Load) -> None:
    both = invoice("2026-01-06", "F1", "500.00") + invoice("2026-01-07", "F2", "500.00")
    ledger = load(both + END).folder / "main.beancount"
    run("freeze", ledger, "2026-01-31")
    moved = invoice("2026-01-07", "F2", "500.00", debtor="MARTIN")
    (error,) = messages(ledger, (invoice("2026-01-07", "F2", "500.00"), moved))
    assert "gives now: F2 moved from DUPONT to MARTIN (500.00 EUR); restore" in error


def test_a_payment_that_was_moved_with_its_invoice(frozen: Path) -> None:
    found = messages(
        frozen,
        (
            invoice("2026-01-07", "F2", "500.00"),
            invoice("2026-01-07", "F2", "500.00", debtor="MARTIN"),
        ),
        (
            payment("2026-01-20", "F2", "500.00"),
            payment("2026-01-20", "F2", "500.00", debtor="MARTIN"),
        ),
    )
    assert events_of(found) == ["bpce/2026-01/remittance", "bpce/2026-01-20/collection/F2"]
    assert all("F2 moved from DUPONT to MARTIN (500.00 EUR)" in error for error in found)


# What follows


def test_of_what_follows_the_first_of_each_kind_is_told(frozen: Path) -> None:
    first, *others = messages(frozen, ("0.40 %", "0.45 %"))
    assert events_of([first, *others]) == [
        "bpce/2026-01/commission",
        "bpce/2026-01-13/draw",
        "bpce/2026-01-13/transfer",
        "bpce/2026-02/commission",
        "bpce/2026-01-31/interest",
    ]
    counts = [other.partition("; so do")[2] for other in others]
    assert counts == [
        " 2 more of its kind, up to 2026-02-10",
        " 2 more of its kind, up to 2026-02-10",
        "es 1 more of its kind, up to 2026-02-06",
        "",
    ]


def test_a_remittance_more_shifts_the_numbers_and_is_named_alone(frozen: Path) -> None:
    first, *others = messages(frozen, (END, invoice("2026-01-14", "F9", "90.00") + END))
    assert first.startswith(
        "bpce/2026-02/remittance differs from what the ledger gives now: F9 came (90.00 EUR);"
        " restore"
    )
    follows = "; it follows from bpce/2026-02/remittance (F9 came (90.00 EUR))"
    assert all(follows in other for other in others)
    assert not [other for other in others if "F3" in other or "F5" in other]


def test_a_remittance_less_shifts_the_numbers_and_is_named_alone(frozen: Path) -> None:
    messages(frozen, (payment("2026-02-10", "F3", "600.00"), ""))
    first, *others = messages(frozen, (invoice("2026-01-20", "F3", "600.00"), ""))
    assert first.startswith(
        "bpce/2026-02/remittance differs from what the ledger gives now: F3 went (600.00 EUR);"
    )
    assert not [other for other in others if "F5" in other]
    (gone,) = [other for other in others if other.startswith("bpce/2026-03/remittance")]
    assert gone.startswith(
        "bpce/2026-03/remittance is bpce/2026-02/remittance in the ledger as it is; it follows from"
        " bpce/2026-02/remittance (F3 went (600.00 EUR))"
    )


def test_a_commission_does_not_follow_from_another_remittance(frozen: Path) -> None:
    """The rate is another from February on, and a document of January is too."""
    found = messages(
        frozen,
        ("Assets:Clients:DUPONT  1000.00", "Assets:Clients:DUPONT  1010.00"),
        ("rate: 0.40 %", "rate: {2026-01-05: 0.40 %, 2026-02-01: 0.45 %}"),
    )
    told = dict(zip(events_of(found), found, strict=True))
    assert "it follows from bpce/2026-01/remittance" in told["bpce/2026-01/commission"]
    assert "commission.rate of 2026-02-01 came (0.0045" in told["bpce/2026-03/commission"]
