"""Invoices of one shape: cutting the texts out gives what parsing gives."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_factoring.importers.invoices import invoice_header
from beancount_factoring.importers.invoices.invoice_header import HeaderShapes
from beancount_factoring.importers.invoices.invoice_xml import parse_invoice
from beancount_factoring.importers.invoices.pdf import embedded_invoice
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceDocument
from tests.importers.real_files import RealFiles

_REAL = (RealFiles("facturx"), RealFiles("ubl"))
_TEXT = re.compile(rb"(?<=>)[^<>]*[^<>\s][^<>]*(?=</)")


def _xml_of(path: Path) -> bytes:
    return embedded_invoice(path) if path.suffix == ".pdf" else path.read_bytes()


def _documents() -> dict[str, bytes]:
    """Return every real file that is an invoice, those in ../shared too where they are."""
    documents = {}
    folders = [folder for real in _REAL for folder in (real.shared, real.kept) if folder.is_dir()]
    for path in sorted(path for folder in folders for path in folder.iterdir()):
        try:
            xml = _xml_of(path)
            parse_invoice(xml)
        except DocumentRefusedError:
            continue
        documents[path.name] = xml
    return documents


DOCUMENTS = _documents()


def _outcome(xml: bytes, shapes: HeaderShapes | None) -> InvoiceDocument | str:
    """Return what is read, or the refusal."""
    try:
        return parse_invoice(xml, shapes)
    except DocumentRefusedError as refusal:
        return str(refusal)


def test_there_are_documents_of_many_kinds() -> None:
    assert len({parse_invoice(xml).profile for xml in DOCUMENTS.values()}) >= 4


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_second_document_of_a_shape_says_what_it_says_parsed(name: str) -> None:
    xml, shapes = DOCUMENTS[name], HeaderShapes()
    assert _outcome(xml, shapes) == _outcome(xml, shapes) == _outcome(xml, None)


def test_plain_documents_are_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = HeaderShapes()
    read = {name: _outcome(xml, shapes) for name, xml in DOCUMENTS.items()}
    monkeypatch.setattr(invoice_header, "parse_xml", _refuse)
    again = {name: _outcome(xml, shapes) for name, xml in DOCUMENTS.items()}
    quick = [name for name in DOCUMENTS if again[name] == read[name]]
    assert len(quick) > len(DOCUMENTS) / 2


def _refuse(data: bytes) -> None:
    raise DocumentRefusedError("parsed")


_NEW_TEXTS = st.sampled_from(
    [
        *(
            b"1",
            b"1.00",
            b"-5",
            b"381",
            b"380",
            b"EUR",
            b"USD",
            b"VAT",
            b"LOC",
            b"20250101",
            b"S",
            b"20.00",
        ),
        *(b"A  B", b" A", b"A ", b"A\nB", b"A\r\nB", b"\t", b"", b" ", b"a>b", b"]]>", b"\x07"),
        *(b"&amp;", b"&lt;b&gt;", b"&#65;", b"&unknown;", b"&", b"&amp;#65;", b"&quot;"),
        *(b"<b/>", b"A<b/>", b"<![CDATA[x]]>", b"<!-- x -->", b"A<!-- x -->B", b"<?x y?>"),
        *("é".encode(), "é".encode("latin-1"), "\u00a0A".encode(), "\ue0000".encode()),
        *("\ufffe".encode(), "\U0001f600".encode(), b"\xed\xa0\x80", b"\0", b"FR76 3000"),
    ]
)


@settings(max_examples=400)
@given(data=st.data(), name=st.sampled_from(sorted(DOCUMENTS)))
def test_other_texts_in_the_same_tags_are_read_or_refused_alike(
    data: st.DataObject, name: str
) -> None:
    xml, shapes = DOCUMENTS[name], HeaderShapes()
    _outcome(xml, shapes)
    places = list(_TEXT.finditer(xml))
    chosen = data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=4, unique=True))
    changed = bytearray(xml)
    for place in sorted(chosen, key=lambda match: -match.start()):
        changed[place.start() : place.end()] = data.draw(_NEW_TEXTS)
    assert _outcome(bytes(changed), shapes) == _outcome(bytes(changed), None)


def test_documents_of_one_shape_in_two_currencies_are_read_alike() -> None:
    """Which total counts is told by the currency, a text: the shape alone does not tell."""
    xml = DOCUMENTS["01.18a-INVOICE_uncefact.xml"]
    other = xml.replace(b"InvoiceCurrencyCode>EUR", b"InvoiceCurrencyCode>USD")
    assert other != xml
    for first, second in itertools.permutations((xml, other)):
        shapes = HeaderShapes()
        assert _outcome(first, shapes) == _outcome(first, None)
        assert _outcome(second, shapes) == _outcome(second, None)


def test_what_kind_of_number_a_number_is_decides_what_is_read() -> None:
    """Whether a number is one for VAT stands in a text: the shape alone does not tell."""
    xml = DOCUMENTS["ubl-21-en16931.xml"]
    other = xml.replace(b"<cbc:ID>VAT</cbc:ID>", b"<cbc:ID>LOC</cbc:ID>", 1)
    assert parse_invoice(xml).seller.vat_number == "FR11999999998"
    assert parse_invoice(other).seller.vat_number is None
    for first, second in itertools.permutations((xml, other)):
        shapes = HeaderShapes()
        assert _outcome(first, shapes) == _outcome(first, None)
        assert _outcome(second, shapes) == _outcome(second, None)


def test_the_shapes_of_a_run_are_bounded() -> None:
    xml, shapes = DOCUMENTS["01.18a-INVOICE_uncefact.xml"], HeaderShapes()
    for count in range(1100):
        padded = xml.replace(b"<rsm:ExchangedDocument>", b"<rsm:ExchangedDocument>" + b" " * count)
        assert _outcome(padded, shapes) == _outcome(xml, None)
    assert len(shapes._shapes._templates) <= 1000
