"""The header of an electronic invoice as texts, before any of them is understood.

It is read by XPath, once for each shape of document: of the next one with the same tags only the
texts are cut out, to the same result.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from typing import NamedTuple

from lxml.etree import _Element

from beancount_factoring.importers.invoices import cii_fields
from beancount_factoring.importers.invoices import ubl_fields
from beancount_factoring.importers.invoices.invoice_syntax import Syntax
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.safe_xml import declares_utf8
from beancount_factoring.importers.reading.safe_xml import parse_xml
from beancount_factoring.importers.reading.safe_xml import shown
from beancount_factoring.importers.reading.xml_shapes import Shapes
from beancount_factoring.importers.reading.xml_shapes import is_marked
from beancount_factoring.importers.reading.xml_shapes import marked
from beancount_factoring.importers.reading.xml_shapes import picker
from beancount_factoring.importers.reading.xml_shapes import place_of

# The time that XPath takes can grow with the square of the header; real ones have hundreds of
# elements. A document that is not large cannot have enough of them.
_LARGE: Final = 256 * 1024
_MAX_HEADER_ELEMENTS: Final = 20_000

_ROOTS: Final = {**cii_fields.ROOTS, **ubl_fields.ROOTS}

_BLANKS: Final = re.compile(r"[ \t\n]+")

Group = tuple[str, ...]
"""Texts that belong together, in the order of their fields; "" for what is not there."""


class Header(NamedTuple):
    """The texts of a document's header; fields are in the order of `Syntax`'s values.

    A party is its values and behind them its identifiers, `()` where there is none. `others` are
    the currency and the name of a total that is stated twice in one currency.
    """

    syntax: Syntax
    document: Group
    totals: Group
    others: Group
    seller: Group
    buyer: Group
    payee: Group
    ibans: Group
    preceding: Group
    third_parties: Group
    taxes: tuple[Group, ...]
    terms: tuple[Group, ...]


def read_header(data: bytes) -> Header:
    """Parse a document and return its header; raises `DocumentRefusedError` for what is none."""
    root = parse_xml(data)
    syntax = _syntax(root)
    if len(data) > _LARGE and syntax.header_size(root) > _MAX_HEADER_ELEMENTS:
        raise DocumentRefusedError(f"the header has more than {_MAX_HEADER_ELEMENTS} elements")
    return _header(root, syntax)


def _syntax(root: _Element) -> Syntax:
    syntax = _ROOTS.get(root.tag)
    if syntax is None:
        raise DocumentRefusedError(
            "neither a Cross Industry Invoice nor a UBL invoice or credit note:"
            f" the root element is {shown(root.tag, 120)}"
        )
    return syntax


def _header(root: _Element, syntax: Syntax) -> Header:
    names = syntax.part_names
    parts = _by_name(syntax.parts(root))
    document = _one(parts, names.document, "document header")
    currency = _one(parts, names.currency, "currency (BT-5)").text or ""
    summation = _one(parts, names.summation, "totals (BG-22)")
    seller = _one(parts, names.seller, "seller (BG-4)")
    buyer = _one(parts, names.buyer, "buyer (BG-7)")
    payee = _one_or_none(parts, names.payee, "payee (BG-10)")
    terms = [term for name in names.terms for term in parts.get(name, ())]
    return Header(
        syntax,
        document=tuple(syntax.document_values(document)),
        totals=tuple(syntax.total_values(summation)),
        others=(currency, _repeated(syntax.amounts(summation), currency)),
        seller=_party(seller, syntax),
        buyer=_party(buyer, syntax),
        payee=() if payee is None else _party(payee, syntax),
        ibans=tuple(account.text or "" for account in parts.get(names.account, ())),
        preceding=tuple(syntax.preceding(root)) if names.preceding in parts else (),
        third_parties=tuple(syntax.third_parties(root)) if names.third_party in parts else (),
        taxes=tuple(tuple(syntax.vat_line_values(line)) for line in parts.get(names.vat_line, ())),
        terms=tuple(tuple(syntax.term_values(term)) for term in terms),
    )


class HeaderShapes:
    """Reads the headers of many documents; the shapes that were met are kept."""

    def __init__(self) -> None:
        """Start with no shape known."""
        self._shapes = Shapes(_learnt, line_breaks=True)

    def read(self, data: bytes) -> Header:
        """Return a document's header as `read_header` does."""
        found = self._shapes.cut(data) if len(data) <= _LARGE else None
        header = found[0].filled(found[1]) if found else None
        return header or read_header(data)


@dataclass(frozen=True, slots=True)
class _Template:
    """Which texts of a shape are a header's: `picked` takes them, `groups` cut them.

    Some texts decide which others are read (which amounts are in the document's currency): the
    shape was learnt with those, and `deciding` takes them from a document.
    """

    syntax: Syntax
    deciding: Callable[[list[str]], Group]
    decided: Group
    constants: list[str]
    picked: Callable[[list[str]], Group]
    groups: tuple[slice, ...]
    taxes: int

    def filled(self, texts: list[str]) -> Header | None:
        """Return the header with a document's texts; `None` if it has to be parsed."""
        if self.deciding(texts) != self.decided:
            return None
        flat = self.picked(texts + self.constants)
        joined = "\0".join(flat)
        if "  " in joined or "\n" in joined or "\t" in joined:
            flat = tuple(_BLANKS.sub(" ", text) for text in flat)
        groups = [flat[group] for group in self.groups]
        taxes = _SINGLE + self.taxes
        lists = (tuple(groups[_SINGLE:taxes]), tuple(groups[taxes:]))
        return Header._make((self.syntax, *groups[:_SINGLE], *lists))


# The groups of a header of which there is one each, before those of VAT lines and terms.
_SINGLE: Final = len(Header._fields) - 3


def _learnt(pieces: list[bytes]) -> _Template | None:
    """Return the template of a document in pieces, `None` where its texts cannot be told apart."""
    tags = pieces[::2]
    if not declares_utf8(tags[0]) or any(map(_hides_something, tags)):
        return None
    try:
        root = parse_xml(marked(pieces))
        syntax = _syntax(root)
        decided = _decide(syntax.deciding(root), pieces)
        header = _header(root, syntax)
        groups = (*header[1:-2], *header.taxes, *header.terms)
        flat = [text for group in groups for text in group]
        marks = [place_of(text) if is_marked(text) else None for text in flat]
    except (DocumentRefusedError, ValueError):
        return None
    constants = [text for text, mark in zip(flat, marks, strict=True) if mark is None]
    constant = itertools.count(len(tags) - 1)
    ends = itertools.accumulate(map(len, groups), initial=0)
    return _Template(
        syntax,
        picker(tuple(decided)),
        tuple(decided.values()),
        constants,
        picker(tuple(next(constant) if mark is None else mark for mark in marks)),
        tuple(itertools.starmap(slice, itertools.pairwise(ends))),
        len(header.taxes),
    )


def _decide(elements: Iterable[_Element], pieces: list[bytes]) -> dict[int, str]:
    """Give the elements their own texts back; return these by their places.

    Raises `DocumentRefusedError` or `ValueError` for a text that is not plain.
    """
    decided = {}
    for element in elements:
        mark = element.text or ""
        if is_marked(mark):
            place = place_of(mark)
            text = pieces[2 * place + 1].decode()
            if "&" in text:
                raise DocumentRefusedError("decides by a text with an entity")
            decided[place] = element.text = text
    return decided


def _hides_something(tags: bytes) -> bool:
    """Tell whether a text beside these tags may be none: in a comment, CDATA, an instruction."""
    if b"<!" not in tags and b"<?" not in tags:
        return False
    comments = tags.count(b"<!--")
    others = tags.count(b"<!") - comments + tags.count(b"<?") - tags.count(b"<?xml ")
    return others > 0 or comments != tags.count(b"-->")


_Parts = dict[str, list[_Element]]


def _by_name(elements: Iterable[_Element]) -> _Parts:
    """Return elements by their local names, in document order."""
    parts: _Parts = {}
    for element in elements:
        tag = element.tag
        parts.setdefault(tag[tag.rfind("}") + 1 :], []).append(element)
    return parts


def _one(parts: _Parts, name: str, what: str) -> _Element:
    """Return the only part of that name; `what` tells in the refusal what it is."""
    element = _one_or_none(parts, name, what)
    if element is None:
        raise DocumentRefusedError(f"the document has no {what}")
    return element


def _one_or_none(parts: _Parts, name: str, what: str) -> _Element | None:
    """Return the only part of that name, if any; of two, none could be chosen."""
    elements = parts.get(name)
    if elements is None:
        return None
    if len(elements) > 1:
        raise DocumentRefusedError(f"the document has {len(elements)} times the {what}")
    return elements[0]


def _party(party: _Element, syntax: Syntax) -> Group:
    return (*syntax.party_values(party), *syntax.identifiers(party))


def _repeated(amounts: Iterable[_Element], currency: str) -> str:
    """Return the name of a total that is stated twice in one currency; "" where none is."""
    seen = set()
    for element in amounts:
        stated = (element.tag, element.get("currencyID", currency))
        if stated in seen:
            return str(element.tag).rpartition("}")[2]
        seen.add(stated)
    return ""
