"""The position: the way to what may be drawn, its course over time, and what needs doing."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from typing import Final

from beancount_factoring.fava_ext import links
from beancount_factoring.fava_ext import words
from beancount_factoring.fava_ext.loaded import ContractReports
from beancount_factoring.fava_ext.pages import Asked
from beancount_factoring.fava_ext.pages import Block
from beancount_factoring.fava_ext.pages import Charts
from beancount_factoring.fava_ext.pages import Fact
from beancount_factoring.fava_ext.pages import Facts
from beancount_factoring.fava_ext.pages import Section
from beancount_factoring.fava_ext.tables import Bar
from beancount_factoring.fava_ext.tables import Column
from beancount_factoring.fava_ext.tables import Kind
from beancount_factoring.fava_ext.tables import Table
from beancount_factoring.fava_ext.tasks import tasks
from beancount_factoring.fava_ext.texts import _
from beancount_factoring.fava_ext.view import ViewName
from beancount_factoring.reports.waterfall import StepKind
from beancount_factoring.reports.waterfall import WaterfallStep
from beancount_factoring.reports.waterfall import waterfall

_CURVES: Final = ("outstanding", "funds_in_use", "guarantee_fund", "available")
_TO_DATE: Final = ("commission_to_date", "charges_to_date", "interest_to_date", "vat_to_date")
_BOOKS: Final = (
    "factor_outstanding",
    "collections_in_hand",
    "credit_notes_in_transit",
    "reserve",
    "ceiling",
    "current_account",
    "shared_account",
    *_TO_DATE,
)


def sections(asked: Asked) -> Sequence[Section]:
    """Return a section for every contract."""
    return [_section(asked, reports) for reports in asked.reports]


def _section(asked: Asked, reports: ContractReports) -> Section:
    contract = reports.on.contract
    return Section(f"{contract.factor} · {contract.name}", list(_blocks(asked, reports)))


def _blocks(asked: Asked, reports: ContractReports) -> Iterator[Block]:
    yield _waterfall(asked, reports)
    yield tasks(asked, reports)
    if len(reports.course.points) > 1:
        yield _curves(reports)
    yield Facts(f"position-{reports.name}", [_fact(asked, reports, key) for key in _BOOKS])


def _fact(asked: Asked, reports: ContractReports, key: str) -> Fact:
    value: Decimal | None = getattr(reports.position, key)
    text = _("none") if value is None else asked.figures.money(value, reports.currency)
    return Fact(key, words.figure(key), text, value)


def _waterfall(asked: Asked, reports: ContractReports) -> Table[WaterfallStep]:
    """Return the steps as a table whose last column draws them."""
    steps = waterfall(reports.whole, reports.position)
    lowest = min(min(step.since, step.until) for step in steps)
    highest = max(max(step.since, step.until) for step in steps)
    lowest, highest = min(lowest, Decimal()), max(highest, Decimal())
    span = highest - lowest or Decimal(1)

    def bars(step: WaterfallStep) -> Sequence[Bar]:
        start = (min(step.since, step.until) - lowest) / span * 100
        length = abs(step.until - step.since) / span * 100
        return [Bar(_style(step), start, length)]

    def label(step: WaterfallStep) -> str:
        name = words.step(step.kind, step.reason)
        return name if step.kind.is_level else f"− {name}"

    columns: Sequence[Column[Any]] = (
        Column(
            "step", _("From the outstanding to what may be drawn"), Kind.TEXT, label, _to(asked)
        ),
        Column("amount", reports.currency, Kind.AMOUNT, lambda step: step.amount),
        Column("bar", "", Kind.TEXT, lambda _step: None, bars=bars),
    )
    return Table(
        name=f"waterfall-{reports.name}",
        title="",
        columns=columns,
        rows=steps,
        currency=reports.currency,
        is_sortable=False,
        row_class=lambda step: "level" if step.kind.is_level else "step",
        row_key=lambda step: step.reason or step.kind,
        style="waterfall",
    )


def _style(step: WaterfallStep) -> str:
    if step.amount < 0:
        return "short"
    if step.kind is StepKind.AVAILABLE:
        return "available"
    return "level" if step.kind.is_level else "taken"


def _to(asked: Asked) -> Any:
    """Return what says where a step leads: the outstanding to the debtors who owe it."""
    contract = asked.view.contract

    def link(step: WaterfallStep) -> str | None:
        if step.kind is StepKind.OUTSTANDING:
            return links.view(ViewName.AGED, contract=contract)
        return None

    return link


def _curves(reports: ContractReports) -> Charts:
    points = [
        {
            "date": point.day,
            "balance": {words.figure(key): getattr(point, key) for key in _CURVES},
        }
        for point in reports.course.points
    ]
    chart = {"label": _("Position over time"), "type": "balances", "data": points}
    return Charts(f"curves-{reports.name}", [chart])
