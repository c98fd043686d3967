"""Real CSV files of other projects: read right by a table, or refused for a reason."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from tests.importers.firm import Books
from tests.importers.real_files import RealFiles
from tests.importers.tables import invoices
from tests.importers.tables import statements
from tests.importers.tables import why
from tests.importers.tables import with_table

CSV = RealFiles("csv")

RECOUVREMENT = """\
kind: invoices
rate: 20
columns: {number: numero, date: date_emission, due: date_echeance, customer_number: client_id, \
total: montant}
"""

SMARTBUSINESS = """\
kind: invoices
rows: lines
columns:
  number: number
  date: date
  due: due
  customer: client_name
  customer_number: client_number
  currency: currency
  net: position_nettotal_afterdiscount
  vat: position_vattotal
  rate: position_vat
  total: position_total
skip: {status: Bozza}
"""

FRENCH_HEADERS = """\
kind: bank
account: FR1
columns: {date: Date opération, text: Libellé, debit: Débit, credit: Crédit, currency: Devise, \
reference: Référence}
"""

CAISSE_EPARGNE = """\
kind: bank
account: FR1
columns: {date: Date de comptabilisation, value_date: Date de valeur, text: Libelle operation, \
debit: Debit, credit: Credit}
"""

POSTFINANCE = """\
kind: bank
above: {account: "Compte:", currency: "Monnaie:"}
ends: "Disclaimer:"
columns: {date: Date, text: Texte de notification, credit: Crédit en CHF, debit: Débit en CHF}
"""

UBS = """\
kind: bank
above: {account: IBAN, currency: Évaluation en}
columns: {date: Date de transaction, value_date: Date de valeur, text: [Description1, \
Description2], amount: Montant de la transaction, side: Débit/Crédit, currency: Monnaie}
"""

OCA = """\
kind: bank
account: FR1
columns: {date: Date, text: Label, amount: Amount, counterparty: Partner Name}
"""

PAYMENTS = """\
kind: bank
account: FR1
columns: {date: paiement_id, text: client_id, amount: montant_paye}
"""

INVOICES_WITHOUT_DATES = """\
kind: invoices
rate: 20
columns: {number: feature_id, date: date, customer: client_nom, total: montant_factture}
"""

# What refuses a file, by the most that a table can say of it.
REFUSED = {
    "app-recouvrement-clients_exemple.csv": (
        RECOUVREMENT,
        "has not the columns of any of the `tables`",
    ),
    "lettrage-factures.csv": (INVOICES_WITHOUT_DATES, "has not the columns of any of the `tables`"),
    "lettrage-paiements.csv": (PAYMENTS, "line 2: 'P001' is no date"),
    "oca_debit_credit.csv": (
        OCA.replace("amount: Amount", "amount: Amount, side: D/C, balance: Balance"),
        "line 3: -1533.50 has the sign of a debit, but 'C' beside it",
    ),
    "ubs_format2_fr_20220928.csv": (
        UBS.replace("columns: {", "columns: {balance: Solde, "),
        "line 19: states a balance of 1441.21, but the movements lead to 1364.81",
    ),
}

READ = {
    "app-recouvrement-factures_exemple.csv",
    "bsp_csv_french_headers.csv",
    "caisse-epargne-statement.csv",
    "oca_sample_statement_en.csv",
    "postfinance_format6_fr_20240226.csv",
    "smartbusiness-invoice-dettagliata-3.csv",
}


def cells(name: str, delimiter: str = ";", skipped: int = 1) -> list[list[str]]:
    """Return the cells of a file's rows, cut at each delimiter, also in quotes."""
    text = CSV.path(name).read_text(encoding="utf-8-sig")
    return [row.replace('"', "").split(delimiter) for row in text.splitlines()[skipped:]]


def decimals(texts: list[str]) -> list[Decimal]:
    return [Decimal(text.replace(",", ".") or "0") for text in texts]


def test_the_outcome_of_every_file_is_known() -> None:
    CSV.check_all_are_among({*READ, *REFUSED})


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_right_is_refused(books: Books, name: str) -> None:
    table, reason = REFUSED[name]
    assert why(with_table(books, table), CSV.path(name)).startswith(reason)


def test_an_export_of_a_dunning_program(books: Books) -> None:
    name = "app-recouvrement-factures_exemple.csv"
    documents = invoices(with_table(books, RECOUVREMENT), CSV.path(name))
    rows = cells(name, ",")
    assert [document.number for document in documents] == [row[0] for row in rows]
    assert [document.buyer.identifiers for document in documents] == [(row[1],) for row in rows]
    assert [document.total for document in documents] == decimals([row[2] for row in rows])
    assert [str(document.date) for document in documents] == [row[3] for row in rows]
    assert [str(document.instalments[0].due) for document in documents] == [r[4] for r in rows]
    assert all(document.net + document.vat[0].tax == document.total for document in documents)


def test_an_invoice_export_with_a_row_for_each_line(books: Books) -> None:
    name = "smartbusiness-invoice-dettagliata-3.csv"
    documents = invoices(with_table(books, SMARTBUSINESS), CSV.path(name))
    rows = [row for row in cells(name) if row[10] != "Bozza"]
    assert [document.number for document in documents] == ["10002", "10001"]
    for document in documents:
        own = [row for row in rows if row[0] == document.number]
        assert document.net == sum(decimals([row[23] for row in own]))
        assert document.vat[0].tax == sum(decimals([row[25] for row in own]))
        assert document.total == sum(decimals([row[26] for row in own]))
        assert document.vat[0].rate == Decimal(own[0][24])
        assert f"{document.date:%d.%m.%Y}" == own[0][4]
        assert f"{document.instalments[0].due:%d.%m.%Y}" == own[0][6]
        assert (document.currency, document.buyer.name) == ("CHF", own[0][1])
    assert [document.total for document in documents] == [Decimal("1057.68"), Decimal("615.54")]


def test_a_statement_with_french_headers_and_decimal_commas(books: Books) -> None:
    name = "bsp_csv_french_headers.csv"
    (found,) = statements(with_table(books, FRENCH_HEADERS), CSV.path(name))
    assert [line.amount for line in found.lines] == [
        Decimal("-1234.56"),
        Decimal("3500.00"),
        Decimal("-4.50"),
    ]
    assert [line.text for line in found.lines] == ["Loyer Avril", "Salaire", "Café"]
    assert [line.reference for line in found.lines] == ["FR-001", "FR-002", "FR-003"]
    assert found.lines[2].date == datetime.date(2026, 4, 9)


def test_a_statement_of_the_caisse_d_epargne(books: Books) -> None:
    name = "caisse-epargne-statement.csv"
    (found,) = statements(with_table(books, CAISSE_EPARGNE), CSV.path(name))
    rows = cells(name)
    expected = [
        debit + credit
        for debit, credit in zip(
            decimals([row[8] for row in rows]), decimals([row[9] for row in rows]), strict=True
        )
    ]
    assert [line.amount for line in found.lines] == expected
    assert sum(expected) == Decimal("-140.36")
    assert [f"{line.date.day}/{line.date.month}/{line.date.year}" for line in found.lines] == [
        row[0] for row in rows
    ]


def test_a_statement_of_postfinance(books: Books) -> None:
    (found,) = statements(
        with_table(books, POSTFINANCE), CSV.path("postfinance_format6_fr_20240226.csv")
    )
    assert (found.account, found.currency) == ("CH00000000000000000000", "CHF")
    assert [line.amount for line in found.lines] == [-100, -15]
    assert {line.date for line in found.lines} == {datetime.date(2024, 2, 26)}


def test_a_statement_of_ubs_without_its_balances_which_contradict_it(books: Books) -> None:
    name = "ubs_format2_fr_20220928.csv"
    (found,) = statements(with_table(books, UBS), CSV.path(name))
    rows = [row for row in cells(name, skipped=10) if len(row) > 5]
    assert [line.amount for line in reversed(found.lines)] == decimals([row[5] for row in rows])
    assert [str(line.date) for line in reversed(found.lines)] == [row[0] for row in rows]
    assert (found.account, found.currency, len(rows)) == ("CH12345678910", "CHF", 10)


def test_american_dates_and_thousands(books: Books) -> None:
    (found,) = statements(with_table(books, OCA), CSV.path("oca_sample_statement_en.csv"))
    assert [line.amount for line in found.lines] == [Decimal("-33.50"), Decimal(1525)]
    assert {line.date for line in found.lines} == {datetime.date(2018, 12, 15)}
