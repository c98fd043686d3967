"""The example: a small French firm's year under a factoring contract, made from a seed."""

from __future__ import annotations

from beancount_factoring.example.writer import write_example

__all__ = ["write_example"]
