"""Explanations as plain data: a figure, the terms that make it, and where each stands.

An explanation is a sum. Its terms add up to its amount to the cent, and so do the terms of a term
that has some: what a ceiling cuts off or a rounding adds is a term of its own.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from typing import Final
from typing import TypeVar

from beancount.core import data

from beancount_factoring.contract.dated import Dated
from beancount_factoring.engine import events
from beancount_factoring.engine.bank_entries import counts_as_it_stands
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import FactorEntry
from beancount_factoring.engine.position import Position
from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource

E = TypeVar("E", bound=Event)

DAYS: Final = "rules.md, section 3"
BOOKS: Final = "rules.md, section 1"
ELIGIBILITY: Final = "rules.md, section 2"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; `key` is the contract's key that stands there, empty in a ledger.

    `default` says that the contract does not write the key: the line is the nearest section's.
    """

    filename: str
    line: int
    key: str = ""
    default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of a sum, with the sign that it has there.

    `amount` is `None` only for a ceiling that is not there. `rule` is the section of rules.md;
    `places` are the contract's keys and the ledger's lines it comes from; `transactions` the
    `factoring-id` of what booked it. `what` is the key or document that explains it further.
    `terms` are what it is the sum of; a term without any is a product, a fact or a bound, as `text`
    says.
    """

    amount: Decimal | None
    text: str
    rule: str = ""
    places: tuple[Place, ...] = ()
    date: datetime.date | None = None
    remittance: str | None = None
    transactions: tuple[str, ...] = ()
    what: str | None = None
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A key of a contract's position at the end of a day, as its sum.

    `amount` is the position's, `None` only for a ceiling that is not there. `check` is the same
    figure as another sum, where there is one: its terms add up to the amount too.
    """

    contract: str
    date: datetime.date
    currency: str
    what: str
    amount: Decimal | None
    terms: tuple[Term, ...]
    check: tuple[Term, ...] = ()


class Explainer:
    """One contract's books on a day, and what makes terms of them; amounts are minor units."""

    def __init__(self, source: ReportSource, on: ContractDay) -> None:
        """Take a loaded ledger and the contract's books on a day."""
        self.source = source
        self.on = on
        self.contract = on.contract
        self.books = on.books
        self.state = on.books.state
        # The last day that the books were brought to; an earlier one than `on.day` past the
        # ledger's end.
        self.last = on.books.day or on.day

    @cached_property
    def position(self) -> Position:
        """The contract's position on the day."""
        return self.books.position(self.on.day)

    @cached_property
    def transactions(self) -> frozenset[str]:
        """Every `factoring-id` of the ledger: not all that the books record is a transaction."""
        return frozenset(
            str(entry.meta[IDENTIFIER])
            for entry in self.source.entries
            if isinstance(entry, data.Transaction) and IDENTIFIER in entry.meta
        )

    @property
    def close(self) -> events.Close | None:
        """The close of the contract, once it has happened."""
        return next(iter(self.of(events.Close)), None)

    def factor_entries(self) -> Iterator[FactorEntry]:
        """Yield the user's postings on the factor's accounts that the books have come to."""
        return (entry for entry in self.books.history.factor_entries if entry.date <= self.last)

    def is_correction(self, entry: FactorEntry) -> bool:
        """Tell whether a user's posting counts in `C` and `K` as it stands."""
        return counts_as_it_stands(self.state, entry)

    def corrections(self) -> Iterator[FactorEntry]:
        """Yield the user's postings that count in `C` and `K` as they stand."""
        return filter(self.is_correction, self.factor_entries())

    def of(self, kind: type[E]) -> list[E]:
        """Return the events of a kind, in order."""
        return [event for event in self.books.events if isinstance(event, kind)]

    def term(
        self,
        amount: int,
        text: str,
        *places: Place,
        rule: str = "",
        date: datetime.date | None = None,
        remittance: str | None = None,
        transactions: Iterable[str] = (),
        what: str | None = None,
        terms: Iterable[Term] = (),
    ) -> Term:
        """Return a term of so many minor units."""
        return Term(
            amount=self.on.amount(amount),
            text=text,
            rule=rule,
            places=places,
            date=date,
            remittance=remittance,
            transactions=tuple(transactions),
            what=what,
            terms=tuple(terms),
        )

    def event_term(
        self,
        event: Event,
        amount: int,
        text: str,
        *places: Place,
        key: str = "",
        terms: Iterable[Term] = (),
    ) -> Term:
        """Return a term for what an event moves, with its cause, day and transaction.

        `key` names the contract's key where the cause is a line of the contract.
        """
        return self.term(
            amount,
            text,
            *(places or (self.cause(event.cause, key),)),
            date=event.day,
            remittance=event.remittance,
            transactions=self.booked(event),
            terms=terms,
        )

    def group(
        self,
        text: str,
        terms: Iterable[Term],
        *places: Place,
        rule: str = "",
        what: str | None = None,
    ) -> Term:
        """Return the sum of terms as one term."""
        terms = tuple(terms)
        return Term(
            amount=total(terms, self.on.amount(0)),
            text=text,
            rule=rule,
            places=places,
            what=what,
            terms=terms,
        )

    def booked(self, *recorded: Event) -> tuple[str, ...]:
        """Return the transactions of events, as far as the treatment books them."""
        return tuple(event.key for event in recorded if event.key in self.transactions)

    def key(self, key: str) -> Place:
        """Return where a key of the contract stands, or the nearest one above it."""
        is_default = key not in self.contract.lines
        return Place(self.contract.filename, self.contract.line(key), key, default=is_default)

    def dated(self, key: str, term: Dated[Any], day: datetime.date) -> Place:
        """Return where the value of a dated key stands that is in force on a day."""
        line = term.step(day).line
        return Place(self.contract.filename, line, key) if line else self.key(key)

    def cause(self, cause: Cause, key: str = "") -> Place:
        """Return where a cause stands: a line of the ledger, or else `key` of the contract."""
        if key and cause.filename == self.contract.filename:
            # Of a list's items each has its own line.
            is_item = key == "charges" and cause.line
            return Place(cause.filename, cause.line, key) if is_item else self.key(key)
        return Place(cause.filename, cause.line)

    def money(self, units: int) -> str:
        """Write minor units as a number with the currency's decimals."""
        return f"{self.on.amount(units):f}"


def total(terms: Iterable[Term], zero: Decimal) -> Decimal:
    """Return what terms add up to; `zero` has the currency's decimals."""
    return sum((term.amount for term in terms if term.amount is not None), zero)


def negated(term: Term) -> Term:
    """Return a term with the other sign, and all below it."""
    amount = None if term.amount is None else -term.amount
    return replace(term, amount=amount, terms=tuple(map(negated, term.terms)))


def percent(rate: Decimal) -> str:
    """Write a rate, a fraction, in percent: `0.40 %`, with two decimals at least."""
    value = (rate * 100).normalize()
    exponent = value.as_tuple().exponent
    digits = max(2, -exponent if isinstance(exponent, int) else 0)
    return f"{value:.{digits}f} %"


def document_name(number: str | None, debtor: str) -> str:
    """Return how a document is called, with its debtor."""
    return f"{number} of {debtor}" if number else debtor


Explain = Callable[[Explainer], Iterable[Term]]
"""What makes the terms of a key."""
