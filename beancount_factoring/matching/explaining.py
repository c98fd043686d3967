"""The explanations of a receipt by one customer's open items.

First what is named, which must add up, with what is deducted, left open or paid beyond it; then,
where the payer is known, what of the customer's items adds up by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from decimal import Decimal
from math import gcd
from typing import Final

from beancount_factoring.currencies import quantum
from beancount_factoring.matching.choices import Choice
from beancount_factoring.matching.choices import choices_of
from beancount_factoring.matching.deductions import Deducted
from beancount_factoring.matching.deductions import deducted_explanation
from beancount_factoring.matching.deductions import deductions
from beancount_factoring.matching.deductions import is_deduction
from beancount_factoring.matching.in_doubt import InDoubt
from beancount_factoring.matching.mentions import ANNOUNCED
from beancount_factoring.matching.mentions import CLEAR
from beancount_factoring.matching.mentions import Mentions
from beancount_factoring.matching.open_numbers import OpenNumber
from beancount_factoring.matching.open_numbers import OpenNumbers
from beancount_factoring.matching.payers import Payer
from beancount_factoring.matching.receipt import Difference
from beancount_factoring.matching.receipt import Explanation
from beancount_factoring.matching.receipt import Receipt
from beancount_factoring.matching.receipt import Settlement
from beancount_factoring.matching.sums import combinations_of
from beancount_factoring.matching.terms import MatchingTerms

_MOST_LISTED: Final = 200
# How often a receipt is of no open items as they stand: a part, an advance, another's money.
_OF_NOTHING: Final = Decimal("0.05")
_LEAST_CHANCE: Final = Decimal("0.0005")
_TO_THE_CENT: Final = Decimal("0.1")
_NOBODY: Final = 2
_FEW_VALUES: Final = 3
_AGAIN: Final = 2
_RECURRING: Final = 20
_LEAST_NAMED: Final = Decimal("0.000001")
_FEW_WAITING: Final = 4
# How much likelier a round amount is a part than the whole less what was deducted.
_ROUND_PART: Final = 10
_ROUND_AMOUNT: Final = 100


class Explainer:
    """What one customer's open items make of a receipt."""

    def __init__(
        self,
        documents: OpenNumbers,
        terms: MatchingTerms,
        receipt: Receipt,
        mentions: Mentions,
        payer: Payer,
        account: str,
        waiting: Sequence[InDoubt] = (),
    ) -> None:
        """Explain a receipt by the items of `account`.

        `waiting` are its receipts that are still in doubt.
        """
        self._waiting = waiting
        self._terms = terms
        self._receipt = receipt
        self._mentions = mentions
        self._account = account
        self._all = documents.of(account, receipt.currency)
        self._open = [item for item in self._all if item.is_open and not item.is_shared]
        self._dated = [item for item in self._open if item.date <= receipt.day]
        self._payer_doubt = payer.doubt(account)
        self._payer_words = payer.words(account)
        self._is_known = account in payer.accounts
        self._step = self._grid()

    def explanations(self) -> list[Explanation]:
        """Return all explanations, in no order."""
        choices = choices_of(self._mentions, self._open)
        found = [each for choice in choices for each in self._named(choice, len(choices))]
        if self._is_known and len(self._dated) <= _MOST_LISTED:
            found += self._unnamed()
        elif self._is_known:
            found += self._single()
        return found

    def _named(self, choice: Choice, tried: int) -> Iterator[Explanation]:
        """Yield what a reading of the mentions explains."""
        amount, total = self._receipt.amount, choice.total
        doubts = [mention.doubt for mention in choice.mentions]
        together = Decimal(1)
        for doubt in doubts:
            together *= doubt
        together = max(together, _LEAST_NAMED)
        payer = self._payer_doubt
        how = self._how(choice.how)
        if total == amount:
            doubt = together * payer * self._chance(tried)
            yield self._whole(choice.items, doubt, how)
            return
        is_deducted = False
        rounded = _ROUND_PART if self._is_round_part(total) else 1
        for deducted in self._deductions(choice.items):
            is_deducted = True
            # To the cent, a discount or a rounding speaks for the number too.
            if deducted.kind == "charges":
                doubt = (together * payer + deducted.doubt) * rounded
            else:
                doubt = together * payer * _TO_THE_CENT + deducted.doubt
            yield self._deducted(choice.items, deducted, doubt, how)
        others = list(self._with_others(choice, max(doubts), tried, how))
        yield from others
        if (
            is_deducted
            or (others and amount < total)
            or any(item.is_credit_note for item in choice.items)
        ):
            return
        if len(choice.items) == 1 and amount < total:
            part = Settlement(self._account, choice.items[0].number, amount)
            doubt = max(doubts) * payer * (1 if payer < 1 else _NOBODY)
            if not (self._is_part(choice.items[0]) and self._is_all(choice)):
                doubt = Decimal(1)
            yield Explanation((part,), doubt, f"part of {how}", is_part=True)
        elif amount > total and self._is_known and self._is_all(choice) and max(doubts) <= CLEAR:
            yield from self._overpaid(choice, max(doubts) * payer, how)

    def _is_all(self, choice: Choice) -> bool:
        """Tell whether a reading takes in all that is named, and nothing doubtful."""
        if self._mentions.is_cut or any(m.doubt > ANNOUNCED for m in choice.mentions):
            return False
        taken = {id(item) for item in choice.items}
        return all(
            mention.doubt > ANNOUNCED or any(id(item) in taken for item in mention.items)
            for mention in self._mentions.found
        )

    def _is_part(self, item: OpenNumber) -> bool:
        """Tell whether a part can be meant: not if it is nearly all, a waiting receipt aside."""
        currency, total = self._receipt.currency, item.balance
        if is_deduction(total, self._receipt.amount, currency, self._terms):
            return False
        for waiting in self._beside([item]):
            rest = total - waiting
            if rest > 0 and is_deduction(rest, self._receipt.amount, currency, self._terms):
                return False
        return True

    def _is_round_part(self, total: Decimal) -> bool:
        """Tell whether the amount is what people pay as a part: tenths of it, or hundreds."""
        amount = self._receipt.amount
        return amount % _ROUND_AMOUNT == 0 or (amount * 10 % total == 0 and amount < total)

    def _beside(self, items: Sequence[OpenNumber]) -> list[Decimal]:
        """Return the amounts of waiting receipts that may be of items.

        Those that name them; of those that name nothing all, unless there are so many that one
        would fit by chance.
        """
        numbers = {item.number for item in items}
        unnamed = [each.amount for each in self._waiting if not each.numbers]
        named = [each.amount for each in self._waiting if not numbers.isdisjoint(each.numbers)]
        return named + (unnamed if len(unnamed) <= _FEW_WAITING else [])

    def _deductions(self, items: Sequence[OpenNumber]) -> Iterator[Deducted]:
        """Yield what explains that less is paid: not what came as a receipt of its own."""
        receipt, waiting = self._receipt, {each.amount for each in self._waiting}
        for deducted in deductions(items, receipt.amount, receipt.currency, self._terms):
            if deducted.amount not in waiting:
                yield deducted

    def _with_others(
        self, choice: Choice, named: Decimal, tried: int, how: str
    ) -> Iterator[Explanation]:
        """Yield the reading with items that are not named but make up the rest.

        More money: other items of a payer that is known; less: credit notes that it deducted.
        """
        if not (self._is_known or self._payer_doubt <= 1):
            return
        rest = self._receipt.amount - choice.total
        taken = {id(item) for item in choice.items}
        others = [
            item
            for item in self._dated
            if id(item) not in taken and (rest > 0 or item.is_credit_note)
        ]
        came_apart = any(each.amount == -rest for each in self._waiting)
        if came_apart or (rest > 0 and not self._is_known):
            return
        sums = combinations_of(self._cents(others), self._to_cents(rest), 3 if rest > 0 else 2)
        for places in sums.found:
            items = [others[place] for place in places]
            doubt = named * self._payer_doubt + self._chance(tried * sums.tried, abs(rest))
            if rest < 0 and self._is_round_part(choice.total):
                doubt *= _ROUND_PART
            if not sums.is_complete:
                doubt = Decimal(1)
            numbers = ", ".join(item.number for item in items)
            yield self._whole((*choice.items, *items), doubt, f"{how}, with {numbers}")

    def _overpaid(self, choice: Choice, doubt: Decimal, how: str) -> Iterator[Explanation]:
        """Yield what is paid beyond what is named, if no other item can be meant by it."""
        rest = self._receipt.amount - choice.total
        taken = {id(item) for item in choice.items}
        others = [item.balance for item in self._open if id(item) not in taken]
        if any(rest >= balance for balance in others if balance > 0) or rest >= choice.total:
            return
        # A mention that was overlooked would be a document of this customer's.
        over = Difference("overpaid", self._account, -rest)
        yield Explanation(
            self._settlements(choice.items), doubt * 5, f"{how}, paid beyond", (over,)
        )

    def _single(self) -> Iterator[Explanation]:
        """Yield the items of the amount, where there are too many to look at their sums."""
        for item in self._dated:
            if item.balance == self._receipt.amount:
                doubt = self._doubt_of(len(self._dated))
                yield self._whole((item,), doubt, self._how("the amount"))

    def _unnamed(self) -> Iterator[Explanation]:
        """Yield what of the customer's items adds up to what a known payer paid."""
        items = sorted(self._dated, key=lambda item: (item.date, item.number))
        amounts, target = self._cents(items), self._to_cents(self._receipt.amount)
        sums = combinations_of(amounts, target)
        for places in sums.found:
            doubt = self._doubt_of(sums.tried if len(places) > 1 else len(items))
            how = "the amount" if len(places) == 1 else f"the sum of {len(places)} items"
            if not sums.is_complete and len(places) > 1:
                doubt = Decimal(1)
                how += " (not all sums were tried)"
            yield self._whole([items[place] for place in places], doubt, self._how(how))
        groups = list(_natural_groups(items))
        for name, group in groups:
            if sum((item.balance for item in group), Decimal(0)) == self._receipt.amount:
                inside, alike = set(map(id, group)), {item.balance for item in group}
                twin = any(id(i) not in inside and i.balance in alike for i in items)
                doubt = Decimal(1) if twin else self._doubt_of(len(groups))
                yield self._whole(group, doubt, self._how(name))
        singles = [(item,) for item in items if not item.is_credit_note]
        for only in singles if len(items) < 2 else (*singles, tuple(items)):
            for deducted in self._deductions(only):
                doubt = self._payer_doubt * deducted.doubt * 5 + self._window(deducted, len(items))
                yield self._deducted(only, deducted, doubt, self._how("the amount"))

    def _doubt_of(self, tried: int) -> Decimal:
        """Return the doubt of items that nothing but payer and amount speak for.

        However sure the payer, the amount may be that of other items, or of none. Where a customer
        pays the same amount again and again, it says little.
        """
        amount = self._receipt.amount
        again = sum(item.amount == amount for item in self._all) > _AGAIN
        return self._chance(tried) * (1 + self._payer_doubt) * (_RECURRING if again else 1)

    def _window(self, deducted: Deducted, count: int) -> Decimal:
        """Return how likely one of so many items is within a deduction's bound by chance."""
        share = deducted.amount.copy_abs() / self._receipt.amount
        return min(Decimal(1), count * max(share, self._chance(count)))

    def _whole(self, items: Iterable[OpenNumber], doubt: Decimal, how: str) -> Explanation:
        return Explanation(self._settlements(items), doubt, how)

    def _deducted(
        self, items: Sequence[OpenNumber], deducted: Deducted, doubt: Decimal, how: str
    ) -> Explanation:
        return deducted_explanation(self._settlements(items), items, deducted, doubt, how)

    def _settlements(self, items: Iterable[OpenNumber]) -> tuple[Settlement, ...]:
        listed = sorted(items, key=lambda item: (item.date, item.number))
        return tuple(Settlement(self._account, item.number, item.balance) for item in listed)

    def _how(self, what: str) -> str:
        return f"{what}, {self._payer_words}" if self._payer_words else what

    def _grid(self) -> int:
        """Return the step of the amounts in question, in minor units.

        That is what all of them are multiples of: 1.20 where every net amount is round.
        """
        amount = self._to_cents(self._receipt.amount)
        # Fewer would say nothing of each other.
        values = {amount, *self._cents(self._open)}
        step = gcd(*values) if len(values) > _FEW_VALUES else 1
        rounded = 1
        while rounded < 10_000 and amount % (rounded * 10) == 0:
            rounded *= 10
        return max(step, rounded)

    def _chance(self, tried: int, amount: Decimal | None = None) -> Decimal:
        """Return how likely one of so many sums meets an amount by chance."""
        cents = self._to_cents(self._receipt.amount if amount is None else amount)
        step = min(self._step, cents)
        return min(Decimal(1), max(_LEAST_CHANCE, _OF_NOTHING * tried * step / cents))

    def _cents(self, items: Iterable[OpenNumber]) -> list[int]:
        return [self._to_cents(item.balance) for item in items]

    def _to_cents(self, amount: Decimal) -> int:
        return int(amount / quantum(self._receipt.currency))


def _natural_groups(
    items: Sequence[OpenNumber],
) -> Iterator[tuple[str, tuple[OpenNumber, ...]]]:
    """Yield groups of more than four that a payer would take together; `items` are by date."""
    count = len(items)
    if count > 4:
        yield "all open items", tuple(items)
        for place, item in enumerate(items):
            yield f"all open items but {item.number}", (*items[:place], *items[place + 1 :])
        for end in range(5, count):
            yield f"the {end} oldest items", tuple(items[:end])
    months: dict[tuple[int, int], list[OpenNumber]] = {}
    for item in items:
        months.setdefault((item.date.year, item.date.month), []).append(item)
    for (year, month), group in months.items():
        if 4 < len(group) < count:
            yield f"all items of {year}-{month:02d}", tuple(group)
