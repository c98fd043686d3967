"""The factor's books at a moment: all that the steps of a day read and change."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import Figures
from beancount_factoring.contract.terms import FundingModel
from beancount_factoring.contract.terms import SharedAccountSource
from beancount_factoring.engine.assignment import Assignment
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.eligibility import Eligibility
from beancount_factoring.engine.eligibility import EligibilityRule
from beancount_factoring.engine.eligibility import Exclusion
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.fund import GuaranteeFund
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import History
from beancount_factoring.engine.interest import InterestMeter
from beancount_factoring.engine.journal import Journal
from beancount_factoring.engine.limits import Limits
from beancount_factoring.engine.money import minor_units
from beancount_factoring.engine.money import share
from beancount_factoring.engine.open_items import OpenItems
from beancount_factoring.engine.open_items import Report
from beancount_factoring.engine.position import Position
from beancount_factoring.engine.receipts import Receipts


class CurrentAccount:
    """`C`, and the running sums that other figures are made of. Amounts are minor units.

    drawn   all draws since the start
    swept   all money swept since the start, whatever it was for
    """

    def __init__(self) -> None:
        self.balance = 0
        self.drawn = 0
        self.swept = 0
        self.commissions: list[tuple[datetime.date, int]] = []
        self.charges = 0
        self.interest = 0
        self.vat = 0

    def debit_fee(self, net: int, vat: int) -> None:
        """Let the factor take a fee and its VAT."""
        self.balance -= net + vat
        self.vat += vat


class Today:
    """What later steps of a day need to know of earlier ones."""

    def __init__(self) -> None:
        self.remitted: list[Claim] = []
        self.remittance: str | None = None
        self.stated_guarantee: int | None = None
        self.guarantee_cause: Cause | None = None

    def state_guarantee(self, movement: int, cause: Cause | None) -> None:
        """Take the factor's own movement of the fund; several on a day are one."""
        self.stated_guarantee = (self.stated_guarantee or 0) + movement
        self.guarantee_cause = self.guarantee_cause or cause


class State:
    """One contract's books: the symbols of rules.md, section 1, and what they are made of."""

    def __init__(
        self,
        contract: Contract,
        history: History,
        record: Callable[[Event], None] | None = None,
        open_items: Callable[[Iterable[Document], Report], OpenItems] = OpenItems,
    ) -> None:
        """Start empty books, whose events are kept, or handed to `record` as they happen."""
        self.contract = contract
        self.journal = Journal(contract, history.digits, record)
        self.unit = self.journal.unit
        self.fund = GuaranteeFund(contract.guarantee_fund, history.digits)
        self.assignment = Assignment(self.fund.note_moved if self.fund.follows_lines else None)
        self.items = open_items(history.documents, self.journal.report)
        self.receipts = Receipts()
        self.limits = Limits(contract.eligibility, history.digits)
        self.eligibility_rule = EligibilityRule(contract, self.limits)
        self.interest = InterestMeter(contract.interest, history.fixings)
        self.account = CurrentAccount()
        self.reserve = 0
        # What of the outstanding was not eligible when the factor last stated the reserve.
        self.reserve_computed = 0
        self.closed: datetime.date | None = None
        # Documents that an earlier contract took and did not give back yet.
        self.held = dict(history.held)
        # Claims that the close gave back: a later contract may take them.
        self.freed: set[int] = set()
        # What copies in the ledger's text show of events, by key.
        self.sent = history.sent
        self.today = Today()
        # Invoices that wait for the next remittance, and credit notes for the contract's start.
        self.waiting: list[Claim] = []
        self.early_notes: list[Claim] = []
        self._sweep_days: dict[datetime.date, datetime.date] = {}
        # Funding dates to come, with the number of the remittance that was booked for them.
        self.funding_dates: dict[datetime.date, str | None] = {}
        self.remittances_booked: Counter[int] = Counter()
        self.remittance_numbers: set[str] = set()
        # What of each debtor was not funded when the reserve last moved.
        self.reserved: Mapping[str, Sequence[Exclusion]] = {}

    def sweep_day(self, day: datetime.date) -> datetime.date:
        """Return the day on which money received on a day is swept."""
        due = self._sweep_days.get(day)
        if due is None:
            days = self.contract.shared_account.sweep
            due = self.contract.funding.calendar.add_business_days(day, days)
            self._sweep_days[day] = due
        return due

    @property
    def generates_bank_entries(self) -> bool:
        """Whether draws, transfers and sweeps are generated (`shared_account.source`)."""
        return self.contract.shared_account.source is SharedAccountSource.GENERATED

    @property
    def books_stated_figures(self) -> bool:
        """Whether only what the factor stated of fees, fund and reserve is booked (`figures`)."""
        return self.contract.figures is Figures.STATED

    @property
    def funds_in_use(self) -> int:
        """`U` = `F` − `G` − `R` − `C`."""
        lines = self.assignment.factor_outstanding
        return lines - self.fund.balance - self.reserve - self.account.balance

    def eligibility(self, day: datetime.date) -> Eligibility:
        """Split the outstanding, as it is now, by the rules of a day."""
        lines = self.assignment
        return self.eligibility_rule.at(day, self.items, lines.outstanding, -lines.corrected)

    def position(self, day: datetime.date) -> Position:
        """Return the position with what is booked now, looked at on a day."""
        eligibility = self.eligibility(day)
        funding = self.contract.funding
        cap = funding.ceiling.at(day)
        ceiling = None if cap is None else minor_units(cap, self.unit)
        if funding.model is FundingModel.GUARANTEE_FUND:
            capacity = eligibility.eligible - self.fund.balance
        else:
            capacity = share(eligibility.eligible, funding.advance_rate.at(day))
        if ceiling is not None:
            capacity = min(ceiling, capacity)
        return Position(
            day=day,
            outstanding=self.assignment.outstanding,
            factor_outstanding=self.assignment.factor_outstanding,
            collections_in_hand=self.assignment.in_hand,
            credit_notes_in_transit=self.assignment.in_transit,
            eligibility=eligibility,
            guarantee_fund=self.fund.balance,
            reserve=self.reserve,
            ceiling=ceiling,
            capacity=capacity,
            funds_in_use=self.funds_in_use,
            available=capacity - self.funds_in_use,
            current_account=self.account.balance,
            commission_to_date=sum(net for _day, net in self.account.commissions),
            charges_to_date=self.account.charges,
            interest_to_date=self.account.interest,
            vat_to_date=self.account.vat,
        )
