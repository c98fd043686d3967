"""The code lists of EN 16931 that tell what an invoice is, whatever its syntax."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

# fmt: off
CREDIT_NOTE_CODES: Final = frozenset({
    "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532",
})
"""UNTDID 1001 codes that EN 16931 reads as a credit note; 396 and 502 are factored ones."""

INVOICE_CODES: Final = frozenset({
    "71", "80", "82", "84", "102", "130", "202", "203", "204", "211", "218", "219", "295", "326",
    "331", "380", "382", "383", "384", "385", "386", "387", "388", "389", "390", "393", "394",
    "395", "456", "457", "471", "472", "473", "500", "501", "527", "553", "575", "623", "633",
    "751", "780", "817", "870", "875", "876", "877", "935",
})
"""UNTDID 1001 codes that EN 16931 reads as an invoice; 393, 472, 473 and 501 are factored ones.

325 is left out: a pro forma invoice claims nothing.
"""
# fmt: on

PREPAYMENT_CODES: Final = frozenset({"386", "500", "503"})
"""Prepayment invoices, self-billed ones, and their credit notes: nothing is delivered yet."""

CORRECTIVE_CODES: Final = frozenset({"384", "471", "472", "473"})
"""Corrected invoices: self-billed (471), factored (472) and both (473)."""

PROFILES: Final = {
    "minimum": "MINIMUM",
    "basicwl": "BASIC WL",
    "basic": "BASIC",
    "comfort": "COMFORT",
    "2017": "EN 16931",
    "extended": "EXTENDED",
}
"""The profiles by the end of the specification identifier (BT-24), behind its last colon."""


@lru_cache(maxsize=256)
def profile_of(guideline: str) -> str:
    """Return what a specification identifier (BT-24) is called; itself, if it is not known."""
    lower = guideline.lower()
    for part, name in _SPECIFICATIONS:
        if part in lower:
            return name
    return PROFILES.get(lower.rpartition(":")[2], guideline)


_SPECIFICATIONS: Final = (
    (":extension:xrechnung", "XRechnung Extension"),
    (":xrechnung_", "XRechnung"),
    ("peppol.eu:2017:poacc:billing:3", "Peppol BIS Billing 3"),
)
