"""`bean-factor import`: new entries from documents, to standard output or into the ledger."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Final
from typing import Self

import click

from beancount_factoring.cli.options import format_option
from beancount_factoring.cli.options import ledger_first

if TYPE_CHECKING:
    from beancount_factoring.importers.run import ImportedFile
    from beancount_factoring.importers.run import ImportRun

# Remarks on a file that are printed; all of them are in its table as JSON.
_REMARKS_SHOWN = 20

_LEDGER_SUFFIXES = {".beancount", ".bean"}
_LINE: Final = re.compile(r"line (\d+): ")
# What these are, only the ledger's import.yaml tells.
_TABLE_SUFFIXES = {".csv", ".tsv", ".xlsx"}


@click.command("import")
@click.argument("arguments", nargs=-1, metavar="LEDGER PATH...", type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Append the new entries to the ledger.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@format_option
def import_documents(
    arguments: tuple[Path, ...], write: bool, quiet: bool, output_format: str
) -> None:
    """Extract new entries from documents; folders are walked.

    The entries go to standard output, or with --write into the ledger, which is checked then; each
    document counts once. A table tells what became of each file: on standard error where the
    entries are on standard output.
    """
    from beancount_factoring.cli.ledgers import load_ledger
    from beancount_factoring.cli.ledgers import print_errors
    from beancount_factoring.importers.run import formatted
    from beancount_factoring.importers.run import write_entries

    ledger, paths = _ledger_and_paths(arguments)
    run = run_with_progress(ledger, paths, quiet=quiet)
    new = (*run.opened, *run.entries)
    errors = run.errors
    if write:
        write_entries(run.into, new)
        if new:
            errors = load_ledger(ledger).errors
        else:
            print_errors(errors, ledger)
    else:
        print_errors(errors, ledger)
        click.echo(formatted(new), nl=False)
    if run.is_incomplete:
        click.echo("repair the ledger first: nothing is imported", err=True)
    _echo_files(run.files, output_format, err=not write)
    failed = errors or run.problems or any(file.refused for file in run.files)
    click.get_current_context().exit(1 if failed else 0)


def run_with_progress(ledger: Path, paths: Iterable[Path], *, quiet: bool = False) -> ImportRun:
    """Read documents, showing the progress on a terminal; print refusals and remarks."""
    from beancount_factoring.importers.run import run_import
    from beancount_factoring.spreadsheets import harmless

    with _Progress(shown=not quiet) as progress:
        run = run_import(ledger, paths, progress.tell)
    for problem in run.problems:
        click.echo(str(problem), err=True)
    for file in run.files:
        if file.refused:
            click.echo(_at(file.path, "refused", file.refused), err=True)
        for remark in file.remarks[:_REMARKS_SHOWN]:
            click.echo(_at(file.path, "remark", harmless(remark)), err=True)
        if len(file.remarks) > _REMARKS_SHOWN:
            more = f"{len(file.remarks) - _REMARKS_SHOWN} more: --format json lists them"
            click.echo(_at(file.path, "remark", f"and {more}"), err=True)
    return run


def _at(path: Path, kind: str, said: str) -> str:
    """Say something of a file, with its line where a reader names it first."""
    named = _LINE.match(said)
    if named is None:
        return f"{path}: {kind}: {said}"
    return f"{path}:{named[1]}: {kind}: {said[named.end() :]}"


def _ledger_and_paths(arguments: tuple[Path, ...]) -> tuple[Path, tuple[Path, ...]]:
    """Tell the ledger from the documents: BEANCOUNT_FILE stands for it where it is not named."""
    names = tuple(str(path) for path in arguments)
    ledger, named = ledger_first(names, "PATH...", is_named=_names_ledger(arguments))
    paths = tuple(Path(name) for name in named)
    for path in paths:
        if not path.exists():
            raise click.UsageError(f"{path} does not exist.")
    return ledger, paths


def _names_ledger(arguments: tuple[Path, ...]) -> bool:
    """Tell whether the first argument is the ledger: by its suffix, or as a file of no importer."""
    from beancount_factoring.importers.formats import Candidate

    if not arguments:
        return False
    first = arguments[0]
    if first.suffix in _LEDGER_SUFFIXES:
        return True
    if first.suffix.lower() in _TABLE_SUFFIXES:
        return False
    return len(arguments) > 1 and first.is_file() and Candidate(first).kind is None


class _Progress:
    """A line on the terminal that tells the file being read; nothing where there is no terminal."""

    def __init__(self, *, shown: bool) -> None:
        is_terminal = sys.stderr.isatty()
        self._shown = shown and is_terminal and os.environ.get("TERM") != "dumb"
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._show("")

    def tell(self, path: Path) -> None:
        """Show the next file; of many every tenth."""
        from beancount_factoring.cli.tables import one_line

        self._count += 1
        if self._count < 10 or self._count % 10 == 0:
            self._show(f"{self._count}: {one_line(path.name)[:60]}")

    def _show(self, text: str) -> None:
        if self._shown:
            click.echo(f"\r\x1b[K{text}", nl=False, err=True)


def _echo_files(files: Sequence[ImportedFile], output_format: str, *, err: bool) -> None:
    """Print for each file what it was, and what became of its entries."""
    from beancount_factoring.cli.tables import counted
    from beancount_factoring.cli.tables import echo_csv
    from beancount_factoring.cli.tables import echo_json
    from beancount_factoring.cli.tables import echo_table
    from beancount_factoring.spreadsheets import harmless

    rows = [_row(file) for file in files]
    if output_format == "json":
        echo_json(
            [
                {
                    **dict(zip(_COLUMNS, row, strict=True)),
                    "remarks": file.remarks,
                    "left_out": file.left_out,
                }
                for file, row in zip(files, rows, strict=True)
            ],
            err=err,
        )
    elif output_format == "csv":
        echo_csv(_COLUMNS, [(harmless(row[0]), *row[1:]) for row in rows], err=err)
    elif files:
        echo_table(
            [column.replace("_", " ") for column in _COLUMNS],
            [
                (file, what or "unknown", *map(str, counts), refused or "")
                for file, what, *counts, refused in rows
            ],
            right=(2, 3, 4),
            total=(
                counted(len(files), "file"),
                "",
                str(sum(file.new for file in files)),
                str(sum(file.known for file in files)),
                str(sum(file.in_suspense for file in files)),
                str(sum(file.refused is not None for file in files)),
            ),
            err=err,
        )


_COLUMNS = ("file", "what", "new", "known", "in_suspense", "refused")


def _row(file: ImportedFile) -> tuple[str, str | None, int, int, int, str | None]:
    """Return a file's cells; what does not apply is `None`."""
    what = file.what or None
    counts = (file.new, file.known, file.in_suspense)
    return str(file.path), what, *counts, file.refused
