"""The customers' side: what each document is owed, settled, credited or taken back.

Source: interface.md, section 1 (customer documents); rules.md, section 3, Documents. Nothing here
knows of the factor; what is applied to a document is returned, for `assignment` to follow.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Debtor
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import CustomerEntry
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.engine.history import Leg
from beancount_factoring.tuples import new

Report = Callable[[Cause, str], None]


class Applied(NamedTuple):
    """What lowers a claim (positive) or raises it again (negative).

    `note` is the credit note that does it, where one does.
    """

    claim: Claim
    amount: int
    note: Document | None = None


class Earmark(NamedTuple):
    """What comes before its document: what is left of a settlement, or a credit note."""

    amount: int
    entry: CustomerEntry | None
    note: Document | None

    @property
    def date(self) -> datetime.date:
        """The day since which it waits."""
        origin = self.entry or self.note
        return origin.date if origin else datetime.date.min


class OpenItems:
    """All documents of the customers a contract can see, by number and by debtor."""

    def __init__(self, documents: Iterable[Document], report: Report) -> None:
        """Take the documents of the whole history; `introduce` brings each in on its date."""
        self._report = report
        self.claims: list[Claim] = []
        self.debtors: dict[str, Debtor] = {}
        # Those in whom something changed since their eligibility was last computed.
        self.changed: list[Debtor] = []
        self._by_number: dict[str, tuple[Claim, ...]] = {}
        self._earmarks: dict[str, list[Earmark]] = {}
        self._planned: list[Claim] = []
        by_number, in_parts = self._by_number, set()
        for document in documents:
            claim = Claim(document, self.debtor(document.debtor))
            self._planned.append(claim)
            number = document.number
            if number in by_number:
                by_number[number] += (claim,)
                in_parts.add(number)
            elif number is not None:
                by_number[number] = (claim,)
        for number in in_parts:
            by_number[number] = tuple(sorted(by_number[number], key=attrgetter("due")))

    def debtor(self, name: str) -> Debtor:
        """Return a debtor, known or new."""
        debtor = self.debtors.get(name)
        if debtor is None:
            debtor = self.debtors[name] = Debtor(name, self.changed)
        return debtor

    def named(self, number: str) -> tuple[Claim, ...]:
        """Return the claims of a number, by due date; empty where no document has it."""
        return self._by_number.get(number, ())

    def planned(self) -> list[Claim]:
        """Return all claims of the history in the order of their documents' dates."""
        return self._planned

    def earmarks(self) -> Iterator[tuple[Claim, Earmark]]:
        """Yield what waits for a document that is not dated yet, with that document's claim."""
        for number, earmarks in self._earmarks.items():
            for earmark in earmarks:
                yield self._by_number[number][0], earmark

    def release(self) -> None:
        """Part debtors and claims."""
        self.changed.clear()
        for debtor in self.debtors.values():
            debtor.release()

    def introduce(self, claims: list[Claim]) -> Iterable[Applied]:
        """Bring a day's documents in; return what credit notes and earmarks apply."""
        self.claims += claims
        applied: list[Applied] = []
        if self._earmarks:
            for number in dict.fromkeys(claim.document.number for claim in claims):
                if number in self._earmarks:
                    applied += self._settle_earmarks(number)
        for claim in claims:
            note = claim.document
            if note.kind is DocumentKind.CREDIT_NOTE and note.credits is not None:
                claim.open = 0
                applied += self._correct(note, note.credits)
        return applied

    def apply(self, entry: CustomerEntry) -> Iterable[Applied]:
        """Apply an entry's legs in turn; return what each lowers or raises."""
        applied: list[Applied] = []
        for leg in entry.legs:
            if leg.number is None:
                self._apply_loose(leg, entry)
                continue
            claims = self._by_number.get(leg.number)
            if claims is None:
                self._report(
                    entry.cause,
                    f'settles: "{leg.number}" names no document of the ledger: write the number of'
                    " an invoice or credit note, or leave settles: out (an unallocated credit)",
                )
                self._apply_loose(leg, entry)
                continue
            document = claims[0].document
            if document.debtor != leg.debtor:
                self._report(
                    entry.cause,
                    f'settles: "{leg.number}" is a document of {document.debtor}, but the posting'
                    f" is on the account of {leg.debtor}: post it on the account of"
                    f" {document.debtor}",
                )
                self._apply_loose(leg, entry)
            elif not claims[0].is_invoice:
                applied += self._use(claims[0], leg, entry)
            elif document.date > entry.date:
                if leg.amount > 0:
                    self._earmark(leg.number, leg.debtor, Earmark(leg.amount, entry, None))
                else:
                    self._take_back_early(leg.number, leg.debtor, -leg.amount, entry)
            elif leg.amount > 0:
                applied += self._settle(claims, leg.amount, entry)
            else:
                applied += self._take_back(claims, -leg.amount, entry)
        return applied

    def _settle(
        self, claims: tuple[Claim, ...], amount: int, entry: CustomerEntry
    ) -> list[Applied]:
        """Settle the instalments of a number, the earliest due first; the excess is a credit."""
        applied = []
        for claim in claims:
            part = min(amount, claim.open)
            if part > 0:
                claim.open -= part
                claim.settled += part
                amount -= part
                applied.append(new(Applied, (claim, part, None)))
        if amount:
            self._credit(claims[0].document.debtor, amount, entry)
        return applied

    def _take_back(
        self, claims: tuple[Claim, ...], amount: int, entry: CustomerEntry
    ) -> Iterator[Applied]:
        """Take settlements back, the latest due first; the excess lowers the debtor's credits."""
        for claim in reversed(claims):
            part = min(amount, claim.settled)
            if part > 0:
                claim.open += part
                claim.settled -= part
                amount -= part
                yield Applied(claim, -part)
        self._debit(claims[0].document.debtor, amount, entry)

    def _use(self, claim: Claim, leg: Leg, entry: CustomerEntry) -> Iterator[Applied]:
        """Use a credit note (a debit), or take its use back (a credit)."""
        note = claim.document
        if note.credits is not None:
            self._report(
                entry.cause,
                f'settles: "{leg.number}" uses a credit note that corrects {note.credits}, which it'
                " lowered already: leave this settles: out",
            )
            self._apply_loose(leg, entry)
            return
        if note.date > entry.date:
            self._report(
                entry.cause,
                f'settles: "{leg.number}" uses a credit note before its date {note.date}:'
                " date this entry on that day or later",
            )
        if leg.amount < 0:
            part = min(-leg.amount, claim.open)
            claim.open -= part
            if part:
                yield Applied(claim, part)
            self._debit(note.debtor, -leg.amount - part, entry)
        else:
            part = min(leg.amount, note.amount - claim.open)
            claim.open += part
            if part:
                yield Applied(claim, -part)
            self._credit(note.debtor, leg.amount - part, entry)

    def _correct(self, note: Document, number: str) -> list[Applied]:
        """Lower the invoice that a credit note names; what exceeds it is an unallocated credit."""
        claims = self._by_number.get(number, ())
        if not claims or not claims[0].is_invoice or claims[0].document.debtor != note.debtor:
            self._report(
                note.cause,
                f'credits: "{number}" names no invoice of {note.debtor}: write the number of the'
                " invoice that the credit note corrects, or leave credits: out",
            )
            self._credit(note.debtor, note.amount, note)
            return []
        if claims[0].document.date > note.date:
            self._earmark(number, note.debtor, Earmark(note.amount, None, note))
            return []
        return list(self._lower(claims, note.amount, note))

    def _lower(self, claims: tuple[Claim, ...], amount: int, note: Document) -> Iterator[Applied]:
        """Lower the instalments of an invoice by a credit note, the earliest due first."""
        for claim in claims:
            if claim.standing is Standing.DEFAULTED:
                self._report(
                    note.cause,
                    f"credit note {note.number} corrects {claim.document.number}, which is in"
                    " default: the claim stands as it was declared; leave credits: out",
                )
                continue
            part = min(amount, claim.open)
            if part > 0:
                claim.open -= part
                amount -= part
                yield Applied(claim, part, note)
        self._credit(note.debtor, amount, note)

    def _earmark(self, number: str, debtor: str, earmark: Earmark) -> None:
        """Keep what comes before its document, as a credit of the debtor until then."""
        self._earmarks.setdefault(number, []).append(earmark)
        self.debtor(debtor).earmarked += earmark.amount
        self.debtor(debtor).touch()

    def _take_back_early(self, number: str, debtor: str, amount: int, entry: CustomerEntry) -> None:
        """Take back what waits for a document, the latest first; the excess lowers credits."""
        kept: list[Earmark] = []
        for earmark in reversed(self._earmarks.pop(number, [])):
            part = min(amount, earmark.amount) if earmark.entry is not None else 0
            amount -= part
            self.debtor(debtor).earmarked -= part
            if earmark.amount > part:
                kept.append(earmark._replace(amount=earmark.amount - part))
        if kept:
            self._earmarks[number] = kept[::-1]
        self.debtor(debtor).touch()
        self._debit(debtor, amount, entry)

    def _settle_earmarks(self, number: str) -> Iterator[Applied]:
        """Settle a document on its date with what came before it."""
        claims = self._by_number[number]
        debtor = claims[0].debtor
        for amount, entry, note in self._earmarks.pop(number):
            debtor.earmarked -= amount
            if note is not None:
                yield from self._lower(claims, amount, note)
            elif entry is not None:
                yield from self._settle(claims, amount, entry)

    def _apply_loose(self, leg: Leg, entry: CustomerEntry) -> None:
        """Book a credit or debit that names no document."""
        if leg.amount > 0:
            self._credit(leg.debtor, leg.amount, entry)
        else:
            self._debit(leg.debtor, -leg.amount, entry, leg.due)

    def _credit(self, name: str, amount: int, origin: CustomerEntry | Document) -> None:
        """Settle the debtor's items with a credit, oldest first; the rest stays unallocated."""
        if amount:
            debtor = self.debtor(name)
            self._keep(DocumentKind.CREDIT, debtor, amount, origin, None)

    def _debit(
        self,
        name: str,
        amount: int,
        origin: CustomerEntry | Document,
        due: datetime.date | None = None,
    ) -> None:
        """Use the debtor's credits for a debit, oldest first; the rest is an item."""
        if amount:
            self._keep(DocumentKind.ITEM, self.debtor(name), amount, origin, due or origin.date)

    def _keep(
        self,
        kind: DocumentKind,
        debtor: Debtor,
        amount: int,
        origin: CustomerEntry | Document,
        due: datetime.date | None,
    ) -> None:
        """Set a credit or an item off against the debtor's others, and keep what remains open."""
        debtor.touch()
        own, opposite = debtor.credits, debtor.items
        if kind is DocumentKind.ITEM:
            own, opposite = opposite, own
        claim = Claim(
            Document(kind, debtor.name, None, origin.date, due, amount, origin.links, origin.cause),
            debtor,
        )
        claim.open = _consume(opposite, amount)
        claim.settled = amount - claim.open
        self.claims.append(claim)
        if claim.open:
            own.append(claim)


def _consume(pile: list[Claim], amount: int) -> int:
    """Use up a pile from its oldest on; return what remains of the amount."""
    while amount > 0 and pile:
        part = min(amount, pile[0].open)
        pile[0].open -= part
        pile[0].settled += part
        amount -= part
        if pile[0].open == 0:
            pile.pop(0)
    return amount
