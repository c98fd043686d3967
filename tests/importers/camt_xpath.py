"""What the elements of a camt file say, by XPath: the readers are checked against it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine


def check_lines(statement: Statement, element: etree._Element) -> None:
    """The lines of a statement or notification say what its booked entries say."""
    found = [
        entry
        for entry in all_of(element, "Ntry")
        if "BOOK" in texts_of(entry, "Sts") + texts_of(entry, "Sts", "Cd")
    ]
    for line, entry in zip(statement.lines, found, strict=True):
        assert line.position == int(str(entry.sourceline))
        check_entry(line, entry)


def check_entry(line: StatementLine, entry: etree._Element) -> None:
    """A line, or its details, say what the elements of an entry say."""
    assert line.amount == signed(entry)
    details = all_of(entry, "NtryDtls", "TxDtls")
    if line.details:
        amounts = [
            abs(Decimal(text))
            for detail in details
            for text in texts_of(detail, "Amt") or texts_of(detail, "AmtDtls", "TxAmt", "Amt")
        ]
        assert [abs(each.amount) for each in line.details] == amounts
        assert sum(each.amount for each in line.details) == line.amount
    lines = line.details or (line,)
    stated = [
        text
        for text in texts_of(entry, "NtryDtls", "TxDtls", "Refs", "EndToEndId")
        if text != "NOTPROVIDED"
    ]
    references = texts_of(entry, "NtryDtls", "TxDtls", "RmtInf", "Strd", "CdtrRefInf", "Ref")
    if len(details) > 1 and not line.details:
        # A batch whose amounts do not come to the entry's: what it says is told as text.
        assert all(text in line.text for text in (*stated, *references))
    else:
        assert [each.end_to_end_id for each in lines if each.end_to_end_id] == stated
        assert [each.reference for each in lines if each.reference] == references
    told = " ".join(each.text for each in (line, *line.details))
    for text in (
        *texts_of(entry, "NtryDtls", "TxDtls", "RmtInf", "Ustrd"),
        *texts_of(entry, "NtryDtls", "TxDtls", "AddtlTxInf"),
        *texts_of(entry, "AddtlNtryInf"),
    ):
        assert " ".join(text.split()) in told
    names = {" ".join(text.split()) for text in _descendants(entry, "Nm")}
    ibans = set(_descendants(entry, "IBAN"))
    for each in lines:
        assert each.date == date_of(entry, "BookgDt")
        assert each.value_date == date_of(entry, "ValDt")
        assert each.reversal is (texts_of(entry, "RvslInd") == ["true"])
        assert each.counterparty in {*names, None}
        assert each.counterparty_iban in {*ibans, None}
        if names and (line.details or len(details) == 1) and _has_other_party(entry):
            assert each.counterparty
    identifiers = texts_of(entry, "AcctSvcrRef") or _descendants(entry, "AcctSvcrRef")
    assert (line.bank_id or "") == (identifiers or [""])[0]


def all_of(element: etree._Element, *names: str) -> list[etree._Element]:
    steps = "/".join(f"*[local-name()='{name}']" if name != "*" else "*" for name in names)
    found = element.xpath(steps)
    assert isinstance(found, list)
    return [each for each in found if isinstance(each, etree._Element)]


def texts_of(element: etree._Element, *names: str) -> list[str]:
    return [text for each in all_of(element, *names) if (text := (each.text or "").strip())]


def _descendants(element: etree._Element, name: str) -> list[str]:
    return list(_nonempty(element.xpath(f".//*[local-name()='{name}']/text()")))


def _nonempty(texts: object) -> Iterator[str]:
    assert isinstance(texts, list)
    for text in texts:
        if stripped := str(text).strip():
            yield stripped


def signed(element: etree._Element) -> Decimal:
    sign = {"CRDT": 1, "DBIT": -1}[texts_of(element, "CdtDbtInd")[0]]
    return sign * Decimal(texts_of(element, "Amt")[0])


def date_of(element: etree._Element, name: str) -> datetime.date:
    text = (texts_of(element, name, "Dt") or texts_of(element, name, "DtTm"))[0]
    return datetime.date.fromisoformat(text[:10])


def _has_other_party(entry: etree._Element) -> bool:
    """Tell whether an entry names whom the account's owner paid or was paid by."""
    role = {"CRDT": "Dbtr", "DBIT": "Cdtr"}[texts_of(entry, "CdtDbtInd")[0]]
    return bool(entry.xpath(f".//*[local-name()='{role}']//*[local-name()='Nm']"))
