"""Chosen settlements written into the ledger's files: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from typing import NoReturn

import click

if TYPE_CHECKING:
    from beancount_factoring.cli.ledgers import LoadedLedger
    from beancount_factoring.importers.mapping.mapping import ImportMapping
    from beancount_factoring.importers.suspense import Suspended
    from beancount_factoring.matching.receipt import Explanation


def write_choices(
    loaded: LoadedLedger,
    mapping: ImportMapping,
    chosen: Sequence[tuple[Suspended, Explanation, bool]],
) -> None:
    """Write settlements; with a new error in the ledger everything is put back, and said.

    The last of a choice is whether a person made it.
    """
    from beancount.utils.encryption import is_encrypted_file

    from beancount_factoring.cli.ledgers import load_entries
    from beancount_factoring.cli.tables import counted
    from beancount_factoring.files import put_back
    from beancount_factoring.files import write_together
    from beancount_factoring.importers.matched import settled
    from beancount_factoring.importers.rewriting import Rewriting
    from beancount_factoring.importers.rewriting import rewritten

    _settled_once(chosen)
    changes: dict[Path, list[Rewriting]] = {}
    for suspended, found, by_person in chosen:
        entry, place = suspended.entry, suspended.waiting.place
        new = settled(entry, place, found, mapping, by_person=by_person)
        file = Path(entry.meta["filename"])
        changes.setdefault(file, []).append(Rewriting(entry, place, new))
    before: dict[Path, bytes | None] = {}
    after: dict[Path, str | bytes] = {}
    for file, listed in changes.items():
        if is_encrypted_file(str(file)):
            _refuse(f"{file}:1: an encrypted file is not written to: decrypt it first")
        content = file.read_bytes()
        try:
            text = rewritten(content.decode(), listed)
        except ValueError as error:
            _refuse(f"{file}:1: nothing is written: {error}")
        before[file.resolve()] = content
        after[file] = text.encode()
    write_together(after)
    known = {error.message for error in loaded.errors}
    try:
        errors = load_entries(loaded.path, no_cache=True)[1]
    except BaseException:
        put_back(before)
        raise
    new_errors = [error for error in errors if error.message not in known]
    if new_errors:
        put_back(before)
        source = new_errors[0].source or {}
        where = f"{source.get('filename', loaded.path)}:{source.get('lineno', 1)}"
        first = str(new_errors[0].message).partition("\n")[0]
        _refuse(f"{where}: nothing is written, the ledger would have an error: {first}")
    for file, listed in changes.items():
        click.echo(f"{file}: {counted(len(listed), 'receipt')} settled")


def _settled_once(chosen: Sequence[tuple[Suspended, Explanation, bool]]) -> None:
    """Refuse choices of one run that settle the same document twice over."""
    by_number: dict[str, str] = {}
    for suspended, found, _by_person in chosen:
        for part in found.settlements:
            first = by_number.setdefault(part.number, suspended.name)
            if first != suspended.name:
                _refuse(
                    f"nothing is written: {first} and {suspended.name} both settle {part.number}:"
                    " choose one, then look again"
                )


def _refuse(message: str) -> NoReturn:
    """End the command with status 1; nothing was written."""
    from beancount_factoring.cli.tables import one_line

    click.echo(one_line(message), err=True)
    click.get_current_context().exit(1)
