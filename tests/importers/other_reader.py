"""What the factur-x library reads in an invoice, held against what is read here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from facturx import parse_ubl_cii_xml

from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind


def check_another_reader_agrees(document: InvoiceDocument, xml: bytes) -> None:
    """Check a document field by field; `xml` is without a declaration."""
    other = parse_ubl_cii_xml(xml)
    sign = -1 if Decimal(other["BT-112"]) < 0 else 1
    assert document.number == other["BT-1"]
    assert document.date == other["BT-2"]
    assert document.type_code == other["BT-3"]
    assert document.currency == other["BT-5"]
    assert document.net == sign * Decimal(other["BT-109"])
    assert document.total == sign * Decimal(other["BT-112"])
    assert document.payable == sign * Decimal(other["BT-115"])
    if "BT-113" in other:
        assert document.prepaid == sign * Decimal(other["BT-113"])
    assert document.rounding == sign * Decimal(other.get("BT-114", 0))
    assert document.seller.name == other["BG-4"]["name"]
    assert document.buyer.name == other["BG-7"]["name"]
    assert document.seller.vat_number == _compact(other["BG-4"].get("vat_identifier"))
    assert document.buyer.vat_number == _compact(other["BG-7"].get("vat_identifier"))
    # In UBL it looks for the payee's name where EN 16931 has none.
    if "name" in other.get("BG-10", {}):
        assert document.payee is not None
        assert document.payee.name == other["BG-10"]["name"]
    assert [(line.category, line.rate, line.base, line.tax) for line in document.vat] == [
        (
            line["BT-118"],
            Decimal(line.get("BT-119", 0)),
            sign * Decimal(line["BT-116"]),
            sign * Decimal(line["BT-117"]),
        )
        for line in other.get("BG-23", ())
    ]
    if document.kind is InvoiceKind.CREDIT_NOTE:
        assert list(document.credits) == [line["BT-25"] for line in other.get("BG-3", ())]
    if "BT-9" in other and len(document.instalments) == 1:
        assert document.instalments[0].due == _last(other["BT-9"])


def _compact(number: str | None) -> str | None:
    return None if number is None else number.replace(" ", "")


def _last(days: Any) -> Any:
    return max(days) if isinstance(days, list) else days
