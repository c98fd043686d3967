"""Writes a described history as a Beancount ledger and its contract as the plugin's file."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterable
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

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
    return text_of([case], shuffle)


def text_of(cases: Sequence[Case], shuffle: random.Random | None = None) -> str:
    """Write several contracts' histories as one ledger."""
    contract = cases[0].contract
    unit = contract.currency
    head = [
        f'option "operating_currency" "{unit}"',
        'plugin "beancount_factoring.plugins.factoring" "contracts.yaml"',
        "",
    ]
    opened: dict[str, dict[str, None]] = {}
    for case in cases:
        for name in _account_names(case):
            opened.setdefault(name, {})[case.contract.currency] = None
    head += [f"2020-01-01 open {name} {','.join(units)}" for name, units in opened.items()]
    body = [text for case in cases for text in directive_texts(case)]
    # None of these moves the horizon (rules, 3).
    later = max(case.horizon for case in cases) + datetime.timedelta(days=50)
    head.append("2020-01-01 open Assets:Unused")
    body += [f"{later} price GBP 1 {unit}", f"{later} commodity {unit}"]
    body.append(f"{later} close Assets:Unused")
    if shuffle is not None:
        shuffle.shuffle(body)
    return "\n".join(head) + "\n\n" + "\n\n".join(body) + "\n"


def _account_names(case: Case) -> list[str]:
    accounts = case.contract.accounts
    names = [name for short, name in accounts.items() if short != "receivables"]
    names += [f"{accounts['receivables']}:{debtor}" for debtor in case.debtors]
    return names


def directive_texts(case: Case) -> list[str]:
    """Write each entry and each event of a history."""
    texts = [_txn_text(txn, case.contract) for txn in case.txns]
    return texts + [_event_text(event, case.contract) for event in case.events]


def _line_meta(line: Line) -> list[str]:
    values = [
        ("invoice", f'"{line.invoice}"' if line.invoice else None),
        ("due", line.due.isoformat() if line.due else None),
        ("credit-note", f'"{line.credit_note}"' if line.credit_note else None),
        ("credits", f'"{line.credits}"' if line.credits else None),
        ("settles", f'"{line.settles}"' if line.settles else None),
    ]
    return [f"{key}: {value}" for key, value in values if value]


def _txn_text(txn: Txn, contract: Contract) -> str:
    unit, accounts = contract.currency, contract.accounts
    above: list[str] = []
    body: list[str] = []
    link = ""
    alone = len(txn.lines) == 1
    for line in txn.lines:
        body.append(f"  {accounts['receivables']}:{line.debtor}  {money(line.amount, unit)} {unit}")
        meta = _line_meta(line)
        invoice = line.amount > 0 and line.invoice is not None
        if txn.style == 2 and alone and invoice:
            link = f" ^{line.invoice}"
            meta = [text for text in meta if not text.startswith("invoice")]
        if txn.style and alone:
            above += [f"  {text}" for text in meta]
        else:
            body += [f"    {text}" for text in meta]
    body += [f"  {accounts[name]}  {money(amount, unit)} {unit}" for name, amount in txn.others]
    return "\n".join([f'{txn.day} * "Firm" "entry"{link}', *above, *body])


def _event_text(event: Event, contract: Contract) -> str:
    unit = contract.currency
    amount = f"{money(event.amount, unit)} {unit}"
    account = f"{contract.accounts['receivables']}:{event.what}"
    name = f'"{contract.name}"'
    words = {
        "remit": name,
        "draw": f"{name} {amount}",
        "limit": f"{name} {account} {amount}",
        "dispute": f'{name} "{event.what}"',
        "resolve": f'{name} "{event.what}"',
        "return": f'{name} "{event.what}"',
        "default": f'{name} "{event.what}"',
        "interest": f"{name} {amount}",
        "charge": f'{name} "{event.what}" {amount}',
        "index": f'"{event.what}" {event.rate}',
        "close": name,
    }[event.kind]
    meta = [f"  {key}: {money(value, unit)} {unit}" for key, value in event.figures]
    meta += [f'  number: "{event.number}"'] if event.number else []
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


def contract_text(*contracts: Contract) -> str:
    """Write the contract file."""
    lines = [line for contract in contracts for line in _contract_lines(contract)]
    return "\n".join(["contracts:", *lines]) + "\n"


def _contract_lines(contract: Contract) -> list[str]:
    unit, accounts = contract.currency, contract.accounts
    roles = ["receivables", "shared", "operating", "commission", "interest", "vat", "doubtful"]
    roles += (
        ["current", "guarantee", "collections"]
        if contract.treatment == "derecognition"
        else ["borrowing"]
    )
    roles += ["reserve"] if contract.reserve == "posted" else []
    roles += ["transit"] if contract.transit else []
    lines = [
        f"  {contract.name}:",
        "    factor: BPCE Factor",
        f"    currency: {unit}",
        f"    start: {contract.start}",
        *([f"    end: {contract.end}"] if contract.end else []),
        f"    treatment: {contract.treatment}",
        f"    recourse: {_rates(contract.recourse)}",
        "    accounts:",
        *(f"      {role}: {accounts[role]}" for role in roles),
        *([f"      banks: [{accounts['banks'].rpartition(':')[0]}]"] if contract.banks else []),
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
            *([f"        account: {accounts[charge.account]}"] if charge.account else []),
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
    return lines
