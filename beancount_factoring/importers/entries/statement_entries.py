"""A bank statement as transactions, and its closing balance as a `balance` directive.

A movement goes to the account it is recognised for (`recognition`), a receipt to the documents
that it names (`matching.matcher`). All else goes to the suspense account, with the reason in the
metadata, and is flagged for a person to look at; `matched` looks at those receipts once more.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.importers.entries.chart import Chart
from beancount_factoring.importers.entries.comparison import Comparison
from beancount_factoring.importers.entries.comparison import Line
from beancount_factoring.importers.entries.comparison import StatementLines
from beancount_factoring.importers.entries.identity import line_links
from beancount_factoring.importers.entries.known import KnownEntries
from beancount_factoring.importers.entries.known import Movement
from beancount_factoring.importers.entries.movement_entries import Booker
from beancount_factoring.importers.entries.movement_entries import Part
from beancount_factoring.importers.entries.movement_entries import Planned
from beancount_factoring.importers.entries.movement_entries import exact
from beancount_factoring.importers.entries.movement_entries import place_of
from beancount_factoring.importers.entries.recognition import Recogniser
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping import factor_account
from beancount_factoring.importers.mapping.parties import identifier_key
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine
from beancount_factoring.importers.reading.safe_xml import shown as printable
from beancount_factoring.matching.matcher import Matcher
from beancount_factoring.tuples import new

# As much of a text as a message shows.
_NARRATION = 40

_DAY = datetime.timedelta(days=1)


class Extracted(NamedTuple):
    """An extracted entry, and the one in the ledger that it repeats, if it is not new.

    `remark` is what a person should know of it, empty where there is nothing: of a known one why
    it is known, where it is not written as the ledger's; of a new one what it may repeat, or what
    its document says.
    """

    entry: data.Transaction | data.Balance | data.Custom
    known: data.Directive | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class StatementFile:
    """The statements of one file; `source` names the format, as the entries' metadata will."""

    filename: str
    source: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement with its ledger account, its movements, its balance."""

    statement: Statement
    bank: str
    movements: list[Planned]
    balance: tuple[datetime.date, Decimal] | None

    def lines(self, source: str, known: KnownEntries) -> StatementLines:
        """Return the movements as they are compared with the ledger."""
        bank, currency = self.bank, self.statement.currency
        lines = [
            new(Line, (each.link, (bank, each.line.date, each.number, currency), each.line))
            for each in self.movements
        ]
        closes_known = self.balance is not None and known.has_balance(
            (bank, self.balance[0], self.balance[1], currency)
        )
        return StatementLines(source, lines, self.statement.is_partial, closes_known)


def bank_account(statement: Statement, mapping: ImportMapping) -> str:
    """Return the ledger account of a statement, or refuse it."""
    account = mapping.banks.get(identifier_key(statement.account))
    if account is None:
        number = printable(statement.account)
        raise DocumentRefusedError(
            f"is of account {number}, which has no ledger account: write"
            f" `{number}: ACCOUNT` under `banks:` ({mapping.place('banks')}), or, if it"
            " is the factor's own, its number under `factor_statements:`"
        )
    return account


def ledger_account(statement: Statement, mapping: ImportMapping) -> str:
    """Return the ledger account of a statement, a bank's or a factor's, or refuse it."""
    factor = mapping.factor_statement(statement.account)
    if factor is None:
        return bank_account(statement, mapping)
    return next(factor_account(c) for c in mapping.contracts if c.name == factor.contract)


def statement_entries(
    file: StatementFile,
    mapping: ImportMapping,
    chart: Chart,
    known: KnownEntries,
    numbers: Matcher,
) -> tuple[list[Extracted], list[str]]:
    """Return the entries of a file's statements in their order, or refuse the whole file.

    Behind them comes what the ledger has from the same format, and the file should have.

    What the ledger has is known and not matched again; a new receipt settles what `numbers` has
    open, and counts there for those after it. `DocumentRefusedError` is raised before that.
    """
    closing = last_of_each_day(file.statements)
    links = line_links(file.statements)
    plans = [
        _planned(statement, mapping, chart, links[place], is_last=place in closing)
        for place, statement in enumerate(file.statements)
    ]
    comparison, balances = Comparison(known), Balances(known)
    compared = [plan.lines(file.source, known) for plan in plans]
    comparison.prepare(compared)
    extracted: list[Extracted] = []
    for plan, lines in zip(plans, compared, strict=True):
        booker = Booker(
            file.filename, file.source, plan.bank, plan.statement.currency, mapping, numbers
        )
        for movement, verdict in zip(plan.movements, comparison.verdicts(lines), strict=True):
            entry = booker.entry(movement, verdict)
            comparison.note(movement.link, verdict.known or entry)
            remark = verdict.how if verdict.known else booker.doubt(verdict)
            extracted.append(new(Extracted, (entry, verdict.known, remark)))
        if plan.balance is not None:
            balance = booker.balance(*plan.balance, plan.statement.position)
            extracted.append(balances.extracted(balance))
    return extracted, lacking(entry for each in compared for entry in comparison.missing(each))


class Balances:
    """The closing balances of one file, compared with the ledger's; each stands once."""

    def __init__(self, known: KnownEntries) -> None:
        """Compare with the balances that are known now."""
        self._known = known
        self._found: dict[Movement, data.Directive] = {}

    def extracted(self, balance: data.Balance) -> Extracted:
        """Return a balance, with the equal one of the ledger or of the file's lines before it.

        Where the ledger has another one of that account and day, that is told.
        """
        number, currency = balance.amount.number or Decimal(0), balance.amount.currency
        key = (balance.account, balance.date, number, currency)
        before = self._found.get(key) or self._known.balance(balance)
        self._found[key] = before or balance
        other = None if before else self._known.balance_on(balance)
        remark = f"the ledger has {other.amount} ({place_of(other)})" if other else ""
        return Extracted(balance, before, remark)


def lacking(missing: Iterable[data.Transaction]) -> list[str]:
    """Return one line on each entry that the ledger has, and a file should have but has not."""
    return [f"{place_of(each)} has {_said(each)}, and this file has not" for each in missing]


def line_on(extracted: Extracted) -> str:
    """Return one line on an entry that is known, or that has a remark."""
    entry, known, remark = extracted
    lineno = entry.meta["lineno"]
    said = f"line {lineno}: {_said(entry)}" if lineno else _said(entry)
    if known is None:
        return f"{said}: {remark}"
    return f"{said}: left out, {place_of(known)} has it{f' ({remark})' if remark else ''}"


def _said(entry: data.Transaction | data.Balance | data.Custom) -> str:
    """Return how messages name an entry: its day, its amount, the beginning of its text."""
    if isinstance(entry, data.Custom):
        values = [str(each.value) for each in entry.values]
        return " ".join((f"{entry.date}", *values))
    if isinstance(entry, data.Balance):
        return f"{entry.date} balance {entry.amount}"
    return f"{entry.date} {entry.postings[0].units} {(entry.narration or '')[:_NARRATION]}".rstrip()


def _planned(
    statement: Statement, mapping: ImportMapping, chart: Chart, links: list[str], *, is_last: bool
) -> _Plan:
    """Recognise a statement's movements; nothing is refused after this."""
    bank = bank_account(statement, mapping)
    currency = statement.currency
    recogniser = Recogniser(mapping, bank, currency)
    movements = []
    checked: set[tuple[str, datetime.date]] = set()
    for line, link in zip(statement.lines, links, strict=True):
        number = exact(line.amount, currency)
        parts = _parts(line, number, recogniser, currency)
        movements.append(new(Planned, (line, number, link, parts)))
        for part in parts:
            account = mapping.suspense if part.target is None else part.target.account
            if (account, line.date) not in checked:
                checked.add((account, line.date))
                chart.check(bank, line.date, currency, mapping.place_of)
                chart.check(account, line.date, currency, mapping.place_of)
    balance = None
    if is_last and statement.closing is not None and statement.closing_date is not None:
        if statement.closing_date == datetime.date.max:
            raise DocumentRefusedError(f"has its closing balance on {statement.closing_date}")
        balance = (statement.closing_date + _DAY, exact(statement.closing, currency))
    return _Plan(statement, bank, movements, balance)


def _parts(
    line: StatementLine, number: Decimal, recogniser: Recogniser, currency: str
) -> tuple[Part, ...]:
    """Return the payments of a batch, unless it is recognised as a whole; else the movement."""
    target = recogniser.target(line)
    if line.details and (target is None or target.reason):
        return tuple(
            Part(each, exact(each.amount, currency), recogniser.target(each))
            for each in line.details
        )
    return (new(Part, (line, number, target)),)


def last_of_each_day(statements: Sequence[Statement]) -> set[int]:
    """Return the places of the statements with the last balance of their account and day."""
    last = {
        (identifier_key(statement.account), statement.closing_date): place
        for place, statement in enumerate(statements)
        if statement.closing is not None and statement.closing_date is not None
    }
    return set(last.values())
