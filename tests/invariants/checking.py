"""All twelve invariants on a history: ten on its days, and the two that need it written twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from beancount import loader

from beancount_factoring.ledger.books import books_of
from tests.invariants.audit import CONTRACT_FILE
from tests.invariants.audit import Broken
from tests.invariants.audit import Found
from tests.invariants.audit import audit
from tests.invariants.audit import movements
from tests.invariants.filling import fill
from tests.invariants.houses import tell
from tests.invariants.ledger import Ledger
from tests.invariants.ledger import load
from tests.oracle.compare import Loaded
from tests.oracle.compare import described
from tests.oracle.compare import generated
from tests.oracle.treatments import has_other_treatment
from tests.oracle.treatments import in_the_other_treatment

# Roles whose accounts have the same balance under both treatments.
ALIKE = ("shared", "operating", "banks", "vat", "commission", "charges", "interest", "transit")


def history(seed: int, length: int, folder: Path) -> Ledger:
    """Tell a history from a seed, and fill in its draws."""
    return fill(tell(seed, length), seed, folder / "parsed")


def check(ledger: Ledger, folder: Path, seed: int, *, whole: bool = True) -> Found:
    """Check everything; an error of the ledger is broken, too, under the number 0.

    Unless `whole`, what needs the ledger loaded once more is done in turn: each for one seed of
    three.
    """
    loaded = load(ledger, folder / "told")
    if loaded.errors:
        errors = (f"an error: {error.message}" for error in loaded.errors)
        return Found([Broken(0, ledger.horizon, "", error) for error in errors])
    found = audit(ledger, loaded)
    found.broken += of_its_own_output(ledger, loaded)
    if whole or seed % 3 == 0:
        found.broken += in_both_treatments(ledger, loaded, folder / "treated", found)
    if whole or seed % 3 == 1:
        found.broken += in_any_order(ledger, loaded, folder / "mixed", seed)
    if whole or seed % 3 == 2:
        found.broken += loaded_again(ledger, loaded, folder / "told" / "main.beancount")
    return found


def in_both_treatments(
    ledger: Ledger, loaded: Loaded, folder: Path, found: Found
) -> Iterator[Broken]:
    """Compare cash, commission, VAT and interest under both treatments (invariant 11)."""
    if not all(map(has_other_treatment, ledger.cases)):
        return
    found.seen.add(("under both treatments", "", ""))
    twins = {case.contract.name: in_the_other_treatment(case) for case in ledger.cases}
    other = load(ledger.with_cases(twins), folder)
    for error in other.errors:
        yield Broken(11, ledger.horizon, "", f"under the other treatment: {error.message}")
        return
    alike = {case.contract.accounts[role] for case in ledger.cases for role in ALIKE}
    one, two = movements(loaded), movements(other)
    for day in sorted(one.keys() | two.keys()):
        for key in sorted(one[day].keys() | two[day].keys()):
            if key[0] in alike and one[day][key] != two[day][key]:
                how = f"{key[0]} moves by {one[day][key]} and by {two[day][key]}"
                yield Broken(11, day, "", how)


def of_its_own_output(ledger: Ledger, loaded: Loaded) -> Iterator[Broken]:
    """Make the books of the loaded ledger: they are those of its text (invariant 12)."""
    books = books_of(loaded.entries, loaded.options, CONTRACT_FILE)
    made = {txn.meta["factoring-id"]: txn for txn in books.transactions}
    if books.errors or made != {txn.meta["factoring-id"]: txn for txn in generated(loaded)}:
        yield Broken(12, ledger.horizon, "", "the books of the loaded ledger are others")


def loaded_again(ledger: Ledger, loaded: Loaded, main: Path) -> Iterator[Broken]:
    """Load the same text again (invariant 12)."""
    if loader.load_file(str(main))[0] != loaded.entries:
        yield Broken(12, ledger.horizon, "", "loaded again, the ledger has other entries")


def in_any_order(ledger: Ledger, loaded: Loaded, folder: Path, seed: int) -> Iterator[Broken]:
    """Load the entries mixed, in up to four files (invariant 12)."""
    mixed = load(ledger, folder, files=1 + seed % 4, seed=seed)
    if mixed.errors:
        yield Broken(12, ledger.horizon, "", f"mixed, it has an error: {mixed.errors[0].message}")
    one, two = (sorted(map(described, generated(each))) for each in (loaded, mixed))
    for mine, other in zip(one, two, strict=False):
        if mine != other:
            yield Broken(12, ledger.horizon, "", f"mixed, {mine} is {other}")
            return
    if len(one) != len(two):
        yield Broken(12, ledger.horizon, "", f"mixed, {len(one)} transactions are {len(two)}")
