"""The take-up of earlier books: balances, open items as documents, and what a contract makes."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core import data
from beancount.core.amount import Amount

from beancount_factoring.importers.run import ImportedFile
from beancount_factoring.importers.run import run_import
from beancount_factoring.importers.run import write_entries
from tests.importers.fecs import NAME
from tests.importers.fecs import fec
from tests.importers.fecs import line
from tests.importers.fecs import opening
from tests.importers.fecs import payment
from tests.importers.fecs import sale
from tests.importers.firm import Books
from tests.importers.firm import cii

_ZERO = Decimal(0)

TAKE_UP = """\
take_up:
  opening: Equity:Opening
"""

CHART = """\
2024-01-01 open Equity:Opening
2024-01-01 open Equity:Capital
  pcg: "101"
2024-01-01 open Expenses:Purchases
  pcg: "607000"
2024-01-01 open Income:Services
  pcg: "706000"
2024-01-01 open Liabilities:VAT:Collected
  pcg: "44571"
"""

YEAR = fec(
    opening(5000, ("C1", "F2024-9", 600)),
    sale("F1", "C1", 1000, letter="A"),
    payment("1", "C1", 1200, letter="A"),
    sale("F2", "C2", 500, date="20251210"),
    payment("2", "C2", 50),
    line("OD 1", "607000", "30,00", ""),
    line("OD 1", "512000", "", "30,00"),
)


@pytest.fixture
def firm(books: Books) -> Books:
    """Return books with numbered accounts that begin where the FEC ends."""
    ledger = books.ledger.read_text().replace("2026-01-01 open", "2024-01-01 open")
    ledger = ledger.replace(
        "open Assets:Bank:Operating EUR", 'open Assets:Bank:Operating EUR\n  pcg: "512000"'
    )
    books.ledger.write_text(ledger + CHART)
    books.mapping_path.write_text(books.mapping_path.read_text() + TAKE_UP)
    return books


def take_up(books: Books, content: str = YEAR, name: str = NAME) -> ImportedFile:
    """Import a FEC and write what is new into the ledger."""
    run = run_import(books.ledger, [books.add(name, content)])
    assert not run.problems
    write_entries(run.into, (*run.opened, *run.entries))
    return run.files[0]


def balances(books: Books) -> dict[str, Decimal]:
    """Return the ledger's balances, which has no errors."""
    entries, errors = books.load()
    assert not errors
    found: dict[str, Decimal] = {}
    for entry in entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                assert posting.units is not None
                assert posting.units.number is not None
                found[posting.account] = found.get(posting.account, _ZERO) + posting.units.number
    return {account: number for account, number in found.items() if number}


def transactions(books: Books) -> list[data.Transaction]:
    entries, _errors = books.load()
    return [entry for entry in entries if isinstance(entry, data.Transaction)]


def why(books: Books, content: str = YEAR, name: str = NAME) -> str:
    """Return the one line for which a FEC is refused; it leaves no trace."""
    refused = take_up(books, content, name).refused
    assert refused is not None
    assert "\n" not in refused
    assert not transactions(books)
    return refused


def test_the_ledger_has_the_balances_of_the_years_end(firm: Books) -> None:
    assert take_up(firm)[1:6] == ("FEC", 4, 0, 0, None)
    assert balances(firm) == {
        "Assets:Bank:Operating": Decimal("6220.00"),
        "Assets:Clients:C1": Decimal("600.00"),
        "Assets:Clients:C2": Decimal("550.00"),
        "Equity:Capital": Decimal("-5600.00"),
        "Expenses:Purchases": Decimal("30.00"),
        "Income:Services": Decimal("-1500.00"),
        "Liabilities:VAT:Collected": Decimal("-300.00"),
    }


def test_open_items_are_documents_of_their_own_day(firm: Books) -> None:
    take_up(firm)
    old, credit, new, balance = transactions(firm)
    assert balance.date == datetime.date(2025, 12, 31)
    assert (old.date, old.payee, old.narration) == (
        datetime.date(2024, 12, 15),
        "C1",
        "Invoice F2024-9",
    )
    assert old.links == {"invoice-F2024-9-600.00-EUR"}
    assert old.postings[0].account == "Assets:Clients:C1"
    assert old.postings[0].meta is not None
    assert old.postings[0].meta["invoice"] == "F2024-9"
    assert old.postings[1].account == "Equity:Opening"
    assert (credit.flag, credit.links, credit.postings[0].units) == (
        "*",
        frozenset(),
        Amount(Decimal("-50.00"), "EUR"),
    )
    assert new.date == datetime.date(2025, 12, 10)


def test_open_items_are_remitted_to_the_factor(firm: Books) -> None:
    firm.edit(
        "contracts.yaml",
        "shared_account: {source: statement}",
        "shared_account: {source: generated}",
    )
    take_up(firm)
    firm.ledger.write_text(firm.ledger.read_text() + '2026-01-16 event "period" "closed"\n')
    remitted = [t for t in transactions(firm) if t.meta.get("factoring-event") == "remittance"]
    assert [(p.account, p.units.number) for t in remitted for p in t.postings if p.units] == [
        ("Assets:Factor:Current", Decimal("1200.00")),
        ("Assets:Clients:C1", Decimal("-600.00")),
        ("Assets:Clients:C2", Decimal("-600.00")),
    ]


def test_the_same_file_twice_adds_nothing(firm: Books) -> None:
    take_up(firm)
    before = transactions(firm)
    assert take_up(firm)[1:6] == ("FEC", 0, 4, 0, None)
    assert transactions(firm) == before


def test_another_take_up_is_refused(firm: Books) -> None:
    take_up(firm)
    before = transactions(firm)
    refused = take_up(firm, YEAR.replace("30,00", "31,00")).refused
    assert refused is not None
    assert refused.startswith("is another take-up than the ledger has, of 2025-12-31: take")
    assert transactions(firm) == before


def test_a_document_that_came_before_as_a_file_refuses_the_take_up(firm: Books) -> None:
    run = run_import(firm.ledger, [firm.add("1.xml", cii("F2", date="20251210", due="20260104"))])
    write_entries(run.into, (*run.opened, *run.entries))
    refused = take_up(firm).refused
    assert refused is not None
    assert "has F2 open, which the ledger has already, of 2025-12-10" in refused


def test_a_document_that_comes_later_as_a_file_is_known(firm: Books) -> None:
    firm.edit("import.yaml", "DUPONT: [", 'DUPONT: ["C2", ')
    take_up(firm)
    path = firm.add("1.xml", cii("F2", "500.00", date="20251210", due="20260104"))
    (file,) = run_import(firm.ledger, [path]).files
    assert (file.new, file.known) == (0, 1)


def test_a_partly_lettered_invoice_has_its_rest_open(firm: Books) -> None:
    take_up(
        firm,
        fec(opening(), sale("F1", "C1", 1000, letter="a"), payment("1", "C1", 500, letter="a")),
    )
    invoice, lowered, _opening = transactions(firm)
    assert invoice.postings[0].meta is not None
    assert lowered.postings[0].meta is not None
    assert lowered.postings[0].meta["settles"] == invoice.postings[0].meta["invoice"] == "F1"
    assert balances(firm)["Assets:Clients:C1"] == Decimal("700.00")


def test_two_lines_of_one_invoice_are_its_instalments(firm: Books) -> None:
    content = fec(
        opening(),
        line("VT 1", "411000", "700,00", "", customer="C1", piece="F1"),
        line("VT 1", "411000", "500,00", "", customer="C1", piece="F1"),
        line("VT 1", "706000", "", "1200,00", piece="F1"),
    )
    take_up(firm, content)
    invoice, _opening = transactions(firm)
    assert [p.meta and p.meta.get("invoice") for p in invoice.postings] == ["F1", "F1", None]
    assert invoice.links == {"invoice-F1-1200.00-EUR"}


def test_a_due_date_of_its_own_column_is_taken(firm: Books) -> None:
    rows = YEAR.splitlines()
    rows[0] += "\tDateEcheance"
    dues = ("20260131" if row.startswith("VT\tVT\tF2") else "" for row in rows[1:])
    rows[1:] = [f"{row}\t{due}" for row, due in zip(rows[1:], dues, strict=True)]
    content = "\n".join(rows)
    take_up(firm, content)
    due = [p.meta.get("due") for t in transactions(firm) for p in t.postings if p.meta]
    assert datetime.date(2026, 1, 31) in due


def test_an_item_without_a_number_waits_for_a_person(firm: Books) -> None:
    content = fec(opening(), sale("F1", "C1", 100, piece="-"))
    assert take_up(firm, content).in_suspense == 1
    item, _opening = transactions(firm)
    assert (item.flag, item.links) == ("!", frozenset())
    assert item.postings[0].meta is not None
    assert item.postings[0].meta["reason"] == "no number in PieceRef"


def test_a_file_without_capital_may_lack_its_opening_entries(firm: Books) -> None:
    content = fec(sale("F1", "C1", 1000, letter="A"), payment("1", "C1", 1200, letter="A"))
    assert take_up(firm, content).in_suspense == 1
    (opened,) = transactions(firm)
    assert opened.meta["reason"] == "no account of class 1: are the opening entries in the file?"


def test_income_and_expenses_may_go_to_the_result(firm: Books) -> None:
    firm.edit(
        "import.yaml", "opening: Equity:Opening", "opening: Equity:Opening\n  result: Equity:Result"
    )
    firm.ledger.write_text(firm.ledger.read_text() + "2024-01-01 open Equity:Result\n")
    take_up(firm)
    found = balances(firm)
    assert found["Equity:Result"] == Decimal("-1470.00")
    assert "Income:Services" not in found


def test_the_balances_may_have_another_day(firm: Books) -> None:
    firm.edit(
        "import.yaml", "opening: Equity:Opening", "opening: Equity:Opening\n  date: 2026-01-01"
    )
    take_up(firm, YEAR, "export.txt")
    assert transactions(firm)[-1].date == datetime.date(2026, 1, 1)


def test_numbers_may_be_listed_by_how_they_begin(firm: Books) -> None:
    firm.edit(
        "import.yaml",
        "opening: Equity:Opening",
        "opening: Equity:Opening\n  accounts: {6: Expenses:Bank, 60: Expenses:Purchases}",
    )
    take_up(firm, YEAR.replace("607000", "60710000"))
    assert balances(firm)["Expenses:Purchases"] == 30


def test_missing_accounts_are_told_with_what_to_open(firm: Books) -> None:
    content = YEAR.replace("607000\tAchats", "60400000\tÉtudes")
    assert why(firm, content) == (
        'has balances on 60400000 Études: open an account with the metadata pcg: "60400000" for'
        " each, or list its number under `take_up: {accounts: …}` in import.yaml"
    )


def test_two_accounts_of_one_number_are_refused(firm: Books) -> None:
    firm.ledger.write_text(
        firm.ledger.read_text() + '2024-01-01 open Expenses:Other\n  pcg: "607"\n'
    )
    assert "which Expenses:Purchases and Expenses:Other have as `pcg:`" in why(firm)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "2024-01-01 open Equity:Opening",
            "2025-06-01 open Equity:Opening",
            "is opened on 2025-06",
        ),
        ("2024-01-01 open Income:Services", "2026-01-01 open Income:Services", "is opened on 2026"),
    ],
)
def test_an_account_opened_too_late_is_told(firm: Books, old: str, new: str, reason: str) -> None:
    firm.edit("main.beancount", old, new)
    assert reason in why(firm)


def test_another_firms_file_is_refused(firm: Books) -> None:
    assert why(firm, YEAR, "732829320FEC20251231.txt") == (
        "is the FEC of 732829320, not of the seller in import.yaml, line 1"
    )


def test_a_name_without_a_date_needs_one_in_the_mapping(firm: Books) -> None:
    assert why(firm, YEAR, "export.txt") == (
        "has no closing date in its name (SIRENFECAAAAMMJJ): write `date:` under `take_up:` in"
        " import.yaml"
    )


def test_entries_after_the_mappings_date_are_refused(firm: Books) -> None:
    firm.edit(
        "import.yaml", "opening: Equity:Opening", "opening: Equity:Opening\n  date: 2025-06-30"
    )
    assert "has entries up to 2025-12-10, after the take-up's date 2025-06-30" in why(firm)


def test_without_a_section_the_refusal_says_what_to_write(firm: Books) -> None:
    firm.edit("import.yaml", TAKE_UP, "")
    assert why(firm).startswith("is a FEC, the take-up of earlier books: write `take_up:")


def test_lines_without_a_customer_are_refused_unless_listed(firm: Books) -> None:
    content = fec(
        opening(),
        line("VT 1", "411000", "120,00", "", piece="F1"),
        line("VT 1", "706000", "", "120,00"),
    )
    assert "has no CompAuxNum on 411000 Clients, so that nobody knows the customer" in why(
        firm, content
    )
    firm.edit("import.yaml", "DUPONT: [", 'DUPONT: ["411000", ')
    assert take_up(firm, content).refused is None
    assert balances(firm)["Assets:Clients:DUPONT"] == 120


def test_two_customers_of_one_name_are_told_apart(firm: Books) -> None:
    content = fec(opening(), sale("F1", "C1", 100), sale("F2", "C2", 100))
    content = content.replace("C1\tC1", "C1\tPetit").replace("C2\tC2", "C2\tPetit")
    assert "has two customers for Assets:Clients:PETIT: Petit (C1) and Petit (C2)" in why(
        firm, content
    )


def test_the_file_is_the_first_to_be_booked(firm: Books, tmp_path: Path) -> None:
    firm.add("a.xml", cii("F2", "500.00", date="20251210", due="20260104", siren="", buyer="C2"))
    firm.add(NAME, YEAR)
    invoice, year = sorted(run_import(firm.ledger, [firm.documents]).files, key=lambda f: -f.new)[
        ::-1
    ]
    assert (year.what, year.new) == ("FEC", 4)
    assert (invoice.new, invoice.known) == (0, 1)
