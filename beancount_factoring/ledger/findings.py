"""Differences from what is frozen, before they are told."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.engine.changes import Change
from beancount_factoring.engine.changes import Share
from beancount_factoring.engine.history import Cause
from beancount_factoring.ledger.frozen import Record


class Noted(NamedTuple):
    """An event that is compared: whose it is, when and why it happened, what it is made of."""

    contract: str
    day: datetime.date
    cause: Cause
    shares: tuple[Share, ...]


class Finding(NamedTuple):
    """One difference: what it says, before its reason and its remedy.

    `changed` are the event's own documents that differ. `record` is the event's record, if it has
    one, and `now` the event as the ledger gives it, if it is compared. `is_figure` and `is_text`
    are those of `Difference`; `is_frozen` says that something stands for the event, `is_gone` that
    nothing is generated for that now, `is_other` that a copy's own facts differ.
    """

    day: datetime.date
    contract: str
    identifier: str
    kind: str
    cause: Cause
    entry: data.Directive | None
    what: str
    changed: Sequence[Change]
    record: Record | None = None
    now: Noted | None = None
    is_frozen: bool = True
    is_figure: bool = True
    is_text: bool = False
    is_gone: bool = False
    is_other: bool = False

    @property
    def since(self) -> datetime.date:
        """The first day on which the books differ by it."""
        return min(self.day, self.now.day) if self.now is not None else self.day
