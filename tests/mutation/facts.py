"""The facts of a ledger's text: directives, one by one, and what each says to the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

CLIENTS = "Assets:Clients"
BANKS = ("Assets:Bank:Shared", "Assets:Bank:Operating", "Assets:Bank:Other:Savings")
FACTOR = (
    "Assets:Factor:Current",
    "Liabilities:Factor:Collections",
    "Liabilities:Factor:Borrowing",
)
FUND = ("Assets:Factor:Guarantee", "Assets:Factor:GuaranteeFund")
TRANSIT = "Assets:Bank:Transit"

_DIRECTIVE = re.compile(r"^\d{4}-\d\d-\d\d .*\n?(?:[ \t]+\S.*\n?)*", re.MULTILINE)
_POSTING = re.compile(r"^[ \t]+([A-Z]\w+:\S+)[ \t]+(-?[\d.]+) [A-Z]{3}$", re.MULTILINE)
_EVENT = re.compile(r'^\S+ custom "factoring" "(\w+)"')
_NAMED = re.compile(r'^[ \t]+(?:invoice|credit-note): "([^"]+)"|\^(F\d+)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Posting:
    """A posting of a text: its account, its amount as written, and the line's place."""

    account: str
    amount: str
    start: int
    end: int

    @property
    def is_negative(self) -> bool:
        return self.amount.startswith("-")

    @property
    def is_customers(self) -> bool:
        return self.account.startswith(f"{CLIENTS}:")


@dataclass(frozen=True, slots=True)
class Fact:
    """A directive of one file's text: what it is, its text, and where that begins."""

    kind: str
    file: str
    start: int
    text: str

    @property
    def postings(self) -> list[Posting]:
        return [Posting(m[1], m[2], *m.span()) for m in _POSTING.finditer(self.text)]

    @property
    def numbers(self) -> list[str]:
        """The numbers that the fact gives to documents."""
        return [match[1] or match[2] for match in _NAMED.finditer(self.text)]


def facts_of(files: dict[str, str]) -> Iterator[Fact]:
    """Yield the facts of a ledger's files that say something to the contract."""
    for name, text in files.items():
        for match in _DIRECTIVE.finditer(text):
            kind = _kind(match[0])
            if kind is not None:
                yield Fact(kind, name, match.start(), match[0])


def _kind(text: str) -> str | None:
    if event := _EVENT.match(text):
        return event[1]
    if re.match(r"\S+ balance ", text):
        return "balance"
    if re.match(r"\S+ [*!] ", text):
        return _transaction(text)
    return None


def _transaction(text: str) -> str | None:
    """Say what a transaction is (interface.md, section 1), from its accounts and metadata."""
    postings = Fact("", "", 0, text).postings
    accounts = {posting.account for posting in postings}
    customers = [posting for posting in postings if posting.is_customers]
    has_bank = not accounts.isdisjoint(BANKS)
    if customers:
        return _customers(text, customers, has_bank=has_bank)
    if accounts & {*FUND}:
        return "posting on the fund"
    if accounts & {*FACTOR}:
        if not has_bank:
            return "posting on the factor's account"
        factor = next(posting for posting in postings if posting.account in FACTOR)
        return "draw by the bank" if factor.is_negative else "sweep by the bank"
    if has_bank and (TRANSIT in accounts or len(accounts & {*BANKS}) > 1):
        return "transfer"
    return None


def _customers(text: str, postings: list[Posting], *, has_bank: bool) -> str:
    debits = all(not posting.is_negative for posting in postings)
    if re.search(r'^\s+settles: "F', text, re.MULTILINE):
        if debits:
            return "bounce" if has_bank else "reduction taken back"
        return "receipt" if has_bank else "reduction"
    if re.search(r'^\s+settles: "A', text, re.MULTILINE):
        return "credit note used"
    if debits:
        named = re.search(r"^\s+invoice: |\^F", text, re.MULTILINE)
        return "invoice" if named else "debit without a number"
    if re.search(r"^\s+(credit-note|invoice): ", text, re.MULTILINE):
        return "credit note"
    return "receipt without a number" if has_bank else "credit without a number"
