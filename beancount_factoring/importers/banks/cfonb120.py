"""CFONB 120, the account statement of French banks ("relevé de compte").

Records of 120 characters: 01 the opening balance, 04 a movement, 05 more about the movement
above, 07 the closing balance. A file holds any number of such statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from beancount_factoring.importers.banks.cfonb120_movements import Movement
from beancount_factoring.importers.banks.cfonb120_records import CLOSING
from beancount_factoring.importers.banks.cfonb120_records import COMPLEMENT
from beancount_factoring.importers.banks.cfonb120_records import HOME_CURRENCY
from beancount_factoring.importers.banks.cfonb120_records import MOVEMENT
from beancount_factoring.importers.banks.cfonb120_records import OPENING
from beancount_factoring.importers.banks.cfonb120_records import Record
from beancount_factoring.importers.banks.cfonb120_records import is_beginning
from beancount_factoring.importers.banks.cfonb120_records import records
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.statements import check_size
from beancount_factoring.importers.reading.statements import french_iban
from beancount_factoring.importers.reading.statements import head
from beancount_factoring.importers.reading.statements import proven

LARGEST_FILE = 1 << 26


def looks_like_cfonb120(path: Path) -> bool:
    """Tell from its head whether a file is a CFONB 120 statement; never raises.

    CFONB 240 looks like one too: `read_cfonb120` says why it is refused.
    """
    beginning = head(path, 512).removeprefix(b"\xef\xbb\xbf").lstrip()
    return is_beginning(beginning[:40].decode("latin-1"))


def read_cfonb120(path: Path) -> tuple[Statement, ...]:
    """Return the statements of a CFONB 120 file in their order.

    The account is the IBAN that bank, branch and account number make. Raises
    `DocumentRefusedError` for the whole file if any of it cannot be read right: a record that is
    none or stands in the wrong place, a date or amount in doubt, a currency or account that
    changes within a statement, lines that do not lead from the opening to the closing balance.
    """
    check_size(path, LARGEST_FILE)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentRefusedError(f"cannot be opened: {error}") from error
    return tuple(_statements(records(data)))


@dataclass(slots=True)
class _Reading:
    """A statement that is being read: its record 01 and what has followed it."""

    opening: Record
    movements: list[Movement] = field(default_factory=list)

    def check(self, record: Record) -> None:
        """Refuse a record of another account or currency; bank and branch do differ in practice."""
        account, expected = record.columns(22, 32), self.opening.columns(22, 32)
        if account != expected:
            raise record.refusal(
                f"stands in the statement of account {expected} (line {self.opening.line})"
            )

    def statement(self, closing: Record) -> Statement:
        """Return the statement, proven by its balances."""
        bank, branch = self.opening.columns(3, 7), self.opening.columns(12, 16)
        account = self.opening.columns(22, 32)
        amounts = [self.opening, closing, *(movement.record for movement in self.movements)]
        currencies = {record.columns(17, 19) for record in amounts} - {""} or {HOME_CURRENCY}
        if len(currencies) > 1:
            raise closing.refusal(f"has movements in {', '.join(sorted(currencies))}")
        return proven(
            Statement(
                account=french_iban(bank, branch, account) or f"{bank} {branch} {account}".strip(),
                currency=currencies.pop(),
                number=None,
                opening=self.opening.amount(),
                opening_date=self.opening.needed_date(35, "date"),
                closing=closing.amount(),
                closing_date=closing.needed_date(35, "date"),
                lines=tuple(movement.line() for movement in self.movements),
                position=self.opening.line,
            )
        )


def _statements(found: list[Record]) -> Iterator[Statement]:
    reading: _Reading | None = None
    for record in found:
        if record.code == OPENING:
            if reading is not None:
                raise record.refusal(
                    f"the statement of line {reading.opening.line} has no closing record 07 yet"
                )
            reading = _Reading(record)
            continue
        if reading is None:
            raise record.refusal("stands outside a statement: an opening record 01 was expected")
        reading.check(record)
        if record.code == MOVEMENT:
            reading.movements.append(Movement(record))
        elif record.code == COMPLEMENT:
            if not reading.movements:
                raise record.refusal("has no movement above it: a record 04 was expected")
            reading.movements[-1].complements.append(record)
        elif record.code == CLOSING:
            yield reading.statement(record)
            reading = None
    if reading is not None:
        raise reading.opening.refusal("the statement has no closing record 07")
