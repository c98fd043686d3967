"""The importers of an `import.yaml`, for beangulp's command line and Fava's import page.

A configuration file is these lines:

    from pathlib import Path
    from beancount_factoring.importers.config import importers_from

    CONFIG = importers_from(Path(__file__).with_name("import.yaml"))

With `beangulp.Ingest(CONFIG)()` under `if __name__ == "__main__":` it is beangulp's command too.
"""

from __future__ import annotations

import os
from pathlib import Path

from beangulp.importer import Importer

from beancount_factoring.importers.formats import STATEMENTS
from beancount_factoring.importers.invoice_importer import InvoiceImporter
from beancount_factoring.importers.live import LiveMapping
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
