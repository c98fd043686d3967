"""The aged balance: who owes what, and how late it is; a debtor's documents."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from typing import Final

from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.fava_ext import links
from beancount_factoring.fava_ext import words
from beancount_factoring.fava_ext.life_page import life_section
from beancount_factoring.fava_ext.loaded import ContractReports
from beancount_factoring.fava_ext.pages import Asked
from beancount_factoring.fava_ext.pages import Block
from beancount_factoring.fava_ext.pages import Charts
from beancount_factoring.fava_ext.pages import Link
from beancount_factoring.fava_ext.pages import Section
from beancount_factoring.fava_ext.pages import Words
from beancount_factoring.fava_ext.tables import Bar
from beancount_factoring.fava_ext.tables import Column
from beancount_factoring.fava_ext.tables import Kind
from beancount_factoring.fava_ext.tables import Table
from beancount_factoring.fava_ext.texts import _
from beancount_factoring.fava_ext.view import ViewName
from beancount_factoring.fava_ext.view import Whose
from beancount_factoring.reports.aged import BUCKETS
from beancount_factoring.reports.aged import AgedLine
from beancount_factoring.reports.items import Item
from beancount_factoring.reports.items import debtor_items

UNALLOCATED: Final = "unallocated"


def sections(asked: Asked) -> Sequence[Section]:
    """Return the aged balance, a debtor's documents, or a document's life."""
    reports = asked.chosen
    if asked.view.document:
        return [life_section(asked, reports)]
    if asked.view.debtor:
        return [_debtor(asked, reports)]
    return [Section("", list(_blocks(asked, reports)))]


def _blocks(asked: Asked, reports: ContractReports) -> Iterator[Block]:
    view = asked.view
    kinds = [
        Link(words.whose(whose), links.of(view, whose=_named(whose)), whose is view.whose)
        for whose in Whose
    ]
    yield Words("", links=kinds)
    if view.whose is Whose.ALL:
        yield _chart(asked, reports)
    yield _table(asked, reports)


def _named(whose: Whose) -> str:
    return "" if whose is Whose.ALL else whose.value


def _chart(asked: Asked, reports: ContractReports) -> Charts:
    """Return the totals at the ends of months, stacked by age."""
    data = []
    for day, line in asked.factoring.aged_months(reports):
        # Fava stacks by name: a blank before the first one keeps it below the others.
        parts = {f" {words.bucket(BUCKETS[0])}": line.buckets[0]}
        parts |= {
            words.bucket(key): amount
            for key, amount in zip(BUCKETS[1:], line.buckets[1:], strict=True)
        }
        parts[words.figure(UNALLOCATED)] = line.unallocated
        data.append(
            {
                "date": day,
                "balance": {reports.currency: line.total},
                "budgets": {},
                "account_balances": {
                    name: {reports.currency: amount} for name, amount in parts.items()
                },
            }
        )
    chart = {"label": _("Aged balance by month"), "type": "bar", "data": data}
    legend = [(f"bucket-{place}", words.bucket(key)) for place, key in enumerate(BUCKETS)]
    legend.append(("bucket-5", words.figure(UNALLOCATED)))
    return Charts("aged", [chart], legend)


def _table(asked: Asked, reports: ContractReports) -> Table[AgedLine]:
    report = reports.aged(asked.view.whose)
    largest = max((_gross(line) for line in report.debtors), default=Decimal())

    def link(line: AgedLine) -> str | None:
        if not line.debtor:
            return None
        return links.view(ViewName.AGED, contract=asked.view.contract, debtor=line.debtor)

    def bucket(place: int) -> Callable[[AgedLine], Decimal]:
        return lambda line: line.buckets[place]

    columns: list[Column[AgedLine]] = [
        Column("debtor", _("Debtor"), Kind.TEXT, lambda line: line.debtor or _("Total"), link),
        Column("ages", _("Ages"), Kind.TEXT, lambda _line: None, bars=_bars(largest)),
        *(
            Column(key, words.bucket(key), Kind.AMOUNT, bucket(place))
            for place, key in enumerate(BUCKETS)
        ),
        Column(UNALLOCATED, _("Unallocated"), Kind.AMOUNT, lambda line: line.unallocated),
        Column("total", _("Total"), Kind.AMOUNT, lambda line: line.total),
        Column("assigned", _("Assigned"), Kind.AMOUNT, lambda line: line.assigned),
        Column(
            "not_assigned", _("Not assigned"), Kind.AMOUNT, lambda line: line.total - line.assigned
        ),
    ]
    return Table(
        name="aged",
        title="",
        columns=columns,
        rows=report.debtors,
        currency=reports.currency,
        total=report.total,
        sort="debtor",
        empty=_("Nobody owes anything."),
        row_key=lambda line: line.debtor,
    )


def _gross(line: AgedLine) -> Decimal:
    return sum(line.buckets, Decimal())


def _bars(largest: Decimal) -> Callable[[AgedLine], Sequence[Bar]]:
    """Return what draws a debtor's ages beside each other, the longest as long as the cell."""

    def bars(line: AgedLine) -> Sequence[Bar]:
        start, drawn = Decimal(), []
        for place, amount in enumerate(line.buckets):
            if amount > 0 and line.debtor:
                length = amount / largest * 100
                drawn.append(Bar(f"bucket-{place}", start, length, words.bucket(BUCKETS[place])))
                start += length
        return drawn

    return bars


def _debtor(asked: Asked, reports: ContractReports) -> Section:
    name = asked.view.debtor
    root = reports.on.contract.accounts.receivables
    account = f"{root}:{name}"
    back = Link(words.view_name(ViewName.AGED), links.of(asked.view, debtor=""))
    heading = Words(name, links=[back, Link(account, links.account(account))])
    return Section("", [heading, _items(asked, reports, name)])


def _items(asked: Asked, reports: ContractReports, debtor: str) -> Table[Item]:
    def link(item: Item) -> str | None:
        if item.document is None:
            return None
        return links.view(ViewName.AGED, contract=asked.view.contract, document=item.document)

    items = debtor_items(reports.on, debtor)
    return Table(
        name="items",
        title=_("Open documents"),
        columns=item_columns(items, reports.on.day, link),
        rows=items,
        currency=reports.currency,
        sort="date",
        empty=_("No document is open."),
        row_key=lambda item: item.document or "",
    )


def item_columns(
    items: Sequence[Item],
    day: datetime.date,
    link: Callable[[Item], str | None] | None = None,
) -> Sequence[Column[Any]]:
    """Return a document's columns; a reason has one where it takes something of any of them."""

    def late(item: Item) -> int | None:
        return None if item.due is None else max(0, (day - item.due).days)

    def because(reason: Reason) -> Callable[[Item], Decimal | None]:
        return lambda item: item.reasons.get(reason)

    reasons = [name for name in Reason if any(name in item.reasons for item in items)]
    return (
        Column(
            "document",
            _("Document"),
            Kind.TEXT,
            lambda item: item.document or words.document_kind(item.type),
            link,
        ),
        Column("type", _("Type"), Kind.TEXT, lambda item: words.document_kind(item.type)),
        Column("date", _("Date"), Kind.DATE, lambda item: item.date),
        Column("due", _("Due"), Kind.DATE, lambda item: item.due),
        Column("late", _("Days late"), Kind.COUNT, late),
        Column("amount", _("Amount"), Kind.AMOUNT, lambda item: item.amount),
        Column("open", _("Open"), Kind.AMOUNT, lambda item: item.open),
        Column("state", _("State"), Kind.TEXT, lambda item: words.state(item.state)),
        *(
            Column(
                name.value,
                words.reason(name),
                Kind.AMOUNT,
                because(name),
                hint=_("Not funded for this reason"),
            )
            for name in reasons
        ),
    )
