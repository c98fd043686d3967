"""Receivables factoring (affacturage de balance clients) for Beancount."""

from __future__ import annotations
