"""Every mutation's outcomes, counted and as a table."""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path

from tests.mutation.ledgers import Ledger
from tests.mutation.mutants import Mutant
from tests.mutation.outcome import Kind
from tests.mutation.outcome import Outcome
from tests.mutation.outcome import load
from tests.mutation.outcome import outcome
from tests.mutation.outcome import shown

Outcomes = list[tuple[Mutant, Outcome]]


def outcomes(
    ledger: Ledger, mutants: Iterable[Mutant], folder: Path
) -> Iterator[tuple[Mutant, Outcome]]:
    """Yield what becomes of each mutant; the ledger itself must be without errors."""
    loaded = load(ledger, folder)
    assert [error.message for error in loaded[1]] == []
    base = shown(ledger, loaded)
    assert not isinstance(base, str), f"{ledger.name}: {base}"
    for mutant in mutants:
        yield mutant, outcome(mutant, base, folder)


def lines(found: Outcomes) -> Iterator[str]:
    """Yield the table's lines: kind and mutation, and how often each outcome."""
    counts: defaultdict[tuple[str, str], Counter[Kind]] = defaultdict(Counter)
    messages: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for mutant, result in found:
        counts[mutant.kind, mutant.how][result.kind] += 1
        if result.kind in {Kind.HERE, Kind.ELSEWHERE}:
            messages[mutant.kind, mutant.how][result.why] += 1
    width = max(len(f"{kind}: {how}") for kind, how in counts)
    heads = {kind: max(len(kind), 5) for kind in Kind}
    yield " ".join([" " * width, *(f"{kind:>{size}}" for kind, size in heads.items()), "message"])
    for (kind, how), row in sorted(counts.items()):
        cells = [f"{row[outcome] or '':>{size}}" for outcome, size in heads.items()]
        message = next(iter(messages[kind, how].most_common(1)), ("", 0))[0]
        yield " ".join([f"{f'{kind}: {how}':{width}}", *cells, message]).rstrip()
    total: Counter[Kind] = Counter(result.kind for _, result in found)
    cells = [f"{total[outcome]:>{size}}" for outcome, size in heads.items()]
    yield " ".join([f"{f'{len(found)} mutations':{width}}", *cells])
