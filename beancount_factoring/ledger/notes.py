"""Contract events written as notes, which Fava's import page can store: it knows no `custom`.

`2026-01-31 note Assets:Factor:Current "custom factoring interest bpce 31.50 EUR"` says what the
directive of these words does; its metadata is the note's.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from typing import Final

from beancount.core import data
from beancount.core.amount import Amount
from beancount.parser.grammar import ValueType

from beancount_factoring.ledger.directives import TYPE
from beancount_factoring.ledger.inputs import INDEX

_BEGINNING: Final = f"custom {TYPE} "

# What Beancount's own lexer takes for a number and for a currency, without thousands separators.
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_CURRENCY: Final = re.compile(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]?")


def directive_of(note: data.Note) -> data.Custom | None:
    """Return the directive that a note stands for; `None` for any other note."""
    if not note.comment.startswith(_BEGINNING):
        return None
    try:
        words = shlex.split(note.comment.removeprefix(_BEGINNING))
    except ValueError:
        # A quote without its end: the words as they are, for the reader to refuse.
        words = note.comment.removeprefix(_BEGINNING).split()
    values = [ValueType(value, type(value)) for value in _values(words)]
    return data.Custom(note.meta, note.date, TYPE, values)


def note_of(directive: data.Custom, account: str) -> data.Note:
    """Return a directive as a note on an account; amounts of its metadata become text."""
    words = [TYPE]
    for each in directive.values:
        value = each.value
        words += str(value).split() if isinstance(value, Amount) else [shlex.quote(str(value))]
    meta = {
        key: str(value) if isinstance(value, Amount) else value
        for key, value in directive.meta.items()
    }
    comment = f"custom {' '.join(words)}"
    return data.Note(meta, directive.date, account, comment, data.EMPTY_SET, data.EMPTY_SET)


def _values(words: list[str]) -> Iterator[Any]:
    """Yield the words of a directive; a number and the currency after it are an amount.

    A number alone is an index's value; elsewhere it is a document's number, or a name.
    """
    place = 0
    while place < len(words):
        word, *after = words[place : place + 2]
        is_number = _NUMBER.fullmatch(word) is not None
        if is_number and after and _CURRENCY.fullmatch(after[0]):
            yield Amount(Decimal(word), after[0])
            place += 2
            continue
        yield Decimal(word) if is_number and place and words[0] == INDEX else word
        place += 1
