"""Generates the transactions of factoring contracts.

Write one line in the top ledger file, with the contract files' paths relative to it:

    plugin "beancount_factoring.plugins.factoring" "contracts.yaml"
"""

from __future__ import annotations

from typing import Any

from beancount.core import data

from beancount_factoring.collector import paused_collector
from beancount_factoring.ledger.books import books_of
from beancount_factoring.ledger.books import second_plugin_line

__plugins__ = ("factoring",)


def factoring(
    entries: data.Directives, options_map: dict[str, Any], config: str | None = None
) -> tuple[data.Directives, list[Any]]:
    """Add the transactions that the ledger's contracts make of its entries.

    Nothing that the user wrote is changed. The contract files are put among the ledger's included
    files, so that a change of theirs invalidates Beancount's cache and makes Fava reload.
    """
    with paused_collector(set_aside=True):
        books = books_of(entries, options_map, config)
    twice = second_plugin_line(options_map, books)
    if twice is not None:
        return entries, [twice]
    options_map["include"] += (path for path in books.watched if path not in options_map["include"])
    return [*entries, *books.transactions], list(books.errors)
