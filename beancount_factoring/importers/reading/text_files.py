"""Text files of any origin, line by line: the encoding is found out, and lines have an end.

Nothing is replaced or left out: a file that is not text through and through is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from beancount_factoring.importers.reading.documents import DocumentRefusedError

LONGEST_LINE: Final = 1 << 16
"""The most characters that a line may have."""

ENCODINGS: Final = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "cp850": "cp850",
    "mac-roman": "mac-roman",
}
"""The encodings that `import.yaml` may name, as Python names them."""

_CHUNK: Final = 1 << 20
_BYTE_ORDER_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What Windows-1252 has signs for and ISO 8859 has not.
_WINDOWS: Final = re.compile(rb"[\x80-\x9f]")
_NOT_WINDOWS: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
# Letters with accents and curled quotes in UTF-8; in another encoding nobody writes such pairs.
_SOME_UTF8: Final = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]")


def encoding_of(path: Path) -> str:
    """Return Python's name of a text file's encoding, or refuse what is no text.

    With a byte order mark that says it; else UTF-8 where all of it is, UTF-16 where every second
    byte is 0. Of the encodings of one byte Windows-1252 where signs stand that only it has, and
    ISO 8859-15 (with the euro sign) otherwise.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(4096)
            for mark, encoding in _BYTE_ORDER_MARKS.items():
                if beginning.startswith(mark):
                    return encoding
            if b"\0" in beginning:
                return _without_mark(beginning)
            file.seek(0)
            return _of_bytes(iter(lambda: file.read(_CHUNK), b""))
    except (OSError, ValueError) as error:
        raise DocumentRefusedError(f"cannot be read: {error}") from error


def text_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a file with their line breaks; refuse it where it is not text."""
    count = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            while line := file.readline(LONGEST_LINE + 1):
                count += 1
                if len(line) > LONGEST_LINE:
                    raise DocumentRefusedError(
                        f"line {count}: is longer than {LONGEST_LINE} characters"
                    )
                if "\0" in line:
                    raise DocumentRefusedError(f"line {count}: has a NUL character")
                yield line
    except UnicodeError as error:
        raise DocumentRefusedError(
            f"line {count + 1} or later: is not in {encoding}, as what stands before"
        ) from error
    except (OSError, ValueError) as error:
        raise DocumentRefusedError(f"cannot be read: {error}") from error


def _without_mark(beginning: bytes) -> str:
    """Return the UTF-16 that a file with NUL bytes may be in."""
    for encoding, zeros in (("utf-16-le", beginning[1::2]), ("utf-16-be", beginning[::2])):
        if zeros.count(0) > 0.8 * len(zeros):
            return encoding
    raise DocumentRefusedError("has NUL bytes: it is no text")


def _of_bytes(chunks: Iterator[bytes]) -> str:
    """Return the encoding of a file without mark, from all of its bytes."""
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    is_windows = may_be_windows = has_some_utf8 = False
    may_be_windows = True
    for chunk in chunks:
        if b"\0" in chunk:
            raise DocumentRefusedError("has NUL bytes: it is no text")
        utf8 = _still(utf8, chunk)
        is_windows = is_windows or _WINDOWS.search(chunk) is not None
        may_be_windows = may_be_windows and _NOT_WINDOWS.search(chunk) is None
        has_some_utf8 = has_some_utf8 or _SOME_UTF8.search(chunk) is not None
    if _still(utf8, b"", final=True) is not None:
        return "utf-8"
    if has_some_utf8:
        raise DocumentRefusedError(
            "mixes UTF-8 with another encoding: have it written again in one encoding"
        )
    if not is_windows:
        return "iso8859-15"
    if not may_be_windows:
        raise DocumentRefusedError("is in no encoding that is known here: have it written in UTF-8")
    return "cp1252"


def _still(
    decoder: codecs.IncrementalDecoder | None, chunk: bytes, *, final: bool = False
) -> codecs.IncrementalDecoder | None:
    """Return a decoder that can go on, `None` once it could not."""
    if decoder is not None:
        try:
            decoder.decode(chunk, final)
        except UnicodeError:
            return None
    return decoder
