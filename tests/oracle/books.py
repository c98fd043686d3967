"""The factor's books (rules, 1): lists of movements and their sums; posting on accounts."""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from fractions import Fraction

from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Event
from tests.oracle.model import Txn
from tests.oracle.records import Contradiction
from tests.oracle.records import Holder
from tests.oracle.records import Invoice
from tests.oracle.records import Note
from tests.oracle.records import Receipt
from tests.oracle.records import Waiting

FACTOR_ACCOUNTS = ("current", "collections", "borrowing")


class Books:
    """The factor's books as lists of movements, and the balance of every account of the firm."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.derecognition = contract.treatment == "derecognition"
        self.today = Date.min
        self.balances: Counter[str] = Counter()
        self.invoices: dict[str, Invoice] = {}
        self.notes: dict[str, Note] = {}
        self.pool: defaultdict[str, list[int]] = defaultdict(list)
        self.waiting: list[Waiting] = []
        self.receipts: list[Receipt] = []
        self.events: list[Event] = []
        self.disputed: set[str] = set()
        self.current: list[int] = []
        self.draws: list[int] = []
        self.swept: list[int] = []
        self.losses: list[int] = []
        self.fees: list[tuple[Date, str, int, int]] = []
        self.others: list[int] = []
        self.loose: list[int] = []
        self.fund = 0
        self.carried = 0
        self.reserve = 0
        self.remittances = 0
        self.funding_dates: set[Date] = set()
        self.accrued = Fraction(0)
        self.closed: Date | None = None

    @property
    def holders(self) -> list[Holder]:
        return [*self.invoices.values(), *self.notes.values()]

    @property
    def F(self) -> int:  # noqa: N802
        return sum(sum(holder.line) for holder in self.holders)

    @property
    def K(self) -> int:  # noqa: N802
        return sum(sum(holder.in_hand) for holder in self.holders) + sum(self.loose)

    @property
    def N(self) -> int:  # noqa: N802
        return sum(holder.transit for holder in self.holders)

    @property
    def G(self) -> int:  # noqa: N802
        return self.fund + self.carried

    @property
    def U(self) -> int:  # noqa: N802
        return self.F - self.G - self.reserve - sum(self.current)

    def fees_of(self, *kinds: str) -> int:
        return sum(amount for _, kind, amount, _ in self.fees if kind in kinds)

    def awaited(self, debtor: str) -> int:
        """Return what waits, as a debtor's credit, for documents that are not dated yet."""
        return sum(waiting.amount for waiting in self.waiting if waiting.debtor == debtor)

    @property
    def vat(self) -> int:
        return sum(vat for *_, vat in self.fees)

    @property
    def active(self) -> bool:
        return self.today >= self.contract.start and self.closed is None

    def post(self, *postings: tuple[str, int]) -> None:
        if sum(amount for _, amount in postings):
            msg = f"unbalanced: {postings}"
            raise AssertionError(msg)
        for account, amount in postings:
            self.balances[account] += amount

    def customer(self, debtor: str) -> str:
        return f"receivables:{debtor}"

    @property
    def account(self) -> str:
        """Return the account that the factor's debits and credits go to."""
        return "current" if self.derecognition else "borrowing"

    @property
    def bank_accounts(self) -> tuple[str, ...]:
        return ("shared", "operating", "banks") if self.contract.banks else ("shared", "operating")

    def bank_of(self, txn: Txn) -> str | None:
        names = {name for name, _ in txn.others if name in self.bank_accounts}
        if len(names) > 1:
            msg = f"{txn.day}: two bank accounts"
            raise Contradiction(msg)
        return names.pop() if names else None

    def is_bank_entry(self, txn: Txn) -> bool:
        return (
            self.contract.source == "statement"
            and txn.on(*FACTOR_ACCOUNTS) != 0
            and self.bank_of(txn) is not None
        )

    def write(self, txn: Txn) -> None:
        if txn.total:
            msg = f"{txn.day}: the entry does not balance"
            raise AssertionError(msg)
        for line in txn.lines:
            self.balances[self.customer(line.debtor)] += line.amount
        for account, amount in txn.others:
            self.balances[account] += amount
        # Before the start a bank's entry is one more posting that counts as it stands.
        if self.closed is None and not (self.active and self.is_bank_entry(txn)):
            other = txn.on("current") if self.derecognition else txn.on("borrowing")
            self.current.append(other)
            self.others.append(other)
            if self.derecognition:
                fund = txn.on("guarantee")
                self.carried += fund
                self.others.append(fund)
                self.loose.append(-txn.on("collections"))
