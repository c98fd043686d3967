"""The account for money of unknown purpose, where a ledger has one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from beancount_factoring.importers.mapping.mapping_reader import read_mapping
from beancount_factoring.importers.run import mapping_path_of


def suspense_account(ledger: Path, options: dict[str, Any]) -> str | None:
    """Return the suspense account that a ledger's `import.yaml` names, if there is such a file."""
    path = mapping_path_of(ledger, options)
    mapping = read_mapping(path).mapping if path.exists() else None
    return None if mapping is None else mapping.suspense
