"""The factoring contract: typed, dated terms, read from YAML with line numbers; its calendars."""

from __future__ import annotations
