"""The ledgers that are mutated: files, the contract's text and its terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from beancount_factoring.example import write_example
from beancount_factoring.example.books import write_true_ledger
from beancount_factoring.example.year import simulate
from beancount_factoring.importers.run import run_import
from beancount_factoring.importers.run import write_entries
from tests.oracle.histories import whole
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Dated
from tests.oracle.model import always
from tests.oracle.writing import contract_text
from tests.oracle.writing import ledger_text

TOP = "main.beancount"
_DATED = re.compile(r"^(\d{4}-\d\d-\d\d) .*\n?(?:[ \t]+\S.*\n?)*\n?", re.MULTILINE)

# The example's contract file, in the second implementation's words.
_EXAMPLE = Contract(
    start=Date(2025, 1, 6),
    banks=False,
    transit=True,
    fund_rate=always(Fraction(1, 10)),
    overdue=always(60),
    commission_rate=always(Fraction(4, 1000)),
    commission_vat=always(Fraction(1, 5)),
    index="EURIBOR3M",
    floor=always(Fraction(0)),
    margin=always(Fraction(15, 1000)),
    interest_vat=Dated(((Date(2025, 1, 6), Fraction(0)), (Date(2025, 11, 1), Fraction(1, 5)))),
    source="statement",
)


@dataclass(frozen=True)
class Ledger:
    """A ledger before or after a mutation; `files` are its texts by name.

    `contract` is what its contract file says; `terms` that file's text, where it is not made of it.
    """

    name: str
    files: dict[str, str]
    contract: Contract
    terms: str | None = None

    def write(self, folder: Path) -> Path:
        """Write it into a folder, and return its top file."""
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "contracts.yaml").write_text(self.terms or self._terms(), encoding="utf-8")
        return folder / TOP

    def _terms(self) -> str:
        text = contract_text(self.contract)
        if "Assets:Factor:GuaranteeFund" in "".join(self.files.values()):
            text = text.replace("Assets:Factor:Guarantee\n", "Assets:Factor:GuaranteeFund\n")
        return text


def history(seed: int) -> Ledger:
    """Return a random history of the second implementation."""
    case = whole(seed)
    return Ledger(f"history {seed}", {TOP: ledger_text(case)}, case.contract)


def example(folder: Path, until: Date) -> Ledger:
    """Return the example's imported year, with its balances, up to a day."""
    made = folder / "statement"
    write_example(made)
    run = run_import(made / TOP, [made / "documents"])
    write_entries(run.into, (*run.opened, *run.entries))
    terms = (made / "contracts.yaml").read_text("utf-8")
    return Ledger("example, statement", _texts(made, until), _EXAMPLE, terms)


def generated_example(folder: Path, until: Date) -> Ledger:
    """Return the example's year as booked by hand, draws and sweeps generated, up to a day."""
    made = folder / "generated"
    made.mkdir()
    write_true_ledger(made, simulate())
    contract = replace(_EXAMPLE, source="generated")
    terms = (made / "contracts.yaml").read_text("utf-8")
    return Ledger("example, generated", _texts(made, until), contract, terms)


def _texts(folder: Path, until: Date) -> dict[str, str]:
    def kept(match: re.Match[str]) -> str:
        return match[0] if Date.fromisoformat(match[1]) <= until else ""

    return {
        path.name: _DATED.sub(kept, path.read_text("utf-8"))
        for path in sorted(folder.glob("*.beancount"))
    }
