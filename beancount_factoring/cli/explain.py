"""`bean-factor explain`: where a figure comes from."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING
from typing import NoReturn

import click

from beancount_factoring.cli.options import contract_option
from beancount_factoring.cli.options import date_option
from beancount_factoring.cli.options import format_option
from beancount_factoring.cli.options import ledger_first
from beancount_factoring.cli.options import no_cache_option

if TYPE_CHECKING:
    from beancount_factoring.cli.ledgers import LoadedLedger
    from beancount_factoring.reports.explain import UnknownSubjectError


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
def explain(
    arguments: tuple[str, ...],
    contract: str | None,
    day: datetime.date | None,
    output_format: str,
    depth: int | None,
    no_cache: bool,
) -> None:
    """Show where a figure comes from.

    WHAT is a key of the position (available, overdue, commission_to_date): the sum that makes it;
    a document's number: its life day by day; a remittance's number or a draw's factoring-id: what
    it is the sum of; interest_accrued: what the next booking will hold. For a number that is a key
    too, write document:NUMBER.
    """
    from beancount_factoring.cli.explained import echo_explanations
    from beancount_factoring.cli.ledgers import load_ledger
    from beancount_factoring.cli.lives import echo_lives
    from beancount_factoring.reports.explain import UnknownSubjectError
    from beancount_factoring.reports.explain import explanation
    from beancount_factoring.reports.explain import subject_of
    from beancount_factoring.reports.explain_document import lives
    from beancount_factoring.reports.explain_events import event_explanation
    from beancount_factoring.reports.explain_events import explainable

    ledger, (what, *more) = ledger_first(arguments, "WHAT")
    if more:
        raise click.UsageError("WHAT is one key or number: put it in quotes if it has blanks.")
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
    elif subject.event:
        found = ((on, explainable(on, subject.event)) for on in days)
        told = [event_explanation(loaded.source, on, event) for on, event in found if event]
        echo_explanations(told, output_format, folder, depth)
    else:
        echo_lives(list(lives(loaded.source, days, subject.number)), output_format, folder)
    loaded.finish()


def _refuse(loaded: LoadedLedger, what: str, error: UnknownSubjectError) -> NoReturn:
    """Say what can be explained: wrong usage, unless the ledger has errors, which may be why."""
    from beancount_factoring.cli.tables import one_line
    from beancount_factoring.reports.explain import KEYS

    message = f"{what} is no key of the position, and no number of a document or a remittance"
    if error.nearest:
        message += f"; numbers like it: {', '.join(error.nearest)}"
    message = one_line(f"{message}; the keys: {', '.join(KEYS)}")
    if loaded.errors:
        click.echo(message, err=True)
        loaded.finish()
    raise click.BadParameter(message, param_hint="WHAT")
