"""A firm whose factor's own statement is the truth, and four weeks of that statement, for tests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from beancount.core import data
from click.testing import CliRunner
from click.testing import Result

from beancount_factoring.cli.main import main
from tests.importers.factor_writer import Event
from tests.importers.factor_writer import factor_cfonb
from tests.importers.firm import FACTOR
from tests.importers.firm import IMPORT
from tests.importers.firm import LEDGER
from tests.importers.firm import Books
from tests.importers.firm import camt
from tests.importers.firm import line
from tests.importers.firm import new_books
from tests.importers.firm import statement

CONTRACTS = """\
contracts:
  bnp:
    factor: Le Factor
    currency: EUR
    start: 2026-01-05
    figures: stated
    shared_account: {source: statement}
    remittance: {every: declared}
    funding: {reserve: posted}
    guarantee_fund: {rate: 10 %}
    eligibility: {limits: {MARTIN: 3000}}
    commission: {rate: 0.28 %, vat: 20 %, base: invoices-and-credit-notes}
    interest: {margin: 3.60 %, vat: 20 %}
    charges:
      - {name: frais de gestion de contrat en ligne, amount: 40.00, every: month}
    accounts:
      receivables: Assets:Clients
      current: Assets:Factor:Current
      guarantee: Assets:Factor:Guarantee
      reserve: Assets:Factor:Reserve
      collections: Liabilities:Factor:Collections
      borrowing: Liabilities:Factor:Borrowing
      shared: Assets:Bank:Shared
      operating: Assets:Bank:Operating
      transit: Assets:Bank:Transit
      commission: Expenses:Factor:Commission
      interest: Expenses:Factor:Interest
      vat: Assets:VAT
      doubtful: Assets:Doubtful
"""

STATEMENTS = """\
factor_statements:
  bnp:
    current: 18020 00001 00410TEST01
    financing: 18020 00001 00410TEST11
"""

SALES = """
2026-01-01 open Assets:Clients:DUPONT EUR
2026-01-01 open Assets:Factor:Reserve EUR
2026-01-01 open Liabilities:Factor:Borrowing EUR

2026-01-06 * "DUPONT" "Invoice F2026-0001"
  Assets:Clients:DUPONT  10000.00 EUR
    invoice: "F2026-0001"
  Income:Sales

2026-01-07 * "MARTIN" "Invoice F2026-0002"
  Assets:Clients:MARTIN  4000.00 EUR
    invoice: "F2026-0002"
  Income:Sales

2026-01-13 * "DUPONT" "Invoice F2026-0003"
  Assets:Clients:DUPONT  2500.00 EUR
    invoice: "F2026-0003"
  Income:Sales

2026-01-13 * "DUPONT" "Credit note A2026-0001"
  Assets:Clients:DUPONT  -500.00 EUR
    credit-note: "A2026-0001"
    credits: "F2026-0001"
  Income:Sales
"""

# What the contract gives, by hand. Fund: 10 % of what the factor holds, of which MARTIN's limit of
# 3,000.00 leaves 1,000.00 without funding; 0.28 % on each document, credit notes too.
WEEK_1 = [
    Event("2026-01-09", 1000001, "ACHAT REMISE DE FACTURES  REMISE N 2793426", "14000.00"),
    Event(
        "2026-01-09",
        1000001,
        "COMMISSION D AFFACTURAGE SUR REMISE N 2793426",
        "-39.20",
        "-39.20",
    ),
    Event(
        "2026-01-09",
        1000001,
        "TVA SUR COMMISSION D AFFACTURAGE SUR REMISE N 2793426",
        "-7.84",
        "-7.84",
    ),
    Event(
        "2026-01-09",
        1000001,
        "PRELEVEMENT DE FG 10.00P SUR REMISE N 2793426",
        "-1400.00",
        "-1400.00",
    ),
    Event("2026-01-09", 1000001, "REPRISE DE FACTURES INDISPONIBLES  REMISE N 2793426", "-1000.00"),
    Event(
        "2026-01-12",
        1000002,
        "VIREMENT BANCAIRE EN VOTRE FAVEURN 5441552    VIREMENT N 54415",
        "-11400.00",
    ),
    Event("2026-01-12", 1000002, "MONTANT FINANCE  PAR VIREMENT 5441552", "", "-12000.00"),
    Event(
        "2026-01-12",
        1000002,
        "MONTANT AVIS DE DEBIT  SOUSTRAIT DU FINANCEMENT VIREMENT  5441",
        "",
        "600.00",
    ),
    Event(
        "2026-01-12",
        1000002,
        "PRECOMPTE DE COMM. DE FINANCEMENT   VIREMENT N 5441552",
        "-40.00",
        "-40.00",
    ),
    Event(
        "2026-01-12",
        1000002,
        "TVA SUR PRECOMPTE DE COMM. DE FINANCEMENT   VIREMENT N 5441552",
        "-8.00",
        "-8.00",
    ),
]
WEEK_2 = [
    Event("2026-01-16", 1000003, "NIVELLEMENT DU COMPTE D ENCAISSEMENT", "", "9500.00"),
    Event("2026-01-16", 1000004, "ACHAT REMISE DE FACTURES  REMISE N 2793500", "2500.00"),
    Event("2026-01-16", 1000004, "COMMISSION D AFFACTURAGE SUR REMISE N 2793500", "-7.00", "-7.00"),
    Event(
        "2026-01-16",
        1000004,
        "TVA SUR COMMISSION D AFFACTURAGE SUR REMISE N 2793500",
        "-1.40",
        "-1.40",
    ),
    Event(
        "2026-01-16",
        1000004,
        "PRELEVEMENT DE FG 10.00P SUR REMISE N 2793500",
        "-250.00",
        "-250.00",
    ),
    Event("2026-01-16", 1000005, "ACHAT REMISE D AVOIRS  REMISE N 2793501", "-500.00"),
    Event(
        "2026-01-16", 1000005, "COMMISSION SUR REMISE D AVOIRS REMISE N 2793501", "-1.40", "-1.40"
    ),
    Event(
        "2026-01-16",
        1000005,
        "TVA SUR COMMISSION SUR REMISE D AVOIRS REMISE N 2793501",
        "-0.28",
        "-0.28",
    ),
    Event("2026-01-16", 1000006, "RESTITUTION FONDS DE GARANTIE", "1000.00", "1000.00"),
    Event(
        "2026-01-20", 1000007, "VIREMENT RECU  FACTURE N F2026-0002 MARTIN", "1000.00", "4000.00"
    ),
    Event("2026-01-21", 1000008, "RESTITUTION FONDS DE GARANTIE", "400.00", "400.00"),
]
WEEK_4 = [
    Event(
        "2026-02-02",
        1000009,
        "COMM. DE FINANCEMENT COMPLEMENTAIRE ARRETES DE LA PERIODE 2026",
        "-12.00",
        "-12.00",
    ),
    Event(
        "2026-02-02",
        1000009,
        "TVA SUR COMM. DE FINANCEMENT COMPLEMENTAIRE ARRETES DE LA PERI",
        "-2.40",
        "-2.40",
    ),
    Event("2026-02-02", 1000010, "FRAIS DE GESTION DE CONTRAT EN LIGNE", "-40.00", "-40.00"),
    Event("2026-02-02", 1000010, "TVA SUR FRAIS DE GESTION DE CONTRAT EN LIGNE", "-8.00", "-8.00"),
    Event(
        "2026-02-03",
        1000011,
        "VIREMENT BANCAIRE EN VOTRE FAVEURN 5441600    VIREMENT N 54416",
        "-4100.00",
    ),
    Event("2026-02-03", 1000011, "MONTANT FINANCE  PAR VIREMENT 5441600", "", "-4100.00"),
]
WEEKS = (
    (WEEK_1, "2026-01-05", "2026-01-12"),
    (WEEK_2, "2026-01-12", "2026-01-21"),
    (WEEK_4, "2026-01-21", "2026-02-03"),
)
# The bank has a draw a day after the factor.
BANK = camt(
    statement(
        line("2026-01-13", "11400.00", "VIREMENT RECU LE FACTOR", counterparty_iban=FACTOR),
        line("2026-01-15", "9500.00", "VIR DUPONT FACTURE F2026-0001"),
        line("2026-01-16", "-9500.00", "NIVELLEMENT", counterparty_iban=FACTOR),
        line("2026-02-04", "4100.00", "VIREMENT RECU LE FACTOR", counterparty_iban=FACTOR),
        closing_date="2026-02-05",
    )
)


def factor_files(weeks: Iterable[tuple[list[Event], str, str]] = WEEKS) -> dict[str, str]:
    """Return the factor's files, each statement going on where the one before ended."""
    files = {}
    balances = ("0.00", "0.00")
    for events, since, until in weeks:
        files[f"factor-{until}.txt"], balances = factor_cfonb(events, since, until, balances)
    return files


def new_firm(folder: Path) -> Books:
    """Write the firm's books, with its sales."""
    books = new_books(folder)
    (folder / "contracts.yaml").write_text(CONTRACTS)
    mapping = IMPORT.replace("bpce: [", "bnp: [") + STATEMENTS
    (folder / "import.yaml").write_text(mapping)
    (folder / "main.beancount").write_text(LEDGER + SALES)
    return books


def imported(books: Books, files: dict[str, str], *names: str) -> Result:
    """Write documents and import them into the ledger; with names, only those."""
    for name, content in files.items():
        books.add(name, content)
    paths = [str(books.documents / name) for name in names] or [str(books.documents)]
    command = ["import", "--write", "--quiet", "--format", "json", str(books.ledger), *paths]
    return CliRunner().invoke(main, command)


def told(books: Books) -> list[str]:
    """Return what `check` says of figures that the factor stated otherwise."""
    result = CliRunner().invoke(main, ["check", str(books.ledger)])
    return [text.strip() for text in result.output.splitlines() if "computed" in text]


def position(books: Books) -> dict[str, str]:
    result = CliRunner().invoke(main, ["position", str(books.ledger), "--format", "json"])
    (found,) = json.loads(result.output)
    return dict(found)


def balance(entries: data.Directives, account: str) -> Decimal:
    return sum(
        (
            posting.units.number or Decimal(0)
            for entry in entries
            if isinstance(entry, data.Transaction)
            for posting in entry.postings
            if posting.account == account and posting.units is not None
        ),
        Decimal(0),
    )


def altered(week: list[Event], start: str, **amounts: str) -> list[Event]:
    """Return a week's events with other amounts in the lines whose label begins so."""
    found = [
        event._replace(**amounts) if event.label.startswith(start) else event  # type: ignore[arg-type]
        for event in week
    ]
    assert found != week
    return found
