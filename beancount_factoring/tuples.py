"""Named tuples made the quick way, where a ledger has very many of them."""

from __future__ import annotations

from typing import Final

new: Final = tuple.__new__
"""Makes a named tuple of all its fields, in order, twice as fast as its own name does."""
