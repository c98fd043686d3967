"""What is frozen against what the ledger gives now: copies, records, and events with neither."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from typing import Final
from typing import NamedTuple

from beancount.core import data

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.changes import Change
from beancount_factoring.engine.changes import Sent
from beancount_factoring.engine.changes import came
from beancount_factoring.engine.changes import changes
from beancount_factoring.engine.changes import with_debtors
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import History
from beancount_factoring.ledger import marks
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.copies import difference
from beancount_factoring.ledger.differences import Differences
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.errors import error_at
from beancount_factoring.ledger.findings import Finding
from beancount_factoring.ledger.findings import Noted
from beancount_factoring.ledger.frozen import Frozen
from beancount_factoring.ledger.frozen import Record
from beancount_factoring.ledger.frozen import is_held
from beancount_factoring.ledger.frozen import kind_of
from beancount_factoring.ledger.frozen import made_of
from beancount_factoring.ledger.frozen import sent_of
from beancount_factoring.ledger.renumbered import RemittanceDays

# What has no documents of its own: its amount follows from other events.
_FOLLOWING: Final = {"guarantee", "reserve"}


class Compared(NamedTuple):
    """The generated transactions that no copy stands for, and what is wrong."""

    transactions: list[data.Transaction]
    errors: list[FactoringError]


class ClosedPeriods:
    """Compares what is frozen in a ledger's text with the events and transactions of its books."""

    def __init__(
        self, frozen: Frozen, contracts: Sequence[Contract], histories: Sequence[History]
    ) -> None:
        """Take what is frozen, and the contracts that are booked with what the ledger says."""
        self._frozen = frozen
        self._contracts = {contract.name: contract for contract in contracts}
        self._histories = {
            contract.name: history for contract, history in zip(contracts, histories, strict=True)
        }
        self._units = {
            name: MinorUnits(contract.currency) for name, contract in self._contracts.items()
        }
        self._until = frozen.until()
        self._records = frozen.recorded()
        self._noted: dict[str, Noted] = {}
        self._days = RemittanceDays()

    def note(self, contract: str, event: Event) -> None:
        """Keep of an event what a copy or record may be compared with."""
        if self._until is None or (event.day > self._until and event.key not in self._records):
            return
        made = made_of(event)
        if is_held(event, made):
            self._noted[event.key] = Noted(contract, event.day, event.cause, made)

    def compare(self, generated: Sequence[data.Transaction]) -> Compared:
        """Let copies stand for what would be generated, and report every difference."""
        twins = {txn.meta[marks.IDENTIFIER]: txn for txn in generated}
        errors: list[FactoringError] = []
        findings: list[Finding] = []
        self._days = RemittanceDays(self._frozen, self._noted)
        standing: dict[str, data.Transaction] = {}
        for copy in self._frozen.copies:
            identifier = str(copy.meta[marks.IDENTIFIER])
            first = standing.setdefault(identifier, copy)
            if first is copy:
                findings += self._copied(copy, twins.get(identifier))
            else:
                errors.append(_twice(copy, first, identifier))
        for record in self._frozen.records:
            first_record = self._records[record.identifier]
            if first_record is not record:
                what = f"the record of {record.identifier}"
                errors.append(_twice(record.entry, first_record.entry, what))
            elif record.identifier not in standing:
                findings += self._recorded(record)
        rest = [txn for txn in generated if txn.meta[marks.IDENTIFIER] not in standing]
        closed = {name: self._frozen.closed(name) for name in self._contracts}
        for txn in rest:
            until = closed[txn.meta[marks.CONTRACT]]
            if until is not None and txn.date <= until:
                findings.append(self._not_copied(txn))
        kept = twins.keys() | standing.keys() | self._records.keys()
        for identifier, noted in self._noted.items():
            until = closed[noted.contract]
            if until is not None and noted.day <= until and identifier not in kept:
                findings.append(self._not_recorded(identifier, noted))
        differences = Differences(self._frozen, self._contracts, self._histories, self._units)
        return Compared(rest, [*errors, *differences.reported(findings)])

    def _copied(self, copy: data.Transaction, twin: data.Transaction | None) -> Iterator[Finding]:
        """Yield how a copy differs from what would be generated."""
        identifier = str(copy.meta[marks.IDENTIFIER])
        found = difference(copy, twin) if twin is not None else None
        record = self._records.get(identifier)
        name = str(copy.meta.get(marks.CONTRACT))
        # The copy may say no contract, or another one.
        if twin is not None:
            name = twin.meta[marks.CONTRACT]
        elif record is not None:
            name = record.contract
        sent = record.sent if record is not None else None
        contract = self._contracts.get(name)
        if contract is not None and (found or twin is None):
            shown = sent_of(copy, contract, self._units[name])
            noted = self._noted.get(identifier)
            if sent is None:
                sent = shown
            elif shown is not None and noted is not None:
                sent = with_debtors(sent, shown, noted.shares)
        changed = self._changes(identifier, sent)
        if found is None:
            # Its postings are the same, in another order perhaps.
            changed = [change for change in changed if change.debtors is None]
        if found is None and twin is not None and not changed:
            return
        if twin is None:
            what = self._would_not(identifier, copy.meta.get(marks.SOURCE))
        else:
            # What the documents say is plainer than the accounts.
            what = _differs(identifier) + ("" if changed or not found else f": {found.said}")
        yield Finding(
            copy.date,
            name,
            identifier,
            str(copy.meta.get(marks.EVENT)),
            cause_of(copy),
            copy,
            what,
            changed,
            record=record,
            now=self._noted.get(identifier),
            is_figure=found is not None and found.is_figure,
            is_text=found is not None and found.is_text,
            is_gone=twin is None,
            is_other=found is not None,
        )

    def _recorded(self, record: Record) -> Iterator[Finding]:
        """Yield how an event that no copy stands for differs from its record."""
        identifier, day = record.identifier, record.entry.date
        noted = self._noted.get(identifier)
        kind = kind_of(record.contract, identifier)
        changed = self._changes(identifier, record.sent)
        if noted is None:
            what = self._would_not(identifier, None)
        elif noted.day != day and not (changed and self._days.compared(identifier)):
            what = f"{_differs(identifier)}: its date is {day}, not {noted.day}"
        elif changed and kind in _FOLLOWING:
            what = f"{_differs(identifier)}: its amount is {self._amounts(record, noted)}"
        else:
            what = _differs(identifier)
        if not changed and noted is not None and noted.day == day:
            return
        yield Finding(
            day,
            record.contract,
            identifier,
            kind,
            cause_of(record.entry),
            record.entry,
            what,
            [] if kind in _FOLLOWING else changed,
            record=record,
            now=noted,
            is_gone=noted is None,
        )

    def _amounts(self, record: Record, noted: Noted) -> str:
        """Say what amount a record has, and what it is now."""
        amount = self._units[record.contract].amount
        before, now = (sum(s.amount for s in each.shares) for each in (record.sent, noted))
        return f"{amount(before)}, not {amount(now)}"

    def _not_copied(self, txn: data.Transaction) -> Finding:
        """Return a transaction of a closed period that no copy stands for."""
        identifier, contract = txn.meta[marks.IDENTIFIER], txn.meta[marks.CONTRACT]
        cause = Cause(txn.meta["filename"].removesuffix(marks.SUFFIX), txn.meta["lineno"])
        noted = self._noted.get(identifier, Noted(contract, txn.date, cause, ()))
        return self._not_recorded(identifier, noted, txn.meta[marks.EVENT], txn)

    def _not_recorded(
        self,
        identifier: str,
        noted: Noted,
        kind: str = "",
        entry: data.Transaction | None = None,
    ) -> Finding:
        """Return an event of a closed period that no copy stands for, and no record."""
        contract, day = noted.contract, noted.day
        kind = kind or kind_of(contract, identifier)
        mark = self._frozen.mark(contract, day)
        until = mark.day if mark is not None else day
        return Finding(
            day,
            contract,
            identifier,
            kind,
            noted.cause,
            entry,
            f"this gives {identifier} on {day}, but contract {contract} is closed up to {until}"
            " without it",
            [] if kind in _FOLLOWING or self._days.is_kept(identifier) else came(noted.shares),
            now=noted,
            is_frozen=False,
        )

    def _changes(self, identifier: str, sent: Sent | None) -> list[Change]:
        """Return how what an event is made of differs from what is kept of it, if it is known."""
        noted = self._noted.get(identifier)
        on_its_day = self._days.compared(identifier)
        if on_its_day is not None:
            then, is_new = on_its_day
            went = changes(sent, then) if sent is not None else []
            return [*went, *came(noted.shares if noted is not None and is_new else ())]
        if sent is None:
            return []
        return changes(sent, noted.shares if noted is not None else ())

    def _would_not(self, identifier: str, source: object) -> str:
        """Say that nothing would be generated for what is frozen."""
        number = self._days.renumbered(identifier)
        if number is not None:
            return f"{identifier} is {number} in the ledger as it is"
        where = f" ({source} then)" if source else ""
        return (
            f"{identifier} would not be generated from the ledger as it is: what it was made"
            f" from{where} is gone or changed"
        )


def _differs(identifier: str) -> str:
    """Say that what is frozen is not what would be generated."""
    return f"{identifier} differs from what the ledger gives now"


def _twice(again: data.Directive, first: data.Directive, what: str) -> FactoringError:
    """Return the error of a copy or record that stands in the ledger again."""
    where = cause_of(first)
    return error_at(
        cause_of(again),
        f"{what} stands in the ledger twice, first at {where.filename}:{where.line}: remove"
        " one of them",
        again,
    )
