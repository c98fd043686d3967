"""What else than documents a closed period was computed from: terms, index values, directives.

`freeze` keeps it as metadata of the period's mark, a text per section, so that a figure that
differs later names the line that changed:

    2026-03-31 custom "factoring" "frozen" "bpce"
      commission: "rate=0.0045; rate@2026-07-01=0.004; vat=0.2; ..."
      index: "EURIBOR3M@2026-01-02=2.015"
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any
from typing import Final
from typing import NamedTuple

from beancount_factoring.contract.calendars import Calendar
from beancount_factoring.contract.dated import Dated
from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import Figures
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Directive
from beancount_factoring.engine.history import DirectiveKind
from beancount_factoring.engine.history import History
from beancount_factoring.ledger.amounts import MinorUnits

_PLAIN: Final = ("start", "end", "treatment", "recourse")
_SECTIONS: Final = (
    *("accounts", "remittance", "funding", "guarantee_fund", "eligibility", "commission"),
    *("interest", "shared_account"),
)
# What a directive says beside the documents and amounts that events are compared by.
_DIRECTIVES: Final = {
    *(DirectiveKind.LIMIT, DirectiveKind.DISPUTE, DirectiveKind.RESOLVE, DirectiveKind.REMIT),
    *(DirectiveKind.INTEREST, DirectiveKind.CHARGE, DirectiveKind.DRAW),
    *(DirectiveKind.GUARANTEE, DirectiveKind.RESERVE),
}
_TERMS: Final = "terms"
_CHARGES: Final = "charges"
_STATED: Final = "stated"
INDEX: Final = "index"


class Input(NamedTuple):
    """One value that the books are computed from, and its line; `since` is empty for always."""

    section: str
    name: str
    since: str
    value: str
    cause: Cause | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from others."""
        return self.section, self.name, self.since


class ChangedInput(NamedTuple):
    """A value that is another now: `before` is `None` if it came, `after` if it went."""

    section: str
    what: str
    before: str | None
    after: str | None
    cause: Cause | None


def kept_inputs(contract: Contract, history: History, until: datetime.date) -> dict[str, str]:
    """Return the metadata of a mark: what a period up to the end of a day is computed from."""
    sections: defaultdict[str, list[str]] = defaultdict(list)
    for each in _inputs(contract, history):
        if each.since <= until.isoformat():
            name = each.name + (f"@{each.since}" if each.since else "")
            sections[each.section].append(f"{name}={each.value}")
    return {section: "; ".join(items) for section, items in sections.items()}


def changed_inputs(
    kept: Mapping[str, Any], contract: Contract, history: History, day: datetime.date
) -> list[ChangedInput] | None:
    """Return what of the inputs that count on a day differs from what a mark keeps of them.

    `None` if it keeps none; a section of the contract that it does not keep is not compared.
    """
    if _TERMS not in kept:
        return None
    compared = {_TERMS, INDEX, *kept, *_DIRECTIVES.difference(_SECTIONS)}
    new = {
        each.key: each
        for each in _inputs(contract, history)
        if each.since <= day.isoformat() and each.section in compared
    }
    old = {each.key: each for each in _read(kept) if each.since <= day.isoformat()}
    found = []
    for key in {**new, **old}:
        before, after = old.get(key), new.get(key)
        was, now = before.value if before else None, after.value if after else None
        if was != now:
            cause = after.cause if after else _section_line(contract, key[0], key[1])
            found.append(ChangedInput(key[0], _said(*key), was, now, cause))
    return found


def _said(section: str, name: str, since: str) -> str:
    """Name an input: `commission.rate`, `index EURIBOR3M of 2026-01-02`."""
    if section == _TERMS:
        said = name
    elif section in {_CHARGES, *_SECTIONS}:
        said = f"{section}.{name}"
    else:
        said = f"{section} {name}".rstrip()
    return said + (f" of {since}" if since else "")


def _section_line(contract: Contract, section: str, name: str) -> Cause | None:
    """Return where a term stood that went; a directive that went has no line."""
    if section not in {_TERMS, _CHARGES, *_SECTIONS}:
        return None
    key = name if section == _TERMS else f"{section}.{name}"
    return Cause(contract.filename, contract.line(key))


def _read(kept: Mapping[str, Any]) -> Iterator[Input]:
    """Yield what a mark's metadata say; what is not written like that says nothing."""
    known = {_TERMS, _CHARGES, INDEX, *_SECTIONS, *_DIRECTIVES}
    for section, text in kept.items():
        for item in text.split("; ") if section in known and isinstance(text, str) else ():
            name, equals, value = item.rpartition("=")
            if equals:
                start, at, since = name.rpartition("@")
                yield Input(section, start if at else name, since if at else "", value)


def _inputs(contract: Contract, history: History) -> Iterator[Input]:
    """Yield everything that the books are computed from, documents and bank entries aside."""
    for name in _PLAIN:
        yield from _term(contract, _TERMS, name, getattr(contract, name))
    if contract.figures is Figures.STATED:
        yield from _term(contract, _TERMS, "figures", contract.figures)
    for section in _SECTIONS:
        terms = getattr(contract, section)
        for name in _names(terms):
            yield from _term(contract, section, name, getattr(terms, name))
    for charge in contract.charges:
        for name in ("amount", "every", "vat", "account"):
            value = getattr(charge, name)
            for each in _term(contract, _CHARGES, name, value):
                line = Cause(contract.filename, charge.line) if charge.line else each.cause
                yield each._replace(name=f"{_text(charge.name)}.{name}", cause=line)
    index = _text(contract.interest.index)
    for fixing in history.fixings:
        value = _text(fixing.percent)
        yield Input(INDEX, index, fixing.since.isoformat(), value, fixing.cause)
    units = MinorUnits(contract.currency)
    for directive in history.directives:
        if directive.kind in _DIRECTIVES:
            yield from _directive(directive, units)


def _names(terms: Any) -> Iterable[str]:
    """Return the names of a section's terms."""
    if dataclasses.is_dataclass(terms):
        return [field.name for field in dataclasses.fields(terms)]
    names: tuple[str, ...] = terms._fields
    return names


def _term(contract: Contract, section: str, name: str, value: Any) -> Iterator[Input]:
    """Yield a term, once for each date from which on it has a value."""
    key = name if section == _TERMS else f"{section}.{name}"
    if name == "default_limit":
        key, name = "eligibility.limits.default", "limits.default"
    if isinstance(value, Mapping):
        for debtor, limit in sorted(value.items()):
            yield from _term(contract, section, f"{name}.{debtor}", limit)
    elif isinstance(value, Dated):
        for place, step in enumerate(value.steps):
            # The first value counts on every earlier day too.
            since = step.since.isoformat() if place else ""
            cause = Cause(contract.filename, step.line or contract.line(key))
            yield Input(section, name, since, _text(step.value), cause)
    else:
        cause = Cause(contract.filename, contract.line(key))
        yield Input(section, name, "", _text(value), cause)


def _directive(directive: Directive, units: MinorUnits) -> Iterator[Input]:
    """Yield what a directive says, each figure that is stated beside it too."""
    kind, day = directive.kind, directive.date.isoformat()
    figures = dict(directive.figures)
    if kind is not DirectiveKind.REMIT:
        figures[directive.name or _STATED] = directive.amount
    for name, amount in figures.items():
        is_word = kind in {DirectiveKind.DISPUTE, DirectiveKind.RESOLVE}
        value = f"{kind}d" if is_word else str(units.amount(amount).number)
        yield Input(kind.value, _text(name), day, value, directive.cause)


def _text(value: Any) -> str:
    """Write a value on one line, equal values alike, without the signs that part them."""
    match value:
        case None:
            text = "none"
        case Decimal():
            text = f"{value.normalize():f}"
        case Enum():
            text = str(value.value)
        case Calendar():
            text = value.name
        case frozenset() | tuple():
            text = ", ".join(sorted(map(str, value))) or "none"
        case _:
            text = str(value)
    return text.translate(_SIGNS)


_SIGNS: Final = str.maketrans({";": ",", "=": "-", "@": " ", '"': "'", "\\": "/", "\n": " "})
