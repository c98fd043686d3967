"""One line of a transaction in the firm's books."""

from __future__ import annotations

Posting = tuple[str, int]
"""An account, and an amount in minor units: debit positive, credit negative."""
