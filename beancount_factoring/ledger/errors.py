"""Errors as Beancount shows them: values with a file, a line and what to write instead."""

from __future__ import annotations

from typing import Any
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.engine.history import Cause
from beancount_factoring.tuples import new


class FactoringError(NamedTuple):
    """Something in the ledger, the contract file or a directive that cannot be booked as it is.

    `source` always has `filename` and `lineno`, which `bean-check` and Fava need.
    """

    source: dict[str, Any]
    message: str
    entry: data.Directive | None = None


def error_at(cause: Cause, message: str, entry: data.Directive | None = None) -> FactoringError:
    """Return an error at a line of a file."""
    return FactoringError({"filename": cause.filename, "lineno": cause.line}, message, entry)


def cause_of(entry: data.Directive) -> Cause:
    """Return where a directive stands."""
    meta = entry.meta
    return new(Cause, (meta["filename"], meta["lineno"]))
