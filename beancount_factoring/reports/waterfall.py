"""The way from what is outstanding to what may be drawn, step by step (rules.md, section 2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from beancount_factoring.contract.terms import FundingModel
from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.engine.money import share
from beancount_factoring.reports.position import PositionReport
from beancount_factoring.reports.source import ContractDay


class StepKind(StrEnum):
    """A level that is reached, or what takes from one level to the next.

    `not_advanced` is what the advance rate leaves unfunded, `over_ceiling` what the contract's
    ceiling cuts off.
    """

    OUTSTANDING = "outstanding"
    INELIGIBLE = "ineligible"
    ELIGIBLE = "eligible"
    GUARANTEE_FUND = "guarantee_fund"
    NOT_ADVANCED = "not_advanced"
    OVER_CEILING = "over_ceiling"
    CAPACITY = "capacity"
    FUNDS_IN_USE = "funds_in_use"
    AVAILABLE = "available"

    @property
    def is_level(self) -> bool:
        """Whether it is a level, and no step between two."""
        return self in {self.OUTSTANDING, self.ELIGIBLE, self.CAPACITY, self.AVAILABLE}


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """One bar: `amount` as the position has it, `since` and `until` where it begins and ends.

    A level begins at zero; a step begins at the last level and ends at what is left. `reason` says
    which part of the ineligible a step is.
    """

    kind: StepKind
    amount: Decimal
    since: Decimal
    until: Decimal
    reason: Reason | None = None


def waterfall(on: ContractDay, position: PositionReport) -> tuple[WaterfallStep, ...]:
    """Return a position's steps from the outstanding to the available."""
    zero = Decimal()
    steps: list[WaterfallStep] = []
    left = zero
    for kind, amount, reason in _steps(on, position):
        if kind.is_level:
            steps.append(WaterfallStep(kind, amount, zero, amount))
            left = amount
        else:
            steps.append(WaterfallStep(kind, amount, left, left - amount, reason))
            left -= amount
    return tuple(steps)


def _steps(
    on: ContractDay, position: PositionReport
) -> Iterator[tuple[StepKind, Decimal, Reason | None]]:
    """Yield the steps; a reason or a ceiling that takes nothing is left out."""
    capacity = position.available + position.funds_in_use
    yield StepKind.OUTSTANDING, position.outstanding, None
    for reason, amount in position.ineligible.items():
        if amount:
            yield StepKind.INELIGIBLE, amount, reason
    yield StepKind.ELIGIBLE, position.eligible, None
    left = position.eligible
    if on.contract.funding.model is FundingModel.GUARANTEE_FUND:
        yield StepKind.GUARANTEE_FUND, position.guarantee_fund, None
        left -= position.guarantee_fund
    elif on.is_active:
        rate = on.contract.funding.advance_rate.at(on.day)
        advanced = on.amount(share(on.units.nearest(position.eligible), rate))
        yield StepKind.NOT_ADVANCED, left - advanced, None
        left = advanced
    if left != capacity:
        yield StepKind.OVER_CEILING, left - capacity, None
    yield StepKind.CAPACITY, capacity, None
    yield StepKind.FUNDS_IN_USE, position.funds_in_use, None
    yield StepKind.AVAILABLE, position.available, None
