"""Real OFX files: each is read right, checked by regular expressions, or refused for a reason."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import pytest

from beancount_factoring.importers.banks.ofx import read_ofx
from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.formats import Format
from tests.importers.real_files import RealFiles
from tests.importers.real_files import refusal

_FILES = RealFiles("ofx")

# Read: for each statement its account, currency, closing balance if it counts, number of lines.
_READ: dict[str, list[tuple[str, str, str | None, int]]] = {
    "asgrim-ofx-multiple-accounts-xml.ofx": [
        ("875400 54658222458596", "GBP", None, 0),
        ("875400 546582659855", "GBP", None, 2),
        ("492900 21252344525548", "GBP", None, 1),
    ],
    "asgrim-ofxdata-bb.ofx": [("001 455000-5", "BRL", None, 1)],
    "asgrim-ofxdata-cmfr.ofx": [("XXXX XXXX XXXXXXXXXX", "EUR", "10000.00", 42)],
    "asgrim-ofxdata-credit-card.ofx": [("1234567891234567", "GBP", None, 1)],
    "asgrim-ofxdata-memoWithAmpersand.ofx": [
        ("99999999-9999-9999-9999-999999999999", "BRL", "-734.05", 16)
    ],
    "asgrim-ofxdata-oneline.ofx": [("XXXXX XXXXX XXXXXXXXXXX", "EUR", "100.00", 8)],
    "asgrim-ofxdata-xml.ofx": [("987654321 098-121", "USD", None, 3)],
    "libofx-ofx-2.1.1-sect-16.5.3.2.ofx": [
        ("000000123 123456", "USD", None, 1),
        ("123412341234", "USD", None, 2),
    ],
    "oca-test_ofx_iban.ofx": [
        ("FR7630001007941234567890185", "USD", None, 4),
        ("123412341234", "USD", None, 0),
    ],
    "ofxparse-bank_medium.ofx": [("160000100 00 12300 000012345678", "CAD", None, 3)],
    "ofxparse-checking.ofx": [("5472369148 1452687~7", "USD", None, 3)],
    "ofxparse-ofx-v102-empty-tags.ofx": [("NPBS 12345678", "AUD", None, 1)],
    "ofxparse-suncorp.ofx": [("SUNCORP 123456789", "AUD", None, 1)],
    "ofxtools-stmtrs_euro.ofx": [("121099999 999988", "USD", None, 2)],
}

# Refused: what the reason says.
_REFUSED = {
    "annacruz-cef_malformed_decimal.ofx": "line 39: STMTTRN has the TRNAMT '.'",
    "ofxparse-decimal_error.ofx": "line 34: STMTTRN has the TRNAMT '$120'",
}

_MOVEMENT = re.compile(r"<STMTTRN>(.*?)</STMTTRN>", re.DOTALL)
_LEAF = re.compile(r"<([A-Z.]+)>(?:<!\[CDATA\[)?([^<\r\n\]]+)")


def test_outcome_of_every_file_is_known() -> None:
    _FILES.check_all_are_among({*_READ, *_REFUSED})


@pytest.mark.parametrize("name", sorted(_REFUSED))
def test_file_is_refused(name: str) -> None:
    assert _REFUSED[name] in refusal(read_ofx, _FILES.path(name))


@pytest.mark.parametrize("name", sorted({*_READ, *_REFUSED}))
def test_file_is_identified(name: str) -> None:
    assert Candidate(_FILES.path(name)).kind is Format.OFX


@pytest.mark.parametrize("name", sorted(_READ))
def test_file_is_read_as_regular_expressions_read_it(name: str) -> None:
    statements = read_ofx(_FILES.path(name))
    assert [
        (
            each.account,
            each.currency,
            None if each.closing is None else str(each.closing),
            len(each.lines),
        )
        for each in statements
    ] == _READ[name]
    text = _FILES.path(name).read_text("utf-8")
    lines = [line for statement in statements for line in statement.lines]
    for line, found in zip(lines, _MOVEMENT.finditer(text), strict=True):
        leaves = {tag: unescape(value).strip() for tag, value in _LEAF.findall(found[1])}
        assert line.amount == Decimal(leaves["TRNAMT"].replace(",", "."))
        assert f"{line.date:%Y%m%d}" == leaves["DTPOSTED"][:8]
        assert line.position == text[: found.start()].count("\n") + 1
        assert line.bank_id in {leaves.get("FITID"), None}
        assert (line.bank_id is None) is (leaves.get("FITID") in {None, "1"})
        for tag in ("NAME", "MEMO"):
            assert " ".join(leaves.get(tag, "").split()) in line.text
        assert line.code == leaves["TRNTYPE"].upper()
    balances = re.findall(r"<LEDGERBAL>\s*<BALAMT>([^<\s]*)", text)
    for statement, balance in zip(statements, balances, strict=True):
        assert statement.opening is None
        assert statement.closing in {None, Decimal(balance.replace(",", ".") or 0)}
