"""Loads a written history through Beancount and lists where the plugin's books differ."""

from __future__ import annotations

import random
from collections import Counter
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data

from beancount_factoring.engine.books import FactorBooks
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.books import books_of
from beancount_factoring.reports.items import item_report
from beancount_factoring.reports.position import position_report
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource
from beancount_factoring.reports.source import report_source
from tests.oracle.model import ACCOUNTS
from tests.oracle.model import DIGITS
from tests.oracle.model import Case
from tests.oracle.model import Date
from tests.oracle.reference import Day
from tests.oracle.writing import contract_text
from tests.oracle.writing import ledger_text

NO_NUMBER = "without number"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure on one day, as the package has it and as the rules give it."""

    day: Date
    key: str
    package: object
    rules: object

    def __str__(self) -> str:
        return f"{self.day} {self.key}: package {self.package}, by the rules {self.rules}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A loaded ledger."""

    entries: list[Any]
    errors: list[Any]
    options: dict[str, Any]


def load(case: Case, folder: Path, shuffle: random.Random | None = None) -> Loaded:
    """Write a history and load it with the plugin; mixed by `shuffle`, it is in two files."""
    (folder / "contracts.yaml").write_text(contract_text(case.contract))
    ledger = folder / "main.beancount"
    text = ledger_text(case, shuffle)
    if shuffle is not None:
        middle = text.index("\n\n", len(text) // 2)
        (folder / "more.beancount").write_text(text[middle:])
        text = text[:middle] + '\n\ninclude "more.beancount"\n'
    ledger.write_text(text)
    entries, errors, options = loader.load_file(str(ledger))
    return Loaded(entries, errors, options)


def daily_movements(loaded: Loaded, currency: str) -> dict[Date, dict[str, int]]:
    """Return each day's movement per account, in minor units."""
    moved: dict[Date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for entry in loaded.entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                units: Any = posting.units
                amount = units.number.scaleb(DIGITS[currency])
                assert units.currency == currency
                assert amount == int(amount), f"{entry.date} {amount}"
                moved[entry.date][posting.account] += int(amount)
    return moved


def account_name(short: str) -> str:
    """Return the ledger's account of a short name or of `receivables:DEBTOR`."""
    role, _, debtor = short.partition(":")
    return f"{ACCOUNTS[role]}:{debtor}" if debtor else ACCOUNTS[role]


def balance_differences(
    case: Case, loaded: Loaded, expected: dict[Date, Day]
) -> Iterator[Difference]:
    """Compare every account on every day."""
    moved = daily_movements(loaded, case.contract.currency)
    for stray in sorted(set(moved) - set(expected)):
        yield Difference(stray, "a day without books", dict(moved[stray]), None)
    balances: dict[str, int] = defaultdict(int)
    for day, books in expected.items():
        for account, amount in moved.get(day, {}).items():
            balances[account] += amount
        wanted = {account_name(short): amount for short, amount in books.balances.items()}
        for account in sorted(set(wanted) | set(balances)):
            if balances[account] != wanted.get(account, 0):
                yield Difference(day, account, balances[account], wanted.get(account, 0))


def source_of(loaded: Loaded) -> ReportSource:
    """Return what the package's reports are made from."""
    return report_source(loaded.entries, loaded.options)


def made_anew(source: ReportSource, days: Iterable[Date]) -> Iterator[ContractDay]:
    """Yield the books on some days, each made from the first day on, as a command does."""
    return (source.on(day)[0] for day in days)


def carried_on(source: ReportSource, days: Iterable[Date]) -> Iterator[ContractDay]:
    """Yield the package's books on rising days, the same ones brought forward from day to day."""
    (told,) = source.contracts
    books = FactorBooks(told.contract, told.history)
    units = MinorUnits(told.contract.currency)
    return (ContractDay(day, books.run(day), (), units) for day in days)


def position_differences(
    case: Case, source: ReportSource, expected: dict[Date, Day], on_days: Iterable[ContractDay]
) -> Iterator[Difference]:
    """Compare every key of the position, and what is open of each document, on days."""
    digits = DIGITS[case.contract.currency]
    for on in on_days:
        day = on.day
        told = position_report(source, on).as_json()
        told |= told.pop("ineligible")
        for key, wanted in expected[day].position.items():
            shown = None if told[key] is None else Decimal(told[key]).scaleb(digits)
            if shown != wanted:
                yield Difference(day, key, shown, wanted)
            if told[key] is not None and len(told[key].partition(".")[2]) != digits:
                yield Difference(day, f"decimals of {key}", told[key], digits)
        items: Counter[str] = Counter()
        for item in item_report(on):
            name = f"{item.document} {item.due}" if item.document else f"{item.debtor} {NO_NUMBER}"
            items[name] += int(item.open.scaleb(digits))
        for name in sorted(set(items) | set(expected[day].open_items)):
            wanted = expected[day].open_items.get(name, 0)
            if items[name] != wanted:
                yield Difference(day, f"open of {name}", items[name], wanted)


def positions(loaded: Loaded, sampled: list[Date]) -> dict[Date, Any]:
    """Return the package's books at the end of each of some days, in minor units."""
    books = books_of(loaded.entries, loaded.options, "contracts.yaml").contracts[0]
    return {day: books.run(day).position(day) for day in sampled}


def generated(loaded: Loaded) -> list[Any]:
    return [
        entry
        for entry in loaded.entries
        if isinstance(entry, data.Transaction) and "factoring-id" in entry.meta
    ]


def described(entry: Any) -> tuple[object, ...]:
    postings = sorted((posting.account, str(posting.units)) for posting in entry.postings)
    return (entry.date, entry.meta["factoring-id"], entry.meta["factoring-event"], postings)
