"""What the factor retains at a day's end: guarantee fund and reserve (rules.md, section 3)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from operator import attrgetter

from beancount_factoring.contract.terms import ReserveMode
from beancount_factoring.engine import events
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.eligibility import Exclusion
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.journal import links_of
from beancount_factoring.engine.state import State
from beancount_factoring.tuples import new

# What can be excluded are invoices, and each has a number.
_part_order = attrgetter("document.date", "document.number")


def follow_fund(state: State, day: datetime.date, directives: Iterable[Directive]) -> None:
    """Bring the guarantee fund to the day's end; a movement that the factor stated wins.

    Where only the factor's figures are booked, a computed movement waits for the next stated one.
    """
    today, fund = state.today, state.fund
    for directive in directives:
        if directive.kind is DirectiveKind.GUARANTEE:
            today.state_guarantee(directive.amount, directive.cause)
    computed = fund.follow(day, state.assignment.factor_outstanding, today.remitted)
    movement = today.stated_guarantee
    if state.books_stated_figures or movement is not None:
        fund.wait(computed)
        if movement is None:
            return
        computed = fund.state(movement)
    else:
        movement = computed
    if movement or computed:
        state.account.balance -= movement
        state.journal.record(
            events.GuaranteeMove(
                day=day,
                cause=today.guarantee_cause or state.journal.term("guarantee_fund"),
                key=state.journal.key(f"{day}/guarantee"),
                remittance=today.remittance,
                amount=movement,
                computed=computed,
                balance=state.fund.balance,
            )
        )


def follow_reserve(state: State, day: datetime.date, directives: Iterable[Directive]) -> None:
    """Move what cannot be funded between the current account and a posted reserve."""
    if state.contract.funding.reserve is not ReserveMode.POSTED:
        return
    if state.books_stated_figures:
        _state_reserve(state, day, [d for d in directives if d.kind is DirectiveKind.RESERVE])
        return
    eligibility = state.eligibility(day)
    parts = _changes(state.reserved, eligibility.by_debtor)
    target = state.assignment.outstanding - eligibility.eligible
    movement = target - state.reserve
    state.reserved, state.reserve = eligibility.by_debtor, target
    if movement:
        state.account.balance -= movement
        state.journal.record(
            events.ReserveMove(
                day=day,
                cause=state.journal.term("funding.reserve"),
                key=state.journal.key(f"{day}/reserve"),
                links=links_of(parts),
                amount=movement,
                computed=movement,
                parts=parts,
            )
        )


def _state_reserve(state: State, day: datetime.date, stated: Sequence[Directive]) -> None:
    """Book the factor's own movement; what the contract gives since the last stands beside it."""
    if not stated:
        return
    target = state.assignment.outstanding - state.eligibility(day).eligible
    computed = target - state.reserve_computed
    movement = sum(directive.amount for directive in stated)
    state.reserve_computed = target
    state.reserve += movement
    state.account.balance -= movement
    if movement or computed:
        state.journal.record(
            events.ReserveMove(
                day=day,
                cause=stated[0].cause,
                key=state.journal.key(f"{day}/reserve"),
                amount=movement,
                computed=computed,
                parts=(),
            )
        )


def _changes(
    before: Mapping[str, Sequence[Exclusion]], after: Mapping[str, Sequence[Exclusion]]
) -> tuple[Part, ...]:
    """Return the documents that enter and leave, by date and number."""
    changed: defaultdict[Claim, int] = defaultdict(int)
    for name, parts in before.items():
        if after.get(name) is not parts:
            for claim, _reason, amount in parts:
                changed[claim] -= amount
    for name, parts in after.items():
        if before.get(name) is not parts:
            for claim, _reason, amount in parts:
                changed[claim] += amount
    moved = [new(Part, (claim.document, amount)) for claim, amount in changed.items() if amount]
    moved.sort(key=_part_order)
    return tuple(moved)
