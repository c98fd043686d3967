"""What the ledger has already of the movements that a factor's own statement tells.

They are compared as a bank's are (`comparison`); what the bank's statement has of them on another
day is known too (`factor_banks`).
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.importers.entries.comparison import Comparison
from beancount_factoring.importers.entries.comparison import Line
from beancount_factoring.importers.entries.comparison import StatementLines
from beancount_factoring.importers.entries.comparison import Verdict
from beancount_factoring.importers.entries.known import KnownEntries
from beancount_factoring.importers.entries.known_figures import KnownFigures
from beancount_factoring.importers.entries.movement_entries import exact
from beancount_factoring.importers.factor.factor_banks import BankEntries
from beancount_factoring.importers.factor.factor_plan import FactorPlan
from beancount_factoring.importers.factor.factor_statement import FactorLine
from beancount_factoring.importers.factor.factor_statement import FactorMovement
from beancount_factoring.importers.mapping.factor_words import LineKind
from beancount_factoring.importers.mapping.mapping import factor_account
from beancount_factoring.importers.reading.documents import Statement


class FactorKnown(NamedTuple):
    """What the ledger has, by what a factor's statement may tell again."""

    movements: KnownEntries
    figures: KnownFigures
    banks: BankEntries


class FactorComparison:
    """A plan's transactions compared with the ledger, as a bank's are: statement by statement."""

    def __init__(self, source: str, plan: FactorPlan, known: FactorKnown) -> None:
        """Compare with what is known now; `source` is the file's format."""
        self._plan = plan
        self._source = source
        self._known = known
        self._account = factor_account(plan.contract)
        self._comparison = Comparison(known.movements)
        self._lines: dict[str, Line] = {}
        self._verdicts: dict[str, Verdict] = {}
        moved = self._statements([each.line for each in plan.movements], self._account)
        transit = plan.contract.accounts.transit or ""
        compared = [*moved, *self._statements(plan.payments, transit)]
        self._comparison.prepare(compared)
        for statement in compared:
            for line, verdict in zip(
                statement.lines, self._comparison.verdicts(statement), strict=True
            ):
                self._verdicts[line.link] = verdict
                if verdict.known is not None:
                    known.banks.count(verdict.known, line.link)
        self._moved = moved

    def _statements(self, lines: Iterable[FactorLine], account: str) -> list[StatementLines]:
        """Return lines on a ledger account, those of each statement by themselves."""
        currency = self._plan.contract.currency
        found: dict[int, tuple[Statement, list[Line]]] = {}
        for each in lines:
            amount = exact(each.line.amount, currency)
            # A factor's reference only tells the line of an event.
            stated = each.line._replace(reference=None)
            line = Line(each.link, (account, stated.date, amount, currency), stated)
            self._lines[each.link] = line
            statement = self._plan.statements[each.link]
            found.setdefault(id(statement), (statement, []))[1].append(line)
        closed = {
            id(statement)
            for statement, day, number in self._plan.closing
            if self._known.movements.has_balance((account, day, number, currency))
        }
        return [
            StatementLines(self._source, own, statement.is_partial, place in closed)
            for place, (statement, own) in found.items()
        ]

    def of_movement(self, movement: FactorMovement) -> Verdict:
        """Return what is known of a movement, also from the bank's side on another day."""
        link = movement.line.link
        verdict, line, banks = self._verdicts[link], self._lines[link], self._known.banks
        if verdict.known is not None:
            return verdict
        known: data.Transaction | None = None
        if movement.kind is LineKind.DRAW:
            known = banks.draw(line)
        elif movement.kind is LineKind.RETURNED:
            known = banks.rest(line)
        return verdict if known is None else Verdict(known, f"on {known.date}")

    def of_payment(self, line: FactorLine) -> Verdict:
        """Return what is known of a payment."""
        return self._verdicts[line.link]

    def missing(self) -> Iterator[data.Transaction]:
        """Yield what the ledger has from this format on the factor's account, and the file not.

        What a bank's statement of the same format has posted there is the bank's.
        """
        for statement in self._moved:
            for entry in self._comparison.missing(statement):
                if entry.postings[0].account == self._account:
                    yield entry
