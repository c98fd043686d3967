"""Plain descriptions of a contract and of a history, written as a ledger and a contract file.

Nothing here comes from the package: accounts, keys and metadata are those of the outer face. All
amounts are whole minor units of the contract's currency.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from typing import Generic
from typing import TypeVar

Date = datetime.date
T = TypeVar("T")

# A short name per account that a history may post on; debtors are below `Assets:Clients`.
ACCOUNTS = {
    "receivables": "Assets:Clients",
    "current": "Assets:Factor:Current",
    "guarantee": "Assets:Factor:Guarantee",
    "reserve": "Assets:Factor:Reserve",
    "collections": "Liabilities:Factor:Collections",
    "borrowing": "Liabilities:Factor:Borrowing",
    "shared": "Assets:Bank:Shared",
    "operating": "Assets:Bank:Operating",
    "banks": "Assets:Bank:Other:Savings",
    "transit": "Assets:Bank:Transit",
    "doubtful": "Assets:Doubtful",
    "vat": "Assets:VAT:Deductible",
    "commission": "Expenses:Factoring:Commission",
    "charges": "Expenses:Factoring:Charges",
    "interest": "Expenses:Factoring:Interest",
    "sales": "Income:Sales",
    "discounts": "Expenses:Discounts",
    "fees": "Expenses:Bank",
}
DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value that changes in time: (day, value from that day on), the days rising."""

    steps: tuple[tuple[Date, T], ...]

    def on(self, day: Date) -> T:
        value = self.steps[0][1]
        for since, changed in self.steps:
            if since <= day:
                value = changed
        return value

    def since(self, day: Date) -> Date:
        """Return the day from which the value of `day` counts."""
        return max(since for since, _ in self.steps if since <= day)


def always(value: T) -> Dated[T]:
    return Dated(((Date.min, value),))


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee of the contract; `account` is a short name of ACCOUNTS."""

    name: str
    amount: Dated[int]
    every: str
    vat: Dated[Fraction]
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """The terms of one contract, in the words of the contract file."""

    start: Date
    end: Date | None = None
    currency: str = "EUR"
    treatment: str = "derecognition"
    recourse: Dated[Fraction] = field(default_factory=lambda: always(Fraction(1)))
    banks: bool = True
    transit: bool = False
    every: str = "week"
    day: str | int = "friday"
    funding_days: int = 2
    calendar: str = "ECB"
    draw: str = "all"
    ceiling: Dated[int | None] = field(default_factory=lambda: always(None))
    model: str = "guarantee-fund"
    advance_rate: Dated[Fraction] = field(default_factory=lambda: always(Fraction(1)))
    limit_basis: str = "gross"
    reserve: str = "memo"
    fund_rate: Dated[Fraction] = field(default_factory=lambda: always(Fraction(0)))
    fund_build: str = "ratio"
    fund_ceiling: Dated[int | None] = field(default_factory=lambda: always(None))
    fund_floor: Dated[int | None] = field(default_factory=lambda: always(None))
    terms: int = 30
    overdue: Dated[int | None] = field(default_factory=lambda: always(None))
    concentration: Dated[Fraction | None] = field(default_factory=lambda: always(None))
    limits: tuple[tuple[str, Dated[int | None]], ...] = ()
    default_limit: Dated[int | None] = field(default_factory=lambda: always(None))
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    commission_rate: Dated[Fraction] = field(default_factory=lambda: always(Fraction(0)))
    commission_vat: Dated[Fraction] = field(default_factory=lambda: always(Fraction(0)))
    commission_base: str = "invoices"
    per_document: Dated[int] = field(default_factory=lambda: always(0))
    per_year: Dated[int] = field(default_factory=lambda: always(0))
    charges: tuple[Charge, ...] = ()
    index: str | None = None
    floor: Dated[Fraction | None] = field(default_factory=lambda: always(None))
    margin: Dated[Fraction] = field(default_factory=lambda: always(Fraction(0)))
    basis: int = 360
    base: str = "draws"
    interest_vat: Dated[Fraction] = field(default_factory=lambda: always(Fraction(0)))
    source: str = "generated"
    sweep: int = 1
    name: str = "bpce"
    accounts: Mapping[str, str] = field(default_factory=lambda: ACCOUNTS)

    def assignable(self, debtor: str) -> bool:
        listed = self.include is None or debtor in self.include
        return listed and debtor not in self.exclude


@dataclass(frozen=True, slots=True)
class Line:
    """One posting below the receivables: a debit is positive."""

    debtor: str
    amount: int
    invoice: str | None = None
    due: Date | None = None
    credit_note: str | None = None
    credits: str | None = None
    settles: str | None = None


@dataclass(frozen=True, slots=True)
class Txn:
    """A transaction of the firm: postings on customers and on other accounts (short name, amount).

    `style` chooses among equal ways of writing it: 0 metadata on postings, 1 on the transaction
    where that means the same, 2 the number as the transaction's only link where that does.
    """

    day: Date
    lines: tuple[Line, ...] = ()
    others: tuple[tuple[str, int], ...] = ()
    style: int = 0

    def on(self, *accounts: str) -> int:
        return sum(amount for account, amount in self.others if account in accounts)

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines) + sum(amount for _, amount in self.others)


@dataclass(frozen=True, slots=True)
class Event:
    """A `custom "factoring"` directive.

    `what` is the document, the charge, the debtor or the index it speaks of; `amount` its amount;
    `rate` the index in percent; `figures` the metadata of a `remit` (commission, vat, guarantee,
    assigned) or the VAT of an `interest` or a `charge`; `number` that of a `remit`.
    """

    day: Date
    kind: str
    what: str = ""
    amount: int = 0
    rate: Decimal = Decimal(0)
    figures: tuple[tuple[str, int], ...] = ()
    number: str = ""

    def figure(self, name: str) -> int | None:
        return dict(self.figures).get(name)


@dataclass(frozen=True, slots=True)
class Case:
    """A contract and its history; `last` is another day that the horizon reaches at least."""

    contract: Contract
    txns: tuple[Txn, ...]
    events: tuple[Event, ...]
    last: Date = Date.min

    @property
    def horizon(self) -> Date:
        """The date of the last directive that moves the horizon (rules, 3)."""
        moving = [event.day for event in self.events if event.kind not in {"index", "limit"}]
        return max([self.last, *moving, *(txn.day for txn in self.txns)])

    @property
    def debtors(self) -> list[str]:
        return sorted({line.debtor for txn in self.txns for line in txn.lines})
