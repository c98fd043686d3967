"""Workbooks: the same rows as in a text, values only, and nothing that explodes."""

from __future__ import annotations

import datetime
import io
import re
import resource
import time
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.formats import Format
from beancount_factoring.importers.reading.documents import VatLine
from tests.importers.firm import Books
from tests.importers.tables import BANK
from tests.importers.tables import SALES
from tests.importers.tables import SALES_HEADER
from tests.importers.tables import invoices
from tests.importers.tables import lines
from tests.importers.tables import statements
from tests.importers.tables import why
from tests.importers.tables import with_table
from tests.importers.tables import workbook

HEADER = SALES_HEADER.split(";")
DAY = datetime.date(2026, 1, 5)
DUE = datetime.date(2026, 2, 4)
ROW = ["F2026-0001", DAY, DUE, "Dupont & Fils", 1000, 200.0, 20, 1200]

Edit = Callable[[bytes], bytes]


def repacked(content: bytes, part: str, edit: Edit) -> bytes:
    """Return a workbook with one of its parts changed."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, edit(data) if name == part else data)
    return result.getvalue()


def sheet(edit: Edit, *rows: list[object]) -> bytes:
    """Return a workbook whose sheet is changed as XML."""
    return repacked(workbook([HEADER, *(rows or (ROW,))]), "xl/worksheets/sheet1.xml", edit)


def test_a_workbook_says_what_a_text_says(books: Books) -> None:
    with_table(books, SALES)
    text = "F2026-0001;2026-01-05;2026-02-04;Dupont & Fils;1000,00;200,00;20;1200,00"
    assert invoices(books, workbook([HEADER, ROW])) == invoices(books, lines(SALES_HEADER, text))


def test_a_workbook_is_known_by_its_sheets_columns(books: Books) -> None:
    path = books.documents / "export.xlsx"
    path.write_bytes(workbook([HEADER, ROW]))
    assert Candidate(path).kind is None
    assert Candidate(path, books.mapping()).kind is None
    with_table(books, SALES)
    candidate = Candidate(path, books.mapping())
    assert (candidate.kind, candidate.what) == (Format.TABLE, "table export")


def test_numbers_and_dates_written_as_text_are_read_as_in_a_text(books: Books) -> None:
    row = ["F1", "31/01/2026", None, "Dupont", "1 000,00", "200,00", "20 %", "1 200,00 €"]
    (document,) = invoices(with_table(books, SALES), workbook([HEADER, row]))
    assert (document.date, document.total) == (datetime.date(2026, 1, 31), Decimal(1200))


def test_a_sum_that_excel_keeps_in_binary_is_the_one_that_it_shows(books: Books) -> None:
    row = ["F1", DAY, None, "Dupont", 0.1 + 0.2, 0.06, 20, 0.36]
    (document,) = invoices(with_table(books, SALES), workbook([HEADER, row]))
    assert document.vat == (VatLine("S", Decimal(20), Decimal("0.3"), Decimal("0.06")),)


def test_percentages_and_leading_zeros_are_what_the_cell_shows(books: Books) -> None:
    row = [42, DAY, None, "Dupont", 1000, 55, 0.055, 1055]
    content = workbook([HEADER, row], A="00000", G="0.0%")
    (document,) = invoices(with_table(books, SALES), content)
    assert document.number == "00042"
    assert document.vat[0].rate == Decimal("5.5")


def test_rows_above_the_header_empty_rows_and_other_sheets_are_passed_over(books: Books) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.append(["Notes"])
    second = book.create_sheet("Ventes")
    hidden = book.create_sheet("Ancien")
    hidden.sheet_state = "hidden"
    for row in (["Export"], [], HEADER, [], ROW):
        second.append(row)
    hidden.append(HEADER)
    content = io.BytesIO()
    book.save(content)
    (document,) = invoices(with_table(books, SALES), content.getvalue())
    assert document.total == 1200


def test_two_sheets_of_one_table_are_refused_unless_one_is_named(books: Books) -> None:
    book = Workbook()
    for number, name in enumerate(("Janvier", "Février")):
        each = book.create_sheet(name)
        each.append(HEADER)
        each.append([f"F{number}", *ROW[1:]])
    content = io.BytesIO()
    book.save(content)
    with_table(books, SALES)
    reason = why(books, content.getvalue())
    assert reason.startswith("fits table export (sheet Janvier) and table export (sheet Février)")
    books.edit("import.yaml", "kind: invoices", "kind: invoices\n    sheet: Février")
    assert invoices(books, content.getvalue())[0].number == "F1"


def test_a_statement_with_its_balance(books: Books) -> None:
    rows: list[list[object]] = [
        ["Date", "Libellé", "Montant", "Solde"],
        [DAY, "VIR", -12.5, 87.5],
        [DUE, "X", 1, 88.5],
    ]
    before, last = statements(with_table(books, BANK), workbook(rows))
    assert (before.opening, before.closing, last.closing) == (
        Decimal(100),
        Decimal("87.5"),
        Decimal("88.5"),
    )


def test_a_formula_is_never_a_value(books: Books) -> None:
    row = [*ROW[:7], "=E2+F2"]
    assert why(with_table(books, SALES), workbook([HEADER, row])) == (
        "line 2: is a formula: expected an amount; save the sheet with its values only"
    )


def test_a_formula_in_a_column_that_nobody_asks_for_is_none_of_our_business(books: Books) -> None:
    content = workbook([[*HEADER, "Note"], [*ROW, "=HYPERLINK(1)"]])
    assert len(invoices(with_table(books, SALES), content)) == 1


def test_a_formula_in_the_row_of_sums_is_no_control_and_no_harm(books: Books) -> None:
    with_table(books, SALES + "total: Total\n")
    total = ["Total", None, None, None, "=SUM(E2:E2)", 200, None, 1200]
    assert len(invoices(books, workbook([HEADER, ROW, total]))) == 1
    total[-1] = 1300
    assert why(books, workbook([HEADER, ROW, total])) == (
        "line 3: states a total of 1300, but the rows add up to 1200"
    )


def test_a_text_that_begins_like_a_formula_is_text(books: Books) -> None:
    book = Workbook()
    each = book.active
    assert each is not None
    each.append(HEADER)
    each.append([*ROW[:3], "=Dupont", *ROW[4:]])
    each["D2"].data_type = "s"
    content = io.BytesIO()
    book.save(content)
    assert invoices(with_table(books, SALES), content.getvalue())[0].buyer.name == "=Dupont"


def test_a_row_of_zeros_is_a_row(books: Books) -> None:
    reason = why(with_table(books, SALES), workbook([HEADER, ROW, [None] * 4 + [0] * 4]))
    assert reason == "line 3: has no number"


def test_an_error_in_a_cell_is_refused(books: Books) -> None:
    assert why(with_table(books, SALES), workbook([HEADER, [*ROW[:7], "#REF!"]])) == (
        "line 2: is the error #REF!: expected an amount; save the sheet with its values only"
    )


def test_a_number_where_a_date_should_be_is_refused(books: Books) -> None:
    assert why(with_table(books, SALES), workbook([HEADER, ["F1", 46027, *ROW[2:]]])) == (
        "line 2: the date is '46027': expected a date"
    )


def test_a_number_of_more_than_15_digits_is_refused(books: Books) -> None:
    assert "is a number of more than 15 digits" in why(
        with_table(books, SALES), workbook([HEADER, [*ROW[:7], 10**15]])
    )


def test_a_text_longer_than_any_cell_holds_is_refused(books: Books) -> None:
    # openpyxl itself would cut it.
    content = sheet(lambda xml: xml.replace(b"F2026-0001", b"F" * 32_768))
    assert "is a text of more than 32767 characters" in why(with_table(books, SALES), content)


def test_a_workbook_of_other_columns_is_refused(books: Books) -> None:
    with_table(books, SALES)
    assert why(books, workbook([["a", "b"], [1, 2]])) == (
        "has not the columns of any of the `tables` in import.yaml"
    )


def bomb(size: int) -> bytes:
    """Return a workbook with a part that unpacks to so many bytes."""
    content = io.BytesIO(workbook([HEADER, ROW]))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/media/bomb.xml", b" " * size)
    return content.getvalue()


def entity_bomb(content: bytes) -> bytes:
    entities = b'<!ENTITY a "' + b"x" * 1000 + b'">'
    for inner, outer in zip(b"abcdefgh", b"bcdefghi", strict=True):
        entities += b'<!ENTITY %c "%s">' % (outer, b"&%c;" % inner * 20)
    return content.replace(b"<worksheet", b"<!DOCTYPE x [" + entities + b"]><worksheet", 1).replace(
        b"<v>1000</v>", b"<v>&i;</v>"
    )


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a part that unpacks to 200 MB": (lambda: bomb(200 << 20), "at most 67108864 bytes"),
    "a part that unpacks to 30 MB": (lambda: bomb(30 << 20), "has a part that unpacks from"),
    "many parts": (
        lambda: many_parts(3_000),
        "at most 67108864 bytes and 2000 parts are read",
    ),
    "entities": (lambda: sheet(entity_bomb), "has XML that is no workbook's"),
    "an external entity": (
        lambda: sheet(
            lambda xml: xml.replace(
                b"<worksheet", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet'
            )
        ),
        "has XML that is no workbook's",
    ),
    "another encoding": (
        lambda: sheet(lambda xml: xml.decode().encode("utf-16")),
        "has XML that is no workbook's",
    ),
    "a row a billion rows below": (
        lambda: sheet(lambda xml: xml.replace(b'<row r="2"', b'<row r="9999999999999"')),
        "has a row 9999999999999 after row 1",
    ),
    "a row twice": (
        lambda: sheet(lambda xml: xml.replace(b'<row r="3"', b'<row r="2"'), ROW, ROW),
        "has a row 2 after row 2",
    ),
    "broken XML": (lambda: sheet(lambda xml: xml[:-40]), "is no workbook that can be read"),
    "a cell without a place": (
        lambda: sheet(lambda xml: xml.replace(b'r="A2"', b'r="?"')),
        "is no workbook that can be read",
    ),
    "a string that is not there": (
        lambda: sheet(
            lambda xml: re.sub(rb't="inlineStr"><is><t>F2.*?</is>', b't="s"><v>99</v>', xml)
        ),
        "",
    ),
    "a number of 400 digits": (
        lambda: sheet(lambda xml: xml.replace(b"<v>1000</v>", b"<v>" + b"9" * 400 + b"</v>")),
        "",
    ),
    "a date in the year 9999999": (
        lambda: sheet(lambda xml: re.sub(rb"<v>46027</v>", b"<v>99999999999</v>", xml)),
        "",
    ),
    "no workbook": (lambda: b"PK\x03\x04" + bytes(1000), ""),
    "half of one": (lambda: workbook([HEADER, ROW])[:2000], ""),
}


def many_parts(count: int) -> bytes:
    content = io.BytesIO(workbook([HEADER, ROW]))
    with zipfile.ZipFile(content, "a") as archive:
        for number in range(count):
            archive.writestr(f"xl/{number}", b"")
    return content.getvalue()


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_workbook_is_refused_soon(books: Books, case: str) -> None:
    make, expected = HOSTILE[case]
    with_table(books, SALES)
    path = books.documents / "hostile.xlsx"
    path.write_bytes(make())
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert expected in why(books, path)
    assert time.perf_counter() - begin < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kilobytes"


def test_a_cell_far_to_the_right_and_rows_far_below_cost_nothing(books: Books) -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    content = sheet(lambda xml: xml.replace(b"</sheetData>", far))
    begin = time.perf_counter()
    assert len(invoices(with_table(books, SALES), content)) == 1
    assert time.perf_counter() - begin < 2


def test_a_sheet_that_says_it_is_smaller_loses_no_row(books: Books) -> None:
    content = sheet(
        lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"', xml),
        ROW,
        ["F2", *ROW[1:]],
        ["F3", *ROW[1:]],
    )
    assert len(invoices(with_table(books, SALES), content)) == 3


def test_without_openpyxl_the_refusal_says_what_to_install(
    books: Books, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    content = tmp_path / "a.xlsx"
    with_table(books, SALES)
    content.write_bytes(WORKBOOK)
    assert why(books, content) == (
        "is an XLSX workbook, which openpyxl reads: pip install 'beancount-factoring[xlsx]'"
    )


WORKBOOK = workbook([HEADER, ROW])
