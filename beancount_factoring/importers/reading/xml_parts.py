"""A large XML file as a stream of its parts, each a mapping from path to text.

For files of many small records, as bank statements are: the tree is never built, so memory does
not grow with the file, and the time is a small multiple of the mere parsing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from typing import BinaryIO
from typing import NoReturn
from xml.parsers import expat

from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.xml_leaves import Leaves
from beancount_factoring.importers.reading.xml_leaves import Part
from beancount_factoring.importers.reading.xml_record_shapes import RecordShapes
from beancount_factoring.importers.reading.xml_record_shapes import is_plain

# Bounds that no real document comes near, so that no hostile one can fill the memory.
_DEEPEST = 64
_LONGEST_TEXT = 1 << 20
_LONGEST_RECORD = 1 << 20

_CHUNK = 1 << 18

# XML's own; other blanks belong to the text.
_BLANKS = " \t\r\n"

# Comments, CDATA, entities and processing instructions could hide a record, or part of one.
_HIDING = re.compile(rb"<[!?]")

# The parser counts a line for it, and line feeds alone are counted here.
_LONE_RETURN = re.compile(rb"\r(?!\n|\Z)")

_DECLARATION = re.compile(rb"\s*<\?xml[^>]*\?>")
_OTHER_ENCODING = re.compile(rb"""encoding\s*=\s*["'](?!utf-8|us-ascii)""", re.IGNORECASE)


def parts(file: BinaryIO, paths: Collection[str], records: str | None = None) -> Iterator[Part]:
    """Yield the elements at the given paths (`Stmt/Ntry`: wherever this stands) as they end.

    `records` is the one of the paths that is repeated most: where such an element has the shape
    of one before it, its texts are cut out without parsing, to the same result.

    Raises `DocumentRefusedError` for what is not well-formed, has a DTD, or has text beside
    elements, where a part of a text could be taken for the whole.
    """
    stream = _Stream(paths)
    feed = _Cutter(stream, records, paths).feed if records else stream.feed
    while chunk := file.read(_CHUNK):
        yield from feed(chunk)
    yield from feed(b"")
    yield from stream.close()


class _Place:
    """A place in the tree: its path within the part it belongs to, and the places below it."""

    __slots__ = ("above", "below", "depth", "full", "part", "path")

    def __init__(self, above: _Place | None, tag: str, paths: Collection[str]) -> None:
        name = tag.rpartition(":")[2]
        self.above: _Place = above or self
        self.below: dict[str, _Place] = {}
        self.depth: int = above.depth + 1 if above else 0
        self.full: str = f"{above.full}/{name}" if above else name
        self.part: str | None = next(
            (path for path in paths if self.full.endswith(f"/{path}")), None
        )
        within = f"{above.path}/{name}" if above and above.path else name
        self.path: str = "" if self.part else within


class _Stream:
    """XML that is being parsed; `skipped_lines` did not pass through the parser."""

    def __init__(self, paths: Collection[str]) -> None:
        self.skipped_lines = 0
        self._ended: list[Part] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.buffer_size = _CHUNK
        if hasattr(self._parser, "SetReparseDeferralEnabled"):
            # What is fed ends with a tag, and has to be parsed to its end.
            self._parser.SetReparseDeferralEnabled(False)
        self.path = self._handle(paths)

    def feed(self, data: bytes) -> list[Part]:
        """Parse some more of the file; return the parts that have ended in it."""
        return self._parse(data, is_last=False)

    def close(self) -> list[Part]:
        """Return the last parts, now that the file has ended."""
        return self._parse(b"", is_last=True)

    def _parse(self, data: bytes, *, is_last: bool) -> list[Part]:
        try:
            self._parser.Parse(data, is_last)
        except expat.ExpatError as error:
            reason, line = expat.ErrorString(error.code), error.lineno + self.skipped_lines
            raise DocumentRefusedError(f"line {line}: is not well-formed XML: {reason}") from error
        except (LookupError, ValueError) as error:
            raise DocumentRefusedError(f"is XML in an unknown encoding: {error}") from error
        ended = list(self._ended)
        self._ended.clear()
        return ended

    def _handle(self, paths: Collection[str]) -> Callable[[], str]:
        """Set the parser's handlers; return a function that tells the path of the open element.

        They run for each tag of the file: what they do not do is what makes them quick.
        """
        parser, ended = self._parser, self._ended
        place = _Place(None, "", paths)
        leaves = Leaves()
        text = ""
        outer: list[tuple[Leaves, int]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal place, leaves, text
            if text:
                if not text.isspace():
                    refuse(f"has text beside elements in {place.path}")
                text = ""
            try:
                place = place.below[tag]
            except KeyError:
                if place.depth >= _DEEPEST:
                    refuse(f"has more than {_DEEPEST} levels")
                above = place
                place = above.below[tag] = _Place(above, tag, paths)
            if place.part:
                outer.append((leaves, parser.CurrentLineNumber + self.skipped_lines))
                leaves = Leaves()
            if attributes:
                for name, value in attributes.items():
                    leaves.add(f"{place.path}@{name}", value.strip(_BLANKS))

        def end(_: str) -> None:
            nonlocal place, leaves, text
            if text:
                if stripped := text.strip(_BLANKS):
                    path = place.path
                    if path in leaves:
                        leaves.add(path, stripped)
                    else:
                        leaves[path] = stripped
                text = ""
            if place.part:
                inner = leaves
                leaves, line = outer.pop()
                ended.append(Part(place.part, inner, line))
            place = place.above

        def characters(chunk: str) -> None:
            nonlocal text
            if text:
                chunk = text + chunk
                if len(chunk) > _LONGEST_TEXT:
                    refuse(f"has a text of more than {_LONGEST_TEXT} characters")
            text = chunk

        def refuse(reason: str) -> NoReturn:
            line = parser.CurrentLineNumber + self.skipped_lines
            raise DocumentRefusedError(f"line {line}: {reason}")

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = characters
        parser.StartDoctypeDeclHandler = lambda *_: refuse("has a DTD, which may hide anything")
        return lambda: place.full


class _Cutter:
    """Cuts the records of a known shape out of a file, and has all else parsed."""

    def __init__(self, stream: _Stream, records: str, paths: Collection[str]) -> None:
        above, _, name = records.rpartition("/")
        self._stream = stream
        self._above = f"/{above}"
        self._start = re.compile(rb"<((?:[\w.-]+:)?%s)>" % name.encode())
        self._shapes = RecordShapes(lambda record: _parsed(above, record, paths))
        self._is_plain: bool | None = None
        self._rest = b""
        self._line = 1

    def feed(self, data: bytes) -> Iterator[Part]:
        """Take some more of the file; nothing, when it has ended."""
        if self._is_plain is None:
            declaration = _DECLARATION.match(data)
            self._is_plain = not declaration or not (
                _OTHER_ENCODING.search(declaration[0]) or _LONE_RETURN.search(declaration[0])
            )
            start = declaration.end() if declaration else 0
            yield from self._parse(data[:start])
            data = data[start:]
        buffer, self._rest = self._rest + data, b""
        is_odd = _HIDING.search(buffer) or (b"\r" in buffer and _LONE_RETURN.search(buffer))
        self._is_plain = self._is_plain and not is_odd
        if self._is_plain and data:
            yield from self._cut(buffer)
        else:
            yield from self._parse(buffer)

    def _cut(self, buffer: bytes) -> Iterator[Part]:
        done = 0
        has_rows = is_plain(buffer)
        while start := self._start.search(buffer, done):
            begin = start.start()
            if has_rows and begin == done and self._is_at_records():
                found, done, line = self._shapes.row(buffer, begin, self._line)
                if found:
                    self._stream.skipped_lines += line - self._line
                    self._line = line
                    yield from found
                    continue
            closing = b"</%b>" % start[1]
            end = buffer.find(closing, start.end())
            if end < 0:
                break
            end += len(closing)
            if begin > done:
                yield from self._parse(buffer[done:begin])
            yield from self._record(buffer[begin:end])
            done = end
        # A record or a tag that has not ended waits for the rest of it.
        kept = start.start() if start else max(buffer.rfind(b"<"), done)
        if len(buffer) - kept > _LONGEST_RECORD:
            kept = len(buffer)
        yield from self._parse(buffer[done:kept])
        self._rest = buffer[kept:]

    def _is_at_records(self) -> bool:
        return self._stream.path().endswith(self._above)

    def _record(self, record: bytes) -> list[Part]:
        if self._is_at_records():
            found = self._shapes.parts(record, self._line)
            if found is not None:
                self._skip(record)
                return found
        return self._parse(record)

    def _parse(self, data: bytes) -> list[Part]:
        if not data or data.isspace():
            self._skip(data)
            return []
        self._line += data.count(b"\n")
        return self._stream.feed(data)

    def _skip(self, data: bytes) -> None:
        lines = data.count(b"\n")
        self._line += lines
        self._stream.skipped_lines += lines


def _parsed(above: str, record: bytes, paths: Collection[str]) -> list[Part]:
    """Return the parts of a record by itself, `above` being the path it stands at."""
    stream = _Stream(paths)
    names = above.split("/")
    opening = "".join(f"<{name}>" for name in names).encode()
    found = stream.feed(opening + record)
    stream.feed("".join(f"</{name}>" for name in reversed(names)).encode())
    stream.close()
    return found
