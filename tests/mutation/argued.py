"""Why nothing may be to see of a changed fact: each kind of change, and its reason.

By the rules too (the second implementation's figures are the same on every day) nothing changes
then; here stands why that is right, and nobody needs to be told.
"""

from __future__ import annotations

import re

_REASONS = {
    r"balance (dropped|doubled)": "a balance only checks, and what it checked still holds",
    r"balance date .*": "the account holds the same on the other day",
    r"invoice due left out": "the contract's terms give the same due date",
    r"index .*": "no interest that is booked yet used the value, or the floor is above it",
    r"limit .*": "a limit that the debtor does not reach, or one that another replaces",
    r"(dispute|resolve) .*": (
        "the document is not assigned on the days concerned: a dispute waits for its assignment"
    ),
    r"remit (dropped|doubled|date .*|figures left out)": (
        "it stands for the scheduled remittance of its day, or there was nothing to take"
    ),
    r"contract .*": "a term that nothing reached on these days",
}


def why_silent(kind: str, how: str) -> str | None:
    """Return why a change may go unseen, or None: then it must not."""
    what = f"{kind} {how}"
    return next((why for pattern, why in _REASONS.items() if re.fullmatch(pattern, what)), None)
