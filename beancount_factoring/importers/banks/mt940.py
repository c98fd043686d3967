"""MT940 and MT942, SWIFT's account statement and interim report, through the mt-940 library.

The library reads the fields. Which of them make a statement is read here: it would join two lines
where a type is missing, take an amount for one that ends earlier, and lose what it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from pathlib import Path

from beancount_factoring.importers.banks.mt940_fields import Balance
from beancount_factoring.importers.banks.mt940_fields import Field
from beancount_factoring.importers.banks.mt940_fields import FieldReader
from beancount_factoring.importers.banks.mt940_fields import Movement
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.statements import check_size
from beancount_factoring.importers.reading.statements import compact_iban
from beancount_factoring.importers.reading.statements import head
from beancount_factoring.importers.reading.statements import one_line
from beancount_factoring.importers.reading.statements import shown
from beancount_factoring.importers.reading.statements import with_remarks

LARGEST_FILE = 1 << 25

# Each is at least a line: no real document comes near, and no hostile one can fill the memory.
_MOST_FIELDS = 400_000
_LONGEST_FIELD = 20_000
_MOST_LINES = 2_000

_BEGINNING = re.compile(rb"^:20:.*?^:25P?:", re.MULTILINE | re.DOTALL)

# Text that begins as a field of another number stays text: banks break lines before a colon.
_FIELD = re.compile(
    r":(13[CD]?|20|21|25P?|28C?|34F|60[FM]?|61|62[FM]?|64|65|86|90[CD]|NS):(.*)", re.DOTALL
)

_CURRENCY = re.compile(r"[A-Z]{3}")

# Blocks of the SWIFT message around the text block, and its end.
_ENVELOPE = re.compile(r"\{[1-5S]:.*|-\}.*|-")
_OF_WINDOWS = frozenset("€‚„…ŠŒŽ‘’“”•–—™šœžŸ".encode("cp1252")) - {0x82, 0x84, 0x94}
_CONTROLS = "\x01\x03\x04\x1a"

_OPENING = {"60", "60F", "60M"}
_CLOSING = {"62", "62F", "62M"}
_MOVEMENT_TEXTS = {"86", "NS"}


def looks_like_mt940(path: Path) -> bool:
    """Tell from its head whether a file is an MT940 or MT942; never raises."""
    beginning = head(path, 4096).replace(b"\r", b"\n")
    return _BEGINNING.search(beginning) is not None


def read_mt940(path: Path) -> tuple[Statement, ...]:
    """Return the statements of an MT940 or MT942 file in their order; a page is one of its own.

    Raises `DocumentRefusedError` for the whole file if any of it cannot be read right: a field in
    the wrong place, an amount or date in doubt, lines that do not lead from the opening to the
    closing balance, or, in an MT942, to its sums. It is raised too where the library is missing.
    """
    check_size(path, LARGEST_FILE)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentRefusedError(f"cannot be opened: {error}") from error
    reader = FieldReader()
    reading: _Reading | None = None
    statements: list[Statement] = []
    for count, found in enumerate(_fields(_decoded(data))):
        if count >= _MOST_FIELDS:
            raise found.refusal(f"is one of more than {_MOST_FIELDS} fields")
        if sum(map(len, found.lines)) > _LONGEST_FIELD:
            raise found.refusal(f"has more than {_LONGEST_FIELD} characters")
        if found.tag == "20":
            if reading is not None:
                statements.append(reading.statement())
            reading = _Reading(found, reader)
        elif reading is None:
            raise found.refusal("stands outside a statement: a field :20: was expected")
        else:
            reading.take(found)
    if reading is None:
        raise DocumentRefusedError("holds no statement (:20:)")
    statements.append(reading.statement())
    return tuple(statements)


def _decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8 (ASCII is a part of it), Latin-1 or an old code page."""
    if b"\0" in data:
        raise DocumentRefusedError("holds NUL bytes; a text was expected")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        controls = {byte for byte in data if 0x80 <= byte < 0xA0}
        # Latin-1 has no letters there: Windows has quotes and a few letters, the others are DOS's.
        is_windows = controls <= _OF_WINDOWS
        return data.decode("cp1252" if is_windows else "cp852", "replace")


def _fields(text: str) -> Iterator[Field]:
    """Yield the fields of a file; what stands before a message's first field is left aside."""
    current: Field | None = None
    for number, raw in enumerate(re.split("\r\n|\n|\r", text), 1):
        line = raw.strip(_CONTROLS)
        match = _FIELD.match(line)
        ends = match or _ENVELOPE.fullmatch(line.rstrip())
        if ends:
            if current is not None:
                yield current
            current = Field(match[1], [match[2]], number) if match else None
        elif current is not None:
            current.lines.append(line)
            if len(current.lines) > _MOST_LINES:
                raise current.refusal(f"has more than {_MOST_LINES} lines")
    if current is not None:
        yield current


@dataclass(slots=True)
class _Reading:
    """A statement that is being read: its field 20 and what has followed it."""

    first: Field
    reader: FieldReader
    account: str | None = None
    number: str | None = None
    opening: Balance | None = None
    closing: Balance | None = None
    currencies: dict[str, int] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)
    sums: dict[str, Field] = field(default_factory=dict)

    def take(self, found: Field) -> None:
        """Take in the next field."""
        tag = found.tag
        if tag == "61":
            if self.closing is not None:
                raise found.refusal("stands behind the closing balance")
            self.movements.append(Movement(found))
        elif tag in _MOVEMENT_TEXTS:
            # Before the first movement and behind the last balance it is about the statement.
            if self.movements and self.closing is None:
                self.movements[-1].texts.append(found)
        elif tag in _OPENING:
            self._check_first(found, self.opening)
            self.opening = self._balance(found)
        elif tag in _CLOSING:
            self._check_first(found, self.closing)
            self.closing = self._balance(found)
        elif tag in {"25", "25P"}:
            self._check_first(found, self.account)
            self.account = one_line(found.lines[0])
        elif tag in {"28", "28C"}:
            self.number = found.lines[0].strip() or None
        elif tag in {"90C", "90D"}:
            self.sums[tag] = found
            self.currencies.setdefault(self.reader.total(found).currency, found.line)
        elif tag == "34F":
            currency = found.lines[0][:3]
            if not _CURRENCY.fullmatch(currency):
                raise found.refusal("begins with no currency; three capitals were expected")
            self.currencies.setdefault(currency, found.line)

    def _check_first(self, found: Field, before: object) -> None:
        if before is not None:
            raise found.refusal(f"is the second one of the statement of line {self.first.line}")

    def _balance(self, found: Field) -> Balance:
        balance = self.reader.balance(found)
        self.currencies.setdefault(balance.currency, found.line)
        return balance

    def statement(self) -> Statement:
        """Return the statement, proven by its balances or sums."""
        if not self.account:
            raise self.first.refusal("names no account (:25:)")
        if len(self.currencies) != 1:
            found = ", ".join(f"{shown(text)} (line {at})" for text, at in self.currencies.items())
            what = f"is in more than one currency: {found}" if found else "names no currency"
            raise self.first.refusal(what)
        (currency,) = self.currencies
        opening, closing = self.opening, self.closing
        statement = Statement(
            account=_account(self.account, currency),
            currency=currency,
            number=self.number,
            opening=opening.amount if opening else None,
            opening_date=opening.date if opening else None,
            closing=closing.amount if closing else None,
            closing_date=closing.date if closing else None,
            lines=tuple(self.reader.line(movement, currency) for movement in self.movements),
            position=self.first.line,
            is_partial=opening is None and closing is None,
        )
        self._check_sums(statement)
        return with_remarks(statement)

    def _check_sums(self, statement: Statement) -> None:
        """Refuse a report whose lines are not those that its sums count."""
        for tag, found in self.sums.items():
            amounts = [
                abs(line.amount)
                for line in statement.lines
                if (line.amount < 0 if tag == "90D" else line.amount >= 0)
            ]
            total = self.reader.total(found)
            held = sum(amounts, Decimal(0))
            if (total.entries, total.amount) != (len(amounts), held):
                raise found.refusal(
                    f"announces {total.entries} entries of together {total.amount}, and there are"
                    f" {len(amounts)} of together {held}"
                )


def _account(text: str, currency: str) -> str:
    """Return the account: an IBAN without what stands behind it, or what is written."""
    number = text.removesuffix(currency).rstrip()
    if not number[-1:].isdigit():
        number = text
    return compact_iban(number) or number
