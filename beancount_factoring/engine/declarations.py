"""What the user declares: limits, disputes, returns and defaults (rules.md, section 3)."""

from __future__ import annotations

from collections.abc import Iterable

from beancount_factoring.engine import events
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.journal import links_of
from beancount_factoring.engine.money import share
from beancount_factoring.engine.state import State


def declare(state: State, directives: Iterable[Directive]) -> None:
    """Follow a day's limits, disputes, returns and defaults."""
    for directive in directives:
        match directive.kind:
            case DirectiveKind.LIMIT:
                _limit(state, directive)
            case DirectiveKind.DISPUTE:
                _dispute(state, directive, disputed=True)
            case DirectiveKind.RESOLVE:
                _dispute(state, directive, disputed=False)
            case DirectiveKind.RETURN:
                _return(state, directive)
            case DirectiveKind.DEFAULT:
                _default(state, directive)
            case _:
                pass


def declare_early(state: State, directive: Directive) -> None:
    """Take a directive from before the contract's start: only a limit has a meaning then."""
    if directive.kind is DirectiveKind.LIMIT:
        _limit(state, directive)
        return
    contract = state.contract
    state.journal.report(
        directive.cause,
        f'"{directive.kind}" on {directive.date} is before the start of contract {contract.name}'
        f" on {contract.start}: date it on that day or later",
    )


def refuse_late(state: State, directives: Iterable[Directive]) -> None:
    """Report directives after the close: nothing happens with the factor any more."""
    for directive in directives:
        if directive.kind is not DirectiveKind.LIMIT:
            state.journal.report(
                directive.cause,
                f'"{directive.kind}" on {directive.date} is after the close of contract'
                f" {state.contract.name} on {state.closed}: date it before, or remove it",
            )


def _limit(state: State, directive: Directive) -> None:
    state.limits.declare(directive.name, directive.date, directive.amount, directive.cause)
    state.items.debtor(directive.name).touch()


def _invoices(state: State, directive: Directive) -> list[Claim]:
    """Return the invoices a directive names; report a number that no invoice has."""
    named = state.items.named(directive.name)
    claims = [c for c in named if c.is_invoice and c.document.date <= directive.date]
    if claims:
        return claims
    what = f'"{directive.kind}" names {directive.name}'
    if not named:
        why = (
            f"but no invoice of contract {state.contract.name} has that number on"
            f" {directive.date}: write the number of an invoice"
        )
    elif not named[0].is_invoice:
        why = "which is a credit note: write the number of an invoice"
    else:
        dated = named[0].document.date
        why = f"which is dated {dated}: date this directive on that day or later"
    state.journal.report(directive.cause, f"{what}, {why}")
    return claims


def _dispute(state: State, directive: Directive, *, disputed: bool) -> None:
    """Begin or end the dispute of an invoice."""
    claims = _invoices(state, directive)
    if claims and all(claim.disputed == disputed for claim in claims):
        already = "is disputed already" if disputed else "is not disputed"
        state.journal.report(
            directive.cause,
            f'"{directive.kind}": {directive.name} {already}: remove this directive, or write the'
            " number of another invoice",
        )
    for claim in claims:
        if claim.disputed != disputed:
            claim.disputed = disputed
            claim.disputes += (directive,)
            claim.debtor.disputed += 1 if disputed else -1
            claim.debtor.touch()


def _held(state: State, directive: Directive) -> list[Claim]:
    """Return the assigned claims of an open invoice a directive names; report if it is not open.

    An instalment that is paid already goes with its document.
    """
    claims = _invoices(state, directive)
    held = [claim for claim in claims if claim.standing is Standing.FACTOR]
    if not any(claim.open > 0 for claim in held):
        held = []
    if claims and not held:
        standing = claims[0].standing
        if standing is Standing.FIRM:
            why = "is not assigned"
        elif standing is Standing.FACTOR:
            why = "is not open any more"
        else:
            why = "was returned before" if standing is Standing.RETURNED else "is in default"
        state.journal.report(
            directive.cause,
            f'"{directive.kind}": {directive.name} {why}: only an open claim that the factor holds'
            " can be given back or be in default; write the number of such an invoice",
        )
    return held


def _return(state: State, directive: Directive) -> None:
    """Let the factor give claims back and debit their open amounts."""
    claims = _held(state, directive)
    if not claims:
        return
    parts = _give_back(state, claims, Standing.RETURNED, directive)
    state.account.balance -= sum(part.amount for part in parts)
    state.journal.record(
        events.Return(
            day=directive.date,
            cause=directive.cause,
            key=state.journal.key(f"{directive.date}/return/{directive.name}"),
            links=links_of(parts),
            parts=parts,
        )
    )


def _default(state: State, directive: Directive) -> None:
    """Share the loss on an insolvent debtor's claims between seller and factor."""
    claims = _held(state, directive)
    if not claims:
        return
    recourse = state.contract.recourse.at(directive.date)
    parts = _give_back(state, claims, Standing.DEFAULTED, directive)
    borne = share(sum(part.amount for part in parts), recourse)
    left = borne
    for claim in claims:
        claim.doubtful = min(left, claim.open)
        claim.lost = claim.open - claim.doubtful
        left -= claim.doubtful
    state.account.balance -= borne
    state.journal.record(
        events.Default(
            day=directive.date,
            cause=directive.cause,
            key=state.journal.key(f"{directive.date}/default/{directive.name}"),
            links=links_of(parts),
            parts=parts,
            share=borne,
        )
    )


def _give_back(
    state: State, claims: Iterable[Claim], standing: Standing, directive: Directive
) -> tuple[Part, ...]:
    """Take open claims off the factor's lines."""
    parts = []
    for claim in claims:
        amount = state.assignment.give_back(claim, standing, directive)
        if amount:
            parts.append(Part(claim.document, amount))
        claim.debtor.touch()
    return tuple(parts)
