"""Which documents came, went or changed between what an event was made of and what it is now."""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Final
from typing import NamedTuple

_LISTED: Final = 4


class Share(NamedTuple):
    """A document's amount in an event; `number` is `None` where only the debtor is known.

    Without a number and a debtor, as the empty text, it is money that is no document's.
    """

    number: str | None
    debtor: str
    amount: int
    links: frozenset[str] = frozenset()


class Sent(NamedTuple):
    """What an event was made of, as a text of the user keeps it, with its links."""

    shares: tuple[Share, ...]
    links: frozenset[str] = frozenset()


class Change(NamedTuple):
    """A document whose amount is another: `before` is `None` if it came, `after` if it went.

    Without a name it is money that is no document's. `debtors` are those that a document of the
    same amount was moved from and to.
    """

    name: str
    before: int | None
    after: int | None
    debtors: tuple[str, str] | None = None


def changes(before: Sent, after: Sequence[Share]) -> list[Change]:
    """Return what differs, in the order of what is now; what went comes last.

    Documents are told apart by their numbers; where `before` lacks one, by debtor and amount, and
    by the links. Those that nothing tells apart are named together (`F1 or F2`).
    """
    if all(share.number is not None for share in before.shares):
        return _by_number(before.shares, after)
    return _by_amount(before, after)


def came(shares: Iterable[Share]) -> list[Change]:
    """Return the documents of an event that was not there before."""
    return _by_number((), tuple(shares))


def said(found: Sequence[Change], text: Callable[[int], str]) -> str:
    """Say in words what came, went or changed: the first few, and how many more there are."""
    parts = []
    for document, before, after, debtors in found[:_LISTED]:
        name = document or "money without a document"
        if debtors is not None:
            parts.append(f"{name} moved from {debtors[0]} to {debtors[1]} ({text(after or 0)})")
        elif before is None:
            parts.append(f"{name} came ({text(after or 0)})")
        elif after is None:
            parts.append(f"{name} went ({text(before)})")
        else:
            parts.append(f"{name} changed ({text(before)}, now {text(after)})")
    more = len(found) - len(parts)
    return ", ".join(parts) + (f" and {more} more" if more else "")


def _by_number(before: Sequence[Share], after: Sequence[Share]) -> list[Change]:
    """Compare the sums of each number: instalments and reductions of one share it."""
    old, new = _sums(before), _sums(after)
    found = [
        Change(number, old.get(number), amount)
        for number, amount in new.items()
        if old.get(number, 0) != amount
    ]
    found += [
        Change(number, old[number], None) for number in old if number not in new and old[number]
    ]
    return [*found, *_moved(before, after, {change.name for change in found})]


def _moved(
    before: Sequence[Share], after: Sequence[Share], changed: Collection[str]
) -> Iterator[Change]:
    """Yield each document that has another debtor, where both are known."""
    old = {share.number: share.debtor for share in before}
    sums = _sums(after)
    for number, debtor in {share.number or "": share.debtor for share in after}.items():
        was = old.get(number)
        if was and debtor and was != debtor and number not in changed:
            yield Change(number, sums[number], sums[number], (was, debtor))


def with_debtors(recorded: Sent, shown: Sent, now: Sequence[Share]) -> Sent:
    """Return the documents of a record with the debtors that a copy shows, by their amounts.

    Of equal amounts each document keeps the debtor that it has now, if the copy has it too.
    """
    left: defaultdict[int, list[str]] = defaultdict(list)
    for share in shown.shares:
        left[share.amount].append(share.debtor)
    current = {share.number: share.debtor for share in now}
    found: dict[int, str] = {}
    for place, share in enumerate(recorded.shares):
        debtor = current.get(share.number)
        if debtor is not None and debtor in left[share.amount]:
            left[share.amount].remove(debtor)
            found[place] = debtor
    shares = []
    for place, share in enumerate(recorded.shares):
        others = left[share.amount]
        debtor = found.get(place) or " or ".join(dict.fromkeys(others))
        shares.append(share._replace(debtor=debtor if share.number else ""))
    return Sent(tuple(shares), recorded.links)


def _sums(shares: Iterable[Share]) -> dict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for share in shares:
        sums[share.number or ""] += share.amount
    return dict(sums)


def _by_amount(before: Sent, after: Sequence[Share]) -> list[Change]:
    """Compare by debtor and amount; one that went and one that came of a debtor are a change."""
    left = Counter((share.debtor, share.amount) for share in before.shares)
    groups: defaultdict[tuple[str, int], list[Share]] = defaultdict(list)
    for share in after:
        groups[share.debtor, share.amount].append(share)
    new: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for (debtor, amount), shares in groups.items():
        extra = len(shares) - left[debtor, amount]
        left[debtor, amount] = max(0, -extra)
        names = _names(shares, extra, before.links) if extra > 0 else []
        new[debtor] += [(name, amount) for name in names]
    gone: defaultdict[str, list[int]] = defaultdict(list)
    for (debtor, amount), count in left.items():
        gone[debtor] += [amount] * count
    found: list[Change] = []
    for debtor, arrivals in new.items():
        if len(arrivals) == 1 and len(gone[debtor]) == 1:
            found.append(Change(arrivals[0][0], gone.pop(debtor)[0], arrivals[0][1]))
        else:
            found += [Change(name, None, amount) for name, amount in arrivals]
    went = [(debtor, amount) for debtor, amounts in gone.items() for amount in amounts]
    lost = before.links.difference(*(share.links for share in after))
    # The one link that no document has any more is the name of the one that went.
    link = next(iter(lost)) if len(went) == len(lost) == 1 else None
    return found + [Change(link or f"a document of {d}", amount, None) for d, amount in went]


def _names(shares: Sequence[Share], extra: int, links: frozenset[str]) -> list[str]:
    """Name the `extra` ones of equal documents that came: those whose links were not there."""
    fresh = [share for share in shares if not share.links <= links]
    chosen = fresh if len(fresh) == extra else shares
    numbers = [share.number or "" for share in chosen]
    return numbers if len(chosen) == extra else [" or ".join(numbers)] * extra
