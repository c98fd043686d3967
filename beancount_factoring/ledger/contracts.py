"""From a plugin line to the contracts that can be booked, each with what the ledger says to it."""

from __future__ import annotations

import dataclasses
import datetime
import os
import shlex
from collections import Counter
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.contract.reader import read_contract_files
from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.history import History
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.checks import account_errors
from beancount_factoring.ledger.checks import factor_accounts
from beancount_factoring.ledger.checks import overlap_errors
from beancount_factoring.ledger.checks import shared_account_errors
from beancount_factoring.ledger.checks import unopened_customers
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import error_at
from beancount_factoring.ledger.frozen import Frozen
from beancount_factoring.ledger.marks import PLUGIN
from beancount_factoring.ledger.marks import plugin_lines
from beancount_factoring.ledger.reader import opened_accounts
from beancount_factoring.ledger.reader import read_ledger

# Files that plugins put among the included ones so that their change is seen.
_NO_LEDGERS = {".yaml", ".yml"}
_OPENING = {"beancount.plugins.auto_accounts", "beancount.plugins.auto"}


class LedgerContracts(NamedTuple):
    """A ledger's contracts that have no error, by their start, with their histories.

    `frozen` is what the ledger's text keeps of their transactions; `errors` all that stands in the
    way of booking; `watched` the files whose change changes the books. `units` converts amounts by
    contract; `closes` are the accounts closed. `has_generated` tells whether transactions that the
    plugin made stand among the entries.
    """

    contracts: tuple[Contract, ...]
    histories: tuple[History, ...]
    frozen: Frozen
    errors: tuple[FactoringError, ...]
    watched: tuple[str, ...]
    units: Mapping[str, MinorUnits]
    closes: Mapping[str, data.Close]
    has_generated: bool = False


def contracts_of(
    entries: data.Directives, options: Mapping[str, Any], config: str | None
) -> LedgerContracts:
    """Return the contracts of a plugin line's text: paths relative to the ledger file."""
    ledger = Path(options["filename"])
    paths, wrong = contract_paths(ledger, config)
    if wrong:
        return LedgerContracts(
            (), (), Frozen(), (error_at(plugin_line(ledger), wrong),), (), {}, {}
        )
    missing = [path for path in paths if not path.exists() or path.is_dir()]
    errors = [error_at(plugin_line(ledger), _is_missing(path, ledger)) for path in missing]
    errors += (
        error_at(plugin_line(ledger), _is_repeated(path, ledger))
        for path, count in Counter(paths).items()
        if count > 1
    )
    file = read_contract_files(path for path in dict.fromkeys(paths) if path not in missing)
    errors += (error_at(Cause(p.filename, p.line), p.text) for p in file.problems)
    opened = opened_accounts(entries)
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
    read = read_ledger(entries, contracts, opened, refused if names_known else None)
    errors += read.errors
    closes = _closes(contracts, read.histories)
    unopened: dict[str, set[str]] = {}
    if not _opens_accounts(options):
        for contract, history, accounts in zip(
            contracts, read.histories, read.customers, strict=True
        ):
            missing_customers = list(unopened_customers(contract, history, accounts, opened))
            errors += (error for _debtor, error in missing_customers)
            unopened[contract.name] = {debtor for debtor, _error in missing_customers}
    overlaps = list(overlap_errors(contracts, closes))
    if not overlaps:
        overlaps = list(shared_account_errors(contracts, closes))
    errors += (error for _contract, error in overlaps)
    refused |= {contract.name for contract, _error in overlaps}
    sound = [
        (_without(contract, unopened.get(contract.name)), history)
        for contract, history in zip(contracts, read.histories, strict=True)
        if contract.name not in refused
    ]
    names = {contract.name for contract, _history in sound}
    return LedgerContracts(
        contracts=tuple(contract for contract, _history in sound),
        histories=tuple(_own_entries(contract, history, contracts) for contract, history in sound),
        frozen=read.frozen.of(
            lambda name: name in names or (names_known and name not in refused),
        ),
        errors=tuple(errors),
        watched=tuple(map(watched_path, paths)),
        units={c.name: units for c, units in zip(contracts, read.units, strict=True)},
        closes=read.closes,
        has_generated=read.has_generated,
    )


def _opens_accounts(options: Mapping[str, Any]) -> bool:
    """Tell whether a plugin of Beancount's opens what is not open, after this one perhaps."""
    return any(module in _OPENING for module, _config in options["plugin"])


def _without(contract: Contract, debtors: Collection[str] | None) -> Contract:
    """Return a contract to which some debtors are never assigned."""
    if not debtors:
        return contract
    terms = contract.eligibility
    terms = terms._replace(exclude=terms.exclude.union(debtors))
    return dataclasses.replace(contract, eligibility=terms)


def contract_paths(ledger: Path, config: str | None) -> tuple[list[Path], str]:
    """Return the contract files of a plugin line, or what is wrong with it."""
    if not config or not config.strip():
        return [], f'the plugin names no contract file: write plugin "{PLUGIN}" "contracts.yaml"'
    try:
        names = shlex.split(config)
    except ValueError as error:
        return [], f"the plugin's paths cannot be split ({error}): quote a path that has spaces"
    # Without `..`: Fava's watcher compares paths as text.
    return [Path(os.path.normpath(ledger.parent / name)) for name in names], ""


def watched_path(path: Path) -> str:
    """Return what tells of a change of a contract file: it, or the folder where it will be."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return str(path)


def plugin_line(ledger: Path, *, last: bool = False) -> Cause:
    """Return where the plugin's line stands, the first line where there is none."""
    found = plugin_lines(ledger)
    return Cause(str(ledger), found[-1 if last else 0] if found else 1)


def _is_missing(path: Path, ledger: Path) -> str:
    """Say that a contract file of the plugin line is not there."""
    name = os.path.relpath(path, ledger.parent)
    what = "a folder" if path.is_dir() else "not there"
    return f"the contract file {name} is {what}: write its path from the ledger's folder"


def _is_repeated(path: Path, ledger: Path) -> str:
    """Say that the plugin line names a contract file again."""
    name = os.path.relpath(path, ledger.parent)
    return f"the contract file {name} is named twice: name it once"


def ignored_plugin_lines(options: Mapping[str, Any]) -> Iterator[FactoringError]:
    """Yield an error for each plugin line of an included file: Beancount says nothing of it."""
    top = Path(options["filename"])
    for name in options["include"]:
        path = Path(name)
        if path == top or path.suffix in _NO_LEDGERS or not path.is_file():
            continue
        for line in plugin_lines(path):
            yield error_at(
                Cause(name, line),
                "Beancount ignores a plugin line of an included file: write it in the top file,"
                f" {top.name}",
            )


def _own_entries(contract: Contract, history: History, contracts: Sequence[Contract]) -> History:
    """Leave out what was posted on accounts of the factor in another contract's time.

    On accounts that contracts have in turn, what is posted before one's start was the earlier
    contract's, whose close settled it; from the start of the next one on it is that one's.
    """
    own = _shared_in_turn(contract)
    others = [
        other
        for other in contracts
        if other.currency == contract.currency and own & _shared_in_turn(other)
    ]
    has_predecessor = any(other.start < contract.start for other in others)
    until = min(
        (other.start for other in others if other.start > contract.start),
        default=datetime.date.max,
    )
    if not has_predecessor and until == datetime.date.max:
        return history
    entries = (
        entry
        for entry in history.factor_entries
        if entry.date < until and (entry.date >= contract.start or not has_predecessor)
    )
    return history._replace(factor_entries=tuple(entries))


def _shared_in_turn(contract: Contract) -> set[str]:
    """Return the factor's accounts, which contracts may have in turn."""
    accounts = factor_accounts(contract)
    return {account for key, account in accounts.items() if key != "shared"}


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
