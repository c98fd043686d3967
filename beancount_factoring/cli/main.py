"""`bean-factor`: one command with a subcommand for each task.

The modules of the commands import what they need when they run, so that `--help` is quick.
"""

from __future__ import annotations

import errno
import io
import sys
from typing import Any

import click

from beancount_factoring.cli.aged import aged
from beancount_factoring.cli.check import check
from beancount_factoring.cli.demo import demo
from beancount_factoring.cli.explain import explain
from beancount_factoring.cli.freeze import freeze
from beancount_factoring.cli.importing import import_documents
from beancount_factoring.cli.init import init
from beancount_factoring.cli.items import items
from beancount_factoring.cli.match import match
from beancount_factoring.cli.position import position
from beancount_factoring.cli.printing import print_ledger


class _Commands(click.Group):
    """The subcommands, in the order in which a user meets them."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order in which the commands were added."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand; a file that cannot be read or written is one line, not a traceback."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            named = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{named}{error.strerror or error}") from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="beancount-factoring", prog_name="bean-factor")
def main() -> None:
    """Receivables factoring for Beancount: from documents to checked books.

    LEDGER is the top ledger file; the environment variable BEANCOUNT_FILE stands for it.

    The exit status is 0 when done, 1 if the ledger or the input has errors, 2 for wrong usage.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal's encoding lacks is no reason to stop.
            stream.reconfigure(errors="backslashreplace")


for command in (
    *(demo, init, import_documents, match, check, position, aged, items, explain),
    *(print_ledger, freeze),
):
    main.add_command(command)
