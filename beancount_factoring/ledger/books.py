"""The way from a ledger to its books, for the plugin, the commands and Fava alike."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.books import FactorBooks
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.history import DocumentIdentity
from beancount_factoring.engine.history import History
from beancount_factoring.ledger.checks import closed_account_errors
from beancount_factoring.ledger.contracts import LedgerContracts
from beancount_factoring.ledger.contracts import contract_paths
from beancount_factoring.ledger.contracts import contracts_of
from beancount_factoring.ledger.contracts import ignored_plugin_lines
from beancount_factoring.ledger.contracts import plugin_line
from beancount_factoring.ledger.contracts import watched_path
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import error_at
from beancount_factoring.ledger.frozen import Frozen
from beancount_factoring.ledger.marks import PLUGIN
from beancount_factoring.ledger.writer import TransactionWriter

if TYPE_CHECKING:
    from beancount_factoring.ledger.closed import ClosedPeriods


class ContractBooks(NamedTuple):
    """A contract, what the ledger says to it, and its books; `run` makes books to another day."""

    contract: Contract
    history: History

    def run(self, until: datetime.date | None = None) -> FactorBooks:
        """Return the factor's books at the end of a day, at most at the ledger's horizon."""
        return FactorBooks(self.contract, self.history).run(until)


class LedgerBooks(NamedTuple):
    """What a ledger's contracts book: transactions, errors, and the files to watch for changes.

    `has_generated` tells whether an earlier run's transactions stand among the ledger's entries.
    `frozen` is what of the transactions stands in the ledger's text.
    """

    contracts: tuple[ContractBooks, ...]
    transactions: tuple[data.Transaction, ...]
    errors: tuple[FactoringError, ...]
    watched: tuple[str, ...]
    has_generated: bool
    frozen: Frozen


def books_of(
    entries: data.Directives,
    options: Mapping[str, Any],
    config: str | None,
    record: Callable[[Contract, Event], None] | None = None,
) -> LedgerBooks:
    """Return the books of a ledger's entries under the contracts of a plugin line.

    `config` is the plugin's text: paths of contract files, relative to the ledger file. A contract
    that has errors books nothing; the others do. Entries that an earlier run generated are not
    looked at, so that the books of a loaded ledger are those of its text. `record` is told each
    event as it happens.
    """
    folder = str(Path(options["filename"]).parent)
    ledger = contracts_of(entries, options, config)
    errors = [*ledger.errors, *ignored_plugin_lines(options)]
    transactions: list[data.Transaction] = []
    closed = _closed_periods(ledger)

    def book(books: ContractBooks) -> FactorBooks:
        writer = TransactionWriter(books.contract, folder, ledger.units[books.contract.name])

        def write(event: Event) -> None:
            writer.write(event)
            if closed is not None:
                closed.note(books.contract.name, event)
            if record is not None:
                record(books.contract, event)

        plain = record is None and closed is None
        run = FactorBooks(books.contract, books.history, writer.write if plain else write).run()
        errors.extend(error_at(cause, message) for cause, message in run.problems)
        transactions.extend(writer.transactions)
        return run

    books = _in_turn(ledger, book, with_last=True)
    errors += closed_account_errors(transactions, ledger.closes)
    if closed is not None:
        transactions, differences = closed.compare(transactions)
        errors += differences
    return LedgerBooks(
        books,
        tuple(transactions),
        _each_once(errors),
        ledger.watched,
        ledger.has_generated,
        ledger.frozen,
    )


def _closed_periods(ledger: LedgerContracts) -> ClosedPeriods | None:
    """Return what compares a ledger's closed periods; `None` where nothing is frozen."""
    if ledger.frozen.until() is None:
        return None
    # Most ledgers have no closed period, and this is a tenth of the plugin's import.
    from beancount_factoring.ledger.closed import ClosedPeriods

    return ClosedPeriods(ledger.frozen, ledger.contracts, ledger.histories)


def contract_books_of(
    entries: data.Directives, options: Mapping[str, Any], config: str | None
) -> tuple[ContractBooks, ...]:
    """Return the contracts alone, ready to be run to any day; nothing is written."""
    ledger = contracts_of(entries, options, config)
    return _in_turn(ledger, lambda books: books.run(), with_last=False)


def _in_turn(
    ledger: LedgerContracts, run: Callable[[ContractBooks], FactorBooks], *, with_last: bool
) -> tuple[ContractBooks, ...]:
    """Run a ledger's contracts by their start; the documents one holds are not a later one's."""
    books: list[ContractBooks] = []
    held: dict[DocumentIdentity, datetime.date | None] = {}
    for contract, history in zip(ledger.contracts, ledger.histories, strict=True):
        known = history._replace(held=dict(held)) if held else history
        books.append(ContractBooks(contract, known))
        is_last = len(books) == len(ledger.contracts)
        if with_last or not is_last:
            brought = run(books[-1])
            if not is_last:
                held |= brought.held()
            brought.release()
    return tuple(books)


def second_plugin_line(options: Mapping[str, Any], books: LedgerBooks) -> FactoringError | None:
    """Return an error if the plugin ran before: its line stands twice, and would book twice."""
    ledger = Path(options["filename"])
    configs = [config for module, config in options["plugin"] if module == PLUGIN]
    # The first line may have generated nothing; its contract files are watched all the same.
    first = contract_paths(ledger, configs[0])[0] if len(configs) > 1 else []
    has_run = bool(first) and all(watched_path(path) in options["include"] for path in first)
    if not has_run and not books.has_generated:
        return None
    message = "the plugin's line stands in the ledger twice: write one, with all contract files"
    return error_at(plugin_line(ledger, last=True), message)


def _each_once(errors: Iterable[FactoringError]) -> tuple[FactoringError, ...]:
    """Leave out what was found again: by each of two contracts that look at one transaction."""
    found: dict[tuple[str, int, str], FactoringError] = {}
    for error in errors:
        found.setdefault((error.source["filename"], error.source["lineno"], error.message), error)
    return tuple(found.values())
