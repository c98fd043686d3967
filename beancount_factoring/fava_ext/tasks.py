"""What needs doing, in words, with where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from beancount_factoring.fava_ext import links
from beancount_factoring.fava_ext.loaded import ContractReports
from beancount_factoring.fava_ext.pages import Asked
from beancount_factoring.fava_ext.pages import Link
from beancount_factoring.fava_ext.pages import Task
from beancount_factoring.fava_ext.pages import Tasks
from beancount_factoring.fava_ext.texts import _
from beancount_factoring.fava_ext.texts import counted
from beancount_factoring.fava_ext.texts import said
from beancount_factoring.fava_ext.view import ViewName
from beancount_factoring.reports.todo import Todo
from beancount_factoring.reports.todo import TodoKind

SHOWN: Final = 25
"""How many things to do a page shows of one contract."""

_URGENT: Final = {
    TodoKind.LATE_SWEEP,
    TodoKind.WRONG_ACCOUNT,
    TodoKind.DEFUNDED_SOON,
    TodoKind.NEAR_LIMIT,
    TodoKind.NEAR_CONCENTRATION,
    TodoKind.SWEPT_BEYOND,
}


def tasks(asked: Asked, reports: ContractReports) -> Tasks:
    """Return what needs doing under a contract: what comes next first, then by urgency."""
    todos = sorted(reports.todos, key=lambda todo: todo.kind is not TodoKind.NEXT_REMITTANCE)
    return Tasks(
        title=_("What needs doing"),
        tasks=[_task(asked, reports, todo) for todo in todos[:SHOWN]],
        more=max(0, len(todos) - SHOWN),
        empty=_("Nothing."),
    )


def _task(asked: Asked, reports: ContractReports, todo: Todo) -> Task:
    return Task(
        name=todo.kind,
        text=_said(asked, reports, todo),
        # The figure of a rate is no money.
        amount=None if todo.kind is TodoKind.IMPROBABLE_RATE else todo.amount or None,
        links=list(_links(reports, todo)),
        is_urgent=todo.kind in _URGENT,
    )


def _links(reports: ContractReports, todo: Todo) -> Iterator[Link]:
    """Yield where to look: the document or debtor, the account, the line of the ledger."""
    match todo.kind:
        case TodoKind.DEFUNDED_SOON if todo.subject:
            href = links.view(ViewName.AGED, contract=reports.name, document=todo.subject)
            yield Link(todo.subject, href)
        case (
            TodoKind.NEAR_LIMIT
            | TodoKind.NEAR_CONCENTRATION
            | TodoKind.UNALLOCATED
            | TodoKind.WITHOUT_NUMBER
        ):
            href = links.view(ViewName.AGED, contract=reports.name, debtor=todo.subject)
            yield Link(todo.subject, href)
        case (
            TodoKind.WRONG_ACCOUNT
            | TodoKind.HANDED_OVER
            | TodoKind.SHARED_ACCOUNT
            | TodoKind.SUSPENSE
        ):
            yield Link(todo.subject, links.account(todo.subject))
        case _:
            pass
    if todo.cause is not None:
        place = links.source(todo.cause)
        if place is not None:
            yield Link(f"{Path(todo.cause.filename).name}:{todo.cause.line}", place)


def _said(asked: Asked, reports: ContractReports, todo: Todo) -> str:
    figures, currency = asked.figures, reports.currency
    # What is compared keeps its sign: a fund that is given back is negative.
    amount = abs(todo.amount) if todo.computed is None else todo.amount
    values: dict[str, object] = {
        "amount": figures.money(amount, currency),
        "computed": "" if todo.computed is None else figures.money(todo.computed, currency),
        "subject": todo.subject,
        "meant": todo.meant,
        "day": figures.date(todo.day) if todo.day else "",
        "documents": counted(todo.count, "{count} document", "{count} documents"),
        "receipts": counted(todo.count, "{count} receipt", "{count} receipts"),
        "payments": counted(todo.count, "{count} payment", "{count} payments"),
        "percent": f"{todo.amount * 100:f} %",
        "rate": f"{todo.amount:f} %",
        "entries": counted(todo.count, "{count} entry", "{count} entries"),
    }
    return said(_text(todo), values)


def _text(todo: Todo) -> str:
    match todo.kind:
        case TodoKind.NEXT_REMITTANCE:
            return _next_remittance(todo)
        case TodoKind.SHARED_ACCOUNT if todo.amount < 0:
            return _("{amount} of what customers paid is missing on the shared account.")
        case TodoKind.SUSPENSE:
            return _("{amount} in suspense: {entries} to decide on.")
        case TodoKind.MISSPELT:
            return _("{subject} says nothing here: did you mean {meant}?")
        case _:
            return {
                TodoKind.AFTER_HORIZON: _(
                    "The ledger ends on {day}: nothing is generated after that day."
                ),
                TodoKind.DEFUNDED_SOON: _("{subject}, {amount}: no longer funded from {day} on."),
                TodoKind.NEAR_LIMIT: _("{subject} owes {amount}, its limit is {computed}."),
                TodoKind.NEAR_CONCENTRATION: _(
                    "{subject} owes {amount}, the concentration allows {computed}."
                ),
                TodoKind.LATE_SWEEP: _("{amount} was to be swept on {day} and is not."),
                TodoKind.WRONG_ACCOUNT: _(
                    "{amount} for assigned documents reached a wrong account on {day}:"
                    " hand it over to the factor."
                ),
                TodoKind.HANDED_OVER: _(
                    "{receipts} for assigned documents on a wrong account, {amount} in all, handed"
                    " over: tell these customers the shared account."
                ),
                TodoKind.SWEPT_BEYOND: _(
                    "The sweep of {day} took {amount} beyond what customers had paid."
                ),
                TodoKind.SHARED_ACCOUNT: _(
                    "The shared account holds {amount} beside what customers paid and is not swept."
                ),
                TodoKind.STATED_COMMISSION: _(
                    "Commission on {subject}: the factor states {amount}, computed is {computed}."
                ),
                TodoKind.STATED_VAT: _(
                    "VAT on the commission on {subject}: the factor states {amount}, computed is"
                    " {computed}."
                ),
                TodoKind.STATED_GUARANTEE: _(
                    "Guarantee fund on {day}: the factor states {amount}, computed is {computed}."
                ),
                TodoKind.STATED_INTEREST: _(
                    "Interest on {day}: the factor states {amount}, computed is {computed}."
                ),
                TodoKind.STATED_CHARGE: _(
                    "Charge {subject} on {day}: the factor states {amount}, computed is {computed}."
                ),
                TodoKind.STATED_FEE_VAT: _(
                    "VAT on {subject} on {day}: the factor states {amount}, computed is {computed}."
                ),
                TodoKind.STATED_RESERVE: _(
                    "Reserve on {day}: the factor states {amount}, computed is {computed}."
                ),
                TodoKind.UNALLOCATED: _("{amount} of {subject} settles no document."),
                TodoKind.WITHOUT_NUMBER: _(
                    "{amount} owed by {subject} has no number and is never assigned."
                ),
                TodoKind.IMPROBABLE_RATE: _(
                    "{subject} is {percent}: write {rate} in the contract if that is meant."
                ),
                TodoKind.UNLISTED_BANK: _(
                    "{payments} on {subject}, {amount} in all, counted as reductions: name the"
                    " account under accounts.banks of the contract if it is a bank account."
                ),
                TodoKind.DRAW_WITHOUT_EFFECT: _(
                    "The draw of {amount} on {day} has no effect: under this contract draws are"
                    " the bank's entries."
                ),
                TodoKind.CHARGE_WITHOUT_VAT: _(
                    "Charge {subject} on {day}, {amount}, is booked without VAT: the contract has"
                    " no rate for it."
                ),
            }[todo.kind]


def _next_remittance(todo: Todo) -> str:
    if todo.day is None:
        return _("Next remittance, when declared: {documents}, {amount}.")
    if todo.count:
        return _("Next remittance on {day}: {documents}, {amount}.")
    return _("Next remittance on {day}: nothing yet.")
