"""Reports as plain data: figures for the commands and for Fava, each made in one place."""

from __future__ import annotations
