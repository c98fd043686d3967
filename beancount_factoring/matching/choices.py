"""The readings of what a receipt's texts name: which documents of one customer are meant."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import islice
from itertools import product
from typing import Final
from typing import NamedTuple

from beancount_factoring.matching.mentions import CLEAR
from beancount_factoring.matching.mentions import Mention
from beancount_factoring.matching.mentions import Mentions
from beancount_factoring.matching.open_numbers import OpenNumber
from beancount_factoring.matching.written import distinct

_MOST_CHOICES: Final = 200
_MOST_WEAK: Final = 5

_Options = list[tuple[Mention, tuple[OpenNumber, ...]]]
"""What a mention may name here: one of several groups of documents."""


class Choice(NamedTuple):
    """One reading of the mentions: documents, and the mentions that name them."""

    items: tuple[OpenNumber, ...]
    mentions: tuple[Mention, ...]

    @property
    def total(self) -> Decimal:
        """What is open of them together."""
        return sum((item.balance for item in self.items), Decimal(0))

    @property
    def how(self) -> str:
        """The mentions in words."""
        kinds: dict[str, list[str]] = {}
        for mention in self.mentions:
            kinds.setdefault(mention.how, []).append(mention.as_written)
        return "; ".join(f"{how} ({', '.join(texts[:4])})" for how, texts in kinds.items())


def choices_of(mentions: Mentions, items: Iterable[OpenNumber]) -> list[Choice]:
    """Return the readings of what is named of open items: all that is clear, some of the rest."""
    is_open = {id(item) for item in items}
    clear: list[_Options] = []
    weak: list[_Options] = []
    for mention in mentions.found:
        groups = [tuple(item for item in group if id(item) in is_open) for group in mention.groups]
        options = [(mention, group) for group in groups if group]
        if options:
            (clear if mention.doubt <= CLEAR else weak).append(options)
    parts: list[list[tuple[Mention, tuple[OpenNumber, ...]] | None]] = [[*o] for o in clear]
    size = 1
    for options in (*clear, *weak[:_MOST_WEAK]):
        size *= len(options) + (options in weak)
    if size <= _MOST_CHOICES:
        parts += [[None, *options] for options in weak[:_MOST_WEAK]]
    elif len(clear) > 3:
        parts = []
    choices: dict[frozenset[int], Choice] = {}
    # A list that goes on and on: all of it, or nothing.
    listed = [options[0] for options in (*clear, *weak) if len(options) == 1]
    for chosen in (*islice(product(*parts), _MOST_CHOICES), listed):
        taken = [each for each in chosen if each is not None]
        if not taken:
            continue
        items = tuple(distinct(item for _mention, group in taken for item in group))
        key = frozenset(map(id, items))
        choice = Choice(items, tuple(mention for mention, _group in taken))
        if key not in choices or len(choice.mentions) > len(choices[key].mentions):
            choices[key] = choice
    return list(choices.values())
