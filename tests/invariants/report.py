"""How many histories had each event, and each pair of events."""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from itertools import combinations

from tests.invariants.audit import Seen
from tests.invariants.kinds import KINDS
from tests.invariants.ledger import Ledger
from tests.oracle.model import Dated

Pair = tuple[str, str]
TERM = "contract: "
# Terms that are drawn among names.
NAMED = (
    "treatment",
    "every",
    "calendar",
    "draw",
    "model",
    "limit_basis",
    "reserve",
    "fund_build",
    "commission_base",
    "basis",
    "base",
    "source",
    "currency",
)
# What happens to credit notes that name no invoice, and to nothing else.
NOTES = frozenset(
    {
        "credit note without an invoice",
        "negative invoice",
        "credit note used in a receipt",
        "credit note used without cash",
        "refund of a credit note",
        "refund taken back",
    }
)
# A history with a posting that the other treatment has no account for is not booked under it.
ONE_SIDED = frozenset(
    {
        ("other posting: collections", "under both treatments"),
        ("other posting: guarantee", "under both treatments"),
    }
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one history had."""

    kinds: frozenset[str]
    on_documents: frozenset[Pair]
    on_debtors: frozenset[Pair]


def coverage(ledger: Ledger, seen: Seen) -> Coverage:
    """Return what a history had, with the values its contracts have."""
    unknown = {kind for kind, _, _ in seen} - set(KINDS)
    assert not unknown, f"add to kinds.py: {unknown}"
    documents: defaultdict[str, set[str]] = defaultdict(set)
    debtors: defaultdict[str, set[str]] = defaultdict(set)
    for kind, debtor, number in seen:
        if number:
            documents[number].add(kind)
        if debtor:
            debtors[debtor].add(kind)
    return Coverage(
        frozenset(kind for kind, _, _ in seen) | frozenset(terms(ledger)),
        frozenset(pair for kinds in documents.values() for pair in pairs(kinds)),
        frozenset(pair for kinds in debtors.values() for pair in pairs(kinds)),
    )


def pairs(kinds: Iterable[str]) -> Iterator[Pair]:
    return combinations(sorted(kinds), 2)


def terms(ledger: Ledger) -> Iterator[str]:
    """Yield the values that a ledger's contracts have, and which of them change in time."""
    for contract in (case.contract for case in ledger.cases):
        for name in NAMED:
            yield f"{TERM}{name} {getattr(contract, name)}"
        for name in ("end", "include", "exclude", "index", "banks", "transit", "limits", "charges"):
            if getattr(contract, name):
                yield f"{TERM}{name}"
        for name in contract.__dataclass_fields__:
            value = getattr(contract, name)
            if isinstance(value, Dated) and len(value.steps) > 1:
                yield f"{TERM}{name} changes"
            elif isinstance(value, Dated) and value.steps[0][1]:
                yield f"{TERM}{name}"
        for charge in contract.charges:
            yield f"{TERM}charge every {charge.every}"
            yield from (f"{TERM}charge changes" for _ in charge.amount.steps[1:])
        yield from (f"{TERM}limit changes" for _, limit in contract.limits if limit.steps[1:])


@dataclass
class Counts:
    """In how many histories each event and each pair of events happened."""

    histories: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    together: Counter[Pair] = field(default_factory=Counter)
    on_documents: Counter[Pair] = field(default_factory=Counter)
    on_debtors: Counter[Pair] = field(default_factory=Counter)

    def add(self, had: Coverage) -> None:
        self.histories += 1
        self.kinds.update(had.kinds)
        self.together.update(pairs(kind for kind in had.kinds if not kind.startswith(TERM)))
        self.on_documents.update(had.on_documents)
        self.on_debtors.update(had.on_debtors)

    def never(self) -> dict[str, list[Pair]]:
        """Return the possible pairs that no history had: at all, on a document, on a debtor."""
        papers = {kind for pair in self.on_documents for kind in pair}
        debtors = {kind for pair in self.on_debtors for kind in pair}
        return {
            "in one history": [
                pair for pair in pairs(KINDS) if not self.together[pair] and pair not in ONE_SIDED
            ],
            "on one document": [
                pair for pair in pairs(papers) if not self.on_documents[pair] and possible(pair)
            ],
            "on one debtor": [pair for pair in pairs(debtors) if not self.on_debtors[pair]],
        }

    def table(self) -> str:
        """Write each event with the number of histories that had it, the rarest last."""
        counts = dict.fromkeys(KINDS, 0) | self.kinds
        width = max(map(len, counts))
        lines = [f"{self.histories} histories"]
        for kind, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
            lines.append(f"  {kind:<{width}}  {count:>6}")
        return "\n".join(lines)

    def pairs_text(self) -> str:
        """Write how many pairs were reached, and those that never were."""
        lines = []
        found = {
            "in one history": self.together,
            "on one document": self.on_documents,
            "on one debtor": self.on_debtors,
        }
        for where, missing in self.never().items():
            lines.append(f"pairs {where}: {len(found[where])} reached, {len(missing)} never")
            lines += [f"  never: {one} + {other}" for one, other in missing]
        return "\n".join(lines)


def possible(pair: Pair) -> bool:
    """Say whether both can happen to one document."""
    one, other = pair
    if (one in NOTES) != (other in NOTES):
        return False
    if {one, other} == {"credit note without an invoice", "negative invoice"}:
        return False
    ends = [end for kind in pair if (end := _end(kind))]
    if len(ends) == 2 and ends[0] != ends[1]:
        return False
    return not (one.startswith("default:") and other.startswith("default:"))


def _end(kind: str) -> str:
    """Return how the factor gave up a document to which that happens: each has one such end."""
    if kind == "return" or kind.endswith(": returned"):
        return "returned"
    if kind.startswith("default:") or kind.endswith(": defaulted"):
        return "defaulted"
    return ""
