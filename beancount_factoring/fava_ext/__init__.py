"""Factoring in Fava: one report with a view for each question.

Write one line in the ledger; there is nothing to configure:

    2026-01-01 custom "fava-extension" "beancount_factoring.fava_ext"
"""

from __future__ import annotations

from threading import RLock
from typing import Any

from fava.core import FavaLedger
from fava.ext import FavaExtensionBase
from fava.ext import extension_endpoint
from fava.helpers import FavaAPIError
from flask import Response
from flask import abort
from flask import current_app
from flask import jsonify
from flask import request

from beancount_factoring.fava_ext import downloads
from beancount_factoring.fava_ext import links
from beancount_factoring.fava_ext import words
from beancount_factoring.fava_ext.loaded import LoadedFactoring
from beancount_factoring.fava_ext.page import Page
from beancount_factoring.fava_ext.page import page_of
from beancount_factoring.fava_ext.page import table_of
from beancount_factoring.fava_ext.rendering import Drawn
from beancount_factoring.fava_ext.rendering import drawn
from beancount_factoring.fava_ext.tables import Table
from beancount_factoring.fava_ext.tables import sorted_rows
from beancount_factoring.fava_ext.texts import _
from beancount_factoring.fava_ext.view import ViewName


class Factoring(FavaExtensionBase):
    """Fava's side: what is loaded is kept here, and every request is answered from it."""

    has_js_module = True

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        super().__init__(ledger, config)
        self._lock = RLock()
        self._loaded: LoadedFactoring | None = None
        self._failure = ""

    @property
    def report_title(self) -> str:  # type: ignore[override]  # in the language of the request
        """The report's name in Fava's sidebar."""
        return _("Factoring")

    def after_load_file(self) -> None:
        """Make the factoring of what was loaded, once, so that no request has to wait for it."""
        with self._lock:
            self._loaded, self._failure = None, ""
            try:
                self._loaded = LoadedFactoring(self.ledger)
                self._loaded.warm()
            except Exception as error:  # noqa: BLE001  # nothing else of Fava may break
                self._failure = f"{type(error).__name__}: {error}"

    def page(self) -> Page:
        """Return the page that the request asks for."""
        with self._lock:
            return page_of(self._factoring(), self.ledger, request.args, hidden=_is_incognito())

    def drawn(self, table: Table[Any], page: Page) -> Drawn:
        """Return a table of a page as it is drawn."""
        return drawn(table, page.view, page.figures)

    def download_links(self, table: Table[Any], page: Page) -> list[links.Download]:
        """Return where a table can be had as a file; nowhere, where figures are hidden."""
        if _is_incognito() or not table.rows:
            return []
        return [
            links.Download(name.upper(), links.download(page.view, table.name, name))
            for name in downloads.formats()
        ]

    def gettext(self, text: str) -> str:
        """Return a text of the template in the language of the request."""
        return _(text)

    @extension_endpoint
    def views(self) -> Response:
        """Return the views' names and addresses, for the sidebar."""
        return jsonify([{"name": words.view_name(name), "view": name.value} for name in ViewName])

    @extension_endpoint
    def download(self) -> Response:
        """Return a table of a view as a file."""
        file_format = request.args.get("format", downloads.CSV)
        if file_format not in downloads.formats() or _is_incognito():
            abort(404)
        with self._lock:
            table = table_of(self._factoring(), self.ledger, request.args)
            if table is None:
                abort(404)
            sort, order = request.args.get("sort", ""), request.args.get("order", "")
            rows, _sort, _order = sorted_rows(table, sort, order)
            write = downloads.as_xlsx if file_format == downloads.XLSX else downloads.as_csv
            content = write(table, rows)
        response = Response(content, mimetype=downloads.TYPES[file_format])
        name = f"factoring-{table.name}.{file_format}"
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    def _factoring(self) -> LoadedFactoring:
        if self._loaded is None:
            raise FavaAPIError(self._failure or "The ledger is not loaded.")
        return self._loaded


def _is_incognito() -> bool:
    return bool(current_app.config["INCOGNITO"])
