"""Receipts in suspense matched to open items: in an import, as a hook of beangulp and Fava, later.

All three ways use what stands in the entries alone. What matching finds is written with its reason
and confidence; what it leaves in doubt keeps its place in suspense, with the candidates.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from typing import Final
from typing import NamedTuple

from beancount.core import data
from beancount.core import flags

from beancount_factoring.importers.entries.entries import one_line
from beancount_factoring.importers.entries.entries import posting
from beancount_factoring.importers.entries.identity import BANK_LINK
from beancount_factoring.importers.live import LiveMapping
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.parties import identifier_key
from beancount_factoring.importers.mapping.parties import name_key
from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.ledger.metadata import text_of
from beancount_factoring.matching.matcher import Matcher
from beancount_factoring.matching.payers import CONFIDENCE
from beancount_factoring.matching.payers import IBAN
from beancount_factoring.matching.receipt import Explanation
from beancount_factoring.matching.receipt import Match
from beancount_factoring.matching.receipt import Receipt
from beancount_factoring.tuples import new

MATCH: Final = "match"
"""The metadata key of how a receipt was matched, in words."""

CANDIDATE: Final = "candidate-"
"""How the metadata keys of the candidates begin that a receipt in suspense has."""

DISCOUNT_LINK: Final = "discount-"
"""How the link begins that a receipt and the discount deducted from it share."""

_DUPLICATE: Final = "__duplicate__"


class Waiting(NamedTuple):
    """A receipt that waits in suspense, and the place of its posting there."""

    receipt: Receipt
    place: int


def matcher_of(mapping: ImportMapping, entries: Iterable[data.Directive] = ()) -> Matcher:
    """Return a matcher that knows a ledger's entries."""
    return Matcher(
        sorted(mapping.receivable_roots()), sorted(mapping.bank_roots()), entries, mapping.matching
    )


class WaitingReceipts:
    """Finds the receipts that wait in suspense, by what `import.yaml` says."""

    def __init__(self, mapping: ImportMapping) -> None:
        """Take the firm's accounts, and who the factor is."""
        self._mapping = mapping
        self._suspense = mapping.suspense
        self._banks = mapping.bank_roots()
        self._below = tuple(f"{bank}:" for bank in self._banks)

    def of(self, entry: data.Directive) -> Waiting | None:
        """Return a receipt that waits in suspense; `None` for all else.

        That is money on a bank account of the firm against the suspense account alone, from
        neither the factor nor another account of the firm. Generated transactions are none.
        """
        if not isinstance(entry, data.Transaction) or len(entry.postings) != 2:
            return None
        one, other = entry.postings
        if other.account == self._suspense:
            bank, place = one, 1
        elif one.account == self._suspense:
            bank, place = other, 0
        else:
            return None
        if bank.account not in self._banks and not bank.account.startswith(self._below):
            return None
        units, meta = bank.units, entry.meta
        if units is None or not units.number or units.number < 0 or bank.cost or bank.price:
            return None
        receipt = new(
            Receipt,
            (
                entry.date,
                units.number,
                units.currency,
                entry.narration or "",
                entry.payee or None,
                text_of(meta.get(IBAN)),
                text_of(meta.get("reference")),
                text_of(meta.get("end-to-end-id")),
            ),
        )
        is_none = IDENTIFIER in meta or self._is_of_firm(receipt)
        return None if is_none else new(Waiting, (receipt, place))

    def _is_of_firm(self, receipt: Receipt) -> bool:
        """Tell whether money comes from the factor, or from another account of the firm."""
        mapping = self._mapping
        if receipt.iban:
            iban = identifier_key(receipt.iban)
            if iban in mapping.banks or iban in mapping.factors_by_iban:
                return True
        return bool(receipt.name) and name_key(receipt.name or "") in mapping.factors_by_name


def settled(
    entry: data.Transaction,
    place: int,
    found: Explanation,
    mapping: ImportMapping,
    *,
    by_person: bool = False,
) -> list[data.Transaction]:
    """Return a receipt that settles what it pays, and a reduction for a discount deducted.

    A discount is no cash: it stands in a transaction of its own, which touches no bank account.
    What a person chose has no confidence.
    """
    suspense = entry.postings[place]
    currency = suspense.units.currency if suspense.units is not None else ""
    parts = [
        posting(part.account, -part.amount, currency, {"settles": part.number})
        for part in found.settlements
        if part.amount
    ]
    parts += [posting(each.account, each.amount, currency) for each in found.differences]
    meta = {key: value for key, value in entry.meta.items() if not _is_of_suspense(key)}
    meta[MATCH] = one_line(found.how)
    if not by_person:
        meta[CONFIDENCE] = str(found.confidence)
    links = entry.links
    reductions = []
    if found.discounts and mapping.matching.discount is not None:
        bank_link = min(entry.links, default=f"{BANK_LINK}{entry.date}")
        link = DISCOUNT_LINK + bank_link.removeprefix(BANK_LINK)
        links = links | {link}
        total = sum((part.amount for part in found.discounts), Decimal(0))
        reductions.append(
            data.Transaction(
                data.new_metadata(entry.meta["filename"], entry.meta["lineno"]),
                entry.date,
                flags.FLAG_OKAY,
                entry.payee,
                "Discount on " + ", ".join(part.number for part in found.discounts),
                data.EMPTY_SET,
                frozenset((link,)),
                [
                    posting(mapping.matching.discount.account, total, currency),
                    *(
                        posting(part.account, -part.amount, currency, {"settles": part.number})
                        for part in found.discounts
                        if part.amount
                    ),
                ],
            )
        )
    postings = [*entry.postings[:place], *parts, *entry.postings[place + 1 :]]
    receipt = entry._replace(meta=meta, flag=flags.FLAG_OKAY, postings=postings, links=links)
    return [receipt, *reductions]


def in_doubt(
    entry: data.Transaction, place: int, match: Match, mapping: ImportMapping
) -> data.Transaction:
    """Return a receipt that stays in suspense, with why and with its candidates."""
    suspense = entry.postings[place]
    kept = {k: v for k, v in (suspense.meta or {}).items() if not _is_of_suspense(k)}
    meta = {**kept, "reason": one_line(match.reason)}
    for count, each in enumerate(match.candidates, 1):
        meta[f"{CANDIDATE}{count}"] = candidate_text(each, mapping)
    postings = list(entry.postings)
    postings[place] = suspense._replace(meta=meta)
    return entry._replace(flag=flags.FLAG_WARNING, postings=postings)


def candidate_text(each: Explanation, mapping: ImportMapping) -> str:
    """Return a candidate as the ledger's metadata has it: documents, customer, why."""
    numbers = ", ".join(part.number for part in each.settlements[:10])
    if len(each.settlements) > 10:
        numbers += f" and {len(each.settlements) - 10} more"
    customers = dict.fromkeys(debtor_of(part.account, mapping) for part in each.settlements)
    return one_line(f"{numbers} ({', '.join(customers)}; {each.how})")


def debtor_of(account: str, mapping: ImportMapping) -> str:
    """Return a customer's name: what follows the receivables root."""
    for root in sorted(mapping.receivable_roots(), key=len, reverse=True):
        if account.startswith(f"{root}:"):
            return account.removeprefix(f"{root}:")
    return account


def _is_of_suspense(key: str) -> bool:
    return key == "reason" or key.startswith(CANDIDATE)


def match_receipts(
    batches: Sequence[Sequence[data.Directive]],
    existing: Iterable[data.Directive],
    mapping: ImportMapping,
) -> list[list[data.Directive]]:
    """Return batches of extracted entries in which the receipts in suspense are matched.

    The receipts are taken in the order of their dates, whatever batch they are in; all documents
    count for all of them. Entries marked as duplicates are left as they are, and count for nothing:
    the ledger has them.
    """
    waiting: list[tuple[int, int, data.Transaction, Waiting]] = []
    receipts = WaitingReceipts(mapping)
    known: list[data.Transaction] = []
    for number, batch in enumerate(batches):
        for place, entry in enumerate(batch):
            if not isinstance(entry, data.Transaction) or entry.meta.get(_DUPLICATE):
                continue
            found = receipts.of(entry)
            if found is None:
                known.append(entry)
            else:
                waiting.append((number, place, entry, found))
    if not waiting:
        return [list(batch) for batch in batches]
    matcher = matcher_of(mapping, (*existing, *known))
    if not matcher.has_open:
        return [list(batch) for batch in batches]
    replaced: dict[tuple[int, int], list[data.Transaction]] = {}
    for number, place, entry, found in sorted(waiting, key=lambda each: each[2].date):
        match = matcher.match(found.receipt)
        if match.found is None:
            replaced[number, place] = [in_doubt(entry, found.place, match, mapping)]
        else:
            replaced[number, place] = new = settled(entry, found.place, match.found, mapping)
            for each in new:
                matcher.book(each)
    return [
        [new for place, entry in enumerate(batch) for new in replaced.get((number, place), [entry])]
        for number, batch in enumerate(batches)
    ]


Extracted = list[Any]
"""What beangulp and Fava give a hook: pairs of file and entries, or those and two more."""

Hook = Callable[[Extracted, Sequence[data.Directive]], Extracted]


def matching_hook(mapping: LiveMapping) -> Hook:
    """Return the hook that matches the receipts of an extraction."""

    def match_extracted(extracted: Extracted, existing: Sequence[data.Directive]) -> Extracted:
        """Match the receipts among extracted entries to the open items of all of them.

        beangulp has put what is extracted into `existing` by now, Fava has not.
        """
        own = {id(entry) for _file, entries, *_more in extracted for entry in entries}
        known = [entry for entry in existing if id(entry) not in own]
        batches = match_receipts([each[1] for each in extracted], known, mapping.get())
        return [(each[0], batch, *each[2:]) for each, batch in zip(extracted, batches, strict=True)]

    return match_extracted
