"""`bean-factor aged`: who owes what, and how late it is."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beancount_factoring.cli.options import report_options

if TYPE_CHECKING:
    from beancount_factoring.reports.aged import AgedReport


@click.command()
@report_options
def aged(
    ledger: Path,
    contract: str | None,
    day: datetime.date | None,
    output_format: str,
    no_cache: bool,
) -> None:
    """Show the aged balance per debtor."""
    from beancount_factoring.cli.ledgers import load_ledger
    from beancount_factoring.reports.aged import aged_report

    loaded = load_ledger(ledger, no_cache=no_cache)
    echo_aged([aged_report(on) for on in loaded.on(day, contract)], output_format)
    loaded.finish()


def echo_aged(reports: Sequence[AgedReport], output_format: str) -> None:
    """Print aged balances in one of the formats."""
    from beancount_factoring.cli.tables import echo_csv
    from beancount_factoring.cli.tables import echo_json
    from beancount_factoring.cli.tables import echo_reports
    from beancount_factoring.spreadsheets import harmless

    figures = _figures()
    if output_format == "json":
        echo_json([report.as_json() for report in reports])
    elif output_format == "csv":
        echo_csv(
            ("contract", "date", "currency", "debtor", *figures),
            (
                (
                    harmless(report.contract),
                    report.date,
                    report.currency,
                    harmless(line.debtor),
                    *line.figures().values(),
                )
                for report in reports
                for line in report.debtors
            ),
        )
    else:
        echo_reports(reports, _echo_debtors)


def _figures() -> tuple[str, ...]:
    """Return the keys of a line's figures."""
    from beancount_factoring.reports.aged import BUCKETS

    return (*BUCKETS, "unallocated", "total", "assigned")


def _echo_debtors(report: AgedReport) -> None:
    """Print a contract's aged balance as a table."""
    from beancount_factoring.cli.tables import echo_table

    figures = _figures()
    echo_table(
        ("debtor", *(key.replace("_", " ") for key in figures)),
        [(line.debtor, *map(str, line.figures().values())) for line in report.debtors],
        right=range(1, len(figures) + 1),
        total=("total", *map(str, report.total.figures().values())),
    )
