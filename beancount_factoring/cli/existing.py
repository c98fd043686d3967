"""The ledger that `init` finds: what stands there, and what it lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import Final

import click

if TYPE_CHECKING:
    from beancount.core import data

_UNKNOWN: Final = re.compile(r"Invalid reference to unknown account '([^']+)'")


@dataclass(frozen=True, slots=True)
class ExistingLedger:
    """The ledger as it is, there or not, before anything is written.

    `unknown` are its errors of accounts that are not open, which this command may open.
    """

    path: Path
    entries: data.Directives
    options: dict[str, Any]
    unknown: tuple[Any, ...] = ()

    def unopened(self) -> dict[str, Any]:
        """Return the accounts that are not open, each with an error of it."""
        return {match[1]: error for error in self.unknown if (match := _unknown(error))}


def index_of(ledger: ExistingLedger) -> str | None:
    """Return the one index that the ledger has values of."""
    from beancount.core import data

    names = {
        str(entry.values[1].value)
        for entry in ledger.entries
        if isinstance(entry, data.Custom)
        and entry.type == "factoring"
        and len(entry.values) > 1
        and entry.values[0].value == "index"
    }
    return names.pop() if len(names) == 1 else None


def existing_ledger(ctx: click.Context, ledger: Path) -> ExistingLedger:
    """Load the ledger, if there is one; with errors other than of unopened accounts end here."""
    from beancount.parser.options import OPTIONS_DEFAULTS

    from beancount_factoring.cli.ledgers import load_entries
    from beancount_factoring.cli.ledgers import print_errors

    if not ledger.exists():
        if not ledger.parent.is_dir():
            raise click.UsageError(f"{ledger.parent} is no folder: make it first.")
        return ExistingLedger(ledger, [], dict(OPTIONS_DEFAULTS))
    entries, errors, options = load_entries(ledger)
    if not all(map(_unknown, errors)):
        print_errors(errors, ledger)
        ctx.exit(1)
    return ExistingLedger(ledger, entries, options, tuple(errors))


def _unknown(error: Any) -> re.Match[str] | None:
    """Return the match of an account that is not open, in an error of an entry's."""
    return _UNKNOWN.fullmatch(error.message) if error.entry is not None else None
