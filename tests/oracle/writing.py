"""Writes a described history as a Beancount ledger and its contract as the plugin's file."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterable
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from tests.oracle.model import ACCOUNTS
from tests.oracle.model import DIGITS
from tests.oracle.model import Case
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Dated
from tests.oracle.model import Event
from tests.oracle.model import Line
from tests.oracle.model import T
from tests.oracle.model import Txn


def money(amount: int, currency: str) -> str:
    """Write minor units as the ledger has them."""
    digits = DIGITS[currency]
    return f"{Decimal(amount).scaleb(-digits):.{digits}f}"


def ledger_text(case: Case, shuffle: random.Random | None = None) -> str:
    """Write the history as a ledger; `shuffle` mixes the directives of the text."""
    contract = case.contract
    unit = contract.currency
    head = [
        f'option "operating_currency" "{unit}"',
        'plugin "beancount_factoring.plugins.factoring" "contracts.yaml"',
        "",
    ]
    names = [name for short, name in ACCOUNTS.items() if short != "receivables"]
    names += [f"{ACCOUNTS['receivables']}:{debtor}" for debtor in case.debtors]
    head += [f"2020-01-01 open {name} {unit}" for name in names]
    body = [_txn_text(txn, unit) for txn in case.txns]
    body += [_event_text(event, unit) for event in case.events]
    # None of these moves the horizon (rules, 3).
    later = case.horizon + datetime.timedelta(days=50)
    head.append(f"2020-01-01 open Assets:Unused {unit}")
    body += [f"{later} price GBP 1 {unit}", f"{later} commodity {unit}"]
    body.append(f"{later} close Assets:Unused")
    if shuffle is not None:
        shuffle.shuffle(body)
    return "\n".join(head) + "\n\n" + "\n\n".join(body) + "\n"


def _line_meta(line: Line) -> list[str]:
    values = [
        ("invoice", f'"{line.invoice}"' if line.invoice else None),
        ("due", line.due.isoformat() if line.due else None),
        ("credit-note", f'"{line.credit_note}"' if line.credit_note else None),
        ("credits", f'"{line.credits}"' if line.credits else None),
        ("settles", f'"{line.settles}"' if line.settles else None),
    ]
    return [f"{key}: {value}" for key, value in values if value]


def _txn_text(txn: Txn, unit: str) -> str:
    above: list[str] = []
    body: list[str] = []
    link = ""
    alone = len(txn.lines) == 1
    for line in txn.lines:
        body.append(f"  {ACCOUNTS['receivables']}:{line.debtor}  {money(line.amount, unit)} {unit}")
        meta = _line_meta(line)
        invoice = line.amount > 0 and line.invoice is not None
        if txn.style == 2 and alone and invoice:
            link = f" ^{line.invoice}"
            meta = [text for text in meta if not text.startswith("invoice")]
        if txn.style and alone:
            above += [f"  {text}" for text in meta]
        else:
            body += [f"    {text}" for text in meta]
    body += [f"  {ACCOUNTS[name]}  {money(amount, unit)} {unit}" for name, amount in txn.others]
    return "\n".join([f'{txn.day} * "Firm" "entry"{link}', *above, *body])


def _event_text(event: Event, unit: str) -> str:
    amount = f"{money(event.amount, unit)} {unit}"
    account = f"{ACCOUNTS['receivables']}:{event.what}"
    words = {
        "remit": '"bpce"',
        "draw": f'"bpce" {amount}',
        "limit": f'"bpce" {account} {amount}',
        "dispute": f'"bpce" "{event.what}"',
        "resolve": f'"bpce" "{event.what}"',
        "return": f'"bpce" "{event.what}"',
        "default": f'"bpce" "{event.what}"',
        "interest": f'"bpce" {amount}',
        "charge": f'"bpce" "{event.what}" {amount}',
        "index": f'"{event.what}" {event.rate}',
        "close": '"bpce"',
    }[event.kind]
    meta = [f"  {name}: {money(value, unit)} {unit}" for name, value in event.figures]
    return "\n".join([f'{event.day} custom "factoring" "{event.kind}" {words}', *meta])


def _rate(value: Fraction | None) -> str:
    if value is None:
        return "none"
    scaled = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(scaled) != value:
        msg = f"{value} has no exact decimal form"
        raise ValueError(msg)
    return f"{scaled:f}"


def _rates(dated: Dated[Fraction] | Dated[Fraction | None]) -> str:
    return _steps([(day, _rate(value)) for day, value in dated.steps])


def _amounts(dated: Dated[int] | Dated[int | None], unit: str) -> str:
    return _steps(
        [(day, "none" if value is None else money(value, unit)) for day, value in dated.steps]
    )


def _counts(dated: Dated[int | None]) -> str:
    return _steps([(day, "none" if value is None else str(value)) for day, value in dated.steps])


def _steps(steps: Sequence[tuple[Date, str]]) -> str:
    if len(steps) == 1:
        return steps[0][1]
    return "{" + ", ".join(f"{day}: {value}" for day, value in steps) + "}"


def _unless_none(key: str, dated: Dated[T | None], text: str) -> list[str]:
    """Write a key, unless it has no value on any day."""
    return [f"      {key}: {text}"] if any(value is not None for _, value in dated.steps) else []


def _listed(names: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def contract_text(contract: Contract) -> str:
    """Write the contract file."""
    unit = contract.currency
    roles = ["receivables", "shared", "operating", "commission", "interest", "vat", "doubtful"]
    roles += (
        ["current", "guarantee", "collections"]
        if contract.treatment == "derecognition"
        else ["borrowing"]
    )
    roles += ["reserve"] if contract.reserve == "posted" else []
    roles += ["transit"] if contract.transit else []
    lines = [
        "contracts:",
        "  bpce:",
        "    factor: BPCE Factor",
        f"    currency: {unit}",
        f"    start: {contract.start}",
        *([f"    end: {contract.end}"] if contract.end else []),
        f"    treatment: {contract.treatment}",
        f"    recourse: {_rates(contract.recourse)}",
        "    accounts:",
        *(f"      {role}: {ACCOUNTS[role]}" for role in roles),
        *(["      banks: [Assets:Bank:Other]"] if contract.banks else []),
        "    remittance:",
        f"      every: {contract.every}",
        *([f"      day: {contract.day}"] if contract.every != "declared" else []),
        "    funding:",
        f"      days: {contract.funding_days}",
        f"      calendar: {contract.calendar}",
        f"      draw: {contract.draw}",
        f"      ceiling: {_amounts(contract.ceiling, unit)}",
        f"      model: {contract.model}",
        *(
            [f"      advance_rate: {_rates(contract.advance_rate)}"]
            if contract.model == "advance-rate"
            else []
        ),
        f"      limit_basis: {contract.limit_basis}",
        f"      reserve: {contract.reserve}",
        "    guarantee_fund:",
        f"      rate: {_rates(contract.fund_rate)}",
        f"      build: {contract.fund_build}",
        *_unless_none("ceiling", contract.fund_ceiling, _amounts(contract.fund_ceiling, unit)),
        *_unless_none("floor", contract.fund_floor, _amounts(contract.fund_floor, unit)),
        "    eligibility:",
        f"      terms: {contract.terms}",
        f"      overdue: {_counts(contract.overdue)}",
        f"      concentration: {_rates(contract.concentration)}",
        "      limits:",
        f"        default: {_amounts(contract.default_limit, unit)}",
        *(f'        "{who}": {_amounts(limit, unit)}' for who, limit in contract.limits),
        *([f"      include: {_listed(contract.include)}"] if contract.include is not None else []),
        f"      exclude: {_listed(contract.exclude)}",
        "    commission:",
        f"      rate: {_rates(contract.commission_rate)}",
        f"      vat: {_rates(contract.commission_vat)}",
        f"      base: {contract.commission_base}",
        f"      per_document: {_amounts(contract.per_document, unit)}",
        f"      per_year: {_amounts(contract.per_year, unit)}",
    ]
    if contract.charges:
        lines.append("    charges:")
    for charge in contract.charges:
        lines += [
            f"      - name: {charge.name}",
            f"        amount: {_amounts(charge.amount, unit)}",
            f"        every: {charge.every}",
            f"        vat: {_rates(charge.vat)}",
            *([f"        account: {ACCOUNTS[charge.account]}"] if charge.account else []),
        ]
    lines += [
        "    interest:",
        *([f"      index: {contract.index}"] if contract.index else []),
        *(_unless_none("floor", contract.floor, _rates(contract.floor)) if contract.index else []),
        f"      margin: {_rates(contract.margin)}",
        f"      basis: {contract.basis}",
        f"      base: {contract.base}",
        f"      vat: {_rates(contract.interest_vat)}",
        "    shared_account:",
        f"      source: {contract.source}",
        f"      sweep: {contract.sweep}",
    ]
    return "\n".join(lines) + "\n"
