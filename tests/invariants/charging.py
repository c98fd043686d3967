"""What the factor assigns, charges, retains and pays: recomputed, and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from beancount_factoring.engine import events as made
from tests.invariants.custody import half_up
from tests.invariants.fees import Fund
from tests.invariants.following import Following
from tests.oracle import days
from tests.oracle.model import Date
from tests.oracle.model import Event


class Charging(Following):
    """Follows a day's remittance, fees, fund, draws and close, and compares each."""

    def _remittance(self, day: Date, stated: Event | None, booked: Sequence[made.Event]) -> bool:
        """Check what is assigned, and its commission."""
        found = [item for item in booked if isinstance(item, made.Remittance)]
        scheduled = days.is_scheduled(self.contract, day)
        is_due = scheduled or stated is not None
        if is_due:
            calendar, count = self.contract.calendar, self.contract.funding_days
            self.funding_days.add(days.business_days_later(calendar, day, count))
        remitted = is_due and self.custody.remit(day)
        if len(found) != remitted:
            self.tell(10, f"{len(found)} remittances are booked")
            return remitted
        commissions = [c for c in booked if isinstance(c, made.Commission) and c.remittance]
        if not remitted:
            return False
        custody = self.custody
        assigned, notes = Counter[str](), Counter[str]()
        for document, amount in found[0].parts:
            paper = self.book.papers.get(document.number or "")
            if paper is not None and paper.number in custody.taken and amount > 0:
                assigned[paper.number] += amount
            else:
                notes[document.number or ""] -= amount
        if assigned != Counter(custody.taken) or notes != custody.notes:
            told = f"{dict(assigned)} and {dict(notes)}"
            self.tell(10, f"assigned is {told}, not {custody.taken} and {dict(custody.notes)}")
        self.current += sum(custody.taken.values()) - custody.notes.total()
        self._number(day, stated, found[0])
        computed, net, vat = self.fees.remittance(day, custody, stated)
        self._pay("commission", day, [(computed, net, vat)], commissions)
        if stated:
            self.saw("remit: on schedule" if scheduled else "remit: beside the schedule", "", "")
            for name in dict(stated.figures):
                self.saw(f"remit: states {name}", "", "")
            if stated.number:
                self.saw("remit: states a number", "", "")
        for number in custody.taken:
            if number in custody.held_before:
                self.saw(
                    "assigned again by the next factor", self.book.papers[number].debtor, number
                )
        return True

    def _number(self, day: Date, stated: Event | None, booked: made.Remittance) -> None:
        self.remittances[day.year] += 1
        number = f"{self.contract.name}/{day.year}-{self.remittances[day.year]:02d}"
        if stated and stated.number:
            number = stated.number
        if booked.remittance != number:
            self.tell(10, f"the remittance is {booked.remittance}, not {number}")

    def _pay(
        self,
        kind: str,
        day: Date,
        expected: list[tuple[int, int, int]],
        found: Sequence[Any],
        booked_as: str = "",
    ) -> None:
        """Check fees: as computed, as taken, and the VAT; count them."""
        expected = [fee for fee in expected if any(fee)]
        told = [(item.computed, item.net, item.vat) for item in found]
        if told != expected:
            self.tell(9, f"{kind} (computed, net, VAT) is {told}, not {expected}")
        for _, net, vat in expected:
            self.fees.pay(booked_as or kind, day, net, vat)
            self.current -= net + vat
            self.saw(kind, "", "")

    def _charges(
        self, day: Date, today: list[Event], booked: Sequence[made.Event], *, remitted: bool
    ) -> None:
        given = [event for event in today if event.kind == "charge"]
        expected = self.fees.charges(day, given, remitted=remitted)
        found = Counter(
            (self._short(item.account), item.net, item.vat)
            for item in booked
            if isinstance(item, made.Charge)
        )
        if found != expected:
            self.tell(9, f"charges are {dict(found)}, not {dict(expected)}")
        for (_, net, vat), count in expected.items():
            for _ in range(count):
                self.fees.pay("charge", day, net, vat)
                self.current -= net + vat
        if len(given) < expected.total():
            self.saw("charge of the contract", "", "")
        for _ in given:
            self.saw("charge stated", "", "")

    def _top_up(self, day: Date, booked: Sequence[made.Event]) -> None:
        missing = self.fees.top_up(day)
        vat = half_up(missing * self.contract.commission_vat.on(day))
        found = [c for c in booked if isinstance(c, made.Commission) and not c.remittance]
        fee = (missing, missing, vat)
        self._pay("yearly minimum", day, [fee], found, "commission")

    def _fund(self, day: Date, stated: Event | None, booked: Sequence[made.Event]) -> None:
        """Check that G is what was built less what was released, within floor and ceiling."""
        before = self.fund.computed
        self.fund.follow(day, self.custody)
        computed = self.fund.computed - before
        given = stated.figure("guarantee") if stated else None
        movement = computed if given is None else given
        self.carried += movement - computed
        self.current -= movement
        found = [(g.computed, g.amount) for g in booked if isinstance(g, made.GuaranteeMove)]
        expected = [(computed, movement)] if computed or movement else []
        if found != expected:
            self.tell(6, f"the fund moves by (computed, booked) {found}, not {expected}")
        beyond = self.fund.out_of_bounds(day, before)
        if beyond:
            self.tell(6, beyond)
        if movement:
            self.saw("fund retained" if movement > 0 else "fund released", "", "")

    def _reserve(self, day: Date) -> None:
        if self.contract.reserve != "posted":
            return
        position = self.books.position(day)
        reserve = position.outstanding - position.eligibility.eligible
        self.current -= reserve - self.reserve
        if reserve != self.reserve:
            self.saw("reserve moved", "", "")
        self.reserve = reserve

    def _draws(self, day: Date, today: list[Event], booked: Sequence[made.Event]) -> None:
        """Check draws and transfers, and that U stays within the ceiling after every draw."""
        drawn = [item.amount for item in booked if isinstance(item, made.Draw)]
        transfers = [item.amount for item in booked if isinstance(item, made.Transfer)]
        asked = sorted(event.amount for event in today if event.kind == "draw")
        allowed = self.contract.source == "generated" and (
            asked or (self.contract.draw == "all" and day in self.funding_days)
        )
        if drawn and not allowed:
            self.tell(5, f"a draw of {drawn} without a cause")
        if drawn != transfers:
            self.tell(7, f"{transfers} is moved up of {drawn}")
        if asked and sorted(drawn) != asked:
            self.tell(5, f"{drawn} is drawn, not {asked}")
        self.current -= sum(drawn)
        self.drawn += sum(drawn)
        self.cash["operating"] += sum(drawn)
        if not drawn:
            return
        self.saw("draw asked for" if asked else "draw", "", "")
        ceiling, use = self.contract.ceiling.on(day), self.funds_in_use
        if ceiling is not None and use > ceiling:
            self.tell(5, f"U is {use} after a draw, above the ceiling {ceiling}")
        capacity = self.books.position(day).capacity
        if use > capacity:
            self.tell(5, f"U is {use} after a draw, above the capacity {capacity}")

    def _interest(self, day: Date, given: list[Event], booked: Sequence[made.Event]) -> None:
        found = [item for item in booked if isinstance(item, made.Interest)]
        kind = "interest stated" if given else "interest"
        expected = self.fees.interest(day, given)
        self._pay("interest", day, expected, found)
        self.saw(kind, "", "")

    def _close(self, day: Date, today: list[Event], booked: Sequence[made.Event]) -> None:
        back = self.custody.close(day)
        self.current -= back.total()
        self._charges(day, today, booked, remitted=False)
        self._top_up(day, booked)
        self._interest(day, [event for event in today if event.kind == "interest"], booked)
        held = self.fund.computed + self.carried
        self.current += held + self.reserve
        found = [item for item in booked if isinstance(item, made.Close)]
        if len(found) != 1:
            self.tell(10, f"the close is booked {len(found)} times")
            return
        closed = found[0]
        parts: Counter[str] = Counter()
        for document, amount in closed.parts:
            parts[document.number or ""] += amount
        wanted = {number: amount for number, amount in back.items() if amount}
        if {number: amount for number, amount in parts.items() if amount} != wanted:
            self.tell(10, f"{dict(parts)} goes back at the close, not {wanted}")
        if (closed.guarantee, closed.reserve) != (held, self.reserve):
            self.tell(6, f"{closed.guarantee} and {closed.reserve} are set off at the close")
        payment = self.current if self.contract.source == "generated" else 0
        if closed.payment != payment:
            self.tell(7, f"{closed.payment} is paid at the close, not {payment}")
        self.current -= payment
        self.drawn += payment
        self.cash["operating"] += payment
        self.fund = Fund(self.contract)
        self.carried = self.reserve = 0
        self.saw("close", "", "")
