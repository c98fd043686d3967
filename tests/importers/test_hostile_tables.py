"""Texts made to harm a reader of tables: refused soon, in one line, in little memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beancount_factoring.importers.fec.fec import read_fec
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.tables.tables import TableFile
from tests.importers.fecs import NAME
from tests.importers.fecs import fec
from tests.importers.fecs import opening
from tests.importers.fecs import sale
from tests.importers.firm import Books
from tests.importers.firm import new_books
from tests.importers.tables import BANK
from tests.importers.tables import SALES
from tests.importers.tables import SALES_HEADER
from tests.importers.tables import with_table
from tests.importers.test_xlsx import WORKBOOK

ROW = "F1;2026-01-05;;Dupont;1000,00;200,00;20;1200,00"
HEAD = f"{SALES_HEADER}\n{ROW}\n".encode()

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a line of 30 MB": (
        lambda: HEAD + b"x" * (30 << 20),
        "line 3: is longer than 65536 characters",
    ),
    "a first line of 30 MB": (lambda: b";" * (30 << 20), "has not the columns"),
    "a file of 40 MB": (lambda: HEAD * 400_000, "bytes; at most 33554432 are read"),
    "many columns": (lambda: HEAD + b"F2" + b";" * 60_000, "line 3: has no net"),
    "a quote that swallows the rest": (
        lambda: HEAD + b'F2;2026-01-05;;"' + HEAD * 5_000,
        "line 3: is not well quoted",
    ),
    "a quote across many lines": (
        lambda: HEAD + b'F2;"' + b"\n" * 200_000,
        "line 3: is not well quoted",
    ),
    "NUL bytes": (lambda: HEAD + b"F2\0;", "has NUL bytes: it is no text"),
    "NUL characters": (
        lambda: (HEAD.decode() + "F\0").encode("utf-16"),
        "line 3: has a NUL character",
    ),
    "UTF-8 and Latin-1": (
        lambda: HEAD + ROW.replace("Dupont", "Andr\u00e9").encode("latin-1"),
        "mixes UTF-8 with another encoding",
    ),
    "bytes of no encoding": (
        lambda: HEAD.decode().encode("cp1252") + b"F2;\x81\x8d",
        "is in no encoding that is known here",
    ),
    "half a character": (lambda: HEAD + "é".encode()[:1], "mixes UTF-8 with another encoding"),
    "UTF-16 cut off": (
        lambda: HEAD.decode().encode("utf-16") + b"F",
        "line 3 or later: is not in utf-16",
    ),
    "digits without end": (
        lambda: HEAD + ROW.replace("1000,00", "9" * 60_000).encode(),
        "is no amount",
    ),
    "many numbers in one cell": (
        lambda: HEAD + ROW.replace("1000,00", "1 " * 30_000).encode(),
        "is no amount",
    ),
    "a date of many digits": (
        lambda: HEAD + ROW.replace("2026-01-05", "2026-01-" + "0" * 60_000).encode(),
        "is no date",
    ),
}


@pytest.fixture
def sales(books: Books) -> Books:
    """Return books with a table of invoices."""
    return with_table(books, SALES)


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_text_is_refused_soon(sales: Books, case: str) -> None:
    make, expected = HOSTILE[case]
    path = sales.documents / "hostile.csv"
    path.write_bytes(make())
    mapping = sales.mapping()
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DocumentRefusedError) as refused:
        TableFile(path, mapping.tables).read(mapping)
    assert time.perf_counter() - begin < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kilobytes"
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> ImportMapping:
    """Return a mapping with a table of invoices and one of a bank."""
    books = new_books(tmp_path_factory.mktemp("books"))
    return with_table(with_table(books, SALES), BANK, "bank").mapping()


GOOD = (
    HEAD + ROW.replace("F1", "F2").encode(),
    "Date;Libellé;Montant;Solde\n31/01/2026;VIR;-12,50;87,50\n01/02/2026;X;1;88,50\n".encode(),
    WORKBOOK,
)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file with some of its bytes left out, doubled or replaced."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        twice = bytes(content[start:end]) * 2
        content[start:end] = draw(
            st.binary(max_size=4) | st.sampled_from([twice, b"\n", b'"', b";", b",", b"-", b"0"])
        )
    return bytes(content)


@given(st.sampled_from(GOOD).flatmap(damaged))
def test_a_damaged_table_is_read_or_refused_in_one_line(
    mapping: ImportMapping, content: bytes
) -> None:
    path = Path(mapping.filename).with_name("damaged")
    path.write_bytes(content)
    try:
        assert TableFile(path, mapping.tables).read(mapping)
    except DocumentRefusedError as refused:
        assert "\n" not in str(refused)  # noqa: PT017 (either outcome is right)


YEAR = fec(opening(), sale("F1", "C1", 1000), sale("F2", "C2", 500)).encode()


@given(damaged(YEAR))
def test_a_damaged_fec_balances_or_is_refused_in_one_line(
    mapping: ImportMapping, content: bytes
) -> None:
    path = Path(mapping.filename).with_name(NAME)
    path.write_bytes(content)
    try:
        assert sum(read_fec(path, ("411",)).balances.values()) == 0
    except DocumentRefusedError as refused:
        assert "\n" not in str(refused)  # noqa: PT017 (either outcome is right)
