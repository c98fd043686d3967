"""docs/tables.md: its mappings are valid, and read the files that follow them."""

from __future__ import annotations

import re
from pathlib import Path

from beancount_factoring.importers.reading.documents import InvoiceList
from tests.importers.firm import Books
from tests.importers.tables import problems
from tests.importers.tables import read

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_the_pages_examples_are_read(books: Books) -> None:
    base = books.mapping_path.read_text()
    counts = []
    for language, text in BLOCKS:
        if language == "yaml":
            books.mapping_path.write_text(base + text)
            assert problems(books) == []
        else:
            found = read(books, text)
            if isinstance(found, InvoiceList):
                counts.append([document.total for document in found.documents])
            else:
                counts.append([line.amount for each in found for line in each.lines])
    assert [[f"{amount:.2f}" for amount in amounts] for amounts in counts] == [
        ["1200.00", "120.00"],
        ["1200.00", "-500.00"],
        ["14000.00", "-39.20", "-39.20"],
        ["1211.08"],
    ]
