"""How the differences from what is frozen are told: each names its documents, and what to do.

An edit of the past changes many transactions: the remittance that holds the document, then the
fund, draws and interest. Those whose own documents differ, or whose own terms do, are the origins.
Of the others, which follow, the first of each kind is told, and how many there are.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Final

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.changes import said
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import History
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.errors import error_at
from beancount_factoring.ledger.findings import Finding
from beancount_factoring.ledger.findings import Noted
from beancount_factoring.ledger.following import possible_origins
from beancount_factoring.ledger.following import sections_of
from beancount_factoring.ledger.frozen import Frozen
from beancount_factoring.ledger.frozen import Record
from beancount_factoring.ledger.frozen import values_of
from beancount_factoring.ledger.inputs import ChangedInput
from beancount_factoring.ledger.inputs import changed_inputs

# Of the origins of a difference so many are named; of a record, and of terms, so many items.
_NAMED: Final = 2
_WRITTEN: Final = 4
# Where in the contract file the terms of a kind of transaction stand.
_TERMS: Final = {
    "commission": "commission",
    "charge": "charges",
    "guarantee": "guarantee_fund",
    "interest": "interest",
}


@dataclass(slots=True)
class _Told:
    """What of a contract's differences has been told: the origins, with what they name."""

    origins: list[Finding] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    inputs: set[ChangedInput] = field(default_factory=set)


class Differences:
    """Tells what was found, with what is frozen and the contracts that are booked."""

    def __init__(
        self,
        frozen: Frozen,
        contracts: Mapping[str, Contract],
        histories: Mapping[str, History],
        units: Mapping[str, MinorUnits],
    ) -> None:
        """Take what is frozen, and the contracts, histories and currencies' units, by name."""
        self._frozen = frozen
        self._contracts = contracts
        self._histories = histories
        self._units = units
        self._changed: dict[tuple[str, datetime.date], list[ChangedInput] | None] = {}

    def reported(self, findings: Iterable[Finding]) -> Iterator[FactoringError]:
        """Yield the errors by day, those whose own documents differ first.

        Of those that follow from others, the first of each kind of a contract.
        """
        told: defaultdict[str, _Told] = defaultdict(_Told)
        messages: list[tuple[Finding, str]] = []
        followers: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
        for finding in sorted(findings, key=lambda f: (f.since, not f.changed)):
            message, follows = self._message(finding, told[finding.contract])
            told[finding.contract].findings[finding.identifier] = finding
            if follows:
                followers[finding.contract, finding.kind].append(finding)
            if not follows or len(followers[finding.contract, finding.kind]) == 1:
                messages.append((finding, message))
        for finding, message in messages:
            first, *more = followers.get((finding.contract, finding.kind)) or (None,)
            count = ""
            if first is finding and more:
                last = max(other.day for other in more if other is not None)
                verb = "does" if len(more) == 1 else "do"
                count = f"; so {verb} {len(more)} more of its kind, up to {last}"
            yield error_at(finding.cause, message + count, finding.entry)

    def _message(self, finding: Finding, told: _Told) -> tuple[str, bool]:
        """Say what a difference is and why, and whether it follows from others."""
        if finding.changed and not _is_swept(finding, told.origins):
            reason = f"({self._said(finding)})"
            self._add(finding, told, reason)
            return f"{finding.what}: {self._said(finding)}; {self._remedy(finding)}", False
        if finding.is_text:
            return f"{finding.what}; {self._remedy(finding)}", False
        changed = self._changed_inputs(finding)
        own = [each for each in changed or () if each.section in sections_of(finding.kind)]
        if finding.is_figure and any(each not in told.inputs for each in own):
            return self._by_inputs(finding, told, own), False
        origins = possible_origins(finding, told.findings, told.origins)
        if origins:
            named = self._named(origins, told)
            return f"{finding.what}; it follows from {named}", True
        if finding.is_figure and changed:
            return self._by_inputs(finding, told, changed), False
        hint = self._hint(finding, known=changed is not None) if finding.is_figure else ""
        self._add(finding, told, "")
        return f"{finding.what}{hint}; {self._remedy(finding)}", False

    def _by_inputs(self, finding: Finding, told: _Told, changed: Sequence[ChangedInput]) -> str:
        """Say which terms, index values or directives a figure differs by."""
        parts = [_said_input(each) for each in changed[:_WRITTEN]]
        more = len(changed) - len(parts)
        reason = ", ".join(parts) + (f" and {more} more" if more else "")
        told.inputs.update(changed)
        self._add(finding, told, f"({reason})")
        return f"{finding.what}; {reason}; {self._remedy(finding)}"

    def _add(self, finding: Finding, told: _Told, reason: str) -> None:
        """Keep an origin, and what it names."""
        told.origins.append(finding)
        told.reasons[finding.identifier] = reason

    def _changed_inputs(self, finding: Finding) -> list[ChangedInput] | None:
        """Return what else than documents differs; `None` where the period does not keep it."""
        key = finding.contract, finding.day
        if key not in self._changed:
            mark = self._frozen.mark(*key)
            contract = self._contracts.get(finding.contract)
            self._changed[key] = None
            if mark is not None and contract is not None:
                history = self._histories[finding.contract]
                self._changed[key] = changed_inputs(mark.inputs, contract, history, finding.day)
        return self._changed[key]

    def _named(self, origins: Sequence[Finding], told: _Told) -> str:
        """Name the first differences that others follow from, with what they name."""
        named = [
            f"{origin.identifier} {told.reasons[origin.identifier]}".rstrip()
            for origin in origins[:_NAMED]
        ]
        more = f" and {len(origins) - _NAMED} more" if len(origins) > _NAMED else ""
        return f"{' and '.join(named)}{more}"

    def _hint(self, finding: Finding, *, known: bool) -> str:
        """Say what else than a document may have changed a figure, where nothing `known` has."""
        contract = self._contracts.get(finding.contract)
        if contract is None:
            return ""
        if known:
            return (
                "; no frozen document changed, no term of the contract, no index value, no limit"
                " and no dispute: look at due dates, at credits without a number, and at bank"
                f" entries up to {finding.day}"
            )
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


def _said_input(changed: ChangedInput) -> str:
    """Say how a term, an index value or a directive differs, and where it stands."""
    where = f": {_place(changed.cause)}" if changed.cause is not None else ""
    if changed.before is None:
        return f"{changed.what} came ({changed.after}{where})"
    if changed.after is None:
        return f"{changed.what} went ({changed.before}{where})"
    return f"{changed.what} changed ({changed.before}, now {changed.after}{where})"


def _is_swept(finding: Finding, earlier: Sequence[Finding]) -> bool:
    """Tell whether a sweep only takes what earlier differences have named already."""
    named = {change for origin in earlier for change in origin.changed}
    return finding.kind == "sweep" and named.issuperset(finding.changed)


def _place(cause: Cause) -> str:
    """Return where a directive stands, without folders."""
    return f"{Path(cause.filename).name}:{cause.line}"
