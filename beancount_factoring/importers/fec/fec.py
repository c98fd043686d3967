"""The FEC, the file of all entries of a French firm's year (LPF, article A47 A-1).

A line is a line of an entry; 18 columns have fixed names, separated by tabs or bars. Read once
from the beginning to the end, it gives the accounts' balances and the customers' lines.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from typing import NamedTuple

from beancount_factoring.importers.fec.fec_columns import DUE
from beancount_factoring.importers.fec.fec_columns import NEEDED
from beancount_factoring.importers.fec.fec_columns import cents as cents_of
from beancount_factoring.importers.fec.fec_columns import column_key
from beancount_factoring.importers.fec.fec_columns import fec_header
from beancount_factoring.importers.fec.fec_columns import fec_rows
from beancount_factoring.importers.fec.fec_columns import fitted
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.safe_xml import shown as printable
from beancount_factoring.importers.reading.statements import check_size
from beancount_factoring.importers.reading.statements import shown
from beancount_factoring.importers.reading.table_values import DateOrder
from beancount_factoring.importers.reading.table_values import day
from beancount_factoring.importers.reading.text_files import encoding_of
from beancount_factoring.importers.reading.text_files import text_lines

LARGEST_FILE: Final = 1 << 28

FEC_CURRENCY: Final = "EUR"
"""Books are kept in euros (article L123-22 of the commercial code)."""

_NAME: Final = re.compile(r"([0-9]{9})FEC([0-9]{8})", re.IGNORECASE)
_DATE: Final = re.compile(r"[0-9]{8}")
_ACCOUNT: Final = re.compile(r"[0-9A-Za-z]{1,40}")
_SIDES: Final = {"D": 1, "C": -1, "+1": 1, "1": 1, "-1": -1}


class FecLine(NamedTuple):
    """A line on a customer's account; `amount` in cents, debits positive.

    `currency` is empty for the euro. The other texts are as the file has them.
    """

    line: int
    journal: str
    entry: str
    date: datetime.date
    account: str
    account_name: str
    customer: str
    customer_name: str
    piece: str
    piece_date: datetime.date
    due: datetime.date | None
    text: str
    amount: int
    letter: str
    currency: str


@dataclass(slots=True)
class FecEntry:
    """What the lines of an entry are together: the first one, their sum in cents, their accounts.

    A sale has turnover, VAT or deposits, a payment treasury, an opening capital or balances.
    """

    line: int
    balance: int = 0
    is_sale: bool = False
    is_payment: bool = False
    is_opening: bool = False


@dataclass(frozen=True, slots=True)
class Fec:
    """What a FEC says: balances in cents by account, with the accounts' names; customers' lines.

    `siren` and `closing` are the firm and the year's last day, by the file's name.
    """

    siren: str | None
    closing: datetime.date | None
    last: datetime.date
    balances: dict[str, int]
    names: dict[str, str]
    customers: tuple[FecLine, ...]
    entries: dict[tuple[str, str], FecEntry]


def read_fec(path: Path, customers: Sequence[str]) -> Fec:
    """Read a FEC, or refuse it; `customers` are how the numbers of customers' accounts begin.

    Refuses an entry whose debits are not its credits, a line whose fields are shifted, a date or
    an amount in doubt, and entries after the closing date of the file's name.
    """
    check_size(path, LARGEST_FILE)
    named = _NAME.search(path.stem)
    try:
        closing = None if named is None else day(1, named[2], DateOrder.YEAR)
    except DocumentRefusedError:
        raise DocumentRefusedError(
            f"has a closing date in its name that is no day: {path.stem[:80]}"
        ) from None
    reading = _Reading(tuple(customers), closing)
    lines = text_lines(path, encoding_of(path))
    reading.read(lines)
    if reading.last is None:
        raise DocumentRefusedError("has no entry")
    reading.check_entries()
    return Fec(
        siren=None if named is None else named[1],
        closing=closing,
        last=reading.last,
        balances=reading.balances,
        names=reading.names,
        customers=tuple(reading.customers),
        entries=reading.entries,
    )


class _Reading:
    """A FEC that is being read."""

    def __init__(self, customers: tuple[str, ...], closing: datetime.date | None) -> None:
        self.last: datetime.date | None = None
        self.balances: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.customers: list[FecLine] = []
        self.entries: dict[tuple[str, str], FecEntry] = {}
        self._prefixes = customers
        self._closing = closing
        self._days: dict[str, datetime.date] = {}
        self._amounts: dict[str, int] = {"": 0}

    def read(self, lines: Iterator[str]) -> None:
        """Read header and lines."""
        columns = fec_header(next(lines, ""))
        if columns is None:
            raise DocumentRefusedError("line 1: has not the 18 columns of a FEC")
        places = columns.places
        amount = self._amount_reader(places)
        make_line = self._line_maker(places)
        journal, number, date, account, name = (places[column_key(each)] for each in NEEDED[:5])
        needed = 1 + max(places[column_key(each)] for each in NEEDED)
        rows = fec_rows(lines, columns)
        line = 1
        try:
            for read in rows:
                line = rows.line_num + 1
                row = read if len(read) == columns.width else fitted(read, columns, needed, line)
                if not row:
                    continue
                cents = amount(row, line)
                on = self._day(row[date], line, "EcritureDate")
                self._note_date(on, line)
                compte = row[account].strip()
                if compte not in self.names:
                    self._note_account(compte, row[name].strip(), line)
                self.balances[compte] += cents
                self._note_entry((row[journal].strip(), row[number].strip()), compte, cents, line)
                if compte.startswith(self._prefixes):
                    self.customers.append(make_line(row, line, on, cents))
        except csv.Error as error:
            raise DocumentRefusedError(f"line {line}: cannot be read: {error}") from error

    def check_entries(self) -> None:
        """Refuse a file with an entry whose debits are not its credits."""
        for (journal, number), entry in self.entries.items():
            if entry.balance:
                raise DocumentRefusedError(
                    f"line {entry.line}: entry {printable(f'{journal} {number}')} has debits and"
                    " credits that are"
                    f" {_money(abs(entry.balance))} apart"
                )
        total = sum(self.balances.values())
        if total:
            raise DocumentRefusedError(
                f"has debits and credits that are {_money(abs(total))} apart"
            )

    def _amount_reader(self, places: dict[str, int]) -> Callable[[list[str], int], int]:
        """Return what reads a row's amount in cents, debits positive."""
        amounts = self._amounts
        if "debit" in places and "credit" in places:
            debit_place, credit_place = places["debit"], places["credit"]

            def debit_less_credit(row: list[str], line: int) -> int:
                debit_text, credit_text = row[debit_place], row[credit_place]
                debit = amounts.get(debit_text)
                if debit is None:
                    debit = amounts[debit_text] = cents_of(debit_text, line)
                credit = amounts.get(credit_text)
                if credit is None:
                    credit = amounts[credit_text] = cents_of(credit_text, line)
                if debit and credit:
                    raise DocumentRefusedError(f"line {line}: has a debit and a credit")
                return debit - credit

            return debit_less_credit
        montant, sens = places["montant"], places["sens"]

        def signed(row: list[str], line: int) -> int:
            side = _SIDES.get(row[sens].strip().upper())
            if side is None:
                raise DocumentRefusedError(f"line {line}: Sens is {shown(row[sens])}, not D or C")
            return side * cents_of(row[montant], line)

        return signed

    def _line_maker(
        self, places: dict[str, int]
    ) -> Callable[[list[str], int, datetime.date, int], FecLine]:
        """Return what makes a customer's line of a row, its line, date and amount."""
        journal, number, _date, *others = (places[column_key(each)] for each in NEEDED)
        account, account_name, customer, customer_name, piece, piece_date, text, letter = others
        due = next((places[column_key(name)] for name in DUE if column_key(name) in places), None)
        currency = places.get("idevise")

        def line_of(row: list[str], line: int, on: datetime.date, cents: int) -> FecLine:
            cells = [cell.strip() for cell in row]
            due_text = cells[due] if due is not None else ""
            foreign = cells[currency] if currency is not None else ""
            return FecLine(
                line=line,
                journal=cells[journal],
                entry=cells[number],
                date=on,
                account=cells[account],
                account_name=cells[account_name],
                customer=cells[customer],
                customer_name=cells[customer_name],
                piece=cells[piece],
                piece_date=self._day(cells[piece_date] or row[_date], line, "PieceDate"),
                due=self._day(due_text, line, "the due date") if due_text else None,
                text=cells[text],
                amount=cents,
                letter=cells[letter],
                currency="" if foreign.upper() == FEC_CURRENCY else foreign,
            )

        return line_of

    def _day(self, text: str, line: int, name: str) -> datetime.date:
        found = self._days.get(text)
        if found is None:
            if not _DATE.fullmatch(text.strip()):
                raise DocumentRefusedError(
                    f"line {line}: {name} is {shown(text)}, expected like 20261231"
                )
            found = self._days[text] = day(line, text.strip(), DateOrder.YEAR)
        return found

    def _note_date(self, on: datetime.date, line: int) -> None:
        if self._closing is not None and on > self._closing:
            raise DocumentRefusedError(
                f"line {line}: is of {on}, after the year's end {self._closing} in the file's name"
            )
        if self.last is None or on > self.last:
            self.last = on

    def _note_account(self, number: str, name: str, line: int) -> None:
        if not _ACCOUNT.fullmatch(number):
            raise DocumentRefusedError(f"line {line}: CompteNum is {shown(number)}")
        self.names[number] = name
        self.balances[number] = 0

    def _note_entry(self, key: tuple[str, str], account: str, cents: int, line: int) -> None:
        entry = self.entries.get(key)
        if entry is None:
            entry = self.entries[key] = FecEntry(line)
        entry.balance += cents
        first = account[0]
        if first == "7" or account.startswith(("4191", "4457")):
            entry.is_sale = True
        elif first == "5":
            entry.is_payment = True
        elif first == "1" or account.startswith("89"):
            entry.is_opening = True


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d} {FEC_CURRENCY}"
