"""Writing the example: a folder with the ledger and its documents, whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path

from beancount_factoring.example.books import LEDGER_FILES
from beancount_factoring.example.documents import Documents
from beancount_factoring.example.factor import known_factor_payments
from beancount_factoring.example.year import simulate

DOCUMENTS = "documents"


def write_example(folder: Path) -> None:
    """Write the ledger, nothing imported yet, and its documents into a new folder.

    The folder appears when everything is in it. Raises `FileExistsError` if there is something at
    `folder` already, other than an empty folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there already: name a new folder")
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
        made = Path(scratch) / folder.name
        write_ledger(made)
        write_documents(made / DOCUMENTS)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)


def write_ledger(folder: Path) -> None:
    """Copy the ledger's files into a new folder."""
    folder.mkdir()
    for source in LEDGER_FILES.iterdir():
        if source.is_file():
            (folder / source.name).write_bytes(source.read_bytes())


def write_documents(folder: Path) -> None:
    """Write all documents below a folder."""
    for name, content in Documents(simulate(), known_factor_payments()).files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
