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
from decimal import Decimal
from enum import StrEnum
from typing import Any
from typing import Final
from typing import NamedTuple

from beancount_factoring.contract.dated import Dated
from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import FundingModel
from beancount_factoring.contract.terms import LimitBasis
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Debtor
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.limits import Limits
from beancount_factoring.engine.money import divide
from beancount_factoring.engine.money import share
from beancount_factoring.engine.open_items import OpenItems
from beancount_factoring.tuples import new


class Reason(StrEnum):
    """Why a cent of the outstanding is not funded; the first that applies is its reason."""

    DISPUTED = "disputed"
    OVERDUE = "overdue"
    UNALLOCATED = "unallocated"
    OVER_LIMIT = "over_limit"
    CONCENTRATION = "concentration"


_DISPUTED: Final = Reason.DISPUTED
_OVERDUE: Final = Reason.OVERDUE
_UNALLOCATED: Final = Reason.UNALLOCATED
_OVER_LIMIT: Final = Reason.OVER_LIMIT
_CONCENTRATION: Final = Reason.CONCENTRATION


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
    `noted` is what its unused credit notes take off them.
    """

    eligible: int
    claims: Sequence[Claim]
    amounts: Sequence[int]
    exclusions: Sequence[Exclusion]
    noted: Sequence[tuple[Claim, int]]


_NEVER: Final = datetime.date.max
_NONE: Final = Decimal(0)
_WHOLE: Final = Decimal(1)
_UNKNOWN: Final = DebtorShare(0, (), (), (), ())
"""A debtor before it is looked at."""


class _Rule(NamedTuple):
    """What a day makes of every debtor.

    Claims due up to `last_due` are overdue; the first of all days, where they are funded however
    late. A limit is raised by `fund_rate` of the open amounts, and divided by `advance_rate`: 0 and
    1, where the contract's limits do not cap what is funded.
    """

    last_due: datetime.date
    fund_rate: Decimal
    advance_rate: Decimal

    def cap(self, debtor: Debtor, limit: int) -> int:
        """Return what a limit caps of the eligible amount, by the contract's limit basis."""
        raised = limit
        if self.fund_rate:
            raised += share(sum([claim.open for claim in debtor.assigned]), self.fund_rate)
        return raised if self.advance_rate == 1 else divide(raised, self.advance_rate)


class EligibilityRule:
    """Computes eligibility on any day; a debtor is looked at anew only when something changed."""

    def __init__(self, contract: Contract, limits: Limits) -> None:
        """Take the contract's terms and the debtors' limits."""
        self._contract = contract
        self._limits = limits
        self._changes = sorted({step.since for term in self._dated_terms() for step in term.steps})
        # The last day asked for, and which claims were overdue on it.
        self._last = self._last_due = datetime.date.min
        self._by_due: dict[datetime.date, list[Claim]] | None = None
        self._dues: list[datetime.date] = []
        self._forget()

    def _forget(self) -> None:
        self._known: dict[str, DebtorShare] = {}
        self._eligible = 0
        self._excluded: dict[str, Sequence[Exclusion]] = {}
        # Who may be above the concentration.
        self._watched_from = 0
        self._watched: set[str] = set()

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
        self, day: datetime.date, items: OpenItems, outstanding: int, unattributed: int = 0
    ) -> Eligibility:
        """Split the outstanding of a day; `unattributed` is what of it belongs to no debtor."""
        rule, debtors = self._rule(day), items.debtors
        if day < self._last or self._has_changed(day):
            # What is known was looked at with another day's eyes.
            self._forget()
            self._look_at(day, rule, debtors.values())
        else:
            self._note_overdue(items, rule.last_due)
            self._look_at(day, rule, items.changed)
        items.changed.clear()
        self._last, self._last_due = day, rule.last_due
        concentration = self._contract.eligibility.concentration.at(day)
        eligible, by_debtor = self._eligible + unattributed, self._excluded.copy()
        if concentration is not None:
            cap = max(0, share(outstanding, concentration))
            for name in self._above(cap):
                excess = self._known[name].eligible - cap
                eligible -= excess
                by_debtor[name] = self._concentrated(day, rule, debtors[name], excess)
        return Eligibility(eligible, by_debtor)

    def _above(self, cap: int) -> list[str]:
        """Return the debtors of whom more than a cap is eligible.

        Few are watched: those above half of it, until the cap itself falls so low.
        """
        known = self._known
        if not self._watched_from <= cap <= 4 * self._watched_from:
            self._watched_from = cap // 2
            self._watched = {name for name, share in known.items() if share.eligible > cap // 2}
        return sorted([name for name in self._watched if known[name].eligible > cap])

    def _has_changed(self, day: datetime.date) -> bool:
        """Tell whether a dated term changed since the day that was last asked for."""
        return bisect_right(self._changes, day) > bisect_right(self._changes, self._last)

    def _note_overdue(self, items: OpenItems, last_due: datetime.date) -> None:
        """Note the claims that are overdue by the mere passing of days since the last one."""
        if last_due <= self._last_due:
            return
        if self._by_due is None:
            by_due: defaultdict[datetime.date, list[Claim]] = defaultdict(list)
            for claim in items.planned():
                by_due[claim.due].append(claim)
            self._by_due, self._dues = by_due, sorted(by_due)
        first, end = (bisect_right(self._dues, due) for due in (self._last_due, last_due))
        for due in self._dues[first:end]:
            for claim in self._by_due[due]:
                if claim.open > 0 and claim.standing is Standing.FACTOR:
                    claim.debtor.note_due(claim)

    def _look_at(self, day: datetime.date, rule: _Rule, debtors: Iterable[Debtor]) -> None:
        """Look at debtors anew, and bring the totals up to what is found."""
        shares, limit_of, watched = self._known, self._limits.at, self._watched
        for debtor in debtors:
            name = debtor.name
            known, limit = shares.get(name, _UNKNOWN), limit_of(name, day)
            if _is_all_funded(rule, debtor, known, limit):
                found = new(DebtorShare, (debtor.exposure, (), (), (), ()))
            else:
                found = self._share(rule, debtor, limit)
            debtor.stale, debtor.next_due = False, _NEVER
            shares[name] = found
            self._eligible += found.eligible - known.eligible
            if found.eligible > self._watched_from:
                watched.add(name)
            else:
                watched.discard(name)
            if found.exclusions:
                self._excluded[name] = found.exclusions
            elif known.exclusions:
                del self._excluded[name]

    def _concentrated(
        self, day: datetime.date, rule: _Rule, debtor: Debtor, excess: int
    ) -> list[Exclusion]:
        """Return a debtor's exclusions where an excess is above the contract's concentration."""
        name = debtor.name
        known = self._known[name]
        if not known.claims:
            known = self._known[name] = self._share(rule, debtor, self._limits.at(name, day))
        taken = _take_last(known.claims, list(known.amounts), excess)
        excess_parts = [new(Exclusion, (claim, _CONCENTRATION, part)) for claim, part in taken]
        return [*known.exclusions, *excess_parts]

    def share_of(self, day: datetime.date, debtor: Debtor) -> DebtorShare:
        """Look at one debtor on a day, for who wants to know how its share is made."""
        return self._share(self._rule(day), debtor, self._limits.at(debtor.name, day))

    def _rule(self, day: datetime.date) -> _Rule:
        contract = self._contract
        fund_rate, advance_rate = _NONE, _WHOLE
        if contract.funding.limit_basis is LimitBasis.FUNDED:
            if contract.funding.model is FundingModel.ADVANCE_RATE:
                advance_rate = contract.funding.advance_rate.at(day)
            else:
                fund_rate = contract.guarantee_fund.rate.at(day)
        overdue = contract.eligibility.overdue.at(day)
        last_due = datetime.date.min
        if overdue is not None:
            last_due = day - datetime.timedelta(days=overdue + 1)
        return _Rule(last_due, fund_rate, advance_rate)

    def cap(self, day: datetime.date, debtor: Debtor, limit: int) -> int:
        """Return what a limit caps of the eligible amount on a day."""
        debtor.assigned_open()  # leaves out what was given back since
        return self._rule(day).cap(debtor, limit)

    def _share(self, rule: _Rule, debtor: Debtor, limit: int | None) -> DebtorShare:
        """Apply the rules that look at one debtor alone."""
        exclusions: list[Exclusion] = []
        claims, amounts = _sift(debtor, rule.last_due, exclusions)
        fundable = eligible = sum(amounts)
        noted: Sequence[tuple[Claim, int]] = ()
        if debtor.credit_notes or debtor.credits or debtor.earmarked:
            unused = debtor.unused_credit_notes
            unallocated = min(debtor.unallocated, fundable - unused)
            noted = _take_last(claims, amounts, min(unused, fundable))
            taken = _take_last(claims, amounts, unallocated)
            exclusions += [new(Exclusion, (c, _UNALLOCATED, part)) for c, part in taken]
            eligible = sum(amounts) - max(0, unused - fundable)
        # Whatever a limit is based on, it caps no less than itself.
        if limit is not None and fundable > limit:
            over = _over_limit(rule, debtor, limit, claims, amounts)
            exclusions += over
            eligible -= sum([amount for _claim, _reason, amount in over])
        return new(DebtorShare, (eligible, claims, amounts, exclusions, noted))


def _is_all_funded(rule: _Rule, debtor: Debtor, known: DebtorShare, limit: int | None) -> bool:
    """Tell whether all is eligible of a debtor of whom all was.

    Then its documents need not be looked at: what they come to is its exposure.
    """
    return not (
        known.exclusions
        or known is _UNKNOWN
        or (limit is not None and debtor.exposure > limit)
        or debtor.next_due <= rule.last_due
        or debtor.credits
        or debtor.earmarked
        or debtor.credit_notes
        or debtor.disputed
    )


def _sift(
    debtor: Debtor, last_due: datetime.date, exclusions: list[Exclusion]
) -> tuple[list[Claim], list[int]]:
    """Exclude disputed and overdue claims; return the others, with what is open of each."""
    claims, amounts = [], []
    for claim in debtor.assigned_open():
        if claim.disputed:
            exclusions.append(new(Exclusion, (claim, _DISPUTED, claim.open)))
        elif claim.due <= last_due:
            exclusions.append(new(Exclusion, (claim, _OVERDUE, claim.open)))
        else:
            claims.append(claim)
            amounts.append(claim.open)
    return claims, amounts


def _over_limit(
    rule: _Rule, debtor: Debtor, today: int, claims: list[Claim], amounts: list[int]
) -> list[Exclusion]:
    """Fund a debtor's documents in order, each within the higher of its limit then and now."""
    cap_today = rule.cap(debtor, today)
    total = 0
    exclusions = []
    for place, claim in enumerate(claims):
        amount, limit = amounts[place], claim.limit
        if limit is not None:
            cap = cap_today if limit <= today else rule.cap(debtor, limit)
            excess = min(total + amount - cap, amount)
            if excess > 0:
                exclusions.append(new(Exclusion, (claim, _OVER_LIMIT, excess)))
                amounts[place] = amount = amount - excess
        total += amount
    return exclusions


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
