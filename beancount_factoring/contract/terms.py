"""The terms of a factoring contract, as interface.md, section 2, names them.

Amounts are decimals in the contract's currency, rates are fractions (`0.015` is 1.5 %), days are
calendar days unless they are said to be business days. A term that is absent is `None`. Most are
named tuples: such a class is made in a seventh of a frozen dataclass's time, at every start.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from typing import NamedTuple

from beancount_factoring.contract.calendars import Calendar
from beancount_factoring.contract.dated import Dated


class Treatment(StrEnum):
    """How the firm's books show the assignment (rules.md, section 4)."""

    DERECOGNITION = "derecognition"
    BORROWING = "borrowing"


class RemittanceRhythm(StrEnum):
    """How often the balance is remitted (rules.md, section 3, Remittance)."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    DECLARED = "declared"


class DrawPolicy(StrEnum):
    """Whether everything available is drawn on a funding date, or what `draw` directives ask."""

    ALL = "all"
    REQUESTED = "requested"


class FundingModel(StrEnum):
    """How capacity follows from what is eligible (rules.md, section 2)."""

    GUARANTEE_FUND = "guarantee-fund"
    ADVANCE_RATE = "advance-rate"


class LimitBasis(StrEnum):
    """What a debtor's limit caps: its eligible amount, or what is funded on it."""

    GROSS = "gross"
    FUNDED = "funded"


class ReserveMode(StrEnum):
    """Whether what cannot be funded is only shown (`memo`), or booked on a reserve account."""

    MEMO = "memo"
    POSTED = "posted"


class FundBuild(StrEnum):
    """How the guarantee fund is built and released (rules.md, section 3, Guarantee fund)."""

    RATIO = "ratio"
    REVOLVING = "revolving"
    CEILING = "ceiling"


class CommissionBase(StrEnum):
    """Whether credit notes enter the commission's base, in absolute value."""

    INVOICES = "invoices"
    INVOICES_AND_CREDIT_NOTES = "invoices-and-credit-notes"


class ChargeRhythm(StrEnum):
    """When a charge is booked (rules.md, section 3, Commission)."""

    MONTH = "month"
    YEAR = "year"
    REMITTANCE = "remittance"
    ONCE = "once"


class InterestBase(StrEnum):
    """The daily balance that bears interest (rules.md, section 3, Interest)."""

    DRAWS = "draws"
    FUNDS_IN_USE = "funds-in-use"


class SharedAccountSource(StrEnum):
    """Whether draws, transfers and sweeps are generated, or read from the bank's entries."""

    GENERATED = "generated"
    STATEMENT = "statement"


class Figures(StrEnum):
    """Whose fees, interest, fund and reserve are booked: the contract's or the factor's own."""

    COMPUTED = "computed"
    STATED = "stated"


class Accounts(NamedTuple):
    """The ledger accounts of a contract; `None` where the contract names none."""

    receivables: str
    shared: str
    operating: str
    commission: str
    interest: str
    vat: str
    doubtful: str
    current: str | None = None
    guarantee: str | None = None
    collections: str | None = None
    borrowing: str | None = None
    reserve: str | None = None
    transit: str | None = None
    banks: tuple[str, ...] = ()

    def is_bank(self, account: str) -> bool:
        """Tell whether an account is one of the firm's own banks; `banks` are roots."""
        return account in {self.shared, self.operating} or any(
            account == bank or account.startswith(f"{bank}:") for bank in self.banks
        )


FACTOR_ACCOUNTS: Final[Mapping[Treatment, tuple[str, ...]]] = MappingProxyType(
    {
        Treatment.DERECOGNITION: ("current", "guarantee", "collections", "reserve"),
        Treatment.BORROWING: ("borrowing",),
    }
)
"""The keys of the accounts that only one treatment books on (rules.md, section 4)."""


class RemittanceTerms(NamedTuple):
    """The schedule: `day` is a weekday (Monday is 0) or, with `month`, a day from 1 to 31."""

    every: RemittanceRhythm
    day: int


class FundingTerms(NamedTuple):
    """When and how much may be drawn; `days` are business days of `calendar`."""

    days: int
    calendar: Calendar
    draw: DrawPolicy
    ceiling: Dated[Decimal | None]
    model: FundingModel
    advance_rate: Dated[Decimal]
    limit_basis: LimitBasis
    reserve: ReserveMode


class GuaranteeFundTerms(NamedTuple):
    """The share of what is assigned that the factor retains."""

    rate: Dated[Decimal]
    build: FundBuild
    ceiling: Dated[Decimal | None]
    floor: Dated[Decimal | None]


class EligibilityTerms(NamedTuple):
    """What is funded; `limits` holds debtors by name, `default_limit` serves all others.

    `include` is `None` where every debtor may be assigned. `terms` are the days from document date
    to due date where the ledger gives no due date.
    """

    terms: int
    overdue: Dated[int | None]
    concentration: Dated[Decimal | None]
    limits: Mapping[str, Dated[Decimal | None]]
    default_limit: Dated[Decimal | None]
    include: frozenset[str] | None
    exclude: frozenset[str]

    def admits(self, debtor: str) -> bool:
        """Tell whether a debtor's documents may be assigned."""
        return debtor not in self.exclude and (self.include is None or debtor in self.include)


class CommissionTerms(NamedTuple):
    """The factoring commission; `vat` is `None` where the contract has no rate."""

    rate: Dated[Decimal]
    vat: Dated[Decimal] | None
    base: CommissionBase
    per_document: Dated[Decimal]
    per_year: Dated[Decimal]


class ChargeTerms(NamedTuple):
    """One other fee; `account` is the commission's where the contract names none."""

    name: str
    amount: Dated[Decimal]
    every: ChargeRhythm
    vat: Dated[Decimal] | None
    account: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """Interest by the day; `basis` is 360 or 365, `vat` is `None` where no interest is due."""

    index: str | None
    floor: Dated[Decimal | None]
    margin: Dated[Decimal]
    basis: int
    base: InterestBase
    vat: Dated[Decimal] | None


class SharedAccountTerms(NamedTuple):
    """Where draws and sweeps come from; `sweep` is business days from receipt to sweep."""

    source: SharedAccountSource
    sweep: int


@dataclass(frozen=True, slots=True)
class Contract:
    """One factoring contract.

    `filename` and `lines` tell where each key stands: `lines["commission.rate"]` is the line of
    that key, `lines[""]` the line of the contract's name. Keys left to their default have no line.
    """

    name: str
    factor: str
    currency: str
    start: datetime.date
    end: datetime.date | None
    treatment: Treatment
    recourse: Dated[Decimal]
    accounts: Accounts
    remittance: RemittanceTerms
    funding: FundingTerms
    guarantee_fund: GuaranteeFundTerms
    eligibility: EligibilityTerms
    commission: CommissionTerms
    charges: tuple[ChargeTerms, ...]
    interest: InterestTerms
    shared_account: SharedAccountTerms
    filename: str
    lines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    figures: Figures = Figures.COMPUTED

    def line(self, key: str) -> int:
        """Return the line of a dotted key, or of the nearest key above it that is written."""
        while key not in self.lines and key:
            key = key.rpartition(".")[0]
        return self.lines.get(key, 1)
