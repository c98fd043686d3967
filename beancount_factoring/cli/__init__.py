"""The command `bean-factor` (interface.md, section 3): what it takes, and what it prints."""

from __future__ import annotations
