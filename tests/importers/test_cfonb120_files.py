"""Real CFONB 120 files: each is read right, checked by fixed columns, or refused for a reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from stdnum import iban

from beancount_factoring.importers.banks.cfonb120 import looks_like_cfonb120
from beancount_factoring.importers.banks.cfonb120 import read_cfonb120
from beancount_factoring.importers.reading.documents import Statement
from tests.importers.real_files import RealFiles
from tests.importers.real_files import refusal

_FILES = RealFiles("cfonb120")

# Read: for each statement opening, closing, number of lines.
_READ = {
    "airporting-same-transaction-multiple-times.txt": [("1484172.33", "1445805.53", 5)],
    "airporting-various-2.txt": [("107.27", "0.38", 2)],
    "airporting-various.txt": [("656482.79", "636338.79", 2)],
    "bnp-paribas-factor-two-accounts.txt": [
        ("77317.88", "0.00", 3),
        ("-2506805.69", "-2584123.57", 4),
    ],
    "oca-cfonb_classic.cfo": [("1017311.89", "1031585.79", 13)],
    "pennylane-example.txt": [("-190.40", "-241.21", 3), ("-241.21", "-163.72", 3)],
    "silarhi-complex-test.txt": [
        ("16695.65", "16672.86", 1),
        ("16672.86", "11652.75", 2),
        ("11652.75", "11652.75", 0),
        ("11652.75", "11535.00", 1),
        ("11535.00", "11535.00", 0),
        ("11535.00", "11484.75", 1),
        ("11484.75", "11484.75", 0),
        ("584353.02", "584353.02", 0),
    ],
}

# Refused: what the reason says.
_REFUSED = {
    "airporting-no-line-breaks-from-jedeclare.txt": "opening 107184.13 + 1 line 825.20 = "
    "108009.33 EUR, but closing 130710.62: difference 22701.29",
    "bnp-paribas-factor-does-not-balance.txt": "difference 60805.14",
    "bnp-paribas-factor-malformed-no-footer.txt": "line 1: '0118020 00001EUR2 00410GXLT01' "
    "is no CFONB 120 record",
    "pennylane-invalid_date.txt": "line 1: record 01 of account 98765432100: date 'CART'",
    "pennylane-operation_detail_without_operation.txt": "line 3: record 05 of account "
    "98765432100: has no movement above it",
}


def test_outcome_of_every_file_is_known() -> None:
    _FILES.check_all_are_among({*_READ, *_REFUSED})


@pytest.mark.parametrize("name", sorted(_REFUSED))
def test_file_is_refused(name: str) -> None:
    assert _REFUSED[name] in refusal(read_cfonb120, _FILES.path(name))


@pytest.mark.parametrize(
    "name", sorted({*_READ, *_REFUSED} - {"bnp-paribas-factor-malformed-no-footer.txt"})
)
def test_file_is_identified(name: str) -> None:
    assert looks_like_cfonb120(_FILES.path(name))


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_is_read_as_its_columns_say(name: str) -> None:
    statements = read_cfonb120(_FILES.path(name))
    assert [
        (str(statement.opening), str(statement.closing), len(statement.lines))
        for statement in statements
    ] == _READ[name]
    text = _FILES.path(name).read_text()
    rows = [(number, row.ljust(120)) for number, row in enumerate(text.split("\n"), 1) if row]
    openings = [row for row in rows if row[1].startswith("01")]
    closings = [row for row in rows if row[1].startswith("07")]
    for statement, opening, closing in zip(statements, openings, closings, strict=True):
        _check_statement(statement, opening, closing[1])
    movements = [row for row in rows if row[1].startswith("04")]
    lines = [line for statement in statements for line in statement.lines]
    for line, (number, row) in zip(lines, movements, strict=True):
        assert line.position == number
        assert line.amount == _amount(row)
        assert f"{line.date:%d%m%y}" == row[34:40]
        assert line.value_date is not None
        assert f"{line.value_date:%d%m%y}" == row[42:48]
        assert line.code == row[32:34]
        assert not line.reversal
        assert line.text.startswith(" ".join(row[48:79].split()))
        below = [more for at, more in rows if at > number]
        complements = below[: next(at for at, more in enumerate(below) if more[:2] != "05")]
        stated = {more[45:48]: more[48:118] for more in complements}
        assert line.reference == (stated.get("REF", "").strip() or row[104:].strip() or None)
        end_to_end = stated.get("RCN", "")[:35].strip()
        assert line.end_to_end_id == (None if end_to_end in {"", "NOTPROVIDED"} else end_to_end)
        name_of = stated.get("NPY" if line.amount > 0 else "NBE", "").strip()
        assert line.counterparty == (name_of or None)
        for more in complements:
            if more[45:48] == "LIB":
                assert " ".join(more[48:118].split()) in line.text


def _check_statement(statement: Statement, opening: tuple[int, str], closing: str) -> None:
    number, row = opening
    assert statement.position == number
    assert statement.opening == _amount(row)
    assert statement.closing == _amount(closing)
    assert statement.opening_date is not None
    assert statement.closing_date is not None
    assert f"{statement.opening_date:%d%m%y}" == row[34:40]
    assert f"{statement.closing_date:%d%m%y}" == closing[34:40]
    assert statement.currency == row[16:19]
    assert iban.is_valid(statement.account)
    assert statement.account[4:25] == row[2:7] + row[11:16] + row[21:32]


def _amount(row: str) -> Decimal:
    """Read columns 91 to 104 with a table written out."""
    signed = {
        **{sign: f"+{digit}" for digit, sign in enumerate("{ABCDEFGHI")},
        **{sign: f"-{digit}" for digit, sign in enumerate("}JKLMNOPQR")},
    }[row[103]]
    return Decimal(f"{signed[0]}{row[90:103]}{signed[1]}").scaleb(-int(row[19]))


def test_factors_label_is_whole_again() -> None:
    current, financing = read_cfonb120(_FILES.path("bnp-paribas-factor-two-accounts.txt"))
    assert [line.text for line in current.lines] == [
        "VIREMENT BANCAIRE EN VOTRE FAVEURN 5295341 VIREMENT N 52953",
        "TVA SUR PRECOMPTE DE COMM. DE FINANCEMENT VIREMENT N 5295341",
        "PRECOMPTE DE COMM. DE FINANCEMENT VIREMENT N 5295341",
    ]
    assert financing.lines[1].text == "MONTANT FINANCE PAR VIREMENT 5295341"


def test_factors_event_joins_the_movements_of_both_accounts() -> None:
    statements = read_cfonb120(_FILES.path("bnp-paribas-factor-two-accounts.txt"))
    assert {line.entry_number for each in statements for line in each.lines} == {"2059801"}
    assert [line.reference for line in statements[0].lines] == ["000070", "000002", "000001"]


def test_three_equal_standing_orders_are_three_movements() -> None:
    (statement,) = read_cfonb120(_FILES.path("airporting-same-transaction-multiple-times.txt"))
    assert [str(line.amount) for line in statement.lines].count("-13695.60") == 3


def test_long_text_continues_without_a_blank() -> None:
    (statement,) = read_cfonb120(_FILES.path("oca-cfonb_classic.cfo"))
    assert statement.lines[-2].text == (
        "PRLV SEPA Orange FIBENT - FR - Facture: 76662391 - Compte Fact: 30008765 - Ident: 00003263"
    )
