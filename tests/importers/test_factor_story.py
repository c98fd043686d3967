"""A firm whose factor's own statement is the truth: four weeks, imported, proved to the cent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core import data
from click.testing import CliRunner
from click.testing import Result

from beancount_factoring.cli.main import main
from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.cfonb120 import read_cfonb120
from beancount_factoring.importers.config import importers_from
from beancount_factoring.importers.statement_entries import StatementFile
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


@pytest.fixture
def firm(tmp_path: Path) -> Books:
    books = new_books(tmp_path)
    (tmp_path / "contracts.yaml").write_text(CONTRACTS)
    mapping = IMPORT.replace("bpce: [", "bnp: [") + STATEMENTS
    (tmp_path / "import.yaml").write_text(mapping)
    (tmp_path / "main.beancount").write_text(LEDGER + SALES)
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


def test_four_weeks_agree_with_the_factor_to_the_cent(firm: Books) -> None:
    result = imported(firm, {**factor_files(), "bank.xml": BANK})
    assert result.exit_code == 0, result.output
    entries, errors = firm.load()
    assert errors == []
    proved = [
        (str(entry.date), str(entry.amount), str(entry.tolerance))
        for entry in entries
        if isinstance(entry, data.Balance) and entry.account == "Assets:Factor:Current"
    ]
    assert proved == [
        ("2026-01-13", "104.96 EUR", "0.00"),
        ("2026-01-22", "4244.88 EUR", "0.00"),
        ("2026-02-04", "82.48 EUR", "0.00"),
    ]
    found = position(firm)
    assert {key: found[key] for key in ("guarantee_fund", "reserve", "current_account")} == {
        "guarantee_fund": "250.00",
        "reserve": "0.00",
        "current_account": "82.48",
    }
    assert found["factor_outstanding"] == found["outstanding"] == "2500.00"
    # The financing account ends with −2417.52, which is −(funds in use + guarantee fund).
    assert Decimal(found["funds_in_use"]) + Decimal(found["guarantee_fund"]) == Decimal("2417.52")
    assert found["commission_to_date"] == "47.60"
    assert found["interest_to_date"] == "52.00"
    assert found["charges_to_date"] == "40.00"
    assert balance(entries, "Assets:Bank:Transit") == 0
    assert balance(entries, "Liabilities:Factor:Collections") == 0
    assert balance(entries, "Assets:Suspense") == 0
    assert balance(entries, "Assets:Bank:Shared") == 15500


def test_only_interest_differs_from_the_contract_and_is_explained(firm: Books) -> None:
    """It was charged in advance: the contract counts the days that have passed."""
    imported(firm, {**factor_files(), "bank.xml": BANK})
    differing = told(firm)
    assert len(differing) == 2
    assert all("interest on" in text for text in differing)


def test_each_event_is_one_directive_with_the_factors_figures(firm: Books) -> None:
    imported(firm, {**factor_files(), "bank.xml": BANK})
    text = (firm.folder / "imported.beancount").read_text()
    remits = re.findall(
        r'^(\S+) custom "factoring" "remit" "bnp"\n((?:  .*\n)+)', text, re.MULTILINE
    )
    assert [(day, _figures(below)) for day, below in remits] == [
        (
            "2026-01-09",
            [
                'number: "2793426"',
                "assigned: 14000.00 EUR",
                "commission: 39.20 EUR",
                "vat: 7.84 EUR",
                "guarantee: 1400.00 EUR",
            ],
        ),
        (
            "2026-01-16",
            [
                'number: "2793500+2793501"',
                "assigned: 2000.00 EUR",
                "commission: 8.40 EUR",
                "vat: 1.68 EUR",
                "guarantee: 250.00 EUR",
            ],
        ),
    ]
    events = re.findall(r'^(\S+) custom "factoring" "(?!remit)(.*)$', text, re.MULTILINE)
    assert sorted(events) == [
        ("2026-01-09", 'reserve" "bnp" 1000.00 EUR'),
        ("2026-01-12", 'interest" "bnp" 40.00 EUR'),
        ("2026-01-16", 'guarantee" "bnp" -1000.00 EUR'),
        ("2026-01-20", 'reserve" "bnp" -1000.00 EUR'),
        ("2026-01-21", 'guarantee" "bnp" -400.00 EUR'),
        ("2026-02-02", 'charge" "bnp" "frais de gestion de contrat en ligne" 40.00 EUR'),
        ("2026-02-02", 'interest" "bnp" 12.00 EUR'),
    ]


def _figures(below: str) -> list[str]:
    keys = ("number", "assigned", "commission", "vat", "guarantee")
    return [text.strip() for text in below.splitlines() if text.strip().startswith(keys)]


def test_a_second_import_adds_nothing(firm: Books) -> None:
    files = {**factor_files(), "bank.xml": BANK}
    imported(firm, files)
    before = (firm.folder / "imported.beancount").read_bytes()
    result = imported(firm, {})
    assert (firm.folder / "imported.beancount").read_bytes() == before
    assert {row["new"] for row in json.loads(result.stdout)} == {0}


def test_the_weeks_one_by_one_give_the_same_books(firm: Books) -> None:
    files = {**factor_files(), "bank.xml": BANK}
    for name in sorted(files, reverse=True):
        imported(firm, {name: files[name]}, name)
    entries, errors = firm.load()
    assert errors == []
    assert balance(entries, "Assets:Factor:Current") == Decimal("82.48")
    assert balance(entries, "Assets:Bank:Transit") == 0


def altered(week: list[Event], start: str, **amounts: str) -> list[Event]:
    """Return a week's events with other amounts in the lines whose label begins so."""
    found = [
        event._replace(**amounts) if event.label.startswith(start) else event  # type: ignore[arg-type]
        for event in week
    ]
    assert found != week
    return found


@pytest.mark.parametrize(
    ("start", "amount", "difference"),
    [
        ("COMMISSION D", "-39.21", "commission on 2793426: 39.21 EUR stated, 39.20 EUR computed"),
        (
            "TVA SUR COMMISSION D",
            "-7.85",
            "VAT on the commission on 2793426: 7.85 EUR stated, 7.84 EUR computed",
        ),
        (
            "PRELEVEMENT DE FG",
            "-1399.00",
            "guarantee fund on 2026-01-09: 1399.00 EUR stated, 1400.00 EUR computed",
        ),
    ],
)
def test_an_altered_figure_is_named_at_its_line(
    firm: Books, start: str, amount: str, difference: str
) -> None:
    week = altered(WEEK_1, start, current=amount, financing=amount)
    assert imported(firm, factor_files([(week, *WEEKS[0][1:])])).exit_code == 0
    _entries, errors = firm.load()
    assert errors == []
    rows = (firm.folder / "imported.beancount").read_text().splitlines()
    row = next(number for number, row in enumerate(rows, 1) if '"remit"' in row)
    assert [text for text in told(firm) if "interest" not in text] == [
        f"{difference} ({firm.folder / 'imported.beancount'}:{row})"
    ]


def test_an_altered_reserve_is_named_at_its_line(firm: Books) -> None:
    week = altered(WEEK_1, "REPRISE", current="-1000.01")
    imported(firm, factor_files([(week, *WEEKS[0][1:])]))
    (found,) = [text for text in told(firm) if "interest" not in text]
    assert found.startswith("reserve on 2026-01-09: 1000.01 EUR stated, 1000.00 EUR computed")


def test_an_amount_assigned_that_differs_is_an_error_at_its_line(firm: Books) -> None:
    week = altered(WEEK_1, "ACHAT", current="13999.99")
    result = imported(firm, factor_files([(week, *WEEKS[0][1:])]))
    assert result.exit_code == 1
    _entries, errors = firm.load()
    assert any(
        message.startswith("assigned: 13999.99 EUR is stated, but the documents of remittance")
        for message in errors
    )
    # The balance is proved without a tolerance: a cent is an error too.
    assert any("Balance failed for 'Assets:Factor:Current'" in message for message in errors)


def test_accounts_that_tell_an_event_differently_are_refused(firm: Books) -> None:
    week = altered(WEEK_1, "PRELEVEMENT DE FG", financing="-1399.99")
    result = imported(firm, factor_files([(week, *WEEKS[0][1:])]))
    assert result.exit_code == 1
    assert (
        "event 1000001 of 2026-01-09, guarantee, is -1400.00 on the current account and -1399.99"
        " on the financing account" in result.output
    )
    assert (firm.folder / "imported.beancount").read_text() == ""


def test_a_corrected_statement_is_refused_until_its_event_is_taken_out(firm: Books) -> None:
    imported(firm, factor_files([WEEKS[0]]))
    week = altered(WEEK_1, "COMMISSION D", current="-39.21", financing="-39.21")
    (content,) = factor_files([(week, *WEEKS[0][1:])]).values()
    corrected = {"corrected.txt": content}
    before = (firm.folder / "imported.beancount").read_bytes()
    result = imported(firm, corrected, "corrected.txt")
    assert "has other lines for what the ledger has of 2026-01-09 (imported.beancount, line" in (
        result.output
    )
    assert (firm.folder / "imported.beancount").read_bytes() == before


def test_words_that_are_not_known_wait_in_suspense_with_the_reason(firm: Books) -> None:
    odd = Event("2026-01-12", 1000099, "PRIME EXCEPTIONNELLE", "25.00", "25.00")
    result = imported(firm, factor_files([([*WEEK_1, odd], *WEEKS[0][1:])]))
    assert result.exit_code == 0
    assert [row["in_suspense"] for row in json.loads(result.stdout)] == [1]
    text = (firm.folder / "imported.beancount").read_text()
    assert "the factor's words are not known: write them under words: (import.yaml, line" in text
    entries, errors = firm.load()
    assert errors == []
    assert balance(entries, "Assets:Suspense") == -25
    # The mapping names them: the next statement's line is a figure like the others.
    firm.edit(
        "import.yaml",
        "    financing: 18020",
        "    words: {prime exceptionnelle: charge}\n    financing: 18020",
    )
    later = Event("2026-01-15", 1000100, "PRIME EXCEPTIONNELLE", "25.00", "25.00")
    content, _closing = factor_cfonb([later], "2026-01-12", "2026-01-15", ("129.96", "-12870.04"))
    imported(firm, {"later.txt": content}, "later.txt")
    text = (firm.folder / "imported.beancount").read_text()
    assert '2026-01-15 custom "factoring" "charge" "bnp" "prime exceptionnelle" -25.00 EUR' in text


def test_under_borrowing_the_same_statement_gives_the_same_figures(firm: Books) -> None:
    firm.edit("contracts.yaml", "figures: stated", "figures: stated\n    treatment: borrowing")
    result = imported(firm, {**factor_files(), "bank.xml": BANK})
    assert result.exit_code == 0, result.output
    entries, errors = firm.load()
    assert errors == []
    found = position(firm)
    assert found["current_account"] == "82.48"
    assert found["guarantee_fund"] == "250.00"
    # −2417.52 on the financing account, without the fund.
    assert balance(entries, "Liabilities:Factor:Borrowing") == Decimal("-2167.52")
    assert balance(entries, "Assets:Bank:Transit") == 0


def test_draws_that_the_banks_statement_brought_before_are_known(firm: Books) -> None:
    mapping = (firm.folder / "import.yaml").read_text()
    (firm.folder / "import.yaml").write_text(mapping.replace(STATEMENTS, ""))
    imported(firm, {"bank.xml": BANK})
    (firm.folder / "import.yaml").write_text(mapping)
    result = imported(firm, factor_files())
    assert result.exit_code == 1, "the balance of 13 January is proved a day before the bank's draw"
    entries, errors = firm.load()
    assert [message.partition(":")[0] for message in errors] == [
        "Balance failed for 'Assets",
        "Balance failed for 'Assets",
    ]
    assert balance(entries, "Assets:Factor:Current") == Decimal("82.48")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("figures: stated", "figures: computed", "write `figures: stated` of contract bnp"),
        ("{source: statement}", "{source: generated}", "write `source: statement` under"),
        ("every: declared", "every: week, day: monday", "write `every: declared` under"),
        ("{reserve: posted}", "{reserve: memo}", "write `reserve: posted` under `funding:`"),
        ("      transit: Assets:Bank:Transit\n", "", "write `transit: ACCOUNT` under `accounts:`"),
    ],
)
def test_what_the_plugin_would_book_too_is_refused(
    firm: Books, old: str, new: str, reason: str
) -> None:
    firm.edit("contracts.yaml", old, new)
    result = imported(firm, factor_files([WEEKS[0]]))
    assert reason in result.output
    assert (firm.folder / "imported.beancount").read_text() == ""


def test_without_event_numbers_the_days_and_words_tell_the_same(firm: Books) -> None:
    """As a table of another factor's statement may give them."""
    found = []
    for with_numbers in (True, False):
        path = firm.add("week.txt", factor_files([WEEKS[0]])["factor-2026-01-12.txt"])
        statements = read_cfonb120(path)
        if not with_numbers:
            statements = tuple(
                replace(each, lines=tuple(x._replace(entry_number=None) for x in each.lines))
                for each in statements
            )
        entries, _errors = firm.load()
        extracted = Booking(firm.mapping(), entries).statements(
            StatementFile(str(path), "table", statements)
        )
        found.append(
            [
                (type(each.entry).__name__, each.entry.date, _without_event(each.entry))
                for each in extracted
            ]
        )
    assert found[0] == found[1]


def _without_event(entry: data.Directive) -> str:
    values = [str(value) for value in getattr(entry, "values", [])]
    meta = {key: str(value) for key, value in entry.meta.items() if key != "event"}
    return f"{values} {meta}"


RETURNED = Event("2026-01-16", 1000050, "RESTITUTION REGLEMENT VIR DUPONT", "50.00", "50.00")


def test_money_given_back_is_known_where_a_sweep_of_the_ledger_has_it(firm: Books) -> None:
    """DUPONT paid 50.00 too much: the plugin credits the current account with the sweep."""
    bank = camt(
        statement(
            line("2026-01-13", "11400.00", "VIREMENT RECU LE FACTOR", counterparty_iban=FACTOR),
            line("2026-01-16", "-50.00", "NIVELLEMENT", counterparty_iban=FACTOR),
            opening="50.00",
        )
    )
    paid = """
2026-01-15 * "DUPONT" "More than is owed"
  Assets:Bank:Shared  50.00 EUR
  Assets:Clients:DUPONT
"""
    with (firm.folder / "main.beancount").open("a") as ledger:
        ledger.write(paid)
    imported(firm, {"bank.xml": bank})
    files = factor_files([([*WEEK_1, RETURNED], "2026-01-05", "2026-01-16")])
    result = imported(firm, files, *files)
    assert [(row["known"], row["in_suspense"]) for row in json.loads(result.stdout)] == [(1, 0)]
    entries, errors = firm.load()
    assert errors == []
    assert balance(entries, "Assets:Factor:Current") == Decimal("154.96")


def test_money_given_back_that_no_sweep_has_waits_in_suspense(firm: Books) -> None:
    result = imported(firm, factor_files([([*WEEK_1, RETURNED], "2026-01-05", "2026-01-16")]))
    assert [row["in_suspense"] for row in json.loads(result.stdout)] == [1]
    assert "which no sweep of the ledger has" in (firm.folder / "imported.beancount").read_text()


def test_a_payment_of_a_document_that_is_settled_already_is_the_banks(firm: Books) -> None:
    """The shared account's statement had the receipt: the factor's line only moves the reserve."""
    paid = """
2026-01-19 * "MARTIN" "Payment"
  Assets:Bank:Shared  4000.00 EUR
  Assets:Clients:MARTIN
    settles: "F2026-0002"
"""
    with (firm.folder / "main.beancount").open("a") as ledger:
        ledger.write(paid)
    imported(firm, factor_files())
    text = (firm.folder / "imported.beancount").read_text()
    assert 'VIREMENT RECU FACTURE N F2026-0002 MARTIN"\n' in text
    assert "settles" not in text


def test_a_payment_that_names_nothing_waits_in_suspense(firm: Books) -> None:
    paid = Event("2026-01-12", 1000060, "VIREMENT RECU  DIVERS", "", "70.00")
    result = imported(firm, factor_files([([*WEEK_1, paid], *WEEKS[0][1:])]))
    assert [row["in_suspense"] for row in json.loads(result.stdout)] == [1]
    entries, errors = firm.load()
    assert errors == []
    assert balance(entries, "Assets:Bank:Transit") == 11470
    assert balance(entries, "Assets:Suspense") == -70


def test_unknown_words_on_the_financing_account_alone_are_refused(firm: Books) -> None:
    odd = Event("2026-01-12", 1000061, "OPERATION DIVERSE", "", "70.00")
    result = imported(firm, factor_files([([*WEEK_1, odd], *WEEKS[0][1:])]))
    assert "'OPERATION DIVERSE' on the financing account has no words that are known" in (
        result.output
    )


@pytest.mark.parametrize("damage", ["does not add up", "has no closing record 07"])
def test_a_file_that_is_not_whole_is_refused_in_one_line(firm: Books, damage: str) -> None:
    (content,) = factor_files([WEEKS[0]]).values()
    rows = content.splitlines(keepends=True)
    kept = rows[:1] + rows[3:] if damage == "does not add up" else rows[:-1]
    result = imported(firm, {"damaged.txt": "".join(kept)})
    assert result.exit_code == 1
    (refused,) = [text for text in result.output.splitlines() if ": refused: " in text]
    assert damage in refused
    assert (firm.folder / "imported.beancount").read_text() == ""


def test_beangulps_importer_gives_the_same_entries_and_knows_them_again(firm: Books) -> None:
    (content,) = factor_files([WEEKS[0]]).values()
    path = str(firm.add("factor.txt", content))
    (importer,) = [each for each in importers_from(firm.mapping_path) if each.identify(path)]
    entries, _errors = firm.load()
    extracted = importer.extract(path, entries)
    assert importer.account(path) == "Assets:Factor:Current"
    assert [type(entry).__name__ for entry in extracted] == [
        "Custom",
        "Custom",
        "Custom",
        "Transaction",
        "Balance",
    ]
    imported(firm, {}, "factor.txt")
    again, _errors = firm.load()
    importer.deduplicate(extracted, again)
    assert all("__duplicate__" in entry.meta for entry in extracted)
