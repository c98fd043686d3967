"""One document followed through books: what happened to it, and what was left each time.

A customers' side of its own looks on, and what the books record is looked at. Nothing of it is
kept for the other documents, so that an ordinary run pays nothing for it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from typing import Protocol

from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import FundBuild
from beancount_factoring.engine import events
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import CustomerEntry
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.life import Happening
from beancount_factoring.engine.life import Held
from beancount_factoring.engine.life import Step
from beancount_factoring.engine.open_items import Applied
from beancount_factoring.engine.open_items import OpenItems
from beancount_factoring.engine.open_items import Report
from beancount_factoring.engine.state import State

# What happens before all else on a day, in this order; the rest follows (rules.md, section 3).
_FIRST: Final = {
    *(Happening.BOOKED, Happening.CORRECTED, Happening.SETTLED),
    *(Happening.DISPUTED, Happening.RESOLVED),
}
_DISPUTES: Final = {
    DirectiveKind.DISPUTE: Happening.DISPUTED,
    DirectiveKind.RESOLVE: Happening.RESOLVED,
}


Watch = Callable[[Iterable[Document], Report], OpenItems]
"""Makes a customers' side of which what is applied is looked at."""


class Books(Protocol):
    """Books that a document can be followed through."""

    contract: Contract
    state: State

    def run(self, until: datetime.date) -> object:
        """Bring the books to the end of a day."""


Open = Callable[[Callable[[Event], None], Watch], Books]
"""Opens books that hand on what they record, with a customers' side that is looked at."""


class Trace:
    """The life of the documents of one number: `run` makes `steps`."""

    def __init__(self, number: str, open_books: Open) -> None:
        """Take the number to follow, and what opens the books to follow it through."""
        self.number = number
        self.steps: list[Step] = []
        self._open = 0
        self.books = open_books(self._record, self._watched)

    def run(self, until: datetime.date) -> Trace:
        """Follow the document to the end of a day."""
        self.books.run(until)
        self._add_disputes()
        return self

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The documents of the number: several, where they are instalments."""
        return self.books.state.items.named(self.number)

    def _watched(self, documents: Iterable[Document], report: Report) -> OpenItems:
        return _WatchedItems(documents, report, self)

    def note(
        self,
        day: datetime.date,
        what: Happening,
        amount: int,
        cause: Cause,
        *,
        opened: int = 0,
        other: Document | None = None,
        event: Event | None = None,
    ) -> None:
        """Take a step that moved the open amount by `opened`, and look what is left after it."""
        self._open += opened
        recorded = () if event is None else (event,)
        self.steps.append(
            Step(
                day=day,
                what=what,
                amount=amount,
                cause=cause,
                after=self._held(),
                other=other,
                events=recorded,
            )
        )

    def note_beyond(self, amount: int) -> None:
        """Note what of the last step exceeded the document."""
        self.steps[-1] = replace(self.steps[-1], beyond=amount)

    def _held(self) -> Held:
        state = self.books.state
        mine = {id(claim) for claim in self.claims}
        is_fund_shared = (
            state.closed is None and self.books.contract.guarantee_fund.build is FundBuild.REVOLVING
        )
        return Held(
            open=self._open,
            line=sum(claim.line for claim in self.claims),
            in_hand=sum(claim.in_hand for claim in self.claims),
            # What a credit note lowers an invoice by is in transit on that invoice.
            in_transit=sum(
                part.amount
                for part in state.assignment.transit
                if part.document.number == self.number or id(part.claim) in mine
            ),
            doubtful=sum(claim.doubtful for claim in self.claims),
            guarantee=sum(
                gift.keeps
                for gift in (state.fund.gifts() if is_fund_shared else ())
                if mine & {id(claim) for claim in gift.claims}
            ),
        )

    def _record(self, event: Event) -> None:
        """Look at an event of the books; most do not concern the document."""
        match event:
            case events.Collection():
                self._join(event, event.parts + event.recovered + event.doubtful)
            case events.Refund():
                self._join(event, event.parts)
            case events.Commission():
                self._add_commission(event)
            case events.GuaranteeMove():
                before = self.steps[-1].after.guarantee if self.steps else 0
                change = self._held().guarantee - before
                if change:
                    self._add(event, Happening.RETAINED, change)
            case events.Remittance():
                self._add_parts(event, Happening.REMITTED, event.assigned)
                self._add_parts(event, Happening.TAKEN, event.taken)
            case events.Sweep() | events.Allocation():
                self._add_parts(event, Happening.SWEPT, event.parts)
            case events.ReserveMove():
                self._add_parts(event, Happening.RESERVED, event.parts)
            case events.Return():
                self._add_parts(event, Happening.RETURNED, event.parts)
            case events.Default():
                self._add_parts(event, Happening.DEFAULTED, event.parts)
            case events.Close():
                # A credit note in transit is taken and goes back at once: nothing in all.
                mine = self._mine(event.parts)
                if mine:
                    self._add(event, Happening.CLOSED, sum(part.amount for part in mine))
            case _:
                pass

    def _mine(self, parts: Iterable[Part]) -> list[Part]:
        """Return the parts of the document, and of the credit notes that correct it."""
        return [
            part for part in parts if self.number in {part.document.number, part.document.credits}
        ]

    def _add_parts(self, event: Event, what: Happening, parts: Iterable[Part]) -> None:
        amount = sum(part.amount for part in self._mine(parts))
        if amount:
            self._add(event, what, amount)

    def _add(self, event: Event, what: Happening, amount: int) -> None:
        self.note(event.day, what, amount, event.cause, event=event)

    def _join(self, event: Event, parts: Iterable[Part]) -> None:
        """Add what the books recorded of an entry to the steps that the entry made."""
        if self._mine(parts):
            self.steps = [
                replace(step, events=(*step.events, event))
                if step.cause == event.cause and step.day == event.day
                else step
                for step in self.steps
            ]

    def _add_commission(self, event: events.Commission) -> None:
        own = (part for part in event.parts if part.document.number == self.number)
        amount = sum(part.amount for part in own)
        if amount and self.steps:
            last = self.steps[-1]
            self.steps[-1] = replace(last, commission=amount, events=(*last.events, event))

    def _add_disputes(self) -> None:
        """Add the accepted disputes, which leave every amount as it was."""
        disputes = {id(each): each for claim in self.claims for each in claim.disputes}
        for directive in sorted(disputes.values(), key=lambda each: each.date):
            day, what = directive.date, _DISPUTES[directive.kind]
            place = sum(
                step.day < day or (step.day == day and step.what in _FIRST) for step in self.steps
            )
            after = self.steps[place - 1].after if place else Held()
            step = Step(day=day, what=what, amount=after.open, cause=directive.cause, after=after)
            self.steps.insert(place, step)


class _WatchedItems(OpenItems):
    """The customers' side, which tells a trace what is applied to its documents."""

    def __init__(self, documents: Iterable[Document], report: Report, trace: Trace) -> None:
        super().__init__(documents, report)
        self._trace = trace

    def introduce(self, claims: list[Claim]) -> Iterator[Applied]:
        """Bring a day's documents in, and note those that are watched."""
        trace, number = self._trace, self._trace.number
        applied = super().introduce(claims)
        # The watched credit notes that name an invoice, with what they lowered.
        lowered: dict[int, tuple[Document, int]] = {}
        for claim in claims:
            document = claim.document
            if document.number == number:
                opened = 0 if document.credits is not None else document.amount
                trace.note(
                    document.date,
                    Happening.BOOKED,
                    document.amount,
                    document.cause,
                    opened=opened,
                    other=document,
                )
                if document.credits is not None:
                    lowered[id(document)] = document, 0
        today = claims[0].document.date
        for part in applied:
            yield part
            # By now the factor's side has followed what is applied.
            document, note = part.claim.document, part.note
            if document.number == number:
                what = Happening.SETTLED if note is None else Happening.CORRECTED
                cause = (note or document).cause
                trace.note(today, what, part.amount, cause, opened=-part.amount, other=note)
            elif note is not None and note.number == number:
                before = lowered.get(id(note), (note, 0))[1]
                lowered[id(note)] = note, before + part.amount
                trace.note(today, Happening.CORRECTED, part.amount, note.cause, other=document)
        for note, amount in lowered.values():
            if amount < note.amount and not self._waits(note, today):
                trace.note_beyond(note.amount - amount)

    def _waits(self, note: Document, today: datetime.date) -> bool:
        """Tell whether the invoice that a credit note names is dated later."""
        corrected = self.named(note.credits or "")
        return bool(corrected) and corrected[0].document.date > today

    def apply(self, entry: CustomerEntry) -> Iterable[Applied]:
        """Apply an entry, and note what it does to the documents that are watched."""
        if any(leg.number == self._trace.number for leg in entry.legs):
            return self._apply_watched(entry)
        return super().apply(entry)

    def _apply_watched(self, entry: CustomerEntry) -> Iterator[Applied]:
        trace, number = self._trace, self._trace.number
        claims = self.named(number)
        is_invoice = bool(claims) and claims[0].is_invoice
        what = Happening.USED
        if is_invoice:
            what = Happening.REDUCED if entry.bank is None else Happening.RECEIVED
        # A credit settles an invoice; a debit uses a credit note.
        sign = 1 if is_invoice else -1
        left = sum(sign * leg.amount for leg in entry.legs if leg.number == number)
        noted = False
        for part in super().apply(entry):
            yield part
            if part.claim.document.number == number:
                noted = True
                left -= part.amount
                trace.note(entry.date, what, part.amount, entry.cause, opened=-part.amount)
        if left:
            if not noted:
                trace.note(entry.date, what, 0, entry.cause)
            trace.note_beyond(left)
