"""The factor's books, day by day: pure arithmetic on terms and facts."""

from __future__ import annotations
