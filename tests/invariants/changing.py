"""Histories changed in what the rules do not look at: names, accounts, days, units."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import replace

from tests.oracle.model import Case
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Dated
from tests.oracle.model import Event
from tests.oracle.model import Line
from tests.oracle.model import T
from tests.oracle.model import Txn

NAMING = frozenset({"dispute", "resolve", "return", "default"})


def with_lines(txn: Txn, change: Callable[[Line], Line]) -> Txn:
    return replace(txn, lines=tuple(change(line) for line in txn.lines))


def moved(case: Case, accounts: Mapping[str, str], name: str, mark: str) -> Case:
    """Return a case on other accounts, its documents' numbers and its index marked as its own."""

    def marked(number: str | None) -> str | None:
        return number and mark + number

    def line_of(line: Line) -> Line:
        return replace(
            line,
            invoice=marked(line.invoice),
            credit_note=marked(line.credit_note),
            credits=marked(line.credits),
            settles=marked(line.settles),
        )

    def event_of(event: Event) -> Event:
        if event.kind == "index":
            return replace(event, what=event.what + mark)
        return replace(event, what=mark + event.what) if event.kind in NAMING else event

    index = case.contract.index and case.contract.index + mark
    return Case(
        replace(case.contract, accounts=accounts, name=name, index=index),
        tuple(with_lines(txn, line_of) for txn in case.txns),
        tuple(event_of(event) for event in case.events),
    )


def renamed(case: Case, name: Callable[[str], str]) -> Case:
    """Return a case whose debtors have other names."""

    def event_of(event: Event) -> Event:
        return replace(event, what=name(event.what)) if event.kind == "limit" else event

    contract = case.contract
    include = contract.include
    return Case(
        replace(
            contract,
            limits=tuple((name(debtor), limit) for debtor, limit in contract.limits),
            include=None if include is None else tuple(map(name, include)),
            exclude=tuple(map(name, contract.exclude)),
        ),
        tuple(
            with_lines(txn, lambda line: replace(line, debtor=name(line.debtor)))
            for txn in case.txns
        ),
        tuple(event_of(event) for event in case.events),
    )


def shifted(case: Case, by: datetime.timedelta) -> Case:
    """Return a case all of whose days are shifted."""

    def line_of(line: Line) -> Line:
        return replace(line, due=line.due and line.due + by)

    return Case(
        shifted_contract(case.contract, by),
        tuple(replace(with_lines(txn, line_of), day=txn.day + by) for txn in case.txns),
        tuple(replace(event, day=event.day + by) for event in case.events),
    )


def shifted_contract(contract: Contract, by: datetime.timedelta) -> Contract:
    """Return a contract all of whose days are shifted."""

    def dated(value: Dated[T]) -> Dated[T]:
        return Dated(
            tuple((day if day == Date.min else day + by, step) for day, step in value.steps)
        )

    return replace(
        with_dated(contract, dated),
        start=contract.start + by,
        end=contract.end and contract.end + by,
    )


def with_dated(contract: Contract, change: Callable[[Dated[T]], Dated[T]]) -> Contract:
    """Return a contract whose dated values are changed, those of its limits and charges too."""
    own = {
        name: change(getattr(contract, name))
        for name in Contract.__dataclass_fields__
        if isinstance(getattr(contract, name), Dated)
    }
    charges = tuple(
        replace(charge, amount=change(charge.amount), vat=change(charge.vat))  # type: ignore[arg-type]
        for charge in contract.charges
    )
    limits = tuple((debtor, change(limit)) for debtor, limit in contract.limits)  # type: ignore[arg-type]
    return replace(contract, **own, charges=charges, limits=limits)  # type: ignore[arg-type]


def scaled(case: Case, by: int) -> Case:
    """Return a case all of whose amounts are `by` times as large, those of the contract too."""

    def amounts(value: Dated[T]) -> Dated[T]:
        return Dated(tuple((day, _times(step, by)) for day, step in value.steps))

    def figures(event: Event) -> tuple[tuple[str, int], ...]:
        return tuple((name, amount * by) for name, amount in event.figures)

    contract = with_dated(case.contract, amounts)
    return Case(
        replace(contract, overdue=case.contract.overdue),
        tuple(
            replace(
                with_lines(txn, lambda line: replace(line, amount=line.amount * by)),
                others=tuple((account, amount * by) for account, amount in txn.others),
            )
            for txn in case.txns
        ),
        tuple(replace(e, amount=e.amount * by, figures=figures(e)) for e in case.events),
    )


def _times(value: T, by: int) -> T:
    """Return an amount times a number; rates, which are fractions, and `None` as they are."""
    return value * by if isinstance(value, int) else value  # type: ignore[return-value]
