"""A loaded ledger's factoring: made once for a load, and kept for every request until the next."""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any
from typing import Final
from typing import TypeVar

from beancount.core import data
from fava.core import FavaLedger

from beancount_factoring.collector import paused_collector
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Document
from beancount_factoring.fava_ext.view import Filters
from beancount_factoring.fava_ext.view import Period
from beancount_factoring.fava_ext.view import Whose
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.reports.aged import AgedLine
from beancount_factoring.reports.aged import AgedReport
from beancount_factoring.reports.aged import aged_report
from beancount_factoring.reports.cost import CostReport
from beancount_factoring.reports.cost import cost_report
from beancount_factoring.reports.course import Course
from beancount_factoring.reports.course import courses
from beancount_factoring.reports.course import month_ends
from beancount_factoring.reports.course import spread
from beancount_factoring.reports.debtors import DebtorLine
from beancount_factoring.reports.debtors import debtor_report
from beancount_factoring.reports.hints import hints
from beancount_factoring.reports.misspelt import misspelt
from beancount_factoring.reports.position import PositionReport
from beancount_factoring.reports.position import position_report
from beancount_factoring.reports.remittances import RemittanceLine
from beancount_factoring.reports.remittances import remittance_report
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource
from beancount_factoring.reports.source import Selection
from beancount_factoring.reports.source import report_source
from beancount_factoring.reports.todo import Todo
from beancount_factoring.reports.todo import shared_account
from beancount_factoring.reports.todo import suspense
from beancount_factoring.reports.todo import todo_report

POINTS: Final = 80
"""How many points a curve has at most."""
MONTHS: Final = 12
"""How many bars the aged balance's chart has at most."""
_KEPT: Final = 4
"""How many periods and filters are kept beside each other."""


K = TypeVar("K")
V = TypeVar("V")


class ContractReports:
    """A contract's reports for a period, each made when first asked for.

    `course` is the whole contract's; `on` has Fava's filters too.
    """

    def __init__(
        self,
        source: ReportSource,
        course: Course,
        period: Period,
        selection: Selection | None,
        suspense_account: str | None,
    ) -> None:
        self.source = source
        self.course = course
        self.whole: ContractDay = course.on
        self.on: ContractDay = replace(course.on, selection=selection)
        self.period = period
        self._suspense = suspense_account
        self._aged: dict[Whose, AgedReport] = {}
        # Of a selection, by contract: what a run of their own found.
        self.aged_months: dict[str, Sequence[tuple[datetime.date, AgedLine]]] = {}

    @property
    def name(self) -> str:
        """The contract's name."""
        return self.on.contract.name

    @property
    def currency(self) -> str:
        """The contract's currency."""
        return self.on.contract.currency

    @cached_property
    def position(self) -> PositionReport:
        """The contract's position, whatever the filters."""
        return position_report(self.source, self.whole)

    @cached_property
    def todos(self) -> Sequence[Todo]:
        """What needs doing under the contract, whatever the filters."""
        return (
            *todo_report(self.whole),
            *shared_account(self.source, self.whole),
            *(suspense(self.source, self.whole, self._suspense) if self._suspense else ()),
            *hints(self.source, self.whole),
            *misspelt(self.source, self.whole),
        )

    def aged(self, whose: Whose) -> AgedReport:
        """Return the aged balance: of all documents, of those a factor holds, or of the others."""
        if whose not in self._aged:
            on = self.on if whose is Whose.ALL else replace(self.on, selection=self._whose(whose))
            self._aged[whose] = aged_report(on)
        return self._aged[whose]

    def _whose(self, whose: Whose) -> Selection:
        elsewhere = self.on.held_elsewhere()
        assigned = {
            id(claim.document)
            for claim in self.on.books.state.items.claims
            if _is_held(claim) or claim.document.identity in elsewhere
        }
        on = self.on

        def document(document: Document) -> bool:
            return on.selects(document) and (id(document) in assigned) is (whose is Whose.ASSIGNED)

        return Selection(document, lambda _event: True)

    @cached_property
    def remittances(self) -> Sequence[RemittanceLine]:
        """The remittances of the period."""
        return remittance_report(self.on, self.period.begin)

    @cached_property
    def debtors(self) -> Sequence[DebtorLine]:
        """The debtors at the end of the period."""
        return debtor_report(self.on, self.period.begin)

    @cached_property
    def cost(self) -> CostReport:
        """The cost of the period."""
        return cost_report(self.on, self.course.use, self.period.begin)

    def warm(self) -> None:
        """Make what the views show."""
        _ = self.position, self.todos, self.remittances, self.debtors, self.cost
        self.aged(Whose.ALL)


def _is_held(claim: Claim) -> bool:
    return claim.line != claim.in_hand or claim.standing is Standing.FACTOR


class LoadedFactoring:
    """What a loaded ledger's contracts make of it; `errors` are about the contracts."""

    def __init__(self, ledger: FavaLedger) -> None:
        """Take a ledger that was just loaded."""
        self._ledger = ledger
        entries: Any = ledger.all_entries
        self.source = report_source(entries, ledger.options)
        errors: Sequence[Any] = ledger.load_errors
        self.errors = tuple(error for error in errors if isinstance(error, FactoringError))
        self.folder = Path(ledger.beancount_file_path).absolute().parent
        self._courses: OrderedDict[Period, list[Course]] = OrderedDict()
        self._reports: OrderedDict[tuple[Period, Filters], list[ContractReports]] = OrderedDict()

    @cached_property
    def entries_by_key(self) -> dict[str | Cause, data.Transaction]:
        """Each transaction by its `factoring-id`, or by its place if it has none."""
        entries: dict[str | Cause, data.Transaction] = {}
        for entry in self.source.entries:
            if isinstance(entry, data.Transaction):
                key = entry.meta.get(IDENTIFIER)
                place = Cause(entry.meta["filename"], entry.meta["lineno"])
                entries[place if key is None else str(key)] = entry
        return entries

    @cached_property
    def _suspense_account(self) -> str | None:
        from beancount_factoring.importers.suspense_account import suspense_account

        path = Path(self._ledger.beancount_file_path)
        return suspense_account(path, dict(self._ledger.options))

    def warm(self) -> None:
        """Make what the views show without a filter."""
        with paused_collector():
            for reports in self.reports(Filters()):
                reports.warm()

    def reports(self, filters: Filters) -> list[ContractReports]:
        """Return every contract's reports under Fava's filters.

        Raises Fava's own errors for a filter that is none.
        """
        period = filters.period(self._ledger, self.source.horizon)
        chosen = Filters(account=filters.account, text=filters.text)
        found = self._reports.get((period, chosen))
        if found is None:
            roots = {
                books.contract.name: books.contract.accounts.receivables
                for books in self.source.contracts
            }
            selection = filters.selection(self._ledger, roots)
            found = [
                ContractReports(self.source, course, period, selection, self._suspense_account)
                for course in self._course(period)
            ]
            _keep(self._reports, (period, chosen), found)
        return found

    def _course(self, period: Period) -> list[Course]:
        found = self._courses.get(period)
        if found is None:
            begin = max(period.begin, self._start)
            found = courses(
                self.source,
                period.day,
                points=spread(begin, period.day, POINTS),
                aged=month_ends(period.day, MONTHS),
            )
            _keep(self._courses, period, found)
        return found

    def aged_months(self, reports: ContractReports) -> Sequence[tuple[datetime.date, AgedLine]]:
        """Return the aged balance's totals at the ends of months; a selection needs its own run."""
        if reports.on.selection is None:
            return reports.course.aged
        if reports.name not in reports.aged_months:
            for course in courses(
                self.source,
                reports.period.day,
                aged=month_ends(reports.period.day, MONTHS),
                selection=reports.on.selection,
            ):
                reports.aged_months[course.on.contract.name] = course.aged
        return reports.aged_months[reports.name]

    @property
    def _start(self) -> datetime.date:
        starts = (books.contract.start for books in self.source.contracts)
        return min(starts, default=datetime.date.min)


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep a value, and let the oldest go: but for the very first, which the load itself made."""
    kept[key] = value
    if len(kept) > _KEPT:
        del kept[list(kept)[1]]
