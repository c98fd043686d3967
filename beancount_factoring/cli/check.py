"""`bean-factor check`: the ledger's errors, then each contract's position and what needs doing."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beancount_factoring.cli.options import contract_option
from beancount_factoring.cli.options import date_option
from beancount_factoring.cli.options import ledger_argument
from beancount_factoring.cli.options import no_cache_option

if TYPE_CHECKING:
    from beancount_factoring.cli.ledgers import LoadedLedger
    from beancount_factoring.reports.position import PositionReport
    from beancount_factoring.reports.source import ContractDay
    from beancount_factoring.reports.todo import Todo


@click.command()
@ledger_argument
@contract_option
@date_option
@no_cache_option
def check(ledger: Path, contract: str | None, day: datetime.date | None, no_cache: bool) -> None:
    """Check the ledger, and say what needs doing.

    Errors are those of bean-check; then comes a line of position for each contract.
    """
    from beancount_factoring.cli.ledgers import load_ledger

    loaded = load_ledger(ledger, no_cache=no_cache, thorough=True)
    echo_check(loaded, loaded.on(day, contract, tell_end=False))
    loaded.finish()


def echo_check(loaded: LoadedLedger, days: list[ContractDay]) -> None:
    """Print per contract a line of position, and a line for each thing to do."""
    from beancount_factoring.cli.tables import one_line
    from beancount_factoring.reports.hints import hints
    from beancount_factoring.reports.hints import left_out
    from beancount_factoring.reports.misspelt import misspelt
    from beancount_factoring.reports.position import position_report
    from beancount_factoring.reports.todo import shared_account
    from beancount_factoring.reports.todo import todo_report

    for on in days:
        click.echo(_position(position_report(loaded.source, on)))
        todos = (
            *hints(loaded.source, on),
            *todo_report(on),
            *shared_account(loaded.source, on),
            *_suspense(loaded, on),
            *misspelt(loaded.source, on),
        )
        for todo in todos:
            click.echo(f"  {one_line(_wording(todo, on))}")
    for file in left_out(Path(loaded.options["filename"]), set(loaded.options["include"])):
        told = (
            f"{file}, a closed period that freeze wrote, is not part of the ledger: write"
            f' include "{file.name}" again, or move it away if the period is open'
        )
        click.echo(one_line(told))


def _position(report: PositionReport) -> str:
    figures = (
        ("outstanding", report.outstanding),
        ("eligible", report.eligible),
        ("guarantee fund", report.guarantee_fund),
        ("funds in use", report.funds_in_use),
        ("available", report.available),
    )
    listed = ", ".join(f"{name} {amount}" for name, amount in figures)
    return f"{report.contract} on {report.date}, {report.currency}: {listed}"


def _suspense(loaded: LoadedLedger, on: ContractDay) -> Iterator[Todo]:
    """Yield what is on the suspense account that `import.yaml` names, if there is such a file."""
    from beancount_factoring.importers.suspense_account import suspense_account
    from beancount_factoring.reports.todo import suspense

    account = suspense_account(loaded.path, loaded.options)
    if account is not None:
        yield from suspense(loaded.source, on, account)


def _wording(todo: Todo, on: ContractDay) -> str:
    """Say what is to be done, with the ledger's line where there is one."""
    said = _said(todo, on.contract.currency)
    return f"{said} ({todo.cause.filename}:{todo.cause.line})" if todo.cause else said


def _said(todo: Todo, currency: str) -> str:
    from beancount_factoring.cli.tables import counted
    from beancount_factoring.reports.todo import TodoKind

    amount = f"{todo.amount} {currency}"
    computed = f"{amount} stated, {todo.computed} {currency} computed"
    match todo.kind:
        case TodoKind.NEXT_REMITTANCE:
            when = f"on {todo.day}" if todo.day else "when declared"
            what = f"{counted(todo.count, 'document')}, {amount}"
            return f"next remittance {when}: {what if todo.count else 'nothing yet'}"
        case TodoKind.DEFUNDED_SOON:
            return f"{todo.subject}, {amount}, is funded no longer from {todo.day} on"
        case TodoKind.NEAR_LIMIT:
            limit = f"{todo.computed} {currency}"
            return f"{todo.subject} owes {amount}: above 80 % of its limit of {limit}"
        case TodoKind.NEAR_CONCENTRATION:
            return (
                f"{todo.subject} owes {amount}: above 80 % of the {todo.computed} {currency} that"
                " the concentration allows"
            )
        case TodoKind.AFTER_HORIZON:
            return f"the ledger ends on {todo.day}: nothing is generated after that day"
        case TodoKind.UNALLOCATED:
            return (
                f"{amount} of {todo.subject} settles no document: write settles: with the number it"
                " pays, if it pays one"
            )
        case TodoKind.WITHOUT_NUMBER:
            return (
                f"{amount} owed by {todo.subject} has no number and is never assigned: write"
                " invoice: with its number, if it is an invoice"
            )
        case TodoKind.LATE_SWEEP:
            return f"{amount} was to be swept on {todo.day} and is not"
        case TodoKind.WRONG_ACCOUNT:
            return (
                f"{amount} for assigned documents reached {todo.subject} on {todo.day}:"
                " hand it over to the factor"
            )
        case TodoKind.HANDED_OVER:
            receipts = counted(todo.count, "receipt")
            return (
                f"{receipts} for assigned documents on {todo.subject}, {amount} in all, handed"
                " over: tell these customers the shared account"
            )
        case TodoKind.SWEPT_BEYOND:
            return (
                f"the sweep of {todo.day} took {amount} beyond what customers had paid: ask the"
                " factor, or find the receipt"
            )
        case TodoKind.SHARED_ACCOUNT if todo.amount > 0:
            return (
                f"{todo.subject} holds {amount} beside what customers paid and is not swept: move"
                " it up, or find what it is"
            )
        case TodoKind.SHARED_ACCOUNT:
            return (
                f"{todo.subject} lacks {-todo.amount} {currency} of what customers paid and is not"
                " swept: a line of the bank is missing, or stands twice"
            )
        case TodoKind.STATED_COMMISSION:
            return f"commission on {todo.subject}: {computed}"
        case TodoKind.STATED_VAT:
            return f"VAT on the commission on {todo.subject}: {computed}"
        case TodoKind.STATED_GUARANTEE:
            return f"guarantee fund on {todo.day}: {computed}"
        case TodoKind.STATED_INTEREST:
            return f"interest on {todo.day}: {computed}"
        case TodoKind.IMPROBABLE_RATE:
            return (
                f"{todo.subject} is {todo.amount * 100:f} %: write {todo.amount} % if that is meant"
            )
        case TodoKind.UNLISTED_BANK:
            payments = counted(todo.count, "payment")
            return (
                f"{payments} on {todo.subject}, {amount} in all, counted as reductions: write the"
                " account under accounts.banks of the contract, if it is a bank account"
            )
        case TodoKind.DRAW_WITHOUT_EFFECT:
            return (
                f"the draw of {amount} on {todo.day} has no effect: with source: statement draws"
                " are the bank's entries; remove it"
            )
        case TodoKind.CHARGE_WITHOUT_VAT:
            return (
                f"charge {todo.subject}, {amount} on {todo.day}, is booked without VAT, as the"
                " contract has no rate for it: write vat: with its amount, 0.00 if there is none"
            )
        case TodoKind.STATED_CHARGE:
            return f"charge {todo.subject} on {todo.day}: {computed}"
        case TodoKind.STATED_FEE_VAT:
            return f"VAT on {todo.subject} on {todo.day}: {computed}"
        case TodoKind.STATED_RESERVE:
            return f"reserve on {todo.day}: {computed}"
        case TodoKind.MISSPELT:
            places = f", {counted(todo.count, 'time')}" if todo.count > 1 else ""
            return f"{todo.subject} says nothing here: did you mean {todo.meant}?{places}"
        case TodoKind.SUSPENSE:
            entries = counted(todo.count, "entry", "entries")
            return f"{todo.subject} holds {amount}: {entries} to decide on"
