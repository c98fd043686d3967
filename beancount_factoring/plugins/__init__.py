"""What Beancount loads."""

from __future__ import annotations
