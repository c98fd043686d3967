"""The border with Beancount: entries to documents and events, postings to transactions."""

from __future__ import annotations
