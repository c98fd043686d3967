"""Tables of customer documents: rows read right, or the file refused with the row's line."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancount.core import data

from beancount_factoring.importers.reading.documents import Instalment
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import VatLine
from beancount_factoring.importers.run import run_import
from tests.importers.firm import Books
from tests.importers.firm import cii
from tests.importers.tables import SALES
from tests.importers.tables import SALES_HEADER
from tests.importers.tables import invoices
from tests.importers.tables import lines
from tests.importers.tables import problems
from tests.importers.tables import why
from tests.importers.tables import with_table

ROW = "F2026-0001;05/01/2026;15/02/2026;Dupont & Fils;1 000,00;200,00;20;1 200,00"
OTHER = "F2026-0002;31/01/2026;02/03/2026;Lefèvre;100,00;5,50;5,5;105,50"

TYPED = """\
kind: invoices
columns: {number: N°, date: Date, type: Type, customer: Client, credits: Sur, net: HT, vat: TVA}
invoices: [Facture, Facture d'acompte]
credit_notes: Avoir
skip: {Type: [Devis]}
"""

TYPED_HEADER = "N°;Date;Type;Client;Sur;HT;TVA"

LINES = """\
kind: invoices
rows: lines
columns: {number: No, date: Date, customer: Client, customer_number: Code, net: HT, rate: Taux}
"""

BY_RATE = """\
kind: invoices
columns: {number: No, date: Date, customer: Client, total: TTC}
rates:
  20: {net: Base 20, vat: TVA 20}
  5.5: {net: "Base 5,5", vat: "TVA 5,5"}
"""


def test_a_row_is_a_document(books: Books) -> None:
    first, second = invoices(with_table(books, SALES), lines(SALES_HEADER, ROW, OTHER))
    assert first.kind is InvoiceKind.INVOICE
    assert first.number == "F2026-0001"
    assert first.date == datetime.date(2026, 1, 5)
    assert first.buyer.name == "Dupont & Fils"
    assert first.instalments == (Instalment(datetime.date(2026, 2, 15), Decimal(1200)),)
    assert first.vat == (VatLine("S", Decimal(20), Decimal(1000), Decimal(200)),)
    assert (first.net, first.total, first.payable, first.currency) == (
        Decimal(1000),
        Decimal(1200),
        Decimal(1200),
        "EUR",
    )
    assert second.vat == (VatLine("S", Decimal("5.5"), Decimal(100), Decimal("5.50")),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_a_file_is_the_same_in_every_dialect(
    books: Books, encoding: str, delimiter: str, line_break: str
) -> None:
    with_table(books, SALES)
    expected = invoices(books, lines(SALES_HEADER, ROW.replace("Dupont", "Çelik"), OTHER))
    text = lines(SALES_HEADER, ROW.replace("Dupont", "Çelik"), OTHER)
    text = text.replace(";", delimiter).replace("\n", line_break)
    assert invoices(books, text.encode(encoding)) == expected


def test_quoted_cells_hold_commas_quotes_and_line_breaks(books: Books) -> None:
    header = SALES_HEADER.replace(";", ",")
    row = 'F1,2026-01-05,,"Dupont, ""Fils""\nParis","1,000.00",200.00,20 %,"1,200.00"'
    (document,) = invoices(with_table(books, SALES), lines(header, row))
    assert document.buyer.name == 'Dupont, "Fils"\nParis'
    assert document.total == 1200
    assert document.instalments[0].due is None


def test_the_windows_euro_sign_and_the_latin_one(books: Books) -> None:
    with_table(books, SALES)
    row = ROW.replace("1 200,00", "1 200,00 €")
    for encoding in ("cp1252", "iso8859-15"):
        (document,) = invoices(books, lines(SALES_HEADER, row).encode(encoding))
        assert document.total == 1200


def test_rows_above_the_header_and_blank_rows_are_passed_over(books: Books) -> None:
    content = lines("Export du 31/01/2026", "", "Société;Atelier", SALES_HEADER, "", ROW, ";;;;;;;")
    (document,) = invoices(with_table(books, SALES), content)
    assert document.number == "F2026-0001"


def test_columns_are_found_in_any_order_with_other_accents_and_capitals(books: Books) -> None:
    content = lines(
        "TOTAL TTC;x;NUMERO;Échéance ;DATE;client;total ht;tva;taux",
        "1200,00;;F1;;31/01/2026;Dupont;1000,00;200,00;20",
    )
    (document,) = invoices(with_table(books, SALES), content)
    assert (document.number, document.total) == ("F1", Decimal(1200))


def test_a_negative_row_is_a_credit_note_with_positive_amounts(books: Books) -> None:
    row = "A1;31/01/2026;;Dupont;-1 000,00;-200,00;20;-1 200,00"
    (document,) = invoices(with_table(books, SALES), lines(SALES_HEADER, row))
    assert document.kind is InvoiceKind.CREDIT_NOTE
    assert (document.net, document.total, document.payable) == (
        Decimal(1000),
        Decimal(1200),
        Decimal(1200),
    )
    assert document.vat == (VatLine("S", Decimal(20), Decimal(1000), Decimal(200)),)


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_row_called_credit_note_is_one_whatever_its_sign(books: Books, sign: str) -> None:
    content = lines(
        TYPED_HEADER,
        "F1;31/01/2026;Facture;Dupont;;1000;200,00",
        f"A1;31/01/2026;AVOIR;Dupont;F1;{sign}100;{sign}20,00",
        "D1;31/01/2026;Devis;Dupont;;9999;;",
    )
    invoice, credit_note = invoices(with_table(books, TYPED), content)
    assert invoice.kind is InvoiceKind.INVOICE
    assert credit_note.kind is InvoiceKind.CREDIT_NOTE
    assert (credit_note.total, credit_note.credits) == (Decimal(120), ("F1",))


def test_credit_notes_of_both_signs_in_one_file_are_refused(books: Books) -> None:
    content = lines(
        TYPED_HEADER,
        "A1;31/01/2026;Avoir;Dupont;;-100;-20,00",
        "A2;31/01/2026;Avoir;Dupont;;100;20,00",
    )
    assert why(with_table(books, TYPED), content) == (
        "line 3: a credit note of a positive amount (line 3) beside a negative one (line 2): one"
        " of them may be a claim"
    )


def test_a_type_that_the_table_does_not_know_is_refused(books: Books) -> None:
    content = lines(TYPED_HEADER, "P1;31/01/2026;Pro forma;Dupont;;100;20,00")
    assert why(with_table(books, TYPED), content) == (
        "line 2: the type 'Pro forma' is neither among `invoices` nor among `credit_notes` of its"
        " table; `skip` leaves rows out"
    )


def test_the_rows_of_a_number_are_its_lines(books: Books) -> None:
    content = lines(
        "No;Date;Client;Code;HT;Taux",
        "F1;31/01/2026;Dupont;7;10,05;20",
        "F2;31/01/2026;Martin;8;50,00;20",
        "F1;31/01/2026;;;10,05;20",
        "F1;31/01/2026;Dupont;7;100;5,5",
        "F1;;Dupont;7;;",
    )
    first, second = invoices(with_table(books, LINES), content)
    assert first.vat == (
        VatLine("S", Decimal(20), Decimal("20.10"), Decimal("4.02")),
        VatLine("S", Decimal("5.5"), Decimal(100), Decimal("5.50")),
    )
    assert first.total == Decimal("129.62")
    assert first.buyer.identifiers == ("7",)
    assert second.total == 60


def test_lines_that_disagree_on_the_customer_are_refused(books: Books) -> None:
    content = lines(
        "No;Date;Client;Code;HT;Taux",
        "F1;31/01/2026;Dupont;7;10,00;20",
        "F1;31/01/2026;Dupont;8;10,00;20",
    )
    assert why(with_table(books, LINES), content) == (
        "line 3: the customer number '8' is not that of the document's line 2, '7'"
    )


def test_a_total_that_the_lines_repeat_is_their_control(books: Books) -> None:
    with_table(books, LINES.replace("rate: Taux}", "rate: Taux, document_total: Total}"))
    header = "No;Date;Client;Code;HT;Taux;Total"
    rows = ("F1;31/01/2026;A;7;10,00;20;24,00", "F1;31/01/2026;A;7;10,00;20;24,00")
    assert invoices(books, lines(header, *rows))[0].total == 24
    assert why(books, lines(header, rows[0], rows[1].replace("24,00", "25,00"))) == (
        "line 3: states a document total of 25.00, but the rows of 'F1' add up to 24.00"
    )


def test_a_number_in_two_rows_is_refused_where_a_row_is_a_document(books: Books) -> None:
    assert why(with_table(books, SALES), lines(SALES_HEADER, ROW, ROW)) == (
        "line 3: number 'F2026-0001' stands on line 2 too: write `rows: lines` in its table if a"
        " row is a line of it"
    )


def test_each_rate_may_have_columns_of_its_own(books: Books) -> None:
    content = lines(
        "No;Date;Client;Base 20;TVA 20;Base 5,5;TVA 5,5;TTC",
        "F1;31/01/2026;Dupont;100,00;20,00;200,00;11,00;331,00",
        "F2;31/01/2026;Dupont;;;200,00;11,00;211,00",
    )
    with_table(books, BY_RATE)
    first, second = invoices(books, content)
    assert [line.rate for line in first.vat] == [20, Decimal("5.5")]
    assert second.vat == (VatLine("S", Decimal("5.5"), Decimal(200), Decimal(11)),)
    assert why(books, content.replace("331,00", "332,00")) == (
        "line 2: net and VAT of all rates are 331.00, not 332.00"
    )


@pytest.mark.parametrize(
    ("columns", "row", "net", "vat"),
    [
        ("net: A, vat: B", "100,10;20,02", "100.10", "20.02"),
        ("net: A, total: B", "100,10;120,12", "100.10", "20.02"),
        ("vat: A, total: B", "20,02;120,12", "100.10", "20.02"),
        ("net: A, currency: B", "100,10;EUR", "100.10", "20.02"),
        ("total: A, currency: B", "120,12;€", "100.10", "20.02"),
    ],
)
def test_what_the_table_does_not_tell_follows_from_what_it_tells(
    books: Books, columns: str, row: str, net: str, vat: str
) -> None:
    with_table(
        books,
        f"kind: invoices\nrate: 20\ncolumns: {{number: N, date: D, customer: C, {columns}}}\n",
    )
    (document,) = invoices(books, lines("N;D;C;A;B", f"F1;2026-01-05;X;{row}"))
    assert document.vat == (VatLine("S", Decimal(20), Decimal(net), Decimal(vat)),)


def test_vat_without_a_rate_has_no_breakdown(books: Books) -> None:
    with_table(
        books, "kind: invoices\ncolumns: {number: N, date: D, customer: C, net: A, total: B}\n"
    )
    (document,) = invoices(books, lines("N;D;C;A;B", "F1;2026-01-05;X;100,00;120,00"))
    assert (document.vat, document.net, document.total) == ((), Decimal(100), Decimal(120))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("1 200,00", "1 300,00", "line 2: 1000.00 and VAT of 200.00 are 1200.00, not 1300.00"),
        (";200,00;20;1 200,00", ";210,00;20;1 210,00", "VAT of 210.00 is not 20 % of 1000.00"),
        ("F2026-0001", "", "line 2: has no number"),
        ("05/01/2026", "", "line 2: has no date"),
        (
            "05/01/2026",
            "05/13/2026",
            "line 2: the date '15/02/2026' has not the order of '05/13/2026' (line 2)",
        ),
        ("Dupont & Fils", "", "line 2: has no customer"),
        ("1 000,00", "1 00O,00", "line 2: '1 00O,00' is no amount"),
        ("1 000,00", "", "line 2: has no net"),
        (";20;", ";0,2;", "line 2: the VAT rate '0,2' may be 0,2 % or 20.0 %"),
        (";20;", ";;", "line 2: has no rate"),
        (";20;", ";vingt;", "line 2: 'vingt' is no VAT rate in percent"),
        ("Dupont & Fils", "Dupont; Fils", "line 2: has 9 cells, its header 8"),
        (";1 200,00", "", "line 2: has 7 cells, its header 8"),
        ("Dupont", '"Dupont', "line 2: is not well quoted"),
        ("Dupont & Fils", 'Dupont "Fils', "line 2: "),
        ("1 000,00", "1" * 400, "(400 characters) is no amount"),
        ("05/01/2026", "05/01/0000", "line 2: the date '05/01/0000' is no day of the calendar"),
    ],
)
def test_a_row_in_doubt_refuses_the_file(books: Books, old: str, new: str, reason: str) -> None:
    with_table(books, SALES)
    content = lines(SALES_HEADER, ROW, OTHER)
    assert old in content
    if reason == "line 2: ":
        # A quote inside a cell that is not quoted is a sign like another.
        assert invoices(books, content.replace(old, new, 1))[0].buyer.name == new
    else:
        assert reason in why(books, content.replace(old, new, 1))


def test_the_row_of_sums_is_a_control(books: Books) -> None:
    with_table(books, SALES + "total: Total\n")
    content = lines(SALES_HEADER, ROW, OTHER, "Total général;;;;1 100,00;205,50;;1 305,50")
    assert len(invoices(books, content)) == 2
    assert why(books, content.replace("1 305,50", "1 306,50")) == (
        "line 4: states a total of 1306.50, but the rows add up to 1305.50"
    )
    assert why(books, content + ROW + "\n") == "line 5: stands below the total of line 4"


def test_a_customer_whose_name_begins_like_the_row_of_sums_is_a_customer(books: Books) -> None:
    with_table(books, SALES + "total: Total\n")
    header = "Client;Numéro;Date;Échéance;Total HT;TVA;Taux;Total TTC"
    rows = ("TotalEnergies;F1;31/01/2026;;100,00;20,00;20;120,00", "Total;;;;100,00;20,00;;120,00")
    (document,) = invoices(books, lines(header, *rows))
    assert document.buyer.name == "TotalEnergies"


def test_a_table_ends_where_it_is_said_to(books: Books) -> None:
    with_table(books, SALES + "ends: Document édité\n")
    content = lines(SALES_HEADER, ROW, "Document édité le 31/01/2026 par X")
    assert len(invoices(books, content)) == 1


def test_a_file_without_rows_is_refused(books: Books) -> None:
    assert why(with_table(books, SALES), lines(SALES_HEADER)) == (
        "has no row below its header on line 1"
    )


def test_two_columns_of_one_name_are_refused(books: Books) -> None:
    content = lines(SALES_HEADER + ";tva", ROW + ";")
    assert why(with_table(books, SALES), content) == "line 1: has two columns 'TVA'"


def test_a_file_that_fits_two_tables_is_refused_unless_one_has_more_columns(books: Books) -> None:
    with_table(with_table(books, SALES), SALES, "other")
    reason = why(books, lines(SALES_HEADER, ROW))
    assert reason.startswith("fits table export and table other: tell them apart")
    books.edit("import.yaml", "  other:\n", "  other:\n    file: ventes\n")
    assert invoices(books, lines(SALES_HEADER, ROW))
    with_table(books, TYPED, "third")
    assert invoices(books, lines(SALES_HEADER, ROW))


# What becomes of the documents.


def imported(books: Books, *names: str) -> list[str]:
    """Import files; return what became of each, and write the entries into the ledger."""
    from beancount_factoring.importers.run import write_entries

    run = run_import(books.ledger, [books.documents / name for name in names])
    assert not run.problems
    write_entries(run.into, (*run.opened, *run.entries))
    return [f"{f.what}: {f.new} new, {f.known} known, {f.refused or 'read'}" for f in run.files]


def booked(books: Books) -> Books:
    """Return books whose VAT table has every account that the rows need."""
    books.edit("import.yaml", "sales:\n", "sales:\n  20: Income:Sales\n")
    return books


def test_documents_of_a_table_are_booked_once(books: Books) -> None:
    with_table(booked(books), SALES)
    books.add("a.csv", lines(SALES_HEADER, ROW, OTHER))
    assert imported(books, "a.csv") == ["table export: 2 new, 0 known, read"]
    assert imported(books, "a.csv") == ["table export: 0 new, 2 known, read"]
    entries, errors = books.load()
    assert not errors
    first = next(e for e in entries if isinstance(e, data.Transaction))
    assert first.postings[0].account == "Assets:Clients:DUPONT"
    assert first.postings[0].meta is not None
    assert first.postings[0].meta["invoice"] == "F2026-0001"


def test_an_invoice_as_factur_x_and_as_a_row_is_one_document(books: Books) -> None:
    with_table(booked(books), SALES)
    books.add("a.xml", cii("F2026-0001", date="20260105", due="20260204"))
    books.add("b.csv", lines(SALES_HEADER, ROW, OTHER))
    assert imported(books, "a.xml", "b.csv") == [
        "CII invoice: 1 new, 0 known, read",
        "table export: 1 new, 1 known, read",
    ]


def test_one_row_that_cannot_be_booked_refuses_the_file_with_its_line(books: Books) -> None:
    with_table(booked(books), SALES)
    books.add("a.csv", lines(SALES_HEADER, ROW, OTHER.replace("02/03/2026", "30/01/2026")))
    (outcome,) = imported(books, "a.csv")
    assert "line 3: F2026-0002 is due on 2026-01-30, before its date 2026-01-31" in outcome
    entries, _errors = books.load()
    assert not [e for e in entries if isinstance(e, data.Transaction)]


def test_a_row_whose_number_the_ledger_has_with_another_total_is_refused(books: Books) -> None:
    with_table(booked(books), SALES)
    books.add("a.csv", lines(SALES_HEADER, ROW))
    imported(books, "a.csv")
    row = "F2026-0001;31/01/2026;;Dupont & Fils;10,00;2,00;20;12,00"
    books.add("b.csv", lines(SALES_HEADER, row))
    (outcome,) = imported(books, "b.csv")
    assert "line 2: F2026-0001 is another document with the number F2026-0001" in outcome


def test_two_customers_of_one_name_are_told_apart_by_their_numbers(books: Books) -> None:
    with_table(booked(books), LINES)
    header = "No;Date;Client;Code;HT;Taux"
    rows = ("F1;31/01/2026;Petit;7;10,00;20", "F2;31/01/2026;PETIT;8;10,00;20")
    books.add("a.csv", lines(header, *rows))
    (outcome,) = imported(books, "a.csv")
    assert "has two customers for Assets:Clients:PETIT: Petit (7) and PETIT (8)" in outcome
    books.edit("import.yaml", 'MARTIN: ["C-0042"]', 'MARTIN: ["C-0042"]\n  PETIT-2: ["8"]')
    assert imported(books, "a.csv") == ["table export: 2 new, 0 known, read"]


def test_names_that_begin_like_formulas_are_text_in_the_ledger(books: Books) -> None:
    with_table(booked(books), SALES)
    names = ["=cmd|' /C calc'!A0", "+33 1 23", "-Moins", "@SUM(A1)"]
    rows = [
        ROW.replace("F2026-0001", f"F{n}").replace("Dupont & Fils", name)
        for n, name in enumerate(names)
    ]
    books.add("a.csv", lines(SALES_HEADER, *rows, OTHER))
    assert imported(books, "a.csv") == ["table export: 5 new, 0 known, read"]
    entries, errors = books.load()
    assert not errors
    payees = [entry.payee for entry in entries if isinstance(entry, data.Transaction)]
    assert payees[:4] == names


# The mapping's own problems.


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("kind: invoices", "kind: ventes", 'tables.export.kind: "ventes" is not known'),
        ("  number: Numéro\n", "", "tables.export: has no number: each is a column of the file"),
        ("  customer: Client\n", "", "tables.export: has no customer"),
        (
            "  net: Total HT\n  vat: TVA\n  rate: Taux\n",
            "",
            "tables.export: tells no VAT: expected two of net, vat and total",
        ),
        ("vat: TVA", "vat: total ht", "tables.export: gives one column to net and vat"),
        ("vat: TVA", "tva: TVA", "tables.export.columns.tva: is not a key here"),
        ("  vat: TVA\n", "  vat: TVA\n  type: T\n", "needs all of the column type, invoices and"),
        ("columns:", "decimal: dot\ncolumns:", 'tables.export.decimal: "dot" is not known'),
        ("columns:", "dates: d/m/y\ncolumns:", 'tables.export.dates: "d/m/y" is not known'),
        ("columns:", "account: X\ncolumns:", "tables.export.account: is not a key here"),
        ("columns:", "rates: {20: {net: A}}\ncolumns:", "has net and rate and vat beside rates"),
        ("columns:", "rates: {a: {net: A}}\ncolumns:", "tables.export.rates.a: is no rate"),
        ("  vat: TVA\n", "  document_total: T\n", "which is for rows: lines"),
    ],
)
def test_a_table_that_lacks_something_is_a_problem(
    books: Books, old: str, new: str, problem: str
) -> None:
    assert old in SALES
    assert problem in problems(with_table(books, SALES.replace(old, new)))[0]
