"""Ledgers in which every rule of a contract is at work, for the speed of the whole engine.

The invoices are those of `benchmarks.ledgers`; on top of them comes what a contract meets: limits,
concentration and a ceiling that bind, overdue and disputed claims, credit notes, part payments,
discounts, credits without a number, money on the wrong account, claims given back and unpaid.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from benchmarks.ledgers import CLIENTS
from benchmarks.ledgers import PLAIN
from benchmarks.ledgers import START
from benchmarks.ledgers import Invoice
from benchmarks.ledgers import Kind
from benchmarks.ledgers import money
from benchmarks.ledgers import paid

_CONTRACT: Final = """\
contracts:
  bpce:
    factor: BPCE Factor
    currency: EUR
    start: 2026-01-05
    recourse: {2026-01-05: 1, 2026-07-01: 0.5}
    accounts:
      receivables: Assets:Clients
      current: Assets:Factor:Current
      guarantee: Assets:Factor:Guarantee
      collections: Liabilities:Factor:Collections
      reserve: Assets:Factor:Reserve
      shared: Assets:Bank:Shared
      operating: Assets:Bank:Operating
      commission: Expenses:Factoring:Commission
      interest: Expenses:Factoring:Interest
      vat: Assets:VAT:Deductible
      doubtful: Assets:Doubtful
    funding: {reserve: posted, limit_basis: funded, ceiling: %d}
    guarantee_fund: {rate: 0.10, ceiling: %d, floor: 1000}
    eligibility:
      overdue: 30
      concentration: %s
      limits: {default: 12000, C00001: {2026-01-05: 30000, 2026-06-01: 20000}}
    commission:
      rate: {2026-01-05: 0.0040, 2026-07-01: 0.0035}
      vat: 0.20
      base: invoices-and-credit-notes
      per_document: 1.50
      per_year: 15000
    charges:
      - {name: file, amount: 50, every: month, vat: 0.20}
      - {name: remittance, amount: 2.50, every: remittance, vat: {2026-01-05: 0.20, 2026-10-01: 0}}
    interest: {index: EURIBOR3M, floor: 0, margin: 0.015, vat: 0, base: funds-in-use, basis: 365}
    shared_account: {source: generated}
"""

_ACCOUNTS: Final = ("Assets:Factor:Reserve", "Expenses:Discounts")


def _contract(invoices: int) -> str:
    """Return a contract whose ceilings and concentration bind at so many invoices a year."""
    concentration = min(Decimal("0.05"), Decimal(100) / invoices)
    return _CONTRACT % (100 * invoices, 30 * invoices, concentration)


def _credited(invoice: Invoice, part: int, day: datetime.date) -> str:
    return (
        f'{day} * "{invoice.debtor}" "Credit note A-{invoice.number}"\n'
        f"  Income:Sales  {money(part)}\n"
        f"  {CLIENTS}:{invoice.debtor}  {money(-part)}\n"
        f'    credit-note: "A-{invoice.number}"\n    credits: "{invoice.number}"\n\n'
    )


def _event(kind: str, invoice: Invoice, day: datetime.date) -> str:
    return f'{day} custom "factoring" "{kind}" "bpce" "{invoice.number}"\n\n'


def _in_full(invoice: Invoice) -> str:
    return paid(invoice, invoice.total)


def _in_parts(invoice: Invoice) -> str:
    later = invoice._replace(paid=invoice.paid + datetime.timedelta(days=9))
    half = invoice.total // 2
    return paid(invoice, half) + paid(later, invoice.total - half)


def _less_credit_note(invoice: Invoice) -> str:
    part = invoice.total // 5
    day = invoice.day + datetime.timedelta(days=12)
    return _credited(invoice, part, day) + paid(invoice, invoice.total - part)


def _less_discount(invoice: Invoice) -> str:
    part = invoice.total // 50
    return paid(invoice, invoice.total - part) + (
        f'{invoice.paid} * "{invoice.debtor}" "Discount {invoice.number}"\n'
        f"  Expenses:Discounts  {money(part)}\n"
        f"  {CLIENTS}:{invoice.debtor}  {money(-part)}\n"
        f'    settles: "{invoice.number}"\n\n'
    )


def _disputed(invoice: Invoice) -> str:
    begin, end = (invoice.day + datetime.timedelta(days=days) for days in (10, 24))
    late = invoice._replace(paid=max(invoice.paid, end))
    return _event("dispute", invoice, begin) + _event("resolve", invoice, end) + _in_full(late)


def _overdue(invoice: Invoice) -> str:
    return _in_full(invoice._replace(paid=invoice.paid + datetime.timedelta(days=50)))


def _without_number(invoice: Invoice) -> str:
    day = invoice.paid + datetime.timedelta(days=8)
    return paid(invoice, invoice.total, settles=False) + (
        f'{day} * "{invoice.debtor}" "Payment allocated to {invoice.number}"\n'
        f"  {CLIENTS}:{invoice.debtor}  {money(invoice.total)}\n"
        f"  {CLIENTS}:{invoice.debtor}  {money(-invoice.total)}\n"
        f'    settles: "{invoice.number}"\n\n'
    )


def _on_operating(invoice: Invoice) -> str:
    return paid(invoice, invoice.total, bank="Operating")


def _given_back(invoice: Invoice) -> str:
    day = invoice.day + datetime.timedelta(days=60)
    late = invoice._replace(paid=day + datetime.timedelta(days=10))
    return _event("return", invoice, day) + _in_full(late)


def _in_default(invoice: Invoice) -> str:
    return _event("default", invoice, invoice.day + datetime.timedelta(days=70))


# How many of a thousand invoices go each way.
_WAYS: tuple[tuple[Callable[[Invoice], str], int], ...] = (
    (_in_full, 700),
    (_in_parts, 60),
    (_less_credit_note, 60),
    (_less_discount, 40),
    (_disputed, 30),
    (_overdue, 50),
    (_without_number, 20),
    (_on_operating, 20),
    (_given_back, 15),
    (_in_default, 5),
)


def _life(invoice: Invoice, chance: random.Random) -> str:
    """Return what becomes of an invoice: its payments, and what stands in their way."""
    ways, weights = zip(*_WAYS, strict=True)
    (way,) = chance.choices(ways, weights)
    return str(way(invoice))


def _limits(debtors: list[str], chance: random.Random) -> str:
    """Return the limits that the factor grants and takes back during the year."""
    lines = []
    for debtor in debtors[::3]:
        for days in chance.sample(range(300), 2):
            day = START + datetime.timedelta(days=days)
            amount = 100 * chance.randrange(30, 200)
            account = f"{CLIENTS}:{debtor}"
            lines.append(f'{day} custom "factoring" "limit" "bpce" {account} {amount} EUR\n')
    return "".join(lines)


RULES = PLAIN._replace(contract=_contract, accounts=_ACCOUNTS)
"""Every rule switched on, for the invoices and receipts of the straight road."""

WHOLE = Kind(_contract, _ACCOUNTS, _life, _limits)
"""Every rule switched on, and every event of a contract's life."""
