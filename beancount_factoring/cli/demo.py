"""`bean-factor demo`: the example ledger, from its documents to what may be drawn."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from beancount_factoring.importers.run import ImportRun


@click.command()
@click.argument(
    "folder",
    metavar="[DIR]",
    default=Path("demo"),
    type=click.Path(file_okay=False, path_type=Path),
)
def demo(folder: Path) -> None:
    """Write the example ledger to a new folder, import and show it.

    Its documents are imported, it is checked, and its position and aged balance are shown. DIR is
    a new folder, `demo` if it is not named.
    """
    from beancount_factoring.cli.aged import echo_aged
    from beancount_factoring.cli.check import echo_check
    from beancount_factoring.cli.importing import run_with_progress
    from beancount_factoring.cli.ledgers import load_ledger
    from beancount_factoring.cli.position import echo_positions
    from beancount_factoring.example import write_example
    from beancount_factoring.example.writer import DOCUMENTS
    from beancount_factoring.importers.run import write_entries
    from beancount_factoring.reports.aged import aged_report
    from beancount_factoring.reports.position import position_report

    try:
        write_example(folder)
    except FileExistsError as error:
        raise click.BadParameter(str(error), param_hint="DIR") from None
    ledger = folder / "main.beancount"
    documents = folder / DOCUMENTS
    _heading(f"Importing {documents}")
    run = run_with_progress(ledger, [documents])
    write_entries(run.into, (*run.opened, *run.entries))
    _echo_formats(run)
    _heading(f"Checking {ledger}")
    loaded = load_ledger(ledger, thorough=True)
    days = loaded.on(None, None)
    echo_check(loaded, days)
    _heading("Position")
    echo_positions([position_report(loaded.source, on) for on in days], "text")
    _heading("Aged balance")
    echo_aged([aged_report(on) for on in days], "text")
    _heading("To open it in Fava")
    click.echo(f"{_fava()} {shlex.quote(click.format_filename(ledger))}")
    loaded.finish()


def _fava() -> str:
    """Return the command of the Fava that this program is installed with, as a shell takes it."""
    beside = Path(sys.executable).with_name("fava")
    found = shutil.which("fava")
    if not beside.exists() or (found is not None and Path(found).resolve() == beside.resolve()):
        return "fava"
    shown = beside.relative_to(Path.cwd()) if beside.is_relative_to(Path.cwd()) else beside
    return shlex.quote(click.format_filename(shown))


def _heading(text: str) -> None:
    click.echo(f"\n== {text}\n")


def _echo_formats(run: ImportRun) -> None:
    """Print what the documents were, and how many entries they gave."""
    from beancount_factoring.cli.tables import echo_table

    files = Counter(file.what or "unknown" for file in run.files)
    new: Counter[str] = Counter()
    suspense: Counter[str] = Counter()
    for file in run.files:
        new[file.what or "unknown"] += file.new
        suspense[file.what or "unknown"] += file.in_suspense
    echo_table(
        ("documents", "files", "new entries", "in suspense"),
        [(what, str(count), str(new[what]), str(suspense[what])) for what, count in files.items()],
        right=(1, 2, 3),
        total=("total", *(str(c.total()) for c in (files, new, suspense))),
    )
