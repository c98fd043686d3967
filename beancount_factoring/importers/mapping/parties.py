"""Who a party of a document is: its identifiers made comparable, and its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from beancount_factoring.importers.reading.documents import Party

_FRENCH_VAT: Final = re.compile(r"FR[0-9A-Z]{2}([0-9]{9})")
_SIRET: Final = re.compile(r"[0-9]{14}")
_SIREN: Final = re.compile(r"[0-9]{9}")
_LONGEST_COMPONENT: Final = 60

# ASCII's letters as small ones, its digits, and a blank for every other sign.
_ASCII_KEYS: Final = bytes(
    ord(sign.lower()) if sign.isalnum() else ord(" ") for sign in map(chr, range(128))
).ljust(256)


def identifier_key(text: str) -> str:
    """Return an identifier or account number as it is compared: its letters and digits, capital."""
    return "".join(filter(str.isalnum, text)).upper()


def name_key(text: str) -> str:
    """Return a name as it is compared: without case, accents, punctuation, doubled blanks."""
    if text.isascii():
        return " ".join(text.encode().translate(_ASCII_KEYS).decode().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = (
        sign if sign.isalpha() or sign.isdecimal() else " "
        for sign in decomposed
        if not unicodedata.combining(sign)
    )
    return " ".join("".join(letters).split())


def is_siren(key: str) -> bool:
    """Tell whether a compared identifier is a SIREN (nine digits, Luhn's sum)."""
    return bool(_SIREN.fullmatch(key)) and _luhn(key)


def is_siret(key: str) -> bool:
    """Tell whether a compared identifier is a SIRET (a SIREN and five more digits)."""
    return bool(_SIRET.fullmatch(key)) and _luhn(key[:9])


def implied_siren(key: str) -> str | None:
    """Return the SIREN that a SIRET, a French VAT number or a SIREN states; else `None`."""
    vat = _FRENCH_VAT.fullmatch(key)
    siren = vat[1] if vat else key[:9] if _SIRET.fullmatch(key) else key
    return siren if is_siren(siren) else None


@lru_cache(maxsize=4096)
def identifier_keys(party: Party) -> tuple[str, ...]:
    """Return the compared identifiers of a party, those that they imply too, each once."""
    stated = [identifier_key(text) for text in (*party.identifiers, party.vat_number or "")]
    return with_implied(key for key in stated if key)


def with_implied(keys: Iterable[str]) -> tuple[str, ...]:
    """Return compared identifiers and the SIREN that they imply, each once."""
    found: dict[str, None] = {}
    for key in keys:
        found[key] = None
        siren = implied_siren(key)
        if siren:
            found[siren] = None
    return tuple(found)


@lru_cache(maxsize=4096)
def legal_identity(party: Party) -> str | None:
    """Return the one identifier that tells two companies apart: the SIREN, else the VAT number."""
    keys = identifier_keys(party) if party.country in {None, "FR"} else ()
    siren = next((key for key in keys if is_siren(key)), None)
    return siren or (identifier_key(party.vat_number) if party.vat_number else None)


@lru_cache(maxsize=4096)
def account_component(name: str) -> str | None:
    """Return a name as the last component of an account: `Café & Fils` is `CAFE-FILS`.

    The same name, written with other capitals, accents or punctuation, gives the same component.
    `None` where the name holds neither letter nor digit.
    """
    component = name_key(name).upper().replace(" ", "-")
    if not component:
        return None
    if len(component) > _LONGEST_COMPONENT:
        checksum = blake2b(component.encode(), digest_size=3).hexdigest().upper()
        component = f"{component[:_LONGEST_COMPONENT].rstrip('-')}-{checksum}"
    # A component begins with a capital or a digit; some scripts have no capitals.
    return component if component[0].isupper() or component[0].isdecimal() else f"X-{component}"


def _luhn(digits: str) -> bool:
    """Tell whether digits pass Luhn's test (ISO/IEC 7812-1)."""
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    total = sum(int(digit) for digit in digits[::-2]) + sum(d - 9 * (d > 9) for d in doubled)
    return total % 10 == 0
