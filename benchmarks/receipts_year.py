"""A year of invoices and of receipts that pay them, as customers do it; the truth beside each.

Seeded; it knows nothing of how receipts are matched. Proportions: 80 % of the amount on 20 % of
the customers, one of them with a third; part payments one in ten, credit notes one in twenty-five;
prices that many customers share; names that are nearly alike; groups whose holding pays.
"""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from typing import Final

from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine
from benchmarks.payers import Number
from benchmarks.payers import creditor_reference
from benchmarks.payers import empty_text
from benchmarks.payers import list_text
from benchmarks.payers import name_as_written
from benchmarks.payers import single_text
from benchmarks.payers import swiss_reference
from benchmarks.payers import with_noise

SHARED: Final = "FR1420041010050500013M02606"
PATTERNS: Final = ("F{y}-{n:04d}", "FA{s:02d}{n:05d}", "{y}/{n:05d}", "FAC-{n:06d}", "F-{y}-{n}")

_SURNAMES: Final = (
    "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre"
    " Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Lefèvre Mercier Dupont"
    " Lambert Bonnet François Martinez Legrand Garnier Faure Rousseau Blanc Guérin Muller Henry"
    " Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fontaine Chevalier Robin"
).split()
_TRADES: Final = (
    "BTP", "Transports", "Menuiserie", "Bâtiment", "Services", "Distribution", "Conseil",
    "Plomberie",
    "et Fils", "Industrie", "Logistique", "Électricité", "Couverture", "SAS", "Négoce",
)  # fmt: skip
_TOWNS: Final = ("Lyon", "Nantes", "Lille", "Rennes", "Tours", "Dijon", "Metz", "Pau")
_PRICES: Final = tuple(map(Decimal, "60 94.80 120 178.80 240 358.80 600 1200".split()))
_CENT: Final = Decimal("0.01")
_TOLD: Final = {"misread", "structured"}
_STYLES: Final = (
    ("exact", 58), ("spaced", 9), ("zeros", 6), ("short year", 3), ("no letters", 5),
    ("counter", 8), ("misread", 1.5), ("typo", 1.5), ("none", 8),
)  # fmt: skip


@dataclass
class Invoice:
    """An invoice or, negative, a credit note, and what is unpaid of it."""

    number: Number
    day: datetime.date
    amount: Decimal
    unpaid: Decimal
    reference: str | None = None


@dataclass
class Customer:
    """A customer, its habits, and what it owes."""

    identifier: int
    account: str
    name: str
    ibans: list[str]
    weight: float
    price: Decimal | None
    holding: tuple[str, str] | None
    gives: str
    invoices: list[Invoice] = field(default_factory=list)


@dataclass(frozen=True)
class Paid:
    """A receipt, what it settles by document (nothing: no document), and of what kind it is.

    `named` is the first document that the payer has in mind. `is_told` where a person could tell:
    the text has the numbers of all that is owed, or the payer owes one thing alone of that amount.
    """

    line: StatementLine
    account: str
    settles: dict[str, Decimal]
    kind: str
    style: str
    named: str
    is_told: bool


class Year:
    """The invoices and receipts of one year."""

    def __init__(self, seed: int, invoices: int = 10_000, receipts: int = 5_000) -> None:
        self._rng = random.Random(seed)
        self._pattern = PATTERNS[seed % len(PATTERNS)]
        self.customers = self._customers(max(12, invoices // 40))
        self._invoice(invoices)
        self.receipts = sorted(self._pay(receipts), key=lambda paid: paid.line.date)

    def _customers(self, count: int) -> list[Customer]:
        """Make customers; some have nearly the same name, some the very same."""
        rng = self._rng
        names: list[str] = []
        while len(names) < count:
            kind = rng.random()
            if kind < 0.06 and names:
                names.append(f"{rng.choice(names).split()[0]} {rng.choice(_TRADES)}")
            elif kind < 0.09:
                names.append(f"Pharmacie du Centre {rng.choice(_TOWNS)}")
            elif kind < 0.12:
                names.append(f"Agence {rng.randint(10, 40)} Immo")
            else:
                names.append(f"{rng.choice(_SURNAMES)} {rng.choice(_TRADES)}")
                if rng.random() < 0.3:
                    names[-1] += f" {rng.choice(_TOWNS)}"
        holdings = [(f"Financière {rng.choice(_SURNAMES)} {n}", self._iban()) for n in range(8)]
        customers = []
        for place, name in enumerate(names):
            ibans = [self._iban() for _ in range(1 if rng.random() < 0.9 else 2)]
            weight = 1.0 / (place + 2) ** 0.9
            price = rng.choice(_PRICES) if rng.random() < 0.25 and place else None
            holding = rng.choice(holdings) if rng.random() < 0.08 else None
            gives = rng.choices(["both", "name", "text"], [70, 15, 15])[0]
            account = f"Assets:Clients:C{place:04d}-" + "".join(filter(str.isalnum, name.upper()))
            account = account.encode("ascii", "ignore").decode()
            customers.append(Customer(place, account, name, ibans, weight, price, holding, gives))
        customers[0].weight = sum(c.weight for c in customers[1:]) * 0.3
        return customers

    def _iban(self) -> str:
        return f"FR{self._rng.randint(10, 98)}{self._rng.randint(10**22, 10**23 - 1)}"

    def _invoice(self, count: int) -> None:
        """Write invoices in the order of their numbers, credit notes among them."""
        rng = self._rng
        weights = [customer.weight for customer in self.customers]
        chosen = rng.choices(self.customers, weights, k=count)
        for place, customer in enumerate(chosen):
            day = datetime.date(2025, 1, 1) + datetime.timedelta(days=place * 350 // count)
            amount = self._amount(customer)
            credit = rng.random() < 0.04
            pattern = "AV" + self._pattern.lstrip("FAC") if credit else self._pattern
            number = Number(pattern, 2025, place + 1)
            if credit:
                amount = -(amount * Decimal(rng.randint(5, 60)) / 100).quantize(_CENT)
            invoice = Invoice(number, day, amount, amount)
            digits = "".join(filter(str.isalnum, number.text))
            if rng.random() < 0.04:
                invoice.reference = creditor_reference(digits)
            elif rng.random() < 0.02:
                invoice.reference = swiss_reference(f"{customer.identifier:06d}{place + 1:010d}")
            customer.invoices.append(invoice)

    def _amount(self, customer: Customer) -> Decimal:
        rng = self._rng
        if customer.price is not None and rng.random() < 0.85:
            return customer.price.quantize(_CENT)
        net = Decimal(int(rng.lognormvariate(6.8, 1.1) * 100) + 1_000) / 100
        step = rng.choices([_CENT, Decimal(1), Decimal(10), Decimal(100)], [60, 20, 14, 6])[0]
        net = max(step, (net / step).to_integral_value() * step)
        return (net * Decimal("1.2")).quantize(_CENT)

    def _pay(self, count: int) -> Iterator[Paid]:
        """Pay, day after day."""
        rng = self._rng
        for place in range(count):
            day = datetime.date(2025, 1, 25) + datetime.timedelta(days=place * 330 // count)
            for _ in range(200):
                (customer,) = rng.choices(self.customers, [c.weight for c in self.customers])
                due = [i for i in customer.invoices if i.unpaid > 0 and (day - i.day).days >= 8]
                if due:
                    break
            else:
                continue
            yield self._payment(customer, day, due)

    def _payment(self, customer: Customer, day: datetime.date, due: list[Invoice]) -> Paid:
        rng = self._rng
        kind = rng.choices(
            ["one", "several", "many", "part", "discount", "charges", "cents", "credit", "over",
             "twice", "nothing", "typo part"],
            [58, 17, 4, 9, 2, 1.5, 0.8, 3, 0.7, 0.6, 1.2, 0.3],
        )[0]  # fmt: skip
        style = rng.choices([s for s, _ in _STYLES], [w for _, w in _STYLES])[0]
        due.sort(key=lambda invoice: invoice.day)
        near = due[: max(3, len(due) // 3)]
        credits_open = [i for i in customer.invoices if i.unpaid < 0 and i.day <= day]
        paid_before = [i for i in customer.invoices if i.amount > 0 and not i.unpaid]
        settles: dict[str, Decimal] = {}
        owed = Counter(i.unpaid for i in customer.invoices if i.day <= day)
        chosen: list[Invoice] = []
        amount = Decimal(0)
        if kind == "several":
            chosen = self._some(near, due, rng.randint(2, 5))
        elif kind == "many":
            chosen = due[: rng.randint(5, 14)]
        elif kind == "twice" and paid_before:
            chosen = [rng.choice(paid_before)]
        elif kind == "nothing":
            amount = self._amount(customer)
            style = "none"
        elif kind == "credit" and credits_open:
            credit = rng.choice(credits_open)
            chosen = self._some(near, due, rng.randint(1, 3))
            if sum(i.unpaid for i in chosen) + credit.unpaid > 0:
                chosen.append(credit)
        else:
            chosen = [rng.choice(near)]
        total = sum((i.unpaid for i in chosen), Decimal(0))
        if kind == "twice" and paid_before:
            amount = chosen[0].amount
        elif kind in {"part", "typo part"}:
            share = rng.choice([Decimal("0.5"), Decimal("0.3"), Decimal(rng.randint(5, 95)) / 100])
            amount = (total * share).quantize(_CENT)
            if rng.random() < 0.4:
                amount = max(Decimal(1), (amount / 100).to_integral_value() * 100).quantize(_CENT)
            amount = min(amount, total)
            settles = {chosen[0].number.text: amount}
            chosen[0].unpaid -= amount
            style = "typo" if kind == "typo part" else style
        elif amount == 0:
            settles = {i.number.text: i.unpaid for i in chosen}
            amount = total
            for invoice in chosen:
                invoice.unpaid = Decimal(0)
            if kind == "discount":
                amount -= (total * rng.choice([Decimal("0.02"), Decimal("0.01")])).quantize(_CENT)
            elif kind == "charges" and total > 80:
                amount -= Decimal(rng.choice(["3.50", "8.00", "12.00", "15.00", "18.40"]))
            elif kind == "cents":
                amount += Decimal(rng.choice([-4, -2, -1, 1, 2])) / 100
            elif kind == "over":
                amount += Decimal(rng.randint(1, 5_000)) / 100
        line, style = self._line(customer, day, amount, chosen, style)
        named = chosen[0].number.text if chosen else ""
        texts = f"{line.text} {line.reference or ''} {line.end_to_end_id or ''}"
        owing = [i for i in chosen if i.amount > 0]
        is_told = bool(owing) and all(str(i.number.counter) in texts for i in owing)
        is_told = is_told or style in _TOLD
        by_amount = kind == "one" and owed[amount] == 1
        is_told = is_told or (by_amount and line.counterparty_iban in customer.ibans)
        return Paid(line, customer.account, settles, kind, style, named, is_told)

    def _some(self, near: list[Invoice], due: list[Invoice], count: int) -> list[Invoice]:
        rng = self._rng
        if rng.random() < 0.5:
            begin = rng.randrange(max(1, len(near) - count + 1))
            return near[begin : begin + count]
        return sorted(rng.sample(due, min(count, len(due))), key=lambda i: i.day)

    def _line(
        self,
        customer: Customer,
        day: datetime.date,
        amount: Decimal,
        chosen: list[Invoice],
        style: str,
    ) -> tuple[StatementLine, str]:
        """Write the bank's line of a payment."""
        rng = self._rng
        reference = end_to_end = None
        only = chosen[0] if len(chosen) == 1 else None
        if only is not None and only.reference and rng.random() < 0.7:
            style, text = "structured", empty_text(rng)
            reference = only.reference
            if rng.random() < 0.4:
                reference, text = None, f"{text} {only.reference}".strip()
        elif style == "none" or not chosen:
            text = empty_text(rng)
        elif only is not None:
            text = single_text(rng, only.number, style)
        else:
            # Credit notes are mostly deducted without a word.
            named = [i for i in chosen if i.amount > 0 or rng.random() < 0.4]
            listing = "counter" if style == "counter" else style
            text = list_text(rng, [i.number for i in named], listing)
        if only is not None and style == "exact" and rng.random() < 0.04:
            end_to_end, text = only.number.text, empty_text(rng)
        text = with_noise(rng, text, f"{amount}", customer.identifier)
        name: str | None = name_as_written(rng, customer.name)
        iban: str | None = rng.choice(customer.ibans)
        if customer.holding is not None and rng.random() < 0.5:
            name, iban = customer.holding
        elif rng.random() < 0.012:
            name, iban = f"{rng.choice(_SURNAMES)} {rng.choice(_TRADES)}", self._iban()
        if customer.gives == "name":
            iban = None
        elif customer.gives == "text":
            text, name, iban = f"{text} DE {name}" if rng.random() < 0.9 else text, None, None
        if rng.random() < 0.06:
            text = text[: rng.choice([31, 35, 70])]
        line = StatementLine(
            date=day,
            value_date=None,
            amount=amount,
            text=text,
            counterparty=name,
            counterparty_iban=iban,
            end_to_end_id=end_to_end
            or rng.choice([None, "NOTPROVIDED", f"{rng.randint(1, 99999)}"]),
            reference=reference,
            bank_id=f"B{rng.randint(0, 10**12)}",
        )
        return line, style

    def ledger(self) -> str:
        """Return the invoices as a ledger, and last year's receipts of most customers."""
        rng = random.Random(len(self.receipts))
        parts = []
        for customer in self.customers:
            if rng.random() < 0.7:
                for month in range(rng.randint(1, 4)):
                    number = f"H{customer.identifier}-{month}"
                    parts.append(_past(customer, number, rng.choice(customer.ibans), month))
        invoices = [(i.day, i.number.counter, c, i) for c in self.customers for i in c.invoices]
        for day, _counter, customer, invoice in sorted(invoices, key=lambda each: each[:2]):
            key = "invoice" if invoice.amount > 0 else "credit-note"
            asked = f'    reference: "{invoice.reference}"\n' if invoice.reference else ""
            parts.append(
                f'{day} * "{customer.name}" "Invoice {invoice.number.text}"\n'
                f"  {customer.account}  {invoice.amount} EUR\n"
                f'    {key}: "{invoice.number.text}"\n{asked}'
                f"  Income:Sales  {-invoice.amount} EUR\n"
            )
        return "\n".join(parts)

    def statement(self) -> Statement:
        """Return the receipts as one bank statement."""
        lines = tuple(paid.line for paid in self.receipts)
        total = sum((line.amount for line in lines), Decimal(0))
        return Statement(
            SHARED, "EUR", "1", Decimal(0), lines[0].date, total, lines[-1].date, lines
        )


def _past(customer: Customer, number: str, iban: str, month: int) -> str:
    """Return an invoice of the year before, and its payment."""
    return (
        f'2024-0{month + 1}-02 * "{customer.name}" "Invoice"\n'
        f"  {customer.account}  100.00 EUR\n"
        f'    invoice: "{number}"\n'
        "  Income:Sales  -100.00 EUR\n\n"
        f'2024-0{month + 2}-02 * "{customer.name}" "Payment"\n'
        f'  counterparty-iban: "{iban}"\n'
        "  Assets:Bank:Shared  100.00 EUR\n"
        f"  {customer.account}  -100.00 EUR\n"
        f'    settles: "{number}"\n'
    )
