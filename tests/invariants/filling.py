"""What depends on money is filled in from the package's own books: draws, payments, totals."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import Any

from beancount_factoring.engine.books import FactorBooks
from beancount_factoring.engine.events import Remittance
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.history import FactorEntry
from beancount_factoring.engine.history import History
from beancount_factoring.ledger.books import contract_books_of
from tests.invariants.ledger import Ledger
from tests.invariants.ledger import parse
from tests.oracle import days
from tests.oracle.model import Case
from tests.oracle.model import Date
from tests.oracle.model import Event
from tests.oracle.model import Txn

NOWHERE = Cause("filled in", 0)


def fill(ledger: Ledger, seed: int, folder: Path) -> Ledger:
    """Return the ledger with draws, with payments after a close, and with what was assigned."""
    rng = random.Random(f"filled {seed}")
    parsed = parse(ledger, folder)
    assert not parsed.errors, [error.message for error in parsed.errors[:3]]
    books = contract_books_of(parsed.entries, parsed.options, "contracts.yaml")
    cases = {case.contract.name: case for case in ledger.cases}
    for each in books:
        filling = Filling(rng, cases[each.contract.name], each.contract, each.history)
        cases[each.contract.name] = filling.fill()
    return ledger.with_cases(cases)


@dataclass
class Filling:
    """One contract's history, filled in from day to day."""

    rng: random.Random
    case: Case
    contract: Any
    history: History

    def fill(self) -> Case:
        terms = self.case.contract
        if terms.source == "statement":
            self.bank_draws()
        elif terms.draw == "requested":
            self.asked_draws()
        self.totals()
        return self.case

    @property
    def last(self) -> Date:
        """The last day on which something of this contract may be written."""
        return max(
            [
                self.case.contract.start,
                *(txn.day for txn in self.case.txns),
                *(e.day for e in self.case.events if e.kind not in {"index", "limit"}),
            ]
        )

    def days(self, most: int) -> list[Date]:
        """Choose days of the contract's life before its close."""
        closes = [event.day for event in self.case.events if event.kind == "close"]
        first = self.case.contract.start + days.ONE
        last = min([self.last, *(day - days.ONE for day in closes)])
        span = (last - first).days
        if span < 1:
            return []
        return sorted(
            first + days.ONE * n for n in self.rng.sample(range(span), min(most, span // 3))
        )

    def asked_draws(self) -> None:
        """Ask for a draw on some days, once for all that is available, else for a part."""
        for day in self.days(12):
            most = FactorBooks(self.contract, self.history).run(day).position(day).available
            if most <= 0:
                continue
            amount = self.rng.choice([most, self.rng.randrange(1, most + 1)])
            draw = Directive(DirectiveKind.DRAW, day, NOWHERE, amount=amount)
            self.history = self.history._replace(directives=(*self.history.directives, draw))
            self.add((), (Event(day, "draw", amount=amount),))

    def bank_draws(self) -> None:
        """Let the factor pay what was available the day before, or a part of it."""
        terms = self.case.contract
        role = "current" if terms.treatment == "derecognition" else "borrowing"
        books = FactorBooks(self.contract, self.history)
        for day in self.days(40):
            most = books.run(day - days.ONE).position(day - days.ONE).available
            if most <= 0:
                continue
            amount = self.rng.choice([most, self.rng.randrange(1, most + 1)])
            fee = self.rng.choice([0, 0, min(500, amount - 1)])
            account = self.rng.choice(["shared", "shared", "operating"])
            self.follow(books, self.entry(day, account, -amount))
            others = [(account, amount - fee), (role, -amount)]
            txns = [Txn(day, (), (*others, *([("fees", fee)] if fee else [])))]
            if account == "shared" and self.rng.random() < 0.9:
                moved = (("shared", fee - amount), ("operating", amount - fee))
                txns.append(Txn(day, (), moved))
            self.add(txns, ())
        closes = [event.day for event in self.case.events if event.kind == "close"]
        if closes and closes[0] < self.last and self.rng.random() < 0.7:
            owed = books.run(self.last - days.ONE).position(self.last).current_account
            if owed:
                self.add([Txn(self.last, (), (("operating", owed), (role, -owed)))], ())

    def entry(self, day: Date, account: str, amount: int) -> FactorEntry:
        bank = self.case.contract.accounts[account]
        return FactorEntry(day, bank, amount, 0, 0, frozenset(), NOWHERE)

    def follow(self, books: FactorBooks, entry: FactorEntry) -> None:
        """Let books that have not reached an entry's day know of it."""
        books._plan._factor.setdefault(entry.date, []).append(entry)
        entries = sorted((*self.history.factor_entries, entry), key=lambda e: e.date)
        self.history = self.history._replace(factor_entries=tuple(entries))

    def totals(self) -> None:
        """State on some `remit` directives what the documents add up to."""
        remits = [event for event in self.case.events if event.kind == "remit"]
        if not remits:
            return
        run = FactorBooks(self.contract, self.history).run()
        totals = {event.day: event.total for event in run.events if isinstance(event, Remittance)}
        for event in remits:
            total = totals.get(event.day)
            if total is not None and total > 0 and self.rng.random() < 0.3:
                stated = replace(event, figures=(*event.figures, ("assigned", total)))
                events = tuple(stated if e is event else e for e in self.case.events)
                self.case = replace(self.case, events=events)

    def add(self, txns: Sequence[Txn], events: Sequence[Event]) -> None:
        self.case = replace(
            self.case, txns=(*self.case.txns, *txns), events=(*self.case.events, *events)
        )
