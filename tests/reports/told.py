"""Explanations of an example, and their terms as text to compare with."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from textwrap import dedent

from beancount_factoring.reports.explain import explanation
from beancount_factoring.reports.explain_terms import Explanation
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.source import report_source
from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import invoice

TWO = invoice("2026-01-06", "F1", "1000.00") + invoice("2026-01-07", "F2", "500.00")


def told(loaded: Loaded, key: str, day: str | None = None) -> Explanation:
    assert loaded.messages == []
    source = report_source(loaded.entries, loaded.options)
    (on,) = source.on(None if day is None else datetime.date.fromisoformat(day))
    return explanation(source, on, key)


def written(terms: Iterable[Term], level: int = 0) -> str:
    """Write terms, a line each, those of a term indented below it."""
    lines = []
    for term in terms:
        date = f"{term.date} " if term.date else ""
        lines.append(f"{'  ' * level}{term.amount} {date}{term.text}")
        if term.terms:
            lines.append(written(term.terms, level + 1))
    return "\n".join(lines)


def terms_of(load: Load, ledger: str, terms: str, key: str, *, source: str = "generated") -> str:
    return written(told(load(ledger, dedent(terms), source=source), key).terms)
