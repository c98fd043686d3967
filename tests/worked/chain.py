"""One invoice assigned and funded, from which each scenario goes on; what was booked, as text.

The invoice is 12,000.00 with VAT; the fund 10 %, the commission 0.40 % and its VAT, a draw of
10,500.00 moved up to the operating account. Nothing bears interest here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from textwrap import dedent

from beancount.core import data

from tests.conftest import ACCOUNTS
from tests.conftest import Load
from tests.conftest import Loaded

TERMS = """
    remittance: {every: declared}
    funding: {draw: requested}
    guarantee_fund: {rate: 0.10}
    commission: {rate: 0.40 %, vat: 0.20}
"""

OPENING = """
    2026-01-05 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT       12000.00 EUR
        invoice: "F2026-0001"
      Income:Sales               -10000.00 EUR
      Liabilities:VAT:Collected   -2000.00 EUR

    2026-03-01 custom "factoring" "remit" "bpce"
    2026-03-01 custom "factoring" "draw" "bpce" 10500.00 EUR
"""

FUNDED = "2026-03-01"

# What the plugin books on that day under `borrowing`.
OPENED_BORROWING = """
    2026-03-01 commission  Expenses:Factoring:Commission 48.00  Assets:VAT:Deductible 9.60
                           Liabilities:Factor:Borrowing -57.60
    2026-03-01 draw        Assets:Bank:Shared 10500.00  Liabilities:Factor:Borrowing -10500.00
    2026-03-01 transfer    Assets:Bank:Operating 10500.00  Assets:Bank:Shared -10500.00
"""

# What stands on the accounts of which most scenarios do not speak.
OPENED = {
    "Income:Sales": "-10000.00",
    "Liabilities:VAT:Collected": "-2000.00",
    "Expenses:Factoring:Commission": "48.00",
    "Assets:VAT:Deductible": "9.60",
}

# The firm's own accounts in the scenarios, each named after what it is in the French chart.
OWN_ACCOUNTS = """
    2026-01-01 open Assets:Doubtful:Impairment EUR
    2026-01-01 open Assets:VAT:ToInvoice EUR
    2026-01-01 open Liabilities:Accrued:Interest EUR
    2026-01-01 open Liabilities:Accrued:Suppliers EUR
    2026-01-01 open Income:Insurance EUR
    2026-01-01 open Expenses:BadDebts EUR
    2026-01-01 open Expenses:Impairment EUR
"""


def funded(load: Load, further: str, *, treatment: str, terms: str = TERMS) -> Loaded:
    """Load what follows the opening under a treatment; the contract begins on 1 March."""
    loaded = load(
        OPENING + further,
        terms,
        start="2026-03-01",
        treatment=treatment,
        accounts=dedent(ACCOUNTS) + dedent(OWN_ACCOUNTS),
    )
    assert loaded.messages == []
    return loaded


def booked(loaded: Loaded, after: str = "") -> list[str]:
    """Return the generated entries dated after a day, one a line, their postings sorted."""
    return sorted(_line(txn) for txn in loaded.generated if str(txn.date) > after)


def _line(txn: data.Transaction) -> str:
    lines = sorted(f"{p.account} {p.units.number}" for p in txn.postings if p.units)
    return " ".join([str(txn.date), txn.meta["factoring-event"], *lines])


def entries(text: str) -> list[str]:
    """Return a text's entries as `booked` does; a posting may stand on a line of its own."""
    joined = re.sub(r"\n\s+(?=[A-Z])", "  ", text).strip().splitlines()
    fields = [re.split(r"\s{2,}", entry.strip()) for entry in joined]
    return sorted(" ".join([head, *sorted(lines)]) for head, *lines in fields if head)


def trial_balance(loaded: Loaded, day: str = "9999") -> dict[str, str]:
    """Return what every account holds at the end of a day, the zeros left out."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in loaded.entries:
        if isinstance(entry, data.Transaction) and str(entry.date) <= day:
            for posting in entry.postings:
                assert posting.units is not None
                assert posting.units.number is not None
                sums[posting.account] += posting.units.number
    return {account: str(amount) for account, amount in sums.items() if amount}


def balances(text: str) -> dict[str, str]:
    """Return a text's accounts and amounts, one a line."""
    return dict(line.split() for line in text.strip().splitlines())
