"""Names of companies made comparable: words without case, accents, punctuation and legal form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_INITIALS: Final = re.compile(r"\b(?:\w\.){2,}")

# Legal forms and words that say what a company is, not which.
_FORMS: Final = frozenset(
    "SA SAS SASU SARL EURL SCI SNC SCA SELARL SCOP GIE EARL EI EIRL SE GMBH AG KG OHG LTD LIMITED"
    " PLC LLC INC CORP SPA SRL BV NV SL CIE CO STE SOCIETE ETS ETABLISSEMENTS ETABLISSEMENT ENT"
    " ENTREPRISE GROUPE MR MME MLLE MONSIEUR MADAME".split()
)
_JOINING: Final = frozenset("ET AND UND DE DU DES LA LE LES L D".split())


@lru_cache(maxsize=65_536)
def name_words(name: str) -> tuple[str, ...]:
    """Return the words that tell a company: `Éts. Dupont & Fils S.A.R.L.` is `DUPONT FILS`.

    A name of nothing but legal forms keeps them.
    """
    plain = plain_text(name)
    plain = _INITIALS.sub(lambda found: found[0].replace(".", ""), plain)
    words = _WORD.findall(plain)
    telling = tuple(word for word in words if word not in _FORMS and word not in _JOINING)
    return telling or tuple(words)


def plain_text(text: str) -> str:
    """Return a text in capitals without accents."""
    if text.isascii():
        return text.upper()
    decomposed = unicodedata.normalize("NFKD", text.upper())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
