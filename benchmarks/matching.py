"""Receipts matched to open items on generated years: how many rightly, how long each takes."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from pathlib import Path
from typing import Final

from beancount import loader
from beancount.core import data

from beancount_factoring.collector import paused_collector
from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.entries.chart import Chart
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping_reader import read_mapping
from beancount_factoring.importers.matched import match_receipts
from benchmarks.receipts_year import SHARED
from benchmarks.receipts_year import Paid
from benchmarks.receipts_year import Year
from benchmarks.report import Figure

SEEDS: Final = (1, 2, 3, 4, 5, 6, 7, 8)

_CONTRACTS: Final = """\
contracts:
  bpce:
    factor: BPCE Factor
    currency: EUR
    start: 2026-01-01
    shared_account: {source: statement}
    accounts:
      receivables: Assets:Clients
      current: Assets:Factor:Current
      guarantee: Assets:Factor:Guarantee
      collections: Liabilities:Factor:Collections
      shared: Assets:Bank:Shared
      operating: Assets:Bank:Operating
      commission: Expenses:Factor:Commission
      interest: Expenses:Factor:Interest
      vat: Assets:VAT
      doubtful: Assets:Doubtful
"""
_IMPORT: Final = f"""\
seller: {{name: Firm, identifiers: ["552 100 554"]}}
sales: {{default: Income:Sales}}
vat: {{default: Liabilities:VAT}}
banks: {{{SHARED}: Assets:Bank:Shared}}
suspense: Assets:Suspense
matching:
  discount: {{at_most: 2 %, account: Expenses:Discounts}}
  charges: {{at_most: 20.00, account: Expenses:Bank}}
  rounding: {{at_most: 0.05, account: Expenses:Rounding}}
"""


@dataclass(slots=True)
class Outcome:
    """What became of a year's receipts; a wrong one settles anything else than what was paid."""

    seed: int
    seconds: float = 0.0
    right: int = 0
    suspense: int = 0
    payable: int = 0
    told: int = 0
    told_right: int = 0
    wrong: list[tuple[Paid, data.Transaction]] = field(default_factory=list)
    left: list[tuple[Paid, data.Transaction]] = field(default_factory=list)
    confidences: list[tuple[Decimal, bool]] = field(default_factory=list)

    @property
    def matched(self) -> int:
        """The receipts that were settled."""
        return self.right + len(self.wrong)

    @property
    def precision(self) -> float:
        """The share of the settled receipts that settle what was paid."""
        return self.right / self.matched

    @property
    def recall(self) -> float:
        """The share of all receipts that pay documents which settle them."""
        return self.right / self.payable

    @property
    def recall_told(self) -> float:
        """The same of the receipts of which a person could tell what they pay."""
        return self.told_right / self.told


def measure(folder: Path, seed: int, invoices: int = 10_000, receipts: int = 5_000) -> Outcome:
    """Match the receipts of a generated year."""
    year = Year(seed, invoices, receipts)
    mapping = _mapping(folder)
    entries, _errors, _options = loader.load_string(year.ledger())
    booking = Booking(mapping, entries, Chart())
    file = StatementFile("statement", "CAMT.053", (year.statement(),))
    begin = time.perf_counter()
    with paused_collector():
        extracted = [each.entry for each in booking.statements(file)]
        (matched,) = match_receipts([extracted], entries, mapping)
    outcome = Outcome(seed, time.perf_counter() - begin)
    _compare(outcome, year.receipts, [e for e in matched if isinstance(e, data.Transaction)])
    return outcome


def _mapping(folder: Path) -> ImportMapping:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contracts.yaml").write_text(_CONTRACTS, encoding="utf-8")
    (folder / "import.yaml").write_text(_IMPORT, encoding="utf-8")
    file = read_mapping(folder / "import.yaml")
    if file.mapping is None:
        raise RuntimeError("\n".join(map(str, file.problems)))
    return file.mapping


def _compare(
    outcome: Outcome, receipts: Sequence[Paid], entries: Sequence[data.Transaction]
) -> None:
    """Compare each receipt's settlements, its discount's with them, with what was paid."""
    reductions: dict[str, dict[str, Decimal]] = {}
    movements = []
    for entry in entries:
        if any(link.startswith("bank-") for link in entry.links):
            movements.append(entry)
        else:
            reductions[next(iter(entry.links))] = _settles(entry)
    waiting: set[str] = set()
    settled_by = Counter(number for entry in movements for number in _settles(entry))

    def first_settled(paid: Paid) -> bool:
        return settled_by[paid.named] > 1

    for paid, entry in zip(receipts, movements, strict=True):
        settles = _settles(entry)
        for link in entry.links:
            for number, amount in reductions.get(link, {}).items():
                settles[number] = settles.get(number, Decimal(0)) + amount
        if paid.kind == "twice" and len(settles) == 1 and not first_settled(paid):
            # Of two payments of one invoice, either may settle it.
            settles = {}
        outcome.payable += bool(paid.settles)
        told = bool(paid.settles) and paid.is_told
        outcome.told += told
        if not settles:
            outcome.suspense += 1
            waiting.update(paid.settles)
            if paid.settles:
                outcome.left.append((paid, entry))
            continue
        is_right = settles == paid.settles
        if settles.keys() == paid.settles.keys() == {paid.named} and paid.named in waiting:
            # An earlier receipt of it is in suspense: all money on the one document is right.
            is_right = is_right or settles[paid.named] == paid.line.amount
        outcome.confidences.append((Decimal(entry.meta["confidence"]), is_right))
        if is_right:
            outcome.right += 1
            outcome.told_right += told
        else:
            outcome.wrong.append((paid, entry))


def _settles(entry: data.Transaction) -> dict[str, Decimal]:
    settles: dict[str, Decimal] = {}
    for posting in entry.postings:
        number = (posting.meta or {}).get("settles")
        if number is not None and posting.units is not None and posting.units.number is not None:
            settles[number] = settles.get(number, Decimal(0)) - posting.units.number
    return settles


def figures(folder: Path) -> list[Figure]:
    """Return the shares of wrong matches and of receipts not matched, and the time, by seed."""
    found = []
    for seed in SEEDS:
        outcome = measure(folder, seed)
        detail = (
            f"{outcome.matched} of {outcome.payable} matched, {len(outcome.wrong)} wrongly,"
            f" {outcome.suspense} in suspense, {outcome.seconds:.1f} s"
        )
        name = f"matching a year (seed {seed})"
        found += [
            Figure(f"{name}, wrong in 100 matches", 100 - 100 * outcome.precision, 0.1, detail),
            Figure(f"{name}, not matched in 100", 100 - 100 * outcome.recall, None, detail),
            Figure(
                f"{name}, not matched in 100 that say what they pay",
                100 - 100 * outcome.recall_told,
                5.0,
                detail,
            ),
            Figure(f"{name}, ms per receipt", outcome.seconds / 5, 25.0, detail),
        ]
    return found


def show(outcome: Outcome, most: int = 40) -> None:
    """Print an outcome, its wrong matches, and what was left, by kind and style."""
    print(
        f"seed {outcome.seed}: precision {outcome.precision:.4%} recall {outcome.recall:.2%}"
        f" of what can be told {outcome.recall_told:.2%} ({outcome.told} of {outcome.payable})"
        f" suspense {outcome.suspense} {outcome.seconds:.1f} s"
    )
    for paid, entry in outcome.wrong[:most]:
        print(f"WRONG {paid.kind}/{paid.style} {paid.line.amount} {paid.line.text!r}")
        print(f"   payer {paid.line.counterparty} {paid.line.counterparty_iban} of {paid.account}")
        print(f"   paid {paid.settles}")
        print(f"   booked {_settles(entry)} {entry.meta['match']} {entry.meta['confidence']}")
    blocked: set[str] = set()
    for paid, entry in outcome.left:
        if not blocked.isdisjoint(paid.settles):
            continue
        blocked |= paid.settles.keys()
        suspense = entry.postings[1].meta or {}
        told = "told " if paid.is_told else ""
        print(
            f"LEFT {told}{paid.kind}/{paid.style} {paid.line.amount} {paid.line.text!r} |"
            f" {paid.line.counterparty} {paid.line.counterparty_iban} of {paid.account} |"
            f" {dict(list(paid.settles.items())[:6])} -> {suspense.get('reason')} |"
            f" {suspense.get('candidate-1')}"
        )
    print(Counter((paid.kind, paid.style) for paid, _ in outcome.left).most_common(25))


if __name__ == "__main__":
    for argument in sys.argv[1:] or map(str, SEEDS):
        show(measure(Path(".bench/matching"), int(argument)))
