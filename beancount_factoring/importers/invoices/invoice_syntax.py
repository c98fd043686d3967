"""What a syntax of electronic invoices has to say of itself, so that one reader reads them all.

Paths are compiled XPath, and the values of an element are read together: a call for each value,
or a walk over the elements in Python, takes longer than parsing the document.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from typing import cast

from lxml.etree import XPath
from lxml.etree import _Element

Values = Callable[[_Element], list[str]]
"""Returns values of an element with single blanks; "" for what is not there."""


class Names(NamedTuple):
    """The names of elements, as messages give them; `totals` are BT-106 to 110 and 112 to 115."""

    totals: tuple[str, ...]
    vat_base: str
    vat_amount: str
    issued: str
    due: str
    part: str


class Parts(NamedTuple):
    """The local names of the parts that `Syntax.parts` finds."""

    document: str
    seller: str
    buyer: str
    payee: str
    currency: str
    account: str
    vat_line: str
    terms: tuple[str, ...]
    summation: str
    preceding: str
    third_party: str


@dataclass(frozen=True, slots=True)
class Syntax:
    """One syntax, or one generation of it: how its parts are found, and the values of each part.

    `parts` finds them in document order. `header_size` counts the elements that this goes through.
    `states_total` and `states_payable` tell whether every document has the total with VAT and the
    amount due. `amounts` are the
    elements of which none may be stated twice in one currency. `type_codes` are those that the
    root element admits, `type_code` the one that it has where the document has none.

    Paths choose by tags and attributes, and by the texts of the elements that `deciding` finds,
    those alone: another document of the same tags is read by the same choice.
    """

    names: Names
    part_names: Parts
    states_total: bool
    states_payable: bool
    header_size: Callable[[_Element], float]
    parts: Callable[[_Element], list[_Element]]
    document_values: Values
    party_values: Values
    vat_line_values: Values
    total_values: Values
    term_values: Values
    identifiers: Callable[[_Element], list[str]]
    preceding: Callable[[_Element], list[str]]
    third_parties: Callable[[_Element], list[str]]
    amounts: Callable[[_Element], list[_Element]]
    deciding: Callable[[_Element], list[_Element]]
    type_codes: frozenset[str]
    type_code: str = ""


class Paths(NamedTuple):
    """Compiles the paths of one syntax, with its prefixes."""

    namespaces: Mapping[str, str]

    def compiled(self, path: str) -> XPath:
        """Return a path that can be called with an element."""
        return XPath(path, namespaces=dict(self.namespaces), smart_strings=False)

    def elements(self, path: str) -> Callable[[_Element], list[_Element]]:
        """Return what finds elements."""
        return cast("Callable[[_Element], list[_Element]]", self.compiled(path))

    def texts(self, path: str) -> Callable[[_Element], list[str]]:
        """Return what finds texts."""
        return cast("Callable[[_Element], list[str]]", self.compiled(path))

    def number(self, path: str) -> Callable[[_Element], float]:
        """Return what counts."""
        return cast("Callable[[_Element], float]", self.compiled(path))

    def values(self, *paths: str) -> Values:
        """Return what reads a value for each path, of several elements the first one's."""
        # No value can hold the line break that parts them: normalize-space leaves blanks alone.
        together = ", '\n', ".join(f"normalize-space({path})" for path in paths)
        read = cast("Callable[[_Element], str]", self.compiled(f"concat({together})"))
        return lambda element: read(element).split("\n")
