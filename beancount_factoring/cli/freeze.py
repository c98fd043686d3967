"""`bean-factor freeze`: a closed period, written to a file that the ledger includes."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import Final
from typing import NoReturn

import click

from beancount_factoring.cli.options import contract_option
from beancount_factoring.cli.options import day_of
from beancount_factoring.cli.options import ledger_first
from beancount_factoring.cli.options import no_cache_option

if TYPE_CHECKING:
    from beancount_factoring.cli.ledgers import LoadedLedger
    from beancount_factoring.reports.closing import Closing

_INCLUDE: Final = re.compile(rb'^include\s+"([^"\n]*)"', re.MULTILINE)


@click.command()
@click.argument("arguments", nargs=-1, metavar="LEDGER DATE", type=str)
@contract_option
@no_cache_option
def freeze(arguments: tuple[str, ...], contract: str | None, no_cache: bool) -> None:
    """Close the period up to DATE: keep what the plugin generated as text.

    The generated transactions up to the end of that day that are not frozen yet go to a file beside
    the ledger, factoring-DATE.beancount, which the ledger includes from then on. Any later
    difference is an error that names the documents.
    """
    from beancount_factoring.cli.ledgers import load_ledger
    from beancount_factoring.ledger.marks import PLUGIN
    from beancount_factoring.reports.closing import close_period

    path, (text, *more) = ledger_first(arguments, "DATE")
    if more:
        raise click.UsageError("DATE is one day: write YYYY-MM-DD.")
    day = day_of(text, "DATE")
    loaded = load_ledger(path, no_cache=no_cache, thorough=True)
    loaded.check_name(contract)
    if loaded.errors:
        click.echo("repair the ledger first: nothing is frozen", err=True)
        loaded.finish()
    horizon = max(books.history.horizon or day for books in loaded.source.contracts)
    if day > horizon:
        _refuse(
            path,
            f"the ledger ends on {horizon}, and what is generated up to {day} is not known yet:"
            f" freeze a day up to {horizon}",
        )
    config = next(config for module, config in loaded.options["plugin"] if module == PLUGIN)
    closing = close_period(loaded.entries, loaded.options, config, day, contract)
    if closing.contracts:
        _write(loaded, closing)
    elif not closing.until:
        _refuse(path, f"no contract has begun on {day}: freeze a later day")
    for name, until in closing.until.items():
        if name not in closing.contracts:
            click.echo(f"{name} is closed up to {until} already: nothing is added")


def _refuse(path: Path, reason: str) -> NoReturn:
    """End the command with status 1; nothing was written."""
    from beancount_factoring.cli.tables import one_line

    click.echo(f"{path}:1: nothing is frozen: {one_line(reason)}", err=True)
    click.get_current_context().exit(1)


def _write(loaded: LoadedLedger, closing: Closing) -> None:
    """Write the period's file and the ledger's include line, and look at the ledger again."""
    from beancount.utils.encryption import is_encrypted_file

    from beancount_factoring.cli.tables import counted
    from beancount_factoring.files import put_back
    from beancount_factoring.files import write_whole
    from beancount_factoring.reports.closing import HEADER
    from beancount_factoring.reports.closing import with_header

    ledger = Path(loaded.options["filename"])
    file = ledger.with_name(f"factoring-{closing.day}.beancount")
    if is_encrypted_file(str(ledger)):
        _refuse(ledger, "an encrypted ledger is not written to: decrypt it first")
    standing = file.read_bytes() if file.exists() else None
    if standing is not None and not standing.startswith(HEADER.encode()):
        _refuse(ledger, f"{file} is there and was not written by freeze: move it away")
    included = str(file) in loaded.options["include"]
    if standing is not None and included:
        # Another contract was closed up to the same day before.
        content = standing + closing.text.encode()
    else:
        content = with_header(closing.text).encode()
    text = ledger.read_bytes()
    before = {file.resolve(): standing, ledger.resolve(): text}
    write_whole(file, content)
    try:
        # What a pattern takes in can be asked once the file is there.
        is_added = not included and not _is_matched(file, loaded.options)
        if is_added:
            write_whole(ledger, _with_include(text, file.name))
        problem = _difference(loaded)
    except BaseException:
        put_back(before)
        raise
    if problem:
        put_back(before)
        _refuse(ledger, f"with the copies the ledger would not be the same: {problem}")
    names = ", ".join(closing.contracts)
    what = counted(closing.transactions, "transaction")
    click.echo(f"{file} written: {names} closed up to {closing.day}, {what}")
    if is_added:
        click.echo(f'{ledger}: include "{file.name}" added')


def _is_matched(file: Path, options: Mapping[str, Any]) -> bool:
    """Tell whether a pattern among the ledger's include lines takes in a file that is there."""
    for name in {options["filename"], *options["include"]}:
        path = Path(name)
        text = path.read_bytes() if path.is_file() else b""
        for found in _INCLUDE.findall(text):
            pattern = os.path.join(path.parent, found.decode(errors="replace"))  # noqa: PTH118
            # As Beancount asks.
            taken = glob.glob(pattern, recursive=True)  # noqa: PTH207
            if str(file) in map(os.path.normpath, taken):
                return True
    return False


def _with_include(ledger: bytes, name: str) -> bytes:
    """Append an include line to a ledger's text, which stays as it is, byte for byte."""
    end = b"\r\n" if b"\r\n" in ledger else b"\n"
    last = ledger.rstrip().rpartition(b"\n")[2]
    gap = b"" if not ledger or ledger.endswith(b"\n") else end
    if ledger.strip() and not last.startswith(b'include "factoring-'):
        gap += end
    return ledger + gap + f'include "{name}"'.encode() + end


def _difference(loaded: LoadedLedger) -> str:
    """Return what is wrong with the ledger as it is written now; empty if it is as it was."""
    from beancount_factoring.cli.ledgers import load_entries
    from beancount_factoring.reports.closing import same_books

    entries, errors, _options = load_entries(loaded.path, no_cache=True, thorough=True)
    if errors:
        return str(errors[0].message).partition("\n")[0]
    if not same_books(loaded.entries, entries):
        return "other plugins change the generated transactions: place them after this one's line"
    return ""
