"""The way from a ledger to its books, for the plugin, the commands and Fava alike."""

from __future__ import annotations

import dataclasses
import datetime
import os
import re
import shlex
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import Final

from beancount.core import data

from beancount_factoring.contract.reader import read_contract_files
from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.books import FactorBooks
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import History
from beancount_factoring.ledger.checks import account_errors
from beancount_factoring.ledger.checks import overlap_errors
from beancount_factoring.ledger.copies import leave_copies
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import error_at
from beancount_factoring.ledger.marks import CONTRACT
from beancount_factoring.ledger.marks import PLUGIN
from beancount_factoring.ledger.marks import is_generated
from beancount_factoring.ledger.reader import ReadLedger
from beancount_factoring.ledger.reader import read_ledger
from beancount_factoring.ledger.writer import TransactionWriter

_PLUGIN_LINE: Final = re.compile(rf'^plugin\s+"{re.escape(PLUGIN)}"')


@dataclass(frozen=True, slots=True)
class ContractBooks:
    """A contract, what the ledger says to it, and its books; `run` makes books to another day."""

    contract: Contract
    history: History

    def run(self, until: datetime.date | None = None) -> FactorBooks:
        """Return the factor's books at the end of a day, at most at the ledger's horizon."""
        return FactorBooks(self.contract, self.history).run(until)


@dataclass(frozen=True, slots=True)
class LedgerBooks:
    """What a ledger's contracts book: transactions, errors, and the files to watch for changes."""

    contracts: tuple[ContractBooks, ...]
    transactions: tuple[data.Transaction, ...]
    errors: tuple[FactoringError, ...]
    watched: tuple[str, ...]


def books_of(
    entries: data.Directives, options: Mapping[str, Any], config: str | None
) -> LedgerBooks:
    """Return the books of a ledger's entries under the contracts of a plugin line.

    `config` is the plugin's text: paths of contract files, relative to the ledger file. A contract
    that has errors books nothing; the others do. Entries that an earlier run generated are not
    looked at, so that the books of a loaded ledger are those of its text.
    """
    ledger = Path(options["filename"])
    paths, wrong = _contract_paths(ledger, config)
    if wrong:
        return LedgerBooks((), (), (error_at(_plugin_line(ledger), wrong),), ())
    missing = [path for path in paths if not path.exists()]
    errors = [error_at(_plugin_line(ledger), _is_missing(path, ledger)) for path in missing]
    file = read_contract_files(path for path in paths if path not in missing)
    errors += (error_at(Cause(p.filename, p.line), p.text) for p in file.problems)
    opened = {entry.account: entry for entry in entries if isinstance(entry, data.Open)}
    refused = set(file.refused)
    for contract in file.contracts:
        found = list(account_errors(contract, opened))
        errors += found
        if found:
            refused.add(contract.name)
    # By their start: what an earlier contract holds is not a later one's to take.
    contracts = sorted(
        (contract for contract in file.contracts if contract.name not in refused),
        key=lambda contract: (contract.start, contract.name),
    )
    # A problem outside of all contracts may hide the names of some.
    names_known = not missing and all(p.key.startswith("contracts.") for p in file.problems)
    read = read_ledger(entries, contracts, refused if names_known else None)
    errors += read.errors
    overlaps = list(overlap_errors(contracts, _closes(contracts, read.histories)))
    errors += (error for _contract, error in overlaps)
    overlapping = {contract.name for contract, _error in overlaps}
    refused |= overlapping
    books: list[ContractBooks] = []
    transactions: list[data.Transaction] = []
    held: dict[Document, datetime.date | None] = {}
    for contract, read_history in zip(contracts, read.histories, strict=True):
        if contract.name in overlapping:
            continue
        history = dataclasses.replace(read_history, held=dict(held)) if held else read_history
        writer = TransactionWriter(contract, str(ledger.parent))
        run = FactorBooks(contract, history, writer.write).run()
        errors += (error_at(cause, message) for cause, message in run.problems)
        transactions += writer.transactions
        books.append(ContractBooks(contract, history))
        if len(contracts) > 1:
            held |= run.held()
    known = {book.contract.name for book in books}
    copies = [
        copy
        for copy in read.copies
        if (name := copy.meta.get(CONTRACT)) in known or (names_known and name not in refused)
    ]
    compared = leave_copies(transactions, copies)
    return LedgerBooks(
        tuple(books),
        tuple(compared.transactions),
        _each_once((*errors, *compared.errors)),
        tuple(map(_watched, paths)),
    )


def _contract_paths(ledger: Path, config: str | None) -> tuple[list[Path], str]:
    """Return the contract files of a plugin line, or what is wrong with it."""
    if not config or not config.strip():
        return [], f'the plugin names no contract file: write plugin "{PLUGIN}" "contracts.yaml"'
    try:
        names = shlex.split(config)
    except ValueError as error:
        return [], f"the plugin's paths cannot be split ({error}): quote a path that has spaces"
    # As Beancount does with the paths of included files.
    return [Path(os.path.normpath(ledger.parent / name)) for name in names], ""


def _is_missing(path: Path, ledger: Path) -> str:
    """Say that a contract file of the plugin line is not there."""
    name = os.path.relpath(path, ledger.parent)
    return f"the contract file {name} is not there: write its path from the ledger's folder"


def _watched(path: Path) -> str:
    """Return what tells of a change of a contract file: it, or the folder where it will be."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return str(path)


def _each_once(errors: Iterable[FactoringError]) -> tuple[FactoringError, ...]:
    """Leave out what was found again: by each of two contracts that look at one transaction."""
    found: dict[tuple[str, int, str], FactoringError] = {}
    for error in errors:
        found.setdefault((error.source["filename"], error.source["lineno"], error.message), error)
    return tuple(found.values())


def plugin_errors(
    entries: data.Directives, options: Mapping[str, Any]
) -> tuple[FactoringError, ...]:
    """Return an error if the plugin ran before: its line stands twice, and would book twice."""
    ledger = Path(options["filename"])
    configs = [config for module, config in options["plugin"] if module == PLUGIN]
    first, _wrong = _contract_paths(ledger, configs[0] if len(configs) > 1 else None)
    has_run = bool(first) and all(_watched(path) in options["include"] for path in first)
    if not has_run and not any(is_generated(entry) for entry in entries):
        return ()
    message = "the plugin's line stands in the ledger twice: write one, with all contract files"
    return (error_at(_plugin_line(ledger, last=True), message),)


def _closes(
    contracts: Sequence[Contract], histories: Sequence[History]
) -> dict[str, datetime.date]:
    """Return the day on which each contract is closed."""
    return {
        contract.name: directive.date
        for contract, history in zip(contracts, histories, strict=True)
        for directive in history.directives
        if directive.kind is DirectiveKind.CLOSE
    }


def _plugin_line(ledger: Path, *, last: bool = False) -> Cause:
    """Return where the plugin's line stands; Beancount keeps no line of it."""
    try:
        lines = ledger.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    found = [number for number, line in enumerate(lines, 1) if _PLUGIN_LINE.match(line)]
    return Cause(str(ledger), found[-1 if last else 0] if found else 1)


__all__ = ["ContractBooks", "LedgerBooks", "ReadLedger", "books_of", "plugin_errors"]
