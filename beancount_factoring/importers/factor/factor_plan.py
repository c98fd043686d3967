"""A factor's own statement planned: read, its accounts compared, the contract asked who books.

A file is refused here or not at all: what is planned can be booked.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final
from typing import NamedTuple

from beancount_factoring.contract.schedule import remittance_days
from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import Figures
from beancount_factoring.contract.terms import RemittanceRhythm
from beancount_factoring.contract.terms import ReserveMode
from beancount_factoring.contract.terms import Treatment
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.importers.entries.chart import Chart
from beancount_factoring.importers.entries.entries import one_line
from beancount_factoring.importers.entries.identity import line_links
from beancount_factoring.importers.entries.known_figures import KnownFigures
from beancount_factoring.importers.entries.movement_entries import exact
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.entries.statement_entries import last_of_each_day
from beancount_factoring.importers.factor.factor_accounts import FactorAccount
from beancount_factoring.importers.factor.factor_accounts import check_accounts
from beancount_factoring.importers.factor.factor_accounts import unknown_on_financing
from beancount_factoring.importers.factor.factor_statement import FactorLine
from beancount_factoring.importers.factor.factor_statement import FactorMovement
from beancount_factoring.importers.factor.factor_statement import StatedFigure
from beancount_factoring.importers.factor.factor_statement import factor_lines
from beancount_factoring.importers.factor.factor_statement import read_current
from beancount_factoring.importers.mapping.factor_words import FactorWords
from beancount_factoring.importers.mapping.factor_words import LineKind
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping import factor_account
from beancount_factoring.importers.mapping.mapping import is_generated
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement

_DAY: Final = datetime.timedelta(days=1)


class FactorPlan(NamedTuple):
    """What a file holds of one contract's factor, read and checked; nothing is booked yet.

    `payments` are of the financing account, `closing` the balances of the current account with the
    day at whose beginning each is checked. `statements` tell where each line stands, by its link.
    """

    contract: Contract
    figures: list[StatedFigure]
    movements: list[FactorMovement]
    payments: list[FactorLine]
    closing: list[tuple[Statement, datetime.date, Decimal]]
    statements: dict[str, Statement]


def factor_plans(
    file: StatementFile, mapping: ImportMapping, chart: Chart, known: KnownFigures
) -> list[FactorPlan]:
    """Return what a file holds of each contract's factor; refuse the file if any is in doubt."""
    plans = []
    for name, statements in _by_contract(file.statements, mapping).items():
        contract = next(each for each in mapping.contracts if each.name == name)
        plan = _planned(contract, statements, mapping)
        _check_terms(plan)
        _check_accounts_open(plan, mapping, chart)
        for figure in plan.figures:
            known.check_whole(figure.lines[0].line.position, figure.links)
        plans.append(plan)
    return plans


def _by_contract(
    statements: Sequence[Statement], mapping: ImportMapping
) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for statement in statements:
        account = mapping.factor_statement(statement.account)
        if account is not None:
            found.setdefault(account.contract, []).append(statement)
    return found


def _planned(contract: Contract, statements: list[Statement], mapping: ImportMapping) -> FactorPlan:
    """Read the statements of a contract's factor and compare its accounts."""
    own = mapping.factor_statements[contract.name]
    words = FactorWords(own.words)
    links = line_links(statements)
    last = last_of_each_day(statements)
    plan = FactorPlan(contract, [], [], [], [], {})
    current, financing = FactorAccount([], []), FactorAccount([], [])
    for place, statement in enumerate(statements):
        if statement.currency != contract.currency:
            raise DocumentRefusedError(
                f"line {statement.position}: is a statement in {statement.currency}, but contract"
                f" {contract.name} is in {contract.currency}"
            )
        for each in statement.lines:
            exact(each.amount, contract.currency)
        # A statement that stands twice has its lines once; pages of one day are one day.
        lines = [
            line
            for line in factor_lines(statement, links[place], words)
            if line.link not in plan.statements
        ]
        plan.statements.update((line.link, statement) for line in lines)
        if own.is_financing(statement.account):
            financing.lines.extend(lines)
            financing.statements.append(statement)
            continue
        current.lines.extend(lines)
        current.statements.append(statement)
        # Under borrowing no account of the ledger stands where the factor's does.
        if contract.treatment is Treatment.BORROWING:
            continue
        if place in last and statement.closing is not None and statement.closing_date is not None:
            closing = exact(statement.closing, contract.currency)
            plan.closing.append((statement, statement.closing_date + _DAY, closing))
    read = read_current(current.lines, has_financing=own.financing is not None)
    plan.figures.extend(read.figures)
    plan.movements.extend(read.movements)
    check_accounts(current, financing)
    for line in unknown_on_financing(current.lines, financing.lines):
        raise DocumentRefusedError(
            f"line {line.line.position}: {one_line(line.line.text)!r} on the financing account has"
            f" no words that are known: write some of them, with their kind, under `words:`"
            f" ({mapping.place(f'factor_statements.{contract.name}.words')})"
        )
    plan.payments.extend(line for line in financing.lines if line.kind is LineKind.PAYMENT)
    return plan


def _check_terms(plan: FactorPlan) -> None:
    """Refuse what the plugin would book too: it is told in the contract who books it."""
    contract = plan.contract
    what = "is the factor's own statement, "
    if is_generated(contract):
        _refuse(contract, "shared_account.source", what + "but draws are generated", "statement")
    if contract.figures is Figures.COMPUTED:
        _refuse(contract, "figures", what + "but its figures are computed", "stated")
    is_drawn = any(movement.kind is LineKind.DRAW for movement in plan.movements)
    if (is_drawn or plan.payments) and contract.accounts.transit is None:
        _refuse(contract, "accounts.transit", "has money on its way between accounts", "ACCOUNT")
    is_posted = contract.funding.reserve is ReserveMode.POSTED
    for figure in plan.figures:
        place = f"line {figure.lines[0].line.position}: "
        if figure.kind is DirectiveKind.RESERVE and not is_posted:
            _refuse(contract, "funding.reserve", place + "has invoices kept back", "posted")
        is_remittance = figure.kind is DirectiveKind.REMIT
        if is_remittance and not _is_remittance_day(contract, figure.date):
            what = f"{place}buys invoices on {figure.date}, which is no day of the schedule"
            _refuse(contract, "remittance.every", what, "declared")


def _refuse(contract: Contract, key: str, what: str, value: str) -> None:
    section, _, name = key.rpartition(".")
    below = f" under `{section}:`" if section else ""
    place = f"{Path(contract.filename).name}, line {contract.line(key)}"
    raise DocumentRefusedError(
        f"{what}: write `{name}: {value}`{below} of contract {contract.name} ({place})"
    )


def _is_remittance_day(contract: Contract, day: datetime.date) -> bool:
    if contract.remittance.every is RemittanceRhythm.DECLARED or day < contract.start:
        return True
    return day in set(remittance_days(contract.remittance, contract.start, day))


def _check_accounts_open(plan: FactorPlan, mapping: ImportMapping, chart: Chart) -> None:
    """Refuse a file that books on an account which is not open."""
    contract = plan.contract
    needed: set[tuple[str | None, datetime.date]] = set()
    for movement in plan.movements:
        against = mapping.suspense if movement.reason else contract.accounts.transit
        needed.add((factor_account(contract), movement.line.line.date))
        needed.add((against, movement.line.line.date))
    for line in plan.payments:
        for account in (factor_account(contract), contract.accounts.transit, mapping.suspense):
            needed.add((account, line.line.date))
    for account, day in sorted(needed, key=str):
        chart.check(account or "", day, contract.currency, mapping.place_of)
