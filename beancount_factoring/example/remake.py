"""Making anew the files of the example that the package keeps, when the year or a rule changes.

They are kept, and not made each time, because the engine's figures are what they prove, and because
the PDFs need a library that a user has no other use for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from beancount_factoring.example.accounts import accounts_text
from beancount_factoring.example.balances import balances_text
from beancount_factoring.example.documents import Documents
from beancount_factoring.example.documents import is_pdf
from beancount_factoring.example.factor import as_csv
from beancount_factoring.example.factor import factor_payments
from beancount_factoring.example.factor import true_books
from beancount_factoring.example.import_map import import_map_text
from beancount_factoring.example.invoice_pdf import invoice_pdf
from beancount_factoring.example.year import Year
from beancount_factoring.example.year import simulate
from beancount_factoring.files import write_whole


def remake(package: Path) -> None:
    """Write all kept files below the package's folder, and remove PDFs of other invoices."""
    year = simulate()
    # The true books read the accounts, which are therefore written first.
    write_whole(package / "ledger" / "accounts.beancount", accounts_text())
    write_whole(package / "ledger" / "import.yaml", import_map_text())
    for name, text in factor_files(year).items():
        write_whole(package / name, text)
    folder = package / "pdf"
    folder.mkdir(exist_ok=True)
    kept = set()
    for name, content in pdf_files(year):
        write_whole(folder / name, content)
        kept.add(name)
    for path in folder.glob("*.pdf"):
        if path.name not in kept:
            path.unlink()


def factor_files(year: Year) -> dict[str, str]:
    """Return what follows from the engine: the factor's payments, and the balances."""
    entries = true_books(year)
    payments = tuple(factor_payments(entries))
    documents = Documents(year, payments)
    balances = balances_text(entries, documents.shared_statements, documents.operating_statements)
    return {"factor.csv": as_csv(payments), "ledger/balances.beancount": balances}


def pdf_files(year: Year) -> Iterator[tuple[str, bytes]]:
    """Yield the last month's invoices and credit notes as PDFs, with their file names."""
    for invoice in (*year.invoices, *year.credit_notes):
        if is_pdf(invoice):
            yield f"{invoice.number}.pdf", invoice_pdf(invoice)
