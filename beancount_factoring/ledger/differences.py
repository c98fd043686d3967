"""How the differences from what is frozen are told: each names its documents, and what to do.

An edit of the past changes many transactions: the remittance that holds the document, then the
fund, draws and interest. Those whose own documents differ are the origins; the others name them.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.changes import Change
from beancount_factoring.engine.changes import Share
from beancount_factoring.engine.changes import said
from beancount_factoring.engine.history import Cause
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.errors import error_at
from beancount_factoring.ledger.frozen import Frozen
from beancount_factoring.ledger.frozen import Record
from beancount_factoring.ledger.frozen import values_of

# Of the origins of a difference so many are named; of a record so many documents.
_NAMED: Final = 2
_WRITTEN: Final = 4
# Where in the contract file the terms of a kind of transaction stand.
_TERMS: Final = {
    "commission": "commission",
    "charge": "charges",
    "guarantee": "guarantee_fund",
    "interest": "interest",
}


class Noted(NamedTuple):
    """An event that is compared: whose it is, when and why it happened, what it is made of."""

    contract: str
    day: datetime.date
    cause: Cause
    shares: tuple[Share, ...]


class Finding(NamedTuple):
    """One difference: what it says, before its reason and its remedy.

    `changed` are the event's own documents that differ. `record` is the event's record, if it has
    one, and `now` the event as the ledger gives it, if it is compared. `is_figure` and `is_text`
    are those of `Difference`; `is_frozen` says that something stands for the event, `is_gone` that
    nothing is generated for that now, `is_other` that a copy's own facts differ.
    """

    day: datetime.date
    contract: str
    identifier: str
    kind: str
    cause: Cause
    entry: data.Directive | None
    what: str
    changed: Sequence[Change]
    record: Record | None = None
    now: Noted | None = None
    is_frozen: bool = True
    is_figure: bool = True
    is_text: bool = False
    is_gone: bool = False
    is_other: bool = False


class Differences:
    """Tells what was found, with what is frozen and the contracts that are booked."""

    def __init__(
        self, frozen: Frozen, contracts: Mapping[str, Contract], units: Mapping[str, MinorUnits]
    ) -> None:
        """Take what is frozen, and the contracts and their currencies' units, by name."""
        self._frozen = frozen
        self._contracts = contracts
        self._units = units

    def reported(self, findings: Iterable[Finding]) -> Iterator[FactoringError]:
        """Yield the errors by day, those whose own documents differ first."""
        origins: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in sorted(findings, key=lambda f: (f.day, not f.changed)):
            earlier = origins[finding.contract]
            is_origin = bool(finding.changed) and not _is_swept(finding, earlier)
            if is_origin:
                message = f"{finding.what}: {self._said(finding)}; {self._remedy(finding)}"
            elif earlier and not finding.is_text:
                message = f"{finding.what}; it follows from {self._named(earlier)}"
            else:
                hint = self._terms(finding) if finding.is_figure else ""
                message = f"{finding.what}{hint}; {self._remedy(finding)}"
            if is_origin or not (finding.is_text or earlier):
                earlier.append(finding)
            yield error_at(finding.cause, message, finding.entry)

    def _named(self, origins: Sequence[Finding]) -> str:
        """Name the first differences that others follow from, with their documents."""
        named = [
            origin.identifier + (f" ({self._said(origin)})" if origin.changed else "")
            for origin in origins[:_NAMED]
        ]
        more = f" and {len(origins) - _NAMED} more" if len(origins) > _NAMED else ""
        return f"{' and '.join(named)}{more}"

    def _terms(self, finding: Finding) -> str:
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

    def _said(self, finding: Finding) -> str:
        units = self._units[finding.contract]
        return said(finding.changed, lambda amount: str(units.amount(amount)))

    def _remedy(self, finding: Finding) -> str:
        """Say what to do: restore the past, or open the period again."""
        restore = "restore that" if finding.is_gone else "restore what it was made from"
        mark = self._frozen.mark(finding.contract, finding.day)
        if mark is None:
            return f"{restore}, or {self._anew(finding)}"
        keep = f"{restore} and date corrections" if finding.is_frozen else "date it"
        return (
            f"{keep} after {mark.day}, or open the period again: take its mark"
            f" ({_place(mark.cause)}) and what is frozen with it and later out of the ledger, and"
            " freeze anew"
        )

    def _anew(self, finding: Finding) -> str:
        """Say how to write anew what is frozen of an event."""
        record = finding.record
        is_copy = record is None or finding.entry is not record.entry
        if record is None:
            return "remove this copy" if finding.is_gone else "print it anew"
        its_record = f"its record ({_place(cause_of(record.entry))})"
        if finding.is_gone or finding.now is None:
            return f"remove {f'this copy and {its_record}' if is_copy else 'this record'}"
        written = self._written(record, finding.now)
        if not is_copy:
            return f"write this record as {written}"
        return f"{'print it anew and ' if finding.is_other else ''}write {its_record} as {written}"

    def _written(self, record: Record, now: Noted) -> str:
        """Write the record of what an event is made of now; of many documents the first ones."""
        values = values_of(now.shares[:_WRITTEN], self._units[record.contract])
        texts = [f'"{value}"' if isinstance(value, str) else str(value) for value in values]
        more = len(now.shares) - _WRITTEN
        return (
            f'{now.day} custom "factoring" "frozen" "{record.contract}" "{record.identifier}"'
            f" {' '.join(texts)}" + (f" and {more} more" if more > 0 else "")
        )


def _is_swept(finding: Finding, earlier: Sequence[Finding]) -> bool:
    """Tell whether a sweep only takes what earlier differences have named already."""
    named = {change for origin in earlier for change in origin.changed}
    return finding.kind == "sweep" and named.issuperset(finding.changed)


def _place(cause: Cause) -> str:
    """Return where a directive stands, without folders."""
    return f"{Path(cause.filename).name}:{cause.line}"
