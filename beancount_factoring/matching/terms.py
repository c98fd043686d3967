"""What a payer may deduct, and where it is booked: the section `matching` of `import.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


class Deduction(NamedTuple):
    """A deduction that is recognised, up to `at_most` (an amount, or a rate), and its account."""

    at_most: Decimal
    account: str


@dataclass(frozen=True, slots=True)
class MatchingTerms:
    """The deductions that are recognised; `None` means never.

    `discount` (escompte) is a rate of what is open; `charges`, which a bank took on the way, and
    `rounding` are amounts in the receipt's currency.
    """

    discount: Deduction | None = None
    charges: Deduction | None = None
    rounding: Deduction | None = None

    def accounts(self) -> Iterator[tuple[str, str]]:
        """Yield the accounts that are named, each with its key in `import.yaml`."""
        for key in ("discount", "charges", "rounding"):
            deduction: Deduction | None = getattr(self, key)
            if deduction is not None:
                yield f"matching.{key}", deduction.account
