"""FEC files for tests, written line by line."""

from __future__ import annotations

from collections.abc import Iterable

_FIRST = ("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib")
_NEXT = ("CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit")
_LAST = ("EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise")
COLUMNS = (*_FIRST, *_NEXT, *_LAST)

NAME = "552100554FEC20251231.txt"
"""A file's name: the firm's SIREN and the year's last day."""

_NAMES = {
    "101000": "Capital",
    "411000": "Clients",
    "401000": "Fournisseurs",
    "445710": "TVA collectée",
    "512000": "Banque",
    "607000": "Achats",
    "706000": "Prestations",
    "709000": "Rabais accordés",
}


def line(
    entry: str,
    account: str,
    debit: str = "",
    credit: str = "",
    *,
    customer: str = "",
    name: str = "",
    piece: str = "",
    date: str = "20251103",
    piece_date: str = "",
    letter: str = "",
    currency: str = "",
    label: str = "",
) -> str:
    """Return a line of an entry; the journal is what precedes the blank in `entry`."""
    journal, _, number = entry.partition(" ")
    cells = (
        *(journal, journal, number, date, account, label or _NAMES.get(account, "Compte")),
        *(customer, name or customer.title(), piece or number, piece_date or date, "écriture"),
        *(debit, credit, letter, "", date, "1,00" if currency else "", currency),
    )
    return "\t".join(cells)


def fec(*parts: str | Iterable[str]) -> str:
    """Return a file of lines, or of lists of them."""
    rows = ["\t".join(COLUMNS)]
    for part in parts:
        rows += [part] if isinstance(part, str) else part
    return "".join(f"{row}\n" for row in rows)


def sale(
    number: str,
    customer: str,
    net: int,
    *,
    date: str = "20251103",
    letter: str = "",
    piece: str | None = None,
    currency: str = "",
) -> list[str]:
    """Return the entry of an invoice at 20 % VAT; of a credit note where `net` is negative."""
    total, tax = net * 6 // 5, net // 5
    entry = f"VT {number}"
    sides = (f"{abs(total)},00", "") if net > 0 else ("", f"{abs(total)},00")
    other = [("", f"{abs(part)},00") if net > 0 else (f"{abs(part)},00", "") for part in (net, tax)]
    shown = number if piece is None else piece
    return [
        line(
            *(entry, "411000", *sides),
            customer=customer,
            piece=shown,
            date=date,
            letter=letter,
            currency=currency,
        ),
        line(entry, "706000", *other[0], piece=shown, date=date),
        line(entry, "445710", *other[1], piece=shown, date=date),
    ]


def payment(
    number: str, customer: str, amount: int, *, date: str = "20251120", letter: str = ""
) -> list[str]:
    """Return the entry of a payment by a customer, or back to it where it is negative."""
    entry = f"BQ {number}"
    sides = (f"{abs(amount)},00", "") if amount > 0 else ("", f"{abs(amount)},00")
    return [
        line(entry, "512000", *sides, date=date),
        line(entry, "411000", *sides[::-1], customer=customer, date=date, letter=letter),
    ]


def opening(capital: int = 5000, *customers: tuple[str, str, int]) -> list[str]:
    """Return the opening entry: capital in the bank, and customers with number and amount."""
    owed = sum(amount for _customer, _number, amount in customers)
    rows = [
        line("AN 1", "101000", "", f"{capital + owed},00", date="20250101"),
        line("AN 1", "512000", f"{capital},00", "", date="20250101"),
    ]
    for customer, number, amount in customers:
        rows.append(
            line(
                *("AN 1", "411000", f"{amount},00", ""),
                customer=customer,
                piece=number,
                date="20250101",
                piece_date="20241215",
            )
        )
    return rows
