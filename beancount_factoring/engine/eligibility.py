"""What of the outstanding is funded, and why the rest is not (rules.md, section 2).

Each cent of the outstanding is counted once and given one reason, in the order of `Reason`.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from typing import NamedTuple

from beancount_factoring.contract.dated import Dated
from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import FundingModel
from beancount_factoring.contract.terms import LimitBasis
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Debtor
from beancount_factoring.engine.limits import Limits
from beancount_factoring.engine.money import divide
from beancount_factoring.engine.money import share


class Reason(StrEnum):
    """Why a cent of the outstanding is not funded; the first that applies is its reason."""

    DISPUTED = "disputed"
    OVERDUE = "overdue"
    UNALLOCATED = "unallocated"
    OVER_LIMIT = "over_limit"
    CONCENTRATION = "concentration"


class Exclusion(NamedTuple):
    """A part of a document that is not funded."""

    claim: Claim
    reason: Reason
    amount: int


class _Rest:
    """What is left of a claim while one rule after the other takes its part."""

    __slots__ = ("amount", "claim")

    def __init__(self, claim: Claim, amount: int) -> None:
        self.claim = claim
        self.amount = amount


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The outstanding, split: eligible + the exclusions' sum = `E`."""

    eligible: int
    exclusions: tuple[Exclusion, ...]

    def total(self, reason: Reason) -> int:
        """Return what one reason takes."""
        return sum(part.amount for part in self.exclusions if part.reason is reason)


class _Share(NamedTuple):
    """One debtor's eligible amount before the concentration rule."""

    eligible: int
    rests: list[_Rest]
    exclusions: list[Exclusion]
    until: datetime.date


class EligibilityRule:
    """Computes eligibility on any day; a debtor is looked at anew only when something changed."""

    def __init__(self, contract: Contract, limits: Limits) -> None:
        """Take the contract's terms and the debtors' limits."""
        self._contract = contract
        self._limits = limits
        self._known: dict[str, _Share] = {}
        self._changes = sorted({step.since for term in self._dated_terms() for step in term.steps})

    def _dated_terms(self) -> Iterator[Dated[Any]]:
        """Yield the dated terms that a debtor's share depends on."""
        terms = self._contract.eligibility
        yield terms.overdue
        yield terms.default_limit
        yield from terms.limits.values()
        if self._contract.funding.limit_basis is LimitBasis.FUNDED:
            yield self._contract.guarantee_fund.rate
            yield self._contract.funding.advance_rate

    def at(self, day: datetime.date, debtors: Iterable[Debtor], outstanding: int) -> Eligibility:
        """Split the outstanding of a day."""
        concentration = self._contract.eligibility.concentration.at(day)
        cap = None if concentration is None else share(outstanding, concentration)
        eligible = 0
        exclusions: list[Exclusion] = []
        for debtor in debtors:
            if not debtor.assigned and not debtor.credit_notes:
                continue
            known = self._known.get(debtor.name)
            if known is None or debtor.stale or day >= known.until:
                known = self._known[debtor.name] = self._share(day, debtor)
                debtor.stale = False
            eligible += known.eligible
            exclusions += known.exclusions
            if cap is not None and known.eligible > max(0, cap):
                excess = known.eligible - max(0, cap)
                eligible -= excess
                rests = [_Rest(rest.claim, rest.amount) for rest in known.rests]
                exclusions += _take_last(rests, excess, Reason.CONCENTRATION)
        return Eligibility(eligible, tuple(exclusions))

    def _share(self, day: datetime.date, debtor: Debtor) -> _Share:
        """Apply the rules that look at one debtor alone."""
        overdue = self._contract.eligibility.overdue.at(day)
        until = self._next_change(day)
        exclusions: list[Exclusion] = []
        rests: list[_Rest] = []
        for claim in debtor.assigned_open():
            due = claim.document.due
            if claim.disputed:
                exclusions.append(Exclusion(claim, Reason.DISPUTED, claim.open))
                continue
            if overdue is not None and due is not None:
                defunded = due + datetime.timedelta(days=overdue + 1)
                if day >= defunded:
                    exclusions.append(Exclusion(claim, Reason.OVERDUE, claim.open))
                    continue
                until = min(until, defunded)
            rests.append(_Rest(claim, claim.open))
        unused = debtor.unused_credit_notes
        fundable = sum(rest.amount for rest in rests)
        _take_last(rests, min(unused, fundable), None)
        exclusions += _take_last(
            rests, max(0, min(debtor.unallocated, fundable - unused)), Reason.UNALLOCATED
        )
        exclusions += self._over_limit(day, debtor, rests)
        eligible = sum(rest.amount for rest in rests) - max(0, unused - fundable)
        return _Share(eligible, rests, exclusions, until)

    def _next_change(self, day: datetime.date) -> datetime.date:
        """Return the next day on which a dated term may change a debtor's share."""
        place = bisect_right(self._changes, day)
        return self._changes[place] if place < len(self._changes) else datetime.date.max

    def _over_limit(
        self, day: datetime.date, debtor: Debtor, rests: list[_Rest]
    ) -> list[Exclusion]:
        """Fund a debtor's documents in order, each within the higher of its limit then and now."""
        today = self._limits.at(debtor.name, day)
        if today is None:
            return []
        total = 0
        exclusions = []
        for rest in rests:
            then = rest.claim.limit
            if then is None:
                total += rest.amount
                continue
            limit = self._cap(day, debtor, max(today, then))
            part = max(0, min(rest.amount, limit - total))
            if part < rest.amount:
                exclusions.append(Exclusion(rest.claim, Reason.OVER_LIMIT, rest.amount - part))
                rest.amount = part
            total += part
        return exclusions

    def _cap(self, day: datetime.date, debtor: Debtor, limit: int) -> int:
        """Return what a limit caps of the eligible amount, by the contract's limit basis."""
        if self._contract.funding.limit_basis is LimitBasis.GROSS:
            return limit
        if self._contract.funding.model is FundingModel.ADVANCE_RATE:
            return divide(limit, self._contract.funding.advance_rate.at(day))
        rate = self._contract.guarantee_fund.rate.at(day)
        return limit + share(sum(claim.open for claim in debtor.assigned), rate)


def _take_last(rests: list[_Rest], amount: int, reason: Reason | None) -> list[Exclusion]:
    """Take an amount from the last documents first; without a reason nothing is excluded."""
    taken = []
    for rest in reversed(rests):
        if amount <= 0:
            break
        part = min(rest.amount, amount)
        if part:
            rest.amount -= part
            amount -= part
            if reason is not None:
                taken.append(Exclusion(rest.claim, reason, part))
    return taken
