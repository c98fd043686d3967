"""What happened between firm and factor, and what contradicts the rules, in the order of days."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Problem


class Journal:
    """The events of a contract's books, each with a key of its own, and the problems found."""

    def __init__(
        self, contract: Contract, digits: int, record: Callable[[Event], None] | None = None
    ) -> None:
        """Start an empty journal of a contract whose currency has so many decimals.

        Events are kept in `events`, or handed to `record` one by one as they happen.
        """
        self.contract = contract
        self.digits = digits
        self.unit = 10**digits
        self.events: list[Event] = []
        self.record = record or self.events.append
        self.problems: list[Problem] = []
        self._prefix = f"{contract.name}/"
        self._keys: set[str] = set()

    def report(self, cause: Cause, message: str) -> None:
        """Keep a problem: what is wrong at a line, and what to write instead."""
        self.problems.append(Problem(cause, message))

    def term(self, key: str) -> Cause:
        """Return the line of a key of the contract file, as the cause of a figure."""
        return Cause(self.contract.filename, self.contract.line(key))

    def key(self, base: str) -> str:
        """Return a unique, stable identifier: the contract's name and what happens.

        Of several alike the second ends in `-2`; events are made in an order that only the
        ledger's content decides, so the same one always gets the same number.
        """
        if not base.startswith(self._prefix):
            base = self._prefix + base
        key, keys = base, self._keys
        if key in keys:
            count = 1
            # Not once only: a document's own number may end like a second one's.
            while key in keys:
                count += 1
                key = f"{base}-{count}"
        keys.add(key)
        return key

    def text(self, amount: int) -> str:
        """Write an amount as a user reads it: `1200.00 EUR`."""
        sign, whole = ("-" if amount < 0 else ""), abs(amount)
        decimals = f".{whole % self.unit:0{self.digits}d}" if self.digits else ""
        return f"{sign}{whole // self.unit}{decimals} {self.contract.currency}"


def links_of(parts: Sequence[Part]) -> frozenset[str]:
    """Return the links of the documents concerned."""
    if len(parts) == 1:
        return parts[0].document.links
    return frozenset().union(*[part.document.links for part in parts])
