"""The twelve invariants of rules.md, section 5, on a ledger as the package books it."""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from fractions import Fraction
from typing import Any

from beancount.core import data

from beancount_factoring.engine.books import FactorBooks
from beancount_factoring.ledger.books import contract_books_of
from tests.invariants.contract_audit import ContractAudit
from tests.invariants.ledger import House
from tests.invariants.ledger import Ledger
from tests.oracle import days
from tests.oracle.compare import Loaded
from tests.oracle.compare import generated
from tests.oracle.model import DIGITS
from tests.oracle.model import Date
from tests.oracle.model import Txn

CONTRACT_FILE = "contracts.yaml"
# Every so many days each document and each account is compared, moved or not.
WHOLE = 28


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold: its number, the day, the contract, and how."""

    number: int
    day: Date
    contract: str
    how: str

    def __str__(self) -> str:
        return f"{self.day} {self.contract}: invariant {self.number}: {self.how}"


Seen = set[tuple[str, str, str]]


@dataclass
class Found:
    """What an audit found: what is broken, and what happened to whom."""

    broken: list[Broken] = field(default_factory=list)
    seen: Seen = field(default_factory=set)


def audit(ledger: Ledger, loaded: Loaded) -> Found:
    """Check invariants 1 to 10 on every day of a loaded ledger."""
    found = Found()
    found.broken += balance_each(ledger, loaded)
    books = {
        each.contract.name: each
        for each in contract_books_of(loaded.entries, loaded.options, CONTRACT_FILE)
    }
    audits = [HouseAudit(ledger, house, books, loaded, found) for house in ledger.houses]
    balances: Counter[tuple[str, str]] = Counter()
    moves = movements(loaded)
    day = min(*moves, *(case.contract.start for case in ledger.cases))
    if len(ledger.houses) > 1:
        found.seen.add(("contracts beside each other", "", ""))
    while day <= ledger.horizon:
        for key, amount in moves[day].items():
            balances[key] += amount
        whole = (ledger.horizon - day).days % WHOLE == 0
        for each in audits:
            each.step(day, balances, {account for account, _ in moves[day]}, whole=whole)
        factor_accounts(day, audits, balances)
        if len(found.broken) > 20:
            break
        day += days.ONE
    return found


def balance_each(ledger: Ledger, loaded: Loaded) -> Iterator[Broken]:
    """Check that each generated transaction balances and has an identity of its own."""
    identities: Counter[str] = Counter()
    currencies = {case.contract.name: case.contract.currency for case in ledger.cases}
    for entry in generated(loaded):
        name = entry.meta["factoring"]
        identities[entry.meta["factoring-id"]] += 1
        total = sum(posting.units.number for posting in entry.postings)
        if total:
            yield Broken(1, entry.date, name, f"{entry.narration} is out of balance by {total}")
        for posting in entry.postings:
            units = posting.units
            exact = units.number.scaleb(DIGITS[units.currency])
            if units.currency != currencies[name] or exact != int(exact):
                yield Broken(1, entry.date, name, f"{entry.narration}: {units}")
    for name, count in identities.items():
        if count > 1:
            yield Broken(10, ledger.horizon, name, f"booked {count} times")


def movements(loaded: Loaded) -> defaultdict[Date, Counter[tuple[str, str]]]:
    """Return what moved on each day per account and currency, in minor units."""
    moved: defaultdict[Date, Counter[tuple[str, str]]] = defaultdict(Counter)
    for entry in loaded.entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                units: Any = posting.units
                amount = int(units.number.scaleb(DIGITS[units.currency]))
                moved[entry.date][posting.account, units.currency] += amount
    return moved


class HouseAudit:
    """Contracts in turn on one root of customers, with the balances of their accounts."""

    def __init__(
        self, ledger: Ledger, house: House, books: dict[str, Any], loaded: Loaded, found: Found
    ) -> None:
        self.house = house
        self.found = found
        self.day = Date.min
        self.books = books
        self.audits: list[ContractAudit] = []
        self.waiting = list(house.cases)
        self.txns: defaultdict[Date, list[Txn]] = defaultdict(list)
        self.owner: dict[int, int] = {}
        for place, case in enumerate(house.cases):
            for txn in case.txns:
                self.txns[txn.day].append(txn)
                self.owner[id(txn)] = place
        self.debtors = sorted({debtor for case in house.cases for debtor in case.debtors})
        self.cash: Counter[tuple[str, str]] = Counter()

    def saw(self, kind: str, debtor: str, number: str) -> None:
        self.found.seen.add((kind, debtor, number))

    def tell(self, place: int, number: int, how: str) -> None:
        name = self.house.cases[place].contract.name
        self.found.broken.append(Broken(number, self.day, name, how))

    def step(
        self,
        day: Date,
        balances: Counter[tuple[str, str]],
        moved: set[str],
        *,
        whole: bool,
    ) -> None:
        """Bring all contracts to the end of a day, and compare the accounts."""
        self.day = day
        self._begin()
        if len(self.audits) > 1:
            begun = [each for each in self.audits if each.contract.start <= day]
            for each in self.audits:
                each.is_its_turn = each is begun[-1]
        for audit_of, case in zip(self.audits, self.house.cases, strict=False):
            audit_of.step(day, self._seen_by(case, day))
            for account, amount in audit_of.cash.items():
                self.cash[case.contract.accounts[account], case.contract.currency] += amount
        for txn in self.txns[day]:
            accounts = self.house.cases[self.owner[id(txn)]].contract.accounts
            currency = self.house.cases[0].contract.currency
            for account, amount in txn.others:
                self.cash[accounts[account], currency] += amount
        for audit_of in self.audits:
            audit_of.documents(None if whole else self._named(day) | audit_of.named)
            audit_of.swept_once()
        self._customers(balances, moved, whole=whole)
        self._banks(balances)

    def _begin(self) -> None:
        """Begin the audit of the first contract at once, and of each other one at its start."""
        while self.waiting and (not self.audits or self.waiting[0].contract.start <= self.day):
            case = self.waiting.pop(0)
            place = len(self.audits)
            if place:
                running_off = self.audits[-1].closed is None
                kind = "contract running off" if running_off else "contracts in turn"
                self.saw(kind, "", "")
            run = self.books[case.contract.name]
            started = ContractAudit(
                case,
                FactorBooks(run.contract, run.history),
                [before.custody for before in self.audits],
                self._fixings(case.contract.index),
                self.saw,
                lambda number, how, place=place: self.tell(place, number, how),  # type: ignore[misc]
            )
            self.audits.append(started)
            started.is_its_turn = not place
            self._catch_up(started, place)

    def _fixings(self, index: str | None) -> list[tuple[Date, Fraction]]:
        return [
            (event.day, Fraction(event.rate) / 100)
            for case in self.house.cases
            for event in case.events
            if event.kind == "index" and event.what == index
        ]

    def _catch_up(self, started: ContractAudit, place: int) -> None:
        """Let a later contract see what its customers did before."""
        case = self.house.cases[place]
        for before in sorted(day for day in self.txns if day < self.day):
            started.step(before, self._seen_by(case, before))

    def _seen_by(self, case: Any, day: Date) -> list[Txn]:
        """Return a day's entries with the accounts' names as a contract knows them."""
        return [self._as_seen(txn, case) for txn in self.txns[day]]

    def _as_seen(self, txn: Txn, case: Any) -> Txn:
        own = case.contract.accounts
        theirs = self.house.cases[self.owner[id(txn)]].contract.accounts
        if own == theirs:
            return txn
        others = tuple(
            (short if own[short] == theirs[short] else f"another {short}", amount)
            for short, amount in txn.others
        )
        return replace(txn, others=others)

    def _named(self, day: Date) -> set[str]:
        numbers = (
            number
            for txn in self.txns[day]
            for line in txn.lines
            for number in (line.invoice, line.credit_note, line.credits, line.settles)
        )
        return {number for number in numbers if number}

    def _customers(
        self, balances: Counter[tuple[str, str]], moved: set[str], *, whole: bool
    ) -> None:
        """Compare the customers' accounts (invariant 3)."""
        contract = self.house.cases[0].contract
        root = contract.accounts["receivables"]
        for debtor in self.debtors:
            account = f"{root}:{debtor}"
            if not whole and account not in moved:
                continue
            wanted = self.audits[0].book.debt(debtor)
            wanted += sum(each.custody.account_effect(debtor) for each in self.audits)
            shown = balances[account, contract.currency]
            if shown != wanted:
                self.tell(len(self.audits) - 1, 3, f"{account} is {shown}, not {wanted}")

    def _banks(self, balances: Counter[tuple[str, str]]) -> None:
        """Compare the firm's bank accounts (invariant 7)."""
        for case in self.house.cases:
            contract = case.contract
            for short in ("shared", "banks"):
                key = contract.accounts[short], contract.currency
                if balances[key] != self.cash[key]:
                    self.tell(0, 7, f"{key[0]} is {balances[key]}, not {self.cash[key]}")


def factor_accounts(
    day: Date, audits: list[HouseAudit], balances: Counter[tuple[str, str]]
) -> None:
    """Compare C, G, K and R with their accounts (invariant 8), and what several contracts share."""
    wanted: Counter[tuple[str, str]] = Counter()
    for house in audits:
        for each in house.audits:
            contract = each.contract
            if day < contract.start:
                continue
            position = each.books.position(day)
            if contract.treatment == "derecognition":
                held = {
                    "current": position.current_account,
                    "guarantee": position.guarantee_fund,
                    "collections": -position.collections_in_hand,
                    "reserve": position.reserve,
                }
            else:
                held = {"borrowing": -position.funds_in_use}
            for short, amount in held.items():
                wanted[contract.accounts[short], contract.currency] += amount
    for house in audits:
        for case in house.house.cases:
            for short in ("current", "guarantee", "collections", "reserve", "borrowing"):
                key = case.contract.accounts[short], case.contract.currency
                if balances[key] != wanted[key]:
                    house.tell(0, 8, f"{key[0]} is {balances[key]}, not {wanted[key]}")
