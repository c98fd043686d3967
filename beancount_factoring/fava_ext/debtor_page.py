"""The debtors: how much may be funded on each, and how it pays."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from beancount_factoring.fava_ext import links
from beancount_factoring.fava_ext.loaded import ContractReports
from beancount_factoring.fava_ext.pages import Asked
from beancount_factoring.fava_ext.pages import Section
from beancount_factoring.fava_ext.tables import Bar
from beancount_factoring.fava_ext.tables import Column
from beancount_factoring.fava_ext.tables import Kind
from beancount_factoring.fava_ext.tables import Table
from beancount_factoring.fava_ext.texts import _
from beancount_factoring.fava_ext.view import ViewName
from beancount_factoring.reports.debtors import DebtorLine

_NEAR = Decimal("0.80")


def sections(asked: Asked) -> Sequence[Section]:
    """Return the contract's debtors."""
    return [Section("", [_table(asked, asked.chosen)])]


def _table(asked: Asked, reports: ContractReports) -> Table[DebtorLine]:
    def documents(line: DebtorLine) -> str | None:
        return links.view(ViewName.AGED, contract=asked.view.contract, debtor=line.debtor)

    has_limits = any(line.limit is not None for line in reports.debtors)
    limits: Sequence[Column[DebtorLine]] = (
        Column("limit", _("Limit"), Kind.AMOUNT, lambda line: line.limit),
        Column(
            "use_of_limit",
            _("Limit used"),
            Kind.PERCENT,
            lambda line: line.use_of_limit,
        ),
        Column("use", "", Kind.TEXT, lambda _line: None, bars=_use),
    )
    columns: list[Column[DebtorLine]] = [
        Column("debtor", _("Debtor"), Kind.TEXT, lambda line: line.debtor, documents),
        Column(
            "account",
            _("Account"),
            Kind.TEXT,
            lambda line: line.account,
            lambda line: links.account(line.account),
        ),
        *(limits if has_limits else ()),
        Column(
            "exposure",
            _("Exposure"),
            Kind.AMOUNT,
            lambda line: line.exposure,
            hint=_("What it owes on assigned documents"),
        ),
        Column(
            "share", _("Share"), Kind.PERCENT, lambda line: line.share, hint=_("Of the outstanding")
        ),
        Column("open", _("Open"), Kind.AMOUNT, lambda line: line.open),
        Column("overdue", _("Past due"), Kind.AMOUNT, lambda line: line.overdue),
        Column(
            "days_to_pay",
            _("Days to pay"),
            Kind.DAYS,
            lambda line: line.days_to_pay,
            hint=_("From a document's date to its money, weighted by the money"),
        ),
        Column(
            "credit_notes",
            _("Credit notes"),
            Kind.PERCENT,
            lambda line: line.credit_notes,
            hint=_("Of the amount of its invoices"),
        ),
    ]
    return Table(
        name="debtors",
        title="",
        columns=columns,
        rows=reports.debtors,
        currency=reports.currency,
        sort="debtor",
        empty=_("No debtor has a document here."),
        note="" if has_limits else _("No debtor of this contract has a limit."),
        row_key=lambda line: line.debtor,
    )


def _use(line: DebtorLine) -> Sequence[Bar]:
    """Draw how much of its limit a debtor uses."""
    use = line.use_of_limit
    if use is None:
        return ()
    style = "short" if use > 1 else "near" if use > _NEAR else "level"
    return [Bar(style, Decimal(), min(Decimal(100), max(Decimal(), use * 100)))]
