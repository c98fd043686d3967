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
from beancount_factoring.importers.entries.comparison import Verdict
from beancount_factoring.importers.entries.entries import one_line
from beancount_factoring.importers.entries.entries import posting
from beancount_factoring.importers.entries.known import SOURCE
from beancount_factoring.importers.entries.known_figures import STATED_LINES
from beancount_factoring.importers.entries.known_figures import FigureComparison
from beancount_factoring.importers.entries.movement_entries import Booker
from beancount_factoring.importers.entries.movement_entries import exact
from beancount_factoring.importers.entries.movement_entries import match_meta
from beancount_factoring.importers.entries.statement_entries import Balances
from beancount_factoring.importers.entries.statement_entries import Extracted
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.entries.statement_entries import lacking
from beancount_factoring.importers.factor.factor_known import FactorComparison
from beancount_factoring.importers.factor.factor_known import FactorKnown
from beancount_factoring.importers.factor.factor_plan import FactorPlan
from beancount_factoring.importers.factor.factor_statement import FactorLine
from beancount_factoring.importers.factor.factor_statement import FactorMovement
from beancount_factoring.importers.factor.factor_statement import StatedFigure
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping import factor_account
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.ledger.directives import TYPE
from beancount_factoring.matching.matcher import Matcher
from beancount_factoring.matching.receipt import Explanation
from beancount_factoring.matching.receipt import Receipt

_EXACT: Final = Decimal("0.00")

_Entry = data.Transaction | data.Balance | data.Custom


def factor_entries(
    file: StatementFile,
    plans: Sequence[FactorPlan],
    mapping: ImportMapping,
    known: FactorKnown,
    numbers: Matcher,
) -> tuple[list[Extracted], list[str]]:
    """Return the entries of what was planned, by date, and what of them the ledger has.

    Behind them comes what the ledger has from the same format, and the file should have.
    """
    extracted: list[Extracted] = []
    told: list[str] = []
    figures, balances = FigureComparison(known.figures), Balances(known.movements)
    for plan in plans:
        booker = _Booker(file, plan.contract, mapping)
        found: list[Extracted] = []
        for figure in plan.figures:
            directive = booker.directive(figure)
            verdict = figures.verdict(directive)
            found.append(Extracted(directive, verdict.known, verdict.how))
        comparison = FactorComparison(file.source, plan, known)
        for movement in plan.movements:
            verdict = comparison.of_movement(movement)
            entry = booker.movement(movement, Booker.doubt(verdict))
            found.append(_extracted(entry, verdict))
        for line in plan.payments:
            found += _payment(booker, line, comparison.of_payment(line), numbers)
        for statement, day, number in plan.closing:
            found.append(balances.extracted(booker.balance(statement, day, number)))
        extracted += sorted(found, key=lambda each: _order(each.entry))
        told += lacking(comparison.missing())
    return extracted, told


def _order(entry: _Entry) -> tuple[datetime.date, bool, int]:
    """Return what entries are sorted by: the day, balances first, then the place in the file."""
    return entry.date, not isinstance(entry, data.Balance), entry.meta["lineno"]


def _extracted(entry: data.Transaction, verdict: Verdict) -> Extracted:
    """Return a transaction with what is known of it, or in doubt."""
    remark = verdict.how if verdict.known is not None else Booker.doubt(verdict)
    return Extracted(entry, verdict.known, remark)


def _payment(
    booker: _Booker, line: FactorLine, verdict: Verdict, numbers: Matcher
) -> Iterator[Extracted]:
    """Yield a payment that the factor received: what it settles, and that the factor has it.

    Nothing where the documents that it names are settled already: their receipt is in the ledger.
    """
    found: Explanation | None = None
    reason = Booker.doubt(verdict)
    if verdict.known is None and not reason:
        text = line.line.text
        named = numbers.named(text)
        if named and not any(item.is_open for item in named):
            return
        # The reference only tells the line of the event.
        receipt = Receipt(line.line.date, line.line.amount, booker.contract.currency, text)
        found, reason, _candidates = numbers.by_number(receipt)
    entry = booker.receipt(line, found, reason)
    yield _extracted(entry, verdict)
    if found is not None:
        numbers.book(entry)
        yield Extracted(booker.handed_over(line))


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

    def movement(self, movement: FactorMovement, doubt: str) -> data.Transaction:
        """Return a draw against money on its way, or what is not understood against suspense.

        So is what is in doubt, as the ledger may have it.
        """
        line = movement.line
        why = doubt or movement.reason
        against = self._mapping.suspense if why else self.contract.accounts.transit
        if line.said is None and not doubt:
            section = f"factor_statements.{self.contract.name}.words"
            why = f"{why}: write them under words: ({self._mapping.place(section)})"
        reason = {"reason": why} if why else None
        postings = [
            posting(self._factor, line.line.amount, self._currency),
            posting(against or "", -line.line.amount, self._currency, reason),
        ]
        meta = self._meta(line)
        return self._transaction(line, meta, line.link, postings, is_clear=not why)

    def receipt(self, line: FactorLine, found: Explanation | None, reason: str) -> data.Transaction:
        """Return what a customer paid, on its way, against what it settles or suspense."""
        amount, currency = line.line.amount, self._currency
        postings = [posting(self.contract.accounts.transit or "", amount, currency)]
        if found is not None:
            postings += [
                posting(part.account, -part.amount, currency, {"settles": part.number})
                for part in found.settlements
            ]
        else:
            why = f"a payment that the factor received: {reason}" if reason else "a payment"
            postings.append(posting(self._mapping.suspense, -amount, currency, {"reason": why}))
        meta = self._meta(line) | ({} if found is None else match_meta(found))
        return self._transaction(line, meta, line.link, postings, is_clear=found is not None)

    def handed_over(self, line: FactorLine) -> data.Transaction:
        """Return that the factor has what a customer paid: a sweep of money on its way."""
        postings = [
            posting(self._factor, line.line.amount, self._currency),
            posting(self.contract.accounts.transit or "", -line.line.amount, self._currency),
        ]
        # It is no line of a statement: it has no source, by which those are compared.
        meta = {key: value for key, value in self._meta(line).items() if key != SOURCE}
        return self._transaction(line, meta, f"{line.link}-swept", postings, is_clear=True)

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
        self,
        line: FactorLine,
        meta: data.Meta,
        link: str,
        postings: list[data.Posting],
        *,
        is_clear: bool,
    ) -> data.Transaction:
        return data.Transaction(
            meta,
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
