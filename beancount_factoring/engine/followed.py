"""A few documents brought once more through books that were run, without all the others.

The customers' side and what a directive does to a document depend on that document alone, so they
are done again by the same steps. What depends on all documents (when and how much is swept, the
fund, the reserve) is taken from the events that the books recorded. So a document is followed in a
time that the ledger's size hardly matters to.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator

from beancount_factoring.engine import closing
from beancount_factoring.engine import customers
from beancount_factoring.engine import declarations
from beancount_factoring.engine import events
from beancount_factoring.engine import remittances
from beancount_factoring.engine.books import FactorBooks
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.fund import by_document
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import CustomerEntry
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import History
from beancount_factoring.engine.open_items import OpenItems
from beancount_factoring.engine.open_items import Report
from beancount_factoring.engine.plan import Plan
from beancount_factoring.engine.state import State
from beancount_factoring.engine.state import Today

_ABOUT_DOCUMENTS = {
    *(DirectiveKind.DISPUTE, DirectiveKind.RESOLVE),
    *(DirectiveKind.RETURN, DirectiveKind.DEFAULT),
}

# What the steps that are done again record, too: each of these has one line of the ledger.
_DONE_AGAIN = (events.Collection, events.Refund, events.Return, events.Default)

_Recorded = dict[tuple[type[Event], Cause, datetime.date], Event]


class FollowedBooks:
    """The books of the documents that one document's life depends on: `run` follows them."""

    def __init__(
        self,
        books: FactorBooks,
        number: str,
        record: Callable[[Event], None],
        open_items: Callable[[Iterable[Document], Report], OpenItems],
    ) -> None:
        """Take books that were run, and the number of the documents to follow.

        `record` is given the events of the books that concern them, at the moments at which they
        happened; `open_items` makes the customers' side, for who wants to look on.
        """
        self.contract = books.contract
        self._books = books
        self._record = record
        self._family = _family(books.history.documents, number)
        history = _history_of(books.history, self._family)
        self.state = State(self.contract, history, self._done_again, open_items)
        self._plan = Plan(self.contract, history, self.state.items.planned())
        self._claims = {id(claim.document): claim for claim in self.state.items.planned()}
        self._recorded: _Recorded = {}
        self._others: defaultdict[datetime.date, list[Event]] = defaultdict(list)
        self._sort_events({entry.cause for entry in history.entries})
        self._days = {
            *(document.date for document in history.documents),
            *(entry.date for entry in history.entries),
            *(directive.date for directive in history.directives),
            *(free for free in history.held.values() if free is not None),
            *self._others,
            self.contract.start,
        }

    def _sort_events(self, causes: set[Cause]) -> None:
        """Lay out the events of the books that concern the documents."""
        shares_fund = self.state.fund.follows_lines
        for event in self._books.events:
            if isinstance(event, _DONE_AGAIN):
                is_entry = isinstance(event, events.Collection | events.Refund)
                if not is_entry or event.cause in causes:
                    self._recorded[type(event), event.cause, event.day] = event
            elif (
                # Whatever was not assigned is the firm's again at a close, too.
                isinstance(event, events.Close)
                or (isinstance(event, events.GuaranteeMove) and shares_fund)
                or any(id(part.document) in self._claims for part in _parts(event))
            ):
                self._others[event.day].append(event)

    def run(self, until: datetime.date) -> None:
        """Follow the documents to the end of a day, at most to that of the books."""
        last = min(until, self._books.day or until)
        for day in sorted(day for day in self._days if day <= last):
            if day < self.contract.start:
                customers.bring_in(self.state, self._plan.documents(day))
                self._receive(self._plan.entries(day))
            else:
                self._run_day(day)

    def _run_day(self, day: datetime.date) -> None:
        """Run a day's steps in the books' own order."""
        state, plan = self.state, self._plan
        state.today = Today()
        if day == self.contract.start:
            customers.take_up_credit_notes(state)
            customers.take_over(state, plan.free_at_start)
        customers.bring_in(state, plan.documents(day))
        declarations.declare(state, plan.directives(day))
        self._receive(plan.entries(day))
        customers.take_over(state, plan.taken_over(day))
        for event in self._others.get(day, ()):
            self._follow(event)
            self._record(event)
        self._follow_fund()

    def _receive(self, entries: Iterable[CustomerEntry]) -> None:
        """Apply entries to these documents; what an entry is, all of its documents say."""
        for entry in entries:
            legs = tuple(leg for leg in entry.legs if leg.number in self._family)
            is_receipt = customers.is_receipt(self._books.state.items, entry)
            customers.receive_one(self.state, entry._replace(legs=legs), is_receipt=is_receipt)

    def _follow(self, event: Event) -> None:
        """Do to the documents what an event did."""
        state = self.state
        match event:
            case events.Sweep() | events.Allocation():
                for document, amount in event.parts:
                    claim = self._claims.get(id(document))
                    if claim is not None:
                        state.assignment.sweep(claim, amount)
            case events.Remittance():
                remittances.assign(state, event.day)
                state.assignment.remit_transit(event.day)
            case events.GuaranteeMove() | events.ReserveMove():
                self._follow_fund()
            case events.Close():
                closing.give_all_back(state, event.day, self._close_of(event))
                state.closed = event.day
            case _:
                pass

    def _follow_fund(self) -> None:
        """Let a revolving fund follow the documents; the new ones give what they gave before."""
        state = self.state
        if not state.fund.follows_lines or state.closed is not None:
            return
        state.fund.follow_lines()
        remitted, state.today.remitted = state.today.remitted, []
        if remitted:
            gave = {
                id(claim.document): gift.gave
                for gift in self._books.state.fund.gifts()
                for claim in gift.claims
            }
            for claims in by_document(remitted):
                state.fund.give(claims, gave[id(claims[0].document)])

    def _close_of(self, event: events.Close) -> Directive:
        return next(
            directive
            for directive in self._books.history.directives
            if directive.kind is DirectiveKind.CLOSE and directive.cause == event.cause
        )

    def _done_again(self, event: Event) -> None:
        """Hand on what the books recorded in place of what is recorded of these documents alone."""
        found = self._recorded.get((type(event), event.cause, event.day))
        if found is not None:
            self._record(found)


def _parts(event: Event) -> Iterator[Part] | tuple[Part, ...]:
    match event:
        case events.Remittance():
            return event.parts
        case events.Sweep() | events.Allocation() | events.Commission() | events.ReserveMove():
            return event.parts
        case _:
            return ()


def _family(documents: Iterable[Document], number: str) -> frozenset[str]:
    """Return a number with those of the credit notes and invoices that are bound to each other."""
    notes = [document for document in documents if document.credits is not None]
    family = {number}
    while True:
        bound = {
            name
            for note in notes
            if note.number in family or note.credits in family
            for name in (note.number, note.credits)
            if name is not None
        }
        if bound <= family:
            return frozenset(family)
        family |= bound


def _history_of(history: History, family: frozenset[str]) -> History:
    """Return what the ledger says of some documents."""
    documents = tuple(d for d in history.documents if d.number in family)
    identities = {document.identity for document in documents} if history.held else set()
    return history._replace(
        documents=documents,
        entries=tuple(e for e in history.entries if any(leg.number in family for leg in e.legs)),
        factor_entries=(),
        directives=tuple(
            d for d in history.directives if d.kind in _ABOUT_DOCUMENTS and d.name in family
        ),
        held={key: history.held[key] for key in identities if key in history.held},
        sent={},
    )
