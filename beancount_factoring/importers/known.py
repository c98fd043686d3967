"""What the ledger holds already: each document and each bank movement is booked once.

Generated transactions say what a contract makes of the documents; they never stand for a bank's
line or a document, and are left aside.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Final

from beancount.core import data

from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.identity import BANK_LINK
from beancount_factoring.importers.identity import DOCUMENT_LINKS
from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.ledger.notes import directive_of

SOURCE: Final = "source"
"""The metadata key of the format that a bank movement was imported from."""

STATED_LINES: Final = "lines"
"""The metadata key of the lines' links that a factor's own figure is made of."""

_FIGURES: Final = ("number", "assigned", "commission", "vat", "guarantee")

Movement = tuple[str, datetime.date, Decimal, str]
"""Account, date, amount and currency: what one movement has in every format."""


Imported = data.Transaction | data.Balance | data.Custom
"""What a statement gives: movements, balances, and a factor's own figures."""


def lines_of(entry: data.Custom) -> list[str]:
    """Return the links of the lines that a directive of a factor's own figure is made of."""
    lines = entry.meta.get(STATED_LINES)
    return lines.split() if isinstance(lines, str) else []


def _figures_key(entry: data.Custom) -> str:
    """Return what the figures of one event have in every format: day, words, amounts."""
    values = [str(value.value) for value in entry.values or ()]
    stated = [f"{key}={entry.meta[key]}" for key in _FIGURES if key in entry.meta]
    return "|".join((str(entry.date), *values, *stated))


class KnownEntries:
    """The imported entries of a ledger, by what tells them again."""

    def __init__(self, entries: Iterable[data.Directive] = ()) -> None:
        """Take in a ledger's entries; those of the run are told by `add`."""
        self._by_link: dict[str, data.Transaction] = {}
        self._by_number: dict[str, data.Transaction] = {}
        self._by_source: dict[str, _Movements] = {}
        self._balances: dict[Movement, data.Balance] = {}
        self._stated: dict[str, data.Custom] = {}
        self._figures: dict[str, list[data.Custom]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: data.Directive) -> None:
        """Take in one more entry, whoever wrote it."""
        if isinstance(entry, data.Note):
            entry = directive_of(entry) or entry
        if isinstance(entry, data.Balance | data.Custom):
            self.add_movement(entry)
        elif isinstance(entry, data.Transaction) and IDENTIFIER not in entry.meta:
            for link in entry.links:
                if link.startswith(BANK_LINK):
                    self.add_movement(entry)
                elif link.startswith(DOCUMENT_LINKS):
                    self._by_link[link] = entry
            self._add_numbers(entry)

    def add_movement(self, entry: Imported) -> None:
        """Take in a bank movement, by its link and by its accounts, or a balance, or a figure."""
        if isinstance(entry, data.Custom):
            links = lines_of(entry)
            self._stated.update(dict.fromkeys(links, entry))
            if links:
                self._figures.setdefault(_figures_key(entry), []).append(entry)
            return
        if isinstance(entry, data.Balance):
            self._balances[_balance_key(entry)] = entry
            return
        for link in entry.links:
            self._by_link[link] = entry
        source = entry.meta.get(SOURCE)
        if isinstance(source, str):
            movements = self._by_source.get(source)
            if movements is None:
                movements = self._by_source[source] = _Movements()
            movements.add(entry)

    def linked(self, link: str) -> data.Transaction | None:
        """Return the ledger's entry of a link, if it has one."""
        return self._by_link.get(link)

    def stated(self, link: str) -> data.Custom | None:
        """Return the ledger's directive that holds a line of a factor's statement."""
        return self._stated.get(link)

    def same_figures(self, entry: data.Custom) -> list[data.Custom]:
        """Return the ledger's directives with an entry's figures, from other formats than its."""
        found = self._figures.get(_figures_key(entry), ())
        return [other for other in found if other.meta.get(SOURCE) != entry.meta.get(SOURCE)]

    def numbered(self, number: str) -> data.Transaction | None:
        """Return the ledger's document of a number, if it has one."""
        return self._by_number.get(number)

    def balance(self, entry: data.Balance) -> data.Balance | None:
        """Return the ledger's equal balance directive, if it has one."""
        return self._balances.get(_balance_key(entry))

    def from_other_formats(self, movement: Movement, source: str) -> list[data.Transaction]:
        """Return the ledger's movements like one, from the other format that has most of them."""
        others = [found for other, found in self._by_source.items() if other != source]
        return max((found.like(movement) for found in others), key=len) if others else []

    def _add_numbers(self, entry: data.Transaction) -> None:
        """Note the numbers that a transaction gives to documents."""
        for meta in (entry.meta, *(posting.meta for posting in entry.postings)):
            if meta:
                for key in ("invoice", "credit-note"):
                    number = meta.get(key)
                    if isinstance(number, str):
                        self._by_number.setdefault(number, entry)


class _Movements:
    """The movements of one format; they are indexed when another format's is compared with them."""

    def __init__(self) -> None:
        self._index: dict[Movement, list[data.Transaction]] = {}
        self._not_indexed: list[data.Transaction] = []

    def add(self, entry: data.Transaction) -> None:
        """Take in one more, by its accounts."""
        self._not_indexed.append(entry)

    def like(self, movement: Movement) -> list[data.Transaction]:
        """Return those of an account, day and amount."""
        for entry in self._not_indexed:
            for posting in entry.postings:
                units = posting.units
                if units is not None and units.number is not None:
                    key = (posting.account, entry.date, units.number, units.currency)
                    self._index.setdefault(key, []).append(entry)
        self._not_indexed.clear()
        return self._index.get(movement, [])


class StatementComparison:
    """The comparison of one file's entries with the ledger; each movement there counts once.

    The same movement in the same format has the same link. Another format writes its text
    differently: there, as many movements of an account, day and amount are known as the ledger
    has from one other format. A file that holds a statement twice has its entries once.
    """

    def __init__(self, known: KnownEntries) -> None:
        """Compare with the entries known now; what is added later is not seen."""
        self._known = known
        self._taken: dict[Movement, int] = {}
        self._taken_figures: dict[str, int] = {}
        self._found: dict[str | Movement, data.Directive] = {}

    def movement(self, link: str, movement: Movement, source: str) -> data.Directive | None:
        """Return the entry, in the ledger or earlier in the file, that a movement repeats."""
        known = self._found.get(link) or self._known.linked(link)
        if known is not None:
            return known
        candidates = self._known.from_other_formats(movement, source)
        if not candidates:
            return None
        taken = self._taken.get(movement, 0)
        if taken >= len(candidates):
            return None
        self._taken[movement] = taken + 1
        return candidates[taken]

    def balance(self, entry: data.Balance) -> data.Directive | None:
        """Return the equal balance, in the ledger or earlier in the file."""
        key = _balance_key(entry)
        return self._found.get(key) or self._known.balance(entry)

    def stated(self, entry: data.Custom) -> data.Directive | None:
        """Return the directive, in the ledger or earlier in the file, that has an entry's lines.

        Another format writes the lines differently: there the figures are compared.
        """
        for link in lines_of(entry):
            known = self._of_line(link)
            if known is not None:
                return known
        others = self._known.same_figures(entry)
        key = _figures_key(entry)
        taken = self._taken_figures.get(key, 0)
        if taken >= len(others):
            return None
        self._taken_figures[key] = taken + 1
        return others[taken]

    def check_whole(self, position: int, links: Collection[str]) -> None:
        """Refuse a file that has an event of the ledger with other lines: it was corrected.

        `position` is that of the event's first line in the file.
        """
        found = {link: self._known.stated(link) for link in links}
        directives = [directive for directive in found.values() if directive is not None]
        for directive in directives:
            if set(lines_of(directive)) != set(links):
                place = f"{Path(directive.meta['filename']).name}, line {directive.meta['lineno']}"
                raise DocumentRefusedError(
                    f"line {position}: has other lines for what the ledger has of {directive.date}"
                    f" ({place}): remove that directive, if the factor has corrected its statement"
                )

    def _of_line(self, link: str) -> data.Directive | None:
        return self._found.get(link) or self._known.stated(link)

    def note(self, entry: Imported, known: data.Directive | None) -> None:
        """Remember an entry of the file, or what it repeats, for those that come after it."""
        found = entry if known is None else known
        if isinstance(entry, data.Balance):
            self._found[_balance_key(entry)] = found
        elif isinstance(entry, data.Custom):
            self._found.update(dict.fromkeys(lines_of(entry), found))
        else:
            for link in entry.links:
                self._found[link] = found

    def find(self, entry: data.Directive) -> data.Directive | None:
        """Return the entry that an extracted one repeats, and remember it."""
        known = None
        if isinstance(entry, data.Balance):
            known = self.balance(entry)
            self.note(entry, known)
        elif isinstance(entry, data.Note):
            directive = directive_of(entry)
            known = None if directive is None else self.find(directive)
        elif isinstance(entry, data.Custom):
            known = self.stated(entry)
            self.note(entry, known)
        elif isinstance(entry, data.Transaction):
            account, units = entry.postings[0].account, entry.postings[0].units
            if units is not None and units.number is not None:
                movement = (account, entry.date, units.number, units.currency)
                source = str(entry.meta.get(SOURCE))
                known = self.movement(next(iter(entry.links), ""), movement, source)
                self.note(entry, known)
        return known


def _balance_key(entry: data.Balance) -> Movement:
    """Return what makes two balance directives the same."""
    return entry.account, entry.date, entry.amount.number or Decimal(0), entry.amount.currency
