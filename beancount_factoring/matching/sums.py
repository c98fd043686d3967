"""Which open items add up to an amount: a search with a bound, which says when it gave up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

MOST_ITEMS: Final = 150
"""Of so many items at most all pairs are looked at; of more, only single ones and pairs by sum."""

_STEPS: Final = 30_000
_ENOUGH: Final = 6


@dataclass(frozen=True, slots=True)
class Sums:
    """The combinations found, as places of items; how many were tried; whether that was all.

    `tried` counts every combination that could have met the amount by chance.
    """

    found: tuple[tuple[int, ...], ...]
    tried: int
    is_complete: bool


def combinations_of(amounts: Sequence[int], target: int, most: int = 4) -> Sums:
    """Return the combinations of up to `most` (at most four) amounts that add up to a target.

    The time is bounded whatever the amounts: after enough combinations or steps the search ends.
    """
    count = len(amounts)
    found: list[tuple[int, ...]] = []
    tried = 0
    by_amount: dict[int, list[int]] = {}
    for place, amount in enumerate(amounts):
        by_amount.setdefault(amount, []).append(place)
    for size in range(1, min(most, count) + 1):
        if size > 2 and (count > MOST_ITEMS or len(found) >= _ENOUGH):
            return Sums(tuple(found), tried, is_complete=False)
        tried += comb(count, size)
        if not _search(amounts, target, size, by_amount, found):
            return Sums(tuple(found), tried, is_complete=False)
    return Sums(tuple(found), tried, is_complete=True)


def _search(
    amounts: Sequence[int],
    target: int,
    size: int,
    by_amount: dict[int, list[int]],
    found: list[tuple[int, ...]],
) -> bool:
    """Add the combinations of one size; `False` if the search gave up."""
    steps = 0
    if size == 1:
        found.extend((place,) for place in by_amount.get(target, ())[:_ENOUGH])
        return len(by_amount.get(target, ())) <= _ENOUGH
    # The last two of a combination are found by their sum where there are four.
    if size == 4:
        return _by_pairs(amounts, target, found)
    for places in combinations(range(len(amounts)), size - 1):
        steps += 1
        rest = target - sum(amounts[place] for place in places)
        for place in by_amount.get(rest, ()):
            steps += 1
            if place > places[-1]:
                found.append((*places, place))
        if len(found) > _ENOUGH or steps > _STEPS:
            return False
    return True


def _by_pairs(amounts: Sequence[int], target: int, found: list[tuple[int, ...]]) -> bool:
    """Add the combinations of four, as two pairs; `False` if the search gave up."""
    pairs: dict[int, list[tuple[int, int]]] = {}
    steps = 0
    # With the second pair to come, the pairs so far all lie before it: each four is met once.
    for third in range(len(amounts)):
        for fourth in range(third + 1, len(amounts)):
            steps += 1
            for pair in pairs.get(target - amounts[third] - amounts[fourth], ()):
                steps += 1
                found.append((*pair, third, fourth))
            if len(found) > _ENOUGH or steps > _STEPS:
                return False
        for before in range(third):
            pair = (before, third)
            pairs.setdefault(amounts[before] + amounts[third], []).append(pair)
    return True
