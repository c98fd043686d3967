"""What an audit carries of one contract, from the rules and the ledger's text."""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Sequence
from fractions import Fraction

from beancount_factoring.engine import events as made
from beancount_factoring.engine.books import FactorBooks
from beancount_factoring.engine.history import FactorEntry
from tests.invariants.custody import Custody
from tests.invariants.fees import Fees
from tests.invariants.fees import Fund
from tests.invariants.subledger import Saw
from tests.invariants.subledger import Subledger
from tests.oracle.model import Case
from tests.oracle.model import Date
from tests.oracle.model import Event

Tell = Callable[[int, str], None]


class Figures:
    """The rules' figures of a contract, and the package's books beside them.

    `tell` is told the number of an invariant and how it is broken.
    """

    def __init__(
        self,
        case: Case,
        books: FactorBooks,
        before: list[Custody],
        fixings: list[tuple[Date, Fraction]],
        saw: Saw,
        tell: Tell,
    ) -> None:
        self.contract = contract = case.contract
        self.books = books
        self.tell = tell
        self._saw = saw
        # Whether what happens is this contract's, and not that of another one in its turn.
        self.is_its_turn = True
        banks = ("shared", "operating", "banks") if contract.banks else ("shared", "operating")
        self.book = Subledger(banks, self.saw)
        self.custody = Custody(contract, self.book, self.saw, before)
        self.fees = Fees(contract, fixings)
        self.fund = Fund(contract)
        self.events: defaultdict[Date, list[Event]] = defaultdict(list)
        for event in case.events:
            self.events[event.day].append(event)
        self.entries: defaultdict[Date, list[FactorEntry]] = defaultdict(list)
        for entry in books.history.factor_entries:
            self.entries[entry.date].append(entry)
        self.accounts = {name: short for short, name in contract.accounts.items()}
        self.shown = 0
        self.remittances: Counter[int] = Counter()
        self.numbers: set[str] = set()
        # C, what is carried of G, and the sums of the second formula of U.
        self.current = self.carried = self.reserve = 0
        self.loose = self.drawn = self.swept = self.others = 0
        self.funding_days: set[Date] = set()
        # What the generated entries move on the firm's bank accounts.
        self.cash: Counter[str] = Counter()

    def saw(self, kind: str, debtor: str, number: str) -> None:
        """Count that something happened, to a debtor or a document."""
        if self.is_its_turn:
            self._saw(kind, debtor, number)

    @property
    def closed(self) -> Date | None:
        return self.custody.closed

    @property
    def funds_in_use(self) -> int:
        return self.custody.F - self.fund.computed - self.carried - self.reserve - self.current


def total(parts: Sequence[made.Part]) -> int:
    return sum(part.amount for part in parts)


def parts_of(event: made.Event) -> tuple[made.Part, ...]:
    return tuple(getattr(event, "parts", ())) + tuple(getattr(event, "recovered", ()))
