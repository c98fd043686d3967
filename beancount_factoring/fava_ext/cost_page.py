"""What the contract costs: by month, as a yearly rate, by debtor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from beancount_factoring.fava_ext import links
from beancount_factoring.fava_ext.loaded import ContractReports
from beancount_factoring.fava_ext.pages import Asked
from beancount_factoring.fava_ext.pages import Block
from beancount_factoring.fava_ext.pages import Charts
from beancount_factoring.fava_ext.pages import Fact
from beancount_factoring.fava_ext.pages import Facts
from beancount_factoring.fava_ext.pages import Section
from beancount_factoring.fava_ext.tables import Column
from beancount_factoring.fava_ext.tables import Kind
from beancount_factoring.fava_ext.tables import Table
from beancount_factoring.fava_ext.texts import _
from beancount_factoring.fava_ext.view import ViewName
from beancount_factoring.reports.cost import CostLine
from beancount_factoring.reports.cost import CostReport
from beancount_factoring.reports.cost import DebtorCost

_MONTHS = 60
"""How many bars the chart has at most."""


def sections(asked: Asked) -> Sequence[Section]:
    """Return the contract's cost in the period."""
    reports = asked.chosen
    report = reports.cost
    blocks: Sequence[Block] = [
        _facts(asked, reports, report.total),
        _chart(reports, report),
        _months(reports, report),
        _debtors(asked, reports, report),
    ]
    return [Section("", blocks)]


def _names() -> dict[str, str]:
    return {
        "commission": _("Commission"),
        "charges": _("Charges"),
        "interest": _("Interest"),
    }


def _facts(asked: Asked, reports: ContractReports, total: CostLine) -> Facts:
    figures, currency = asked.figures, reports.currency
    rate = _("none") if total.rate is None else figures.percent(total.rate)
    return Facts(
        "cost",
        [
            Fact("rate", _("Effective yearly rate"), rate, total.rate, is_main=True),
            Fact("cost", _("Cost without VAT"), figures.money(total.cost, currency), total.cost),
            Fact(
                "used", _("Funds used on average"), figures.money(total.used, currency), total.used
            ),
        ],
    )


def _chart(reports: ContractReports, report: CostReport) -> Charts:
    """Return the months' cost, stacked by kind."""
    names = _names()
    data = [
        {
            "date": line.month,
            "balance": {reports.currency: line.cost},
            "budgets": {},
            "account_balances": {
                name: {reports.currency: getattr(line, key)} for key, name in names.items()
            },
        }
        for line in report.months[-_MONTHS:]
    ]
    chart = {"label": _("Cost by month"), "type": "bar", "data": data}
    # Fava gives its colours by name, in this order.
    places = {name: place for place, name in enumerate(sorted(names.values()))}
    legend = [(f"cost-{places[name]}", name) for name in names.values()]
    return Charts("cost", [chart], legend)


def _months(reports: ContractReports, report: CostReport) -> Table[CostLine]:
    names = _names()
    columns: Sequence[Column[CostLine]] = (
        Column("month", _("Month"), Kind.TEXT, _month),
        Column("commission", names["commission"], Kind.AMOUNT, lambda line: line.commission),
        Column("charges", names["charges"], Kind.AMOUNT, lambda line: line.charges),
        Column("interest", names["interest"], Kind.AMOUNT, lambda line: line.interest),
        Column("cost", _("Cost without VAT"), Kind.AMOUNT, lambda line: line.cost),
        Column("vat", _("VAT"), Kind.AMOUNT, lambda line: line.vat),
        Column("used", _("Funds used on average"), Kind.AMOUNT, lambda line: line.used),
        Column(
            "rate",
            _("Yearly rate"),
            Kind.PERCENT,
            lambda line: line.rate,
            hint=_("Cost without VAT on the funds used, for 365 days"),
        ),
    )
    return Table(
        name="months",
        title=_("By month"),
        columns=columns,
        rows=report.months,
        currency=reports.currency,
        total=report.total,
        sort="month",
        empty=_("The contract cost nothing in this period."),
        row_key=_month,
    )


def _month(line: CostLine) -> str:
    return _("Total") if line.month is None else f"{line.month:%Y-%m}"


def _debtors(asked: Asked, reports: ContractReports, report: CostReport) -> Table[DebtorCost]:
    def documents(line: DebtorCost) -> str | None:
        if not line.debtor:
            return None
        return links.view(ViewName.AGED, contract=asked.view.contract, debtor=line.debtor)

    columns: Sequence[Column[DebtorCost]] = (
        Column(
            "debtor",
            _("Debtor"),
            Kind.TEXT,
            lambda line: line.debtor or _("Of no debtor: charges, interest, other commission"),
            documents,
        ),
        Column("assigned", _("Assigned"), Kind.AMOUNT, lambda line: line.assigned),
        Column("cost", _("Commission"), Kind.AMOUNT, lambda line: line.commission),
        Column(
            "rate",
            _("Rate"),
            Kind.PERCENT,
            lambda line: line.rate,
            hint=_("Commission on what was assigned"),
        ),
    )
    zero = reports.on.amount(0)
    rest = DebtorCost("", zero, report.not_of_debtors, None)
    return Table(
        name="by-debtor",
        title=_("By debtor"),
        columns=columns,
        rows=report.debtors,
        currency=reports.currency,
        total=replace(rest) if report.debtors else None,
        sort="debtor",
        empty=_("No document was remitted in this period."),
        row_key=lambda line: line.debtor,
    )
