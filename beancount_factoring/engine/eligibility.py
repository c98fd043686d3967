"""What of the outstanding is funded, and why the rest is not (rules.md, section 2).

Each cent of the outstanding is counted once and given one reason, in the order of `Reason`.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
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
from beancount_factoring.tuples import new


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
    """The outstanding, split: eligible + the exclusions' sum = `E`.

    `by_debtor` has the debtors that have exclusions. Where nothing changed for a debtor since the
    rule was last asked, its list is the same object.
    """

    eligible: int
    by_debtor: Mapping[str, Sequence[Exclusion]]

    @property
    def exclusions(self) -> list[Exclusion]:
        """All exclusions, debtor by debtor."""
        return [part for name in sorted(self.by_debtor) for part in self.by_debtor[name]]

    def total(self, reason: Reason) -> int:
        """Return what one reason takes."""
        parts = (part for of_debtor in self.by_debtor.values() for part in of_debtor)
        return sum(part.amount for part in parts if part.reason is reason)


class DebtorShare(NamedTuple):
    """One debtor's eligible amount before the concentration rule.

    `claims` and `amounts` are its documents in the order of limits, with what is left of each;
    `noted` is what its unused credit notes take off them. No dated term changes before `until`.
    """

    eligible: int
    claims: Sequence[Claim]
    amounts: Sequence[int]
    exclusions: Sequence[Exclusion]
    until: datetime.date
    noted: Sequence[tuple[Claim, int]]


class _Rule(NamedTuple):
    """What a day makes of every debtor.

    Claims due up to `last_due` are overdue, `delay` after they are due; `None` where they are
    funded however late. No dated term changes before `until`.
    """

    day: datetime.date
    last_due: datetime.date | None
    delay: datetime.timedelta | None
    until: datetime.date


class EligibilityRule:
    """Computes eligibility on any day; a debtor is looked at anew only when something changed."""

    def __init__(self, contract: Contract, limits: Limits) -> None:
        """Take the contract's terms and the debtors' limits."""
        self._contract = contract
        self._limits = limits
        self._changes = sorted({step.since for term in self._dated_terms() for step in term.steps})
        self._last = datetime.date.min
        self._forget()

    def _forget(self) -> None:
        self._known: dict[str, DebtorShare] = {}
        self._eligible = 0
        self._excluded: dict[str, Sequence[Exclusion]] = {}
        # What is eligible of each debtor, and who is to be looked at again on which day.
        self._amounts: dict[str, int] = {}
        self._watched_from = 0
        self._watched: set[str] = set()
        self._ends: defaultdict[datetime.date, list[str]] = defaultdict(list)

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
        self,
        day: datetime.date,
        debtors: Mapping[str, Debtor],
        changed: list[Debtor],
        outstanding: int,
        unattributed: int = 0,
    ) -> Eligibility:
        """Split the outstanding of a day; `unattributed` is what of it belongs to no debtor.

        `changed` are the debtors in whom something changed; it is emptied.
        """
        if day < self._last:
            # What is known was looked at with a later day's eyes.
            self._forget()
            self._look_at(day, debtors.values())
        else:
            self._look_at(day, (*changed, *self._ended(day, debtors)))
        changed.clear()
        self._last = day
        concentration = self._contract.eligibility.concentration.at(day)
        eligible, by_debtor = self._eligible + unattributed, self._excluded.copy()
        if concentration is not None:
            cap = max(0, share(outstanding, concentration))
            for name in self._above(cap):
                excess = self._amounts[name] - cap
                eligible -= excess
                by_debtor[name] = self._concentrated(day, debtors[name], excess)
        return Eligibility(eligible, by_debtor)

    def _above(self, cap: int) -> list[str]:
        """Return the debtors of whom more than a cap is eligible.

        Few are watched: those above half of it, until the cap itself falls so low.
        """
        amounts = self._amounts
        if not self._watched_from <= cap <= 4 * self._watched_from:
            self._watched_from = cap // 2
            self._watched = {name for name, amount in amounts.items() if amount > cap // 2}
        return [name for name in sorted(self._watched) if amounts[name] > cap]

    def _ended(self, day: datetime.date, debtors: Mapping[str, Debtor]) -> list[Debtor]:
        """Return the debtors whose share changes by the mere passing of days since the last one."""
        ended: list[Debtor] = []
        known = self._known
        for end in [end for end in self._ends if end <= day]:
            for name in self._ends.pop(end):
                debtor = debtors[name]
                if not debtor.stale and known[name].until == end:
                    ended.append(debtor)
        return ended

    def _look_at(self, day: datetime.date, debtors: Iterable[Debtor]) -> None:
        """Look at debtors anew, and bring the totals up to what is found."""
        rule = self._rule(day)
        until = rule.until
        # Without these two rules, only a debtor's own troubles can exclude anything.
        is_strict = rule.last_due is not None or self._limits.has_any
        for debtor in debtors:
            name = debtor.name
            debtor.stale = False
            known = self._known.get(name)
            if not (is_strict or debtor.credits or debtor.earmarked or debtor.was_disputed):
                found = new(DebtorShare, (debtor.exposure, (), (), (), until, ()))
            elif known is not None and self._only_less(rule, debtor, known):
                found = new(DebtorShare, (debtor.exposure, (), (), (), known.until, ()))
            elif debtor.assigned or debtor.credit_notes:
                found = self._share(rule, debtor)
            else:
                found = new(DebtorShare, (0, (), (), (), until, ()))
            debtor.has_new = False
            self._known[name] = found
            self._eligible += found.eligible - self._amounts.get(name, 0)
            self._amounts[name] = found.eligible
            if found.eligible > self._watched_from:
                self._watched.add(name)
            else:
                self._watched.discard(name)
            if found.exclusions:
                self._excluded[name] = found.exclusions
            elif known is not None and known.exclusions:
                del self._excluded[name]
            if known is None or found.until != known.until or known.until <= day:
                self._ends[found.until].append(name)

    def _only_less(self, rule: _Rule, debtor: Debtor, known: DebtorShare) -> bool:
        """Tell whether all is eligible of a debtor who owes nothing new, as it was before.

        Then its documents need not be looked at: what they come to is its exposure.
        """
        if (
            debtor.has_new
            or known.exclusions
            or rule.day >= known.until
            or debtor.credits
            or debtor.earmarked
            or debtor.credit_notes
            or debtor.was_disputed
        ):
            return False
        limit = self._limits.at(debtor.name, rule.day)
        return limit is None or debtor.exposure <= limit

    def _concentrated(self, day: datetime.date, debtor: Debtor, excess: int) -> list[Exclusion]:
        """Return a debtor's exclusions where an excess is above the contract's concentration."""
        known = self._known[debtor.name]
        if not known.claims:
            known = self.share_of(day, debtor)
        taken = _take_last(known.claims, list(known.amounts), excess)
        return [*known.exclusions, *(Exclusion(c, Reason.CONCENTRATION, part) for c, part in taken)]

    def share_of(self, day: datetime.date, debtor: Debtor) -> DebtorShare:
        """Look at one debtor on a day, for who wants to know how its share is made."""
        return self._share(self._rule(day), debtor)

    def _rule(self, day: datetime.date) -> _Rule:
        overdue = self._contract.eligibility.overdue.at(day)
        delay = None if overdue is None else datetime.timedelta(days=overdue + 1)
        return _Rule(day, None if delay is None else day - delay, delay, self._next_change(day))

    def _share(self, rule: _Rule, debtor: Debtor) -> DebtorShare:
        """Apply the rules that look at one debtor alone."""
        exclusions: list[Exclusion] = []
        claims, until = _sift(debtor, rule, exclusions)
        amounts = [claim.open for claim in claims]
        fundable = sum(amounts)
        unused, noted = debtor.unused_credit_notes, []
        if unused or debtor.credits or debtor.earmarked:
            unallocated = min(debtor.unallocated, fundable - unused)
            noted = _take_last(claims, amounts, min(unused, fundable))
            taken = _take_last(claims, amounts, unallocated)
            exclusions += (Exclusion(c, Reason.UNALLOCATED, part) for c, part in taken)
        limit = self._limits.at(debtor.name, rule.day)
        # Whatever a limit is based on, it caps no less than itself.
        if limit is not None and fundable > limit:
            exclusions += self._over_limit(rule.day, debtor, limit, claims, amounts)
        eligible = sum(amounts) - max(0, unused - fundable)
        return new(DebtorShare, (eligible, claims, amounts, exclusions, until, noted))

    def _next_change(self, day: datetime.date) -> datetime.date:
        """Return the next day on which a dated term may change a debtor's share."""
        place = bisect_right(self._changes, day)
        return self._changes[place] if place < len(self._changes) else datetime.date.max

    def _over_limit(
        self,
        day: datetime.date,
        debtor: Debtor,
        today: int,
        claims: list[Claim],
        amounts: list[int],
    ) -> list[Exclusion]:
        """Fund a debtor's documents in order, each within the higher of its limit then and now."""
        cap_today = self.cap(day, debtor, today)
        total = 0
        exclusions = []
        for place, claim in enumerate(claims):
            amount, limit = amounts[place], claim.limit
            if limit is not None:
                cap = cap_today if limit <= today else self.cap(day, debtor, limit)
                funded = max(0, min(amount, cap - total))
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
    debtor: Debtor, rule: _Rule, exclusions: list[Exclusion]
) -> tuple[list[Claim], datetime.date]:
    """Exclude disputed and overdue claims; return the others, and when the next one is overdue."""
    last, first_due, until = rule.last_due, datetime.date.max, rule.until
    others = []
    for claim in debtor.assigned_open():
        due = claim.document.due
        if claim.disputed:
            exclusions.append(Exclusion(claim, Reason.DISPUTED, claim.open))
        elif last is not None and due is not None and due <= last:
            exclusions.append(Exclusion(claim, Reason.OVERDUE, claim.open))
        else:
            others.append(claim)
            if due is not None and due < first_due:
                first_due = due
    if rule.delay is not None and first_due < until - rule.delay:
        until = first_due + rule.delay
    return others, until


def _take_last(claims: Sequence[Claim], amounts: list[int], amount: int) -> list[tuple[Claim, int]]:
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
