"""Which differences of a closed period can follow from which: a fee from its remittance alone."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Final

from beancount_factoring.ledger.findings import Finding
from beancount_factoring.ledger.frozen import kind_of

# What neither the fund nor the reserve follows: they are made of documents.
_MONEY: Final = {"commission", "charge", "interest", "draw", "transfer"}
_FROM_DOCUMENTS: Final = {"guarantee", "reserve"}
_FEES: Final = {"commission", "charge"}
# The sections of what a period was computed from that a kind's own amount is made of.
_ELIGIBLE: Final = {"eligibility", "limit", "dispute", "resolve"}
_SECTIONS: Final[Mapping[str, set[str]]] = {
    "remittance": {"terms", "remittance", "eligibility", "remit"},
    "commission": {"commission", "remit"},
    "charge": {"charges", "charge", "commission"},
    "guarantee": {"guarantee_fund", "remit"},
    "reserve": _ELIGIBLE,
    "interest": {"interest", "index"},
    "draw": {"funding", "draw", *_ELIGIBLE},
    "transfer": {"funding", "draw", *_ELIGIBLE},
    "sweep": {"shared_account"},
}


def sections_of(kind: str) -> set[str]:
    """Return the sections of terms and directives that a kind's own amount is made of."""
    return _SECTIONS.get(kind, set())


def possible_origins(
    finding: Finding, told: Mapping[str, Finding], origins: Sequence[Finding]
) -> Sequence[Finding]:
    """Return what of the origins before it a difference can follow from.

    `told` are all findings before it, by their events' identifiers.
    """
    kind = finding.kind
    if kind in _FROM_DOCUMENTS:
        return [origin for origin in origins if origin.kind not in _MONEY]
    is_of_remittance = not kind_of(finding.contract, finding.identifier)
    if kind not in _FEES or not (is_of_remittance or kind == "charge"):
        return origins
    start = "/".join(finding.identifier.split("/")[:2])
    own = told.get(f"{start}/remittance") if is_of_remittance else None
    if own is None:
        return [origin for origin in origins if origin.kind == kind]
    return [own] if own in origins else origins
