"""Ledger text for examples, and what was booked as text to compare with."""

from __future__ import annotations

from textwrap import dedent

from tests.conftest import CONTRACT
from tests.conftest import Loaded


def invoice(
    date: str, number: str, amount: str, *, debtor: str = "DUPONT", due: str | None = None
) -> str:
    """Return an invoice without VAT."""
    due_line = f"\n    due: {due}" if due else ""
    return f"""
{date} * "{debtor}" "Invoice {number}"
  Assets:Clients:{debtor}  {amount} EUR
    invoice: "{number}"{due_line}
  Income:Sales
"""


def credit_note(date: str, number: str, amount: str, *, corrects: str | None = None) -> str:
    """Return a credit note of DUPONT."""
    credits_line = f'\n    credits: "{corrects}"' if corrects else ""
    return f"""
{date} * "DUPONT" "Credit note {number}"
  Assets:Clients:DUPONT  -{amount} EUR
    credit-note: "{number}"{credits_line}
  Income:Sales
"""


def payment(
    date: str, number: str, amount: str, *, bank: str = "Assets:Bank:Shared", debtor: str = "DUPONT"
) -> str:
    """Return a customer's payment of one document."""
    return f"""
{date} * "{debtor}" "Payment of {number}"
  {bank}  {amount} EUR
  Assets:Clients:{debtor}
    settles: "{number}"
"""


def bank_line(date: str, bank: str, amount: str, other: str) -> str:
    """Return a line of a bank's statement: an amount on `bank` against another account."""
    return f"""
{date} * "Bank"
  {bank}  {amount} EUR
  {other}
"""


def contract_with(
    *accounts: str, treatment: str = "derecognition", source: str = "generated"
) -> str:
    """Return the contract file with more lines among its accounts."""
    body = CONTRACT.format(treatment=treatment, source=source, start="2026-01-05")
    more = "".join(f"      {line}\n" for line in accounts)
    return body.replace("    accounts:\n", f"    accounts:\n{more}")


def until(date: str) -> str:
    """Return a directive that brings the books to a day."""
    return f'\n{date} event "period" "{date}"\n'


def booked(loaded: Loaded, *kinds: str) -> str:
    """Return the generated transactions of some kinds (all, for none), a line for each posting.

    Those of a day are in the order of their kinds' names.
    """
    lines = []
    for txn in sorted(loaded.generated, key=lambda t: (t.date, t.meta["factoring-event"])):
        kind = txn.meta["factoring-event"]
        if not kinds or kind in kinds:
            lines.append(f"{txn.date} {kind}")
            lines += [f"  {posting.account}  {posting.units}" for posting in txn.postings]
    return "\n".join(lines)


def text(expected: str) -> str:
    """Return an expected text without its indentation."""
    return dedent(expected).strip("\n ")


def line_of(loaded: Loaded, text: str, *, last: bool = False) -> int:
    """Return the line of the ledger file on which a text stands first, or last."""
    lines = (loaded.folder / "main.beancount").read_text().splitlines()
    found = [number for number, line in enumerate(lines, 1) if text in line]
    return found[-1 if last else 0]


def days(loaded: Loaded, kind: str) -> list[str]:
    """Return the dates of the generated transactions of a kind."""
    return [str(txn.date) for txn in loaded.of(kind)]
