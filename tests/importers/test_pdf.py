"""PDFs that carry an invoice, in each of the ways they do, and those that do not."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import ArrayObject
from pypdf.generic import DecodedStreamObject
from pypdf.generic import DictionaryObject
from pypdf.generic import NameObject
from pypdf.generic import StreamObject
from pypdf.generic import TextStringObject

from beancount_factoring.importers.invoices.invoice_xml import parse_invoice
from beancount_factoring.importers.invoices.pdf import embedded_invoice
from beancount_factoring.importers.invoices.pdf import looks_like_invoice_pdf
from beancount_factoring.importers.reading.documents import DocumentRefusedError

_KEPT = Path(__file__).parents[1] / "data" / "facturx"

_XML = b"<rsm:CrossIndustryInvoice/>"


def _saved(writer: PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _pdf(*attachments: tuple[str, bytes]) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    for name, content in attachments:
        writer.add_attachment(name, content)
    return _saved(writer)


def _specification(writer: PdfWriter, name: str, stream: StreamObject) -> DictionaryObject:
    file = DictionaryObject({NameObject("/F"): writer._add_object(stream)})
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Filespec"),
            NameObject("/UF"): TextStringObject(name),
            NameObject("/EF"): file,
        }
    )


def _stream(content: bytes) -> StreamObject:
    stream = DecodedStreamObject()
    stream.set_data(content)
    return stream


def _with_catalog(build: Callable[[PdfWriter], dict[str, object]]) -> bytes:
    """Return a PDF with entries of its catalog made by hand."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    for key, value in build(writer).items():
        writer.root_object[NameObject(key)] = value
    return _saved(writer)


def _refusal(data: bytes) -> str:
    with pytest.raises(DocumentRefusedError) as refusal:
        embedded_invoice(data)
    reason = str(refusal.value)
    assert reason.isprintable()
    return reason


def _gives_it_or_refuses(data: bytes) -> bool:
    """Tell whether a damaged PDF is refused in a printable line, or gives bytes."""
    try:
        return isinstance(embedded_invoice(data), bytes)
    except DocumentRefusedError as refusal:
        return str(refusal).isprintable()


@pytest.mark.parametrize(
    "name",
    ["factur-x.xml", "Factur-X.XML", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml"],
)
def test_attachment_by_name(name: str) -> None:
    assert embedded_invoice(_pdf(("photo.png", b"png"), (name, _XML))) == _XML


def test_newer_format_is_taken_before_the_older() -> None:
    pdf = _pdf(("ZUGFeRD-invoice.xml", b"<old/>"), ("factur-x.xml", _XML))
    assert embedded_invoice(pdf) == _XML


def test_associated_file_that_is_not_among_the_embedded_files() -> None:
    pdf = _with_catalog(
        lambda writer: {"/AF": ArrayObject([_specification(writer, "factur-x.xml", _stream(_XML))])}
    )
    assert embedded_invoice(pdf) == _XML


def test_name_tree_with_branches() -> None:
    def build(writer: PdfWriter) -> dict[str, object]:
        specification = _specification(writer, "factur-x.xml", _stream(_XML))
        leaf = DictionaryObject(
            {NameObject("/Names"): ArrayObject([TextStringObject("a"), specification])}
        )
        branch = DictionaryObject({NameObject("/Kids"): ArrayObject([writer._add_object(leaf)])})
        tree = DictionaryObject({NameObject("/Kids"): ArrayObject([writer._add_object(branch)])})
        return {"/Names": DictionaryObject({NameObject("/EmbeddedFiles"): tree})}

    assert embedded_invoice(_with_catalog(build)) == _XML


def test_name_tree_that_bites_its_tail() -> None:
    def build(writer: PdfWriter) -> dict[str, object]:
        tree = DictionaryObject()
        reference = writer._add_object(tree)
        tree[NameObject("/Kids")] = ArrayObject([reference, reference])
        return {"/Names": DictionaryObject({NameObject("/EmbeddedFiles"): reference})}

    assert _refusal(_with_catalog(build)) == "the PDF has no attachment, so no invoice to read"


def test_no_attachment() -> None:
    assert _refusal(_pdf()) == "the PDF has no attachment, so no invoice to read"


def test_attachments_of_other_names() -> None:
    assert _refusal(_pdf(("facture.xml", _XML), ("plan.pdf", b"%PDF"))) == (
        "the PDF has no attachment named factur-x.xml, only “facture.xml”, “plan.pdf”"
    )


def test_two_different_invoices_of_one_name() -> None:
    pdf = _pdf(("factur-x.xml", _XML), ("factur-x.xml", b"<other/>"))
    assert _refusal(pdf) == "the PDF carries 2 different factur-x.xml"


def test_one_invoice_attached_twice() -> None:
    assert embedded_invoice(_pdf(("factur-x.xml", _XML), ("factur-x.xml", _XML))) == _XML


@pytest.mark.parametrize("password", ["", "secret"])
def test_encrypted(password: str) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("factur-x.xml", _XML)
    writer.encrypt(password, "owner", algorithm="RC4-128")
    assert "the PDF is encrypted" in _refusal(_saved(writer))


def test_attachment_that_swells_beyond_bounds() -> None:
    def build(writer: PdfWriter) -> dict[str, object]:
        bomb = StreamObject()
        bomb._data = zlib.compress(bytes(64 * 1024 * 1024), 9)
        bomb[NameObject("/Filter")] = NameObject("/FlateDecode")
        return {"/AF": ArrayObject([_specification(writer, "factur-x.xml", bomb)])}

    pdf = _with_catalog(build)
    assert len(pdf) < 100_000
    assert "the PDF cannot be read: Limit reached" in _refusal(pdf)


@pytest.mark.parametrize("data", [b"", b"x", b"<xml/>", bytes(5000), b"PK\x03\x04"])
def test_no_pdf(data: bytes) -> None:
    assert _refusal(data) == "is not a PDF"


def test_header_alone() -> None:
    assert "the PDF cannot be read" in _refusal(b"%PDF-1.7\n")


def test_huge_file() -> None:
    assert "at most 67108864 are read" in _refusal(b"%PDF-1.7\n" + bytes(64 * 1024 * 1024))


def test_broken_cross_reference_table_is_mended() -> None:
    pdf = _pdf(("factur-x.xml", _XML))
    start = pdf.rindex(b"startxref")
    broken = pdf[:start] + b"startxref\n7\n%%EOF\n"
    assert embedded_invoice(broken) == _XML


def test_cut_anywhere() -> None:
    pdf = _pdf(("factur-x.xml", _XML))
    assert all(_gives_it_or_refuses(pdf[:length]) for length in range(0, len(pdf), 23))


def test_nothing_is_written_about_a_mended_file(tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    pdf = _pdf(("factur-x.xml", _XML))
    path.write_bytes(pdf[: pdf.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n")
    program = (
        "import sys\n"
        "from beancount_factoring.importers.invoices.pdf import embedded_invoice\n"
        "print(embedded_invoice(sys.argv[1]).decode())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == (f"{_XML.decode()}\n", "")


def test_pypdf_is_loaded_late() -> None:
    program = (
        "import sys, beancount_factoring.importers.invoices.pdf; print('pypdf' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


class TestIdentification:
    @pytest.mark.parametrize("name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "facture.xml"])
    def test_pdf_with_xml(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / "a.pdf"
        path.write_bytes(_pdf((name, _XML)))
        assert looks_like_invoice_pdf(path) is True
        assert looks_like_invoice_pdf(str(path)) is True

    def test_anything_else(self, tmp_path: Path) -> None:
        for name, data in {
            "plain.pdf": _pdf(),
            "photo.pdf": _pdf(("photo.png", b"png")),
            "cut.pdf": b"%PDF-1.7\n1 0 obj",
            "empty.pdf": b"",
            "factur-x.xml": _XML,
        }.items():
            path = tmp_path / name
            path.write_bytes(data)
            assert looks_like_invoice_pdf(path) is False
        assert looks_like_invoice_pdf(tmp_path) is False
        assert looks_like_invoice_pdf(tmp_path / "absent.pdf") is False
        assert looks_like_invoice_pdf("no\0name") is False


def test_kept_pdf_gives_its_invoice() -> None:
    assert parse_invoice(embedded_invoice(_KEPT / "cas-OK-001.pdf")).number == "FA-2026-0001"


_SEED = _pdf(("factur-x.xml", _XML))


@settings(max_examples=200, deadline=None)
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(_SEED)), st.integers(0, 30), st.binary(max_size=12)),
        min_size=1,
        max_size=5,
    )
)
def test_damaged_pdf_gives_bytes_or_is_refused(edits: list[tuple[int, int, bytes]]) -> None:
    data = bytearray(_SEED)
    for start, length, piece in edits:
        data[start : start + length] = piece
    assert _gives_it_or_refuses(bytes(data))
