"""A bank statement as transactions, and its closing balance as a `balance` directive.

A movement goes to the account it is recognised for (`recognition`), a receipt to the documents
that it names (`matching.reference`). All else goes to the suspense account, with the reason in
the metadata, and is flagged for a person to look at.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from beancount.core import data
from beancount.core import flags
from beancount.core.amount import Amount

from beancount_factoring.currencies import with_decimals
from beancount_factoring.importers.chart import Chart
from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.documents import Statement
from beancount_factoring.importers.documents import StatementLine
from beancount_factoring.importers.entries import one_line
from beancount_factoring.importers.entries import posting
from beancount_factoring.importers.identity import line_links
from beancount_factoring.importers.known import SOURCE
from beancount_factoring.importers.known import StatementComparison
from beancount_factoring.importers.mapping import ImportMapping
from beancount_factoring.importers.mapping import factor_account
from beancount_factoring.importers.parties import identifier_key
from beancount_factoring.importers.recognition import Recogniser
from beancount_factoring.importers.recognition import Target
from beancount_factoring.matching.reference import NumberIndex
from beancount_factoring.matching.reference import Settlement

_DAY = datetime.timedelta(days=1)


class Extracted(NamedTuple):
    """An extracted entry, and the one in the ledger that it repeats, if it is not new."""

    entry: data.Transaction | data.Balance | data.Custom
    known: data.Directive | None = None


@dataclass(frozen=True, slots=True)
class StatementFile:
    """The statements of one file; `source` names the format, as the entries' metadata will."""

    filename: str
    source: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A statement with its ledger account, its lines with amount, target and link, its balance."""

    statement: Statement
    bank: str
    movements: list[tuple[StatementLine, Decimal, Target | None, str]]
    balance: tuple[datetime.date, Decimal] | None


def bank_account(statement: Statement, mapping: ImportMapping) -> str:
    """Return the ledger account of a statement, or refuse it."""
    account = mapping.banks.get(identifier_key(statement.account))
    if account is None:
        raise DocumentRefusedError(
            f"is of account {statement.account}, which has no ledger account: write"
            f" `{statement.account}: ACCOUNT` under `banks:` ({mapping.place('banks')}), or, if it"
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
    comparison: StatementComparison,
    numbers: NumberIndex,
) -> list[Extracted]:
    """Return the entries of a file's statements, in their order, with the closing balances.

    What is known is not matched again; a new receipt settles what `numbers` has open, and counts
    there for those after it. Raises `DocumentRefusedError` before any of it counts.
    """
    closing = last_of_each_day(file.statements)
    links = line_links(file.statements)
    planned = [
        _planned(statement, mapping, chart, links[place], is_last=place in closing)
        for place, statement in enumerate(file.statements)
    ]
    extracted: list[Extracted] = []
    for plan in planned:
        booker = _Booker(file, plan, mapping.suspense, numbers)
        bank, currency = plan.bank, plan.statement.currency
        for line, number, target, link in plan.movements:
            movement = (bank, line.date, number, currency)
            known = comparison.movement(link, movement, file.source)
            entry = booker.entry(line, number, target, link, is_new=known is None)
            comparison.note(entry, known)
            extracted.append(Extracted(entry, known))
        if plan.balance is not None:
            balance = booker.balance(*plan.balance)
            known = comparison.balance(balance)
            comparison.note(balance, known)
            extracted.append(Extracted(balance, known))
    return extracted


def _planned(
    statement: Statement, mapping: ImportMapping, chart: Chart, links: list[str], *, is_last: bool
) -> _Planned:
    """Recognise a statement's movements; nothing is refused after this."""
    bank = bank_account(statement, mapping)
    currency = statement.currency
    recogniser = Recogniser(mapping, bank, currency)
    movements = []
    checked: set[tuple[str, datetime.date]] = set()
    for line, link in zip(statement.lines, links, strict=True):
        target = recogniser.target(line)
        movements.append((line, exact(line.amount, currency), target, link))
        account = mapping.suspense if target is None else target.account
        if (account, line.date) not in checked:
            checked.add((account, line.date))
            chart.check(bank, line.date, currency, mapping.place_of)
            chart.check(account, line.date, currency, mapping.place_of)
    balance = None
    if is_last and statement.closing is not None and statement.closing_date is not None:
        if statement.closing_date == datetime.date.max:
            raise DocumentRefusedError(f"has its closing balance on {statement.closing_date}")
        balance = (statement.closing_date + _DAY, exact(statement.closing, currency))
    return _Planned(statement, bank, movements, balance)


def exact(value: Decimal, currency: str) -> Decimal:
    """Return an amount with the currency's decimals, or refuse the file."""
    try:
        return with_decimals(value, currency)
    except ValueError as error:
        raise DocumentRefusedError(f"has an amount that cannot be booked: {error}") from None


def last_of_each_day(statements: Sequence[Statement]) -> set[int]:
    """Return the places of the statements with the last balance of their account and day."""
    last = {
        (identifier_key(statement.account), statement.closing_date): place
        for place, statement in enumerate(statements)
        if statement.closing is not None and statement.closing_date is not None
    }
    return set(last.values())


class _Booker:
    """The entries of one statement."""

    def __init__(
        self, file: StatementFile, plan: _Planned, suspense: str, numbers: NumberIndex
    ) -> None:
        self._file = file
        self._plan = plan
        self._currency = plan.statement.currency
        self._suspense = suspense
        self._numbers = numbers

    def entry(
        self,
        line: StatementLine,
        number: Decimal,
        target: Target | None,
        link: str,
        *,
        is_new: bool,
    ) -> data.Transaction:
        """Return a movement against its target's account; a new receipt against what it settles.

        A receipt that settles nothing, or is known already, stands against suspense.
        """
        account, reason = (self._suspense, "") if target is None else target
        settlements: tuple[Settlement, ...] = ()
        if target is None and is_new:
            settlements, reason = self._numbers.match(
                number, self._currency, line.text, line.reference, line.end_to_end_id
            )
        currency = self._currency
        postings = [posting(self._plan.bank, number, currency)]
        if settlements:
            postings += [
                posting(part.account, -part.amount, currency, {"settles": part.number})
                for part in settlements
            ]
        else:
            meta = {"reason": reason} if reason else None
            postings.append(posting(account, -number, currency, meta))
        entry = data.Transaction(
            self._meta(line),
            line.date,
            flags.FLAG_WARNING if reason else flags.FLAG_OKAY,
            one_line(line.counterparty) if line.counterparty else None,
            one_line(line.text),
            data.EMPTY_SET,
            frozenset((link,)),
            postings,
        )
        if settlements:
            self._numbers.book(entry)
        return entry

    def _meta(self, line: StatementLine) -> data.Meta:
        """Return the metadata of a movement: where it is from, and what tells who paid."""
        meta = data.new_metadata(self._file.filename, line.position)
        meta[SOURCE] = self._file.source
        if line.value_date is not None and line.value_date != line.date:
            meta["value-date"] = line.value_date
        if line.counterparty_iban:
            meta["counterparty-iban"] = one_line(line.counterparty_iban)
        if line.reference:
            meta["reference"] = one_line(line.reference)
        if line.end_to_end_id and line.end_to_end_id != line.reference:
            meta["end-to-end-id"] = one_line(line.end_to_end_id)
        return meta

    def balance(self, day: datetime.date, number: Decimal) -> data.Balance:
        """Return a closing balance, which Beancount checks as the next day begins."""
        return data.Balance(
            meta=data.new_metadata(self._file.filename, self._plan.statement.position),
            date=day,
            account=self._plan.bank,
            amount=Amount(number, self._currency),
            tolerance=None,
            diff_amount=None,
        )
