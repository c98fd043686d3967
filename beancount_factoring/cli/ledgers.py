"""Loading a ledger for a command: its errors on standard error, and the exit status they mean."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from typing import Any
from typing import NoReturn

import click
from beancount import loader
from beancount.core import data
from beancount.ops import validation

from beancount_factoring.collector import paused_collector
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource
from beancount_factoring.reports.source import report_source

_TRACEBACK = "Traceback (most recent call last)"

# What Beancount writes for a file where it knows none.
_NOWHERE = "<load>"


class UnreadableLedgerError(click.ClickException):
    """A ledger, or a file that it includes, cannot be read: the command ends with status 1."""

    def __init__(self, path: object, reason: object) -> None:
        """Take the file, and why it cannot be read."""
        super().__init__(f"{path}:1: cannot be read: {reason}")

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the error as the others are printed."""
        click.echo(self.message, file=file, err=True)


@dataclass(frozen=True, slots=True)
class LoadedLedger:
    """A ledger as its plugins left it, with its errors and the source of its reports."""

    path: Path
    entries: data.Directives
    errors: tuple[Any, ...]
    options: dict[str, Any]
    source: ReportSource

    def on(
        self, day: datetime.date | None, contract: str | None, *, tell_end: bool = True
    ) -> list[ContractDay]:
        """Return the books of every contract, or of one, on a day.

        `tell_end`: say, on standard error, that the ledger ends before that day.
        """
        self.check_name(contract)
        days = self.source.on(day, contract)
        ends = [on.books.history.horizon for on in days if on.is_active]
        if tell_end and day and ends and ends[0] and ends[0] < day:
            message = f"the ledger ends on {ends[0]}: nothing is generated after that day"
            click.echo(f"{self.path}: {message}", err=True)
        return days

    def check_name(self, contract: str | None) -> None:
        """Refuse the name of a contract that the ledger does not have: wrong usage.

        Where the ledger has errors, the contract may be what they are about: they say more.
        """
        known = [books.contract.name for books in self.source.contracts]
        if contract is None or contract in known:
            return
        if self.errors:
            self.finish()
        message = f"{contract} is no contract of {self.path}; it has {', '.join(known)}"
        raise click.BadParameter(message, param_hint="--contract")

    def finish(self) -> NoReturn:
        """End the command: 1 if the ledger has errors, else 0."""
        click.get_current_context().exit(1 if self.errors else 0)


def load_ledger(path: Path, *, no_cache: bool = False, thorough: bool = False) -> LoadedLedger:
    """Load a ledger and print its errors; `thorough` checks all that bean-check does."""
    # Until the command ends: what is loaded is looked at once.
    click.get_current_context().with_resource(paused_collector())
    entries, found, options = load_entries(path, no_cache=no_cache, thorough=thorough)
    source = report_source(entries, options)
    errors = (*found, *source.errors)
    print_errors(errors, path)
    return LoadedLedger(path, entries, errors, options, source)


def load_entries(
    path: Path, *, no_cache: bool = False, thorough: bool = False
) -> tuple[data.Directives, list[Any], dict[str, Any]]:
    """Return a ledger's entries, errors and options as Beancount loads them.

    Raises `UnreadableLedgerError`, which ends a command with one line.
    """
    validations = validation.HARDCORE_VALIDATIONS if thorough else None
    with _cache(used=not no_cache):
        try:
            return loader.load_file(str(path), extra_validations=validations)
        except OSError as error:
            raise UnreadableLedgerError(error.filename or path, error.strerror) from error
        except (SystemError, ValueError) as error:
            # The parser's answer to a file that is none: a device, a name with a null character.
            raise UnreadableLedgerError(path, error) from error


def print_errors(errors: Iterable[Any], ledger: Path) -> None:
    """Print errors to standard error as `file:line: message`, as bean-check does."""
    lines: list[str] | None = None
    for error in errors:
        source = error.source or {}
        filename, line = source.get("filename", _NOWHERE), source.get("lineno", 0)
        if filename == _NOWHERE:
            if lines is None:
                lines = ledger.read_text("utf-8", errors="replace").splitlines()
            filename, line = ledger, _line_named(error.message, lines)
        click.echo(f"{filename}:{line}: {_message(error.message)}", err=True)


def _line_named(message: str, lines: Iterable[str]) -> int:
    """Return the first line that has what a message names in quotes (an include, a plugin)."""
    named = message.partition('"')[2].partition('"')[0]
    quoted = f'"{named}"'
    return next((number for number, line in enumerate(lines, 1) if quoted in line), 1)


def _message(message: str) -> str:
    """Return an error's message; of a traceback that Beancount put there, what it comes to."""
    before, traceback, rest = message.partition(_TRACEBACK)
    lines = [line.strip() for line in rest.splitlines() if line.strip()]
    return before + lines[-1] if traceback and lines else message


@contextmanager
def _cache(*, used: bool) -> Iterator[None]:
    """Load without Beancount's cache, and set it up again as it was."""
    if used:
        yield
        return
    before = loader._load_file  # noqa: SLF001  # initialize() offers no way back
    loader.initialize(use_cache=False)
    try:
        yield
    finally:
        loader._load_file = before  # noqa: SLF001
