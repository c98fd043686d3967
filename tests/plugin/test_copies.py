"""Printed copies: generated transactions that stand in the ledger's text (interface.md, 1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from beancount import loader
from beancount.parser import printer

from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import until

LEDGER = (
    invoice("2026-01-06", "F1", "1000.00")
    + invoice("2026-01-13", "F2", "500.00")
    + payment("2026-01-20", "F1", "1000.00")
    + until("2026-01-31")
)
TERMS = """
commission: {rate: 0.0040, vat: 0.20}
guarantee_fund: {rate: 0.10}
interest: {margin: 0.03, vat: 0}
"""

Reload = Callable[[str], Loaded]


@pytest.fixture
def generated(load: Load) -> Loaded:
    loaded = load(LEDGER, TERMS)
    assert loaded.messages == []
    assert len(loaded.generated) > 10
    return loaded


@pytest.fixture
def reload(generated: Loaded) -> Reload:
    """Load the ledger again with a text included."""

    def reloading(text: str) -> Loaded:
        ledger = generated.folder / "main.beancount"
        (generated.folder / "copies.beancount").write_text(text)
        if "copies.beancount" not in ledger.read_text():
            ledger.write_text(ledger.read_text() + '\ninclude "copies.beancount"\n')
        entries, errors, options = loader.load_file(str(ledger))
        return Loaded(generated.folder, entries, errors, options)

    return reloading


def printed(loaded: Loaded, *, first: int | None = None) -> str:
    text = "\n".join(printer.format_entry(txn) for txn in loaded.generated[:first])
    # Not by filename and line: those are not printed anyway.
    assert "filename" not in text
    return text


def balances(loaded: Loaded) -> dict[str, str]:
    roots = ("Assets:Factor", "Assets:Bank", "Assets:Clients", "Liabilities:Factor", "Expenses")
    return {root: str(loaded.balance(root)) for root in roots}


def test_with_all_copies_nothing_is_generated_and_the_books_are_the_same(
    generated: Loaded, reload: Reload
) -> None:
    frozen = reload(printed(generated))
    assert frozen.messages == []
    assert not [t for t in frozen.generated if t.meta["filename"].endswith("#factoring")]
    assert balances(frozen) == balances(generated)


def test_a_part_may_be_frozen(generated: Loaded, reload: Reload) -> None:
    frozen = reload(printed(generated, first=5))
    assert frozen.messages == []
    assert len(frozen.generated) == len(generated.generated)
    assert balances(frozen) == balances(generated)


def test_a_copy_of_a_copy_is_the_same(generated: Loaded, reload: Reload) -> None:
    once = reload(printed(generated))
    twice = reload(printed(once))
    assert twice.messages == []
    assert printed(twice) == printed(once)


def test_where_the_cause_stands_does_not_matter(generated: Loaded, reload: Reload) -> None:
    moved = printed(generated).replace("contracts.yaml:", "elsewhere.yaml:9")
    assert reload(moved).messages == []


def test_neither_do_zeros_at_the_end_nor_the_order_of_postings(
    generated: Loaded, reload: Reload
) -> None:
    txn = generated.of("commission")[0]
    turned = txn._replace(postings=txn.postings[::-1])
    text = printer.format_entry(turned).replace("4.00 EUR", "4.0000 EUR")
    assert "4.0000" in text
    assert reload(text).messages == []


def test_the_order_of_postings_moves_no_document_to_another_debtor(load: Load) -> None:
    both = """
2026-01-12 * "Payment of two customers"
  Assets:Bank:Shared     600.00 EUR
  Assets:Clients:DUPONT  -300.00 EUR
    settles: "F1"
  Assets:Clients:MARTIN  -300.00 EUR
    settles: "F2"
"""
    text = invoice("2026-01-06", "F1", "300.00") + both + until("2026-01-13")
    text += invoice("2026-01-06", "F2", "300.00", debtor="MARTIN")
    (collection,) = load(text).of("collection")
    assert collection.narration == "Collection: F1, F2"
    turned = collection._replace(postings=collection.postings[::-1])
    assert load(text + printer.format_entry(turned)).messages == []


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("4.00 EUR", "5.00 EUR", "its postings are"),
        ("0.80 EUR", "-0.20 EUR", "its postings are"),
        ("Expenses:Factoring:Commission", "Expenses:Factoring:Charges", "its postings are"),
        ("2026-01-09 *", "2026-01-10 *", "date is 2026-01-10, not 2026-01-09"),
        ("2026-01-09 *", "2026-01-09 !", "flag is !, not *"),
        ("BPCE Factor", "Other Factor", "payee is Other Factor, not BPCE Factor"),
        ("Commission on", "Fee of", "narration is Fee of remittance bpce/2026-01, not Commission"),
        ("#factoring", "#factoring #closed", "its tags are closed, not none"),
        ("#factoring", "#factoring ^F9", "its links are F9, not none"),
        (
            'remittance: "bpce/2026-01"',
            'remittance: "R-1"',
            "metadata is remittance R-1, not remittance bpce/2026-01",
        ),
    ],
)
def test_a_copy_that_differs_is_an_error_at_the_copy(
    generated: Loaded, reload: Reload, old: str, new: str, difference: str
) -> None:
    text = printer.format_entry(generated.of("commission")[0])
    changed = text.replace(old, new)
    assert changed != text
    # What does not balance any more is Beancount's own error; ours comes first.
    loaded = reload("\n\n" + changed)
    first = loaded.errors[0]
    assert first.message.startswith(
        "bpce/2026-01/commission differs from what the ledger gives now"
    )
    assert difference in first.message
    assert first.source["filename"] == str(loaded.folder / "copies.beancount")
    assert first.source["lineno"] == 3
    # Nothing is generated beside it, so that nothing is booked twice.
    assert len(loaded.of("commission")) == len(generated.of("commission"))


def test_a_figure_that_changed_since_is_an_error_at_the_copy(
    generated: Loaded, reload: Reload
) -> None:
    text = printed(generated)
    ledger = generated.folder / "main.beancount"
    ledger.write_text(ledger.read_text().replace("1000.00 EUR", "1100.00 EUR"))
    loaded = reload(text)
    assert loaded.messages
    assert all("differs from what the ledger gives now" in message for message in loaded.messages)
    origin, *others = loaded.messages
    assert origin == (
        "bpce/2026-01/remittance differs from what the ledger gives now: F1 changed (1000.00 EUR,"
        " now 1100.00 EUR); restore what it was made from, or print it anew"
    )
    # The payment was raised, too: its collection has its own document to name.
    follows = "it follows from bpce/2026-01/remittance (F1 changed (1000.00 EUR, now 1100.00 EUR))"
    assert [m.partition(" ")[0] for m in others if follows not in m] == [
        "bpce/2026-01-20/collection/F1"
    ]
    assert all(e.source["filename"].endswith("copies.beancount") for e in loaded.errors)


def test_a_copy_for_which_nothing_would_be_generated_is_an_error(
    generated: Loaded, reload: Reload
) -> None:
    text = printer.format_entry(generated.of("commission")[0])
    loaded = reload(text.replace("bpce/2026-01/commission", "bpce/2025-40/commission"))
    assert loaded.messages == [
        (
            "bpce/2025-40/commission would not be generated from the ledger as it is: what it was"
            " made from (contracts.yaml:3 then) is gone or changed;"
            " restore that, or remove this copy"
        )
    ]


def test_a_copy_of_an_unknown_contract_is_an_error(generated: Loaded, reload: Reload) -> None:
    text = printer.format_entry(generated.of("commission")[0])
    loaded = reload(text.replace("bpce", "nobody"))
    assert len(loaded.messages) == 1
    assert "nobody/2026-01/commission would not be generated" in loaded.messages[0]


def test_the_same_copy_twice_is_an_error_at_the_second(generated: Loaded, reload: Reload) -> None:
    text = printer.format_entry(generated.of("commission")[0])
    loaded = reload(text + "\n" + text)
    (error,) = loaded.errors
    assert error.message == (
        f"bpce/2026-01/commission stands in the ledger twice, first at"
        f" {loaded.folder}/copies.beancount:1: remove one of them"
    )
    assert error.source["lineno"] > 1


def test_copies_do_not_move_the_horizon(generated: Loaded, reload: Reload) -> None:
    text = printer.format_entry(generated.of("commission")[0])
    loaded = reload(text.replace("2026-01-09", "2027-01-09"))
    assert len(loaded.generated) == len(generated.generated)


def test_copies_of_a_contract_that_has_errors_are_not_reported_too(
    generated: Loaded, reload: Reload
) -> None:
    text = printed(generated)
    contract = generated.folder / "contracts.yaml"
    contract.write_text(contract.read_text().replace("guarantee_fund", "garantee_fund"))
    (message,) = reload(text).messages
    assert "garantee_fund: is not a key here" in message
    contract.write_text(contract.read_text() + "  x: [")
    assert len(reload(text).messages) == 1


def test_a_ledger_of_text_alone_can_be_loaded_without_the_plugin(
    generated: Loaded, reload: Reload
) -> None:
    reload(printed(generated))
    ledger = generated.folder / "main.beancount"
    plain = [line for line in ledger.read_text().splitlines() if not line.startswith("plugin")]
    ledger.write_text("\n".join(plain))
    entries, errors, options = loader.load_file(str(ledger))
    assert errors == []
    assert balances(Loaded(generated.folder, entries, errors, options)) == balances(generated)
