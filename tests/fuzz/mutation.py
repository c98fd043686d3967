"""Files damaged by chance: the same number gives the same damage, on every machine.

What is done to a file knows no format: bytes, lines, XML elements, and what looks like a number or
a text anywhere. So a new format needs its real files and nothing else.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from collections.abc import Sequence

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]
"""Damages a file; the other files of its format are at hand."""

_NUMBER = re.compile(rb"[0-9][0-9.,]*")
_TEXT = re.compile(rb">([^<>]+)<")
_ATTRIBUTE = re.compile(rb"""=\s*(["'])([^"'<>]*)\1""")
_LEAF = re.compile(rb"<([\w.:-]+)[^<>]*>[^<>]*</\1\s*>")

# Values that readers of numbers, dates and texts have tripped over.
_NUMBERS = (
    *(b"0", b"-0", b"0.00", b"-1.00", b"1.005", b"1e5", b"1E400", b"NaN", b"Infinity", b".", b"-"),
    *(b"1,50", b"1.234,56", b"1 234.56", b"1_000", b"+5", b"--5", b"12..34", b"0x10", b"%"),
    *(b"9" * 15, b"9" * 16, b"9" * 400, b"0." + b"3" * 400, b"-" + b"9" * 30, b"0" * 50 + b"7"),
    *("١٢٣".encode(), "１２".encode(), "²".encode(), "½".encode(), b"0000000000000}", b"1234E"),
)
_DAYS = (
    *(b"00000000", b"00010101", b"99991231", b"20260230", b"20250229", b"20261301", b"000000"),
    *(b"0000-00-00", b"0001-01-01", b"2026-02-30", b"2026-1-5", b"26-01-05", b"01/02/2026"),
    *(b"2026-01-05T24:00:00", b"2026-01-05T23:59:60Z", b"2026-01-05+99:99", b"300226"),
)
_TEXTS = (
    *(b"", b" ", b"\n", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xe9", b"\xed\xa0\x80"),
    *(b"&", b"&amp;", b"&#0;", b"&#x110000;", b"&lol9;", b"&amp;amp;", b"<", b">", b"]]>", b"--"),
    *(b"<![CDATA[1]]>", b"<!-- 1 -->", b"<?x 1?>", b"<x/>", b"%n%s", b"\x1b[31m", b"\r", b"\t"),
    *("\u202e".encode(), "\u0000\ufffe".encode(), "\u00a0".encode(), "é".encode(), "😀".encode()),
    *(b"=1+1", b"'; DROP TABLE x; --", b"../../x", b"A" * 300, b'"', b";", b"|", b"\\"),
)
_HEADS = (
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\n",
    b" ",
    b"\0",
    b'<?xml version="1.0" encoding="UTF-16"?>',
    b'<?xml version="1.0" encoding="x-unknown"?>',
    b'<?xml version="1.1"?>',
    b'<!DOCTYPE a SYSTEM "file:///etc/hostname">',
    b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    b'<!DOCTYPE a [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b'<!ENTITY lol9 "&a9;">]>',
)
_ENCODINGS = ("utf-16", "utf-16-be", "utf-8-sig", "latin-1", "cp1252", "cp850", "utf-7", "cp500")

# How long the parts are that bytes are moved in, and how often a part is repeated at the most.
_SHORT = 40
_LONG = 2_000
_MANY = 3_000
_LARGEST = 4 << 20


def damaged(name: str, number: int, seeds: Sequence[bytes]) -> bytes:
    """Return the input of a number: one of the seeds, damaged in one to five places."""
    chance = random.Random(f"{name}/{number}")
    data = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        (mutation,) = chance.choices(_MUTATIONS, _WEIGHTS)
        data = mutation(chance, data, seeds)
    return data[:_LARGEST]


def _slice(chance: random.Random, data: bytes, longest: int = _SHORT) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, min(len(data), start + chance.randint(0, longest))


def _cut_out(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, data, chance.choice((_SHORT, _LONG)))
    return data[:start] + data[end:]


def _repeat(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, data, chance.choice((_SHORT, _LONG)))
    times = chance.choice((2, 2, 2, 3, 10))
    return data[:start] + data[start:end] * times + data[end:]


def _repeat_often(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, data, chance.choice((1, _SHORT, _LONG)))
    times = min(_MANY, (_LARGEST - len(data)) // max(end - start, 1))
    return data[:start] + data[start:end] * times + data[end:]


def _noise(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, data)
    return data[:start] + chance.randbytes(chance.randint(0, 8)) + data[end:]


def _flip(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    if not data:
        return data
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]


def _insert(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    place = chance.randint(0, len(data))
    return data[:place] + chance.choice((*_TEXTS, *_NUMBERS, *_DAYS)) + data[place:]


def _swap(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    first, second = sorted((_slice(chance, data), _slice(chance, data)))
    if first[1] > second[0]:
        return data
    return (
        data[: first[0]]
        + data[second[0] : second[1]]
        + data[first[1] : second[0]]
        + data[first[0] : first[1]]
        + data[second[1] :]
    )


def _truncate(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    place = chance.randint(0, len(data))
    return data[:place] if chance.random() < 0.8 else data[place:]


def _splice(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    return data[: chance.randint(0, len(data))] + other[chance.randint(0, len(other)) :]


def _append(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    return data + chance.choice((chance.choice(seeds), b"\n", b"\0", b"</x>", b"\x1a"))


def _head(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    head = chance.choice(_HEADS)
    declared = data.find(b"?>") + 2 if data.startswith(b"<?xml") and b"?>" in data[:200] else 0
    if head.startswith(b"<!") or chance.random() < 0.2:
        return data[:declared] + head + data[declared:]
    return head + (data[declared:] if head.startswith(b"<?") else data)


def _transcode(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(chance.choice(_ENCODINGS), "replace")


def _found(
    pattern: re.Pattern[bytes], chance: random.Random, data: bytes
) -> re.Match[bytes] | None:
    """Return one of the places of a pattern: the next one behind a place taken by chance."""
    return pattern.search(data, chance.randint(0, len(data))) or pattern.search(data)


def _number(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    """Put another number, or what is none, in a number's place."""
    match = _found(_NUMBER, chance, data)
    if match is None:
        return data
    old = match[0]
    digits = bytearray(old)
    place = chance.randrange(len(old))
    digits[place] = chance.choice(b"0123456789")
    new = chance.choice(
        (
            bytes(digits),
            bytes(digits),
            b"-" + old,
            old + b"0",
            b"0" + old,
            old.replace(b".", b","),
            chance.choice(_NUMBERS),
            chance.choice(_DAYS),
        )
    )
    return data[: match.start()] + new + data[match.end() :]


def _same_number(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    """Replace a number wherever it stands: figures that go together still do."""
    match = _found(_NUMBER, chance, data)
    if match is None:
        return data
    old = match[0]
    new = chance.choice((b"-" + old, b"0", old + b"0", old + b".001", *_NUMBERS[:12]))
    return data.replace(old, new)


def _text(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    """Put another text in an element's or an attribute's place, or one of the file's own."""
    pattern, group = chance.choice(((_TEXT, 1), (_TEXT, 1), (_ATTRIBUTE, 2)))
    match = _found(pattern, chance, data)
    if match is None:
        return data
    other = _found(pattern, chance, data)
    own = other[group] if other else b""
    new = chance.choice((own, own, *(chance.choice(each) for each in (_TEXTS, _NUMBERS, _DAYS))))
    return data[: match.start(group)] + new + data[match.end(group) :]


def _element(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    """Take an element out, double it, move it, empty it or hide it."""
    match = _found(_LEAF, chance, data)
    if match is None:
        return data
    element = match[0]
    rest = data[: match.start()] + data[match.end() :]
    elsewhere = _found(_LEAF, chance, rest)
    place = elsewhere.start() if elsewhere else 0
    return chance.choice(
        (
            rest,
            data[: match.start()] + element * 2 + data[match.end() :],
            rest[:place] + element + rest[place:],
            data[:place] + element + data[place:],
            data[: match.start()] + b"<!--" + element + b"-->" + data[match.end() :],
            data[: match.start()] + b"<![CDATA[" + element + b"]]>" + data[match.end() :],
            data[: match.start()] + b"<x>" * 300 + element + b"</x>" * 300 + data[match.end() :],
        )
    )


def _lines(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    """Take lines out, double, exchange, join or shorten them."""
    lines = data.splitlines(keepends=True)
    if len(lines) < 2:
        return data
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            del lines[first]
        case 1:
            lines.insert(second, lines[first])
        case 2:
            lines[first], lines[second] = lines[second], lines[first]
        case 3:
            lines[first] = lines[first].rstrip(b"\r\n")
        case 4:
            lines[first] = lines[first][: chance.randint(0, len(lines[first]))] + b"\n"
        case _:
            separator = chance.choice((b"\r\n", b"\r", b"", b"\n\n"))
            lines = [line.rstrip(b"\r\n") + separator for line in lines]
    return b"".join(lines)


def _large(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    """Fill a text with megabytes."""
    match = _found(_TEXT, chance, data)
    place = match.start(1) if match else chance.randint(0, len(data))
    filling = chance.choice((b"QUJD", b"1", b" ", b"\n", b"&lt;", b"\xc3\xa9"))
    return data[:place] + filling * (3 << 20 >> chance.randrange(3)) + data[place:]


_MUTATIONS: tuple[Mutation, ...] = (
    *(_cut_out, _repeat, _noise, _flip, _insert, _swap, _truncate, _splice, _append, _head),
    *(_transcode, _number, _same_number, _text, _element, _lines, _repeat_often, _large),
)
_WEIGHTS = (
    *(60, 60, 60, 60, 60, 30, 20, 20, 10, 20),
    *(15, 220, 90, 220, 150, 80, 3, 1),
)
