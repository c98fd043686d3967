"""Commission and charges (rules.md, section 3, Commission)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from beancount_factoring.contract.dated import Dated
from beancount_factoring.contract.schedule import contract_year_end
from beancount_factoring.contract.schedule import month_end
from beancount_factoring.contract.terms import ChargeRhythm
from beancount_factoring.contract.terms import ChargeTerms
from beancount_factoring.contract.terms import CommissionBase
from beancount_factoring.contract.terms import CommissionTerms
from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.money import minor_units
from beancount_factoring.engine.money import share
from beancount_factoring.tuples import new


class Fee(NamedTuple):
    """A fee without VAT, and its VAT."""

    net: int
    vat: int


class ChargeDue(NamedTuple):
    """A charge of the contract that is booked on a day."""

    terms: ChargeTerms
    fee: Fee


def vat_on(net: int, rate: Dated[Decimal] | None, day: datetime.date) -> int:
    """Return the VAT of an amount, once on the whole; none where the contract has no rate."""
    return 0 if rate is None else share(net, rate.at(day))


def commission_parts(
    contract: Contract,
    day: datetime.date,
    assigned: Sequence[Part],
    notes: Sequence[Part],
    unit: int,
) -> tuple[Part, ...]:
    """Return each remitted document's commission: max(amount × rate, per_document), rounded."""
    terms = contract.commission
    rate = terms.rate.at(day)
    least = minor_units(terms.per_document.at(day), unit)
    bases = commission_bases(terms, assigned, notes)
    fees = [new(Part, (document, max(share(base, rate), least))) for document, base in bases]
    return tuple([part for part in fees if part.amount])


def commission_bases(
    terms: CommissionTerms, assigned: Iterable[Part], notes: Iterable[Part]
) -> tuple[Part, ...]:
    """Return the amounts that commission is taken on, a document each.

    `assigned` are the invoices; `notes`, the credit notes remitted with them, count where the
    contract's base has them, in absolute value. Reductions bear none. Instalments of one number
    are one document: the fee is the first one's.
    """
    with_notes = terms.base is CommissionBase.INVOICES_AND_CREDIT_NOTES
    bases: dict[str | None, Part] = {}
    for document, amount in (*assigned, *notes) if with_notes else assigned:
        number = document.number
        if number in bases:
            first, before = bases[number]
            bases[number] = Part(first, before + abs(amount))
        else:
            bases[number] = new(Part, (document, abs(amount)))
    return tuple(bases.values())


def charges_due(
    contract: Contract, day: datetime.date, *, remitted: bool, unit: int
) -> Iterator[ChargeDue]:
    """Yield the contract's charges that are booked on a day.

    With each booked remittance, on the last day of each month or contract year, or once on the
    first day.
    """
    for terms in contract.charges:
        match terms.every:
            case ChargeRhythm.REMITTANCE:
                is_due = remitted
            case ChargeRhythm.MONTH:
                is_due = day == month_end(day)
            case ChargeRhythm.YEAR:
                is_due = day == contract_year_end(contract.start, day)
            case ChargeRhythm.ONCE:
                is_due = day == contract.start
        net = minor_units(terms.amount.at(day), unit) if is_due else 0
        if net:
            yield ChargeDue(terms, Fee(net, vat_on(net, terms.vat, day)))


def yearly_top_up(
    contract: Contract,
    day: datetime.date,
    commissions: Iterable[tuple[datetime.date, int]],
    unit: int,
) -> int:
    """Return what is missing to the yearly minimum on a contract year's last day, else 0."""
    if day != contract_year_end(contract.start, day):
        return 0
    booked = sum(
        net for booked, net in commissions if contract_year_end(contract.start, booked) == day
    )
    return max(0, minor_units(contract.commission.per_year.at(day), unit) - booked)
