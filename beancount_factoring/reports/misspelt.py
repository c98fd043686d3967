"""Words of the user's that are nearly the plugin's: read by nobody, so that nothing warns of them.

Other plugins may own such metadata, and a contract may name a debtor to come: this is no error.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterator
from typing import Final

from beancount.core import data

from beancount_factoring.engine.history import Cause
from beancount_factoring.ledger.directives import EVENTS
from beancount_factoring.ledger.directives import TYPE
from beancount_factoring.ledger.documents import DOCUMENT_KEYS
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource
from beancount_factoring.reports.todo import Todo
from beancount_factoring.reports.todo import TodoKind
from beancount_factoring.yaml_kinds import MISSPELT
from beancount_factoring.yaml_kinds import nearest

_ALIASES: Final = {"due-date": "due", "duedate": "due", "creditnote": "credit-note"}
_POSITION: Final = {"filename", "lineno"}


def misspelt(source: ReportSource, on: ContractDay) -> Iterator[Todo]:
    """Yield the metadata of customers' postings, directives and debtors that nothing takes note of.

    Each word once, with the number of its places and the first one.
    """
    found: dict[tuple[str, str], list[Cause]] = {}
    root = f"{on.contract.accounts.receivables}:"
    names: dict[frozenset[str], dict[str, str]] = {}
    for entry in source.entries:
        if entry.date > on.day:
            break
        if isinstance(entry, data.Transaction) and IDENTIFIER not in entry.meta:
            own = [posting for posting in entry.postings if posting.account.startswith(root)]
            for meta in (posting.meta or {} for posting in own):
                _note(meta.keys(), names, found, cause_of(entry))
            if own:
                _note(entry.meta.keys(), names, found, cause_of(entry))
        elif isinstance(entry, data.Custom) and _is_nearly_ours(entry, on.contract.name):
            key = f'custom "{entry.type}"', f'custom "{TYPE}"'
            found.setdefault(key, []).append(cause_of(entry))
    for (word, meant), causes in sorted(found.items()):
        yield _todo(on, word, meant, causes)
    yield from _debtors(source, on, root)


def _note(
    keys: Collection[str],
    names: dict[frozenset[str], dict[str, str]],
    found: dict[tuple[str, str], list[Cause]],
    cause: Cause,
) -> None:
    """Note the keys of one place that are nearly ours; a ledger has few different sets of them."""
    chosen = frozenset(keys)
    if chosen not in names:
        names[chosen] = dict(_nearly(chosen))
    for word, meant in names[chosen].items():
        found.setdefault((word, meant), []).append(cause)


def _nearly(keys: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield each key that is nearly one of ours, which does not stand beside it."""
    for key in keys - DOCUMENT_KEYS - _POSITION:
        plain = key.lower().replace("_", "-")
        close = nearest(plain, DOCUMENT_KEYS, likeness=MISSPELT)
        meant = _ALIASES.get(plain) or next(iter(close), None)
        if meant is not None and meant not in keys:
            yield f"{key}:", f"{meant}:"


def _is_nearly_ours(entry: data.Custom, contract: str) -> bool:
    """Tell whether a directive is an event of a contract, but for its type."""
    values = [value.value for value in entry.values or ()]
    is_event = len(values) > 1 and values[0] in EVENTS and values[1] == contract
    is_close = nearest(entry.type.lower(), [TYPE], likeness=MISSPELT)
    return is_event and entry.type != TYPE and bool(is_close)


def _debtors(source: ReportSource, on: ContractDay, root: str) -> Iterator[Todo]:
    """Yield each debtor of the contract that has no account, where another one is named alike."""
    terms = on.contract.eligibility
    known = {
        entry.account.removeprefix(root)
        for entry in source.entries
        if isinstance(entry, data.Open) and entry.account.startswith(root)
    }
    for key, named in (
        ("limits", terms.limits),
        ("include", terms.include or ()),
        ("exclude", terms.exclude),
    ):
        for debtor in sorted(set(named) - known):
            close = nearest(debtor, known, likeness=MISSPELT)
            line = on.contract.line(f"eligibility.{key}.{debtor}")
            cause = Cause(on.contract.filename, line)
            if close:
                yield _todo(on, f"eligibility.{key}: {debtor}", close[0], [cause])


def _todo(on: ContractDay, word: str, meant: str, causes: list[Cause]) -> Todo:
    return Todo(
        TodoKind.MISSPELT, on.day, on.amount(0), word, len(causes), cause=causes[0], meant=meant
    )
