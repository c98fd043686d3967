"""The records of a CFONB 120 file: where one ends, what stands in its columns.

Columns are counted from 1 and both ends belong to a field, as in the CFONB's description.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.statements import shown

WIDTH = 120
OPENING = "01"
MOVEMENT = "04"
COMPLEMENT = "05"
CLOSING = "07"

HOME_CURRENCY = "EUR"
"""What a blank currency stands for."""

# What every record begins with: code, bank, four free columns, branch, currency, decimals, a free
# column, account. Complements and movements have more; that is told by their code alone.
_BEGINNING = re.compile(r"0[1457][0-9A-Z]{5}.{4}[0-9A-Z ]{5}(?:[A-Z]{3}|   )[0-9 ].[0-9A-Z ]{11}")

# The records of CFONB 240, which statements of bills of exchange come in.
_CFONB_240 = re.compile(r"3[01459][0-9 ]{10}")

# The last digit of an amount carries its sign: {A…I for +0…9, }J…R for −0…9.
_POSITIVE = "{ABCDEFGHI"
_NEGATIVE = "}JKLMNOPQR"


@dataclass(frozen=True, slots=True)
class Record:
    """A record of 120 characters and the line of the file it begins in."""

    text: str
    line: int

    @property
    def code(self) -> str:
        """The kind of record: 01, 04, 05 or 07."""
        return self.text[:2]

    def columns(self, first: int, last: int) -> str:
        """Return the text of a field, without the blanks around it."""
        return self.text[first - 1 : last].strip()

    def raw(self, first: int, last: int) -> str:
        """Return the text of a field with its blanks."""
        return self.text[first - 1 : last]

    def refusal(self, reason: str) -> DocumentRefusedError:
        """Return a refusal for this record, which names its line and its account."""
        return DocumentRefusedError(
            f"line {self.line}: record {self.code} of account {self.columns(22, 32)}: {reason}"
        )

    def date(self, first: int, name: str) -> datetime.date | None:
        """Return the date DDMMYY that begins in a column; `None` if it is blank or zero.

        Years 70 to 99 are of the 20th century.
        """
        text = self.columns(first, first + 5)
        if not text.strip("0"):
            return None
        if re.fullmatch("[0-9]{6}", text):
            day, month, year = int(text[:2]), int(text[2:4]), int(text[4:])
            try:
                return datetime.date(year + (1900 if year >= 70 else 2000), month, day)
            except ValueError:
                pass
        raise self.refusal(f"{name} {shown(text)} (columns {first}-{first + 5}) is no date DDMMYY")

    def needed_date(self, first: int, name: str) -> datetime.date:
        """Return the date that begins in a column; refuse a record without it."""
        date = self.date(first, name)
        if date is None:
            raise self.refusal(f"{name} (columns {first}-{first + 5}) is missing")
        return date

    def amount(self) -> Decimal:
        """Return the amount of columns 91 to 104, with the decimals that column 20 states."""
        text, decimals = self.raw(91, 104), self.raw(20, 20)
        digits, last = text[:-1], text[-1]
        if not re.fullmatch("[0-9]{13}", digits) or last not in _POSITIVE + _NEGATIVE:
            raise self.refusal(
                f"amount {shown(text)} (columns 91-104) is not 13 digits and a signed digit"
            )
        if not re.fullmatch("[0-9]", decimals):
            raise self.refusal(
                f"{shown(decimals)} (column 20) is no number of decimals for {shown(text)}"
            )
        sign = _POSITIVE if last in _POSITIVE else _NEGATIVE
        cents = int(f"{digits}{sign.index(last)}")
        return Decimal(-cents if sign == _NEGATIVE else cents).scaleb(-int(decimals))


def records(data: bytes) -> list[Record]:
    """Return the records of a file, however it breaks its lines.

    Lines may lack trailing blanks, be blank, hold several records, or all be one. A file that is
    wrapped at another width is read if it has lost no character.
    """
    text = _decoded(data)
    lines = [
        (number, line.rstrip())
        for number, line in enumerate(re.split("\r\n|\n|\r", text), 1)
        if line.strip()
    ]
    if not lines:
        raise DocumentRefusedError("is empty")
    first = lines[0][1]
    if _CFONB_240.match(first):
        raise DocumentRefusedError(
            "is CFONB 240 (records of 240 characters), not a CFONB 120 statement"
        )
    found = [record for number, line in lines for record in _cut(line, number)]
    faulty = _first_faulty(found)
    if faulty is None:
        return found
    rejoined = _cut("".join(re.split("\r\n|\n|\r", text)).rstrip(), lines[0][0])
    if len(lines) > 1 and _first_faulty(rejoined) is None:
        return rejoined
    raise DocumentRefusedError(
        f"line {faulty.line}: {shown(faulty.text.rstrip())} is no CFONB 120 record: 120 characters "
        "that begin with 01, 04, 05 or 07, bank, branch, currency and account were expected"
    )


def _decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8 (ASCII is a part of it) or Latin-1."""
    data = data.removeprefix(b"\xef\xbb\xbf").rstrip(b"\x1a\r\n \t")
    if b"\0" in data:
        raise DocumentRefusedError("holds NUL bytes; ASCII, Latin-1 or UTF-8 text was expected")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _cut(line: str, number: int) -> list[Record]:
    return [
        Record(line[start : start + WIDTH].ljust(WIDTH), number)
        for start in range(0, len(line), WIDTH)
    ]


def _first_faulty(found: list[Record]) -> Record | None:
    return next((record for record in found if not _BEGINNING.match(record.text)), None)


def is_beginning(text: str) -> bool:
    """Tell whether a text begins as a CFONB 120 record, or as one of the sister format's."""
    return bool(_BEGINNING.match(text) or _CFONB_240.match(text))
