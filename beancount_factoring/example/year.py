"""The example's year: who buys what, who pays when. Everything follows from a seed.

Proportions are those of the field: about 4 % credit notes, 10 % part payments, 30 % late by
twelve days in the mean, a few never paid. Only integers are drawn, so that every machine
and every version of Python makes the same year.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from dataclasses import replace
from itertools import groupby
from random import Random

from beancount_factoring.contract.calendars import Calendar
from beancount_factoring.example.customers import Customer
from beancount_factoring.example.customers import customers
from beancount_factoring.example.invoicing import CATALOGUE
from beancount_factoring.example.invoicing import Invoice
from beancount_factoring.example.invoicing import Line

SEED = 2025
FIRST_DAY = datetime.date(2025, 1, 1)
LAST_DAY = datetime.date(2025, 12, 31)
TURNOVER = 240_000_000  # cents a year, without VAT
CALENDAR = Calendar()

_DAY = datetime.timedelta(days=1)
_CREDIT_NOTES_PER_MILLE = 45
_PART_PAYMENTS_PER_MILLE = 100
_LATE_PER_MILLE = 300
_NEVER_PAID_PER_MILLE = 15
# Large customers pay on Thursdays all that is due since the last one.
_WEEKLY_RUN_SHARE, _RUN_WEEKDAY = 800, 3
_INVOICES_PER_TRANSFER = 5
_RATE_SHARES = (70, 8, 22)  # percent of lines at 20 %, 10 %, 5.5 %
_NAMED_TEXTS = ("REF {}", "FACTURE {}", "VOTRE FACTURE {}", "REGLEMENT {}", "{}")
_UNNAMED_TEXTS = ("REGLEMENT FACTURE DECEMBRE", "VOTRE RELEVE DU MOIS", "SOLDE DE NOTRE COMPTE")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A customer's transfer to the shared account: what it settles, in full or in part, in cents.

    `reference` is what the customer wrote, `end_to_end_id` what its program gave the payment.
    """

    date: datetime.date
    customer: Customer
    settled: tuple[tuple[Invoice, int], ...]
    reference: str
    end_to_end_id: str

    @property
    def amount(self) -> int:
        """The money that came."""
        return sum(amount for _, amount in self.settled)

    @property
    def names_invoices(self) -> bool:
        """Whether the text holds the numbers of all that it settles."""
        return all(invoice.number in self.reference for invoice, _ in self.settled)


@dataclass(frozen=True, slots=True)
class Year:
    """A year's documents by number, and its receipts by date."""

    invoices: tuple[Invoice, ...]
    credit_notes: tuple[Invoice, ...]
    receipts: tuple[Receipt, ...]


def simulate(seed: int = SEED) -> Year:
    """Return the year that follows from a seed."""
    random = Random(seed)  # noqa: S311 - an example, no secret
    invoices = _invoices(random)
    payments = [payment for invoice in invoices for payment in _payments(random, invoice)]
    credit_notes = _credit_notes(random, invoices, payments)
    return Year(invoices, credit_notes, _receipts(random, payments, credit_notes))


def _invoices(random: Random) -> tuple[Invoice, ...]:
    """Return the invoices of all customers, numbered by date."""
    days = _business_days()
    drawn = [
        (random.choice(days), customer, _lines(random, customer))
        for customer in customers()
        for _ in range(customer.invoices)
    ]
    drawn.sort(key=lambda invoice: (invoice[0], invoice[1].code))
    return tuple(
        Invoice(f"F{date.year}-{position:04d}", date, customer, lines)
        for position, (date, customer, lines) in enumerate(drawn, start=1)
    )


def _business_days() -> list[datetime.date]:
    """Return the days of the year on which banks work."""
    days = (FIRST_DAY + n * _DAY for n in range((LAST_DAY - FIRST_DAY).days + 1))
    return [day for day in days if CALENDAR.is_business_day(day)]


def _lines(random: Random, customer: Customer) -> tuple[Line, ...]:
    """Return lines that add up to about what the customer buys at a time."""
    mean = TURNOVER * customer.share // 10_000 // customer.invoices
    target = mean * (300 + random.randrange(701) + random.randrange(701)) // 1000
    count = 1 + random.randrange(3)
    lines: dict[str, Line] = {}
    for _ in range(count):
        (rate,) = random.choices((200, 100, 55), _RATE_SHARES)
        fitting = [p for p in CATALOGUE if p.vat == rate and p.price * count <= target]
        product = random.choice(fitting or CATALOGUE[-5:])
        quantity = max(1, target // count // product.price)
        lines[product.reference] = Line(product, quantity)
    return tuple(lines.values())


@dataclass(frozen=True, slots=True)
class _Payment:
    """A payment to come: `part` per mille of what is left of the invoice after credit notes."""

    date: datetime.date
    invoice: Invoice
    part: int = 1000


def _payments(random: Random, invoice: Invoice) -> list[_Payment]:
    """Return when an invoice is paid: at once or in two parts, perhaps next year, or never."""
    if random.randrange(1000) < _NEVER_PAID_PER_MILLE:
        return []
    late = random.randrange(1000) < _LATE_PER_MILLE
    delay = 1 + random.randrange(23) if late else -random.randrange(4)
    date = _payment_day(invoice.customer, invoice.due + delay * _DAY)
    if random.randrange(1000) >= _PART_PAYMENTS_PER_MILLE:
        return [_Payment(date, invoice)]
    rest = _payment_day(invoice.customer, date + (10 + random.randrange(21)) * _DAY)
    return [_Payment(date, invoice, part=400 + 100 * random.randrange(4)), _Payment(rest, invoice)]


def _payment_day(customer: Customer, day: datetime.date) -> datetime.date:
    """Return the customer's first payment run that is not before a day: weekly for large ones."""
    if customer.share >= _WEEKLY_RUN_SHARE:
        day += (_RUN_WEEKDAY - day.weekday()) % 7 * _DAY
    return _next_business_day(day)


def _next_business_day(day: datetime.date) -> datetime.date:
    """Return the first business day that is not before `day`."""
    return CALENDAR.add_business_days(day - _DAY, 1)


def _credit_notes(
    random: Random, invoices: tuple[Invoice, ...], payments: list[_Payment]
) -> tuple[Invoice, ...]:
    """Return credit notes for goods sent back before the invoice was paid, numbered by date."""
    paid_from: dict[str, datetime.date] = {}
    for payment in payments:
        paid_from.setdefault(payment.invoice.number, payment.date)
    drawn = []
    for invoice in invoices:
        if random.randrange(1000) >= _CREDIT_NOTES_PER_MILLE:
            continue
        date = _next_business_day(invoice.date + (3 + random.randrange(13)) * _DAY)
        line = max(invoice.lines, key=lambda line: line.quantity)
        if line.quantity < 2 or date >= paid_from.get(invoice.number, LAST_DAY):
            continue
        returned = 1 + random.randrange(line.quantity // 2)
        drawn.append((date, invoice, replace(line, quantity=returned)))
    drawn.sort(key=lambda note: (note[0], note[1].number))
    return tuple(
        Invoice(f"AV{date.year}-{position:04d}", date, invoice.customer, (line,), invoice)
        for position, (date, invoice, line) in enumerate(drawn, start=1)
        if date <= LAST_DAY
    )


def _receipts(
    random: Random, payments: list[_Payment], credit_notes: tuple[Invoice, ...]
) -> tuple[Receipt, ...]:
    """Return the year's receipts by date.

    What a customer pays in full on one day comes as one transfer, up to five invoices at a time;
    a part comes alone. A few payments of early January come on the last day already and name no
    invoice: their bank lines are the user's to match. Being of the last day, they change no draw
    and no sweep.
    """
    left = {payment.invoice.number: payment.invoice.total for payment in payments}
    for note in credit_notes:
        if note.credits is not None and note.credits.number in left:
            left[note.credits.number] -= note.total
    payments = sorted(payments, key=lambda p: (p.date, p.invoice.customer.code, p.invoice.number))
    early = _payments_of_january(payments)
    receipts = [
        _receipt(random, LAST_DAY, [(payment.invoice, left[payment.invoice.number])], text)
        for payment, text in zip(early, _UNNAMED_TEXTS, strict=False)
    ]
    for (date, _), run in groupby(payments, key=lambda p: (p.date, p.invoice.customer.code)):
        if date > LAST_DAY:
            break
        whole = []
        for payment in run:
            number = payment.invoice.number
            amount = left[number] * payment.part // 1000
            left[number] -= amount
            if payment.part < 1000:
                part = [(payment.invoice, amount)]
                receipts.append(_receipt(random, date, part, f"ACOMPTE {number}"))
            else:
                whole.append((payment.invoice, amount))
        for start in range(0, len(whole), _INVOICES_PER_TRANSFER):
            settled = whole[start : start + _INVOICES_PER_TRANSFER]
            numbers = " ".join(invoice.number for invoice, _ in settled)
            text = random.choice(_NAMED_TEXTS).format(numbers)
            receipts.append(_receipt(random, date, settled, text))
    return tuple(sorted(receipts, key=lambda r: (r.date, r.settled[0][0].number)))


def _receipt(
    random: Random, date: datetime.date, settled: list[tuple[Invoice, int]], text: str
) -> Receipt:
    """Make a receipt, with an identifier as payment programs give it."""
    customer = settled[0][0].customer
    identifier = f"{customer.code}-{random.randrange(10**6):06d}"
    return Receipt(date, customer, tuple(settled), text, identifier)


def _payments_of_january(payments: list[_Payment]) -> list[_Payment]:
    """Return the next year's first payments that settle in one go an invoice sent by November."""
    in_parts = {payment.invoice.number for payment in payments if payment.part < 1000}
    later = [
        payment
        for payment in payments
        if payment.date > LAST_DAY
        and payment.invoice.number not in in_parts
        and payment.invoice.date < LAST_DAY.replace(day=1)
    ]
    return later[: len(_UNNAMED_TEXTS)]
