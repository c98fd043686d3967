"""Published invoices and statements, booked: what the entries say stands in the files.

The figures are looked up in the files by XPath and columns, not by the readers.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data
from lxml import etree

from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.formats import Format
from beancount_factoring.importers.invoices.pdf import embedded_invoice
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.run import ImportRun
from beancount_factoring.importers.run import run_import
from beancount_factoring.importers.run import write_entries
from tests.importers.firm import Books

DATA = Path(__file__).parents[3] / "shared" / "data"
FOLDERS = [
    DATA / name for name in ("facturx", "ubl", "camt053", "camt054", "cfonb120", "mt940", "ofx")
]
_CII = ("ExchangedDocument", "HeaderExchangedDocument")
_UBL = ("Invoice", "CreditNote")
_ISSUED = ("IssueDateTime",)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")


@pytest.fixture
def run(books: Books) -> ImportRun:
    """Import them all as if every seller and every account were the firm's own."""
    sellers: dict[str, None] = {}
    accounts: dict[str, None] = {}
    for path in sorted(path for folder in FOLDERS for path in folder.iterdir()):
        try:
            content = Candidate(path).read()
        except DocumentRefusedError:
            continue
        if isinstance(content, InvoiceDocument):
            seller = content.seller
            sellers.update(dict.fromkeys([*seller.identifiers, seller.vat_number or ""]))
        elif isinstance(content, tuple):
            accounts.update(dict.fromkeys(statement.account for statement in content))
    identifiers = ", ".join(f'"{seller}"' for seller in sellers if seller)
    books.edit("import.yaml", '["552 100 554", "FR80552100554"]', f"[{identifiers}]")
    banks = [f'  "{number}": Assets:Bank:A{i}\n' for i, number in enumerate(accounts)]
    books.edit("import.yaml", "banks:\n", "banks:\n" + "".join(banks))
    books.edit("import.yaml", "vat:\n", "vat:\n  default: Liabilities:VAT:20\n")
    books.edit("import.yaml", "prepaid:", "rounding: Expenses:Rounding\nprepaid:")
    opened = [f"1990-01-01 open Assets:Bank:A{i}\n" for i in range(len(accounts))]
    ledger = books.ledger.read_text().replace("2026-01-01 open", "1990-01-01 open")
    opened.append("1990-01-01 open Expenses:Rounding\n")
    books.ledger.write_text(ledger + "".join(opened))
    return run_import(books.ledger, FOLDERS)


def test_every_file_is_booked_or_refused_in_one_line(run: ImportRun) -> None:
    files = [path for folder in FOLDERS for path in folder.iterdir()]
    assert {file.path for file in run.files} == set(files)
    for file in run.files:
        assert bool(file.refused) is not bool(file.new + file.known), file
        assert file.refused is None or ("\n" not in file.refused and file.refused), file


def test_what_customers_owe_is_what_the_xml_says(run: ImportRun) -> None:
    booked = {entry.meta["filename"]: entry for entry in run.entries}
    checked = 0
    for file in run.files:
        if file.refused or not file.new or file.what not in {Format.CII, Format.UBL, Format.PDF}:
            continue
        entry = booked[str(file.path)]
        assert isinstance(entry, data.Transaction)
        xml = embedded_invoice(file.path) if file.what == Format.PDF else file.path.read_bytes()
        tree = etree.fromstring(xml, etree.XMLParser(recover=True, resolve_entities=False))
        is_ubl = file.what == Format.UBL
        due = _text(tree, "PayableAmount" if is_ubl else "DuePayableAmount")
        customer = [p for p in entry.postings if p.account.startswith("Assets:Clients:")]
        owed = sum((p.units.number or Decimal(0) for p in customer if p.units), Decimal(0))
        assert abs(owed) == abs(Decimal(due)), file
        number = _text(tree, "ID", within=_UBL if is_ubl else _CII)
        for posting in customer:
            assert posting.meta is not None
            assert number in {posting.meta.get("invoice"), posting.meta.get("credit-note")}, file
        date = _text(tree, *(("IssueDate", _UBL) if is_ubl else ("DateTimeString", _ISSUED)))
        assert entry.date.strftime("%Y%m%d") == date.replace("-", "")[:8], file
        checked += 1
    assert checked >= 30


def test_the_books_check_afterwards(books: Books, run: ImportRun) -> None:
    write_entries(run.into, [*run.opened, *run.entries])
    entries, errors, _options = loader.load_file(str(books.ledger))
    # Opening balances are not in these books, nor all invoices that the credit notes correct.
    messages = [e.message for e in errors if type(e).__name__ != "BalanceError"]
    assert [text for text in messages if "names no invoice" not in text] == []
    assert len(entries) > len(run.entries)
    again = run_import(books.ledger, FOLDERS)
    assert again.entries == ()
    assert {f.path for f in again.files if f.refused} == {f.path for f in run.files if f.refused}


def _text(tree: etree._Element, name: str, within: tuple[str, ...] = ()) -> str:
    """Return the text of the first element of a name, directly below one of some names."""
    parents = " or ".join(f'local-name()="{parent}"' for parent in within) or "true()"
    found = tree.xpath(f'//*[{parents}]/*[local-name()="{name}"]/text()')
    assert isinstance(found, list)
    return str(found[0]).strip()
