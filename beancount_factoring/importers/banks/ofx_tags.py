"""The tags of an OFX file: which are groups, which leaves, and where each stands.

SGML does not say of a tag without text whether it is an empty leaf or a group, so the groups of
bank statements are listed. All else is a leaf, whether it is closed or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.statements import shown

_GROUPS = frozenset(
    {
        "OFX",
        "SIGNONMSGSRSV1",
        "SONRS",
        "STATUS",
        "FI",
        "BANKMSGSRSV1",
        "STMTTRNRS",
        "STMTRS",
        "CREDITCARDMSGSRSV1",
        "CCSTMTTRNRS",
        "CCSTMTRS",
        "BANKACCTFROM",
        "CCACCTFROM",
        "BANKTRANLIST",
        "STMTTRN",
        "BANKACCTTO",
        "CCACCTTO",
        "PAYEE",
        "CURRENCY",
        "ORIGCURRENCY",
        "LEDGERBAL",
        "AVAILBAL",
        "BALLIST",
        "BAL",
    }
)

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]{0,40})\s*(/?)>")
# A tag and the text behind it, where that has no sign of a tag.
_LEAF = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]{0,40})>([^<]*)")

# The group that a file has thousands of.
_MANY = "STMTTRN"

_CDATA = "<![CDATA["
_MARKUP = ((_CDATA, "]]>"), ("<!--", "-->"))
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos|nbsp)|#([0-9]{1,6})|#x([0-9A-Fa-f]{1,5}));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}

# Bounds that no real document comes near, so that no hostile one can fill the memory.
_DEEPEST = 32
_MOST_GROUPS = 400_000


@dataclass(slots=True)
class Group:
    """A group of leaves that has ended: its name, its line, its leaves and the groups within it."""

    name: str
    line: int
    leaves: dict[str, str] = field(default_factory=dict)
    within: list[Group] = field(default_factory=list)
    twice: set[str] = field(default_factory=set)

    def get(self, name: str) -> str:
        """Return the text of a leaf, the empty one where it is not there; refuse two of them."""
        if name in self.twice:
            raise self.refusal(f"has {name} twice")
        return self.leaves.get(name, "")

    def all(self, name: str) -> list[Group]:
        """Return the groups of a name directly within this one."""
        return [group for group in self.within if group.name == name]

    def one(self, name: str) -> Group:
        """Return the group of a name, an empty one where it is not there; refuse two of them."""
        found = self.all(name)
        if len(found) > 1:
            raise found[1].refusal(f"is the second one within {self.name}")
        return found[0] if found else Group(name, self.line)

    def refusal(self, reason: str) -> DocumentRefusedError:
        """Return a refusal that names the group and its line."""
        return DocumentRefusedError(f"line {self.line}: {self.name} {reason}")


def whole(text: str) -> Group:
    """Return the group `OFX` of a file; refuse a file whose groups do not close."""
    text = _without_markup(text)
    line, groups, counted = 1, 0, 0
    open_groups: list[Group] = []
    root: Group | None = None
    leaf: tuple[str, int] | None = None
    match = _TAG.search(text)
    while match is not None:
        start, end = match.span()
        closing, name, is_empty = match[1], match[2].upper(), match[3]
        if leaf is not None and open_groups:
            _add(open_groups[-1], leaf[0], text[leaf[1] : start])
        leaf = None
        if name not in _GROUPS:
            if not closing and not is_empty:
                leaf = (name, end)
            match = _TAG.search(text, end)
            continue
        line, counted = line + text.count("\n", counted, start), start
        if not closing:
            group = Group(name, line)
            groups += 1
            if groups > _MOST_GROUPS:
                raise group.refusal(f"is one of more than {_MOST_GROUPS} groups")
            if open_groups:
                open_groups[-1].within.append(group)
            elif name != "OFX" or root is not None:
                raise group.refusal("stands outside OFX")
            else:
                root = group
            if len(open_groups) >= _DEEPEST:
                raise group.refusal(f"stands below {_DEEPEST} others")
            closed = _filled(group, text, end) if name == _MANY and not is_empty else None
            if closed is not None:
                end = closed
            elif not is_empty:
                open_groups.append(group)
        elif not open_groups or open_groups[-1].name != name:
            expected = f"</{open_groups[-1].name}>" if open_groups else "nothing more"
            raise DocumentRefusedError(
                f"line {line}: </{name}> stands where {expected} was expected"
            )
        else:
            open_groups.pop()
        match = _TAG.search(text, end)
    if root is None:
        raise DocumentRefusedError("holds no OFX data (<OFX>)")
    if open_groups:
        raise open_groups[-1].refusal("is not closed: the file ends within it")
    return root


def _filled(group: Group, text: str, start: int) -> int | None:
    """Fill a group that holds nothing but leaves at once; return its end, `None` for another."""
    end = text.find(f"</{_MANY}>", start)
    if end < 0:
        return None
    body = text[start:end]
    found = _LEAF.findall(body)
    if len(found) != body.count("<"):
        return None
    for closing, name, value in found:
        if not closing:
            tag = name.upper()
            if tag in _GROUPS:
                group.leaves.clear()
                group.twice.clear()
                return None
            _add(group, tag, value)
    return end + len(_MANY) + 3


def _without_markup(text: str) -> str:
    """Return the text with CDATA as plain text and without comments; refuse all else like them."""
    parts: list[str] = []
    done = 0
    while (start := text.find("<!", done)) >= 0:
        parts.append(text[done:start])
        for beginning, ending in _MARKUP:
            if text.startswith(beginning, start):
                end = text.find(ending, start)
                break
        else:
            end = -1
        if end < 0:
            raise DocumentRefusedError(
                f"holds {shown(text[start : start + 20])}, which is not read"
            )
        inner = text[start + len(beginning) : end]
        is_text = beginning == _CDATA
        parts.append(_escaped(inner) if is_text else "\n" * inner.count("\n"))
        done = end + len(ending)
    parts.append(text[done:])
    return "".join(parts)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _add(group: Group, name: str, text: str) -> None:
    """Add a leaf; the texts of empty ones are not kept."""
    value = text.strip()
    if not value:
        return
    if "&" in value:
        value = _ENTITY.sub(_meant, value)
    if name in group.leaves:
        group.twice.add(name)
    group.leaves[name] = value


def _meant(match: re.Match[str]) -> str:
    """Return the sign that an entity or the number of a sign stands for."""
    if match[1]:
        return _ENTITIES[match[1]]
    sign = chr(int(match[2]) if match[2] else int(match[3], 16))
    return sign if sign.isprintable() else " "


def descendants(group: Group, name: str) -> Iterator[Group]:
    """Yield the groups of a name at any depth, in their order."""
    for inner in group.within:
        if inner.name == name:
            yield inner
        yield from descendants(inner, name)
