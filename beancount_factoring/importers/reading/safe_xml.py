"""XML from strangers: parsed in memory, bounded, with nothing fetched and nothing expanded."""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element

from beancount_factoring.importers.reading.documents import DocumentRefusedError

MAX_BYTES = 32 * 1024 * 1024
"""The largest XML document that is read; real invoices carry attachments of a few megabytes."""

# Comments and processing instructions are dropped, so that they cannot cut a value in two.
# (collect_ids=False would be faster by a hair and makes libxml2 load external DTDs.)
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
    remove_blank_text=True,
)

_DECLARATION = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]*)[^>]*>""")
_TRUSTED_ENCODINGS = frozenset({b"UTF-8", b"UTF-16"})
_UTF8_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'


def parse_xml(data: bytes) -> _Element:
    """Return the root element of an XML document.

    A document whose declared encoding is not Unicode is read as UTF-8 if its bytes are UTF-8:
    text in another encoding beyond ASCII is practically never valid UTF-8, so the declaration is
    wrong, or unknown to every parser (`UTF-8-W/O-BOM`).

    Raises `DocumentRefusedError` for what is empty, too large, not well-formed, not in its
    encoding, or has a document type declaration (the door of entity bombs and external entities;
    no invoice and no statement format has one).
    """
    if not data.strip():
        raise DocumentRefusedError("the document is empty")
    if len(data) > MAX_BYTES:
        raise DocumentRefusedError(
            f"the XML has {len(data)} bytes, more than the {MAX_BYTES} that are read"
        )
    try:
        root = etree.fromstring(_truly_encoded(data), _PARSER)
    except etree.XMLSyntaxError as error:
        raise DocumentRefusedError(f"not well-formed XML: {shown(str(error.msg), 200)}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentRefusedError(
            "the XML has a document type declaration (DOCTYPE), which is not read"
        )
    return root


def declares_utf8(data: bytes) -> bool:
    """Tell whether a document is in UTF-8 by its declaration, or as one that declares nothing."""
    declaration = _DECLARATION.match(data)
    return declaration is None or declaration[1].upper() == b"UTF-8"


def shown(text: str, length: int = 60) -> str:
    """Return text of a document fit for a one-line message: bounded, printable."""
    line = " ".join(text.split())
    if len(line) > length:
        line = f"{line[:length]}…"
    return "".join(char if char.isprintable() else "�" for char in line)


def _truly_encoded(data: bytes) -> bytes:
    declaration = _DECLARATION.match(data)
    if declaration is None or declaration[1].upper() in _TRUSTED_ENCODINGS:
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return _UTF8_DECLARATION + data[declaration.end() :]
