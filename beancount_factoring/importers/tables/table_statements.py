"""The rows of a table as an account's movements, proven by the running balance if it has one."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final
from typing import NamedTuple

from beancount_factoring.importers.mapping.table_map import header_key
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine
from beancount_factoring.importers.reading.statements import compact_iban
from beancount_factoring.importers.reading.statements import given_id
from beancount_factoring.importers.reading.statements import one_line
from beancount_factoring.importers.reading.statements import proven
from beancount_factoring.importers.reading.statements import shown
from beancount_factoring.importers.tables.table_cells import Cells
from beancount_factoring.importers.tables.table_rows import Table
from beancount_factoring.importers.tables.table_rows import TableRow

_ZERO: Final = Decimal(0)


class _Movement(NamedTuple):
    """A line, and the balance that the table states after it."""

    line: StatementLine
    balance: Decimal | None


def table_statements(table: Table) -> tuple[Statement, ...]:
    """Return the statements of a table, one for each account and currency, or refuse the file.

    The lines go from the oldest to the newest, whichever the table has first. Where balances tell
    it, the statement is proven. The day that the table ends on may go on after it was written: its
    lines stand in a statement of their own without a date of the closing balance, unless the
    rows above the header give that date.
    """
    cells = Cells(table)
    cells.check_total(("amount", "debit", "credit"))
    debits = _sign_of_debits(cells)
    accounts: dict[tuple[str, str], list[_Movement]] = {}
    for row in cells.rows:
        key = (_account(cells, row), cells.currency(row))
        movement = _Movement(_line(cells, row, debits), cells.amount(row, "balance"))
        accounts.setdefault(key, []).append(movement)
    if len(accounts) > 1 and {"opening", "closing"} & table.map.above.keys():
        raise DocumentRefusedError("has one balance above its header, and several currencies below")
    return tuple(
        statement
        for (account, currency), movements in accounts.items()
        for statement in _statements(cells, account, currency, _from_the_oldest(movements))
    )


def _account(cells: Cells, row: TableRow) -> str:
    """Return the account of a row."""
    account = cells.table.map.account or cells.above("account") or cells.needed(row, "account")
    return compact_iban(account) or account


def _line(cells: Cells, row: TableRow, debits: int) -> StatementLine:
    """Return a row as a statement line."""
    amount = _side_amount(cells, row) if cells.table.map.has("amount") else None
    if amount is None:
        amount = _debit_or_credit(cells, row, debits)
    end_to_end_id = given_id(cells.text(row, "end_to_end"))
    return StatementLine(
        date=cells.needed_day(row),
        value_date=cells.day(row, "value_date"),
        amount=amount,
        text=one_line(cells.text(row, "text")),
        counterparty=one_line(cells.text(row, "counterparty")) or None,
        counterparty_iban=compact_iban(cells.text(row, "iban")),
        end_to_end_id=end_to_end_id,
        reference=one_line(cells.text(row, "reference")) or None,
        bank_id=cells.text(row, "id") or None,
        entry_number=cells.text(row, "event") or None,
        position=row.line,
    )


def _side_amount(cells: Cells, row: TableRow) -> Decimal:
    """Return the amount of a row, whose sign another column may tell.

    Beside that column an amount has no sign, or the one that the column tells.
    """
    amount = cells.amount(row, "amount")
    if amount is None:
        raise DocumentRefusedError(f"line {row.line}: has no amount")
    table = cells.table.map
    if not table.has("side"):
        return amount
    word = cells.needed(row, "side")
    is_debit, is_credit = (header_key(word) in words for words in (table.debits, table.credits))
    if is_debit == is_credit:
        raise DocumentRefusedError(
            f"line {row.line}: {shown(word)} is neither a debit nor a credit: list it under"
            " `debits` or `credits` of its table"
        )
    if is_debit:
        return amount if amount < 0 else -amount
    if amount < 0:
        raise DocumentRefusedError(
            f"line {row.line}: {amount} has the sign of a debit, but {shown(word)} beside it"
        )
    return amount


def _sign_of_debits(cells: Cells) -> int:
    """Return −1 where the column of debits has positive amounts, 1 where it has negative ones."""
    signs: dict[bool, int] = {}
    for row in cells.rows:
        debit = cells.amount(row, "debit")
        if debit:
            signs.setdefault(debit < 0, row.line)
    if len(signs) > 1:
        raise DocumentRefusedError(
            f"line {max(signs.values())}: the debit has not the sign of the debit on line"
            f" {min(signs.values())}"
        )
    return 1 if True in signs else -1


def _debit_or_credit(cells: Cells, row: TableRow, debits: int) -> Decimal:
    """Return the amount of a row that has it in one of two columns."""
    debit, credit = cells.amount(row, "debit"), cells.amount(row, "credit")
    if debit is None and credit is None:
        raise DocumentRefusedError(f"line {row.line}: has neither a debit nor a credit")
    if debit and credit:
        raise DocumentRefusedError(f"line {row.line}: has a debit and a credit")
    if credit and credit < 0:
        raise DocumentRefusedError(f"line {row.line}: has a negative credit")
    return debits * debit if debit else credit or _ZERO


def _from_the_oldest(movements: list[_Movement]) -> list[_Movement]:
    """Return movements in the order in which their balances follow from each other.

    Refuses them where there is no such order; without balances the dates tell.
    """
    ways = [movements, movements[::-1]]
    if movements[0].line.date > movements[-1].line.date:
        ways.reverse()
    breaks = [_first_break(way) for way in ways]
    for way, broken in zip(ways, breaks, strict=True):
        if broken is None:
            return way
    movement, reached = next(filter(None, breaks))
    raise DocumentRefusedError(
        f"line {movement.line.position}: states a balance of {movement.balance}, but the movements"
        f" lead to {reached}"
    )


def _first_break(movements: Iterable[_Movement]) -> tuple[_Movement, Decimal] | None:
    """Return the first movement with another balance than the one reached, and that one."""
    reached: Decimal | None = None
    for movement in movements:
        if reached is not None:
            reached += movement.line.amount
        if movement.balance is not None:
            if reached is not None and movement.balance != reached:
                return movement, reached
            reached = movement.balance
    return None


def _statements(
    cells: Cells, account: str, currency: str, movements: Sequence[_Movement]
) -> tuple[Statement, ...]:
    """Return one account's statement, or two: up to the last day, and that day."""
    lines = tuple(movement.line for movement in movements)
    opening = _opening(cells, movements)
    closing = cells.amount_above("closing")
    moved = sum((line.amount for line in lines), _ZERO)
    if opening is None and closing is not None:
        opening = closing - moved
    if closing is None and opening is not None:
        closing = opening + moved
    closing_date = cells.day_above("closing_date")
    if closing_date is not None and any(line.date > closing_date for line in lines):
        raise DocumentRefusedError(f"has movements after its closing date {closing_date}")
    whole = proven(
        Statement(
            account=account,
            currency=currency,
            number=None,
            opening=opening,
            opening_date=None if opening is None else min(line.date for line in lines),
            closing=closing,
            closing_date=None if closing is None else closing_date,
            lines=lines,
            position=min(line.position for line in lines),
        )
    )
    if opening is None or closing_date is not None:
        return (whole,)
    return _split_before_the_last_day(whole, opening)


def _opening(cells: Cells, movements: Iterable[_Movement]) -> Decimal | None:
    """Return the balance before the first movement, by what stands above or in the rows."""
    opening = cells.amount_above("opening")
    moved = _ZERO
    for movement in movements:
        moved += movement.line.amount
        if movement.balance is not None:
            if opening is not None and opening + moved != movement.balance:
                raise DocumentRefusedError(
                    f"line {movement.line.position}: states a balance of {movement.balance}, but"
                    f" the opening balance leads to {opening + moved}"
                )
            return movement.balance - moved
    return opening


def _split_before_the_last_day(whole: Statement, opening: Decimal) -> tuple[Statement, ...]:
    """Return a statement up to the day before its last one, and that day without a closing date."""
    dates = [line.date for line in whole.lines]
    last: datetime.date = dates[-1]
    place = dates.index(last)
    if place == 0 or dates != sorted(dates):
        return (whole,)
    before, after = whole.lines[:place], whole.lines[place:]
    middle = opening + sum((line.amount for line in before), _ZERO)
    return (
        replace(whole, closing=middle, closing_date=before[-1].date, lines=before),
        replace(
            whole,
            opening=middle,
            opening_date=last,
            lines=after,
            position=min(line.position for line in after),
        ),
    )
