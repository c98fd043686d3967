"""The importers for Fava's import page, and a command: `python import_config.py extract FILES`."""  # noqa: INP001

from __future__ import annotations

from pathlib import Path

import beangulp

from beancount_factoring.importers.config import hooks_from
from beancount_factoring.importers.config import importers_from

CONFIG = importers_from(Path(__file__).with_name("import.yaml"))
HOOKS = hooks_from(Path(__file__).with_name("import.yaml"))

if __name__ == "__main__":
    beangulp.Ingest(CONFIG, HOOKS)()  # type: ignore[no-untyped-call]
