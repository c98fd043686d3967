"""What is written right and yet may not be meant: no error, and nothing else would tell of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import takewhile
from pathlib import Path
from typing import Final

from beancount.core import data

from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import SharedAccountSource
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.reports.closing import HEADER
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource
from beancount_factoring.reports.todo import Todo
from beancount_factoring.reports.todo import TodoKind

# Rates above these are most probably percent written without their sign: 0.40 for 0.40 %.
_HIGHEST: Final = {
    "commission.rate": Decimal("0.05"),
    "interest.margin": Decimal("0.20"),
    "interest.floor": Decimal("0.20"),
}


def hints(source: ReportSource, on: ContractDay) -> Iterator[Todo]:
    """Yield what of the contract and of the ledger may not be meant as it is."""
    yield from _improbable_rates(on)
    yield from _unlisted_banks(source, on)
    yield from _directives(on)


def left_out(ledger: Path, included: set[str]) -> list[Path]:
    """Return the closed periods beside a ledger, as `freeze` wrote them, that are not part of it.

    Who takes one out of the ledger opens the period again, and nothing else tells of it.
    """
    files = sorted(ledger.parent.glob("factoring-*.beancount"))
    return [file for file in files if str(file) not in included and _is_closed_period(file)]


def _is_closed_period(file: Path) -> bool:
    """Tell whether `freeze` wrote a file; what cannot be read is none."""
    header = HEADER.encode()
    try:
        with file.open("rb") as opened:
            return opened.read(len(header)) == header
    except OSError:
        return False


def _improbable_rates(on: ContractDay) -> Iterator[Todo]:
    """Yield each rate that no factor asks: it stands as percent without the sign, most probably."""
    contract = on.contract
    terms = (
        ("commission.rate", contract.commission.rate),
        ("interest.margin", contract.interest.margin),
        ("interest.floor", contract.interest.floor),
    )
    for key, dated in terms:
        for step in dated.steps:
            if step.value is not None and step.value > _HIGHEST[key]:
                cause = Cause(contract.filename, step.line or contract.line(key))
                yield Todo(TodoKind.IMPROBABLE_RATE, on.day, step.value, key, cause=cause)


def _unlisted_banks(source: ReportSource, on: ContractDay) -> Iterator[Todo]:
    """Yield each asset that customers' credits came on and that the contract does not name.

    What settles a document there is no receipt: it is taken for a reduction.
    """
    contract = on.contract
    root = f"{contract.accounts.receivables}:"
    assets = contract.accounts.receivables.partition(":")[0]
    found: defaultdict[str, list[tuple[Decimal, Cause]]] = defaultdict(list)
    last = on.books.state.closed or on.day
    for entry in takewhile(lambda entry: entry.date <= last, source.entries):
        if not isinstance(entry, data.Transaction) or IDENTIFIER in entry.meta:
            continue
        if entry.date < contract.start or not _credits_customer(entry, root, contract):
            continue
        accounts = {posting.account for posting in entry.postings}
        if any(map(contract.accounts.is_bank, accounts)):
            continue
        for account in accounts:
            if account.startswith(f"{assets}:") and not _is_named(account, contract):
                total = _total(entry, account, contract.currency)
                if total > 0:
                    found[account].append((total, cause_of(entry)))
    for account, receipts in sorted(found.items()):
        total = sum((amount for amount, _cause in receipts), Decimal())
        yield Todo(
            TodoKind.UNLISTED_BANK, on.day, total, account, len(receipts), cause=receipts[0][1]
        )


def _credits_customer(entry: data.Transaction, root: str, contract: Contract) -> bool:
    """Tell whether a transaction credits a customer of the contract in its currency."""
    return any(
        posting.account.startswith(root)
        and posting.units is not None
        and posting.units.currency == contract.currency
        and (posting.units.number or 0) < 0
        and contract.eligibility.admits(posting.account.removeprefix(root))
        for posting in entry.postings
    )


def _is_named(account: str, contract: Contract) -> bool:
    """Tell whether a contract names an account, or it is a customer's."""
    accounts = contract.accounts
    named = {charge.account for charge in contract.charges}
    named |= {name for name in accounts._asdict().values() if isinstance(name, str)}
    return account in named or account.startswith(f"{accounts.receivables}:")


def _total(entry: data.Transaction, account: str, currency: str) -> Decimal:
    """Return what a transaction posts on an account."""
    numbers = (
        posting.units.number or Decimal()
        for posting in entry.postings
        if posting.account == account
        and posting.units is not None
        and posting.units.currency == currency
    )
    return sum(numbers, Decimal())


def _directives(on: ContractDay) -> Iterator[Todo]:
    """Yield the draws that have no effect, and the charges that are booked without VAT."""
    contract = on.contract
    is_statement = contract.shared_account.source is SharedAccountSource.STATEMENT
    with_vat = {charge.name for charge in contract.charges}
    for directive in on.books.history.directives:
        if directive.date > on.day:
            continue
        amount, day = on.amount(directive.amount), directive.date
        if directive.kind is DirectiveKind.DRAW and is_statement:
            yield Todo(TodoKind.DRAW_WITHOUT_EFFECT, day, amount, cause=directive.cause)
        if (
            directive.kind is DirectiveKind.CHARGE
            and directive.name not in with_vat
            and contract.commission.vat is None
            and "vat" not in directive.figures
        ):
            yield Todo(
                TodoKind.CHARGE_WITHOUT_VAT, day, amount, directive.name, cause=directive.cause
            )
