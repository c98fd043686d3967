"""A ledger of one or more contracts: in turn on the same customers, or beside each other."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from beancount import loader

from tests.oracle.compare import Loaded
from tests.oracle.model import Case
from tests.oracle.model import Date
from tests.oracle.model import Txn
from tests.oracle.writing import contract_text
from tests.oracle.writing import text_of

PLUGIN = "plugin "


@dataclass(frozen=True, slots=True)
class House:
    """Contracts in turn: each case has the entries of its own time, and all see all of them."""

    cases: tuple[Case, ...]

    @property
    def txns(self) -> list[Txn]:
        return [txn for case in self.cases for txn in case.txns]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Houses beside each other: customers, the factors' accounts and shared accounts apart."""

    houses: tuple[House, ...]

    @property
    def cases(self) -> list[Case]:
        return [case for house in self.houses for case in house.cases]

    @property
    def horizon(self) -> Date:
        return max(case.horizon for case in self.cases)

    def contract_text(self) -> str:
        return contract_text(*(case.contract for case in self.cases))

    def text(self, shuffle: random.Random | None = None) -> str:
        return text_of(self.cases, shuffle)

    def with_cases(self, cases: Mapping[str, Case]) -> Ledger:
        """Return the ledger with other cases for some contracts' names."""
        return Ledger(
            tuple(
                House(tuple(cases.get(case.contract.name, case) for case in house.cases))
                for house in self.houses
            )
        )


def write(ledger: Ledger, folder: Path, *, files: int = 1, seed: int | None = None) -> Path:
    """Write a ledger; with a seed its directives are mixed, and split into files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contracts.yaml").write_text(ledger.contract_text())
    head, *body = ledger.text(None if seed is None else random.Random(seed)).split("\n\n", 1)
    blocks = "\n\n".join(body).split("\n\n")
    head += "".join(f'\ninclude "part{number}.beancount"' for number in range(1, files))
    for number in range(1, files):
        (folder / f"part{number}.beancount").write_text("\n\n".join(blocks[number::files]) + "\n")
    main = folder / "main.beancount"
    main.write_text(head + "\n\n" + "\n\n".join(blocks[::files]))
    return main


def load(ledger: Ledger, folder: Path, *, files: int = 1, seed: int | None = None) -> Loaded:
    """Write a ledger and load it with the plugin."""
    return Loaded(*loader.load_file(str(write(ledger, folder, files=files, seed=seed))))


def parse(ledger: Ledger, folder: Path) -> Loaded:
    """Write a ledger and load it without the plugin."""
    main = write(ledger, folder)
    lines = main.read_text().splitlines(keepends=True)
    main.write_text("".join(line for line in lines if not line.startswith(PLUGIN)))
    return Loaded(*loader.load_file(str(main)))
