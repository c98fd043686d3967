"""Single events of a factor's own statement: what is booked, what waits, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core import data

from beancount_factoring.importers.banks.cfonb120 import read_cfonb120
from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.entries.statement_entries import StatementFile
from tests.importers.factor_firm import BANK
from tests.importers.factor_firm import STATEMENTS
from tests.importers.factor_firm import WEEK_1
from tests.importers.factor_firm import WEEKS
from tests.importers.factor_firm import altered
from tests.importers.factor_firm import balance
from tests.importers.factor_firm import factor_files
from tests.importers.factor_firm import imported
from tests.importers.factor_firm import new_firm
from tests.importers.factor_writer import Event
from tests.importers.factor_writer import factor_cfonb
from tests.importers.firm import FACTOR
from tests.importers.firm import Books
from tests.importers.firm import camt
from tests.importers.firm import line
from tests.importers.firm import statement


@pytest.fixture
def firm(tmp_path: Path) -> Books:
    return new_firm(tmp_path)


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


def test_a_draw_that_the_bank_had_before_counts_for_one_of_the_factors(firm: Books) -> None:
    """Two draws of one amount on following days; the bank's statement had one of them."""
    mapping = (firm.folder / "import.yaml").read_text()
    (firm.folder / "import.yaml").write_text(mapping.replace(STATEMENTS, ""))
    draw = line("2026-01-13", "11400.00", "VIREMENT RECU LE FACTOR", counterparty_iban=FACTOR)
    imported(firm, {"bank.xml": camt(statement(draw))})
    (firm.folder / "import.yaml").write_text(mapping)
    again = [
        Event("2026-01-13", 1000090, "VIREMENT BANCAIRE EN VOTRE FAVEUR", "-11400.00"),
        Event("2026-01-13", 1000090, "MONTANT FINANCE PAR VIREMENT", "", "-11400.00"),
    ]
    (content,) = factor_files([([*WEEK_1, *again], "2026-01-05", "2026-01-13")]).values()
    # A copy of the file, read in the same run, has nothing more.
    result = imported(firm, {"1.txt": content, "2.txt": content}, "1.txt", "2.txt")
    assert [(row["new"], row["known"]) for row in json.loads(result.stdout)] == [(5, 1), (0, 6)]
    (remark,) = json.loads(result.stdout)[0]["remarks"]
    assert "2026-01-13 -11400.00 EUR VIREMENT BANCAIRE EN VOTRE FAVEUR: left out, " in remark
    assert remark.endswith("(CAMT.053 has it)")
    entries, _errors = firm.load()
    assert balance(entries, "Assets:Bank:Shared") == 11400
    assert balance(entries, "Assets:Bank:Transit") == 11400


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


def test_a_file_that_holds_its_statements_twice_gives_them_once(firm: Books) -> None:
    (content,) = factor_files([WEEKS[0]]).values()
    result = imported(firm, {"twice.txt": content + content})
    assert result.exit_code == 0
    _entries, errors = firm.load()
    assert errors == []


def test_the_same_figures_in_another_format_are_known(firm: Books) -> None:
    """A table of the factor's portal writes other labels for the same events."""
    (content,) = factor_files([WEEKS[0]]).values()
    imported(firm, {"factor.txt": content})
    entries, _errors = firm.load()
    statements = tuple(
        replace(each, lines=tuple(x._replace(text=f"{x.text} (portail)") for x in each.lines))
        for each in read_cfonb120(firm.documents / "factor.txt")
    )
    file = StatementFile("portal.csv", "table", statements)
    extracted = Booking(firm.mapping(), entries).statements(file)
    assert len(extracted) == 5
    assert all(each.known is not None for each in extracted)


def test_the_financing_account_by_itself_gives_what_it_alone_has(firm: Books) -> None:
    imported(firm, factor_files())
    before = (firm.folder / "imported.beancount").read_bytes()
    financing = {}
    for name, content in factor_files().items():
        rows = content.splitlines(keepends=True)
        start = next(place for place, row in enumerate(rows) if row.startswith("07")) + 1
        financing[f"financing-{name}"] = "".join(rows[start:])
    result = imported(firm, financing, *financing)
    assert result.exit_code == 0, result.output
    assert [(row["new"], row["known"]) for row in json.loads(result.stdout)] == [
        (0, 0),
        (0, 1),
        (0, 0),
    ]
    assert (firm.folder / "imported.beancount").read_bytes() == before


def test_an_invoice_numbered_like_a_reference_is_not_taken_for_it(firm: Books) -> None:
    """Columns 105 to 120 count an event's lines: 000001, 000002 …"""
    invoice = """
2026-01-08 * "DUPONT" "Invoice 000001"
  Assets:Clients:DUPONT  70.00 EUR
    invoice: "000001"
  Income:Sales
"""
    with (firm.folder / "main.beancount").open("a") as ledger:
        ledger.write(invoice)
    paid = Event("2026-01-12", 1000060, "VIREMENT RECU  DIVERS", "", "70.00")
    result = imported(firm, factor_files([([*WEEK_1, paid], *WEEKS[0][1:])]))
    assert [row["in_suspense"] for row in json.loads(result.stdout)] == [1]
