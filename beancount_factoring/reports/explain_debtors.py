"""Why a whole debtor's documents are not funded in full, with all that it is computed from.

A debtor's rules are applied in turn (rules.md, section 2): each text says what was left before its
rule, so that the rule can be done again by hand.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from beancount_factoring.contract.dated import Step
from beancount_factoring.contract.terms import FundingModel
from beancount_factoring.contract.terms import LimitBasis
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Debtor
from beancount_factoring.engine.eligibility import DebtorShare
from beancount_factoring.engine.eligibility import Exclusion
from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.money import share
from beancount_factoring.reports.explain_terms import ELIGIBILITY
from beancount_factoring.reports.explain_terms import Explainer
from beancount_factoring.reports.explain_terms import Place
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.explain_terms import percent

_NOTES: Final = "of unused credit notes"
_LESS: Final = {
    Reason.DISPUTED: "disputed",
    Reason.OVERDUE: "overdue",
    Reason.UNALLOCATED: "of credits that settle no document",
    Reason.OVER_LIMIT: "over the limit",
}

Said = tuple[str, tuple[Place, ...]]
"""What is said, and the lines it comes from."""


class DebtorReasons:
    """One debtor on a day, and what each rule makes of its documents."""

    def __init__(self, ex: Explainer, debtor: Debtor, day: datetime.date) -> None:
        """Apply the rules that look at the debtor alone, as the books do."""
        self._ex = ex
        self._debtor = debtor
        self._day = day
        self._share: DebtorShare = ex.state.eligibility_rule.share_of(day, debtor)

    def why(self, reason: Reason) -> Said:
        """Say why the debtor's documents are not funded in full."""
        match reason:
            case Reason.UNALLOCATED:
                text, places = self._unallocated()
            case Reason.OVER_LIMIT:
                text, places = self._over_limit()
            case _:
                text, places = self._concentration()
        left, lines = self._before(reason)
        return f"{text}; {left}", (*places, *lines)

    def on_document(self, part: Exclusion) -> Said:
        """Say of what amount of a document a rule takes a part."""
        ex, claim = self._ex, part.claim
        off = self._off(part.reason, claim)
        text = f"of {ex.money(claim.open)} open{_less(ex, off)}"
        if part.reason is not Reason.OVER_LIMIT:
            return text, ()
        which, places = self._which_limit(claim)
        place = next(i for i, each in enumerate(self._share.claims) if each is claim)
        used = sum(self._share.amounts[:place])
        after = f", {ex.money(used)} of it used by documents before" if used else ""
        return f"{text}, under {which}{after}", places

    def noted(self, claim: Claim) -> Term | None:
        """Return what the debtor's unused credit notes take off a document, if anything."""
        amount = sum(part for each, part in self._share.noted if each is claim)
        if not amount:
            return None
        numbers, places = self._notes()
        document = claim.document
        return self._ex.term(
            amount,
            f"credit notes of {document.debtor} that are not used yet ({numbers}), taken off its"
            " last documents first",
            *places,
            rule=ELIGIBILITY,
            date=document.date,
            what=document.number,
        )

    def _off(self, reason: Reason, claim: Claim | None = None) -> list[tuple[str, int]]:
        """Return what earlier rules took, in their order: of one document, or of the debtor."""
        share_of = self._share
        off: list[tuple[str, int]] = []
        for earlier in Reason:
            if earlier is Reason.UNALLOCATED:
                off.append((_NOTES, _taken(share_of.noted, claim)))
            if earlier is reason:
                break
            parts = [(c, amount) for c, why, amount in share_of.exclusions if why is earlier]
            off.append((_LESS[earlier], _taken(parts, claim)))
        return [(label, amount) for label, amount in off if amount]

    def _before(self, reason: Reason) -> Said:
        """Say what of the debtor's documents was eligible before a rule, and how that is made."""
        ex = self._ex
        off = self._off(reason)
        whole = sum(claim.open for claim in self._debtor.assigned_open())
        left = ex.money(whole - sum(amount for _label, amount in off))
        text = f"before that {left} eligible"
        if not off:
            return text, ()
        places: tuple[Place, ...] = ()
        if self._share.noted:
            numbers, places = self._notes()
            off = [(f"{label} ({numbers})" if label == _NOTES else label, n) for label, n in off]
        return f"{text}: {ex.money(whole)} open{_less(ex, off)}", places

    def _notes(self) -> Said:
        """Name the debtor's unused credit notes."""
        notes = [claim.document for claim in self._debtor.credit_notes if claim.open]
        numbers = ", ".join(document.number or "" for document in notes)
        return numbers, tuple(self._ex.cause(document.cause) for document in notes)

    def _unallocated(self) -> Said:
        ex, debtor = self._ex, self._debtor
        places = tuple(ex.cause(cause) for cause in self._credits())
        return f"{ex.money(debtor.unallocated)} of credits settle no document", places

    def _credits(self) -> Iterator[Cause]:
        """Yield the lines of the debtor's credits, and of what waits for a later document."""
        for claim in self._debtor.credits:
            yield claim.document.cause
        for claim, earmark in self._ex.state.items.earmarks():
            origin = earmark.entry or earmark.note
            if claim.debtor is self._debtor and origin is not None:
                yield origin.cause

    def _concentration(self) -> Said:
        ex = self._ex
        terms = ex.contract.eligibility.concentration
        rate = terms.at(self._day) or Decimal()
        whole = ex.position.outstanding
        cap = ex.money(max(0, share(whole, rate)))
        text = f"more than {percent(rate)} of outstanding {ex.money(whole)}, {cap}"
        return text, (ex.dated("eligibility.concentration", terms, self._day),)

    def _over_limit(self) -> Said:
        # There is one, as it takes something.
        limit = self._ex.state.limits.at(self._debtor.name, self._day) or 0
        text, places = self._made(limit)
        return f"a limit of {text}", (self._stated(self._day), *places)

    def _which_limit(self, claim: Claim) -> Said:
        """Say which of its two limits a document is under."""
        today, then = self._ex.state.limits.at(self._debtor.name, self._day), claim.limit
        if today is None or then is None or then <= today or claim.remitted is None:
            return "today's limit", ()
        text, _places = self._made(then)
        return f"the higher limit of its remittance, {text}", (self._stated(claim.remitted),)

    def _made(self, limit: int) -> Said:
        """Write a limit, with what it caps of the eligible amount where that is another figure."""
        ex, funding, day = self._ex, self._ex.contract.funding, self._day
        if funding.limit_basis is LimitBasis.GROSS:
            return ex.money(limit), ()
        cap = ex.money(ex.state.eligibility_rule.cap(day, self._debtor, limit))
        basis = ex.key("funding.limit_basis")
        if funding.model is FundingModel.ADVANCE_RATE:
            rate = funding.advance_rate
            text = f"{ex.money(limit)} divided by the advance rate of {percent(rate.at(day))}"
            return f"{text}: {cap}", (basis, ex.dated("funding.advance_rate", rate, day))
        rate = ex.contract.guarantee_fund.rate
        whole = sum(claim.open for claim in self._debtor.assigned_open())
        text = f"{ex.money(limit)} raised by {percent(rate.at(day))} of {ex.money(whole)} open"
        return f"{text}: {cap}", (basis, ex.dated("guarantee_fund.rate", rate, day))

    def _stated(self, day: datetime.date) -> Place:
        """Return where the debtor's limit of a day stands."""
        ex, name = self._ex, self._debtor.name
        stated = ex.state.limits.stated(name, day)
        if not isinstance(stated, Step):
            return ex.cause(stated[1])
        key = f"eligibility.limits.{name}"
        if name not in ex.contract.eligibility.limits:
            key = "eligibility.limits.default"
        return Place(ex.contract.filename, stated.line or ex.contract.line(key), key)


def _taken(parts: Iterable[tuple[Claim, int]], claim: Claim | None) -> int:
    """Return what is taken of one claim, or of all."""
    return sum(amount for each, amount in parts if claim is None or each is claim)


def _less(ex: Explainer, off: Iterable[tuple[str, int]]) -> str:
    """Write what is taken off: ` less 200.00 of unused credit notes, 50.00 disputed`."""
    said = ", ".join(f"{ex.money(amount)} {label}" for label, amount in off)
    return f" less {said}" if said else ""
