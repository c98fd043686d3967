"""The remittances: what each held, what it cost, what was drawn on it; the documents of one."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from decimal import Decimal

from beancount_factoring.fava_ext import links
from beancount_factoring.fava_ext import words
from beancount_factoring.fava_ext.loaded import ContractReports
from beancount_factoring.fava_ext.pages import Asked
from beancount_factoring.fava_ext.pages import Fact
from beancount_factoring.fava_ext.pages import Facts
from beancount_factoring.fava_ext.pages import Link
from beancount_factoring.fava_ext.pages import Section
from beancount_factoring.fava_ext.pages import Words
from beancount_factoring.fava_ext.tables import Column
from beancount_factoring.fava_ext.tables import Kind
from beancount_factoring.fava_ext.tables import Table
from beancount_factoring.fava_ext.texts import _
from beancount_factoring.fava_ext.view import ViewName
from beancount_factoring.ledger.marks import REMITTANCE
from beancount_factoring.reports.remittances import RemittanceLine
from beancount_factoring.reports.remittances import RemittedDocument
from beancount_factoring.reports.remittances import remittance_documents

_AMOUNTS = ("assigned", "taken", "total", "commission", "charges", "vat", "guarantee", "drawn")
_SELDOM = ("charges",)


def sections(asked: Asked) -> Sequence[Section]:
    """Return all remittances of the period, or one with its documents."""
    reports = asked.chosen
    if asked.view.remittance:
        return [_remittance(asked, reports)]
    return [Section("", [_table(asked, reports)])]


def _names() -> dict[str, str]:
    return {
        "assigned": _("Assigned"),
        "taken": _("Credit notes"),
        "total": _("Total"),
        "commission": _("Commission"),
        "charges": _("Charges"),
        "vat": _("VAT"),
        "guarantee": _("Guarantee fund"),
        "drawn": _("Drawn"),
    }


def _table(asked: Asked, reports: ContractReports) -> Table[RemittanceLine]:
    lines, names = reports.remittances, _names()

    def link(line: RemittanceLine) -> str | None:
        contract = asked.view.contract
        return links.view(ViewName.REMITTANCES, contract=contract, remittance=line.number)

    def amount(key: str) -> Callable[[RemittanceLine], Decimal]:
        return lambda line: getattr(line, key)

    shown = [key for key in _AMOUNTS if key not in _SELDOM or any(getattr(x, key) for x in lines)]
    columns: list[Column[RemittanceLine]] = [
        Column("number", _("Remittance"), Kind.TEXT, lambda line: line.number, link),
        Column("date", _("Date"), Kind.DATE, lambda line: line.date),
        Column("documents", _("Documents"), Kind.COUNT, lambda line: line.documents),
        *(Column(key, names[key], Kind.AMOUNT, amount(key)) for key in shown),
        Column(
            "journal",
            _("Journal"),
            Kind.TEXT,
            lambda _line: _("transactions"),
            lambda line: links.journal(REMITTANCE, line.number),
            is_downloaded=False,
        ),
    ]
    return Table(
        name="remittances",
        title="",
        columns=columns,
        rows=list(reversed(lines)),
        currency=reports.currency,
        sort="",
        note=_(
            "Drawn: from a remittance's funding date until the next one's. Guarantee fund: its"
            " movement on the day."
        ),
        empty=_("Nothing was remitted in this period."),
        row_key=lambda line: line.number,
    )


def _remittance(asked: Asked, reports: ContractReports) -> Section:
    number, names = asked.view.remittance, _names()
    back = Link(words.view_name(ViewName.REMITTANCES), links.of(asked.view, remittance=""))
    line = next((each for each in reports.remittances if each.number == number), None)
    if line is None:
        return Section(
            "", [Words(number, _("There is no such remittance in this period."), [back])]
        )
    journal = links.journal(REMITTANCE, number)
    heading = [back, *([Link(_("transactions"), journal)] if journal else [])]
    figures = asked.figures
    facts = Facts(
        "remittance",
        [
            Fact("date", _("Date"), figures.date(line.date), None),
            Fact("funding_date", _("Funding date"), figures.date(line.funding_date), None),
            *(
                Fact(key, names[key], figures.money(value, reports.currency), value)
                for key in _AMOUNTS
                if (value := getattr(line, key)) or key not in _SELDOM
            ),
        ],
    )
    title = _("Remittance {number}").format_map({"number": number})
    return Section("", [Words(title, links=heading), facts, _documents(asked, reports, number)])


def _documents(asked: Asked, reports: ContractReports, number: str) -> Table[RemittedDocument]:
    contract = asked.view.contract

    def document(line: RemittedDocument) -> str | None:
        if not line.document:
            return None
        return links.view(ViewName.AGED, contract=contract, document=line.document)

    def debtor(line: RemittedDocument) -> str | None:
        return links.view(ViewName.AGED, contract=contract, debtor=line.debtor)

    columns: Sequence[Column[RemittedDocument]] = (
        Column("document", _("Document"), Kind.TEXT, lambda line: line.document, document),
        Column("debtor", _("Debtor"), Kind.TEXT, lambda line: line.debtor, debtor),
        Column("type", _("Type"), Kind.TEXT, lambda line: words.document_kind(line.type)),
        Column("date", _("Date"), Kind.DATE, lambda line: line.date),
        Column("due", _("Due"), Kind.DATE, lambda line: line.due),
        Column("amount", _("Amount"), Kind.AMOUNT, lambda line: line.amount),
        Column("commission", _("Commission"), Kind.AMOUNT, lambda line: line.commission),
    )
    return Table(
        name="documents",
        title=_("Its documents"),
        columns=columns,
        rows=remittance_documents(reports.whole, number),
        currency=reports.currency,
        row_key=lambda line: line.document,
    )
