"""The audit finds each broken invariant: the package is given a defect, and must be found out."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from beancount_factoring.engine import draws
from beancount_factoring.engine import events
from beancount_factoring.engine import fees
from beancount_factoring.engine import receipts
from beancount_factoring.engine.assignment import Assignment
from beancount_factoring.engine.eligibility import Eligibility
from beancount_factoring.engine.eligibility import EligibilityRule
from beancount_factoring.engine.fund import GuaranteeFund
from beancount_factoring.engine.open_items import OpenItems
from beancount_factoring.engine.state import State
from beancount_factoring.ledger import transactions
from beancount_factoring.treatments import borrowing
from beancount_factoring.treatments import derecognition
from beancount_factoring.treatments.posting import Posting
from tests.invariants.audit import Found
from tests.invariants.audit import audit
from tests.invariants.checking import check
from tests.invariants.checking import history
from tests.invariants.checking import in_any_order
from tests.invariants.checking import in_both_treatments
from tests.invariants.ledger import Ledger
from tests.invariants.ledger import load
from tests.invariants.shrinking import shrink

# A history each for draws by the package and by the bank, with a fund of each build.
SEEDS = (1, 2, 6, 7)
Patch = pytest.MonkeyPatch


@cache
def sound(seed: int) -> Ledger:
    """Return a history that the package as it is books right."""
    with TemporaryDirectory() as folder:
        ledger = history(seed, 200, Path(folder))
        assert check(ledger, Path(folder), seed).broken == []
        return ledger


def unbalanced(patch: Patch) -> None:
    real = derecognition.Derecognition.postings

    def postings(self: Any, event: events.Event) -> list[Posting]:
        made = real(self, event)
        return made[:-1] if isinstance(event, events.GuaranteeMove) else made

    patch.setattr(derecognition.Derecognition, "postings", postings)


def overpayments_vanish(patch: Patch) -> None:
    patch.setattr(OpenItems, "_credit", lambda *_: None)


def a_refund_is_not_booked(patch: Patch) -> None:
    real = derecognition.Derecognition.postings

    def postings(self: Any, event: events.Event) -> list[Posting]:
        return [] if isinstance(event, events.Refund) else real(self, event)

    patch.setattr(derecognition.Derecognition, "postings", postings)


def a_cent_has_no_reason(patch: Patch) -> None:
    real = EligibilityRule.at

    def at(self: Any, *given: Any) -> Eligibility:
        found = real(self, *given)
        return found._replace(eligible=found.eligible - 1)

    patch.setattr(EligibilityRule, "at", at)


def more_is_drawn_than_is_available(patch: Patch) -> None:
    real = draws._book

    def book(state: State, day: datetime.date, amount: int, *given: Any) -> None:
        real(state, day, amount + 100, *given)

    patch.setattr(draws, "_book", book)


def the_fund_has_no_ceiling(patch: Patch) -> None:
    patch.setattr(GuaranteeFund, "_bound", lambda *_: None)


def sweeps_wait_on_mondays(patch: Patch) -> None:
    real = receipts.Receipts.due

    def due(self: Any, day: datetime.date | None) -> Any:
        return real(self, day) if day is None or day.weekday() else []

    patch.setattr(receipts.Receipts, "due", due)


def a_sweep_takes_less_than_the_bank_says(patch: Patch) -> None:
    real = receipts.Receipts.take

    def take(self: Any, bank: str, amount: int) -> Any:
        return real(self, bank, amount - 1)

    patch.setattr(receipts.Receipts, "take", take)


def collections_are_not_booked(patch: Patch) -> None:
    real = derecognition.Derecognition.postings

    def postings(self: Any, event: events.Event) -> list[Posting]:
        return [] if isinstance(event, events.Collection) else real(self, event)

    patch.setattr(derecognition.Derecognition, "postings", postings)


def vat_is_rounded_down(patch: Patch) -> None:
    def vat_on(net: int, rate: Any, day: datetime.date) -> int:
        return 0 if rate is None else int(net * Decimal(rate.at(day)))

    patch.setattr(fees, "vat_on", vat_on)
    for module in ("remittances", "charges", "interest_days"):
        patch.setattr(f"beancount_factoring.engine.{module}.vat_on", vat_on)


def a_return_is_remembered_as_assigned(patch: Patch) -> None:
    real = Assignment.give_back

    def give_back(self: Any, claim: Any, standing: Any, directive: Any) -> int:
        before = claim.standing
        amount = real(self, claim, standing, directive)
        claim.standing = before
        return amount

    patch.setattr(Assignment, "give_back", give_back)


def a_debts_fees_have_no_vat_of_their_own(patch: Patch) -> None:
    real = borrowing.Borrowing.postings

    def postings(self: Any, event: events.Event) -> list[Posting]:
        fee, vat = self.accounts.commission, self.accounts.vat
        return [
            (fee if account == vat else account, amount) for account, amount in real(self, event)
        ]

    patch.setattr(borrowing.Borrowing, "postings", postings)


def a_days_entries_stand_as_written(patch: Patch) -> None:
    patch.setattr(transactions, "_entry_order", lambda entry: entry.date)
    patch.setattr(transactions, "_leg_order", lambda _leg: 0)


@pytest.mark.parametrize(
    ("defect", "number"),
    [
        (unbalanced, 1),
        (overpayments_vanish, 2),
        (a_refund_is_not_booked, 3),
        (a_cent_has_no_reason, 4),
        (more_is_drawn_than_is_available, 5),
        (the_fund_has_no_ceiling, 6),
        (sweeps_wait_on_mondays, 7),
        (a_sweep_takes_less_than_the_bank_says, 7),
        (collections_are_not_booked, 8),
        (vat_is_rounded_down, 9),
        (a_return_is_remembered_as_assigned, 10),
    ],
)
def test_a_defect_is_found(
    defect: Callable[[Patch], None], number: int, tmp_path: Path, monkeypatch: Patch
) -> None:
    ledgers = [sound(seed) for seed in SEEDS]
    defect(monkeypatch)
    numbers: set[int] = set()
    for place, ledger in enumerate(ledgers):
        loaded = load(ledger, tmp_path / str(place))
        numbers |= {broken.number for broken in audit(ledger, loaded).broken}
    assert number in numbers


def test_a_treatment_with_other_expenses_is_found(tmp_path: Path, monkeypatch: Patch) -> None:
    ledgers = [sound(seed) for seed in SEEDS]
    a_debts_fees_have_no_vat_of_their_own(monkeypatch)
    found: list[int] = []
    for place, ledger in enumerate(ledgers):
        loaded = load(ledger, tmp_path / str(place))
        broken = in_both_treatments(ledger, loaded, tmp_path / f"{place} treated", Found())
        found += [each.number for each in broken]
    assert set(found) == {11}


def test_books_that_follow_the_order_of_the_text_are_found(
    tmp_path: Path, monkeypatch: Patch
) -> None:
    ledgers = [sound(seed) for seed in SEEDS]
    a_days_entries_stand_as_written(monkeypatch)
    found: list[int] = []
    for place, ledger in enumerate(ledgers):
        loaded = load(ledger, tmp_path / str(place))
        found += [each.number for each in in_any_order(ledger, loaded, tmp_path / f"{place} m", 3)]
    assert set(found) == {12}


def test_a_failing_history_becomes_a_small_ledger(monkeypatch: Patch) -> None:
    ledger = sound(SEEDS[0])
    overpayments_vanish(monkeypatch)
    with TemporaryDirectory() as folder:
        broken = min(check(ledger, Path(folder), 0).broken, key=lambda each: each.day)
    small = shrink(ledger, broken, 0)
    assert sum(len(case.txns) + len(case.events) for case in small.cases) <= 5
