"""The ledger with its generated transactions as text, which loads without the plugin.

What is printed is what the ledger's plugins made of it, so that no plugin line is printed: each of
them would do its work twice. Beancount's own printer writes the entries, with exact amounts.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from typing import Final

from beancount.core import account as account_types
from beancount.core import data
from beancount.core import flags
from beancount.parser import options as option_types
from beancount.parser import printer

from beancount_factoring.ledger import marks

# What the entries hold already: documents that a folder gave, modules for plugins.
_LEFT_OUT: Final = {"documents", "insert_pythonpath"}


def printed_ledger(
    entries: data.Directives,
    options: Mapping[str, Any],
    *,
    until: datetime.date | None = None,
    contract: str | None = None,
) -> Iterator[str]:
    """Yield the text of a loaded ledger in parts: its options, then its directives by date.

    `until` leaves out what is later, `contract` what other contracts generated.
    """
    yield from _options(options)
    yield from printed_entries(_chosen(entries, until, contract))


def printed_entries(entries: Iterable[data.Directive]) -> Iterator[str]:
    """Yield the text of directives, an empty line before each transaction and each other kind."""
    previous: type[Any] | None = None
    render = printer.EntryPrinter()
    for entry in entries:
        kind = type(entry)
        if previous is None or kind in {data.Transaction, data.Commodity} or kind is not previous:
            yield "\n"
        previous = kind
        yield render(_escaped(entry))


def _chosen(
    entries: data.Directives, until: datetime.date | None, contract: str | None
) -> Iterator[data.Directive]:
    """Yield the entries to print; what `pad` made is left to it, which runs in every load."""
    pads = {_position(entry) for entry in entries if isinstance(entry, data.Pad)}
    for entry in entries:
        if until is not None and entry.date > until:
            return
        if isinstance(entry, data.Transaction):
            if entry.flag == flags.FLAG_PADDING and _position(entry) in pads:
                continue
            generated = marks.is_generated(entry)
            if generated and contract not in {None, entry.meta[marks.CONTRACT]}:
                continue
        yield entry


def _position(entry: data.Directive) -> tuple[Any, Any]:
    return entry.meta.get("filename"), entry.meta.get("lineno")


def _options(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for every option that is not at its default."""
    for group in option_types.PUBLIC_OPTION_GROUPS:
        for option in group.options:
            value = options.get(option.name)
            if option.alias or option.name in _LEFT_OUT or value == option.default_value:
                continue
            for text in _option_values(value):
                yield f'option "{option.name}" "{_escape(text)}"\n'


def _option_values(value: Any) -> Iterable[str]:
    """Return an option's value as it is written, once for each of several."""
    match value:
        case bool():
            return ("TRUE" if value else "FALSE",)
        case enum.Enum():
            return (value.name,)
        case Mapping():
            return (f"{currency}:{number:f}" for currency, number in value.items())
        case list():
            return map(str, value)
        case _:
            return (str(value),)


def _escaped(entry: data.Directive) -> data.Directive:
    """Return an entry whose texts, which the printer writes as they are, can stand in quotes."""
    match entry:
        case data.Note():
            return entry._replace(comment=_escape(entry.comment))
        case data.Event():
            return entry._replace(type=_escape(entry.type), description=_escape(entry.description))
        case data.Query():
            return entry._replace(
                name=_escape(entry.name), query_string=_escape(entry.query_string)
            )
        case data.Document():
            return entry._replace(filename=_escape(entry.filename))
        case data.Custom():
            values = [_custom_value(value) for value in entry.values]
            return entry._replace(type=_escape(entry.type), values=values)
        case _:
            return entry


def _custom_value(value: Any) -> Any:
    if value.dtype == account_types.TYPE:
        # The printer knows an account by identity, which Beancount's cache does not keep.
        return value._replace(dtype=account_types.TYPE)
    if isinstance(value.value, str):
        return value._replace(value=_escape(value.value))
    return value


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
