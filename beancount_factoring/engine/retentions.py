"""What the factor retains at a day's end: guarantee fund and reserve (rules.md, section 3)."""

from __future__ import annotations

import datetime

from beancount_factoring.contract.terms import ReserveMode
from beancount_factoring.engine import events
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.journal import links_of
from beancount_factoring.engine.state import State


def follow_fund(state: State, day: datetime.date) -> None:
    """Bring the guarantee fund to the day's end; a movement that the factor stated wins."""
    today = state.today
    computed = state.fund.follow(day, state.assignment.factor_outstanding, today.remitted)
    movement = computed
    if today.stated_guarantee is not None:
        movement = today.stated_guarantee
        state.fund.carried += movement - computed
    if movement or computed:
        state.account.balance -= movement
        state.journal.record(
            events.GuaranteeMove(
                day=day,
                cause=state.journal.term("guarantee_fund"),
                key=state.journal.key(f"{day}/guarantee"),
                remittance=today.remittance,
                amount=movement,
                computed=computed,
                balance=state.fund.balance,
            )
        )


def follow_reserve(state: State, day: datetime.date) -> None:
    """Move what cannot be funded between the current account and a posted reserve."""
    if state.contract.funding.reserve is not ReserveMode.POSTED:
        return
    eligibility = state.eligibility(day)
    reserved: dict[int, tuple[Claim, int]] = {}
    for claim, _reason, amount in eligibility.exclusions:
        before = reserved.get(id(claim), (claim, 0))[1]
        reserved[id(claim)] = (claim, before + amount)
    parts = _changes(state.reserved, reserved)
    target = state.assignment.outstanding - eligibility.eligible
    movement = target - state.reserve
    state.reserved, state.reserve = reserved, target
    if movement:
        state.account.balance -= movement
        state.journal.record(
            events.ReserveMove(
                day=day,
                cause=state.journal.term("funding.reserve"),
                key=state.journal.key(f"{day}/reserve"),
                links=links_of(parts),
                amount=movement,
                parts=parts,
            )
        )


def _changes(
    before: dict[int, tuple[Claim, int]], after: dict[int, tuple[Claim, int]]
) -> tuple[Part, ...]:
    """Return the documents that enter and leave, by date and number."""
    claims = {key: claim for key, (claim, _amount) in (before | after).items()}
    changes = [
        Part(claim.document, after.get(key, (claim, 0))[1] - before.get(key, (claim, 0))[1])
        for key, claim in claims.items()
    ]
    return tuple(
        sorted(
            (part for part in changes if part.amount),
            key=lambda part: (part.document.date, part.document.number or ""),
        )
    )
