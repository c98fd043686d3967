"""A factor's two accounts compared: what both show must be the same (docs/factor-statement.md)."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Final
from typing import NamedTuple

from beancount_factoring.importers.factor.factor_statement import FactorLine
from beancount_factoring.importers.factor.factor_statement import total
from beancount_factoring.importers.mapping.factor_words import FEES
from beancount_factoring.importers.mapping.factor_words import LineKind
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.safe_xml import shown as printable

# What both accounts of a factor show with the same amount.
_ON_BOTH: Final = FEES | {LineKind.GUARANTEE}
_DRAWS: Final = frozenset({LineKind.DRAW, LineKind.FINANCED})


class FactorAccount(NamedTuple):
    """The lines of one of the factor's accounts in a file, and the statements that they are of."""

    lines: list[FactorLine]
    statements: list[Statement]

    def covers(self, line: FactorLine) -> bool:
        """Tell whether a statement of the account covers a line's day."""
        day = line.line.date
        return any(
            (each.opening_date or day) <= day <= (each.closing_date or day)
            for each in self.statements
        )


def check_accounts(current: FactorAccount, financing: FactorAccount) -> None:
    """Refuse a file whose two accounts tell an event with different amounts.

    Fees, their VAT and the fund stand on both with one amount; a draw is the sum of its parts on
    the financing account. A day that the file has of one account alone is not compared. Events
    without a number are compared by day.
    """
    here = _sums(filter(financing.covers, current.lines))
    there = _sums(filter(current.covers, financing.lines))
    for key in sorted({*here, *there}, key=str):
        found = here.get(key, []), there.get(key, [])
        amounts = [total(lines) for lines in found]
        if amounts[0] != amounts[1]:
            first = (*found[0], *found[1])[0].line
            number = printable(first.entry_number or "")
            event = f"event {number}" if number else f"the {key[1]}"
            raise DocumentRefusedError(
                f"line {first.position}: {event} of {first.date}, {key[1]}, is {amounts[0]} on the"
                f" current account and {amounts[1]} on the financing account"
            )


_Key = tuple[object, str]


def _sums(lines: Iterable[FactorLine]) -> dict[_Key, list[FactorLine]]:
    """Return the lines that both accounts should show alike, by event and by what they tell."""
    found: dict[_Key, list[FactorLine]] = {}
    for line in lines:
        what = _compared(line)
        if what:
            found.setdefault((line.line.entry_number or line.line.date, what), []).append(line)
    return found


def _compared(line: FactorLine) -> str:
    if line.kind in _DRAWS:
        return LineKind.DRAW
    if line.is_vat:
        return "VAT"
    return line.kind if line.kind in _ON_BOTH else ""


def unknown_on_financing(
    current: Iterable[FactorLine], financing: Iterable[FactorLine]
) -> Iterator[FactorLine]:
    """Yield lines of the financing account whose words are not known, and that no other shows.

    What the current account has with the same event and amount is booked, or in suspense, there.
    """
    shown = {(line.line.entry_number, line.line.amount) for line in current}
    for line in financing:
        if line.said is None and (line.line.entry_number, line.line.amount) not in shown:
            yield line
