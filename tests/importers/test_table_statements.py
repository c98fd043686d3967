"""Tables of bank statements: movements in order, proven by what balances the file has."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancount.core import data

from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.run import run_import
from beancount_factoring.importers.run import write_entries
from tests.importers.firm import OPERATING
from tests.importers.firm import SHARED
from tests.importers.firm import Books
from tests.importers.firm import camt
from tests.importers.firm import line
from tests.importers.firm import statement
from tests.importers.tables import BANK
from tests.importers.tables import lines
from tests.importers.tables import problems
from tests.importers.tables import statements
from tests.importers.tables import why
from tests.importers.tables import with_table

HEADER = "Date;Libellé;Montant;Solde"
ROWS = (
    "03/02/2026;VIR DUPONT;1 200,00;2 200,00",
    "03/02/2026;FRAIS TENUE DE COMPTE;-12,00;2 188,00",
    "16/02/2026;PRLV LOYER;-500,00;1 688,00",
)

DATED = BANK.replace("kind: bank", "kind: bank\ndates: day-first")

DEBIT_CREDIT = """\
kind: bank
account: FR1
columns: {date: Date, text: Texte, debit: Débit, credit: Crédit}
"""

SIDED = """\
kind: bank
account: FR1
columns: {date: Date, text: Texte, amount: Montant, side: Sens}
"""

ABOVE = """\
kind: bank
above: {account: "IBAN :", currency: Devise, opening: Ancien solde, closing: Nouveau solde, \
closing_date: Au}
columns: {date: Date, text: Libellé, amount: Montant}
"""

ALL = f"""\
kind: bank
account: {SHARED}
columns:
  date: Date
  value_date: Valeur
  text: [Libellé, Détail]
  amount: Montant
  counterparty: Tiers
  iban: IBAN tiers
  reference: Référence
  end_to_end: EndToEnd
  id: Id
  event: Opération
  currency: Devise
"""


def amounts(*found: Statement) -> list[Decimal]:
    return [line.amount for each in found for line in each.lines]


def test_the_days_before_the_last_are_closed_by_their_balance(books: Books) -> None:
    before, last = statements(with_table(books, BANK), lines(HEADER, *ROWS))
    assert before.account == SHARED
    assert (before.opening, before.closing) == (Decimal(1000), Decimal(2188))
    assert before.closing_date == datetime.date(2026, 2, 3)
    assert (last.opening, last.closing, last.closing_date) == (Decimal(2188), Decimal(1688), None)
    assert amounts(before, last) == [1200, -12, -500]
    assert [line.position for line in before.lines] == [2, 3]


def test_the_newest_row_may_come_first(books: Books) -> None:
    with_table(books, BANK)
    oldest_first = statements(books, lines(HEADER, *ROWS))
    newest_first = statements(books, lines(HEADER, *reversed(ROWS)))
    assert amounts(*oldest_first) == amounts(*newest_first)
    assert [s.closing for s in oldest_first] == [s.closing for s in newest_first]


def test_a_balance_may_stand_on_a_days_last_row_only(books: Books) -> None:
    rows = (ROWS[0].replace("2 200,00", ""), *ROWS[1:])
    before, _last = statements(with_table(books, BANK), lines(HEADER, *rows))
    assert before.opening == 1000


@pytest.mark.parametrize("changed", range(3))
def test_a_balance_that_the_movements_do_not_lead_to_is_refused(books: Books, changed: int) -> None:
    rows = [row.replace("-500,00", "-500,10") if n == 2 else row for n, row in enumerate(ROWS)]
    rows[changed] = rows[changed].replace("88,00", "88,10").replace("2 200,00", "2 200,10")
    reason = why(with_table(books, BANK), lines(HEADER, *rows))
    assert "states a balance of" in reason
    assert "but the movements lead to" in reason


def test_balances_above_the_header_prove_the_movements(books: Books) -> None:
    with_table(books, ABOVE)
    above = (
        f"Compte;IBAN :;{SHARED}",
        f"IBAN :;{SHARED}",
        "Devise;EUR",
        "Ancien solde;1 000,00",
        "Nouveau solde;1 688,00",
        "Au;28/02/2026",
        "",
        "Date;Libellé;Montant",
    )
    content = lines(*above, *(row.rpartition(";")[0] for row in ROWS))
    (found,) = statements(books, content)
    assert (found.account, found.currency) == (SHARED, "EUR")
    assert (found.opening, found.closing) == (Decimal(1000), Decimal(1688))
    assert found.closing_date == datetime.date(2026, 2, 28)
    assert "difference 0.10" in why(books, content.replace("1 688,00", "1 688,10"))
    assert why(books, content.replace("28/02/2026", "15/02/2026")) == (
        "has movements after its closing date 2026-02-15"
    )
    assert why(books, content.replace("Devise;EUR", "Devise;euros")) == (
        "line 3: 'EUROS' is no currency like EUR"
    )
    assert why(books, content.replace("Ancien solde;", "Solde ancien;")) == (
        "has no row above line 8 that tells the opening"
    )


@pytest.mark.parametrize("debit", ["12,00", "-12,00"])
def test_debits_in_a_column_of_their_own_lower_the_account(books: Books, debit: str) -> None:
    content = lines("Date;Texte;Débit;Crédit", f"2026-02-03;A;{debit};", "2026-02-04;B;;30,00")
    (found,) = statements(with_table(books, DEBIT_CREDIT), content)
    assert amounts(found) == [-12, 30]
    assert (found.opening, found.closing) == (None, None)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (("2026-02-03;A;12,00;", "2026-02-04;B;-5,00;"), "line 3: the debit has not the sign of"),
        (("2026-02-03;A;12,00;3,00",), "line 2: has a debit and a credit"),
        (("2026-02-03;A;;",), "line 2: has neither a debit nor a credit"),
        (("2026-02-03;A;;-3,00",), "line 2: has a negative credit"),
    ],
)
def test_debit_and_credit_in_doubt_are_refused(
    books: Books, rows: tuple[str, ...], reason: str
) -> None:
    content = lines("Date;Texte;Débit;Crédit", *rows)
    assert why(with_table(books, DEBIT_CREDIT), content).startswith(reason)


def test_a_column_may_tell_the_side(books: Books) -> None:
    content = lines("Date;Texte;Montant;Sens", "2026-02-03;A;12,00;D", "2026-02-03;B;30,00;crédit")
    assert amounts(*statements(with_table(books, SIDED), content)) == [-12, 30]


def test_an_amount_may_have_the_sign_that_its_side_tells_and_no_other(books: Books) -> None:
    with_table(books, SIDED)
    content = lines("Date;Texte;Montant;Sens", "2026-02-03;A;-12,00;Débit")
    assert amounts(*statements(books, content)) == [-12]
    assert why(books, content.replace("Débit", "C")) == (
        "line 2: -12.00 has the sign of a debit, but 'C' beside it"
    )
    assert why(books, content.replace("Débit", "S")) == (
        "line 2: 'S' is neither a debit nor a credit: list it under `debits` or `credits` of its"
        " table"
    )
    books.edit(
        "import.yaml", "columns: {date: Date, text", "debits: S\n    columns: {date: Date, text"
    )
    assert amounts(*statements(books, content.replace("Débit", "S"))) == [-12]


def test_what_a_row_tells_of_the_payment(books: Books) -> None:
    content = lines(
        "Date;Valeur;Libellé;Détail;Montant;Tiers;IBAN tiers;Référence;EndToEnd;Id;Opération;"
        "Devise",
        "2026-02-03;2026-02-04;VIR;FACTURE F1;10,00;DUPONT;FR76 3000 6000 0112 3456 7890 189;RF18;"
        "NOTPROVIDED;B-1;5295341;EUR",
        "2026-02-03;;VIR;;11,00;;;;;;;USD",
    )
    euros, dollars = statements(with_table(books, ALL), content)
    (payment,) = euros.lines
    assert payment.value_date == datetime.date(2026, 2, 4)
    assert payment.text == "VIR FACTURE F1"
    assert (payment.counterparty, payment.counterparty_iban) == ("DUPONT", OPERATING)
    assert (payment.reference, payment.end_to_end_id) == ("RF18", None)
    assert (payment.bank_id, payment.entry_number) == ("B-1", "5295341")
    assert (euros.currency, dollars.currency) == ("EUR", "USD")


def test_a_column_may_tell_the_account(books: Books) -> None:
    with_table(books, DATED.replace(f"account: {SHARED}\n", "") + "  account: Compte\n")
    header = f"{HEADER};Compte"
    rows = [f"{ROWS[0]};{SHARED}", "03/02/2026;X;5,00;5,00;FR761", f"{ROWS[1]};{SHARED}"]
    first, second = statements(books, lines(header, *rows))
    assert first.account == SHARED
    assert amounts(first) == [1200, -12]
    assert second.account == "FR761"
    assert amounts(second) == [5]
    assert why(books, lines(header, ROWS[0] + ";")) == "line 2: has no account"


def test_equal_rows_are_so_many_movements(books: Books) -> None:
    rows = (
        "2026-02-03;VIR;-5,00;95,00",
        "2026-02-03;VIR;-5,00;90,00",
        "2026-02-03;VIR;-5,00;85,00",
    )
    (found,) = statements(with_table(books, BANK), lines(HEADER, *rows))
    assert amounts(found) == [-5, -5, -5]


def imported(books: Books, *names: str) -> list[str]:
    """Import files; return what became of each, and write the entries into the ledger."""
    run = run_import(books.ledger, [books.documents / name for name in names])
    assert not run.problems
    write_entries(run.into, (*run.opened, *run.entries))
    return [f"{f.what}: {f.new} new, {f.known} known, {f.refused or 'read'}" for f in run.files]


def test_overlapping_exports_are_booked_once(books: Books) -> None:
    with_table(books, DATED)
    books.add("1.csv", lines(HEADER, *ROWS[:2]))
    books.add("2.csv", lines(HEADER, *reversed(ROWS)))
    assert imported(books, "1.csv") == ["table export: 2 new, 0 known, read"]
    # The two movements of before, their day's balance, which is closed now, and one more.
    assert imported(books, "2.csv") == ["table export: 2 new, 2 known, read"]
    entries, errors = books.load()
    (balance,) = (entry for entry in entries if isinstance(entry, data.Balance))
    assert (balance.date, balance.amount.number) == (datetime.date(2026, 2, 4), Decimal(2188))
    assert len(errors) == 1, "the account had 1000.00 before"
    assert "Balance failed" in errors[0]


def test_the_same_movements_as_camt_and_as_a_table_are_booked_once(books: Books) -> None:
    with_table(books, BANK)
    movements = statement(
        line("2026-02-03", "1200.00", "VIR SEPA DUPONT"),
        line("2026-02-03", "-12.00", "FRAIS"),
        opening="1000.00",
    )
    books.add("1.xml", camt(movements))
    books.add("2.csv", lines(HEADER, *ROWS))
    assert imported(books, "1.xml", "2.csv") == [
        "CAMT.053: 3 new, 0 known, read",
        "table export: 1 new, 3 known, read",
    ]


def test_a_banks_statement_is_none_of_a_factors(books: Books) -> None:
    with_table(books, BANK.replace("kind: bank", "kind: factor"))
    books.add("factor.csv", lines(HEADER, *ROWS))
    (outcome,) = imported(books, "factor.csv")
    assert "which no contract has under `factor_statements:` (import.yaml, line" in outcome


def test_a_factors_statement_is_none_of_a_banks(books: Books) -> None:
    with_table(books, BANK)
    books.edit("import.yaml", f"  {SHARED}: Assets:Bank:Shared\n", "")
    mapping = books.mapping_path.read_text()
    books.mapping_path.write_text(f"{mapping}factor_statements: {{bpce: {{current: {SHARED}}}}}\n")
    books.add("bank.csv", lines(HEADER, *ROWS))
    (outcome,) = imported(books, "bank.csv")
    assert "the factor's of contract bpce: write `kind: factor` for its table (import" in outcome


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (f"account: {SHARED}\n", "", "needs the account once"),
        ("  text: Libellé\n", "", "has no text: each is a column of the file"),
        ("  amount: Montant\n", "", "needs the column amount, or both of debit and credit"),
        ("  amount: Montant\n", "  debit: D\n", "needs the column amount, or both of"),
        ("  balance: Solde\n", "  side: S\n  debit: D\n", "needs the column amount, or both of"),
        ("columns:", "rows: lines\ncolumns:", "tables.export.rows: is not a key here"),
        ("columns:", "above: {solde: X}\ncolumns:", "tables.export.above.solde: is not a key here"),
    ],
)
def test_a_table_that_lacks_something_is_a_problem(
    books: Books, old: str, new: str, problem: str
) -> None:
    assert old in BANK
    assert problem in problems(with_table(books, BANK.replace(old, new)))[0]
