"""`bean-factor items`: the open documents, each with its state and why it is not funded."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from beancount_factoring.cli.options import report_options

if TYPE_CHECKING:
    from beancount_factoring.reports.items import Item


@click.command()
@report_options
@click.option("--all", "settled", is_flag=True, help="The settled documents too.")
def items(
    ledger: Path,
    contract: str | None,
    day: datetime.date | None,
    output_format: str,
    no_cache: bool,
    settled: bool,
) -> None:
    """Show open documents, and why they are not funded."""
    from beancount_factoring.cli.ledgers import load_ledger
    from beancount_factoring.reports.items import item_report

    loaded = load_ledger(ledger, no_cache=no_cache)
    listed = [item for on in loaded.on(day, contract) for item in item_report(on, settled=settled)]
    echo_items(listed, output_format)
    loaded.finish()


def echo_items(listed: Sequence[Item], output_format: str) -> None:
    """Print documents in one of the formats."""
    from beancount_factoring.cli.tables import echo_csv
    from beancount_factoring.cli.tables import echo_json
    from beancount_factoring.cli.tables import echo_table
    from beancount_factoring.engine.eligibility import Reason
    from beancount_factoring.spreadsheets import harmless

    if output_format == "json":
        echo_json([item.as_json() for item in listed])
    elif output_format == "csv":
        rows = []
        for item in listed:
            row: dict[str, Any] = item.as_json()
            reasons = row.pop("reasons")
            for key in ("contract", "debtor", "document"):
                row[key] = row[key] and harmless(row[key])
            rows.append([*row.values(), *(reasons.get(reason) for reason in Reason)])
        echo_csv((*_COLUMNS, *(f"reasons.{reason}" for reason in Reason)), rows)
    else:
        echo_table((*_COLUMNS, "reasons"), map(_cells, listed), right=(6, 7))


_COLUMNS = (
    "contract",
    "debtor",
    "document",
    "type",
    "date",
    "due",
    "amount",
    "open",
    "state",
)


def _cells(item: Item) -> list[str]:
    """Return a document's cells; nothing is an empty one."""
    reasons = ", ".join(
        f"{reason.replace('_', ' ')} {amount}" for reason, amount in item.reasons.items()
    )
    row = item.as_json()
    return [*(row[key] or "" for key in _COLUMNS), reasons]
