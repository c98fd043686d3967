"""The header of a Cross Industry Invoice as texts, before any of them is understood.

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

from beancount_factoring.importers.cii_fields import ROOTS
from beancount_factoring.importers.cii_fields import Generation
from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.safe_xml import declares_utf8
from beancount_factoring.importers.safe_xml import parse_xml
from beancount_factoring.importers.safe_xml import shown
from beancount_factoring.importers.xml_shapes import Shapes
from beancount_factoring.importers.xml_shapes import is_marked
from beancount_factoring.importers.xml_shapes import marked
from beancount_factoring.importers.xml_shapes import picker
from beancount_factoring.importers.xml_shapes import place_of

# The time that XPath takes can grow with the square of the header; real ones have hundreds of
# elements. A document that is not large cannot have enough of them.
_LARGE: Final = 256 * 1024
_MAX_HEADER_ELEMENTS: Final = 20_000

_CURRENCY: Final = b"InvoiceCurrencyCode"

_BLANKS: Final = re.compile(r"[ \t\n]+")

Group = tuple[str, ...]
"""Texts that belong together, in the order of their fields; "" for what is not there."""


class Header(NamedTuple):
    """The texts of a document's header; fields are in the order of `Generation`'s values.

    A party is its values and behind them its identifiers, `()` where there is none. `others` are
    the currency and the name of a total that is stated twice in one currency.
    """

    generation: Generation
    document: Group
    totals: Group
    others: Group
    seller: Group
    buyer: Group
    payee: Group
    ibans: Group
    preceding: Group
    taxes: tuple[Group, ...]
    terms: tuple[Group, ...]


def read_header(data: bytes) -> Header:
    """Parse a document and return its header; raises `DocumentRefusedError` for what is none."""
    root = parse_xml(data)
    generation = ROOTS.get(root.tag)
    if generation is None:
        raise DocumentRefusedError(
            f"not a Cross Industry Invoice: the root element is {shown(root.tag, 120)}"
        )
    if len(data) > _LARGE and generation.header_size(root) > _MAX_HEADER_ELEMENTS:
        raise DocumentRefusedError(f"the header has more than {_MAX_HEADER_ELEMENTS} elements")
    parts = _by_name(generation.parts(root))
    document = _one(parts, generation.document, "document header")
    currency = _one(parts, _CURRENCY.decode(), "currency (BT-5)").text or ""
    summation = _one(parts, generation.summation, "totals (BG-22)")
    totals = generation.total_values(summation)
    is_repeated = len(summation) + totals.count("") > len(totals)
    seller = _one(parts, "SellerTradeParty", "seller (BG-4)")
    buyer = _one(parts, "BuyerTradeParty", "buyer (BG-7)")
    payee = _one_or_none(parts, "PayeeTradeParty", "payee (BG-10)")
    return Header(
        generation,
        document=tuple(generation.document_values(document)),
        totals=tuple(totals),
        others=(currency, _repeated(summation, currency) if is_repeated else ""),
        seller=_party(seller, generation),
        buyer=_party(buyer, generation),
        payee=() if payee is None else _party(payee, generation),
        ibans=tuple(account.text or "" for account in parts.get("IBANID", ())),
        preceding=(
            tuple(generation.preceding(root)) if "InvoiceReferencedDocument" in parts else ()
        ),
        taxes=tuple(
            tuple(generation.vat_line_values(line)) for line in parts.get("ApplicableTradeTax", ())
        ),
        terms=tuple(
            tuple(generation.term_values(term))
            for term in parts.get("SpecifiedTradePaymentTerms", ())
        ),
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
    """Which texts of a shape are a header's: `picked` takes them, `ends` cut them into groups.

    Which amounts are in a document's currency depends on it: the shape was learnt with `currency`,
    the text at `place`.
    """

    generation: Generation
    place: int
    currency: str
    constants: list[str]
    picked: Callable[[list[str]], Group]
    ends: tuple[int, ...]
    taxes: int

    def filled(self, texts: list[str]) -> Header | None:
        """Return the header with a document's texts; `None` if it has to be parsed."""
        if texts[self.place] != self.currency:
            return None
        flat = self.picked(texts + self.constants)
        joined = "\0".join(flat)
        if "  " in joined or "\n" in joined or "\t" in joined:
            flat = tuple(_BLANKS.sub(" ", text) for text in flat)
        groups = []
        begin = 0
        for end in self.ends:
            groups.append(flat[begin:end])
            begin = end
        document, totals, others, seller, buyer, payee, ibans, preceding, *lists = groups
        return Header(
            self.generation,
            document,
            totals,
            others,
            seller,
            buyer,
            payee,
            ibans,
            preceding,
            tuple(lists[: self.taxes]),
            tuple(lists[self.taxes :]),
        )


def _learnt(pieces: list[bytes]) -> _Template | None:
    """Return the template of a document in pieces, `None` where its texts cannot be told apart."""
    tags = pieces[::2]
    places = [place for place, tag in enumerate(tags[:-1]) if tag.endswith(_CURRENCY)]
    if len(places) != 1 or not declares_utf8(tags[0]) or any(map(_hides_something, tags)):
        return None
    (place,) = places
    currency = pieces[2 * place + 1].decode(errors="replace")
    try:
        header = read_header(marked(pieces, kept=place))
        groups = (*header[1:-2], *header.taxes, *header.terms)
        flat = [text for group in groups for text in group]
        marks = [place_of(text) if is_marked(text) else None for text in flat]
    except DocumentRefusedError:
        return None
    if header.others[0] != currency:
        return None
    constants = [text for text, mark in zip(flat, marks, strict=True) if mark is None]
    constant = itertools.count(len(tags) - 1)
    return _Template(
        header.generation,
        place,
        currency,
        constants,
        picker(tuple(next(constant) if mark is None else mark for mark in marks)),
        tuple(itertools.accumulate(map(len, groups))),
        len(header.taxes),
    )


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


def _party(party: _Element, generation: Generation) -> Group:
    return (*generation.party_values(party), *generation.identifiers(party))


def _repeated(summation: _Element, currency: str) -> str:
    """Return the name of a total that is stated twice in one currency; "" where none is."""
    seen = set()
    for element in summation:
        stated = (element.tag, element.get("currencyID", currency))
        if stated in seen:
            return str(element.tag).rpartition("}")[2]
        seen.add(stated)
    return ""
