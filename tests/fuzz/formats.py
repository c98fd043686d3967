"""The formats that are fuzzed, by their names.

Another format is another line in the module of its kind.
"""

from __future__ import annotations

from tests.fuzz.invoice_formats import INVOICES
from tests.fuzz.statement_formats import STATEMENTS
from tests.fuzz.table_formats import TABLES

FORMATS = {fuzzed.name: fuzzed for fuzzed in (*INVOICES, *STATEMENTS, *TABLES)}
"""The formats by their names."""
