"""Tables and a FEC to be measured: many rows of the example's firm, and its mapping of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

MAPPING = """
tables:
  ventes:
    kind: invoices
    columns: {number: Numéro, date: Date, due: Échéance, customer: Client, identifier: SIREN, \
net: HT, vat: TVA, rate: Taux, total: TTC}
  banque:
    kind: bank
    account: FR7699901000440001234567932
    columns: {date: Date, text: Libellé, amount: Montant, balance: Solde}
take_up:
  opening: Equity:Opening
"""

_SALES = ("Numéro", "Date", "Échéance", "Client", "SIREN", "HT", "TVA", "Taux", "TTC")
_FEC = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|"
    "PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise"
)


def _money(cents: int, mark: str = ",") -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}{mark}{abs(cents) % 100:02d}"


def _sales(count: int) -> Iterator[tuple[str, str, str, str, str, int, int, str, int]]:
    for number in range(count):
        net = 100 * (1_000 + 7 * number % 90_000)
        day = 1 + number % 28
        yield (
            *(f"T{number:06d}", f"2025-03-{day:02d}", f"2025-04-{day:02d}"),
            *(f"CLIENT {number % 500} SARL", f"{900_000_000 + number % 500}"),
            *(net, net // 5, "20", net + net // 5),
        )


def sales_csv(path: Path, count: int) -> Path:
    """Write so many invoices, one a row."""
    with path.open("w", encoding="utf-8") as file:
        file.write(";".join(_SALES) + "\n")
        for row in _sales(count):
            cells = [_money(cell) if isinstance(cell, int) else cell for cell in row]
            file.write(";".join(cells) + "\n")
    return path


def sales_xlsx(path: Path, count: int) -> Path:
    """Write so many invoices as a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(_SALES)
    for row in _sales(count):
        sheet.append([cell / 100 if isinstance(cell, int) else cell for cell in row])
    book.save(path)
    return path


def bank_csv(path: Path, count: int) -> Path:
    """Write so many movements with their running balance."""
    balance = 0
    with path.open("w", encoding="cp1252") as file:
        file.write("Date;Libellé;Montant;Solde\n")
        for number in range(count):
            cents = 10_000 + 7 * number % 90_000
            balance += cents
            day = 1 + number * 28 // count
            text = f"VIR SEPA RECU DE CLIENT {number % 500} SARL FACTURE Z2025-{number:05d}"
            file.write(f"{day:02d}/03/2025;{text};{_money(cents)};{_money(balance)}\n")
    return path


def fec(path: Path, lines: int) -> Path:
    """Write a FEC of about so many lines: sales paid and lettered, each twentieth still open."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{_FEC}\n")
        for number in range(lines // 5):
            net = 100 * (1_000 + 7 * number % 90_000)
            letter = "" if number % 20 == 0 else f"L{number}"
            client = f"C{number % 500}|CLIENT {number % 500} SARL"
            piece = f"F{number:06d}"
            total = _money(net + net // 5)
            sale = f"VT|Ventes|V{number}|20241231"
            paid = f"BQ|Banque|B{number}|20241231"
            end = f"{letter}||20241231||\n"
            rest = f"{piece}|20241231|Vente de matériel"
            file.write(f"{sale}|411000|Clients|{client}|{rest}|{total}|0,00|{end}")
            file.write(f"{sale}|707100|Ventes|||{rest}|0,00|{_money(net)}|||20241231||\n")
            file.write(f"{sale}|445711|TVA|||{rest}|0,00|{_money(net // 5)}|||20241231||\n")
            if letter:
                file.write(f"{paid}|512200|Banque|||{rest}|{total}|0,00|||20241231||\n")
                file.write(f"{paid}|411000|Clients|{client}|{rest}|0,00|{total}|{end}")
    return path
