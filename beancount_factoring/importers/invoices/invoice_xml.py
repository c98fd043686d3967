"""Invoices and credit notes in XML: UN/CEFACT Cross Industry Invoice (CII) and UBL 2.

BT and BG numbers and BR rules are those of EN 16931-1. Where each syntax says what stands in
`cii_fields` and `ubl_fields`; what it means is the same, and is read here.
"""

from __future__ import annotations

import datetime
import os
import re
from decimal import Decimal
from pathlib import Path

from beancount_factoring.currencies import quantum
from beancount_factoring.importers.invoices.invoice_codes import CORRECTIVE_CODES
from beancount_factoring.importers.invoices.invoice_codes import INVOICE_CODES
from beancount_factoring.importers.invoices.invoice_codes import profile_of
from beancount_factoring.importers.invoices.invoice_header import Group
from beancount_factoring.importers.invoices.invoice_header import Header
from beancount_factoring.importers.invoices.invoice_header import HeaderShapes
from beancount_factoring.importers.invoices.invoice_header import read_header
from beancount_factoring.importers.invoices.invoice_totals import read_totals
from beancount_factoring.importers.invoices.invoice_values import amount
from beancount_factoring.importers.invoices.invoice_values import day
from beancount_factoring.importers.invoices.invoice_values import distinct
from beancount_factoring.importers.invoices.invoice_values import required
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Instalment
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import Party
from beancount_factoring.importers.reading.safe_xml import shown
from beancount_factoring.importers.reading.statements import compact_iban
from beancount_factoring.importers.reading.statements import head

_CURRENCY = re.compile(r"[A-Z]{3}")

HEAD_BYTES = 64 * 1024
"""How much of a file tells whether it is an invoice."""

_XML = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<")
_CII_ROOT = re.compile(rb"<(?:[\w.-]+:)?CrossIndustry(?:Invoice|Document)[\s/>]")
_UBL_ROOT = re.compile(
    rb"<(?:[\w.-]+:)?(Invoice|CreditNote)\s[^<]*"
    rb"urn:oasis:names:specification:ubl:schema:xsd:\1-2[\"']"
)


def looks_like_invoice_xml(path: str | os.PathLike[str]) -> bool:
    """Return whether a file begins like an invoice in XML; only its head is read.

    Never raises: what cannot be opened is none.
    """
    beginning = head(Path(path), HEAD_BYTES)
    return begins_like_cii(beginning) or begins_like_ubl(beginning)


def begins_like_cii(beginning: bytes) -> bool:
    """Return whether a document that begins so, with `HEAD_BYTES` or all there is, is a CII one."""
    return _begins_with(_CII_ROOT, b"CrossIndustry", beginning)


def begins_like_ubl(beginning: bytes) -> bool:
    """Return whether a document that begins so, with `HEAD_BYTES` or all there is, is a UBL one."""
    return _begins_with(_UBL_ROOT, b":ubl:schema:xsd:", beginning)


def _begins_with(root: re.Pattern[bytes], part: bytes, beginning: bytes) -> bool:
    """Tell whether XML has a root element; a part of it tells quickly where it has not."""
    # Without its zero bytes, UTF-16 reads like ASCII.
    beginning = beginning.replace(b"\0", b"")
    return (
        part in beginning
        and _XML.match(beginning) is not None
        and root.search(beginning) is not None
    )


def parse_invoice(data: bytes, shapes: HeaderShapes | None = None) -> InvoiceDocument:
    """Read an invoice or credit note from its XML.

    A credit note is one by its type code, or is an invoice with a negative total, whose amounts
    then change sign. The header alone is read: the lines are not owed beside it. IBAN and VAT
    numbers come without blanks; their check digits are not verified. `shapes` makes the next
    document that is like this one quicker to read.

    Raises `DocumentRefusedError` for what is no invoice, lacks what makes a claim (number, date,
    currency, parties, totals), or contradicts itself.
    """
    header = read_header(data) if shapes is None else shapes.read(data)
    number, stated_code, issued, date_format, guideline, repeated = header.document
    if repeated == "true":
        raise DocumentRefusedError("the document's number, type code or date is stated twice")
    profile = profile_of(guideline)
    date = day(issued, date_format, header.syntax.names.issued)
    if date is None:
        raise DocumentRefusedError("the document has no date (BT-2)")
    currency = header.others[0]
    if _CURRENCY.fullmatch(currency) is None:
        raise DocumentRefusedError(f"the currency (BT-5) is “{shown(currency)}”, expected like EUR")

    totals = read_totals(header, currency, profile)
    instalments = _instalments(header, quantum(currency), totals.payable)
    type_code = required(stated_code or header.syntax.type_code, "type code (BT-3)")
    kind, negative = _kind(type_code, header.syntax.type_codes, totals.total)
    if negative:
        totals = totals.negated()
        instalments = [Instalment(part.due, -part.amount) for part in instalments]
    ibans = list(filter(None, map(compact_iban, header.ibans)))
    preceding = distinct(header.preceding) if header.preceding else ()
    is_credit = kind is InvoiceKind.CREDIT_NOTE
    return InvoiceDocument(
        kind=kind,
        type_code=type_code,
        number=required(number, "number (BT-1)"),
        date=date,
        currency=currency,
        seller=_party(header.seller, "seller's name (BT-27)"),
        buyer=_party(header.buyer, "buyer's name (BT-44)"),
        payee=_party(header.payee, "payee's name (BT-59)") if header.payee else None,
        iban=ibans[0] if ibans else None,
        net=totals.net,
        vat=totals.vat,
        total=totals.total,
        prepaid=totals.prepaid,
        rounding=totals.rounding,
        payable=totals.payable,
        instalments=tuple(instalments),
        credits=preceding if is_credit else (),
        profile=profile,
        other_ibans=tuple(ibans[1:]),
        corrects=preceding if not is_credit and type_code in CORRECTIVE_CODES else (),
        third_party=totals.third_party,
    )


def _kind(type_code: str, admitted: frozenset[str], total: Decimal) -> tuple[InvoiceKind, bool]:
    """Return what the document is, and whether its amounts have the opposite sign."""
    if type_code not in admitted:
        raise DocumentRefusedError(
            f"type code {shown(type_code)} (BT-3) is neither an invoice's nor a credit note's"
            if admitted >= INVOICE_CODES
            else f"type code {shown(type_code)} (BT-3) is no credit note's, but the document is one"
        )
    if type_code in INVOICE_CODES:
        return (InvoiceKind.CREDIT_NOTE, True) if total < 0 else (InvoiceKind.INVOICE, False)
    if total < 0:
        raise DocumentRefusedError(
            f"a credit note (type code {type_code}) over {total} may mean a credit or a claim"
        )
    return InvoiceKind.CREDIT_NOTE, False


def _party(party: Group, what: str) -> Party:
    name, vat_number, country, *identifiers = party
    return Party(
        name=required(name, what),
        identifiers=distinct(identifiers),
        vat_number=vat_number.replace(" ", "") or None,
        country=country or None,
    )


def _instalments(header: Header, unit: Decimal, payable: Decimal) -> list[Instalment]:
    """Return the parts of the amount due with their due dates (BT-9), with the document's signs.

    Where terms state amounts, these are the parts. Where several terms state dates alone, the last
    one is taken for the whole: the earlier ones end a discount, or are due for a part that nobody
    states, and nothing is surely overdue before the last. It is that of a part without a date too.
    """
    names = header.syntax.names
    days: list[datetime.date] = []
    parts: list[Instalment] = []
    for date_text, date_format, part_text in header.terms:
        due = day(date_text, date_format, names.due)
        part = amount(part_text, names.part, unit)
        if part is not None:
            parts.append(Instalment(due, part))
        elif due is not None:
            days.append(due)
    last = max(days, default=None)
    if not parts:
        return [Instalment(last, payable)]
    added = sum((part.amount for part in parts), Decimal(0))
    if added != payable:
        raise DocumentRefusedError(
            f"the instalments add up to {added}, but the amount due is {payable}"
        )
    return [Instalment(part.due or last, part.amount) for part in parts]
