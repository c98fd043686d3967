"""A factor's own statement, read: each event once, though two accounts may show it.

`current` is the factor's account of purchases, fees and draws (its balance is `C` of rules.md, 1),
`financing` the one of draws and customers' payments (its balance is −(`U` + `G`)). What the
current account shows becomes figures and movements; the financing account is compared with it
(`factor_accounts`), and gives what it alone has: payments that the factor received itself. Whatever
the format, an event is known by its number; without one, by day and words.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from typing import Final
from typing import NamedTuple

from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.importers.mapping.factor_words import FEES
from beancount_factoring.importers.mapping.factor_words import FactorWords
from beancount_factoring.importers.mapping.factor_words import LineKind
from beancount_factoring.importers.mapping.factor_words import Said
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine

_ZERO = Decimal(0)
_PURCHASES: Final = frozenset({LineKind.PURCHASE, LineKind.CREDIT_NOTES})


class FactorLine(NamedTuple):
    """A line with its link, and what its words say; `None` where they are not known."""

    line: StatementLine
    link: str
    said: Said | None

    @property
    def kind(self) -> LineKind | None:
        """The kind of the line, also of the VAT on it."""
        return None if self.said is None else self.said.kind

    @property
    def is_vat(self) -> bool:
        """Whether the line is VAT on what its words say."""
        return self.said is not None and self.said.is_vat


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """The factor's own figure: a contract event, its amount and figures, and the lines they are of.

    `amount` is `None` for a remittance; `figures` are those of the directive's metadata.
    """

    kind: DirectiveKind
    date: datetime.date
    lines: tuple[FactorLine, ...]
    amount: Decimal | None = None
    name: str = ""
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    number: str | None = None

    @property
    def links(self) -> tuple[str, ...]:
        """The links of its lines."""
        return tuple(line.link for line in self.lines)


class FactorMovement(NamedTuple):
    """A line that is booked as a transaction; in suspense, with the reason."""

    line: FactorLine
    kind: LineKind | None
    reason: str = ""


class ReadFactorStatement(NamedTuple):
    """What a statement of the current account gives, in no order."""

    figures: list[StatedFigure]
    movements: list[FactorMovement]


def factor_lines(
    statement: Statement, links: Sequence[str], words: FactorWords
) -> list[FactorLine]:
    """Return a statement's lines with what their words say."""
    return [
        FactorLine(line, link, words.said(line.text))
        for line, link in zip(statement.lines, links, strict=True)
    ]


def read_current(lines: Iterable[FactorLine], *, has_financing: bool) -> ReadFactorStatement:
    """Sort the lines of a current account into the factor's figures and movements."""
    days: defaultdict[datetime.date, list[FactorLine]] = defaultdict(list)
    for line in lines:
        days[line.line.date].append(line)
    read = ReadFactorStatement([], [])
    for day, found in days.items():
        _Day(day, found, has_financing=has_financing).sort_into(read)
    return read


class _Day:
    """The lines of a current account on one day."""

    def __init__(self, day: datetime.date, lines: list[FactorLine], *, has_financing: bool) -> None:
        self._day = day
        self._has_financing = has_financing
        self._lines = lines
        self._purchases = [line for line in lines if line.kind in _PURCHASES]
        self._bought = {line.line.entry_number for line in self._purchases}

    def sort_into(self, read: ReadFactorStatement) -> None:
        """Add what the day gives."""
        of_remittance: list[FactorLine] = []
        fees: dict[tuple[str | None, str], list[FactorLine]] = {}
        kept: dict[tuple[str | None, DirectiveKind], list[FactorLine]] = {}
        vat_alone: list[FactorLine] = []
        for line in self._lines:
            number, kind = line.line.entry_number, line.kind
            if kind in _PURCHASES or self._is_of_remittance(line):
                of_remittance.append(line)
            elif line.said is not None and kind in FEES:
                fees.setdefault((number, line.said.words), []).append(line)
            elif kind is LineKind.GUARANTEE:
                kept.setdefault((number, DirectiveKind.GUARANTEE), []).append(line)
            elif kind is LineKind.RESERVE or (kind is LineKind.PAYMENT and self._has_financing):
                # Of a customer's payment the current account shows what was not funded.
                kept.setdefault((number, DirectiveKind.RESERVE), []).append(line)
            elif line.is_vat:
                vat_alone.append(line)
            elif kind is not LineKind.SWEPT:
                read.movements.append(_movement(line))
        for line in vat_alone:
            self._add_vat(line, fees, of_remittance, read)
        if of_remittance:
            read.figures.append(self._remittance(of_remittance))
        for (_number, words), found in fees.items():
            if all(line.is_vat for line in found):
                read.movements.extend(_without_fee(line) for line in found)
            else:
                read.figures.append(self._fee(words, found))
        for (_number, directive), found in kept.items():
            amount = -total(found)
            read.figures.append(StatedFigure(directive, self._day, tuple(found), amount))

    def _is_of_remittance(self, line: FactorLine) -> bool:
        """Tell whether a line belongs to the day's remittance."""
        if not self._purchases or line.said is None:
            return False
        is_same_event = line.line.entry_number in self._bought
        return line.kind is LineKind.COMMISSION or (
            line.kind is LineKind.GUARANTEE and is_same_event
        )

    def _remittance(self, lines: list[FactorLine]) -> StatedFigure:
        """Return the day's remittance: all that was bought, its commission and fund."""
        commission = [line for line in lines if line.kind is LineKind.COMMISSION or line.is_vat]
        figures = {"assigned": total(self._purchases)}
        if commission:
            figures["commission"] = -total(line for line in commission if not line.is_vat)
            figures["vat"] = -total(line for line in commission if line.is_vat)
        fund = [line for line in lines if line.kind is LineKind.GUARANTEE]
        if fund:
            figures["guarantee"] = -total(fund)
        numbers = dict.fromkeys(
            line.said.remittance for line in self._purchases if line.said and line.said.remittance
        )
        return StatedFigure(
            DirectiveKind.REMIT,
            self._day,
            tuple(lines),
            figures=figures,
            number="+".join(sorted(numbers)) or None,
        )

    def _fee(self, words: str, lines: list[FactorLine]) -> StatedFigure:
        """Return an interest or charge with its VAT."""
        lines = sorted(lines, key=lambda line: line.is_vat)
        is_interest = any(line.kind is LineKind.INTEREST for line in lines)
        return StatedFigure(
            DirectiveKind.INTEREST if is_interest else DirectiveKind.CHARGE,
            self._day,
            tuple(lines),
            -total(line for line in lines if not line.is_vat),
            "" if is_interest else words,
            {"vat": -total(line for line in lines if line.is_vat)},
        )

    def _add_vat(
        self,
        line: FactorLine,
        fees: dict[tuple[str | None, str], list[FactorLine]],
        of_remittance: list[FactorLine],
        read: ReadFactorStatement,
    ) -> None:
        """Put VAT that names no fee to the one fee of its event; to suspense if it is not clear."""
        number = line.line.entry_number
        candidates = [found for (event, _words), found in fees.items() if event == number]
        if any(
            each.kind is LineKind.COMMISSION and each.line.entry_number == number
            for each in of_remittance
        ):
            candidates.append(of_remittance)
        if len(candidates) == 1:
            candidates[0].append(line)
        else:
            read.movements.append(_without_fee(line))


def _movement(line: FactorLine) -> FactorMovement:
    """Return a line that is booked by itself."""
    if line.kind is LineKind.DRAW:
        return FactorMovement(line, line.kind)
    if line.said is None:
        return FactorMovement(line, None, "the factor's words are not known")
    if line.kind is LineKind.RETURNED:
        reason = "a customer's money that the factor gives back, which no sweep of the ledger has"
        return FactorMovement(line, line.kind, reason)
    if line.kind is LineKind.PAYMENT:
        reason = "a customer's payment does not move the current account of a purchase"
        return FactorMovement(line, None, reason)
    return FactorMovement(line, None, f"{line.kind} is no movement of the current account")


def _without_fee(line: FactorLine) -> FactorMovement:
    return FactorMovement(line, None, "VAT on a fee that does not stand beside it")


def total(lines: Iterable[FactorLine]) -> Decimal:
    """Return the sum of lines."""
    return sum((line.line.amount for line in lines), _ZERO)
