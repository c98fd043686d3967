"""CAMT.053, the bank-to-customer statement of ISO 20022, in all its versions.

Elements are found by their names without namespace: what differs between the versions is where
some values stand, and each of the places is looked at.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import BinaryIO

from beancount_factoring.importers.camt_entries import Entry
from beancount_factoring.importers.camt_entries import EntryReader
from beancount_factoring.importers.camt_values import Money
from beancount_factoring.importers.camt_values import day
from beancount_factoring.importers.camt_values import identifier
from beancount_factoring.importers.camt_values import money
from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.documents import Statement
from beancount_factoring.importers.documents import StatementLine
from beancount_factoring.importers.statements import check_size
from beancount_factoring.importers.statements import head
from beancount_factoring.importers.statements import proven
from beancount_factoring.importers.statements import shown
from beancount_factoring.importers.xml_leaves import Leaves
from beancount_factoring.importers.xml_parts import parts

LARGEST_FILE = 1 << 28

# The message by the element below `Document`, and what such a message repeats.
_OTHER_MESSAGES = {
    "BkToCstmrAcctRpt/Rpt": "camt.052 account report",
    "BkToCstmrDbtCdtNtfctn/Ntfctn": "camt.054 notification",
}
_STATEMENT = "BkToCstmrStmt/Stmt"
_ACCOUNT = "Stmt/Acct"
_BALANCE = "Stmt/Bal"
_ENTRY = "Stmt/Ntry"
_DETAIL = "Ntry/NtryDtls/TxDtls"
_IDENTIFIERS = ("Id/IBAN", "Id/Othr/Id")

# Balance types, the best first. Where a statement is cut into pages, interim balances (ITBD)
# stand at the cuts.
_OPENING_TYPES = ("OPBD", "PRCD", "ITBD")
_CLOSING_TYPES = ("CLBD", "ITBD")


def looks_like_camt053(path: Path) -> bool:
    """Tell from its head whether a file is a camt message; never raises.

    A camt.052 or .054 looks like one too: `read_camt053` says why it is refused.
    """
    beginning = head(path, 4096).replace(b"\0", b"")
    messages = (path.partition("/")[0].encode() for path in (_STATEMENT, *_OTHER_MESSAGES))
    return any(message in beginning for message in messages)


def read_camt053(path: Path) -> tuple[Statement, ...]:
    """Return the statements of a CAMT.053 file in their order.

    Raises `DocumentRefusedError` for the whole file if any of it cannot be read right: XML that is
    not well-formed or has a DTD, another message, an amount, date or side in doubt, a currency
    that is not the account's, lines that do not lead from the opening to the closing balance.
    """
    check_size(path, LARGEST_FILE)
    try:
        with path.open("rb") as file:
            statements = tuple(_statements(file))
    except OSError as error:
        raise DocumentRefusedError(f"cannot be opened: {error}") from error
    if not statements:
        raise DocumentRefusedError("holds no statement (BkToCstmrStmt/Stmt)")
    return statements


def _statements(file: BinaryIO) -> Iterator[Statement]:
    reading = _Reading()
    details: list[Leaves] = []
    paths = (_DETAIL, _ENTRY, _BALANCE, _ACCOUNT, _STATEMENT, *_OTHER_MESSAGES)
    for part in parts(file, paths, records=_ENTRY):
        if part.path == _DETAIL:
            details.append(part.leaves)
        elif part.path == _ENTRY:
            reading.add_entry(Entry(part.leaves, details, part.line))
            details = []
        elif part.path == _BALANCE:
            reading.balances.append(part.leaves)
        elif part.path == _ACCOUNT:
            reading.account = part.leaves
        elif part.path == _STATEMENT:
            yield reading.statement(part.leaves, part.line)
            reading = _Reading()
        else:
            raise DocumentRefusedError(
                f"is a {_OTHER_MESSAGES[part.path]}, which is not read; "
                "a camt.053 statement was expected"
            )


@dataclass(frozen=True, slots=True)
class _Balance:
    """A balance of a statement: its type (`OPBD`, `CLBD` …), its day, its amount."""

    kind: str
    date: datetime.date
    money: Money


@dataclass(slots=True)
class _Reading:
    """A statement that is being read."""

    account: Leaves = field(default_factory=Leaves)
    balances: list[Leaves] = field(default_factory=list)
    lines: list[StatementLine] = field(default_factory=list)
    currencies: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    reader: EntryReader | None = None

    def add_entry(self, entry: Entry) -> None:
        """Add an entry's lines; the account stands before the entries in every version."""
        if self.reader is None:
            self.reader = EntryReader(identifier(self.account, *_IDENTIFIERS))
        self.entries += 1
        for line, currency in self.reader.lines(entry):
            self.lines.append(line)
            self.currencies.setdefault(currency, line.position)

    def statement(self, leaves: Leaves, position: int) -> Statement:
        """Return the statement, proven by its balances, when all of it has been read."""
        number = leaves.get("Id")
        try:
            statement = self._statement(leaves, number, position)
        except DocumentRefusedError as refusal:
            called = f"statement {number}" if number else "statement"
            raise DocumentRefusedError(f"line {position}: {called}: {refusal}") from refusal
        return proven(statement)

    def _statement(self, leaves: Leaves, number: str | None, position: int) -> Statement:
        account = identifier(self.account, *_IDENTIFIERS)
        if account is None:
            raise DocumentRefusedError("names no account (Acct/Id)")
        opening, closing = _ends([_balance(each) for each in self.balances])
        if opening is None or closing is None:
            self._check_count(leaves.get("TxsSummry/TtlNtries/NbOfNtries"))
        return Statement(
            account=account,
            currency=self._currency(opening, closing),
            number=number,
            opening=opening.money.amount if opening else None,
            opening_date=opening.date if opening else None,
            closing=closing.money.amount if closing else None,
            closing_date=closing.date if closing else None,
            lines=tuple(self.lines),
            position=position,
        )

    def _currency(self, opening: _Balance | None, closing: _Balance | None) -> str:
        """Return the one currency of account, balances and entries; refuse two."""
        stated = self.account.get("Ccy")
        found = {"account": stated} if stated else {}
        for balance in (opening, closing):
            if balance:
                found[f"balance {balance.kind}"] = balance.money.currency
        for currency, line in self.currencies.items():
            found[f"entry of line {line}"] = currency
        if len(set(found.values())) > 1:
            listed = ", ".join(f"{what} {shown(currency)}" for what, currency in found.items())
            raise DocumentRefusedError(f"is in more than one currency: {listed}")
        if not found:
            raise DocumentRefusedError("names no currency")
        return next(iter(found.values()))

    def _check_count(self, announced: str | None) -> None:
        """Refuse a statement without both balances that announces another number of entries."""
        if announced and announced.lstrip("0") != str(self.entries or ""):
            raise DocumentRefusedError(
                f"announces {shown(announced)} entries (TxsSummry) and holds {self.entries}; "
                "it lacks a balance that would prove them"
            )


def _balance(leaves: Leaves) -> _Balance | None:
    """Return a balance; `None` if it is of a type that does not count (available, forward …)."""
    kind = leaves.get("Tp/CdOrPrtry/Cd", "")
    if kind not in {*_OPENING_TYPES, *_CLOSING_TYPES}:
        return None
    date = day(leaves, "Dt/Dt", "Dt/DtTm")
    if date is None:
        raise DocumentRefusedError(f"balance {kind} has no date")
    return _Balance(kind, date, money(leaves))


def _ends(balances: list[_Balance | None]) -> tuple[_Balance | None, _Balance | None]:
    """Return the opening and the closing balance: of several of a type the outermost."""
    opening = closing = None
    for kind in reversed(_OPENING_TYPES):
        of_kind = [balance for balance in balances if balance and balance.kind == kind]
        opening = min(of_kind, key=lambda balance: balance.date, default=opening)
    for kind in reversed(_CLOSING_TYPES):
        of_kind = [balance for balance in reversed(balances) if balance and balance.kind == kind]
        closing = max(of_kind, key=lambda balance: balance.date, default=closing)
    if opening is closing:
        # A single interim balance does not say at which end of the page it stands.
        return None, None
    return opening, closing
