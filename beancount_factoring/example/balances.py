"""`balances.beancount`: what the factor's accounts and the banks must show, month by month.

The factor's figures are read off the books made by hand (`books`), the banks' off their
statements: two ways to the same year that share nothing with the import.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from decimal import Decimal

from beancount.core import data

from beancount_factoring.example.accounts import CLIENTS
from beancount_factoring.example.accounts import COLLECTIONS
from beancount_factoring.example.accounts import FACTOR_CURRENT
from beancount_factoring.example.accounts import GUARANTEE_FUND
from beancount_factoring.example.accounts import OPERATING
from beancount_factoring.example.accounts import SHARED
from beancount_factoring.example.accounts import TRANSIT
from beancount_factoring.example.bank import Statement
from beancount_factoring.example.books import posted
from beancount_factoring.example.invoicing import euros
from beancount_factoring.example.year import FIRST_DAY
from beancount_factoring.example.year import LAST_DAY

_DAY = datetime.timedelta(days=1)
_FACTOR = (FACTOR_CURRENT, GUARANTEE_FUND, COLLECTIONS)
_HEADING = """\
; What the accounts must show at the beginning of each month, to the cent.
;
; The factor's figures were worked out apart from the documents, the banks' are their statements'.
; The last day's receipts name no invoice: until they are matched, {collections}
; lacks them, and is therefore proven the day before.
"""


def balances_text(
    entries: Iterable[data.Directive],
    shared: Iterable[Statement],
    operating: Iterable[Statement],
) -> str:
    """Return the file's text, from the true books' entries and the banks' statements."""
    transactions = [entry for entry in entries if isinstance(entry, data.Transaction)]
    shared, operating = tuple(shared), tuple(operating)
    lines = [_HEADING.format(collections=COLLECTIONS)]
    for day in _days():
        books = _books(transactions, day)
        proven = {account: books[account] for account in (CLIENTS, *_FACTOR)}
        if day > LAST_DAY:
            del proven[COLLECTIONS]
        if day == LAST_DAY:
            proven = {COLLECTIONS: books[COLLECTIONS]}
        else:
            proven[OPERATING] = _on_account(operating, day)
            proven[SHARED] = _on_account(shared, day)
            proven[TRANSIT] = Decimal("0.00")
        lines.extend(f"{day} balance {name:32}{cash:>12} EUR" for name, cash in proven.items())
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _days() -> Iterator[datetime.date]:
    """Yield the first days of the months, the last day, and the first one of the next year."""
    for month in range(2, 13):
        yield FIRST_DAY.replace(month=month)
    yield LAST_DAY
    yield LAST_DAY + _DAY


def _books(transactions: Iterable[data.Transaction], day: datetime.date) -> dict[str, Decimal]:
    """Return what the books show at the beginning of a day, all customers as one."""
    balances: dict[str, Decimal] = defaultdict(lambda: Decimal("0.00"))
    for transaction in transactions:
        if transaction.date < day:
            for posting in transaction.postings:
                account = posting.account
                is_client = account.startswith(f"{CLIENTS}:")
                balances[CLIENTS if is_client else account] += posted(posting)
    return balances


def _on_account(statements: Iterable[Statement], day: datetime.date) -> Decimal:
    """Return what was on a bank account at the beginning of a day."""
    first, *others = statements
    lines = [line.movement for statement in (first, *others) for line in statement.lines]
    return euros(first.opening + sum(line.amount for line in lines if line.date < day))
