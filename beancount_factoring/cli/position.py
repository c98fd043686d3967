"""`bean-factor position`: what the factor holds, funds and owes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

from beancount_factoring.cli.options import report_options

if TYPE_CHECKING:
    from beancount_factoring.reports.position import PositionReport


@click.command()
@report_options
def position(
    ledger: Path,
    contract: str | None,
    day: datetime.date | None,
    output_format: str,
    no_cache: bool,
) -> None:
    """Show what is outstanding, funded and available."""
    from beancount_factoring.cli.ledgers import load_ledger
    from beancount_factoring.reports.position import position_report

    loaded = load_ledger(ledger, no_cache=no_cache)
    reports = [position_report(loaded.source, on) for on in loaded.on(day, contract)]
    echo_positions(reports, output_format)
    loaded.finish()


def echo_positions(reports: Sequence[PositionReport], output_format: str) -> None:
    """Print positions in one of the formats."""
    from beancount_factoring.cli.tables import echo_csv
    from beancount_factoring.cli.tables import echo_json
    from beancount_factoring.cli.tables import echo_pairs
    from beancount_factoring.cli.tables import echo_reports
    from beancount_factoring.spreadsheets import harmless

    if output_format == "json":
        echo_json([report.as_json() for report in reports])
    elif output_format == "csv":
        rows = [dict(_flat(report.as_json())) for report in reports]
        for row in rows:
            row["contract"] = harmless(row["contract"])
        echo_csv(list(_columns()), [list(row.values()) for row in rows])
    else:
        echo_reports(reports, lambda report: echo_pairs(_lines(report)))


def _columns() -> Iterator[str]:
    """Yield the names of a position's columns, which `_flat` fills."""
    from beancount_factoring.engine.eligibility import Reason
    from beancount_factoring.reports.position import PositionReport

    for field in fields(PositionReport):
        if field.name == "ineligible":
            yield from (f"{field.name}.{reason}" for reason in Reason)
        else:
            yield field.name


def _flat(report: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the columns of a position: reasons are named `ineligible.overdue` and so on."""
    for key, value in report.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{name}", amount) for name, amount in value.items())
        else:
            yield key, value


def _lines(report: PositionReport) -> Iterator[tuple[str, str]]:
    """Yield the position in words, from the outstanding down to what may be drawn."""
    for key, value in _flat(report.as_json()):
        if key in {"contract", "date", "currency"}:
            continue
        _reasons, _dot, reason = key.partition(".")
        label = f"  {reason}" if reason else key
        yield label.replace("_", " "), "none" if value is None else value
