"""What the ledger has of a factor from the bank's statement: draws, and what sweeps left over.

A draw booked in one entry from factor to bank was imported before the factor's own statement was:
what that statement shows of it is known. Later ones go through the transit account, where both
statements meet. What a sweep takes beyond the factor's documents the plugin credits to the current
account; the factor's line for it is known too.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Final

from beancount.core import data

from beancount_factoring.importers.entries.comparison import Line
from beancount_factoring.ledger.marks import EVENT
from beancount_factoring.ledger.marks import IDENTIFIER

# Factor and bank book one event within these days of each other.
_WITHIN: Final = datetime.timedelta(days=5)

_SWEEP: Final = "sweep"
_Place = tuple[str, Decimal]


class BankEntries:
    """The ledger's entries between factor and bank, each of which counts for one line."""

    def __init__(self, entries: Iterable[data.Directive], banks: Collection[str]) -> None:
        """Take a ledger's entries, after its plugins; they are searched when first asked for."""
        self._entries = entries
        self._banks = banks
        self._counted: dict[int, str] = {}

    def count(self, entry: data.Directive, link: str) -> None:
        """Let an entry count for the line of a link, and for no other one any more."""
        self._counted.setdefault(id(entry), link)

    def draw(self, line: Line) -> data.Transaction | None:
        """Return the draw nearest to a line's day that posts its amount on its account."""
        return self._nearest(self._found[0], line)

    def rest(self, line: Line) -> data.Transaction | None:
        """Return the sweep nearest to a line's day, on whose day its amount was left over."""
        return self._nearest(self._found[1], line)

    def _nearest(
        self, found: Mapping[_Place, list[data.Transaction]], line: Line
    ) -> data.Transaction | None:
        """Return the nearest entry that counts for no other line; `None` if none is near."""
        account, day, amount, _currency = line.movement
        near = [
            entry
            for entry in found.get((account, amount), ())
            if abs(entry.date - day) <= _WITHIN
            and self._counted.get(id(entry), line.link) == line.link
        ]
        nearest = min(near, key=lambda entry: abs(entry.date - day), default=None)
        if nearest is not None:
            self.count(nearest, line.link)
        return nearest

    @cached_property
    def _found(
        self,
    ) -> tuple[dict[_Place, list[data.Transaction]], dict[_Place, list[data.Transaction]]]:
        """The bank's entries by what they post on an account, and by what its day left there."""
        posted: defaultdict[_Place, list[data.Transaction]] = defaultdict(list)
        sweeps: dict[tuple[str, datetime.date], data.Transaction] = {}
        left: defaultdict[tuple[str, datetime.date], Decimal] = defaultdict(Decimal)
        for entry in self._entries:
            if not isinstance(entry, data.Transaction):
                continue
            is_generated = entry.meta.get(EVENT) == _SWEEP
            is_bank = IDENTIFIER not in entry.meta and any(
                posting.account in self._banks for posting in entry.postings
            )
            if not (is_generated or is_bank):
                continue
            for posting in entry.postings:
                number = None if posting.units is None else posting.units.number
                if number is None:
                    continue
                if is_bank:
                    posted[posting.account, number].append(entry)
                if is_generated or number > 0:
                    left[posting.account, entry.date] += number
                    sweeps.setdefault((posting.account, entry.date), entry)
        rests: defaultdict[_Place, list[data.Transaction]] = defaultdict(list)
        for (account, day), amount in left.items():
            rests[account, amount].append(sweeps[account, day])
        return posted, rests
