"""Printed copies: generated transactions that the user keeps as text (interface.md, section 1)."""

from __future__ import annotations

from collections import Counter
from typing import Any
from typing import Final
from typing import NamedTuple

from beancount.core import data
from beancount.core.amount import Amount

from beancount_factoring.currencies import with_decimals
from beancount_factoring.ledger import marks

# Of a long difference so many items are shown.
_LISTED: Final = 4
_IGNORED: Final = {"filename", "lineno", marks.SOURCE}


class Difference(NamedTuple):
    """The first fact in which two transactions differ, in words.

    `is_figure` says that it is an amount; `is_text` that nothing in the ledger but the copy's own
    text can have changed it.
    """

    said: str
    is_figure: bool
    is_text: bool


def difference(copy: data.Transaction, twin: data.Transaction) -> Difference | None:
    """Return how a copy differs from what would be generated, `None` where it does not."""
    if _is_twin(copy, twin):
        return None
    for name, mine, other in zip(_FACTS, facts(copy), facts(twin), strict=True):
        if mine != other:
            said = f"its {name} {_only(mine, other)}, not {_only(other, mine)}"
            return Difference(said, name == _POSTINGS, _is_text(name, copy, twin))
    return None


def _is_text(name: str, copy: data.Transaction, twin: data.Transaction) -> bool:
    """Tell whether a fact is the copy's own text: its remittance's number alone follows others."""
    if name != _METADATA:
        return name in _TEXTS
    mine, other = (_meta(txn) | {marks.REMITTANCE: None} for txn in (copy, twin))
    return mine != other


def _is_twin(copy: data.Transaction, twin: data.Transaction) -> bool:
    """Tell at once that two transactions are equal, as most are; `False` says nothing."""
    return (
        copy.date == twin.date
        and copy.narration == twin.narration
        and copy.payee == twin.payee
        and copy.flag == twin.flag
        and copy.links == twin.links
        and copy.tags == twin.tags
        and len(copy.postings) == len(twin.postings)
        and all(
            mine.account == other.account and mine.units == other.units
            for mine, other in zip(copy.postings, twin.postings, strict=True)
        )
        and _meta(copy) == _meta(twin)
    )


def _meta(txn: data.Transaction) -> dict[str, Any]:
    """Return the metadata that counts."""
    return {
        key: value
        for key, value in txn.meta.items()
        if key not in _IGNORED and not key.startswith("__")
    }


_POSTINGS: Final = "postings are"
_METADATA: Final = "metadata is"
_TEXTS: Final = {"flag is", "payee is", "tags are"}
_FACTS: Final = (
    *("date is", _POSTINGS, "narration is", "links are"),
    *("flag is", "payee is", "tags are", _METADATA),
)


def facts(txn: data.Transaction) -> tuple[Any, ...]:
    """Return what two equal transactions have in common, in the order of `_FACTS`."""
    postings = sorted((posting.account, _amount(posting.units)) for posting in txn.postings)
    return (
        txn.date,
        postings,
        txn.narration or "",
        sorted(txn.links),
        txn.flag,
        txn.payee or "",
        sorted(txn.tags),
        sorted((key, str(value)) for key, value in _meta(txn).items()),
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


def _only(fact: Any, other: Any) -> str:
    """Write a fact on one line; of a list the first items that another does not have too."""
    if not isinstance(fact, list):
        return str(fact)
    left = list((Counter(fact) - Counter(other)).elements())
    items = [" ".join(item) if isinstance(item, tuple) else str(item) for item in left]
    more = f" and {len(items) - _LISTED} more" if len(items) > _LISTED else ""
    return "; ".join(items[:_LISTED]) + more or "none"
