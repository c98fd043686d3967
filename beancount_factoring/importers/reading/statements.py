"""What every reader of bank statements needs: the proof by the balances, identifiers, text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from stat import S_ISREG

from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.safe_xml import shown as printable

# Where a payment has no end-to-end id, banks put one of these in its place
# (SEPA implementation guidelines: NOTPROVIDED).
_NO_ID = {"NOTPROVIDED", "NOT PROVIDED", "NONREF"}

# More parts than this are not compared one with another.
_MOST_COMPARED = 64

_FRENCH_PARTS = re.compile(r"[0-9]{5}-[0-9]{5}-[0-9A-Z]{11}")

# Without waiting for the other end of a pipe, and byte by byte also on Windows.
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")


def proven(statement: Statement) -> Statement:
    """Return the statement, or refuse it where opening + lines is not closing.

    Where the document does not give both balances, nothing is proven and nothing is refused.
    """
    if statement.opening is None or statement.closing is None:
        return statement
    moved = sum((line.amount for line in statement.lines), Decimal(0))
    reached = statement.opening + moved
    if reached != statement.closing:
        count = "1 line" if len(statement.lines) == 1 else f"{len(statement.lines)} lines"
        raise DocumentRefusedError(
            f"{called(statement)} does not add up: opening {statement.opening} + {count} {moved} "
            f"= {reached} {statement.currency}, but closing {statement.closing}: "
            f"difference {statement.closing - reached}"
        )
    return statement


def with_remarks(statement: Statement) -> Statement:
    """Return the statement, proven by its balances, or with the remark that nothing proves it."""
    missing = [
        name
        for name, balance in (("opening", statement.opening), ("closing", statement.closing))
        if balance is None
    ]
    if not missing:
        return proven(statement)
    what = "no balances" if len(missing) == 2 else f"no {missing[0]} balance"
    remark = f"{called(statement)} has {what}: nothing proves that its lines are all there"
    return replace(statement, remarks=(*statement.remarks, remark))


def called(statement: Statement) -> str:
    """Return how messages name a statement: its place in the file, its number, its account."""
    number = f" {printable(statement.number)}" if statement.number else ""
    account = printable(statement.account)
    return f"line {statement.position}: statement{number} of account {account}"


def check_size(path: Path, limit: int) -> None:
    """Refuse what is not a file, cannot be opened, is empty, or is larger than `limit` bytes."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise DocumentRefusedError("is not a file")
    except (OSError, ValueError) as error:
        raise DocumentRefusedError(f"cannot be opened: {error}") from error
    if size == 0:
        raise DocumentRefusedError("is empty")
    if size > limit:
        raise DocumentRefusedError(f"has {size} bytes; at most {limit} are read")


def head(path: Path, size: int) -> bytes:
    """Return the first bytes of a file; none if it cannot be read.

    None either of what is no regular file: a pipe or a device might never end.
    """
    try:
        descriptor = os.open(path, _READING)
    except (OSError, ValueError):
        return b""
    try:
        return os.read(descriptor, size) if S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def compact_iban(text: str) -> str | None:
    """Return an IBAN without blanks and in capitals; `None` if the text has not its form.

    Check digits are not checked: banks mask them, and a factor's account has formal ones.
    """
    compact = "".join(text.split()).upper()
    return compact if _IBAN.fullmatch(compact) else None


def french_iban(bank: str, branch: str, account: str) -> str | None:
    """Return the IBAN of a French account; `None` if the parts cannot make one.

    The key of the RIB is 97 − (89 × bank + 15 × branch + 3 × account) mod 97, letters counting
    as A, J = 1, B, K, S = 2 … I, R, Z = 9 (CFONB, RIB); the IBAN's check digits are ISO 13616's.
    """
    if not _FRENCH_PARTS.fullmatch(f"{bank}-{branch}-{account}"):
        return None
    digits = account.translate(_RIB_DIGITS)
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(digits)) % 97
    bban = f"{bank}{branch}{account}{key:02d}"
    check = 98 - int("".join(str(int(sign, 36)) for sign in f"{bban}FR00")) % 97
    return f"FR{check:02d}{bban}"


_RIB_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


def given_id(text: str | None) -> str | None:
    """Return an end-to-end id; `None` where the bank only says that there is none."""
    return text if text and text.upper() not in _NO_ID else None


def shown(text: str | None) -> str:
    """Return a value as messages show it: quoted, printable, short."""
    if text is None:
        return "missing"
    return ascii(text) if len(text) <= 40 else f"{text[:40]!a}… ({len(text)} characters)"


def one_line(text: str) -> str:
    """Return text with every run of blanks and line breaks as one blank."""
    return " ".join(text.split())


def readable(parts: Iterable[str]) -> str:
    """Return the parts as one line of text, without those that another part says already."""
    lines = [one_line(part) for part in parts]
    if len(lines) < 2:
        return lines[0] if lines else ""
    if len(lines) > _MOST_COMPARED:
        return " ".join(dict.fromkeys(filter(None, lines)))
    kept: list[str] = []
    for place, line in enumerate(lines):
        said_before = any(line in other for other in kept)
        said_later = any(line in other and line != other for other in lines[place + 1 :])
        if line and not said_before and not said_later:
            kept.append(line)
    return " ".join(kept)
