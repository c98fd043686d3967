"""Printed copies: generated transactions that the user keeps as text (interface.md, section 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from typing import Final
from typing import NamedTuple

from beancount.core import data
from beancount.core.amount import Amount

from beancount_factoring.currencies import with_decimals
from beancount_factoring.ledger import marks
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.errors import error_at

_IGNORED: Final = {"filename", "lineno", marks.SOURCE}


class Compared(NamedTuple):
    """The generated transactions that no copy stands for, and the copies that are wrong."""

    transactions: list[data.Transaction]
    errors: list[FactoringError]


def leave_copies(
    generated: Sequence[data.Transaction], copies: Sequence[data.Transaction]
) -> Compared:
    """Let printed copies stand for what would be generated; report each difference at the copy."""
    if not copies:
        return Compared(list(generated), [])
    by_identifier = {txn.meta[marks.IDENTIFIER]: txn for txn in generated}
    errors = []
    standing: dict[str, data.Transaction] = {}
    for copy in copies:
        identifier = str(copy.meta[marks.IDENTIFIER])
        twin = by_identifier.get(identifier)
        if identifier in standing:
            first = cause_of(standing[identifier])
            message = (
                f"{identifier} stands in the ledger twice, first at {first.filename}:{first.line}:"
                " remove one of them"
            )
        elif twin is None:
            message = (
                f"{identifier} would not be generated from the ledger as it is: what it was made"
                " from is gone or changed; restore that, or remove this copy"
            )
        else:
            message = _difference(identifier, copy, twin)
        standing.setdefault(identifier, copy)
        if message:
            errors.append(error_at(cause_of(copy), message, copy))
    rest = [txn for txn in generated if txn.meta[marks.IDENTIFIER] not in standing]
    return Compared(rest, errors)


def _difference(identifier: str, copy: data.Transaction, twin: data.Transaction) -> str:
    """Say how a copy differs from what would be generated; empty where it does not."""
    for name, mine, other in zip(_FACTS, _facts(copy), _facts(twin), strict=True):
        if mine != other:
            return (
                f"{identifier} differs from what the ledger gives now: its {name} {_text(mine)},"
                f" not {_text(other)}; restore what it was made from, or print it anew"
            )
    return ""


_FACTS: Final = (
    *("date is", "flag is", "payee is", "narration is"),
    *("tags are", "links are", "postings are", "metadata is"),
)


def _facts(txn: data.Transaction) -> tuple[Any, ...]:
    """Return what two equal transactions have in common, in the order of `_FACTS`."""
    postings = sorted((posting.account, _amount(posting.units)) for posting in txn.postings)
    meta = {
        key: value
        for key, value in txn.meta.items()
        if key not in _IGNORED and not key.startswith("__")
    }
    return (
        txn.date,
        txn.flag,
        txn.payee or "",
        txn.narration or "",
        sorted(txn.tags),
        sorted(txn.links),
        postings,
        sorted(meta.items()),
    )


def _amount(units: Amount | None) -> str:
    """Write an amount so that equal ones are the same text, however many zeros they end with."""
    if units is None or units.number is None:
        return ""
    try:
        number = with_decimals(units.number, units.currency)
    except ValueError:
        number = units.number
    return f"{number} {units.currency}"


def _text(fact: Any) -> str:
    """Write a fact of a transaction on one line."""
    if isinstance(fact, list):
        items = (" ".join(item) if isinstance(item, tuple) else str(item) for item in fact)
        return "; ".join(items) or "none"
    return str(fact)
