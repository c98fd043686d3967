"""The importers of an `import.yaml`, for beangulp's command line and Fava's import page.

A configuration file is these lines:

    from pathlib import Path
    from beancount_factoring.importers.config import importers_from
    from beancount_factoring.importers.config import hooks_from

    CONFIG = importers_from(Path(__file__).with_name("import.yaml"))
    HOOKS = hooks_from(Path(__file__).with_name("import.yaml"))

The hook matches receipts that name no invoice as it is written; without it they wait in suspense.
With `beangulp.Ingest(CONFIG, HOOKS)()` under `if __name__ == "__main__":` it is beangulp's command
too.
"""

from __future__ import annotations

import os
from pathlib import Path

from beangulp.importer import Importer

from beancount_factoring.importers.formats import STATEMENTS
from beancount_factoring.importers.invoice_importer import InvoiceImporter
from beancount_factoring.importers.live import LiveMapping
from beancount_factoring.importers.matched import Hook
from beancount_factoring.importers.matched import matching_hook
from beancount_factoring.importers.statement_importer import StatementImporter
from beancount_factoring.importers.table_importer import TableImporter


def importers_from(path: str | os.PathLike[str]) -> list[Importer]:
    """Return the importers that work by an `import.yaml`.

    Raises `MappingProblemsError` with every problem of that file and of its contract file. An
    edit of either counts from the next document on.
    """
    mapping = LiveMapping(Path(path).absolute())
    mapping.get()
    statements = [StatementImporter(mapping, kind) for kind in STATEMENTS]
    return [InvoiceImporter(mapping), *statements, TableImporter(mapping)]


def hooks_from(path: str | os.PathLike[str]) -> list[Hook]:
    """Return the hooks that match receipts to open items by an `import.yaml`.

    An edit of that file counts from the next extraction on. Raises as `importers_from` does.
    """
    mapping = LiveMapping(Path(path).absolute())
    mapping.get()
    return [matching_hook(mapping)]
