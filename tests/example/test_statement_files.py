"""Statements add up, read here by fixed columns and by XPath, not by the importers."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from lxml import etree

from beancount_factoring.example.camt_writer import camt_statement
from beancount_factoring.example.cfonb_writer import cfonb_statement
from beancount_factoring.example.cfonb_writer import overpunched
from beancount_factoring.example.documents import Documents
from beancount_factoring.example.factor import known_factor_payments
from beancount_factoring.example.firm import OPERATING_ACCOUNT
from beancount_factoring.example.year import simulate

_DOCUMENTS = Documents(simulate(), known_factor_payments())
_CAMT = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "0000000000000{"),
        (12345, "0000000001234E"),
        (-12345, "0000000001234N"),
        (-10, "0000000000001}"),
        (19, "0000000000001I"),
    ],
)
def test_amount_is_overpunched(cents: int, text: str) -> None:
    assert overpunched(cents) == text


def _cents(field: str) -> int:
    """Read an overpunched amount by a table written out."""
    table = {
        **dict(zip("{ABCDEFGHI", range(10), strict=True)),
        **dict(zip("}JKLMNOPQR", range(10), strict=True)),
    }
    value = int(field[:-1]) * 10 + table[field[-1]]
    return value if field[-1] in "{ABCDEFGHI" else -value


def test_cfonb_statements_add_up_and_chain() -> None:
    ends = []
    for statement in _DOCUMENTS.shared_statements:
        records = cfonb_statement(statement).decode("ascii").split("\r\n")
        assert records.pop() == ""
        assert {len(record) for record in records} == {120}
        assert records[0].startswith("01")
        assert records[-1].startswith("07")
        opening, closing = _cents(records[0][90:104]), _cents(records[-1][90:104])
        lines = [_cents(record[90:104]) for record in records if record.startswith("04")]
        assert opening + sum(lines) == closing
        ends.append((opening, closing))
    assert ends[0][0] == 0
    assert all(before[1] == after[0] for before, after in pairwise(ends))


def test_camt_statements_add_up_and_chain() -> None:
    ends = []
    for statement in _DOCUMENTS.operating_statements:
        root = etree.fromstring(camt_statement(statement))
        balances = [_signed(balance) for balance in root.iterfind(".//c:Bal", _CAMT)]
        entries = [_signed(entry) for entry in root.iterfind(".//c:Ntry", _CAMT)]
        opening, closing = balances
        assert opening + sum(entries) == closing
        ends.append((opening, closing))
    assert len(ends) == 12
    assert all(before[1] == after[0] for before, after in pairwise(ends))


def _signed(element: etree._Element) -> Decimal:
    """Read an amount with its sign."""
    amount = Decimal(element.findtext("c:Amt", namespaces=_CAMT) or "")
    return -amount if element.findtext("c:CdtDbtInd", namespaces=_CAMT) == "DBIT" else amount


def test_the_firm_never_runs_out_of_money() -> None:
    for statements in (_DOCUMENTS.shared_statements, _DOCUMENTS.operating_statements):
        balance = statements[0].opening
        for statement in statements:
            for line in statement.lines:
                balance += line.movement.amount
                assert balance >= 0, line


def test_what_is_drawn_leaves_one_account_and_reaches_the_other_on_the_same_day() -> None:
    sent = [
        (line.movement.date, -line.movement.amount)
        for statement in _DOCUMENTS.shared_statements
        for line in statement.lines
        if line.movement.iban == OPERATING_ACCOUNT.iban
    ]
    received = [
        (line.movement.date, line.movement.amount)
        for statement in _DOCUMENTS.operating_statements
        for line in statement.lines
        if line.movement.amount > 0
    ]
    assert sent == received
    assert len(sent) > 40


def test_every_receipt_is_swept_on_the_next_business_day() -> None:
    """All but the last day's: the shared account is empty but for them at the year's end."""
    last = _DOCUMENTS.shared_statements[-1]
    receipts = [r.amount for r in _DOCUMENTS.year.receipts if r.date == last.last]
    assert last.closing == sum(receipts)
