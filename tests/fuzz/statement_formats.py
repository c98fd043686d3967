"""Statements: of banks in every format, and the factor's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from beancount_factoring.importers.banks.camt import read_camt053
from beancount_factoring.importers.banks.camt import read_camt054
from beancount_factoring.importers.banks.cfonb120 import read_cfonb120
from beancount_factoring.importers.banks.mt940 import read_mt940
from beancount_factoring.importers.banks.ofx import read_ofx
from beancount_factoring.importers.reading.documents import Statement
from tests.fuzz.booking import books_factor_statement
from tests.fuzz.booking import books_statements
from tests.fuzz.checks import statements_add_up
from tests.fuzz.fuzzed import Fuzzed
from tests.fuzz.fuzzed import Seeds
from tests.fuzz.fuzzed import kept
from tests.fuzz.fuzzed import look_at
from tests.importers import factor_firm
from tests.importers import firm
from tests.importers import statement_writers

_STATEMENT = firm.statement(
    firm.line("2026-01-15", "900.00", "FINANCEMENT", counterparty="BPCE Factor"),
    firm.line("2026-01-15", "-900.00", "VIR", counterparty_iban=firm.OPERATING),
    firm.line("2026-02-03", "1200.00", "VIR DUPONT F2026-0001", end_to_end_id="E1"),
    opening="12.34",
)


def _with_codes(code: str) -> Statement:
    """Return the statement with what these formats say of each line."""
    lines = [line._replace(value_date=line.date, code=code) for line in _STATEMENT.lines]
    return replace(_STATEMENT, lines=tuple(lines))


def _camt053_seeds() -> Seeds:
    return [*kept("camt053", ".xml"), firm.camt(_STATEMENT).encode()]


def _camt054_seeds() -> Seeds:
    return [*kept("camt054", ".xml"), *(_notification(each) for each in _camt053_seeds())]


def _notification(statement: bytes) -> bytes:
    """Return a statement as a notification, as banks that send both write them."""
    names = {b"BkToCstmrStmt": b"BkToCstmrDbtCdtNtfctn", b"Stmt>": b"Ntfctn>", b"053": b"054"}
    for name, other in names.items():
        statement = statement.replace(name, other)
    return statement


def _cfonb_seeds() -> Seeds:
    return [*kept("cfonb120", ".txt"), firm.cfonb(_STATEMENT).encode()]


def _mt940_seeds() -> Seeds:
    own = statement_writers.mt940(_with_codes("NTRF"))
    return [*kept("mt940", ".sta", ".txt"), own.encode()]


def _ofx_seeds() -> Seeds:
    statement = _with_codes("OTHER")
    own = (statement_writers.ofx(statement, version=version).encode() for version in (1, 2))
    return [*kept("ofx", ".ofx"), *own]


def _factor_seeds() -> Seeds:
    return [content.encode() for content in factor_firm.factor_files().values()]


def _read(read: Callable[..., tuple[Statement, ...]], path: Path) -> None:
    look_at(path)
    statements = read(path)
    statements_add_up(statements)
    books_statements(statements)


def _read_factor(path: Path) -> None:
    look_at(path)
    statements = read_cfonb120(path)
    statements_add_up(statements)
    books_factor_statement(statements)


STATEMENTS = (
    Fuzzed("camt053", _camt053_seeds, partial(_read, read_camt053)),
    Fuzzed("camt054", _camt054_seeds, partial(_read, read_camt054)),
    Fuzzed("cfonb120", _cfonb_seeds, partial(_read, read_cfonb120)),
    Fuzzed("mt940", _mt940_seeds, partial(_read, read_mt940)),
    Fuzzed("ofx", _ofx_seeds, partial(_read, read_ofx)),
    Fuzzed("factor", _factor_seeds, _read_factor),
)
