"""Why a remittance's total is not the one that the factor was sent (interface.md, `assigned:`)."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from itertools import islice
from typing import Final

from beancount_factoring.engine import events
from beancount_factoring.engine.changes import changes
from beancount_factoring.engine.changes import said
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.events import shares_of
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.engine.state import State

_NAMED: Final = 3


def why_another_total(state: State, remittance: events.Remittance, stated: int) -> str:
    """Name the documents that came, went or changed since a total was stated.

    Where the ledger keeps what was sent, those that differ from it; otherwise those whose amounts
    are the difference, or the latest ones.
    """
    sent = state.sent.get(remittance.key)
    if sent is not None:
        found = changes(sent, shares_of(remittance.parts))
        if found:
            return said(found, state.journal.text)
    clue = _clue(state, remittance, stated)
    return f"a document dated up to {remittance.day} came, went or changed since ({clue})"


def _clue(state: State, remittance: events.Remittance, stated: int) -> str:
    """Say which documents may be meant, or which are the latest."""
    text, difference = state.journal.text, remittance.total - stated
    alone = [part for part in remittance.parts if part.amount == difference]
    if alone:
        return f"the difference is {_listed([p.document for p in alone])}, {text(difference)}"
    absent = list(islice(_absent(state, remittance, -difference), _NAMED + 1))
    if absent:
        days = f", dated {absent[0].date}" if len(absent) == 1 else ""
        return f"the difference is {_listed(absent)}, {text(-difference)}{days}, not among them"
    for one, other in _pairs(remittance.parts, difference):
        return (
            f"the difference is {one.document.number}, {text(one.amount)}, and"
            f" {other.document.number}, {text(other.amount)}"
        )
    latest = sorted(
        remittance.parts, key=lambda part: (part.document.date, part.document.number or "")
    )
    last = ", ".join(
        f"{part.document.number} of {part.document.date}, {text(part.amount)}"
        for part in latest[: -_NAMED - 1 : -1]
    )
    if len(latest) == 1:
        return f"its only document is {last}"
    return f"of its {len(latest)} documents the latest are {last}"


def _absent(state: State, remittance: events.Remittance, amount: int) -> Iterator[Document]:
    """Yield the documents of an amount that are not in a remittance and were not sent before it.

    Such a one may have been given a later date since, or be a credit note's or another debtor's.
    """
    taken = {part.document for part in remittance.parts}
    for claim in state.items.planned():
        document = claim.document
        signed = -document.amount if document.kind is DocumentKind.CREDIT_NOTE else document.amount
        was_sent = claim.remitted is not None and claim.remitted < remittance.day
        if signed == amount and document not in taken and not was_sent:
            yield document


def _pairs(parts: Sequence[Part], difference: int) -> Iterator[tuple[Part, Part]]:
    """Yield two documents whose amounts add up to a difference."""
    seen: dict[int, Part] = {}
    for part in parts:
        other = seen.get(difference - part.amount)
        if other is not None:
            yield other, part
        seen.setdefault(part.amount, part)


def _listed(documents: Sequence[Document]) -> str:
    """Name one document, or several that may be meant."""
    names = list(dict.fromkeys(document.number or "" for document in documents))
    more = " or another one" if len(names) > _NAMED else ""
    return " or ".join(names[:_NAMED]) + more
