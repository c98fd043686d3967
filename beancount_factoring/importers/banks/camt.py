"""CAMT.053 and CAMT.054, ISO 20022's statement and notification, in all their versions.

Elements are found by their names without namespace: what differs between the versions is where
some values stand, and each of the places is looked at.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from beancount_factoring.importers.banks.camt_entries import Entry
from beancount_factoring.importers.banks.camt_entries import EntryReader
from beancount_factoring.importers.banks.camt_values import Money
from beancount_factoring.importers.banks.camt_values import day
from beancount_factoring.importers.banks.camt_values import identifier
from beancount_factoring.importers.banks.camt_values import money
from beancount_factoring.importers.banks.camt_values import plain_amount
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine
from beancount_factoring.importers.reading.safe_xml import shown as printable
from beancount_factoring.importers.reading.statements import check_size
from beancount_factoring.importers.reading.statements import head
from beancount_factoring.importers.reading.statements import shown
from beancount_factoring.importers.reading.statements import with_remarks
from beancount_factoring.importers.reading.xml_leaves import Leaves
from beancount_factoring.importers.reading.xml_parts import parts
from beancount_factoring.tuples import new

LARGEST_FILE = 1 << 28

_DETAIL = "Ntry/NtryDtls/TxDtls"
_ZERO = Decimal(0)
_IDENTIFIERS = ("Id/IBAN", "Id/Othr/Id")

# Balance types, the best first. Where a statement is cut into pages, interim balances (ITBD)
# stand at the cuts.
_OPENING_TYPES = ("OPBD", "PRCD", "ITBD")
_CLOSING_TYPES = ("CLBD", "ITBD")


@dataclass(frozen=True, slots=True)
class _Message:
    """A camt message: its name, the element below `Document`, and the one that it repeats."""

    name: str
    root: str
    report: str
    is_partial: bool = False

    @property
    def path(self) -> str:
        """The path of what the message repeats."""
        return f"{self.root}/{self.report}"

    def below(self, name: str) -> str:
        """Return the path of an element of a report."""
        return f"{self.report}/{name}"


_CAMT052 = _Message("camt.052 account report", "BkToCstmrAcctRpt", "Rpt")
_CAMT053 = _Message("camt.053 statement", "BkToCstmrStmt", "Stmt")
_CAMT054 = _Message("camt.054 notification", "BkToCstmrDbtCdtNtfctn", "Ntfctn", is_partial=True)
_MESSAGES = (_CAMT052, _CAMT053, _CAMT054)


def looks_like_camt053(path: Path) -> bool:
    """Tell from its head whether a file is a camt.053 statement; never raises.

    A camt.052 looks like one too: `read_camt053` says why it is refused.
    """
    return _holds(path, _CAMT053, _CAMT052)


def looks_like_camt054(path: Path) -> bool:
    """Tell from its head whether a file is a camt.054 notification; never raises."""
    return _holds(path, _CAMT054)


def _holds(path: Path, *messages: _Message) -> bool:
    beginning = head(path, 4096).replace(b"\0", b"")
    return any(message.root.encode() in beginning for message in messages)


def read_camt053(path: Path) -> tuple[Statement, ...]:
    """Return the statements of a CAMT.053 file in their order.

    Raises `DocumentRefusedError` for the whole file if any of it cannot be read right: XML that is
    not well-formed or has a DTD, another message, an amount, date or side in doubt, a currency
    that is not the account's, lines that do not lead from the opening to the closing balance.
    """
    return _read(path, _CAMT053)


def read_camt054(path: Path) -> tuple[Statement, ...]:
    """Return the notifications of a CAMT.054 file in their order, as statements without balances.

    Raises `DocumentRefusedError` as `read_camt053` does; what proves the entries is the summary of
    the transactions (`TxsSummry`), where the bank gives one.
    """
    return _read(path, _CAMT054)


def _read(path: Path, message: _Message) -> tuple[Statement, ...]:
    check_size(path, LARGEST_FILE)
    try:
        with path.open("rb") as file:
            statements = tuple(_statements(file, message))
    except OSError as error:
        raise DocumentRefusedError(f"cannot be opened: {error}") from error
    if not statements:
        what = message.name.partition(" ")[2]
        raise DocumentRefusedError(f"holds no {what} ({message.path})")
    return statements


def _statements(file: BinaryIO, message: _Message) -> Iterator[Statement]:
    entry, balance, account = map(message.below, ("Ntry", "Bal", "Acct"))
    others = {other.path: other for other in _MESSAGES if other is not message}
    reading = _Reading(message)
    details: list[Leaves] = []
    paths = (_DETAIL, entry, balance, account, message.path, *others)
    for part in parts(file, paths, records=entry):
        if part.path == _DETAIL:
            details.append(part.leaves)
        elif part.path == entry:
            reading.add_entry(new(Entry, (part.leaves, details, part.line)))
            details = []
        elif part.path == balance:
            reading.balances.append(part.leaves)
        elif part.path == account:
            reading.account = part.leaves
        elif part.path == message.path:
            yield reading.statement(part.leaves, part.line)
            reading = _Reading(message)
        else:
            raise DocumentRefusedError(
                f"is a {others[part.path].name}, which is not read; a {message.name} was expected"
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

    message: _Message
    account: Leaves = field(default_factory=Leaves)
    balances: list[Leaves] = field(default_factory=list)
    lines: list[StatementLine] = field(default_factory=list)
    currencies: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    moved: list[Money] = field(default_factory=list)
    reader: EntryReader | None = None

    def add_entry(self, entry: Entry) -> None:
        """Add an entry's lines; the account stands before the entries in every version."""
        if self.reader is None:
            self.reader = EntryReader(identifier(self.account, *_IDENTIFIERS))
        self.entries += 1
        line, total = self.reader.line(entry)
        self.moved.append(total)
        if line is not None:
            self.lines.append(line)
            self.currencies.setdefault(total.currency, line.position)

    def statement(self, leaves: Leaves, position: int) -> Statement:
        """Return the statement, proven by its balances, when all of it has been read."""
        number = leaves.get("Id")
        try:
            statement = self._statement(leaves, number, position)
        except DocumentRefusedError as refusal:
            kind = self.message.name.rpartition(" ")[2]
            called = f"{kind} {printable(number)}" if number else kind
            raise DocumentRefusedError(f"line {position}: {called}: {refusal}") from refusal
        return with_remarks(statement)

    def _statement(self, leaves: Leaves, number: str | None, position: int) -> Statement:
        account = identifier(self.account, *_IDENTIFIERS)
        if account is None or not account.strip():
            raise DocumentRefusedError("names no account (Acct/Id)")
        opening, closing = _ends([_balance(each) for each in self.balances])
        if opening is None or closing is None:
            self._check_summary(leaves)
        not_booked = self.entries - len(self.lines)
        remarks: tuple[str, ...] = ()
        if not_booked:
            entries = "1 entry is" if not_booked == 1 else f"{not_booked} entries are"
            remarks = (f"line {position}: {entries} not booked yet (pending or for information)",)
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
            is_partial=self.message.is_partial,
            remarks=remarks,
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

    def _check_summary(self, leaves: Leaves) -> None:
        """Refuse a statement without both balances whose summary is not of its entries."""
        announced = leaves.get("TxsSummry/TtlNtries/NbOfNtries")
        if announced and announced.lstrip("0") != str(self.entries or ""):
            raise DocumentRefusedError(
                f"announces {shown(announced)} entries (TxsSummry) and holds {self.entries}; "
                "it lacks a balance that would prove them"
            )
        for kind, sign in (("TtlCdtNtries", 1), ("TtlDbtNtries", -1)):
            stated = leaves.get(f"TxsSummry/{kind}/Sum")
            held = sum((abs(each.amount) for each in self.moved if each.amount * sign > 0), _ZERO)
            if stated is not None and plain_amount(stated, f"{kind}/Sum") != held:
                raise DocumentRefusedError(
                    f"announces {kind} of {shown(stated)} (TxsSummry) and holds {held}; "
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
