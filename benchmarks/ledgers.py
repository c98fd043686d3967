"""Ledgers of any size: a firm's year under a weekly contract, one receipt per invoice.

The proportions are those of the field: 80 % of the amount on 20 % of the debtors, 30 % of the
receipts late. The same size and seed always give the same text.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

START = datetime.date(2026, 1, 5)
DAYS = 360
CLIENTS = "Assets:Clients"

_CONTRACT = """\
contracts:
  bpce:
    factor: BPCE Factor
    currency: EUR
    start: 2026-01-05
    accounts:
      receivables: Assets:Clients
      current: Assets:Factor:Current
      guarantee: Assets:Factor:Guarantee
      collections: Liabilities:Factor:Collections
      shared: Assets:Bank:Shared
      operating: Assets:Bank:Operating
      commission: Expenses:Factoring:Commission
      interest: Expenses:Factoring:Interest
      vat: Assets:VAT:Deductible
      doubtful: Assets:Doubtful
    guarantee_fund: {rate: 0.10}
    commission: {rate: 0.0040, vat: 0.20}
    interest: {index: EURIBOR3M, floor: 0, margin: 0.015, vat: 0}
    shared_account: {source: generated}
"""

_ACCOUNTS = (
    "Assets:Factor:Current",
    "Assets:Factor:Guarantee",
    "Liabilities:Factor:Collections",
    "Assets:Bank:Shared",
    "Assets:Bank:Operating",
    "Expenses:Factoring:Commission",
    "Expenses:Factoring:Interest",
    "Assets:VAT:Deductible",
    "Liabilities:VAT:Collected",
    "Assets:Doubtful",
    "Income:Sales",
)


class Invoice(NamedTuple):
    """An invoice with VAT, in cents, and the day on which it would be paid."""

    number: str
    debtor: str
    day: datetime.date
    net: int
    vat: int
    paid: datetime.date

    @property
    def total(self) -> int:
        """What the debtor owes, in cents."""
        return self.net + self.vat


PLUGIN = 'plugin "beancount_factoring.plugins.factoring" "contracts.yaml"\n'


class Kind(NamedTuple):
    """What a ledger's contract is like: its file, its accounts, and what becomes of an invoice.

    `contract` is given the number of invoices, `life` an invoice, `limits` the debtors.
    """

    contract: Callable[[int], str]
    accounts: tuple[str, ...]
    life: Callable[[Invoice, random.Random], str]
    limits: Callable[[list[str], random.Random], str]


def money(cents: int) -> str:
    """Return an amount in euros as the ledger has it."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d} EUR"


def _invoice(invoice: Invoice) -> str:
    return (
        f'{invoice.day} * "{invoice.debtor}" "Invoice {invoice.number}" ^{invoice.number}\n'
        f"  {CLIENTS}:{invoice.debtor}  {money(invoice.total)}\n"
        f'    invoice: "{invoice.number}"\n'
        f"  Income:Sales  {money(-invoice.net)}\n"
        f"  Liabilities:VAT:Collected  {money(-invoice.vat)}\n\n"
    )


def paid(invoice: Invoice, part: int, bank: str = "Shared", *, settles: bool = True) -> str:
    """Return a receipt of a part of an invoice, in cents, which names it or not."""
    number = f'    settles: "{invoice.number}"\n' if settles else ""
    return (
        f'{invoice.paid} * "{invoice.debtor}" "Payment {invoice.number}"\n'
        f"  Assets:Bank:{bank}  {money(part)}\n"
        f"  {CLIENTS}:{invoice.debtor}  {money(-part)}\n{number}\n"
    )


PLAIN = Kind(
    contract=lambda _invoices: _CONTRACT,
    accounts=(),
    life=lambda invoice, _chance: paid(invoice, invoice.total),
    limits=lambda _debtors, _chance: "",
)
"""One receipt for each invoice, and a contract of the straight road."""


def write_ledger(folder: Path, invoices: int, seed: int = 1, kind: Kind = PLAIN) -> Path:
    """Write `contracts.yaml`, `bare.beancount` and `main.beancount`, which includes it.

    The bare ledger has no plugin line; the main one adds it. Return the main ledger's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contracts.yaml").write_text(kind.contract(invoices))
    (folder / "bare.beancount").write_text(_text(invoices, seed, kind))
    main = folder / "main.beancount"
    main.write_text(PLUGIN + 'include "bare.beancount"\n')
    return main


def _text(invoices: int, seed: int, kind: Kind) -> str:
    chance, of_life = random.Random(seed), random.Random(f"life/{seed}")
    debtors = [f"C{number:05d}" for number in range(max(20, invoices // 16))]
    large = debtors[: max(1, len(debtors) // 5)]
    opens = [*_ACCOUNTS, *kind.accounts, *(f"{CLIENTS}:{debtor}" for debtor in debtors)]
    lines = [f"2026-01-01 open {account} EUR\n" for account in opens]
    lines.append('2026-01-01 custom "factoring" "index" "EURIBOR3M" 2.015\n')
    lines.append(kind.limits(debtors, of_life))
    for number in range(invoices):
        day = START + datetime.timedelta(days=number * DAYS // invoices)
        is_large = chance.random() < 0.5
        debtor = chance.choice(large if is_large else debtors)
        net = chance.randrange(20000, 800000 if is_large else 100000)
        vat = (net * 20 + 50) // 100
        late = chance.randrange(1, 24) if chance.random() < 0.3 else -chance.randrange(0, 5)
        due = day + datetime.timedelta(days=30 + late)
        invoice = Invoice(f"F2026-{number:06d}", debtor, day, net, vat, due)
        lines.append(_invoice(invoice))
        lines.append(kind.life(invoice, of_life))
    return "".join(lines)
