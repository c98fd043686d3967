"""Documents to ledger entries: what beangulp loads."""

from __future__ import annotations
