"""Speed and memory, measured: `make bench`."""

from __future__ import annotations
