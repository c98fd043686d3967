"""CFONB 120 statements: `Relevé de compte sur support informatique` (CFONB, July 2004).

Records of 120 characters: 01 old balance, 04 movement, 05 its complement, 07 new balance. The
column numbers are the specification's, counted from 1.
"""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterator

from beancount_factoring.example.bank import NumberedMovement
from beancount_factoring.example.bank import Statement
from beancount_factoring.example.customers import bank_text
from beancount_factoring.example.firm import BankAccount

_POSITIVE = "{ABCDEFGHI"
_NEGATIVE = "}JKLMNOPQR"
_LABEL_WIDTH = 31
_COMPLEMENT_WIDTH = 70


def cfonb_statement(statement: Statement) -> bytes:
    """Return a statement as CFONB 120, in ASCII with a line break after each record."""
    records = [_balance("01", statement.account, _eve(statement.first), statement.opening)]
    for line in statement.lines:
        records.append(_movement(statement.account, line))
        records.extend(_complements(statement.account, line))
    records.append(_balance("07", statement.account, statement.last, statement.closing))
    return "".join(f"{record}\r\n" for record in records).encode("ascii")


def overpunched(cents: int) -> str:
    """Return an amount in 14 characters, its last digit bearing the sign (`{` is +0, `}` is -0)."""
    digits = f"{abs(cents):014d}"
    signs = _NEGATIVE if cents < 0 else _POSITIVE
    return digits[:-1] + signs[int(digits[-1])]


def _balance(code: str, account: BankAccount, day: datetime.date, cents: int) -> str:
    """Return a record 01 or 07: the balance at the end of a day."""
    return _record(_account(code, account, "    "), (35, _day(day)), (91, overpunched(cents)))


def _movement(account: BankAccount, line: NumberedMovement) -> str:
    """Return a record 04."""
    movement = line.movement
    return _record(
        _account("04", account, f"{movement.operation.cfonb}00"),
        (33, movement.operation.cfonb),
        (35, _day(movement.date)),
        (43, _day(movement.date)),
        (49, bank_text(movement.label)[:_LABEL_WIDTH]),
        (82, f"{line.number:07d}"),
        (91, overpunched(movement.amount)),
        (105, f"{movement.end_to_end_id[:16]}"),
    )


def _complements(account: BankAccount, line: NumberedMovement) -> Iterator[str]:
    """Yield the records 05: the other party, what the payer wrote, the payment's identifier."""
    movement = line.movement
    received = movement.amount > 0
    written = textwrap.wrap(bank_text(movement.reference), _COMPLEMENT_WIDTH)
    details = [
        ("NPY" if received else "NBE", bank_text(movement.name)),
        ("CPY" if received else "CBE", movement.iban),
        *zip(("LCC", "LC2"), written, strict=False),
        ("RCN", movement.end_to_end_id),
    ]
    for qualifier, text in details:
        yield _record(
            _account("05", account, f"{movement.operation.cfonb}00"),
            (33, movement.operation.cfonb),
            (35, _day(movement.date)),
            (46, qualifier),
            (49, text[:_COMPLEMENT_WIDTH]),
        )


def _account(code: str, account: BankAccount, internal: str) -> str:
    """Return columns 1 to 32; `internal` is the bank's own code of the operation."""
    return f"{code}{account.bank}{internal}{account.branch}EUR2 {account.number}"


def _record(head: str, *fields: tuple[int, str]) -> str:
    """Return a record: its head, then each field from its column on, blanks between."""
    record = head
    for column, text in fields:
        record = record.ljust(column - 1) + text
    return record.ljust(120)


def _day(day: datetime.date) -> str:
    """Return a date as DDMMYY."""
    return f"{day:%d%m%y}"


def _eve(day: datetime.date) -> datetime.date:
    """Return the day before, at whose end the old balance stood."""
    return day - datetime.timedelta(days=1)
