"""Whether the ledger has a bank movement already, whatever format it came in.

docs/importing.md tells a user how it works; the order here is the order there. What is in doubt is
never left out: it is booked on the suspense account, with what it may repeat.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Final
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.importers.entries.known import KnownEntries
from beancount_factoring.importers.entries.known import Movement
from beancount_factoring.importers.entries.known import source_of
from beancount_factoring.importers.mapping.parties import identifier_key
from beancount_factoring.importers.reading.documents import StatementLine

SAME: Final = ""
"""How a movement is known that the same format brought before: nothing is to be said of it."""

# Where days differ, an identifier must be long enough not to come up by chance.
_TELLING = 6

_TWO_DAYS = datetime.timedelta(days=2)


class Line(NamedTuple):
    """A bank movement as it is compared: its link, what it moves, what the statement says."""

    link: str
    movement: Movement
    stated: StatementLine


@dataclass(frozen=True, slots=True)
class StatementLines:
    """The movements of one statement; `source` is its format.

    `is_partial` where it never claims to hold all movements of its days; `closes_known` where the
    ledger has its closing balance.
    """

    source: str
    lines: Sequence[Line]
    is_partial: bool
    closes_known: bool


class Verdict(NamedTuple):
    """What is known of a movement.

    `known` is the entry that it repeats, `how` why that is so where another text or day makes it
    less than plain. `doubt` is what it may repeat, `how` what speaks against it.
    """

    known: data.Directive | None = None
    how: str = SAME
    doubt: data.Transaction | None = None


_NEW: Final = Verdict()


@dataclass(slots=True)
class Comparison:
    """The comparison of one file's statements with the ledger; each movement there counts once."""

    known: KnownEntries
    _taken: set[int] = field(default_factory=set)
    _by_identifier: dict[str, data.Transaction] = field(default_factory=dict)
    _found: dict[str, data.Directive] = field(default_factory=dict)

    def prepare(self, statements: Iterable[StatementLines]) -> None:
        """Look at a whole file: what is plainly known counts for no other movement any more."""
        unknown: list[tuple[Line, str]] = []
        for statement in statements:
            account = statement.lines[0].movement[0] if statement.lines else ""
            has_movements = self.known.has_movements(account)
            for line in statement.lines:
                entry = self.known.linked(line.link)
                if entry is not None:
                    self._taken.add(id(entry))
                elif has_movements:
                    unknown.append((line, statement.source))
        for same_day in (True, False):
            for line, source in unknown:
                if line.link not in self._by_identifier:
                    self._pair_by_identifier(line, source, same_day=same_day)

    def _pair_by_identifier(self, line: Line, source: str, *, same_day: bool) -> None:
        """Pair a movement with one of another format that has its day, amount and identifier."""
        candidates = self.known.like(line.movement) if same_day else self._near(line)
        for entry in candidates:
            if (
                id(entry) not in self._taken
                and source_of(entry) != source
                and _agree(line, entry, fewest=1 if same_day else _TELLING)
            ):
                self._by_identifier[line.link] = entry
                self._taken.add(id(entry))
                return

    def _near(self, line: Line) -> list[data.Transaction]:
        """Return the movements of the same amount that are of this one's day by a value date."""
        account, date, number, currency = line.movement
        days = {date, line.stated.value_date or date}
        found = [
            entry
            for day in days
            for entry in self.known.like_by_value_date((account, day, number, currency))
            if entry.date != date
        ]
        if line.stated.value_date is not None and line.stated.value_date != date:
            found += self.known.like((account, line.stated.value_date, number, currency))
        return found

    def verdicts(self, statement: StatementLines) -> list[Verdict]:
        """Return what is known of a statement's movements, in their order.

        What the file has had before is told by `note`, and is known too.
        """
        verdicts = [self._plain(line) for line in statement.lines]
        unknown = sum(verdict is None for verdict in verdicts)
        is_first = not unknown or not self.known.has_movements(statement.lines[0].movement[0])
        if is_first:
            return [verdict or _NEW for verdict in verdicts]
        repeated = _Repeated(statement, verdicts)
        for place, line in enumerate(statement.lines):
            if verdicts[place] is None:
                verdicts[place] = self._by_figures(line, statement, repeated)
        return [
            verdict or self._doubtful(line, statement, repeated)
            for verdict, line in zip(verdicts, statement.lines, strict=True)
        ]

    def _plain(self, line: Line) -> Verdict | None:
        """Return the verdict on what is known by its link or an identifier, if it is."""
        known = self._found.get(line.link) or self.known.linked(line.link)
        if known is not None:
            return Verdict(known)
        by_identifier = self._by_identifier.get(line.link)
        if by_identifier is not None:
            return Verdict(by_identifier, f"{source_of(by_identifier)} has its identifier")
        return None

    def _by_figures(
        self, line: Line, statement: StatementLines, repeated: _Repeated
    ) -> Verdict | None:
        """Return the verdict on what has account, day and amount of an entry not counted yet.

        Another format writes other texts. The same format does not: there it is the same movement
        only where the statement repeats the day, and so must hold what the ledger has of it.
        """
        for entry in self.known.like(line.movement):
            if id(entry) in self._taken:
                continue
            if source_of(entry) != statement.source:
                if _contradict(line, entry):
                    continue
                how = f"{source_of(entry)} has it"
            elif repeated.holds(line.movement[1]):
                how = "written anew"
            else:
                continue
            self._taken.add(id(entry))
            return Verdict(entry, how)
        return None

    def _doubtful(self, line: Line, statement: StatementLines, repeated: _Repeated) -> Verdict:
        """Return the verdict on what is new, or in doubt."""
        if statement.is_partial:
            return _NEW
        for entry in self.known.like(line.movement):
            if id(entry) not in self._taken and source_of(entry) != statement.source:
                self._taken.add(id(entry))
                return Verdict(how=f"another {_contradict(line, entry)}", doubt=entry)
        for entry in self._near(line):
            if (
                id(entry) not in self._taken
                and source_of(entry) != statement.source
                and repeated.holds(entry.date)
                and not _contradict(line, entry)
            ):
                self._taken.add(id(entry))
                return Verdict(how=f"on {entry.date}", doubt=entry)
        return _NEW

    def note(self, link: str, entry: data.Directive) -> None:
        """Remember an entry of the file, or what it repeats, for those that come after it."""
        self._found[link] = entry

    def missing(self, statement: StatementLines) -> list[data.Transaction]:
        """Return what the ledger has from this format, and the statement should hold but does not.

        Those are the days strictly within it: at its ends a day may have been cut.
        """
        if statement.is_partial or not statement.lines:
            return []
        days = [line.movement[1] for line in statement.lines]
        if max(days) - min(days) < _TWO_DAYS:
            return []
        return [
            entry
            for entry in self.known.between(statement.lines[0].movement[0], min(days), max(days))
            if id(entry) not in self._taken and source_of(entry) == statement.source
        ]


class _Repeated:
    """The days of a statement that it holds as the ledger has them, and perhaps more.

    Those strictly within it; those of which it has a movement that the ledger has from a statement
    of this format; all of them, where its end is known.
    """

    def __init__(self, statement: StatementLines, verdicts: Sequence[Verdict | None]) -> None:
        days = [line.movement[1] for line in statement.lines]
        self._first, self._last = min(days), max(days)
        self._is_partial = statement.is_partial
        self._is_known = statement.closes_known
        self._days = {
            day
            for day, verdict in zip(days, verdicts, strict=True)
            if verdict is not None and isinstance(verdict.known, data.Transaction)
        }

    def holds(self, day: datetime.date) -> bool:
        """Tell whether what the ledger has of a day must be in the statement."""
        if self._is_partial:
            return False
        within = self._first < day < self._last
        return within or day in self._days or (self._is_known and day <= self._last)


def _agree(line: Line, entry: data.Transaction, *, fewest: int) -> bool:
    """Tell whether a movement and an entry have an identifier in common."""
    theirs = {_key(entry.meta.get(name)) for name in ("end-to-end-id", "reference")}
    own = {_key(line.stated.end_to_end_id), _key(line.stated.reference)}
    return any(len(each) >= fewest and each.strip("0") for each in own & theirs)


def _contradict(line: Line, entry: data.Transaction) -> str:
    """Return what tells a movement and an entry apart; the empty text where nothing does.

    One format may cut an identifier that another has whole.
    """
    stated = line.stated
    for name, key, text in (
        ("end-to-end id", "end-to-end-id", stated.end_to_end_id),
        ("counterparty", "counterparty-iban", stated.counterparty_iban),
    ):
        own, theirs = _key(text), _key(entry.meta.get(key))
        if own and theirs and not (own.startswith(theirs) or theirs.startswith(own)):
            return name
    return ""


def _key(text: object) -> str:
    return identifier_key(text) if isinstance(text, str) else ""
