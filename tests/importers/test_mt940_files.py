"""Real MT940 files: each is read right, checked by regular expressions and by the library's own
statements, or refused for a reason."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import mt940
import pytest

from beancount_factoring.importers.banks.mt940 import read_mt940
from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.formats import Format
from beancount_factoring.importers.reading.documents import StatementLine
from tests.importers.real_files import RealFiles
from tests.importers.real_files import refusal

_FILES = RealFiles("mt940")

# Read: the number of statements and of movements.
_READ = {
    "asnb-mt940_with_spaces_for_entry_date.txt": (31, 8),
    "betterplace-sepa_mt9401.sta": (26, 97),
    "cmxl-mt940.sta": (3, 16),
    "danskebank-MT940_DK_Example.sta": (15, 89),
    "jejik-sns.txt": (2, 2),
    "jejik-volksbankenraiffeisenbanken.txt": (8, 12),
    "mbank-mt940.sta": (1, 3),
    "php-mt940-kbs-sample.txt": (1, 3),
    "wolph-february_30.sta": (1, 1),
    "wolph-wrapped_timestamp.sta": (1, 1),
}

# Refused: what the reason says.
_REFUSED = {
    "jejik-abnamro.txt": "difference -2038.00",
    "jejik-ing-dos.txt": "difference 49.06",
    "jejik-postfinance.txt": "difference 0.2",
    "jejik-rabobank.txt": "difference 1135.93",
    "jejik-triodos.txt": "difference 111.40",
    "php-mt940-hsbc-sample.txt": "difference 20000.00",
    "wolph-invalid_statement.sta": "holds no statement (:20:)",
    "wolph-mt942.sta": "line 11: field :90D: '1EUR2,30' announces 1 entries of together 2.30, and"
    " there are 1 of together 0.42",
}

_MOVEMENT = re.compile(
    r"^:61:(\d{6})(\d{4})?(?: {4})?(R?[CD])[A-Z]?0*(\d+,\d*)(?:[A-Z]...)?", re.MULTILINE
)
_BALANCE = re.compile(r"^:6([02])[FM]:([CD])(\d{6})([A-Z]{3})(\d+,\d*)", re.MULTILINE)


def test_outcome_of_every_file_is_known() -> None:
    _FILES.check_all_are_among({*_READ, *_REFUSED})


@pytest.mark.parametrize("name", sorted(_REFUSED))
def test_file_is_refused(name: str) -> None:
    assert _REFUSED[name] in refusal(read_mt940, _FILES.path(name))


@pytest.mark.parametrize("name", sorted({*_READ, *_REFUSED} - {"wolph-invalid_statement.sta"}))
def test_file_is_identified(name: str) -> None:
    assert Candidate(_FILES.path(name)).kind is Format.MT940


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_is_read_as_regular_expressions_read_it(name: str) -> None:
    statements = read_mt940(_FILES.path(name))
    lines = [line for statement in statements for line in statement.lines]
    assert (len(statements), len(lines)) == _READ[name]
    text = _FILES.path(name).read_text("latin-1")
    for line, found in zip(lines, _MOVEMENT.finditer(text), strict=True):
        value_day, day, mark, number = found.groups()
        sign = {"C": 1, "D": -1, "RC": -1, "RD": 1}[mark]
        assert line.amount == sign * _number(number)
        assert line.reversal is mark.startswith("R")
        assert line.value_date is not None
        # The library's and this reader's 30 February is the month's last day.
        assert f"{line.value_date:%y%m%d}" == value_day.replace("160230", "160229")
        assert f"{line.date:%m%d}" == (day or value_day[2:])
        assert line.position == text[: found.start()].count("\n") + 1
    ends = [
        (each, which, statement.currency)
        for statement in statements
        for each, which in (
            ((statement.opening, statement.opening_date), "0"),
            ((statement.closing, statement.closing_date), "2"),
        )
    ]
    for (balance, which, stated), found in zip(ends, _BALANCE.finditer(text), strict=True):
        place, mark, day, currency, number = found.groups()
        assert place == which
        assert balance[0] == (-1 if mark == "D" else 1) * _number(number)
        assert f"{balance[1]:%y%m%d}" == day
        assert currency == stated


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_is_read_as_the_library_reads_its_statements(name: str) -> None:
    statements = read_mt940(_FILES.path(name))
    theirs = mt940.parse_statements(
        _FILES.path(name).read_bytes(),
        encoding="utf-8",
        tags={61: mt940.tags.StatementASNB()} if name.startswith("asnb") else None,
        options=mt940.Options.all(),
    )
    assert len(statements) == len(theirs)
    for statement, other in zip(statements, theirs, strict=True):
        stated = other.data["account_identification"].strip()
        assert stated.startswith(statement.account)
        for line, transaction in zip(statement.lines, other.transactions, strict=True):
            _check_line(line, transaction.data)


def _check_line(line: StatementLine, theirs: dict[str, Any]) -> None:
    assert line.amount == theirs["amount"].amount
    assert line.value_date == theirs["date"]
    assert line.date == theirs.get("entry_date", theirs["date"])
    for key in ("bank_reference", "extra_details", "purpose", "transaction_details"):
        for part in (theirs.get(key) or "").split("\n"):
            assert _letters(part) in _letters(f"{line.text} {line.bank_id}{line.reference}"), key
    name = theirs.get("applicant_name")
    assert _letters(line.counterparty or "") == _letters(name or "")
    reference = theirs.get("end_to_end_reference")
    if reference and not reference.startswith(("NOTPROVIDED", "NONREF")):
        assert line.end_to_end_id is not None
        # The library takes what stands behind an identifier without a key word for a part of it.
        assert _letters(reference).startswith(_letters(line.end_to_end_id))
    if (theirs.get("applicant_iban") or "")[:2].isalpha():
        assert line.counterparty_iban == theirs["applicant_iban"]


def _letters(text: str) -> str:
    """Return a text without what differs where lines and parts are joined."""
    return "".join(filter(str.isalnum, text))
