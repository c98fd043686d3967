"""A bank movement as a transaction: its payments, each against what it settles or suspense."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from beancount.core import data
from beancount.core import flags
from beancount.core.amount import Amount

from beancount_factoring.currencies import with_decimals
from beancount_factoring.importers.entries.comparison import Verdict
from beancount_factoring.importers.entries.entries import one_line
from beancount_factoring.importers.entries.entries import posting
from beancount_factoring.importers.entries.known import SOURCE
from beancount_factoring.importers.entries.known import source_of
from beancount_factoring.importers.entries.recognition import Target
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import StatementLine
from beancount_factoring.matching.matcher import Matcher
from beancount_factoring.matching.payers import CONFIDENCE
from beancount_factoring.matching.receipt import Explanation
from beancount_factoring.matching.receipt import Receipt
from beancount_factoring.tuples import new

_NOTHING = Decimal(0)


class Part(NamedTuple):
    """A payment within a movement: what the bank says of it, its amount, its target."""

    line: StatementLine
    number: Decimal
    target: Target | None


class Planned(NamedTuple):
    """A movement: its parts are the payments of a batch, or the movement itself."""

    line: StatementLine
    number: Decimal
    link: str
    parts: tuple[Part, ...]


def exact(value: Decimal, currency: str) -> Decimal:
    """Return an amount with the currency's decimals, or refuse the file."""
    try:
        return with_decimals(value, currency)
    except ValueError as error:
        raise DocumentRefusedError(f"has an amount that cannot be booked: {error}") from None


def place_of(entry: data.Directive) -> str:
    """Return where an entry stands, as messages say it."""
    return f"{Path(entry.meta['filename']).name}, line {entry.meta['lineno']}"


class Booker:
    """The entries of one statement."""

    def __init__(
        self,
        filename: str,
        source: str,
        bank: str,
        currency: str,
        mapping: ImportMapping,
        numbers: Matcher,
    ) -> None:
        """Book on the ledger account `bank`; `source` is the format of the file."""
        self._filename = filename
        self._source = source
        self._bank = bank
        self._currency = currency
        self._mapping = mapping
        self._numbers = numbers

    def entry(self, movement: Planned, verdict: Verdict) -> data.Transaction:
        """Return a movement against its targets' accounts; a new receipt against what it settles.

        A receipt that settles nothing, is known already or in doubt, stands against suspense.
        """
        line, currency = movement.line, self._currency
        is_matched = verdict.known is None and verdict.doubt is None
        postings = [posting(self._bank, movement.number, currency)]
        meta = self._meta(line)
        is_settled = waits = False
        if verdict.doubt is not None:
            doubt = {"reason": self.doubt(verdict)}
            postings.append(posting(self._mapping.suspense, -movement.number, currency, doubt))
            waits = True
        else:
            for part in movement.parts:
                told = None if part.line is line else _told(part.line)
                found, reason = self._book(part, postings, told, is_matched=is_matched)
                if found is not None and told is None:
                    meta |= match_meta(found)
                is_settled = is_settled or found is not None
                waits = waits or bool(reason)
        text = one_line(line.text)
        entry = new(
            data.Transaction,
            (
                meta,
                line.date,
                flags.FLAG_WARNING if waits else flags.FLAG_OKAY,
                one_line(line.counterparty) or None if line.counterparty else None,
                text if text or not line.details else f"{len(line.details)} payments",
                data.EMPTY_SET,
                frozenset((movement.link,)),
                postings,
            ),
        )
        if is_settled:
            self._numbers.book(entry)
        return entry

    def _book(
        self, part: Part, postings: list[data.Posting], told: data.Meta | None, *, is_matched: bool
    ) -> tuple[Explanation | None, str]:
        """Add a payment's postings; return what they settle, if anything, and why they wait.

        `told` is what the bank says of a payment within a batch.
        """
        line, number, target = part
        currency = self._currency
        if line.charges is not None:
            number, target = self._charge(part, postings)
        account, reason = (self._mapping.suspense, "") if target is None else target
        found: Explanation | None = None
        if target is None and is_matched:
            found, reason, _candidates = self._numbers.by_number(_receipt(line, number, currency))
        if found is not None:
            own = {} if told is None else told | match_meta(found)
            for settled in found.settlements:
                meta = {"settles": settled.number, **own}
                postings.append(posting(settled.account, -settled.amount, currency, meta))
        else:
            why = {"reason": reason, **(told or {})} if reason else told
            postings.append(posting(account, -number, currency, why))
        return found, reason

    def _charge(self, part: Part, postings: list[data.Posting]) -> tuple[Decimal, Target | None]:
        """Add what the bank kept of a payment; return what was paid, and where it goes."""
        line, number, target = part
        kept = exact(line.charges or _NOTHING, self._currency)
        charges = self._mapping.charges
        if charges is not None:
            postings.append(posting(charges, -kept, self._currency))
            return number - kept, target
        if target is None:
            reason = f"charges of {-kept} {self._currency} taken off: no `charges:` in import.yaml"
            target = Target(self._mapping.suspense, reason)
        return number, target

    @staticmethod
    def doubt(verdict: Verdict) -> str:
        """Return what a movement may repeat; the empty text where it is in no doubt."""
        if verdict.doubt is None:
            return ""
        place = place_of(verdict.doubt)
        return f"perhaps the movement of {place} ({source_of(verdict.doubt)}): {verdict.how}"

    def _meta(self, line: StatementLine) -> data.Meta:
        """Return the metadata of a movement: where it is from, and what tells who paid."""
        meta = data.new_metadata(self._filename, line.position)
        meta[SOURCE] = self._source
        if line.value_date is not None and line.value_date != line.date:
            meta["value-date"] = line.value_date
        _add_who_paid(meta, line)
        if line.charges is not None:
            meta["charges"] = Amount(-line.charges, self._currency)
        return meta

    def balance(self, day: datetime.date, number: Decimal, position: int) -> data.Balance:
        """Return a closing balance, which Beancount checks as the next day begins."""
        return data.Balance(
            meta=data.new_metadata(self._filename, position),
            date=day,
            account=self._bank,
            amount=Amount(number, self._currency),
            tolerance=None,
            diff_amount=None,
        )


def _receipt(line: StatementLine, number: Decimal, currency: str) -> Receipt:
    """Return a payment as matching sees it."""
    return new(
        Receipt,
        (
            line.date,
            number,
            currency,
            line.text,
            line.counterparty,
            line.counterparty_iban,
            line.reference,
            line.end_to_end_id,
        ),
    )


def match_meta(found: Explanation) -> data.Meta:
    """Return the metadata that tells why a payment settles what it does."""
    return {"match": one_line(found.how), CONFIDENCE: str(found.confidence)}


def _add_who_paid(meta: data.Meta, line: StatementLine) -> None:
    """Add to metadata what tells who paid, and what for."""
    if line.counterparty_iban:
        meta["counterparty-iban"] = one_line(line.counterparty_iban)
    if line.reference:
        meta["reference"] = one_line(line.reference)
    if line.end_to_end_id and line.end_to_end_id != line.reference:
        meta["end-to-end-id"] = one_line(line.end_to_end_id)
    if line.original is not None:
        meta["original-amount"] = Amount(*line.original)


def _told(line: StatementLine) -> data.Meta:
    """Return what a batch says of one of its payments."""
    meta: data.Meta = {}
    if line.counterparty:
        meta["counterparty"] = one_line(line.counterparty)
    _add_who_paid(meta, line)
    if line.text:
        meta["text"] = one_line(line.text)
    return meta
