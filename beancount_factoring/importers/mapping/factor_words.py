"""The words of factors' own statements, and what they mean.

Labels are compared as names are (`parties.name_key`): without case, accents and punctuation. The
longest words that stand in a label tell its kind; the last of them may go on, as labels are joined
without a blank (`FAVEURN 5295341`). `import.yaml` adds the words of another factor.

Sources: `EBICS` are the statements of BNP Paribas Factor among the tests of airporting/ebics-parser
(MIT), `GLOSSARY` the field's own terms as factors' glossaries and the CGA's give them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final
from typing import NamedTuple

from beancount_factoring.importers.mapping.parties import name_key


class LineKind(StrEnum):
    """What a line of a factor's statement tells.

    purchase      a remittance of invoices is credited
    credit-notes  a remittance of credit notes is debited
    commission    the factoring commission of a remittance
    guarantee     the guarantee fund is built, or given back
    reserve       invoices that are not funded are kept back, or are funded after all
    interest      the financing commission
    charge        another fee
    draw          money is paid to the firm
    financed      the financing account's side of a draw
    payment       a customer paid the factor
    swept         money of the shared account, which the bank's own statement books
    returned      money of a customer that was not the factor's is credited
    """

    PURCHASE = "purchase"
    CREDIT_NOTES = "credit-notes"
    COMMISSION = "commission"
    GUARANTEE = "guarantee"
    RESERVE = "reserve"
    INTEREST = "interest"
    CHARGE = "charge"
    DRAW = "draw"
    FINANCED = "financed"
    PAYMENT = "payment"
    SWEPT = "swept"
    RETURNED = "returned"


FEES: Final = frozenset({LineKind.COMMISSION, LineKind.INTEREST, LineKind.CHARGE})
"""The kinds that VAT may be charged on."""


class FactorWord(NamedTuple):
    """Words of a label, their kind, what they mean, and where they were read."""

    words: str
    kind: LineKind
    meaning: str
    source: str


_EBICS: Final = "EBICS"
_GLOSSARY: Final = "GLOSSARY"

KNOWN_WORDS: Final = (
    FactorWord("achat remise de factures", LineKind.PURCHASE, "invoices are bought", _EBICS),
    FactorWord("achat remise d avoirs", LineKind.CREDIT_NOTES, "credit notes are taken", _EBICS),
    FactorWord("commission d affacturage", LineKind.COMMISSION, "on a remittance", _EBICS),
    FactorWord("commission sur remise d avoirs", LineKind.COMMISSION, "on credit notes", _EBICS),
    FactorWord("prelevement de fg", LineKind.GUARANTEE, "the fund is built", _EBICS),
    FactorWord("restitution fonds de garantie", LineKind.GUARANTEE, "it is given back", _EBICS),
    FactorWord(
        "reprise de factures indisponibles",
        LineKind.RESERVE,
        "what of a remittance is not funded is taken back",
        _EBICS,
    ),
    FactorWord("devenant financable", LineKind.RESERVE, "an invoice is funded after all", _EBICS),
    FactorWord("precompte de comm de financement", LineKind.INTEREST, "charged in advance", _EBICS),
    FactorWord(
        "comm de financement complementaire",
        LineKind.INTEREST,
        "what a period's advance did not cover",
        _EBICS,
    ),
    FactorWord("frais d avis de litig", LineKind.CHARGE, "notices of disputes", _EBICS),
    FactorWord("frais demande d agrement", LineKind.CHARGE, "requests of limits", _EBICS),
    FactorWord("frais de gestion de contrat en ligne", LineKind.CHARGE, "web access", _EBICS),
    FactorWord("virement bancaire en votre faveur", LineKind.DRAW, "a draw", _EBICS),
    FactorWord("montant finance par virement", LineKind.FINANCED, "a draw's funded part", _EBICS),
    FactorWord("montant avis de credit", LineKind.FINANCED, "a draw's other part", _EBICS),
    FactorWord("montant avis de debit", LineKind.FINANCED, "taken off a draw", _EBICS),
    FactorWord("virement recu", LineKind.PAYMENT, "a customer paid the factor", _EBICS),
    FactorWord(
        "restitution reglement",
        LineKind.RETURNED,
        "a customer's money that was not the factor's goes to the current account",
        _EBICS,
    ),
    FactorWord("nivellement", LineKind.SWEPT, "the shared account is swept", _GLOSSARY),
    FactorWord("retenue de garantie", LineKind.GUARANTEE, "the guarantee fund", _GLOSSARY),
    FactorWord("fonds de garantie", LineKind.GUARANTEE, "the guarantee fund", _GLOSSARY),
    FactorWord("commission de financement", LineKind.INTEREST, "interest", _GLOSSARY),
    FactorWord("commission speciale de financement", LineKind.INTEREST, "interest", _GLOSSARY),
    FactorWord("commission d anticipation", LineKind.INTEREST, "interest", _GLOSSARY),
)

_VAT: Final = "tva "
_REMITTANCE: Final = re.compile(r"\bremise n ?([0-9a-z]+)\b")


class Said(NamedTuple):
    """What a label says: its kind and words, whether it is the VAT on it, the remittance's number.

    A label that only says VAT has neither kind nor words.
    """

    kind: LineKind | None
    words: str
    is_vat: bool = False
    remittance: str | None = None


class FactorWords:
    """The words of one factor: those of `import.yaml` first, then the known ones."""

    def __init__(self, own: Iterable[FactorWord] = ()) -> None:
        """Take the factor's further words, as `name_key` compares them."""
        longest = _longest_first(own), _longest_first(KNOWN_WORDS)
        self._words = [(f" {word.words}", word) for words in longest for word in words]

    def said(self, label: str) -> Said | None:
        """Return what a label says; `None` where its words are not known."""
        key = name_key(label)
        is_vat = key.startswith(_VAT)
        text = f" {key}"
        found = next((word for words, word in self._words if words in text), None)
        if found is None or (is_vat and found.kind not in FEES):
            return Said(None, "", is_vat=True) if is_vat else None
        number = _REMITTANCE.search(key)
        return Said(found.kind, found.words, is_vat, number[1].upper() if number else None)


def _longest_first(words: Iterable[FactorWord]) -> list[FactorWord]:
    return sorted(words, key=lambda word: (-len(word.words), word.words))
