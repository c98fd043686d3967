"""`bean-factor print`: the ledger with its generated transactions, as text."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from beancount_factoring.cli.options import contract_option
from beancount_factoring.cli.options import date_option
from beancount_factoring.cli.options import ledger_argument
from beancount_factoring.cli.options import no_cache_option


@click.command("print")
@ledger_argument
@contract_option
@date_option
@no_cache_option
def print_ledger(
    ledger: Path, contract: str | None, day: datetime.date | None, no_cache: bool
) -> None:
    """Print the ledger with the generated transactions.

    The text loads without the plugin; with it, what is printed stands for what would be generated.
    """
    from beancount_factoring.cli.ledgers import load_ledger
    from beancount_factoring.reports.printed import printed_ledger

    loaded = load_ledger(ledger, no_cache=no_cache)
    loaded.check_name(contract)
    for text in printed_ledger(loaded.entries, loaded.options, until=day, contract=contract):
        click.echo(text, nl=False)
    loaded.finish()
