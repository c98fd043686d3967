"""A factor's own statement as ledger entries (docs/factor-statement.md).

What the plugin books itself becomes a `custom "factoring"` directive with the factor's figure; a
draw, a payment that the factor received, and what is not understood become transactions; the
closing balance a `balance` directive, exact to the cent. Each names the lines it is made of.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from typing import Final

from beancount.core import data
from beancount.core import flags
from beancount.core.amount import Amount
from beancount.parser.grammar import ValueType

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.importers.documents import Statement
from beancount_factoring.importers.entries import one_line
from beancount_factoring.importers.entries import posting
from beancount_factoring.importers.factor_banks import BankEntries
from beancount_factoring.importers.factor_plan import FactorPlan
from beancount_factoring.importers.factor_statement import FactorLine
from beancount_factoring.importers.factor_statement import FactorMovement
from beancount_factoring.importers.factor_statement import StatedFigure
from beancount_factoring.importers.factor_words import LineKind
from beancount_factoring.importers.known import SOURCE
from beancount_factoring.importers.known import STATED_LINES
from beancount_factoring.importers.known import StatementComparison
from beancount_factoring.importers.mapping import ImportMapping
from beancount_factoring.importers.mapping import factor_account
from beancount_factoring.importers.statement_entries import Extracted
from beancount_factoring.importers.statement_entries import StatementFile
from beancount_factoring.importers.statement_entries import exact
from beancount_factoring.ledger.directives import TYPE
from beancount_factoring.matching.reference import NumberIndex
from beancount_factoring.matching.reference import Settlement

_EXACT: Final = Decimal("0.00")

_Entry = data.Transaction | data.Balance | data.Custom


def factor_entries(
    file: StatementFile,
    plans: Sequence[FactorPlan],
    mapping: ImportMapping,
    comparison: StatementComparison,
    numbers: NumberIndex,
    banks: BankEntries,
) -> list[Extracted]:
    """Return the entries of what was planned, by date, and what of them the ledger has."""
    extracted: list[Extracted] = []
    for plan in plans:
        booker = _Booker(file, plan.contract, mapping)
        found: list[Extracted] = []
        for figure in plan.figures:
            directive = booker.directive(figure)
            known = comparison.stated(directive)
            comparison.note(directive, known)
            found.append(Extracted(directive, known))
        for movement in plan.movements:
            entry = booker.movement(movement)
            found.append(_compared(entry, movement, file.source, comparison, banks))
        for line in plan.payments:
            found += _payment(booker, line, file.source, comparison, numbers)
        for statement, day, number in plan.closing:
            balance = booker.balance(statement, day, number)
            earlier = comparison.balance(balance)
            comparison.note(balance, earlier)
            found.append(Extracted(balance, earlier))
        extracted += sorted(found, key=lambda each: _order(each.entry))
    return extracted


def _order(entry: _Entry) -> tuple[datetime.date, bool, int]:
    """Return what entries are sorted by: the day, balances first, then the place in the file."""
    return entry.date, not isinstance(entry, data.Balance), entry.meta["lineno"]


def _compared(
    entry: data.Transaction,
    movement: FactorMovement,
    source: str,
    comparison: StatementComparison,
    banks: BankEntries,
) -> Extracted:
    """Return a transaction, and the one in the ledger that it repeats."""
    first = entry.postings[0]
    assert first.units is not None  # noqa: S101  # the booker made it
    number = first.units.number or Decimal(0)
    moved = (first.account, entry.date, number, first.units.currency)
    known: data.Directive | None = comparison.movement(movement.line.link, moved, source)
    if known is None and movement.kind is LineKind.DRAW:
        known = banks.draw(first.account, entry.date, number)
    if known is None and movement.kind is LineKind.RETURNED:
        known = banks.rest(first.account, entry.date, number)
    comparison.note(entry, known)
    return Extracted(entry, known)


def _payment(
    booker: _Booker,
    line: FactorLine,
    source: str,
    comparison: StatementComparison,
    numbers: NumberIndex,
) -> Iterator[Extracted]:
    """Yield a payment that the factor received: what it settles, and that the factor has it.

    Nothing where the documents that it names are settled already: their receipt is in the ledger.
    """
    amount, currency, text = line.line.amount, booker.contract.currency, line.line.text
    transit = booker.contract.accounts.transit or ""
    movement = (transit, line.line.date, amount, currency)
    known = comparison.movement(line.link, movement, source)
    settlements: tuple[Settlement, ...] = ()
    reason = ""
    if known is None:
        # The reference only tells the line of the event.
        named = numbers.named(text)
        if named and not any(item.is_open for item in named):
            return
        settlements, reason = numbers.match(amount, currency, text)
    receipt = booker.receipt(line, settlements, reason)
    comparison.note(receipt, known)
    yield Extracted(receipt, known)
    if settlements:
        numbers.book(receipt)
        handed_over = booker.handed_over(line)
        comparison.note(handed_over, None)
        yield Extracted(handed_over)


class _Booker:
    """The entries of one contract's factor."""

    def __init__(self, file: StatementFile, contract: Contract, mapping: ImportMapping) -> None:
        self._file = file
        self.contract = contract
        self._mapping = mapping
        self._factor = factor_account(contract)
        self._currency = contract.currency

    def directive(self, figure: StatedFigure) -> data.Custom:
        """Return the factor's own figure as a contract event."""
        currency = self._currency
        meta = self._meta(figure.lines[0])
        if figure.number is not None:
            meta["number"] = figure.number
        for key, value in figure.figures.items():
            meta[key] = Amount(exact(value, currency), currency)
        text = figure.lines[0].line.text if figure.kind is not DirectiveKind.REMIT else ""
        if text:
            meta["label"] = one_line(text)
        meta[STATED_LINES] = " ".join(figure.links)
        values: list[tuple[Any, type]] = [(str(figure.kind), str), (self.contract.name, str)]
        if figure.name:
            values.append((figure.name, str))
        if figure.amount is not None:
            values.append((Amount(exact(figure.amount, currency), currency), Amount))
        return data.Custom(meta, figure.date, TYPE, [ValueType(*value) for value in values])

    def movement(self, movement: FactorMovement) -> data.Transaction:
        """Return a draw against money on its way, or what is not understood against suspense."""
        line = movement.line
        against = self._mapping.suspense if movement.reason else self.contract.accounts.transit
        why = movement.reason
        if line.said is None and why:
            section = f"factor_statements.{self.contract.name}.words"
            why = f"{why}: write them under words: ({self._mapping.place(section)})"
        meta = {"reason": why} if why else None
        postings = [
            posting(self._factor, line.line.amount, self._currency),
            posting(against or "", -line.line.amount, self._currency, meta),
        ]
        return self._transaction(line, line.link, postings, is_clear=not why)

    def receipt(
        self, line: FactorLine, settlements: Sequence[Settlement], reason: str
    ) -> data.Transaction:
        """Return what a customer paid, on its way, against what it settles or suspense."""
        amount, currency = line.line.amount, self._currency
        postings = [posting(self.contract.accounts.transit or "", amount, currency)]
        if settlements:
            postings += [
                posting(part.account, -part.amount, currency, {"settles": part.number})
                for part in settlements
            ]
        else:
            why = f"a payment that the factor received: {reason}" if reason else "a payment"
            postings.append(posting(self._mapping.suspense, -amount, currency, {"reason": why}))
        return self._transaction(line, line.link, postings, is_clear=bool(settlements))

    def handed_over(self, line: FactorLine) -> data.Transaction:
        """Return that the factor has what a customer paid: a sweep of money on its way."""
        postings = [
            posting(self._factor, line.line.amount, self._currency),
            posting(self.contract.accounts.transit or "", -line.line.amount, self._currency),
        ]
        return self._transaction(line, f"{line.link}-swept", postings, is_clear=True)

    def balance(self, statement: Statement, day: datetime.date, number: Decimal) -> data.Balance:
        """Return a closing balance, without Beancount's own tolerance of a cent."""
        return data.Balance(
            meta=data.new_metadata(self._file.filename, statement.position),
            date=day,
            account=self._factor,
            amount=Amount(number, self._currency),
            tolerance=_EXACT,
            diff_amount=None,
        )

    def _transaction(
        self, line: FactorLine, link: str, postings: list[data.Posting], *, is_clear: bool
    ) -> data.Transaction:
        return data.Transaction(
            self._meta(line),
            line.line.date,
            flags.FLAG_OKAY if is_clear else flags.FLAG_WARNING,
            self.contract.factor,
            one_line(line.line.text),
            data.EMPTY_SET,
            frozenset((link,)),
            postings,
        )

    def _meta(self, line: FactorLine) -> data.Meta:
        meta = data.new_metadata(self._file.filename, line.line.position)
        meta[SOURCE] = self._file.source
        if line.line.entry_number:
            meta["event"] = line.line.entry_number
        if line.line.value_date is not None and line.line.value_date != line.line.date:
            meta["value-date"] = line.line.value_date
        return meta
