"""`custom "factoring"` directives: what a contract's events say (interface.md, section 1)."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from typing import Final

from beancount.core import account as account_types
from beancount.core import data
from beancount.core.amount import Amount

from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import Figures
from beancount_factoring.contract.terms import ReserveMode
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.history import IndexFixing
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.amounts import not_in_units
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.frozen import FROZEN
from beancount_factoring.ledger.frozen import Mark
from beancount_factoring.ledger.frozen import Record
from beancount_factoring.ledger.frozen import frozen_of
from beancount_factoring.ledger.metadata import amount_of
from beancount_factoring.ledger.metadata import text_of
from beancount_factoring.yaml_kinds import MISSPELT
from beancount_factoring.yaml_kinds import nearest
from beancount_factoring.yaml_kinds import one_of

TYPE: Final = "factoring"
_INDEX: Final = "index"

# Percent a year: beyond it a decimal comma was meant, which Beancount reads as thousands.
_HIGHEST_INDEX: Final = 100

# What follows the event and the contract's name, by example.
_EXAMPLES: Final[Mapping[str, str]] = {
    "remit": '"remit" "bpce"',
    "draw": '"draw" "bpce" 10500.00 EUR',
    "limit": '"limit" "bpce" Assets:Clients:DUPONT 50000 EUR',
    "dispute": '"dispute" "bpce" "F2026-0001"',
    "resolve": '"resolve" "bpce" "F2026-0001"',
    "return": '"return" "bpce" "F2026-0001"',
    "default": '"default" "bpce" "F2026-0001"',
    "interest": '"interest" "bpce" 31.50 EUR',
    "charge": '"charge" "bpce" "audit" 250.00 EUR',
    "guarantee": '"guarantee" "bpce" -130.00 EUR',
    "reserve": '"reserve" "bpce" 1500.00 EUR',
    "index": '"index" "EURIBOR3M" 2.015',
    "close": '"close" "bpce"',
    FROZEN: '"frozen" "bpce"',
}
# The other form: a record of what an event of a closed period was made of.
_RECORD: Final = '"frozen" "bpce" "bpce/2026-01/remittance" "F2026-0001" 1200.00 EUR'
EVENTS: Final = frozenset(_EXAMPLES)
"""What a directive's first value may be."""

_NAMED: Final = {
    DirectiveKind.DISPUTE,
    DirectiveKind.RESOLVE,
    DirectiveKind.RETURN,
    DirectiveKind.DEFAULT,
}
_FIGURES: Final[Mapping[DirectiveKind, tuple[str, ...]]] = {
    DirectiveKind.REMIT: ("commission", "vat", "guarantee", "assigned"),
    DirectiveKind.INTEREST: ("vat",),
    DirectiveKind.CHARGE: ("vat",),
}
_NUMBER: Final = "number"

Report = Callable[[data.Custom, str], None]


def is_factoring(entry: data.Directive) -> bool:
    """Tell whether an entry is a contract event or an index value."""
    return isinstance(entry, data.Custom) and entry.type == TYPE


def counts_for_horizon(entry: data.Custom) -> bool:
    """Tell whether a directive moves the horizon: index and limit values, and marks, do not."""
    first = entry.values[0].value if entry.type == TYPE and entry.values else None
    return first not in {_INDEX, DirectiveKind.LIMIT, FROZEN}


class DirectiveReader:
    """Reads directives; what cannot be read right is reported with an example of the right form."""

    def __init__(
        self,
        contracts: Sequence[Contract],
        units: Sequence[MinorUnits],
        opened: Mapping[str, data.Open],
        refused: Collection[str] | None,
        report: Report,
    ) -> None:
        """Take the contracts with their currencies' units, and the accounts that are open.

        Events of a contract in `refused`, which has errors of its own, are passed over; so are
        those of any unknown one for `None`: a contract file could not be read.
        """
        self._refused = refused
        self._contracts = {contract.name: i for i, contract in enumerate(contracts)}
        self._terms = contracts
        self._units = units
        self._opened = opened
        self._report = report

    def read(
        self, entry: data.Custom
    ) -> tuple[str, IndexFixing] | tuple[int, Directive] | Mark | Record | None:
        """Return an index's name and value, a contract's place and event, or what is frozen."""
        values = [value.value for value in entry.values or ()]
        kind = values[0] if values else None
        if not isinstance(kind, str) or kind not in _EXAMPLES:
            self._report(entry, _no_event(kind))
            return None
        if kind == _INDEX:
            return self._index(entry, values[1:])
        name = values[1] if len(values) > 1 else None
        place = self._contracts.get(name) if isinstance(name, str) else None
        if place is None and (self._refused is None or name in self._refused):
            return None
        if place is None:
            known = ", ".join(self._contracts) or "none is defined"
            what = f'"{kind}": "{name}" is no contract' if name else f'"{kind}" names no contract'
            self._report(entry, f"{what}: write its name second ({known})")
            return None
        if kind == FROZEN:
            return self._frozen(entry, place, values[2:])
        directive = self._event(entry, DirectiveKind(kind), place, values[2:])
        return None if directive is None else (place, directive)

    def _malformed(self, entry: data.Custom, kind: str, why: str, *examples: str) -> None:
        """Report a directive with examples of the right form, by default that of its kind."""
        written = (
            f'{entry.date} custom "factoring" {example}'
            for example in examples or (_EXAMPLES[kind],)
        )
        self._report(entry, f'"{kind}" {why}: write {" or ".join(written)}')

    def _index(self, entry: data.Custom, values: list[Any]) -> tuple[str, IndexFixing] | None:
        if len(values) == 2 and isinstance(values[0], str) and isinstance(values[1], Decimal):
            if abs(values[1]) > _HIGHEST_INDEX:
                self._report(
                    entry,
                    f"the index {values[0]} is {values[1]} percent a year, which cannot be meant:"
                    " write percent with a point before the decimals, 2.015",
                )
                return None
            return values[0], IndexFixing(entry.date, values[1], cause_of(entry))
        self._malformed(entry, _INDEX, "takes the index's name and its percent a year")
        return None

    def _frozen(self, entry: data.Custom, place: int, values: list[Any]) -> Mark | Record | None:
        """Return the mark of a closed period, or what an event of it was made of."""
        contract = self._terms[place].name
        frozen = frozen_of(entry, contract, self._units[place], values)
        if not isinstance(frozen, str):
            return frozen
        # Who writes an event's identifier means a record, which closes no period.
        examples = [_RECORD]
        if not isinstance(values[0], str):
            examples.insert(0, _EXAMPLES[FROZEN])
        self._malformed(entry, FROZEN, frozen, *examples)
        return None

    def _event(
        self, entry: data.Custom, kind: DirectiveKind, place: int, values: list[Any]
    ) -> Directive | None:
        name, amount = "", 0
        if kind in {DirectiveKind.REMIT, DirectiveKind.CLOSE}:
            wanted = len(values) == 0
        elif kind in _NAMED:
            wanted = len(values) == 1 and text_of(values[0]) is not None
            name = text_of(values[0]) or "" if wanted else ""
        else:
            wanted = bool(values) and isinstance(values[-1], Amount)
            wanted = wanted and len(values) == (1 if kind in _PLAIN else 2)
            if wanted and kind not in _PLAIN:
                name = text_of(values[0]) or ""
                wanted = bool(name)
        if not wanted:
            self._malformed(entry, kind, "is not written like that")
            return None
        if kind is DirectiveKind.RESERVE and not self._books_stated_reserve(place):
            self._report(
                entry,
                f'"reserve" is a figure of the factor, and contract {self._terms[place].name} does'
                " not book its reserve by those: write figures: stated in the contract and"
                " reserve: posted under its funding, or remove this directive",
            )
            return None
        if kind in _WITH_AMOUNT:
            read = self._amount(entry, kind, place, values[-1])
            if read is None:
                return None
            amount = read
        if kind is DirectiveKind.LIMIT:
            debtor = self._debtor(entry, place, name)
            if debtor is None:
                return None
            name = debtor
        return Directive(
            kind,
            entry.date,
            cause_of(entry),
            name,
            amount,
            self._figures(entry, kind, place),
            self._number(entry) if kind is DirectiveKind.REMIT else None,
        )

    def _books_stated_reserve(self, place: int) -> bool:
        """Tell whether a contract's reserve moves as the factor states."""
        terms = self._terms[place]
        posted = terms.funding.reserve is ReserveMode.POSTED
        return posted and terms.figures is Figures.STATED

    def _number(self, entry: data.Custom) -> str | None:
        """Return the factor's number of a remittance, if one is stated."""
        number = text_of(entry.meta.get(_NUMBER))
        if number is None and _NUMBER in entry.meta:
            self._report(
                entry,
                f"{_NUMBER}: {entry.meta[_NUMBER]} is no remittance's number: write it as text,"
                f' {_NUMBER}: "R-1"',
            )
        return number

    def _amount(
        self, entry: data.Custom, kind: DirectiveKind, place: int, amount: Amount
    ) -> int | None:
        """Return an event's amount; it must be of the contract's currency, and not negative."""
        units = self._units[place]
        number = units.whole(amount)
        if number is None:
            self._malformed(entry, kind, not_in_units(amount, self._terms[place].name, units))
        elif number < 0 and kind in {DirectiveKind.DRAW, DirectiveKind.LIMIT}:
            self._malformed(entry, kind, f"has {amount}, which is negative")
            return None
        return number

    def _debtor(self, entry: data.Custom, place: int, name: str) -> str | None:
        """Return the debtor of a limit's account, which must be open below the root."""
        root = self._terms[place].accounts.receivables
        if not name.startswith(f"{root}:"):
            self._malformed(entry, "limit", f"names {name}, which is not an account below {root}")
            return None
        if name not in self._opened:
            self._report(
                entry,
                f'"limit" names {name}, which is not open: write the account of a customer, or'
                f" open it ({entry.date} open {name})",
            )
            return None
        return name.removeprefix(f"{root}{account_types.sep}")

    def _figures(self, entry: data.Custom, kind: DirectiveKind, place: int) -> dict[str, int]:
        """Return the figures that the factor stated, in minor units."""
        figures = {}
        units = self._units[place]
        self._check_keys(entry, kind)
        for key in _FIGURES.get(kind, ()):
            if key not in entry.meta:
                continue
            stated = amount_of(entry.meta[key], units.currency)
            number = None if stated is None else units.read(stated)
            if number is None:
                self._report(
                    entry,
                    f"{key}: {entry.meta[key]} is no amount in {units.currency}: write {key}:"
                    f" {units.amount(12345)}",
                )
            else:
                figures[key] = number
        return figures

    def _check_keys(self, entry: data.Custom, kind: DirectiveKind) -> None:
        """Report metadata that is nearly a figure's name; other metadata is the user's own."""
        known = _FIGURES.get(kind, ())
        if kind is DirectiveKind.REMIT:
            known = (*known, _NUMBER)
        for key in sorted(entry.meta.keys() - {*known, "filename", "lineno"}):
            owners = [other for other, figures in _FIGURES.items() if key in figures]
            if owners:
                taken = one_of(f'"{owner}"' for owner in owners)
                self._report(
                    entry,
                    f'{key}: is no figure of "{kind}", which takes no notice of it: write it below'
                    f" {taken}, or remove it",
                )
                continue
            close = nearest(key, known, likeness=MISSPELT)
            if close:
                self._report(entry, f"{key}: is no figure of this event: did you mean {close[0]}?")


def _no_event(kind: Any) -> str:
    """Say that a directive's first value is no event, and which it may be."""
    close = nearest(str(kind), _EXAMPLES)
    hint = f"did you mean {close[0]}?" if close else f"write one of {', '.join(_EXAMPLES)}"
    if kind is None:
        return f"no factoring event stands here: {hint}"
    return f'"{kind}" is no factoring event: {hint}'


_PLAIN: Final = {
    DirectiveKind.DRAW,
    DirectiveKind.INTEREST,
    DirectiveKind.GUARANTEE,
    DirectiveKind.RESERVE,
}
_WITH_AMOUNT: Final = _PLAIN | {DirectiveKind.LIMIT, DirectiveKind.CHARGE}
