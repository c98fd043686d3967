"""The guarantee fund, in its three builds (rules.md, section 3, Guarantee fund)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from beancount_factoring.contract.terms import FundBuild
from beancount_factoring.contract.terms import GuaranteeFundTerms
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.money import minor_units
from beancount_factoring.engine.money import proportion
from beancount_factoring.engine.money import share


class Gift:
    """What one document gave to a revolving fund, and what it still keeps there.

    Instalments of one number are one document: `claims` are all of them.
    """

    __slots__ = ("assigned", "claims", "gave", "keeps")

    def __init__(self, claims: list[Claim], gave: int) -> None:
        """Take a document's claims on the day of their remittance."""
        self.claims = claims
        self.assigned = sum(claim.assigned for claim in claims)
        self.gave = self.keeps = gave

    def follow(self) -> int:
        """Keep the share of what is left of the document; return the change."""
        line = sum(claim.line for claim in self.claims)
        before, self.keeps = self.keeps, proportion(self.gave, line, self.assigned)
        return self.keeps - before


class GuaranteeFund:
    """`G`: what the rules give (`computed`), and what the factor's own movements differ by.

    `carried` is that difference: it is carried along, unbounded, until the close.
    """

    def __init__(self, terms: GuaranteeFundTerms, digits: int) -> None:
        """Start an empty fund of a currency with so many decimals."""
        self._terms = terms
        self._unit = 10**digits
        # Whether the fund follows each document's line, not only their sum.
        self.follows_lines = terms.build is FundBuild.REVOLVING
        # Whether something was remitted: a floor applies from then on.
        self.has_floor = False
        self._gifts: dict[int, Gift] = {}
        self._moved: dict[int, Gift] = {}
        self.computed = 0
        self.carried = 0
        # Computed movements since the factor's last one, where only the factor's are booked.
        self._not_stated = 0

    @property
    def balance(self) -> int:
        """What the factor retains: `G`."""
        return self.computed + self.carried

    def note_moved(self, claim: Claim) -> None:
        """Remember that a claim's line changed: a revolving fund follows it."""
        gift = self._gifts.get(id(claim))
        if gift is not None:
            self._moved[id(gift)] = gift

    def note_remitted(self) -> None:
        """Remember that something was remitted: a floor applies from then on."""
        self.has_floor = True

    def gifts(self) -> list[Gift]:
        """Return what each document gave to a revolving fund, in the order of the gifts."""
        return list({id(gift): gift for gift in self._gifts.values()}.values())

    def follow(self, day: datetime.date, outstanding: int, new: Iterable[Claim]) -> int:
        """Bring the computed fund to a day's end; return the day's computed movement.

        `outstanding` is `F`, `new` the claims remitted on that day, in the order of their
        remittance.
        """
        before = self.computed
        match self._terms.build:
            case FundBuild.RATIO:
                self.computed = self._ratio(day, outstanding)
            case FundBuild.CEILING:
                assigned = sum(claim.assigned for claim in new)
                self.computed += self._room(day, share(assigned, self._terms.rate.at(day)))
            case FundBuild.REVOLVING:
                self._revolve(day, new)
        return self.computed - before

    def wait(self, movement: int) -> None:
        """Leave the balance as it is: a computed movement waits for the factor's own."""
        self.carried -= movement
        self._not_stated += movement

    def state(self, movement: int) -> int:
        """Book the factor's own movement; return what was computed since its last one."""
        self.carried += movement
        waited, self._not_stated = self._not_stated, 0
        return waited

    def dissolve(self) -> int:
        """Give the whole fund back: the contract closes; return what it held."""
        held = self.balance
        self.computed = self.carried = 0
        return held

    def _bound(self, day: datetime.date) -> int | None:
        ceiling = self._terms.ceiling.at(day)
        return None if ceiling is None else minor_units(ceiling, self._unit)

    def _room(self, day: datetime.date, gift: int) -> int:
        """Return as much of a gift as the ceiling leaves room for."""
        ceiling = self._bound(day)
        return gift if ceiling is None else max(0, min(gift, ceiling - self.computed))

    def _ratio(self, day: datetime.date, outstanding: int) -> int:
        fund = share(outstanding, self._terms.rate.at(day))
        ceiling = self._bound(day)
        if ceiling is not None:
            fund = min(fund, ceiling)
        floor = self._terms.floor.at(day)
        if floor is not None and self.has_floor:
            fund = max(fund, minor_units(floor, self._unit))
        return fund

    def _revolve(self, day: datetime.date, new: Iterable[Claim]) -> None:
        """Let each document keep its share of what is left of it, then let the new ones give."""
        self.follow_lines()
        rate = self._terms.rate.at(day)
        for claims in by_document(sorted(new, key=lambda claim: claim.order)):
            self.give(claims, self._room(day, share(sum(claim.assigned for claim in claims), rate)))

    def follow_lines(self) -> None:
        """Let each document keep its share of what is left of it."""
        for gift in self._moved.values():
            self.computed += gift.follow()
        self._moved.clear()

    def give(self, claims: list[Claim], amount: int) -> None:
        """Take what a document gives on the day of its remittance."""
        self.computed += amount
        gift = Gift(claims, amount)
        self._gifts |= {id(claim): gift for claim in claims}


def by_document(claims: Iterable[Claim]) -> Iterable[list[Claim]]:
    """Return claims in order, the instalments of a number together."""
    documents: dict[str | None, list[Claim]] = {}
    for claim in claims:
        documents.setdefault(claim.document.number, []).append(claim)
    return documents.values()
