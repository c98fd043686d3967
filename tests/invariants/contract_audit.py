"""One contract's books, day by day, against what the rules make of the ledger's text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from beancount_factoring.engine import events as made
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.engine.position import Position
from tests.invariants.charging import Charging
from tests.invariants.custody import half_up
from tests.invariants.figures import parts_of
from tests.oracle import days
from tests.oracle.model import Date
from tests.oracle.model import Event
from tests.oracle.model import Txn

STANDINGS = {
    Standing.FIRM: {"not assigned"},
    Standing.FACTOR: {"assigned"},
    Standing.RETURNED: {"returned", "given back"},
    Standing.DEFAULTED: {"defaulted"},
}


class ContractAudit(Charging):
    """Brings the package's books and the rules' figures to each day, and compares them."""

    def step(self, day: Date, txns: list[Txn]) -> None:
        """Bring everything to the end of a day."""
        today = self.events[day]
        self.books.run(day)
        booked = self.books.events[self.shown :]
        self.shown = len(self.books.events)
        self.named = {part.document.number or "" for event in booked for part in parts_of(event)}
        self.cash.clear()
        self.custody.taken, self.custody.notes = {}, Counter()
        if day == self.contract.end:
            self.saw("end of remittances", "", "")
        self.custody.bring_in(day, txns)
        self._declared(day, today, booked)
        refunded, doubtful = self.custody.receive(day, txns)
        self.current += refunded
        self.doubtful = doubtful
        self._collections(booked, doubtful)
        closing = any(event.kind == "close" for event in today)
        self._factor_entries(day, booked)
        if self.contract.source == "generated":
            self._sweeps(None if closing else day, booked)
        if day < self.contract.start or self.closed is not None:
            self._nothing_else(booked)
        elif closing:
            self._close(day, today, booked)
        else:
            self._active_day(day, today, booked)
        self._compare(day, booked)

    def _active_day(self, day: Date, today: list[Event], booked: Sequence[made.Event]) -> None:
        remits = [event for event in today if event.kind == "remit"]
        stated = remits[0] if remits else None
        remitted = self._remittance(day, stated, booked)
        self._charges(day, today, booked, remitted=remitted)
        self._top_up(day, booked)
        self._fund(day, stated if remitted else None, booked)
        self._reserve(day)
        self._draws(day, today, booked)
        base = self.drawn - self.swept
        if self.contract.base == "funds-in-use":
            base = self.funds_in_use
        self.fees.count_day(day, base)
        given = [event for event in today if event.kind == "interest"]
        if given or days.is_month_end(day):
            self._interest(day, given, booked)

    def _nothing_else(self, booked: Sequence[made.Event]) -> None:
        allowed = (made.Sweep, made.Allocation, made.Collection)
        for item in booked:
            if not isinstance(item, allowed):
                self.tell(10, f"{type(item).__name__} outside of the contract's time")

    def _compare(self, day: Date, booked: Sequence[made.Event]) -> None:
        """Compare the position with what was carried here (rules.md, sections 1 and 2)."""
        if day < self.contract.start:
            return
        position = self.books.position(day)
        custody, fees = self.custody, self.fees
        in_hand = custody.K + self.loose
        figures = {
            "F": (position.factor_outstanding, custody.F, 10),
            "K": (position.collections_in_hand, in_hand, 8),
            "N": (position.credit_notes_in_transit, custody.N, 10),
            "E": (position.outstanding, custody.F - in_hand - custody.N, 4),
            "G": (position.guarantee_fund, self.fund.computed + self.carried, 6),
            "R": (position.reserve, self.reserve, 8),
            "C": (position.current_account, self.current, 8),
            "U": (position.funds_in_use, self.funds_in_use, 8),
            "commission": (position.commission_to_date, fees.commission_to_date, 9),
            "charges": (position.charges_to_date, fees.charges_to_date, 9),
            "interest": (position.interest_to_date, fees.interest_to_date, 9),
            "VAT": (position.vat_to_date, fees.vat_to_date, 9),
        }
        for name, (shown, wanted, number) in figures.items():
            if shown != wanted:
                self.tell(number, f"{name} is {shown}, not {wanted}")
        use = self.drawn + fees.to_date - self.swept - custody.losses - self.others
        if use != position.funds_in_use:
            self.tell(8, f"U is {position.funds_in_use}, but {use} by what moved")
        self._eligibility(day, position)

    def _eligibility(self, day: Date, position: Position) -> None:
        """Check that each cent of E is eligible, or has one reason; and what may be drawn."""
        eligibility = position.eligibility
        eligible = eligibility.eligible
        reasons = sum(eligibility.total(reason) for reason in Reason)
        if eligible + reasons != position.outstanding:
            self.tell(4, f"{eligible} and {reasons} of {position.outstanding}")
        taken: Counter[int] = Counter()
        for claim, reason, amount in eligibility.exclusions:
            taken[id(claim)] += amount
            if amount <= 0 or taken[id(claim)] > claim.open:
                self.tell(4, f"{claim.document.number}: {amount} {reason} of {claim.open}")
            if claim.standing is not Standing.FACTOR:
                self.tell(4, f"{claim.document.number}, not assigned, is {reason}")
            self.saw(f"not funded: {reason}", claim.document.debtor, claim.document.number or "")
        capacity = eligible - position.guarantee_fund
        if self.contract.model == "advance-rate":
            capacity = half_up(self.contract.advance_rate.on(day) * eligible)
        ceiling = self.contract.ceiling.on(day)
        capacity = capacity if ceiling is None else min(capacity, ceiling)
        if (position.ceiling, position.capacity) != (ceiling, capacity):
            self.tell(5, f"capacity is {position.capacity}, not {capacity}")
        if position.available != capacity - position.funds_in_use:
            self.tell(5, f"available is {position.available}")

    def documents(self, numbers: set[str] | None) -> None:
        """Compare documents with the package's: those named, or all (invariant 2)."""
        state = self.books.state
        papers = self.book.papers
        for number in papers if numbers is None else numbers & set(papers):
            paper, claims = papers[number], state.items.named(number)
            wanted = (paper.open, paper.line, paper.in_hand, paper.in_transit)
            if paper.held and not paper.is_note and wanted[0] != wanted[1] - wanted[2] - wanted[3]:
                self.tell(2, f"{number}: {wanted} (open, line, in hand, in transit) do not agree")
            shown = tuple(
                sum(getattr(claim, name) for claim in claims)
                for name in ("open", "line", "in_hand", "in_transit")
            )
            if shown != wanted:
                self.tell(2, f"{number} (open, line, in hand, in transit) is {shown}, not {wanted}")
            if any(not 0 <= claim.open <= claim.document.amount for claim in claims):
                self.tell(2, f"{number}: open is not between nothing and the amount")
            standings = {claim.standing for claim in claims}
            if any(paper.standing not in STANDINGS[standing] for standing in standings):
                self.tell(10, f"{number} is {standings}, not {paper.standing}")
        if numbers is None:
            self._loose_credits()
            if self.custody.sums() != (self.custody.F, self.custody.K, self.custody.N):
                self.tell(2, "the documents' sums are not F, K and N")

    def _loose_credits(self) -> None:
        for name, debtor in self.books.state.items.debtors.items():
            shown = sum(claim.open for claim in debtor.credits) + debtor.earmarked
            shown -= sum(claim.open for claim in debtor.items)
            wanted = self.book.credits[name] + self.book.waiting[name]
            if shown != wanted and name in self.book.live:
                self.tell(2, f"credits less items of {name} are {shown}, not {wanted}")

    def swept_once(self) -> None:
        """Compare what waits for a sweep on each account (invariant 7)."""
        shown: Counter[str] = Counter()
        for receipt in self.books.state.receipts.waiting():
            shown[self._short(receipt.bank)] += receipt.total
        for account in {*shown, *self.custody.waiting}:
            wanted = self.custody.waiting[account]
            if shown[account] != wanted:
                self.tell(7, f"{shown[account]} waits on {account}, not {wanted}")
