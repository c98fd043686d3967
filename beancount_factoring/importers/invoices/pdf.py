"""The invoice XML that a Factur-X or ZUGFeRD PDF carries (ISO 32000-2, 7.11.4 and 14.13)."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.safe_xml import MAX_BYTES
from beancount_factoring.importers.reading.safe_xml import shown
from beancount_factoring.importers.reading.statements import check_size

INVOICE_NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")
"""What the attachment is called, in any letter case; the first of them that is there is taken."""

MAX_PDF_BYTES = 64 * 1024 * 1024
"""The largest PDF that is read."""

# PDF readers find the header anywhere in the first kilobyte.
_HEADER = b"%PDF-"
_HEADER_WITHIN = 1024

_MAX_NODES = 1000


def looks_like_invoice_pdf(path: str | os.PathLike[str]) -> bool:
    """Return whether a file is a PDF that names an invoice XML, or has any XML attached.

    An attachment under another name is for `embedded_invoice` to refuse. Never raises: what
    cannot be read as a PDF is none.
    """
    try:
        data = _read(Path(path))
        lower = data.lower()
        if any(name.encode() in lower for name in INVOICE_NAMES):
            return True
        with _bounded_reading():
            return any(name.lower().endswith(".xml") for name, _ in _attachments(data))
    except (DocumentRefusedError, ValueError):
        return False


def embedded_invoice(source: bytes | str | os.PathLike[str]) -> bytes:
    """Return the invoice XML that a PDF carries, as it was attached; `source` is a PDF or its path.

    The attachment is known by its name, among the embedded and the associated files. How it says
    to be related to the document (`/AFRelationship`) differs between writers and is not looked at.

    Raises `DocumentRefusedError` for what is no PDF, is encrypted or broken, and for a PDF with no
    such attachment or with two different ones of one name.
    """
    data = _checked(source) if isinstance(source, bytes) else _read(Path(source))
    with _bounded_reading():
        attachments = _attachments(data)
        for wanted in INVOICE_NAMES:
            contents = {_content(spec) for name, spec in attachments if name.lower() == wanted}
            if len(contents) > 1:
                raise DocumentRefusedError(f"the PDF carries {len(contents)} different {wanted}")
            if contents:
                return contents.pop()
    if not attachments:
        raise DocumentRefusedError("the PDF has no attachment, so no invoice to read")
    names = ", ".join(dict.fromkeys(f"“{shown(name)}”" for name, _ in attachments[:5]))
    raise DocumentRefusedError(f"the PDF has no attachment named {INVOICE_NAMES[0]}, only {names}")


def _read(path: Path) -> bytes:
    check_size(path, MAX_PDF_BYTES)
    try:
        return _checked(path.read_bytes())
    except OSError as error:
        raise DocumentRefusedError(f"cannot be opened: {error}") from error


def _checked(data: bytes) -> bytes:
    if len(data) > MAX_PDF_BYTES:
        raise DocumentRefusedError(f"has {len(data)} bytes; at most {MAX_PDF_BYTES} are read")
    if _HEADER not in data[:_HEADER_WITHIN]:
        raise DocumentRefusedError("is not a PDF")
    return data


@contextmanager
def _bounded_reading() -> Iterator[None]:
    """Let pypdf read with bounds, without a word, and with every failure as a refusal."""
    import pypdf

    logger = logging.getLogger("pypdf")
    # Keeps logging's last resort from writing to stderr; an application's own handlers still hear.
    quiet = logging.NullHandler()
    logger.addHandler(quiet)
    try:
        with pypdf.apply_configuration(
            zlib_maximum_output_length=MAX_BYTES,
            lzw_maximum_output_length=MAX_BYTES,
            run_length_maximum_output_length=MAX_BYTES,
            brotli_maximum_output_length=MAX_BYTES,
            array_based_stream_maximum_output_length=MAX_BYTES,
            stream_decoding_work_maximum_length=2 * MAX_BYTES,
        ):
            yield
    except DocumentRefusedError:
        raise
    except Exception as error:  # pypdf.errors: "broken PDF files might cause other Exceptions"
        reason = shown(str(error), 120) or type(error).__name__
        raise DocumentRefusedError(f"the PDF cannot be read: {reason}") from error
    finally:
        logger.removeHandler(quiet)


def _attachments(data: bytes) -> list[tuple[str, Any]]:
    """Return the names and file specifications of the attachments, each under all its names."""
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise DocumentRefusedError("the PDF is encrypted; save it without a password")
    root = reader.root_object
    found: list[tuple[str, Any]] = []
    nodes = [_get(_get(root, "/Names"), "/EmbeddedFiles")]
    seen = 0
    while nodes and seen < _MAX_NODES:
        seen += 1
        node = nodes.pop()
        names = _items(_get(node, "/Names"))
        for name, spec in zip(names[::2], names[1::2], strict=False):
            found += [(str(name), spec), *_own_names(spec)]
        nodes += _items(_get(node, "/Kids"))
    for spec in _items(_get(root, "/AF")):
        found += _own_names(spec)
    return [(name, spec) for name, spec in found if _get(spec, "/EF") is not None]


def _own_names(spec: Any) -> list[tuple[str, Any]]:
    names = (_get(spec, key) for key in ("/UF", "/F"))
    return [(str(name), spec) for name in names if isinstance(name, str)]


def _content(spec: Any) -> bytes:
    files = _get(spec, "/EF")
    file = _get(files, "/UF") or _get(files, "/F")
    data = file.get_data() if file is not None else None
    if not isinstance(data, bytes):
        raise DocumentRefusedError("the PDF names an invoice XML but does not hold it")
    return data


def _get(value: Any, key: str) -> Any:
    """Return an entry of a dictionary, resolved; `None` for what has no such entry."""
    from pypdf.generic import DictionaryObject

    found = value.get(key) if isinstance(value, DictionaryObject) else None
    return None if found is None else found.get_object()


def _items(value: Any) -> list[Any]:
    """Return the items of an array, resolved and bounded; none of what is no array."""
    from pypdf.generic import ArrayObject

    items = value[:_MAX_NODES] if isinstance(value, ArrayObject) else []
    return [item.get_object() for item in items]
