"""One contract's books with its factor, brought forward day by day.

The order of a day's steps is rules.md, section 3; each step is a module of its own. What happens
becomes an event of the journal, and the events are all that the firm's books are made from.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Iterable

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine import bank_entries
from beancount_factoring.engine import charges
from beancount_factoring.engine import closing
from beancount_factoring.engine import customers
from beancount_factoring.engine import declarations
from beancount_factoring.engine import draws
from beancount_factoring.engine import interest_days
from beancount_factoring.engine import remittances
from beancount_factoring.engine import retentions
from beancount_factoring.engine import sweeps
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import DocumentIdentity
from beancount_factoring.engine.history import History
from beancount_factoring.engine.history import Problem
from beancount_factoring.engine.open_items import OpenItems
from beancount_factoring.engine.open_items import Report
from beancount_factoring.engine.plan import Plan
from beancount_factoring.engine.position import Position
from beancount_factoring.engine.state import State
from beancount_factoring.engine.state import Today

_DAY = datetime.timedelta(days=1)


class FactorBooks:
    """A contract's books: `run` brings them to a day, `state` is what they show then."""

    def __init__(
        self,
        contract: Contract,
        history: History,
        record: Callable[[Event], None] | None = None,
        open_items: Callable[[Iterable[Document], Report], OpenItems] = OpenItems,
    ) -> None:
        """Take a contract and what the ledger says to it; nothing happens before `run`.

        Events are kept in `events`, or handed to `record` one by one as they happen. `open_items`
        makes the customers' side, for who wants to look on.
        """
        self.contract = contract
        self.history = history
        self.state = State(contract, history, record, open_items)
        self.day: datetime.date | None = None
        self._plan = Plan(contract, history, self.state.items.planned())

    @property
    def events(self) -> list[Event]:
        """What happened so far, in order."""
        return self.state.journal.events

    @property
    def problems(self) -> list[Problem]:
        """What contradicts the rules so far."""
        return self.state.journal.problems

    def run(self, until: datetime.date | None = None) -> FactorBooks:
        """Bring the books on to the end of a day, at most to the ledger's horizon.

        On a day they have reached already they stay where they are.
        """
        horizon = self.history.horizon
        if horizon is None:
            return self
        last = horizon if until is None else min(until, horizon)
        eve = self.contract.start - _DAY
        if self.day is None or self.day < eve:
            self._take_up(self.day, min(last, eve))
        while self.day is not None and self.day < last:
            self.day += _DAY
            self._run_day(self.day)
        return self

    def position(self, day: datetime.date) -> Position:
        """Return the position at the end of a day that `run` has reached or passed over."""
        return self.state.position(day)

    def held(self) -> dict[DocumentIdentity, datetime.date | None]:
        """Return the documents this contract took, with the day of a close that set them free.

        A claim that was returned by itself is not assigned again (rules.md, Return).
        """
        closed = self.state.closed
        held: dict[DocumentIdentity, datetime.date | None] = {}
        for claim in self.state.items.claims:
            if claim.remitted is not None or claim.standing is not Standing.FIRM:
                identity = claim.document.identity
                free = closed if id(claim) in self.state.freed else None
                # Two instalments may be alike: one that is open frees both.
                held[identity] = free or held.get(identity)
        return held

    def release(self) -> None:
        """Let go of documents and debtors, which hold each other: nothing is asked any more.

        So they are freed at once, also while the collector rests.
        """
        self.state.items.release()

    def _take_up(self, after: datetime.date | None, last: datetime.date) -> None:
        """Take up what customers and the user did before the contract's start, day by day."""
        for day in self._plan.days_before(last + _DAY):
            if after is None or day > after:
                customers.bring_in(self.state, self._plan.documents(day))
                customers.receive(self.state, self._plan.entries(day))
                bank_entries.follow(self.state, self._plan.factor_entries(day))
        for directive in self._plan.directives_before(last + _DAY):
            if after is None or directive.date > after:
                declarations.declare_early(self.state, directive)
        self.day = last

    def _run_day(self, day: datetime.date) -> None:
        """Run a day's events in the order of rules.md, section 3."""
        state, plan = self.state, self._plan
        directives = plan.directives(day)
        state.today = Today()
        if day == self.contract.start:
            customers.take_up_credit_notes(state)
            customers.take_over(state, plan.free_at_start)
        customers.bring_in(state, plan.documents(day))
        declarations.declare(state, directives)
        customers.receive(state, plan.entries(day))
        # What is received on the day of a close is still the closed contract's.
        customers.take_over(state, plan.taken_over(day))
        bank_entries.follow(state, plan.factor_entries(day))
        close = next((d for d in directives if d.kind is DirectiveKind.CLOSE), None)
        if state.closed is not None:
            declarations.refuse_late(state, directives)
            sweeps.sweep_due(state, day)
        elif close is not None:
            closing.close(state, day, close, directives)
        else:
            sweeps.sweep_due(state, day)
            remittances.remit(state, day, directives, scheduled=day in plan.remittance_days)
            charges.book(state, day, directives)
            charges.top_up(state, day)
            retentions.follow_fund(state, day, directives)
            retentions.follow_reserve(state, day, directives)
            draws.draw(state, day, directives)
            interest_days.count(state, day, directives)
