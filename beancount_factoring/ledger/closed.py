"""What is frozen against what the ledger gives now: each difference names its documents.

An edit of the past changes many transactions: the remittance that holds the document, then the
fund, draws and interest. Those whose own documents differ are the origins; the others name them.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.changes import Change
from beancount_factoring.engine.changes import Sent
from beancount_factoring.engine.changes import came
from beancount_factoring.engine.changes import changes
from beancount_factoring.engine.changes import said
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.events import Part
from beancount_factoring.engine.events import shares_of
from beancount_factoring.engine.history import Cause
from beancount_factoring.ledger import marks
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.copies import difference
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.errors import error_at
from beancount_factoring.ledger.frozen import Frozen
from beancount_factoring.ledger.frozen import Mark
from beancount_factoring.ledger.frozen import Record
from beancount_factoring.ledger.frozen import parts_of
from beancount_factoring.ledger.frozen import sent_of

# Of the origins of a difference so many are named.
_NAMED: Final = 2
# Where in the contract file the terms of a kind of transaction stand.
_TERMS: Final = {
    "commission": "commission",
    "charge": "charges",
    "guarantee": "guarantee_fund",
    "interest": "interest",
}


class Compared(NamedTuple):
    """The generated transactions that no copy stands for, and what is wrong."""

    transactions: list[data.Transaction]
    errors: list[FactoringError]


class _Finding(NamedTuple):
    """One difference: what it says, before its reason and its remedy.

    `changed` are the event's own documents that differ; `is_figure` and `is_text` are those of
    `Difference`; `is_gone` says that nothing is generated for the copy now.
    """

    day: datetime.date
    contract: str
    identifier: str
    kind: str
    cause: Cause
    entry: data.Directive | None
    what: str
    changed: Sequence[Change]
    is_copy: bool = True
    is_figure: bool = True
    is_text: bool = False
    is_gone: bool = False


class ClosedPeriods:
    """Compares what is frozen in a ledger's text with the events and transactions of its books."""

    def __init__(self, frozen: Frozen, contracts: Iterable[Contract]) -> None:
        """Take what is frozen, and the contracts that are booked."""
        self._frozen = frozen
        self._contracts = {contract.name: contract for contract in contracts}
        self._units = {
            name: MinorUnits(contract.currency) for name, contract in self._contracts.items()
        }
        self._until = frozen.until()
        self._parts: dict[str, tuple[Part, ...]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is frozen."""
        return self._until is None

    def note(self, event: Event) -> None:
        """Keep the documents of an event that a copy may be compared with."""
        if self._until is not None and event.day <= self._until:
            parts = parts_of(event)
            if parts:
                self._parts[event.key] = parts

    def compare(self, generated: Sequence[data.Transaction]) -> Compared:
        """Let copies stand for what would be generated, and report every difference."""
        if self.is_empty:
            return Compared(list(generated), [])
        twins = {txn.meta[marks.IDENTIFIER]: txn for txn in generated}
        records = {record.identifier: record for record in self._frozen.records}
        errors: list[FactoringError] = []
        findings: list[_Finding] = []
        standing: dict[str, data.Transaction] = {}
        for copy in self._frozen.copies:
            identifier = str(copy.meta[marks.IDENTIFIER])
            first = standing.setdefault(identifier, copy)
            if first is copy:
                findings += self._copied(copy, twins.get(identifier), records.get(identifier))
            else:
                errors.append(_twice(copy, first, identifier))
        for record in self._frozen.records:
            if record.identifier not in standing:
                findings += self._recorded(record)
        rest = [txn for txn in generated if txn.meta[marks.IDENTIFIER] not in standing]
        closed = {name: self._frozen.closed(name) for name in self._contracts}
        for txn in rest:
            until = closed[txn.meta[marks.CONTRACT]]
            if until is not None and txn.date <= until:
                findings += self._not_copied(txn)
        return Compared(rest, [*errors, *self._reported(findings)])

    def _copied(
        self, copy: data.Transaction, twin: data.Transaction | None, record: Record | None
    ) -> Iterator[_Finding]:
        """Yield how a copy differs from what would be generated."""
        identifier = str(copy.meta[marks.IDENTIFIER])
        found = difference(copy, twin) if twin is not None else None
        contract = self._contracts.get(str(copy.meta.get(marks.CONTRACT)))
        sent = record.sent if record is not None else None
        if contract is not None and sent is None and (found or twin is None):
            sent = sent_of(copy, contract, self._units[contract.name])
        changed = self._changes(identifier, sent)
        if found is None and twin is not None and not changed:
            return
        if twin is None:
            what = _would_not(identifier, copy.meta.get(marks.SOURCE))
        else:
            # What the documents say is plainer than the accounts.
            what = _differs(identifier) + ("" if changed or not found else f": {found.said}")
        yield _Finding(
            copy.date,
            str(copy.meta.get(marks.CONTRACT)),
            identifier,
            str(copy.meta.get(marks.EVENT)),
            cause_of(copy),
            copy,
            what,
            changed,
            is_figure=found is not None and found.is_figure,
            is_text=found is not None and found.is_text,
            is_gone=twin is None,
        )

    def _recorded(self, record: Record) -> Iterator[_Finding]:
        """Yield how the documents of an event that books nothing differ."""
        changed = self._changes(record.identifier, record.sent)
        if changed:
            is_gone = record.identifier not in self._parts
            yield _Finding(
                record.entry.date,
                record.contract,
                record.identifier,
                "",
                cause_of(record.entry),
                record.entry,
                _would_not(record.identifier, None) if is_gone else _differs(record.identifier),
                changed,
                is_gone=is_gone,
            )

    def _not_copied(self, txn: data.Transaction) -> Iterator[_Finding]:
        """Yield a transaction of a closed period that no copy stands for."""
        contract = txn.meta[marks.CONTRACT]
        mark = self._frozen.mark(contract, txn.date)
        if mark is None:
            return
        identifier = txn.meta[marks.IDENTIFIER]
        filename = txn.meta["filename"].removesuffix(marks.SUFFIX)
        yield _Finding(
            txn.date,
            contract,
            identifier,
            txn.meta[marks.EVENT],
            Cause(filename, txn.meta["lineno"]),
            txn,
            f"this gives {identifier} on {txn.date}, but contract {contract} is closed up to"
            f" {mark.day} without it",
            came(shares_of(self._parts.get(identifier, ()))),
            is_copy=False,
        )

    def _changes(self, identifier: str, sent: Sent | None) -> list[Change]:
        """Return how an event's documents differ from what is kept of them."""
        if sent is None:
            return []
        return changes(sent, shares_of(self._parts.get(identifier, ())))

    def _reported(self, findings: Iterable[_Finding]) -> Iterator[FactoringError]:
        """Yield the errors by day, those whose own documents differ first."""
        origins: defaultdict[str, list[_Finding]] = defaultdict(list)
        for finding in sorted(findings, key=lambda f: (f.day, not f.changed)):
            earlier = origins[finding.contract]
            if finding.changed:
                message = f"{finding.what}: {self._said(finding)}; {self._remedy(finding)}"
            elif earlier and not finding.is_text:
                message = f"{finding.what}; it follows from {self._named(earlier)}"
            else:
                hint = self._terms(finding) if finding.is_figure else ""
                message = f"{finding.what}{hint}; {self._remedy(finding)}"
            if finding.changed or not (finding.is_text or earlier):
                earlier.append(finding)
            yield error_at(finding.cause, message, finding.entry)

    def _named(self, origins: Sequence[_Finding]) -> str:
        """Name the first differences that others follow from, with their documents."""
        named = [
            origin.identifier + (f" ({self._said(origin)})" if origin.changed else "")
            for origin in origins[:_NAMED]
        ]
        more = f" and {len(origins) - _NAMED} more" if len(origins) > _NAMED else ""
        return f"{' and '.join(named)}{more}"

    def _terms(self, finding: _Finding) -> str:
        """Say what else than a document may have changed a figure."""
        contract = self._contracts.get(finding.contract)
        if contract is None:
            return ""
        key = _TERMS.get(finding.kind)
        where = f"{Path(contract.filename).name}:{contract.line(key or '')}"
        terms = f"the contract's {key}" if key else "the contract's terms"
        return (
            f"; no frozen document changed: look at {terms} ({where}), and at limits, disputes,"
            f" figures of the factor and bank entries up to {finding.day}"
        )

    def _said(self, finding: _Finding) -> str:
        units = self._units[finding.contract]
        return said(finding.changed, lambda amount: str(units.amount(amount)))

    def _remedy(self, finding: _Finding) -> str:
        """Say what to do: restore the past, or open the period again."""
        restore = "restore that" if finding.is_gone else "restore what it was made from"
        mark = self._frozen.mark(finding.contract, finding.day)
        if mark is None:
            return f"{restore}, or {'remove this copy' if finding.is_gone else 'print it anew'}"
        keep = f"{restore} and date corrections" if finding.is_copy else "date it"
        return (
            f"{keep} after {mark.day}, or open the period again: take its mark ({_place(mark)}) and"
            " what is frozen with it and later out of the ledger, and freeze anew"
        )


def _place(mark: Mark) -> str:
    """Return where a mark stands, without folders."""
    return f"{Path(mark.cause.filename).name}:{mark.cause.line}"


def _differs(identifier: str) -> str:
    """Say that a copy is not what would be generated."""
    return f"{identifier} differs from what the ledger gives now"


def _would_not(identifier: str, source: object) -> str:
    """Say that nothing would be generated for a copy."""
    where = f" ({source} then)" if source else ""
    return (
        f"{identifier} would not be generated from the ledger as it is: what it was made"
        f" from{where} is gone or changed"
    )


def _twice(copy: data.Transaction, first: data.Transaction, identifier: str) -> FactoringError:
    """Return the error of a copy that stands in the ledger again."""
    where = cause_of(first)
    return error_at(
        cause_of(copy),
        f"{identifier} stands in the ledger twice, first at {where.filename}:{where.line}: remove"
        " one of them",
        copy,
    )
