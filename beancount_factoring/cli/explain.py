"""`bean-factor explain`: where a figure comes from."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING
from typing import NoReturn

import click

from beancount_factoring.cli.options import LEDGER_VARIABLE
from beancount_factoring.cli.options import contract_option
from beancount_factoring.cli.options import date_option
from beancount_factoring.cli.options import format_option
from beancount_factoring.cli.options import no_cache_option

if TYPE_CHECKING:
    from beancount_factoring.cli.ledgers import LoadedLedger
    from beancount_factoring.reports.explain import UnknownSubjectError

_LEDGER = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("arguments", nargs=-1, metavar="LEDGER WHAT")
@contract_option
@date_option
@format_option
@click.option(
    "--depth",
    metavar="N",
    type=click.IntRange(min=1),
    help="As text, print N levels of sums; by default as many as are easily read.",
)
@no_cache_option
@click.pass_context
def explain(
    ctx: click.Context,
    arguments: tuple[str, ...],
    contract: str | None,
    day: datetime.date | None,
    output_format: str,
    depth: int | None,
    no_cache: bool,
) -> None:
    """Show where a figure comes from.

    WHAT is a key of the position (available, overdue, commission_to_date): the sum that makes it;
    or a document's number: its life day by day. For a number that is a key too, write
    document:NUMBER.
    """
    from beancount_factoring.cli.explained import echo_explanations
    from beancount_factoring.cli.ledgers import load_ledger
    from beancount_factoring.cli.lives import echo_lives
    from beancount_factoring.reports.explain import UnknownSubjectError
    from beancount_factoring.reports.explain import explanation
    from beancount_factoring.reports.explain import subject_of
    from beancount_factoring.reports.explain_document import lives

    ledger, what = _ledger_and_what(ctx, arguments)
    loaded = load_ledger(ledger, no_cache=no_cache)
    days = loaded.on(day, contract)
    try:
        subject = subject_of(what, days)
    except UnknownSubjectError as error:
        _refuse(loaded, what, error)
    folder = str(ledger.absolute().parent)
    if subject.key is not None:
        told = [explanation(loaded.source, on, subject.key) for on in days]
        echo_explanations(told, output_format, folder, depth)
    else:
        echo_lives(list(lives(loaded.source, days, subject.number)), output_format, folder)
    loaded.finish()


def _ledger_and_what(ctx: click.Context, arguments: tuple[str, ...]) -> tuple[Path, str]:
    """Tell the ledger from what is asked: BEANCOUNT_FILE stands for it where it is not named."""
    named = os.environ.get(LEDGER_VARIABLE)
    if len(arguments) == 1 and named:
        arguments = (named, *arguments)
    if len(arguments) < 2:
        raise click.UsageError(f"Missing argument '{'WHAT' if arguments else 'LEDGER'}'.")
    if len(arguments) > 2:
        raise click.UsageError("WHAT is one key or number: put it in quotes if it has blanks.")
    path, what = arguments
    ledger = _LEDGER.convert(path, None, ctx)
    return Path(ledger), what


def _refuse(loaded: LoadedLedger, what: str, error: UnknownSubjectError) -> NoReturn:
    """Say what can be explained: wrong usage, unless the ledger has errors, which may be why."""
    from beancount_factoring.cli.tables import one_line
    from beancount_factoring.reports.explain import KEYS

    message = f"{what} is no key of the position and no document's number"
    if error.nearest:
        message += f"; numbers like it: {', '.join(error.nearest)}"
    message = one_line(f"{message}; the keys: {', '.join(KEYS)}")
    if loaded.errors:
        click.echo(message, err=True)
        loaded.finish()
    raise click.BadParameter(message, param_hint="WHAT")
