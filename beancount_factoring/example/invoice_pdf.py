"""Factur-X PDFs: an invoice's page with its XML attached, as Factur-X 1.0, section 6, has it.

The standard fonts are not embedded, to keep each file small, so that no PDF/A-3 is claimed.
"""

from __future__ import annotations

import hashlib
import io

from pypdf import PdfWriter
from pypdf.generic import ArrayObject
from pypdf.generic import ByteStringObject
from pypdf.generic import DecodedStreamObject
from pypdf.generic import DictionaryObject
from pypdf.generic import NameObject
from pypdf.generic import NumberObject
from pypdf.generic import PdfObject
from pypdf.generic import TextStringObject

from beancount_factoring.example.invoice_page import invoice_page
from beancount_factoring.example.invoice_xml import invoice_xml
from beancount_factoring.example.invoicing import Invoice

ATTACHMENT = "factur-x.xml"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
  <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
    </rdf:Description>
    <rdf:Description rdf:about=""
        xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
      <fx:DocumentType>INVOICE</fx:DocumentType>
      <fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>
      <fx:Version>1.0</fx:Version>
      <fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
    </rdf:Description>
  </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def invoice_pdf(invoice: Invoice) -> bytes:
    """Return an invoice as a Factur-X PDF, the same bytes for the same libraries."""
    writer = PdfWriter(clone_from=io.BytesIO(invoice_page(invoice)))
    # pypdf adds objects only by this private method, and attachments only uncompressed.
    attachment = _attachment(invoice_xml(invoice))
    file = writer._add_object(attachment)  # noqa: SLF001
    specification = writer._add_object(_file_specification(file))  # noqa: SLF001
    metadata = DecodedStreamObject()
    metadata.set_data(_XMP.format(title=invoice.number).encode())
    metadata[NameObject("/Type")] = NameObject("/Metadata")
    metadata[NameObject("/Subtype")] = NameObject("/XML")
    names = ArrayObject([TextStringObject(ATTACHMENT), specification])
    tree = DictionaryObject({NameObject("/Names"): names})
    writer.root_object.update(
        {
            NameObject("/AF"): ArrayObject([specification]),
            NameObject("/Names"): DictionaryObject({NameObject("/EmbeddedFiles"): tree}),
            NameObject("/Metadata"): writer._add_object(metadata),  # noqa: SLF001
        }
    )
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _attachment(xml: bytes) -> DictionaryObject:
    """Return the XML as an embedded file, compressed."""
    plain = DecodedStreamObject()
    plain.set_data(xml)
    file = plain.flate_encode()
    checksum = hashlib.md5(xml, usedforsecurity=False).digest()
    file.update(
        {
            NameObject("/Type"): NameObject("/EmbeddedFile"),
            NameObject("/Subtype"): NameObject("/text/xml"),
            NameObject("/Params"): DictionaryObject(
                {
                    NameObject("/Size"): NumberObject(len(xml)),
                    NameObject("/CheckSum"): ByteStringObject(checksum),
                }
            ),
        }
    )
    return file


def _file_specification(file: PdfObject) -> DictionaryObject:
    """Return what names the embedded file, and says that it holds the same data as the page."""
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Filespec"),
            NameObject("/F"): TextStringObject(ATTACHMENT),
            NameObject("/UF"): TextStringObject(ATTACHMENT),
            NameObject("/Desc"): TextStringObject("Factur-X"),
            NameObject("/AFRelationship"): NameObject("/Alternative"),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): file, NameObject("/UF"): file}),
        }
    )
