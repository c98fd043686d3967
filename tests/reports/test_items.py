"""The items: each document's state and why it is not funded."""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal
from typing import Any

from beancount_factoring.reports.aged import aged_report
from beancount_factoring.reports.items import Item
from beancount_factoring.reports.items import item_report
from beancount_factoring.reports.position import position_report
from beancount_factoring.reports.source import report_source
from tests.conftest import ACCOUNTS
from tests.conftest import Load
from tests.conftest import Loaded
from tests.reports.ledgers import DURAND
from tests.reports.ledgers import EVENTFUL
from tests.reports.ledgers import TERMS


def items_on(loaded: Loaded, day: str, *, settled: bool = False) -> list[Item]:
    (on,) = report_source(loaded.entries, loaded.options).on(datetime.date.fromisoformat(day))
    return item_report(on, settled=settled)


def states(loaded: Loaded, day: str, *, settled: bool = False) -> dict[str, str]:
    """Return the state of each document by number and due date."""
    return {
        f"{item.document or item.type} {item.due or ''}".strip(): item.state.value
        for item in items_on(loaded, day, settled=settled)
    }


def eventful(load: Load) -> Loaded:
    loaded = load(EVENTFUL, TERMS, accounts=ACCOUNTS + DURAND)
    assert loaded.messages == []
    return loaded


def test_json_is_that_of_the_interface(load: Load) -> None:
    first = items_on(eventful(load), "2026-01-09")[0].as_json()
    assert first == {
        "contract": "bpce",
        "debtor": "DUPONT",
        "document": "F0",
        "type": "invoice",
        "date": "2026-01-02",
        "due": "2026-01-20",
        "amount": "800.00",
        "open": "800.00",
        "state": "assigned",
        "reasons": {},
    }
    assert list(first) == [
        "contract",
        "debtor",
        "document",
        "type",
        "date",
        "due",
        "amount",
        "open",
        "state",
        "reasons",
    ]


def test_each_state_of_a_contracts_life(load: Load) -> None:
    loaded = eventful(load)
    assert states(loaded, "2026-01-08") == {
        "F0 2026-01-20": "open",
        "F1 2026-01-10": "open",
        "F1 2026-02-10": "open",
        "F2 2026-01-16": "open",
        "F3 2026-02-06": "open",
        "credit": "open",
    }
    assert states(loaded, "2026-01-14") == {
        "F0 2026-01-20": "assigned",
        "F1 2026-01-10": "assigned",
        "F1 2026-02-10": "assigned",
        "F2 2026-01-16": "disputed",
        "F3 2026-02-06": "open",
        "A2": "open",
        "credit": "open",
    }
    assert states(loaded, "2026-01-20")["F0 2026-01-20"] == "collected"
    assert "F0 2026-01-20" not in states(loaded, "2026-01-21")
    assert states(loaded, "2026-01-21", settled=True)["F0 2026-01-20"] == "settled"
    assert states(loaded, "2026-02-03")["F6 2026-02-02"] == "returned"
    assert states(loaded, "2026-02-04")["F2 2026-01-16"] == "defaulted"


def test_a_credit_note_without_an_invoice_is_assigned_when_remitted(load: Load) -> None:
    loaded = eventful(load)
    assert states(loaded, "2026-01-15")["A2"] == "open"
    assert states(loaded, "2026-01-16")["A2"] == "assigned"
    (note,) = [item for item in items_on(loaded, "2026-01-16") if item.document == "A2"]
    assert (note.amount, note.open, note.due) == (Decimal("-400.00"), Decimal("-400.00"), None)
    # Deducted from a payment, its part is in hand until the factor swept the difference.
    assert states(loaded, "2026-01-21")["A2"] == "collected"
    assert "A2" not in states(loaded, "2026-01-22")


def test_items_and_credits_without_a_number_have_none(load: Load) -> None:
    items = items_on(eventful(load), "2026-01-15")
    rows: list[dict[str, Any]] = [item.as_json() for item in items if item.document is None]
    assert [
        (row["type"], row["document"], row["due"], row["amount"], row["open"], row["reasons"])
        for row in rows
    ] == [
        # What corrects or settles a document of a later date, until that date.
        ("credit", None, None, "-100.00", "-100.00", {}),
        ("credit", None, None, "-150.00", "-150.00", {}),
        ("item", None, "2026-02-14", "90.00", "90.00", {}),
    ]


def test_a_document_tells_why_it_is_not_funded(load: Load) -> None:
    items = items_on(eventful(load), "2026-01-19")
    reasons = {f"{item.document} {item.due}": item.as_json()["reasons"] for item in items}
    assert reasons["F2 2026-01-16"] == {"disputed": "5000.00"}
    assert reasons["F1 2026-02-10"] == {"unallocated": "100.00", "over_limit": "500.00"}
    assert reasons["F0 2026-01-20"] == {}


def test_reasons_add_up_to_the_position_and_open_amounts_to_the_aged_balance(load: Load) -> None:
    loaded = eventful(load)
    source = report_source(loaded.entries, loaded.options)
    day, last = datetime.date(2026, 1, 1), datetime.date(2026, 3, 2)
    reasons_seen = set()
    while day <= last:
        (on,) = source.on(day)
        items = item_report(on)
        for reason, amount in position_report(source, on).ineligible.items():
            assert amount == sum(item.reasons.get(reason, 0) for item in items), (day, reason)
            reasons_seen |= {reason} if amount else set()
        by_debtor = {
            debtor: sum(item.open for item in group if item.state != "defaulted")
            for debtor, group in itertools.groupby(items, lambda item: item.debtor)
        }
        totals = {line.debtor: line.total for line in aged_report(on).debtors}
        assert {d: t for d, t in totals.items() if t} == {d: t for d, t in by_debtor.items() if t}
        day += datetime.timedelta(days=1)
    assert reasons_seen == {"disputed", "overdue", "unallocated", "over_limit"}
