"""Reading `tables:` of `import.yaml`: what a table lacks is a problem, with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from beancount_factoring.importers.mapping.parties import name_key
from beancount_factoring.importers.mapping.table_map import ABOVE
from beancount_factoring.importers.mapping.table_map import INVOICE_COLUMNS
from beancount_factoring.importers.mapping.table_map import STATEMENT_COLUMNS
from beancount_factoring.importers.mapping.table_map import RateColumns
from beancount_factoring.importers.mapping.table_map import Rows
from beancount_factoring.importers.mapping.table_map import TableKind
from beancount_factoring.importers.mapping.table_map import TableMap
from beancount_factoring.importers.mapping.table_map import header_key
from beancount_factoring.importers.reading.table_values import DateOrder
from beancount_factoring.importers.reading.text_files import ENCODINGS
from beancount_factoring.yaml_kinds import CURRENCY
from beancount_factoring.yaml_kinds import TEXT
from beancount_factoring.yaml_kinds import Kind
from beancount_factoring.yaml_kinds import choice
from beancount_factoring.yaml_kinds import choice_of
from beancount_factoring.yaml_source import Section

_PERCENT: Final = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,4})?)\s*%?")
# UNCL 5305.
_CATEGORY: Final = choice({name: name for name in ("S", "Z", "E", "AE", "K", "G", "O")})
_DECIMAL: Final = choice({"comma": ",", "point": "."})

_DEBITS: Final = ("D", "Debit", "Débit", "DBIT")
_CREDITS: Final = ("C", "Credit", "Crédit", "CRDT")


def _percent(text: str) -> Decimal:
    rate = _PERCENT.fullmatch(text)
    if rate is None:
        raise ValueError("is no rate")
    return Decimal(rate[1])


_RATE: Final = Kind("a VAT rate in percent such as 20 or 5.5", _percent, Decimal(0))


def read_tables(section: Section) -> tuple[TableMap, ...]:
    """Read the tables; the kind of a table says which keys it has."""
    return tuple(_table(name, section.section(name)) for name in section.names())


def _table(name: str, section: Section) -> TableMap:
    """Read one table."""
    kind = section.required("kind", choice_of(TableKind))
    is_statement = kind is not TableKind.INVOICES
    columns = _columns(
        section.section("columns"), STATEMENT_COLUMNS if is_statement else INVOICE_COLUMNS
    )
    table = TableMap(
        name=name,
        kind=kind,
        columns=MappingProxyType(columns),
        by_rate=() if is_statement else _by_rate(section.section("rates")),
        above=MappingProxyType(_above(section.section("above")) if is_statement else {}),
        file=section.optional("file", TEXT, None),
        sheet=section.optional("sheet", TEXT, None),
        encoding=section.optional("encoding", choice(ENCODINGS), None),
        decimal=section.optional("decimal", _DECIMAL, None),
        dates=section.optional("dates", choice_of(DateOrder), None),
        ends=_words(section, "ends"),
        total=_words(section, "total"),
        skip=MappingProxyType(_skip(section.section("skip"))),
        currency=section.optional("currency", CURRENCY, "EUR"),
    )
    table = _statement(section, table) if is_statement else _invoices(section, table)
    _check_names(section, table)
    return table


def _invoices(section: Section, table: TableMap) -> TableMap:
    """Read what a table of customer documents has besides."""
    table = replace(
        table,
        rows=section.optional("rows", choice_of(Rows), Rows.DOCUMENTS),
        rate=section.optional("rate", _RATE, None),
        category=section.optional("category", _CATEGORY, None),
        invoices=_keys(section.one_or_listed("invoices", TEXT)),
        credit_notes=_keys(section.one_or_listed("credit_notes", TEXT)),
    )
    given = table.columns.keys()
    needed = {"number", "date"} - given
    if given.isdisjoint({"customer", "customer_number"}):
        needed.add("customer")
    _check(section, not needed, f"has no {_listed(needed)}: each is a column of the file")
    has_rate = "rate" in given or table.rate is not None
    amounts = len(given & {"net", "vat", "total"})
    if table.by_rate:
        clash = sorted(given & {"net", "vat", "rate"})
        _check(
            section, not clash, f"has {_listed(clash)} beside rates: the rates' own columns say it"
        )
        _check(section, table.rate is None, "has rate beside rates")
    else:
        _check(
            section,
            amounts > 1 or (has_rate and bool(given & {"net", "total"})),
            "tells no VAT: expected two of net, vat and total, one of them with a rate, or rates",
        )
    _check(
        section,
        ("type" in given) == bool(table.invoices) == bool(table.credit_notes),
        "needs all of the column type, invoices and credit_notes (what stands in it), or none",
    )
    _check(
        section,
        "document_total" not in given or table.rows is Rows.LINES,
        "has document_total, which is for rows: lines",
    )
    return table


def _statement(section: Section, table: TableMap) -> TableMap:
    """Read what a table of an account's movements has besides."""
    table = replace(
        table,
        account=section.optional("account", TEXT, None),
        debits=_keys(section.one_or_listed("debits", TEXT) or _DEBITS),
        credits=_keys(section.one_or_listed("credits", TEXT) or _CREDITS),
    )
    given = table.columns.keys()
    needed = {"date", "text"} - given
    _check(section, not needed, f"has no {_listed(needed)}: each is a column of the file")
    _check(
        section,
        given & {"amount", "debit", "credit"} in ({"amount"}, {"debit", "credit"}),
        "needs the column amount, or both of debit and credit",
    )
    _check(section, "side" not in given or "amount" in given, "has side without amount")
    ways = ("account" in given) + ("account" in table.above) + (table.account is not None)
    _check(
        section,
        ways == 1,
        "needs the account once: as account: IBAN, as a column, or in the rows above",
    )
    _check(
        section,
        not ({"opening", "closing"} & table.above.keys() and "account" in given),
        "has balances above, but a column with the account: whose are they?",
    )
    return table


def _columns(section: Section, meanings: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read which column means what."""
    columns: dict[str, tuple[str, ...]] = {}
    for meaning in meanings:
        names = (
            section.one_or_listed(meaning, TEXT)
            if meaning == "text"
            else tuple(filter(None, [section.optional(meaning, TEXT, None)]))
        )
        if names:
            columns[meaning] = names
    return columns


def _by_rate(section: Section) -> tuple[RateColumns, ...]:
    """Read the columns of each VAT rate."""
    found = []
    for name in section.names():
        below = section.section(name)
        try:
            rate = _percent(name)
        except ValueError as error:
            section.check(False, name, f"{error}: expected {_RATE.expected}")
            continue
        found.append(
            RateColumns(rate, below.required("net", TEXT), below.optional("vat", TEXT, None))
        )
    return tuple(found)


def _above(section: Section) -> dict[str, str]:
    """Read the labels of what stands above the header."""
    found = {key: section.optional(key, TEXT, None) for key in ABOVE}
    return {key: header_key(label) for key, label in found.items() if label is not None}


def _skip(section: Section) -> dict[str, frozenset[str]]:
    """Read what stands in the rows that are left out, by column."""
    return {name: _keys(section.one_or_listed(name, TEXT)) for name in section.names()}


def _words(section: Section, key: str) -> str | None:
    """Read the words that a row begins with."""
    text = section.optional(key, TEXT, None)
    return None if text is None else header_key(text)


def _keys(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(header_key, words))


def _check_names(section: Section, table: TableMap) -> None:
    """Report a column that means two things."""
    meanings: dict[str, str] = {}
    for meaning in table.columns:
        for key in table.keys(meaning):
            first = meanings.setdefault(key, meaning)
            _check(section, first == meaning, f"gives one column to {first} and {meaning}")
    for each in table.by_rate:
        for name in filter(None, (each.net, each.vat)):
            _check(section, header_key(name) not in meanings, f"gives the column {name} twice")
            meanings[header_key(name)] = "rates"
    _check(section, not table.columns or len(table.wanted()) > 1, "needs more than one column")
    _check(section, bool(name_key(table.file or "file")), "has no word in file")


def _check(section: Section, fulfilled: bool, message: str) -> None:
    section.check(fulfilled or not section.sound, "", message)


def _listed(words: Iterable[str]) -> str:
    return " and ".join(sorted(words))
