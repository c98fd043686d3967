"""A contract that remits some invoices on its first day and funds them two business days later."""

from __future__ import annotations

from decimal import Decimal

from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import invoice
from tests.ledger_text import until

WEEKLY = "remittance: {every: week, day: monday}\n"


def invoices(*amounts: str, day: str = "2026-03-02") -> str:
    """Return an invoice for each amount, numbered from 1."""
    return "".join(invoice(day, f"F2026-{i}", each) for i, each in enumerate(amounts, 1))


def remitted(load: Load, terms: str, *amounts: str, end: str = "2026-03-31") -> Loaded:
    """Load a contract from 2 March on that remits invoices on its first day and funds them."""
    loaded = load(invoices(*amounts) + until(end), WEEKLY + terms, start="2026-03-02")
    assert loaded.messages == []
    return loaded


def amount(loaded: Loaded, kind: str, account: str) -> Decimal:
    """Return what the first transaction of a kind posts on an account."""
    postings = loaded.of(kind)[0].postings
    return sum(
        (p.units.number for p in postings if p.account == account and p.units and p.units.number),
        Decimal(0),
    )


def commission(loaded: Loaded) -> Decimal:
    """Return the first commission, without VAT."""
    return amount(loaded, "commission", "Expenses:Factoring:Commission")


def guarantee(loaded: Loaded) -> Decimal:
    """Return the first movement of the guarantee fund."""
    return amount(loaded, "guarantee", "Assets:Factor:Guarantee")


def draw(loaded: Loaded) -> Decimal:
    """Return the first draw."""
    return amount(loaded, "draw", "Assets:Bank:Shared")
