"""Ledgers of any size: a firm's year under a weekly contract, one receipt per invoice.

The proportions are those of the field: 80 % of the amount on 20 % of the debtors, 30 % of the
receipts late. The same size and seed always give the same text.
"""

from __future__ import annotations

import datetime
import random
from pathlib import Path

START = datetime.date(2026, 1, 5)
DAYS = 360

CONTRACT = """\
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

PLUGIN = 'plugin "beancount_factoring.plugins.factoring" "contracts.yaml"\n'


def write_ledger(folder: Path, invoices: int, seed: int = 1) -> Path:
    """Write `contracts.yaml`, `bare.beancount` and `main.beancount`, which includes it.

    The bare ledger has no plugin line; the main one adds it. Return the main ledger's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contracts.yaml").write_text(CONTRACT)
    (folder / "bare.beancount").write_text(_text(invoices, random.Random(seed)))
    main = folder / "main.beancount"
    main.write_text(PLUGIN + 'include "bare.beancount"\n')
    return main


def _text(invoices: int, chance: random.Random) -> str:
    debtors = [f"C{number:05d}" for number in range(max(20, invoices // 16))]
    large = debtors[: max(1, len(debtors) // 5)]
    opens = [*_ACCOUNTS, *(f"Assets:Clients:{debtor}" for debtor in debtors)]
    lines = [f"2026-01-01 open {account} EUR\n" for account in opens]
    lines.append('2026-01-01 custom "factoring" "index" "EURIBOR3M" 2.015\n')
    for number in range(invoices):
        day = START + datetime.timedelta(days=number * DAYS // invoices)
        is_large = chance.random() < 0.5
        debtor = chance.choice(large if is_large else debtors)
        net = chance.randrange(20000, 800000 if is_large else 100000)
        vat = (net * 20 + 50) // 100
        late = chance.randrange(1, 24) if chance.random() < 0.3 else -chance.randrange(0, 5)
        paid = day + datetime.timedelta(days=30 + late)
        lines.append(_invoice(number, day, debtor, net, vat))
        lines.append(_receipt(number, paid, debtor, net + vat))
    return "".join(lines)


def _money(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d} EUR"


def _invoice(number: int, day: datetime.date, debtor: str, net: int, vat: int) -> str:
    return (
        f'{day} * "{debtor}" "Invoice F2026-{number:06d}" ^F2026-{number:06d}\n'
        f"  Assets:Clients:{debtor}  {_money(net + vat)}\n"
        f'    invoice: "F2026-{number:06d}"\n'
        f"  Income:Sales  {_money(-net)}\n"
        f"  Liabilities:VAT:Collected  {_money(-vat)}\n\n"
    )


def _receipt(number: int, day: datetime.date, debtor: str, amount: int) -> str:
    return (
        f'{day} * "{debtor}" "Payment F2026-{number:06d}"\n'
        f"  Assets:Bank:Shared  {_money(amount)}\n"
        f"  Assets:Clients:{debtor}  {_money(-amount)}\n"
        f'    settles: "F2026-{number:06d}"\n\n'
    )
