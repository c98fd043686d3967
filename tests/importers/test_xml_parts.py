"""Parts of an XML stream: cutting known shapes out gives what parsing all of it gives."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_factoring.importers.reading import xml_parts
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.xml_leaves import Leaves
from beancount_factoring.importers.reading.xml_leaves import Part
from beancount_factoring.importers.reading.xml_parts import parts
from beancount_factoring.importers.reading.xml_record_shapes import RecordShapes
from tests.importers.real_files import RealFiles

_PATHS = ("Ntry/NtryDtls/TxDtls", "Stmt/Ntry", "Stmt/Bal", "BkToCstmrStmt/Stmt")
_ENTRY = "Stmt/Ntry"

# A part: its path, its leaves, the further ones, its line.
_Found = tuple[str, dict[str, str], tuple[tuple[str, str], ...], int]
_REFUSED: _Found = ("refused", {}, (), 0)


def _outcome(content: bytes, records: str | None) -> list[_Found]:
    """Return the parts or, whatever the reason, that the file is refused."""
    try:
        return [
            (part.path, dict(part.leaves), part.leaves.further, part.line)
            for part in parts(io.BytesIO(content), _PATHS, records)
        ]
    except DocumentRefusedError:
        return [_REFUSED]


def _statement(*entries: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document><BkToCstmrStmt>\n<Stmt>\n<Id>1</Id>\n'
        + "\n".join(entries)
        + "\n</Stmt>\n</BkToCstmrStmt></Document>"
    ).encode()


_TEXT = st.sampled_from(
    [
        *("A", "é", "", " ", " A", "A ", "A\nB", "&amp;lt;", "&#65;", "a>b", "]]>", "\x07"),
        *("&lt;&gt;", "&quot; &apos;", "&amp;#65;", "& b", "a&b;"),
        *("<b/>", "A<b/>", "<b>1</b><b>2</b>", "<Ntry>1</Ntry>", "</Ntry><Ntry>", "&unknown;"),
        *("<![CDATA[<x>]]>", "<!-- </Ntry> -->", "<?x </Ntry> ?>"),
        *("\u00a0A", "\ue0000", "\ue0001"),
    ]
)
_DETAIL = "<NtryDtls><TxDtls>{}<T>{}</T></TxDtls></NtryDtls>"
_ENTRIES = st.builds(
    f"<Ntry>{{}}<Amt Ccy='{{}}'>{{}}</Amt>{{}}{_DETAIL}</Ntry>".format,
    st.sampled_from(["", "\n  ", "x"]),
    st.sampled_from(["EUR", "a>b", "\ue0000", "&lt;"]),
    _TEXT,
    st.sampled_from(["", "<S>1</S>", "<S>1</S><S>2</S>"]),
    st.sampled_from(["", "<T>0</T>"]),
    _TEXT,
)


@settings(max_examples=200, deadline=None)
@given(entries=st.lists(_ENTRIES, max_size=6), chunk=st.integers(50, 400))
def test_shapes_cut_out_say_what_parsing_says(entries: list[str], chunk: int) -> None:
    content = _statement(*entries, *entries)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xml_parts, "_CHUNK", chunk)
        assert _outcome(content, _ENTRY) == _outcome(content, None)


@settings(max_examples=200, deadline=None)
@given(content=RealFiles("camt053").damaged())
def test_damaged_real_file_says_the_same_both_ways(content: bytes) -> None:
    doubled = content.replace(b"</Ntry>", b"</Ntry>" + content[content.find(b"<Ntry>") :], 1)
    for each in (content, doubled):
        assert _outcome(each, _ENTRY) == _outcome(each, None)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""], ids=["LF", "CR LF", "CR", "none"])
def test_many_entries_in_a_row_say_what_parsing_says(end: str) -> None:
    texts = [
        "1",
        "é",
        "DUPONT &amp; FILS",
        "a ",
        " b",
        "\u00a0c",
        "d\te",
        "\ufffe",
        "f\x7f",
        "g  h",
    ]
    entries = [
        f"<Ntry>{end}<Amt>{number}</Amt>{end}"
        + (f"<Inf>{texts[number % 10]}</Inf>" if number % 7 else "<Sts>BOOK</Sts>")
        + f"</Ntry>{end}{end if number % 5 else ''}"
        for number in range(200)
    ]
    for some in (entries, [each for each in entries if "\ufffe" not in each]):
        content = _statement(*some)
        assert _outcome(content, _ENTRY) == _outcome(content, None)


def test_entry_of_known_shape_is_cut_out() -> None:
    """The shortcut is taken: what it is given instead of the parser's work shows in the result."""
    entries = [f"<Ntry><Amt>{n}</Amt></Ntry>" for n in range(3)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RecordShapes, "parts", lambda _, record, line: [Part("cut", Leaves(), line)])
        found = _outcome(_statement(*entries), _ENTRY)
    assert [(path, line) for path, _, _, line in found[:3]] == [("cut", 5), ("cut", 6), ("cut", 7)]


@pytest.mark.parametrize(
    "hidden", ["<!-- {} -->", "<![CDATA[{}]]>", "<?hidden {} ?>"], ids=["comment", "CDATA", "PI"]
)
def test_hidden_entry_is_none(hidden: str) -> None:
    entry = "<Ntry><Amt>1</Amt></Ntry>"
    found = _outcome(_statement(entry, f"<A>{hidden.format(entry)}</A>", entry), _ENTRY)
    assert [path for path, *_ in found].count(_ENTRY) == 2


def test_entry_outside_a_statement_is_no_entry() -> None:
    entry = "<Ntry><Amt>1</Amt></Ntry>"
    found = _outcome(_statement(entry, f"<Other>{entry}</Other>"), _ENTRY)
    assert [path for path, *_ in found].count(_ENTRY) == 1


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(entries: int) -> int:
        detail = "<NtryDtls><TxDtls><T>text</T></TxDtls></NtryDtls>"
        file = io.BytesIO(
            _statement(*(f"<Ntry><Amt>{n}</Amt>{detail}</Ntry>" for n in range(entries)))
        )
        tracemalloc.start()
        count = sum(1 for _ in parts(file, _PATHS, _ENTRY))
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert count == 2 * entries + 1
        return highest

    # What is made once, such as the shape's pattern, counts for neither.
    peak(100)
    assert peak(80_000) < 1.2 * peak(20_000)
