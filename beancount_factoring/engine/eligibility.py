"""What of the outstanding is funded, and why the rest is not (rules.md, section 2).

Each cent of the outstanding is counted once and given one reason, in the order of `Reason`.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Iterator
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


class Eligibility(NamedTuple):
    """The outstanding, split: eligible + the exclusions' sum = `E`."""

    eligible: int
    exclusions: tuple[Exclusion, ...]

    def total(self, reason: Reason) -> int:
        """Return what one reason takes."""
        return sum(part.amount for part in self.exclusions if part.reason is reason)


class DebtorShare(NamedTuple):
    """One debtor's eligible amount before the concentration rule.

    `claims` and `amounts` are its documents in the order of limits, with what is left of each;
    `noted` is what its unused credit notes take off them. No dated term changes before `until`.
    """

    eligible: int
    claims: list[Claim]
    amounts: list[int]
    exclusions: list[Exclusion]
    until: datetime.date
    noted: list[tuple[Claim, int]]


class EligibilityRule:
    """Computes eligibility on any day; a debtor is looked at anew only when something changed."""

    def __init__(self, contract: Contract, limits: Limits) -> None:
        """Take the contract's terms and the debtors' limits."""
        self._contract = contract
        self._limits = limits
        self._known: dict[str, DebtorShare] = {}
        self._last = datetime.date.min
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

    def at(
        self, day: datetime.date, debtors: Iterable[Debtor], outstanding: int, unattributed: int = 0
    ) -> Eligibility:
        """Split the outstanding of a day; `unattributed` is what of it belongs to no debtor."""
        if day < self._last:
            # What is known was looked at with a later day's eyes.
            self._known.clear()
        self._last = day
        concentration = self._contract.eligibility.concentration.at(day)
        cap = None if concentration is None else share(outstanding, concentration)
        overdue = self._contract.eligibility.overdue.at(day)
        next_change = self._next_change(day)
        # Without these two rules, only a debtor's own troubles can exclude anything.
        is_strict = overdue is not None or self._limits.has_any
        eligible = unattributed
        exclusions: list[Exclusion] = []
        for debtor in debtors:
            if not (is_strict or debtor.credits or debtor.earmarked or debtor.was_disputed) and (
                cap is None or debtor.exposure <= max(0, cap)
            ):
                eligible += debtor.exposure
                continue
            if not debtor.assigned and not debtor.credit_notes:
                continue
            known = self._known.get(debtor.name)
            if known is None or debtor.stale or day >= known.until:
                known = self._known[debtor.name] = self._share(day, debtor, overdue, next_change)
                debtor.stale = False
            eligible += known.eligible
            exclusions += known.exclusions
            if cap is not None and known.eligible > max(0, cap):
                excess = known.eligible - max(0, cap)
                eligible -= excess
                taken = _take_last(known.claims, list(known.amounts), excess)
                exclusions += (Exclusion(c, Reason.CONCENTRATION, part) for c, part in taken)
        return Eligibility(eligible, tuple(exclusions))

    def share_of(self, day: datetime.date, debtor: Debtor) -> DebtorShare:
        """Look at one debtor on a day, for who wants to know how its share is made."""
        overdue = self._contract.eligibility.overdue.at(day)
        return self._share(day, debtor, overdue, self._next_change(day))

    def _share(
        self, day: datetime.date, debtor: Debtor, overdue: int | None, until: datetime.date
    ) -> DebtorShare:
        """Apply the rules that look at one debtor alone; no dated term changes before `until`."""
        exclusions: list[Exclusion] = []
        claims = debtor.assigned_open()
        if overdue is not None or debtor.was_disputed:
            claims, until = _sift(claims, day, overdue, until, exclusions)
        amounts = [claim.open for claim in claims]
        fundable = eligible = sum(amounts)
        unused = debtor.unused_credit_notes
        unallocated = min(debtor.unallocated, fundable - unused)
        noted = _take_last(claims, amounts, min(unused, fundable)) if unused else []
        if unallocated > 0:
            taken = _take_last(claims, amounts, unallocated)
            exclusions += (Exclusion(c, Reason.UNALLOCATED, part) for c, part in taken)
        if self._limits.has_any:
            exclusions += self._over_limit(day, debtor, claims, amounts)
        if unused or exclusions:
            eligible = sum(amounts) - max(0, unused - fundable)
        return DebtorShare(eligible, claims, amounts, exclusions, until, noted)

    def _next_change(self, day: datetime.date) -> datetime.date:
        """Return the next day on which a dated term may change a debtor's share."""
        place = bisect_right(self._changes, day)
        return self._changes[place] if place < len(self._changes) else datetime.date.max

    def _over_limit(
        self, day: datetime.date, debtor: Debtor, claims: list[Claim], amounts: list[int]
    ) -> list[Exclusion]:
        """Fund a debtor's documents in order, each within the higher of its limit then and now."""
        today = self._limits.at(debtor.name, day)
        if today is None:
            return []
        total = 0
        exclusions = []
        for place, claim in enumerate(claims):
            amount = amounts[place]
            if claim.limit is not None:
                limit = self.cap(day, debtor, max(today, claim.limit))
                funded = max(0, min(amount, limit - total))
                if funded < amount:
                    exclusions.append(Exclusion(claim, Reason.OVER_LIMIT, amount - funded))
                    amounts[place] = amount = funded
            total += amount
        return exclusions

    def cap(self, day: datetime.date, debtor: Debtor, limit: int) -> int:
        """Return what a limit caps of the eligible amount, by the contract's limit basis."""
        if self._contract.funding.limit_basis is LimitBasis.GROSS:
            return limit
        if self._contract.funding.model is FundingModel.ADVANCE_RATE:
            return divide(limit, self._contract.funding.advance_rate.at(day))
        rate = self._contract.guarantee_fund.rate.at(day)
        return limit + share(sum(claim.open for claim in debtor.assigned), rate)


def _sift(
    claims: list[Claim],
    day: datetime.date,
    overdue: int | None,
    until: datetime.date,
    exclusions: list[Exclusion],
) -> tuple[list[Claim], datetime.date]:
    """Exclude disputed and overdue claims; return the others, and when the next one is overdue."""
    others = []
    for claim in claims:
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
        others.append(claim)
    return others, until


def _take_last(claims: list[Claim], amounts: list[int], amount: int) -> list[tuple[Claim, int]]:
    """Take an amount off the last documents first; return what is taken of each."""
    taken = []
    for place in reversed(range(len(claims))):
        if amount <= 0:
            break
        part = min(amounts[place], amount)
        if part:
            amounts[place] -= part
            amount -= part
            taken.append((claims[place], part))
    return taken
