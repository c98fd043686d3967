"""What the factor charges and retains, recomputed from the documents (rules.md, section 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from fractions import Fraction

from tests.invariants.custody import Custody
from tests.invariants.custody import half_up
from tests.invariants.subledger import Paper
from tests.oracle import days
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Event

Fee = tuple[str, int, int]


@dataclass
class Fees:
    """Commission, charges and interest of one contract: net and VAT, each rounded."""

    contract: Contract
    fixings: list[tuple[Date, Fraction]]
    commissions: list[tuple[Date, int]] = field(default_factory=list)
    charges_to_date: int = 0
    interest_to_date: int = 0
    vat_to_date: int = 0
    accrued: Fraction = Fraction(0)

    @property
    def commission_to_date(self) -> int:
        return sum(net for _, net in self.commissions)

    @property
    def to_date(self) -> int:
        """Every fee with its VAT."""
        net = self.commission_to_date + self.charges_to_date + self.interest_to_date
        return net + self.vat_to_date

    def commission(self, day: Date, custody: Custody) -> int:
        """Return base × rate, at least the minimum, rounded per document."""
        contract = self.contract
        amounts = list(custody.taken.values())
        if contract.commission_base == "invoices-and-credit-notes":
            credit_notes = (
                amount
                for number, amount in custody.notes.items()
                if number not in custody.book.papers or custody.book.papers[number].is_note
            )
            amounts += [abs(amount) for amount in credit_notes if amount]
        rate, least = contract.commission_rate.on(day), contract.per_document.on(day)
        return sum(half_up(max(amount * rate, Fraction(least))) for amount in amounts)

    def pay(self, kind: str, day: Date, net: int, vat: int) -> None:
        if kind == "commission":
            self.commissions.append((day, net))
        elif kind == "charge":
            self.charges_to_date += net
        else:
            self.interest_to_date += net
        self.vat_to_date += vat

    def remittance(self, day: Date, custody: Custody, stated: Event | None) -> tuple[int, int, int]:
        """Return the commission as computed, as taken, and its VAT."""
        computed = self.commission(day, custody)
        given = stated.figure("commission") if stated else None
        net = computed if given is None else given
        return computed, net, self._vat(net, self.contract.commission_vat.on(day), stated)

    def _vat(self, net: int, rate: Fraction, stated: Event | None) -> int:
        given = stated.figure("vat") if stated else None
        return half_up(net * rate) if given is None else given

    def top_up(self, day: Date) -> int:
        """Return what is missing of the yearly minimum, on the contract year's last day."""
        first, last = days.contract_year(self.contract, day)
        if day != last:
            return 0
        paid = sum(net for since, net in self.commissions if since >= first)
        return max(0, self.contract.per_year.on(day) - paid)

    def charges(self, day: Date, stated: Iterable[Event], *, remitted: bool) -> Counter[Fee]:
        """Return the day's charges by account (short name), net and VAT."""
        due = {
            "remittance": remitted,
            "month": days.is_month_end(day),
            "year": day == days.contract_year(self.contract, day)[1],
            "once": day == self.contract.start,
        }
        charges: Counter[Fee] = Counter()
        named = {charge.name: charge for charge in self.contract.charges}
        for charge in named.values():
            net = charge.amount.on(day)
            if due[charge.every] and net:
                vat = half_up(net * charge.vat.on(day))
                charges[charge.account or "commission", net, vat] += 1
        for event in stated:
            charge_of = named.get(event.what)
            rate = charge_of.vat.on(day) if charge_of else self.contract.commission_vat.on(day)
            account = (charge_of.account if charge_of else None) or "commission"
            charges[account, event.amount, self._vat(event.amount, rate, event)] += 1
        return charges

    def count_day(self, day: Date, base: int) -> None:
        """Count a day's interest on a balance, exactly."""
        contract = self.contract
        rate = contract.margin.on(day)
        if contract.index:
            index = max(fixing for fixing in self.fixings if fixing[0] <= day)[1]
            floor = contract.floor.on(day)
            rate += index if floor is None else max(index, floor)
        self.accrued += max(0, base) * rate / contract.basis

    def interest(self, day: Date, stated: list[Event]) -> list[tuple[int, int, int]]:
        """Return the day's bookings of interest: as computed, as taken, and the VAT."""
        bookings = []
        each: list[Event | None] = [*stated] or [None]
        for event in each:
            computed, self.accrued = half_up(self.accrued), Fraction(0)
            net = computed if event is None else event.amount
            vat = self._vat(net, self.contract.interest_vat.on(day), event)
            if net or vat or computed:
                bookings.append((computed, net, vat))
        return bookings


@dataclass
class Fund:
    """G without what the factor's own movements add: built and released by the rules."""

    contract: Contract
    computed: int = 0
    highest: int | None = None
    remitted: bool = False
    papers: list[Paper] = field(default_factory=list)

    def follow(self, day: Date, custody: Custody) -> None:
        """Bring the fund to a day's end."""
        contract = self.contract
        rate, ceiling = contract.fund_rate.on(day), contract.fund_ceiling.on(day)
        self.remitted = self.remitted or bool(custody.taken or custody.notes)
        new = [custody.book.papers[number] for number in custody.taken]
        if contract.fund_build == "ratio":
            fund = half_up(rate * custody.F)
            fund = fund if ceiling is None else min(fund, ceiling)
            floor = contract.fund_floor.on(day)
            self.computed = fund if floor is None or not self.remitted else max(fund, floor)
        elif contract.fund_build == "ceiling":
            self.computed += self._room(ceiling, half_up(rate * sum(p.assigned for p in new)))
        else:
            for paper in self.papers:
                kept = half_up(Fraction(paper.gave * paper.line, paper.assigned))
                self.computed += kept - paper.kept
                paper.kept = kept
            for paper in sorted(new, key=lambda paper: (paper.day, paper.number)):
                paper.gave = paper.kept = self._room(ceiling, half_up(rate * paper.assigned))
                self.computed += paper.gave
                self.papers += [paper] if paper.gave else []

    def _room(self, ceiling: int | None, gift: int) -> int:
        return gift if ceiling is None else max(0, min(gift, ceiling - self.computed))

    def out_of_bounds(self, day: Date, before: int) -> str:
        """Say how the fund left its floor and ceiling, if it did; `before` is the day before's."""
        ceiling, floor = self.contract.fund_ceiling.on(day), self.contract.fund_floor.on(day)
        build = self.contract.fund_build
        if ceiling is not None and self.computed > ceiling:
            if build == "ratio":
                return f"{self.computed} is above the ceiling {ceiling}"
            if build == "ceiling" and self.computed > before:
                return f"{self.computed} is built beyond the ceiling {ceiling}"
        if build == "ceiling" and self.computed < before:
            return f"released to {self.computed} from {before} before the close"
        if build == "ratio" and floor is not None and self.remitted and self.computed < floor:
            return f"{self.computed} is below the floor {floor}"
        return ""
