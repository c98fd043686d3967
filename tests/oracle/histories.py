"""Random histories: weekly cycles of a firm under a contract, from a seed.

Each day is made from what the second implementation shows of the day before, so that a history
stays within the rules: nothing is settled that does not exist, no draw exceeds what is available.
"""

from __future__ import annotations

import datetime
import random
from dataclasses import replace
from typing import Any

from tests.oracle import days
from tests.oracle.contracts import straight_contract
from tests.oracle.contracts import whole_contract
from tests.oracle.corners import Corners
from tests.oracle.model import Case
from tests.oracle.model import Date
from tests.oracle.model import Event
from tests.oracle.model import Txn
from tests.oracle.story import CHANCES
from tests.oracle.story import STRAIGHT


class History(Corners):
    """One history, told from day to day."""

    def tell(self, last: Date, close: Date | None) -> Case:
        before = self.rng.choice([0, 0, 10, 45])
        self.last = last
        self.day = self.contract.start - datetime.timedelta(days=before)
        if self.contract.index:
            self.directives.append(self.index(self.day))
        while self.day <= last:
            self.live(closing=self.day == close)
            self.reference.step(self.day, self.today, self.directives)
            self.txns += self.today
            self.known |= {line.debtor for txn in self.today for line in txn.lines}
            self.events += self.directives
            self.today, self.directives = [], []
            self.touched.clear()
            self.day += days.ONE
        if self.rng.random() < 0.5:
            self.txns.append(Txn(last, others=(("sales", self.unit), ("fees", -self.unit))))
        if self.rng.random() < 0.3:
            # Each on a day of its own: two values for one day are an error.
            for place, event in enumerate(self.moveless()):
                self.events.append(replace(event, day=last + days.ONE * (90 + place)))
        return Case(self.contract, tuple(self.txns), tuple(self.events))

    def moveless(self) -> list[Event]:
        """Return events of the history that do not move the horizon."""
        return [event for event in self.events if event.kind in {"index", "limit"}][-3:]

    def live(self, *, closing: bool) -> None:
        self.today += self.planned.pop(self.day, [])
        self.documents()
        if self.reference.active or self.day == self.contract.start:
            self.declarations(closing=closing)
        self.customers()
        if not closing:
            self.corners()
        if self.contract.source == "statement" and self.day >= self.contract.start:
            self.bank()
        if self.reference.active and not closing:
            self.drawing()


def straight(seed: int) -> Case:
    """Tell a history of the straight road: a few months of invoices paid in full."""
    rng = random.Random(f"straight {seed}")
    contract = straight_contract(rng)
    last = contract.start + datetime.timedelta(days=rng.randrange(40, 200))
    return History(rng, contract, STRAIGHT).tell(last, None)


def whole(seed: int, **terms: Any) -> Case:
    """Tell a history of everything: some months to two years, each fourth with rare corners.

    `terms` replace those that are drawn.
    """
    rng = random.Random(f"whole {seed}")
    contract = replace(whole_contract(rng), **terms)
    length = 730 if seed % 10 == 9 else rng.randrange(40, 250)
    features = frozenset(name for name in CHANCES if rng.random() < 0.7)
    last = contract.start + datetime.timedelta(days=length)
    close = last - datetime.timedelta(days=rng.randrange(40)) if rng.random() < 0.4 else None
    history = History(rng, contract, features | STRAIGHT)
    history.odd = random.Random(f"corners {seed}") if seed % 4 == 2 else None
    return history.tell(last, close)
