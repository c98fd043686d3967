"""A document's life: what happened to it day by day, and the transactions that made it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from beancount.core import data

from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.fava_ext import links
from beancount_factoring.fava_ext import words
from beancount_factoring.fava_ext.loaded import ContractReports
from beancount_factoring.fava_ext.pages import Asked
from beancount_factoring.fava_ext.pages import Block
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
from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.reports.explain_document import DocumentLife
from beancount_factoring.reports.explain_document import LifeStep
from beancount_factoring.reports.explain_document import document_life

_BALANCES: Final = ("open", "factor", "in_hand", "in_transit", "doubtful", "guarantee")
_ALWAYS: Final = ("open", "factor")


@dataclass(frozen=True, slots=True)
class _Made:
    """A transaction that made a step."""

    entry: data.Transaction
    href: str | None


def life_section(asked: Asked, reports: ContractReports) -> Section:
    """Return a document's life under a contract, or that there is no such document."""
    number = asked.view.document
    claims = reports.whole.books.state.items.named(number)
    if not claims:
        back = Link(words.view_name(ViewName.AGED), links.view(ViewName.AGED))
        return Section(
            "", [Words(number, _("No document of this contract has this number."), [back])]
        )
    life = document_life(reports.source, reports.whole, number)
    return Section("", list(_blocks(asked, reports, life)))


def _blocks(asked: Asked, reports: ContractReports, life: DocumentLife) -> Iterator[Block]:
    contract = asked.view.contract
    back = Link(words.view_name(ViewName.AGED), links.view(ViewName.AGED, contract=contract))
    debtor = Link(life.debtor, links.view(ViewName.AGED, contract=contract, debtor=life.debtor))
    kind = words.document_kind(life.type)
    yield Words(f"{kind} {life.document}", links=[back, debtor])
    for place, item in enumerate(life.items):
        state = words.state(item.state)
        yield Facts(
            f"item-{place}",
            [
                Fact("state", _("State"), state, None),
                Fact("date", _("Date"), asked.figures.date(item.date), None),
                *([Fact("due", _("Due"), asked.figures.date(item.due), None)] if item.due else []),
                _fact(asked, reports, "amount", _("Amount"), item.amount),
                _fact(asked, reports, "open", _("Open"), item.open),
                *(
                    _fact(asked, reports, reason, words.reason(reason), amount)
                    for reason, amount in item.reasons.items()
                ),
            ],
        )
    yield _steps(asked, reports, life)
    yield _transactions(asked, reports, life)


def _fact(asked: Asked, reports: ContractReports, key: str, name: str, value: Decimal) -> Fact:
    return Fact(key, name, asked.figures.money(value, reports.currency), value)


def _steps(asked: Asked, reports: ContractReports, life: DocumentLife) -> Table[LifeStep]:
    is_note = life.type is DocumentKind.CREDIT_NOTE
    names = {
        "open": _("Open"),
        "factor": _("Factor's"),
        "in_hand": _("In hand"),
        "in_transit": _("In transit"),
        "doubtful": _("Doubtful"),
        "guarantee": _("In the fund"),
    }

    def balance(key: str) -> Column[LifeStep]:
        return Column(key, names[key], Kind.AMOUNT, lambda step: getattr(step, key))

    def remittance(step: LifeStep) -> str | None:
        if step.remittance is None:
            return None
        contract = asked.view.contract
        return links.view(ViewName.REMITTANCES, contract=contract, remittance=step.remittance)

    def place(step: LifeStep) -> str:
        return ", ".join(f"{Path(each.filename).name}:{each.line}" for each in step.places)

    def source(step: LifeStep) -> str | None:
        first = next(iter(step.places), None)
        return None if first is None else links.source(Cause(first.filename, first.line))

    kept = [
        key for key in _BALANCES if key in _ALWAYS or any(getattr(step, key) for step in life.steps)
    ]
    columns: list[Column[LifeStep]] = [
        Column("date", _("Date"), Kind.DATE, lambda step: step.date),
        Column(
            "event",
            _("What happened"),
            Kind.TEXT,
            lambda step: words.happening(step.event, is_back=step.amount < 0, is_note=is_note),
        ),
        Column("amount", _("Amount"), Kind.AMOUNT, lambda step: step.amount),
        *map(balance, kept),
    ]
    if any(step.beyond for step in life.steps):
        columns.append(
            Column(
                "beyond",
                _("Beyond it"),
                Kind.AMOUNT,
                lambda step: step.beyond,
                hint=_(
                    "What exceeded the document, or came before its date: credits of its debtor"
                ),
            )
        )
    columns += [
        Column("commission", _("Commission"), Kind.AMOUNT, lambda step: step.commission),
        Column("remittance", _("Remittance"), Kind.TEXT, lambda step: step.remittance, remittance),
        Column("place", _("Where it stands"), Kind.TEXT, place, source),
    ]
    return Table(
        name="life",
        title=_("Its life"),
        columns=columns,
        rows=life.steps,
        currency=reports.currency,
        is_sortable=False,
        row_key=lambda step: step.event,
    )


def _transactions(asked: Asked, reports: ContractReports, life: DocumentLife) -> Table[_Made]:
    return Table(
        name="transactions",
        title=_("The transactions that made it"),
        columns=(
            Column("date", _("Date"), Kind.DATE, lambda made: made.entry.date),
            Column("payee", _("Payee"), Kind.TEXT, lambda made: made.entry.payee or ""),
            Column(
                "narration",
                _("Narration"),
                Kind.TEXT,
                lambda made: made.entry.narration or "…",
                lambda made: made.href,
            ),
            Column("accounts", _("Accounts"), Kind.TEXT, lambda made: _accounts(made.entry)),
        ),
        rows=list(_made(asked, life)),
        currency=reports.currency,
        is_sortable=False,
        row_key=lambda made: str(made.entry.meta.get(IDENTIFIER, "")),
    )


def _made(asked: Asked, life: DocumentLife) -> Iterator[_Made]:
    """Yield each transaction once: the user's own that caused a step, and what was generated."""
    entries, seen = asked.factoring.entries_by_key, set[int]()
    for step in life.steps:
        keys: Sequence[str | Cause] = (
            *(Cause(place.filename, place.line) for place in step.places),
            *step.transactions,
        )
        for key in keys:
            entry = entries.get(key)
            if entry is not None and id(entry) not in seen:
                seen.add(id(entry))
                yield _Made(entry, links.transaction(entry))


def _accounts(entry: data.Transaction) -> str:
    """Return the accounts of a transaction, each once, as many as can be read."""
    names = list(dict.fromkeys(posting.account for posting in entry.postings))
    return ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
