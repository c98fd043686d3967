"""What is read must add up, and its figures must be the file's; no reader's code is used here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree
from lxml.etree import _Element

from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import Statement

_DECLARATION = re.compile(rb"^(\xef\xbb\xbf)?\s*<\?xml[^>]*\?>")
_YEARS = range(1900, 2200)
_TOTALS = {
    "LegalMonetaryTotal",
    "SpecifiedTradeSettlementHeaderMonetarySummation",
    "SpecifiedTradeSettlementMonetarySummation",
}


def invoice_adds_up(document: InvoiceDocument) -> None:
    """Check that a document's figures go together, and that it has what makes a claim."""
    assert document.number.strip(), "no number"
    assert document.seller.name.strip(), "no seller"
    assert document.buyer.name.strip(), "no buyer"
    assert re.fullmatch("[A-Z]{3}", document.currency), document.currency
    assert document.date.year in _YEARS, document.date
    assert document.total >= 0, "a total below 0"
    reached = document.total - document.prepaid + document.rounding + document.third_party
    assert reached == document.payable, "total, prepaid and amount due"
    parts = sum((part.amount for part in document.instalments), Decimal(0))
    assert parts == document.payable, "the instalments"
    if document.vat:
        assert sum(line.base for line in document.vat) == document.net, "the bases of VAT"
        taxes = sum((line.tax for line in document.vat), Decimal(0))
        assert document.net + taxes == document.total, "net and VAT"
    for number in _amounts(document):
        assert number.is_finite(), number
        assert abs(number) < Decimal(10) ** 20, number


def _amounts(document: InvoiceDocument) -> Iterator[Decimal]:
    yield from (document.net, document.total, document.prepaid, document.rounding)
    yield document.payable
    for line in document.vat:
        yield from (line.base, line.tax, line.rate)


def statements_add_up(statements: tuple[Statement, ...]) -> None:
    """Check that lines lead from one balance to the other, where a file gives both."""
    assert statements, "no statement"
    for statement in statements:
        assert statement.account.strip(), "no account"
        assert re.fullmatch("[A-Z]{3}", statement.currency), statement.currency
        moved = sum((line.amount for line in statement.lines), Decimal(0))
        assert moved.is_finite(), "an amount that is no number"
        if statement.opening is not None and statement.closing is not None:
            assert statement.opening + moved == statement.closing, "the balances"
        for line in statement.lines:
            assert line.date.year in _YEARS, line.date


def says_what_the_xml_says(document: InvoiceDocument, xml: bytes, names: dict[str, str]) -> None:
    """Check figures of an invoice against the only elements of a name in its XML.

    `names` are local names by field; an element that stands there more than once is not looked at.
    """
    root = _tree(xml)
    if root is None:
        return
    stated = {}
    for field, name in names.items():
        elements = [each for each in root.iter(f"{{*}}{name}") if _counts(each, document.currency)]
        found = [text for element in elements if (text := _text(element))]
        if len(found) == 1:
            stated[field] = found[0]
    if "number" in stated:
        assert document.number == stated["number"], "the number"
    if "date" in stated:
        day = document.date.isoformat()
        assert stated["date"].replace("-", "").startswith(day.replace("-", "")), "the date"
    if "total" not in stated:
        return
    turned = document.kind is InvoiceKind.CREDIT_NOTE and "-" in stated["total"]
    for field in ("net", "total", "payable", "prepaid"):
        if field in stated:
            number = -Decimal(stated[field]) if turned else Decimal(stated[field])
            assert getattr(document, field) == number, f"{field}: {stated[field]} in the file"


def _counts(element: _Element, currency: str) -> bool:
    """Tell whether an element is no amount, or one of the document's totals in its currency."""
    stated, parent = element.get("currencyID"), element.getparent()
    if parent is None or stated is None:
        return True
    return stated == currency and etree.QName(parent).localname in _TOTALS


def _tree(xml: bytes) -> _Element | None:
    """Return the XML's tree; `None` where its declaration lies in a way of its own."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    for data in (xml, _DECLARATION.sub(b"", xml)):
        try:
            return etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
    return None


def _text(element: _Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext()).split())
