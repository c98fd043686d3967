"""What marks a transaction as the factoring plugin's: interface.md, section 1."""

from __future__ import annotations

from typing import Final

from beancount.core import data

PLUGIN: Final = "beancount_factoring.plugins.factoring"
TAG: Final = "factoring"
CONTRACT: Final = "factoring"
EVENT: Final = "factoring-event"
IDENTIFIER: Final = "factoring-id"
SOURCE: Final = "factoring-source"
REMITTANCE: Final = "remittance"
SUFFIX: Final = "#factoring"


def is_generated(entry: data.Directive) -> bool:
    """Tell whether the plugin made an entry in this load."""
    return (
        isinstance(entry, data.Transaction)
        and IDENTIFIER in entry.meta
        and str(entry.meta.get("filename", "")).endswith(SUFFIX)
    )


def is_printed_copy(entry: data.Directive) -> bool:
    """Tell whether an entry is a generated transaction that was printed into the ledger's text."""
    return (
        isinstance(entry, data.Transaction) and IDENTIFIER in entry.meta and not is_generated(entry)
    )
