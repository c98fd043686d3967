"""The way from a ledger to its books, for the plugin, the commands and Fava alike."""

from __future__ import annotations

import dataclasses
import datetime
import re
import shlex
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
    file = read_contract_files(paths)
    errors = [error_at(Cause(p.filename, p.line), p.text) for p in file.problems]
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
    read = read_ledger(entries, contracts, refused)
    errors += read.errors
    overlaps = list(overlap_errors(contracts, _closes(contracts, read.histories)))
    errors += (error for _contract, error in overlaps)
    overlapping = {contract.name for contract, _error in overlaps}
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
    compared = leave_copies(transactions, read.copies)
    return LedgerBooks(
        tuple(books),
        tuple(compared.transactions),
        (*errors, *compared.errors),
        tuple(str(path if path.exists() else path.parent) for path in paths),
    )


def _contract_paths(ledger: Path, config: str | None) -> tuple[list[Path], str]:
    """Return the contract files of a plugin line, or what is wrong with it."""
    if not config or not config.strip():
        return [], f'the plugin names no contract file: write plugin "{PLUGIN}" "contracts.yaml"'
    try:
        return [ledger.parent / name for name in shlex.split(config)], ""
    except ValueError as error:
        return [], f"the plugin's paths cannot be split ({error}): quote a path that has spaces"


def plugin_errors(
    entries: data.Directives, options: Mapping[str, Any]
) -> tuple[FactoringError, ...]:
    """Return an error if the ledger has the plugin's line twice: it would book twice."""
    if not any(is_generated(entry) for entry in entries):
        return ()
    message = "the plugin's line stands in the ledger twice: write one, with all contract files"
    return (error_at(_plugin_line(Path(options["filename"]), last=True), message),)


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
