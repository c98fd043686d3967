"""FEC files: read line by line, and refused where debits are not credits or a field is in doubt."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

from beancount_factoring.importers.fec.fec import Fec
from beancount_factoring.importers.fec.fec import read_fec
from beancount_factoring.importers.fec.fec_columns import looks_like_fec
from beancount_factoring.importers.fec.fec_items import ItemKind
from beancount_factoring.importers.fec.fec_items import open_items
from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.formats import Format
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from tests.importers.fecs import COLUMNS
from tests.importers.fecs import NAME
from tests.importers.fecs import fec
from tests.importers.fecs import line
from tests.importers.fecs import opening
from tests.importers.fecs import payment
from tests.importers.fecs import sale
from tests.importers.real_files import RealFiles

FILES = RealFiles("fec")

YEAR = fec(
    opening(5000, ("C1", "F2024-9", 600)),
    sale("F1", "C1", 1000, letter="A"),
    payment("1", "C1", 1200, letter="A"),
    sale("F2", "C2", 500),
    sale("A1", "C2", -100),
)


def read(folder: Path, content: str | bytes, name: str = NAME) -> Fec:
    """Read a FEC of this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_fec(path, ("411",))


def why(folder: Path, content: str | bytes, name: str = NAME) -> str:
    """Return the one line for which a FEC is refused."""
    with pytest.raises(DocumentRefusedError) as refused:
        read(folder, content, name)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def open_of(folder: Path, *parts: list[str] | str) -> list[tuple[str, str, int, str]]:
    """Return what is open: kind, number, amount in cents, what it settles or why it has none."""
    items = open_items(read(folder, fec(*parts)))
    return [(i.kind.value, i.number, i.amount, i.settles or i.reason) for i in items]


def test_a_year_is_balances_and_customers_lines(tmp_path: Path) -> None:
    found = read(tmp_path, YEAR)
    assert found.siren == "552100554"
    assert found.closing == datetime.date(2025, 12, 31)
    assert found.last == datetime.date(2025, 11, 20)
    assert found.balances == {
        "101000": -560000,
        "512000": 620000,
        "411000": 108000,
        "706000": -140000,
        "445710": -28000,
    }
    assert found.names["445710"] == "TVA collectée"
    assert [each.amount for each in found.customers] == [60000, 120000, -120000, 60000, -12000]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso8859-15", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", ["\t", "|", ";"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_a_year_is_the_same_in_every_dialect(
    tmp_path: Path, encoding: str, delimiter: str, line_break: str
) -> None:
    text = YEAR.replace("\t", delimiter).replace("\n", line_break)
    content = text.encode(encoding)
    path = tmp_path / NAME
    path.write_bytes(content)
    assert Candidate(path).kind is Format.FEC
    assert read(tmp_path, content) == read(tmp_path, YEAR)


def test_names_of_columns_may_have_blanks_capitals_and_quotes(tmp_path: Path) -> None:
    expected = read(tmp_path, YEAR)
    header, _, rest = YEAR.partition("\n")
    blanks = header.upper().replace("\t", " \t") + "\n" + rest
    assert read(tmp_path, blanks) == expected
    quoted = "\n".join('"' + row.replace("\t", '"\t"') + '"' for row in YEAR.splitlines())
    assert read(tmp_path, quoted) == expected


@pytest.mark.parametrize(("debit", "credit"), [("D", "C"), ("+1", "-1"), ("d", "c")])
def test_amount_and_side_may_stand_for_debit_and_credit(
    tmp_path: Path, debit: str, credit: str
) -> None:
    rows = [row.split("\t") for row in YEAR.splitlines()]
    rows[0][11:13] = ["Montant", "Sens"]
    for row in rows[1:]:
        row[11:13] = [row[11], debit] if row[11] else [row[12], credit]
    text = "\n".join("\t".join(row) for row in rows)
    assert read(tmp_path, text) == read(tmp_path, YEAR)
    assert why(tmp_path, text.replace(f"\t{debit}\t", "\tX\t", 1)) == (
        "line 3: Sens is 'X', not D or C"
    )


def test_a_decimal_point_a_comma_and_none_are_one_amount(tmp_path: Path) -> None:
    text = fec(
        line("OD 1", "607000", "49,7", "0"),
        line("OD 1", "512000", "0,00", "49.70"),
        line("OD 2", "607000", "", "-12"),
        line("OD 2", "512000", "", "12,000"),
    )
    assert read(tmp_path, text).balances == {"607000": 6170, "512000": -6170}


def test_empty_fields_at_the_end_may_be_missing_or_one_more(tmp_path: Path) -> None:
    rows = YEAR.splitlines()
    shorter = "\n".join([rows[0], *(row.rstrip("\t") for row in rows[1:]), "", "\t"])
    longer = "\n".join(row + "\t" for row in rows)
    assert read(tmp_path, shorter) == read(tmp_path, longer) == read(tmp_path, YEAR)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "1200,00",
            "1200,10",
            "line 5: entry VT F1 has debits and credits that are 0.10 EUR apart",
        ),
        ("1200,00\t", "1200,00\t1,00", "line 5: has a debit and a credit"),
        ("1200,00", "1 200,00", "line 5: '1 200,00' is no amount of a FEC"),
        ("1200,00", "1200,005", "line 5: '1200,005' is no amount of a FEC"),
        ("1200,00", "9" * 400, "line 5: '9999"),
        ("20251103", "20250230", "line 5: the date '20250230' is no day of the calendar"),
        ("20251103", "00000101", "line 5: the date '00000101' is no day of the calendar"),
        ("20251103", "03/11/2025", "line 5: EcritureDate is '03/11/2025', expected like 20261231"),
        ("20251103", "{date}", "line 5: EcritureDate is '{date}'"),
        ("20251120", "20260102", "line 8: is of 2026-01-02, after the year's end 2025-12-31"),
        ("\t706000", "\t70 6000", "line 6: CompteNum is '70 6000'"),
        ("\t706000", "\t", "line 6: CompteNum is ''"),
        ("Capital", "Cap\tital", "line 2: '\\xe9criture' is no amount of a FEC"),
        ("écriture", "écri\0ture", "has NUL bytes: it is no text"),
    ],
)
def test_what_is_in_doubt_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in YEAR
    assert why(tmp_path, YEAR.replace(old, new, 1)).startswith(reason)


def test_a_label_cut_by_a_bar_is_refused(tmp_path: Path) -> None:
    bars = YEAR.replace("\t", "|")
    assert why(tmp_path, bars.replace("écriture", "écri|ture", 1)) == (
        "line 2: 'ture' is no amount of a FEC"
    )
    full = bars.replace("||\n", "|1,00|USD\n", 1)
    assert why(tmp_path, full.replace("écriture", "écri|12", 1)) == (
        "line 2: has 19 fields, its header 18"
    )


def test_a_file_cut_off_is_refused(tmp_path: Path) -> None:
    for end in range(len(YEAR) - 60, len(YEAR) - 140, -7):
        assert why(tmp_path, YEAR[:end])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        ("\t".join(COLUMNS).encode(), "has no entry"),
        ("\t".join(COLUMNS[:-8]).encode(), "line 1: has not the 18 columns of a FEC"),
        (("\t".join([*COLUMNS, "Debit"])).encode(), "line 1: has not the 18 columns of a FEC"),
        (YEAR.encode().replace("écriture".encode(), b"\xe9criture \xc3\xa9", 1), "mixes UTF-8"),
        (YEAR.encode() + b"x" * 100_000, "line 16: is longer than 65536 characters"),
    ],
)
def test_what_is_no_fec_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    assert reason in why(tmp_path, content)


def test_a_name_whose_date_is_none_is_refused(tmp_path: Path) -> None:
    assert why(tmp_path, YEAR, "552100554FEC20251331.txt") == (
        "has a closing date in its name that is no day: 552100554FEC20251331"
    )


def test_an_entry_is_named_in_a_line_that_can_be_printed(tmp_path: Path) -> None:
    wrong = YEAR.replace("1200,00", "1200,10", 1).replace("VT\t", "\x01V\t")
    assert why(tmp_path, wrong).startswith("line 5: entry \ufffdV F1 has debits")


def test_a_header_of_many_columns_is_looked_at_soon() -> None:
    begin = time.process_time()
    assert not looks_like_fec(b"a;" * 32_000)
    assert time.process_time() - begin < 1


def test_one_line_without_end_is_refused_soon(tmp_path: Path) -> None:
    content = YEAR.encode() + b"VT\t" * 10_000_000
    begin = time.perf_counter()
    assert "is longer than 65536 characters" in why(tmp_path, content)
    assert time.perf_counter() - begin < 2


# What is open.


def test_a_line_without_a_letter_is_open(tmp_path: Path) -> None:
    assert open_of(
        tmp_path,
        opening(5000, ("C1", "F2024-9", 600)),
        sale("F1", "C1", 1000, letter="A"),
        payment("1", "C1", 1200, letter="A"),
        sale("F2", "C2", 500),
        sale("A1", "C2", -100),
        payment("2", "C2", 50),
    ) == [
        ("invoice", "F2024-9", 60000, ""),
        ("invoice", "F2", 60000, ""),
        ("credit-note", "A1", -12000, ""),
        ("credit", "", -5000, ""),
    ]


def test_a_document_has_its_pieces_date(tmp_path: Path) -> None:
    (item,) = open_items(read(tmp_path, fec(opening(5000, ("C1", "F2024-9", 600)))))
    assert item.date == datetime.date(2024, 12, 15)


def test_a_letter_is_of_one_customer(tmp_path: Path) -> None:
    assert open_of(
        tmp_path,
        *(sale("F1", "C1", 1000, letter="A"), payment("1", "C1", 1200, letter="A")),
        *(sale("F2", "C2", 1000, letter="A"), payment("2", "C2", 200, letter="A")),
    ) == [("invoice", "F2", 120000, ""), ("credit", "", -20000, "F2")]


def test_a_letter_of_several_invoices_that_does_not_balance_settles_none(tmp_path: Path) -> None:
    assert open_of(
        tmp_path,
        sale("F1", "C1", 1000, letter="a"),
        sale("F2", "C1", 500, letter="a"),
        payment("1", "C1", 700, letter="a"),
    ) == [("invoice", "F1", 120000, ""), ("invoice", "F2", 60000, ""), ("credit", "", -70000, "")]


def test_more_credit_than_its_invoice_settles_none(tmp_path: Path) -> None:
    assert open_of(
        tmp_path, sale("F1", "C1", 1000, letter="a"), payment("1", "C1", 1300, letter="a")
    ) == [("invoice", "F1", 120000, ""), ("credit", "", -130000, "")]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (sale("F1", "C1", 1000, piece="-"), "no number in PieceRef"),
        (payment("1", "C1", -500), "a payment taken back or refunded"),
        (sale("F1", "C1", 1000, currency="USD"), "a claim in USD"),
    ],
)
def test_a_debit_that_is_no_document_has_no_number(
    tmp_path: Path, lines: list[str], reason: str
) -> None:
    ((kind, number, _amount, told),) = open_of(tmp_path, lines)
    assert (kind, number, told) == ("debit", "", reason)


def test_a_number_that_two_customers_have_is_neithers(tmp_path: Path) -> None:
    found = open_of(tmp_path, opening(5000, ("C1", "AN2025", 600), ("C2", "AN2025", 700)))
    assert [number for _kind, number, _amount, _told in found] == ["", ""]
    assert found[0][3] == "AN2025 is no number of one document"


def test_customers_accounts_may_be_their_own(tmp_path: Path) -> None:
    entry = ("VT 1", "411DUPONT")
    content = fec(line(*entry, "120,00", ""), line("VT 1", "706000", "", "120,00"))
    (item,) = open_items(read(tmp_path, content))
    assert (item.kind, item.line.account, item.line.customer) == (
        ItemKind.INVOICE,
        "411DUPONT",
        "",
    )


# Real files of other projects.


def test_the_outcome_of_every_file_is_known() -> None:
    FILES.check_all_are_among({"987654321FEC20251231.txt", "tryton-FEC.csv"})


def test_a_faulty_example_is_refused_for_one_fault_after_the_other(tmp_path: Path) -> None:
    text = FILES.path("987654321FEC20251231.txt").read_text()
    name = "987654321FEC20251231.txt"
    assert why(tmp_path, text, name) == "line 10: the date '20250230' is no day of the calendar"
    text = text.replace("20250230", "20250228")
    assert why(tmp_path, text, name) == "line 14: has a debit and a credit"
    text = text.replace("|50,00|50,00|", "|50,00|-50,00|").replace("-50,00", "0,00")
    assert why(tmp_path, text, name) == (
        "line 15: is of 2026-01-15, after the year's end 2025-12-31 in the file's name"
    )
    text = text.replace("20260115", "20251215")
    assert why(tmp_path, text, name) == (
        "line 2: entry VT VT0001 has debits and credits that are 10.00 EUR apart"
    )
    text = text.replace("190,00", "200,00")
    assert why(tmp_path, text, name) == (
        "line 14: entry VT VT0003 has debits and credits that are 50.00 EUR apart"
    )


def test_a_file_of_tryton(tmp_path: Path) -> None:
    path = FILES.path("tryton-FEC.csv")
    found = read_fec(path, ("411",))
    rows = [row.split("\t") for row in path.read_text().splitlines()[1:]]
    sums: dict[str, int] = {}
    for row in rows:
        debit, credit = (int(row[place].replace(",", "")) for place in (11, 12))
        sums[row[4]] = sums.get(row[4], 0) + debit - credit
    assert found.balances == sums == {"4111": 1500, "7011": -5700, "5311": 4200}
    assert [(item.amount, item.reason) for item in open_items(found)] == [
        (500, "no number in PieceRef"),
        (1000, "no number in PieceRef"),
    ]
