"""Remittances of a closed period by their days: one more shifts the numbers of those after it.

A remittance that has the number of another day's one has not changed: it is compared with what the
same day has, whatever its number, so that only the document that came or went is named.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Final

from beancount_factoring.engine.changes import Share
from beancount_factoring.ledger import marks
from beancount_factoring.ledger.findings import Noted
from beancount_factoring.ledger.frozen import Frozen

_SUFFIX: Final = "/remittance"

_Day = tuple[str, datetime.date]


class RemittanceDays:
    """Which remittance a contract had on a day, and which one it has now."""

    def __init__(
        self, frozen: Frozen | None = None, noted: Mapping[str, Noted] | None = None
    ) -> None:
        """Take what is frozen, and the events as the ledger gives them, by identifier."""
        frozen = frozen or Frozen()
        self._now = {
            key: ((event.contract, event.day), event.shares)
            for key, event in (noted or {}).items()
            if key.endswith(_SUFFIX)
        }
        self._kept: dict[str, _Day] = {
            record.identifier: (record.contract, record.entry.date)
            for record in frozen.records
            if record.identifier.endswith(_SUFFIX)
        }
        for copy in frozen.copies:
            if copy.meta.get(marks.EVENT) == "remittance":
                contract = str(copy.meta.get(marks.CONTRACT))
                self._kept[str(copy.meta[marks.IDENTIFIER])] = contract, copy.date
        self._kept_on = {day: key for key, day in self._kept.items()}
        self._now_on = {day: key for key, (day, _shares) in self._now.items()}

    def is_kept(self, identifier: str) -> bool:
        """Tell whether a remittance, as it is now, is of a day that has one in what is frozen."""
        now = self._now.get(identifier)
        return now is not None and now[0] in self._kept_on

    def renumbered(self, identifier: str) -> str | None:
        """Return what a kept remittance that is no more is called now, by its day."""
        day = self._kept.get(identifier)
        if day is None or identifier in self._now:
            return None
        return self._now_on.get(day)

    def compared(self, identifier: str) -> tuple[Sequence[Share], bool] | None:
        """Return what the day of a kept remittance has now, and whether its number's day is new.

        `None` if it is to be compared by its number: its day is the same, or nothing stands on
        the other day.
        """
        day = self._kept.get(identifier)
        now = self._now.get(identifier)
        if day is None or (now is not None and now[0] == day):
            return None
        other = self._now_on.get(day)
        is_new = now is not None and now[0] not in self._kept_on
        if other is None and is_new:
            return None
        return (self._now[other][1] if other is not None else ()), is_new
