"""The extension's words, in the language that Fava shows: gettext catalogues of its own.

Fava's own catalogue knows none of them. Which language it is, Fava decides: the option
`language`, or what the browser asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from flask_babel import Domain

_CATALOGUES: Final = Path(__file__).with_name("translations")
_DOMAIN: Final = Domain(translation_directories=[str(_CATALOGUES)], domain="factoring")


def _(text: str) -> str:
    """Return a text in the language of the request; out of one, as it is written here."""
    return str(_DOMAIN.get_translations().ugettext(text))


def said(text: str, values: Mapping[str, object]) -> str:
    """Return a translated text with its values filled in; what they hold is never a pattern."""
    return text.format_map(values)


def counted(count: int, one: str, several: str) -> str:
    """Return a number of things in words, by the language's own plural."""
    return str(_DOMAIN.get_translations().ungettext(one, several, count)).format(count=count)
