"""Receipts to open items: all the evidence together, and never a guess.

What a receipt's texts name (`mentions`), who paid (`payers`) and what adds up (`sums`) give
explanations, each with a doubt: the product of the doubts of its evidence. The best one is taken
if it is hardly in doubt, leaves out nothing that is clearly named, and no other comes near it.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from beancount.core import data

from beancount_factoring.matching.explaining import Explainer
from beancount_factoring.matching.in_doubt import ReceiptsInDoubt
from beancount_factoring.matching.mentions import CLEAR
from beancount_factoring.matching.mentions import Mention
from beancount_factoring.matching.mentions import Mentions
from beancount_factoring.matching.mentions import read_mentions
from beancount_factoring.matching.open_numbers import OpenNumber
from beancount_factoring.matching.open_numbers import OpenNumbers
from beancount_factoring.matching.payers import Payer
from beancount_factoring.matching.payers import Payers
from beancount_factoring.matching.receipt import Explanation
from beancount_factoring.matching.receipt import Match
from beancount_factoring.matching.receipt import Receipt
from beancount_factoring.matching.receipt import Settlement
from beancount_factoring.matching.reference import NOTHING_NAMED
from beancount_factoring.matching.reference import NumberIndex
from beancount_factoring.matching.terms import MatchingTerms
from beancount_factoring.matching.written import WrittenNumbers
from beancount_factoring.matching.written import is_near

MOST_DOUBT: Final = Decimal("0.005")
"""An explanation with more doubt is only a candidate."""

_LEAD: Final = 10
_MOST_CANDIDATES: Final = 5
_MOST_CUSTOMERS: Final = 12
_EXACT: Final = Decimal("0.004")
_ADDS_UP: Final = Decimal("0.01")
_SLIP: Final = Decimal("0.1")
_LIKELY: Final = Decimal("0.1")
_AMOUNT_ALONE: Final = Decimal("0.5")
_NOTHING_NAMED: Final = Match(reason=NOTHING_NAMED)


class Matcher:
    """The open items of a ledger and who pays them; receipts are matched one after the other."""

    def __init__(
        self,
        receivables: Sequence[str],
        banks: Sequence[str] = (),
        entries: Iterable[data.Directive] = (),
        terms: MatchingTerms = MatchingTerms(),  # noqa: B008  # immutable
    ) -> None:
        """Read a ledger's entries; customers' accounts stand below the roots `receivables`."""
        self._documents = OpenNumbers(receivables, banks)
        self._payers = Payers(receivables)
        self._exact = NumberIndex(self._documents)
        self.terms = terms
        self._not_indexed: list[OpenNumber] = []
        self._written = WrittenNumbers()
        self._in_doubt = ReceiptsInDoubt(self._payers, self._written)
        for entry in entries:
            if isinstance(entry, data.Transaction):
                self.book(entry)

    def book(self, transaction: data.Transaction) -> None:
        """Take in one more transaction: its documents, what it settles, who paid."""
        self._not_indexed.extend(self._exact.book(transaction))
        self._payers.learn(transaction)

    @property
    def has_open(self) -> bool:
        """Whether there is anything that a receipt may settle."""
        return any(item.is_open for item in self._documents)

    def document(self, number: str, currency: str) -> OpenNumber | None:
        """Return what is known of a document; `None` where no document has that number."""
        return self._documents.get(number, currency)

    def named(self, *texts: str) -> list[OpenNumber]:
        """Return the documents whose numbers stand in texts as they are, open or not."""
        return self._exact.named(*texts)

    def by_number(self, receipt: Receipt) -> Match:
        """Return what a receipt settles by numbers written as they are, and by nothing else.

        Where they add up to it nothing else is looked at; where it is a part of one, all is.
        """
        whole = self._whole(receipt)
        if whole.found is not None:
            return whole
        if whole.reason != NOTHING_NAMED:
            match = self._by_all(receipt, whole)
            if match.found is not None and match.found.is_part:
                return match
        self._in_doubt.add(receipt)
        return whole

    def _whole(self, receipt: Receipt) -> Match:
        """Return the documents whose numbers are written as they are and that add up."""
        found = self._exact.match(receipt.amount, receipt.currency, *receipt.texts)
        if not found.settlements:
            return _NOTHING_NAMED if found.reason is NOTHING_NAMED else Match(reason=found.reason)
        numbers = ", ".join(part.number for part in found.settlements)
        if self._is_part(receipt, found.settlements):
            return Match(reason=f"a part of {numbers}")
        payer = self._payers.of(receipt)
        other = self._other_of_payer(receipt, payer, found.settlements)
        if other is not None:
            return Match(reason=f"{numbers} named, but {other.number} is open with that amount")
        doubt = _EXACT * self._payers_doubt(payer, found.settlements) * _ADDS_UP
        return Match(Explanation(found.settlements, doubt, f"number {numbers}"))

    def match(self, receipt: Receipt) -> Match:
        """Return what a receipt settles by all the evidence that there is.

        Where that leaves a doubt, return why, with the candidates.
        """
        whole = self._whole(receipt)
        match = self._by_all(receipt, whole) if whole.found is None else whole
        if match.found is None:
            self._in_doubt.add(receipt)
        return match

    def _by_all(self, receipt: Receipt, whole: Match) -> Match:
        """Weigh all the evidence; `whole` says why exact numbers are not enough."""
        self._index()
        mentions = read_mentions(self._written, receipt.texts)
        payer = self._payers.of(receipt)
        explanations: list[Explanation] = []
        for account in self._customers(receipt, mentions, payer):
            explainer = Explainer(
                self._documents,
                self.terms,
                receipt,
                mentions,
                payer,
                account,
                self._in_doubt.of(account),
            )
            explanations += explainer.explanations()
        listed = _distinct(self._with_slips(receipt, mentions, explanations))
        reason = self._doubtful(receipt, mentions, payer, listed)
        if not reason:
            return Match(listed[0])
        candidates = _distinct((*listed, *self._by_amount(receipt)))
        if not listed:
            reason = whole.reason
        return Match(reason=reason, candidates=tuple(candidates[:_MOST_CANDIDATES]))

    def _index(self) -> None:
        """Index what was booked since the last time."""
        for item in self._not_indexed:
            self._written.add(item)
        self._not_indexed.clear()

    def _customers(self, receipt: Receipt, mentions: Mentions, payer: Payer) -> list[str]:
        """Return the customers that may be meant, who paid before who is named."""
        accounts = sorted(payer.accounts, key=lambda account: payer.accounts[account])
        accounts += [
            item.account
            for mention in mentions.found
            for item in mention.items
            if item.account and item.currency == receipt.currency
        ]
        return list(dict.fromkeys(accounts))[:_MOST_CUSTOMERS]

    def _doubtful(
        self,
        receipt: Receipt,
        mentions: Mentions,
        payer: Payer,
        listed: Sequence[Explanation],
    ) -> str:
        """Return why the best explanation is not taken; empty if it is."""
        if not listed:
            return "nothing open adds up to it"
        best = listed[0]
        numbers = ", ".join(best.numbers[:5])
        rivals = [other for other in listed[1:] if other.doubt < best.doubt * _LEAD]
        if rivals:
            others = " or ".join(", ".join(each.numbers[:5]) for each in listed[: len(rivals) + 1])
            return f"more than one explanation: {others}"
        if best.doubt > MOST_DOUBT:
            return f"not sure enough ({best.confidence}): {numbers}"
        other = self._near_and_exact(receipt, best, payer) if best.is_part else None
        if other is not None:
            return f"{numbers} named, but {other.number} is open with that amount"
        own = self._by_payers_own(payer, best, listed)
        if own is not None:
            return f"{numbers} named, but {', '.join(own.numbers[:5])} is open with that amount"
        settled = set(best.numbers)
        for mention in mentions.found:
            meant = {item.number for item in mention.items}
            if mention.doubt > CLEAR or not meant.isdisjoint(settled):
                continue
            if not _is_slip(mention, best, receipt.amount):
                return f"{mention.as_written} named, but {numbers} adds up"
        for word in mentions.unknown:
            if not any(is_near(word, number) for number in settled):
                return f"{word} named, which no document has; {numbers} adds up"
        return ""

    def _with_slips(
        self, receipt: Receipt, mentions: Mentions, explanations: Iterable[Explanation]
    ) -> Iterator[Explanation]:
        """Yield explanations; a number nearly as an unknown one that is named is in less doubt.

        Not where the customer has other documents of the amount: the unknown one may be the next.
        """
        for each in explanations:
            part = each.settlements[0]
            slips = [word for word in mentions.unknown if is_near(word, part.number)]
            if slips and len(each.settlements) == 1 and not each.is_part:
                items = self._documents.of(part.account, receipt.currency)
                if sum(item.amount == receipt.amount for item in items) == 1:
                    how = f"{each.how}, misspelt {slips[0]}"
                    yield replace(each, doubt=each.doubt * _SLIP, how=how)
                    continue
            yield each

    def _by_payers_own(
        self, payer: Payer, best: Explanation, listed: Iterable[Explanation]
    ) -> Explanation | None:
        """Return what the payer owes itself of that amount, if it would pay for another."""
        if not payer.accounts or any(p.account in payer.accounts for p in best.settlements):
            return None
        for each in listed:
            own = all(part.account in payer.accounts for part in each.settlements)
            if own and not each.is_part and each.doubt <= _LIKELY:
                return each
        return None

    def _payers_doubt(self, payer: Payer, settlements: Iterable[Settlement]) -> Decimal:
        """Return what the payer makes of the doubt: of several customers the one that paid."""
        return min(payer.doubt(part.account) for part in settlements)

    def _is_part(self, receipt: Receipt, settlements: Iterable[Settlement]) -> bool:
        """Tell whether a settlement leaves something open."""
        for part in settlements:
            item = self._documents.get(part.number, receipt.currency)
            if item is not None and item.balance != part.amount:
                return True
        return False

    def _other_of_payer(
        self, receipt: Receipt, payer: Payer, settlements: Iterable[Settlement]
    ) -> OpenNumber | None:
        """Return an item of the amount that whoever paid owes, if another's is named."""
        accounts = {part.account for part in settlements}
        if not payer.accounts or not accounts.isdisjoint(payer.accounts):
            return None
        for account in payer.accounts:
            for item in self._documents.open_of(account, receipt.currency):
                if item.balance == receipt.amount:
                    return item
        return None

    def _near_and_exact(
        self, receipt: Receipt, best: Explanation, payer: Payer
    ) -> OpenNumber | None:
        """Return an item of exactly the amount that is written nearly as the one paid in part.

        Of a known payer only its own items can be meant.
        """
        part = best.settlements[0]
        items: Iterable[OpenNumber] = self._documents
        if payer.doubt(part.account) < 1:
            items = self._documents.open_of(part.account, receipt.currency)
        for item in items:
            if (
                item.balance == receipt.amount
                and item.currency == receipt.currency
                and item.number != part.number
                and item.date <= receipt.day
                and is_near(item.number, part.number)
            ):
                return item
        return None

    def _by_amount(self, receipt: Receipt) -> Iterable[Explanation]:
        """Yield items of the amount, whoever owes them: candidates, never more."""
        for item in self._documents:
            if (
                item.balance == receipt.amount
                and item.currency == receipt.currency
                and item.account is not None
                and item.date <= receipt.day
                and not item.is_shared
            ):
                settlement = Settlement(item.account, item.number, item.balance)
                yield Explanation((settlement,), _AMOUNT_ALONE, "the same amount")


def _is_slip(mention: Mention, best: Explanation, amount: Decimal) -> bool:
    """Tell whether a mention is a slip of the pen for the one document that is paid in full.

    What is named must be another amount altogether: else it may be paid twice, or be meant.
    """
    if best.is_part or best.differences or best.discounts or len(best.settlements) != 1:
        return False
    number = best.settlements[0].number
    return all(
        is_near(item.number, number) and amount not in {item.amount, item.balance}
        for item in mention.items
    )


def _distinct(explanations: Iterable[Explanation]) -> list[Explanation]:
    """Return explanations, the least doubtful first; of those that settle the same, the best."""
    best: dict[tuple[Settlement, ...], Explanation] = {}
    for each in explanations:
        key = tuple(sorted(each.settlements))
        if key not in best or each.doubt < best[key].doubt:
            best[key] = each
    return sorted(best.values(), key=lambda each: (each.doubt, each.numbers))
