"""The receipts of a ledger that wait in suspense, with their candidates; and a person's choice."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.importers.entries.identity import BANK_LINK
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.matched import Waiting
from beancount_factoring.importers.matched import WaitingReceipts
from beancount_factoring.importers.matched import matcher_of
from beancount_factoring.matching.choosing import chosen
from beancount_factoring.matching.matcher import Matcher
from beancount_factoring.matching.receipt import Explanation


class Suspended(NamedTuple):
    """A receipt in suspense: its entry, why it waits, and what may be chosen for it.

    `is_sure` where the first candidate leaves no doubt: it would be matched at import today.
    """

    entry: data.Transaction
    waiting: Waiting
    reason: str
    candidates: tuple[Explanation, ...]
    is_sure: bool

    @property
    def name(self) -> str:
        """What names the receipt in a command: its bank link, or else its file's line."""
        links = sorted(link for link in self.entry.links if link.startswith(BANK_LINK))
        return links[0] if links else str(self.entry.meta["lineno"])


class Suspense:
    """The receipts of a ledger that wait, in the order of their dates."""

    def __init__(self, entries: Iterable[data.Directive], mapping: ImportMapping) -> None:
        """Read a ledger's entries, and match what waits to what is open."""
        waiting: list[tuple[data.Transaction, Waiting]] = []
        known: list[data.Directive] = []
        receipts = WaitingReceipts(mapping)
        for entry in entries:
            found = receipts.of(entry)
            if found is not None and isinstance(entry, data.Transaction):
                waiting.append((entry, found))
            else:
                known.append(entry)
        self._matcher: Matcher = matcher_of(mapping, known)
        self.receipts = tuple(self._suspended(entry, each) for entry, each in waiting)

    def _suspended(self, entry: data.Transaction, waiting: Waiting) -> Suspended:
        match = self._matcher.match(waiting.receipt)
        if match.found is not None:
            return Suspended(entry, waiting, match.found.how, (match.found,), is_sure=True)
        return Suspended(entry, waiting, match.reason, match.candidates, is_sure=False)

    def choose(self, suspended: Suspended, numbers: Sequence[str]) -> Explanation:
        """Return what a receipt settles if it pays these documents.

        Raises `ValueError`, with what to write instead, where that cannot be.
        """
        return chosen(self._matcher, suspended.waiting.receipt, numbers)

    def named(self, name: str) -> Suspended | None:
        """Return the receipt of a link, or of the only line with that number."""
        found = [each for each in self.receipts if name in {each.name, f"{_place(each)}"}]
        found = found or [e for e in self.receipts if name == str(e.entry.meta["lineno"])]
        return found[0] if len(found) == 1 else None


def _place(suspended: Suspended) -> str:
    meta = suspended.entry.meta
    return f"{meta['filename']}:{meta['lineno']}"
