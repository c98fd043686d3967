"""A table of `import.yaml`: which columns a CSV or XLSX file must have, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beancount_factoring.importers.mapping.parties import name_key
from beancount_factoring.importers.reading.table_values import DateOrder


class TableKind(StrEnum):
    """What the rows of a table are."""

    INVOICES = "invoices"
    BANK = "bank"
    FACTOR = "factor"


class Rows(StrEnum):
    """Whether a row is a whole document, or one line of it."""

    DOCUMENTS = "documents"
    LINES = "lines"


INVOICE_COLUMNS: Final = (
    "number",
    "date",
    "due",
    "customer",
    "customer_number",
    "identifier",
    "vat_number",
    "type",
    "credits",
    "currency",
    "net",
    "vat",
    "rate",
    "category",
    "total",
    "document_total",
)
"""What the columns of customer documents may mean."""

STATEMENT_COLUMNS: Final = (
    "date",
    "value_date",
    "amount",
    "debit",
    "credit",
    "side",
    "text",
    "counterparty",
    "iban",
    "reference",
    "end_to_end",
    "id",
    "event",
    "balance",
    "currency",
    "account",
)
"""What the columns of a statement may mean."""

ABOVE: Final = ("account", "currency", "opening", "closing", "closing_date")
"""What the rows above a statement's header may tell, behind a label."""

AMOUNTS: Final = frozenset(
    {"net", "vat", "total", "document_total", "amount", "debit", "credit", "balance"}
)
"""The columns that hold amounts."""

DATES: Final = frozenset({"date", "due", "value_date"})
"""The columns that hold dates."""


def header_key(text: str) -> str:
    """Return a column's name as it is compared: without case, accents, punctuation.

    A name that has nothing else is compared as it is.
    """
    return name_key(text) or "".join(text.split())


@dataclass(frozen=True, slots=True)
class RateColumns:
    """The columns of one VAT rate (in percent), where each has its own: its base, and its VAT."""

    rate: Decimal
    net: str
    vat: str | None


@dataclass(frozen=True, slots=True)
class TableMap:
    """One table of `import.yaml`.

    `columns` are column names by what they mean, several only for `text`; `above` are labels in
    the rows above the header. `file` are words of the file's name, compared as names are. `skip`
    has, by column, what stands in rows that are left out. `ends` begins the first row that is no
    longer the table's, `total` a row of sums. The other fields are what the file does not say.
    """

    name: str
    kind: TableKind
    columns: Mapping[str, tuple[str, ...]]
    by_rate: tuple[RateColumns, ...] = ()
    above: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    file: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    dates: DateOrder | None = None
    ends: str | None = None
    total: str | None = None
    skip: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    rows: Rows = Rows.DOCUMENTS
    invoices: frozenset[str] = frozenset()
    credit_notes: frozenset[str] = frozenset()
    debits: frozenset[str] = frozenset()
    credits: frozenset[str] = frozenset()
    rate: Decimal | None = None
    category: str | None = None
    account: str | None = None
    currency: str = "EUR"

    @property
    def source(self) -> str:
        """How messages and the entries' metadata name the format."""
        return f"table {self.name}"

    def wanted(self) -> frozenset[str]:
        """Return the compared names of the columns that a file of this table has."""
        return frozenset(map(header_key, self._names()))

    def keys(self, meaning: str) -> tuple[str, ...]:
        """Return the compared names of the columns of a meaning."""
        return tuple(map(header_key, self.columns.get(meaning, ())))

    def has(self, meaning: str) -> bool:
        """Tell whether a column has a meaning."""
        return meaning in self.columns

    def amount_keys(self) -> Iterator[str]:
        """Yield the compared names of the columns that hold amounts."""
        for meaning in self.columns:
            if meaning in AMOUNTS:
                yield from self.keys(meaning)
        for each in self.by_rate:
            yield from (header_key(name) for name in (each.net, each.vat) if name)

    def date_keys(self) -> Iterator[str]:
        """Yield the compared names of the columns that hold dates."""
        for meaning in self.columns:
            if meaning in DATES:
                yield from self.keys(meaning)

    def _names(self) -> Iterator[str]:
        for names in self.columns.values():
            yield from names
        for each in self.by_rate:
            yield from (name for name in (each.net, each.vat) if name)
        yield from self.skip
