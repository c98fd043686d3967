"""What the commands take: the ledger, a contract, a day, a format."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from typing import TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

LEDGER_VARIABLE = "BEANCOUNT_FILE"
# As in ledgers (ledger.metadata), which is imported late.
_LAST_YEAR = 2199
FORMATS = ("text", "json", "csv")


class AskedOption(click.Option):
    """An option that is asked for; where nobody can answer, its default is the answer.

    One that may be repeated is asked for once.
    """

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Convert a value, or the one answer that stands for several."""
        is_answer = self.multiple and isinstance(value, str)
        return super().type_cast_value(ctx, (value,) if is_answer else value)

    def prompt_for_value(self, ctx: click.Context) -> Any:
        """Ask; at the end of the input take the default, or say which option is missing."""
        try:
            return super().prompt_for_value(ctx)
        except click.Abort:
            if sys.stdin.isatty():
                raise
            # Where the question is: what comes next begins a line.
            click.echo()
            default = self.get_default(ctx)
            if default is None or not isinstance(default, str):
                raise click.MissingParameter(ctx=ctx, param=self) from None
            return self.type_cast_value(ctx, default)


_LEDGER = click.Path(exists=True, dir_okay=False, path_type=Path)
ledger_argument = click.argument("ledger", envvar=LEDGER_VARIABLE, type=_LEDGER)
contract_option = click.option(
    "--contract", metavar="NAME", help="Only this contract, where the ledger has several."
)
no_cache_option = click.option(
    "--no-cache", is_flag=True, help="Load the ledger anew, without Beancount's cache."
)
format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print the table.",
)


def ledger_first(
    arguments: tuple[str, ...], what: str, *, is_named: bool | None = None
) -> tuple[Path, tuple[str, ...]]:
    """Tell the ledger from what follows it, which is `what`; there is some of it always.

    BEANCOUNT_FILE stands for a ledger that is not named: where there is one argument only, unless
    `is_named` tells better.
    """
    named = os.environ.get(LEDGER_VARIABLE)
    if named and not (len(arguments) > 1 if is_named is None else is_named):
        arguments = (named, *arguments)
    if len(arguments) < 2:
        raise click.UsageError(f"Missing argument '{what if arguments else 'LEDGER'}'.")
    try:
        ledger = _LEDGER.convert(arguments[0], None, None)
    except click.BadParameter as error:
        raise click.BadParameter(error.message, param_hint="'LEDGER'") from None
    return Path(ledger), arguments[1:]


def _date(
    _ctx: click.Context, _param: click.Parameter, value: datetime.datetime | None
) -> datetime.date | None:
    if value is None:
        return None
    if value.year > _LAST_YEAR:
        raise click.BadParameter(_too_late(value.date()))
    return value.date()


def day_of(text: str, name: str) -> datetime.date:
    """Return the day that an argument names; anything else is wrong usage."""
    try:
        day = datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no day: write YYYY-MM-DD.", param_hint=name
        ) from None
    if day.year > _LAST_YEAR:
        raise click.BadParameter(_too_late(day), param_hint=name)
    return day


def _too_late(day: datetime.date) -> str:
    return f"{day} cannot be meant: write a day up to {_LAST_YEAR}."


date_option = click.option(
    "--date",
    "day",
    metavar="YYYY-MM-DD",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_date,
    help="At the end of this day; by default that of the ledger's last entry.",
)


def report_options(command: F) -> F:
    """Give a command what every report takes."""
    for option in (no_cache_option, format_option, date_option, contract_option, ledger_argument):
        command = option(command)
    return command
