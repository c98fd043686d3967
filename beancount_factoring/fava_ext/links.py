"""Addresses of this extension's pages and of Fava's, with the filters that Fava keeps in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from typing import Final
from typing import NamedTuple

from beancount.core import data
from fava.application import url_for
from fava.beans.funcs import hash_entry

from beancount_factoring.engine.history import Cause
from beancount_factoring.fava_ext.view import View
from beancount_factoring.fava_ext.view import ViewName
from beancount_factoring.fava_ext.view import Whose
from beancount_factoring.ledger.marks import IDENTIFIER


class Download(NamedTuple):
    """A file to be had: what it is, and where."""

    text: str
    href: str


NAME: Final = "Factoring"
"""The extension's name in addresses: its class's."""


def view(name: ViewName, **parts: str) -> str:
    """Return the address of a view, or of a part of it."""
    given = {key: value for key, value in parts.items() if value}
    return url_for("extension_report", extension_name=NAME, view=name.value, **given)


def of(shown: View, **changes: str) -> str:
    """Return the address of what is shown, with changes; order and page are not taken along."""
    parts = {
        "contract": shown.contract,
        "debtor": shown.debtor,
        "document": shown.document,
        "remittance": shown.remittance,
        "whose": "" if shown.whose is Whose.ALL else shown.whose.value,
    }
    return view(shown.name, **(parts | changes))


def download(shown: View, table: str, file_format: str) -> str:
    """Return the address of a table as a file, in the order in which it is shown."""
    parts = {
        "contract": shown.contract,
        "debtor": shown.debtor,
        "document": shown.document,
        "remittance": shown.remittance,
        "whose": "" if shown.whose is Whose.ALL else shown.whose.value,
        "table": table,
    }
    if shown.table == table:
        parts |= {"sort": shown.sort, "order": shown.order}
    # Fava's url_for takes no value that is called like its own argument, the endpoint.
    path, _mark, query = view(shown.name, format=file_format, **parts).partition("?")
    return f"{path}download?{query}"


def account(name: str) -> str:
    """Return the address of an account's page in Fava."""
    return url_for("account", name=name)


def source(cause: Cause) -> str | None:
    """Return the address of a line in Fava's editor; none for what is no file."""
    if not Path(cause.filename).is_file():
        return None
    return url_for("report", report_name="editor", file_path=cause.filename, line=str(cause.line))


def transaction(entry: data.Transaction) -> str | None:
    """Return where to look at a transaction: the user's in its context, others in the journal.

    The context of a generated one would ask for a source that is no file.
    """
    key = entry.meta.get(IDENTIFIER)
    if key is None:
        # Fava's own type for entries is another name for Beancount's.
        own: Any = entry
        return f"#context-{hash_entry(own)}"
    return journal(IDENTIFIER, str(key))


def journal(key: str, value: str) -> str | None:
    """Return the journal's address, filtered by a metadata value; none for one in both quotes."""
    quote = "'" if '"' in value else '"'
    if quote in value or "\n" in value:
        return None
    text = f"{key}:{quote}^{re.escape(value)}${quote}"
    return _whole("journal", filter=text)


def _whole(report: str, **values: Any) -> str:
    """Return the address of one of Fava's reports without the filters of this page."""
    cleared: dict[str, Any] = {"account": None, "time": None, "filter": None}
    return url_for("report", report_name=report, **(cleared | values))


def until(shown: View, time: str) -> str:
    """Return the address of what is shown with another time filter."""
    return of(shown, time=time)
