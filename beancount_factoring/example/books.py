"""The year booked by hand, as if nothing were imported and the factor's side were generated.

This ledger is never shown: it is where the factor's draws, sweeps and balances come from.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

from beancount.core import data

from beancount_factoring.example.accounts import CLIENTS
from beancount_factoring.example.accounts import SHARED
from beancount_factoring.example.accounts import client_account
from beancount_factoring.example.invoicing import Invoice
from beancount_factoring.example.invoicing import euros
from beancount_factoring.example.year import LAST_DAY
from beancount_factoring.example.year import Receipt
from beancount_factoring.example.year import Year

LEDGER_FILES = files(__package__).joinpath("ledger")
_SALES = "Income:Sales:Equipment"


def write_true_ledger(folder: Path, year: Year) -> Path:
    """Write the ledger into an existing folder and return its top file."""
    contracts = LEDGER_FILES.joinpath("contracts.yaml").read_text("utf-8")
    generated = contracts.replace("source: statement", "source: generated")
    if generated == contracts:
        raise ValueError("contracts.yaml does not say `source: statement`")
    (folder / "contracts.yaml").write_text(generated, "utf-8")
    for name in ("accounts.beancount", "indices.beancount"):
        (folder / name).write_text(LEDGER_FILES.joinpath(name).read_text("utf-8"), "utf-8")
    top = folder / "main.beancount"
    top.write_text("".join(f"{line}\n" for line in _lines(year)), "utf-8")
    return top


def posted(posting: data.Posting) -> Decimal:
    """Return what a booked posting adds to its account; after booking every posting has units."""
    number = posting.units.number if posting.units else None
    if number is None:
        raise ValueError(f"a posting on {posting.account} has no amount")
    return number


def _lines(year: Year) -> Iterator[str]:
    """Yield the lines of the ledger."""
    yield 'option "operating_currency" "EUR"'
    yield 'plugin "beancount_factoring.plugins.factoring" "contracts.yaml"'
    yield 'include "accounts.beancount"'
    yield 'include "indices.beancount"'
    for invoice in year.invoices:
        yield from _invoice(invoice)
    for note in year.credit_notes:
        yield from _credit_note(note)
    for receipt in year.receipts:
        yield from _receipt(receipt)
    # The horizon: scheduled events are generated up to the last directive.
    yield f'{LAST_DAY} note {CLIENTS} "End of the year"'


def _invoice(invoice: Invoice) -> Iterator[str]:
    """Yield an invoice; how its sales and VAT are split is nothing to the factor."""
    yield f'{invoice.date} * "{invoice.number}"'
    yield f"  {client_account(invoice.customer)}  {euros(invoice.total)} EUR"
    yield f'    invoice: "{invoice.number}"'
    yield f"    due: {invoice.due}"
    yield f"  {_SALES}"


def _credit_note(note: Invoice) -> Iterator[str]:
    """Yield a credit note."""
    yield f'{note.date} * "{note.number}"'
    yield f"  {client_account(note.customer)}  {euros(-note.total)} EUR"
    yield f'    credit-note: "{note.number}"'
    if note.credits is not None:
        yield f'    credits: "{note.credits.number}"'
    yield f"  {_SALES}"


def _receipt(receipt: Receipt) -> Iterator[str]:
    """Yield a receipt on the shared account."""
    yield f'{receipt.date} * "{receipt.end_to_end_id}"'
    yield f"  {SHARED}  {euros(receipt.amount)} EUR"
    for invoice, amount in receipt.settled:
        yield f"  {client_account(receipt.customer)}  {euros(-amount)} EUR"
        yield f'    settles: "{invoice.number}"'
