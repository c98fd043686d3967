"""Receipts and the open items that they settle: by what a receipt says, never by a guess."""

from __future__ import annotations
