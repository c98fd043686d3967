"""How payers write numbers, names and texts, as bank statements show them, with all the noise."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

_OPENINGS: Final = (
    "VIR SEPA RECU", "VIREMENT", "VIR INST", "REGLEMENT", "RGLT", "VIR DE", "PAIEMENT", "VRT", "",
)  # fmt: skip
_ANNOUNCING: Final = (
    "FACTURE", "FACT", "FACT.", "FAC", "FACTURE N°", "VOTRE FACTURE", "INVOICE", "FACT N ", "N°",
    "REF", "",
)  # fmt: skip
_SEVERAL: Final = ("FACTURES", "FACT", "VOS FACTURES", "FACTURES N°", "INVOICES", "RGLT FACT", "")
_EMPTY: Final = (
    "VIREMENT", "REGLEMENT FOURNISSEUR", "SOLDE", "VIR COMPTE A COMPTE", "PAIEMENT FOURNISSEURS",
    "RELEVE DU MOIS", "REGLEMENT VOS FACTURES", "VIREMENT SEPA", "SOLDE DE COMPTE", "",
)  # fmt: skip


class Number:
    """An invoice's number in its parts: letters, year, counter; and all that is made of it."""

    def __init__(self, pattern: str, year: int, counter: int) -> None:
        self.year, self.counter = year, counter
        self.text = pattern.format(y=year, s=year % 100, n=counter)
        self.letters = pattern.partition("{")[0].rstrip("-/ ")
        self.has_year = "{y" in pattern or "{s" in pattern

    def padded(self, width: int) -> str:
        """Return the counter with zeros before it."""
        return f"{self.counter:0{width}d}"


def number_as_written(rng: random.Random, number: Number, style: str) -> str:
    """Return a number in one of the styles."""
    text, year, counter = number.text, number.year, number.counter
    if style == "exact":
        return text if rng.random() < 0.85 else text.lower()
    if style == "spaced":
        spaced = text
        for sign in "-/":
            spaced = spaced.replace(sign, rng.choice([" ", "", " - ", ".", " / ", "_"]))
        if number.letters and rng.random() < 0.3:
            spaced = spaced.replace(number.letters, number.letters + " ", 1)
        return spaced
    if style == "zeros":
        middle = rng.choice(["-", " ", "/", ""])
        if not number.has_year:
            return f"{number.letters}{middle}{counter}"
        return f"{number.letters}{year}{middle}{counter}"
    if style == "short year" and not number.has_year:
        return f"{number.letters}{number.padded(4)}"
    if style == "short year":
        return f"{number.letters}{year % 100:02d}{rng.choice(['-', ' ', '/'])}{number.padded(4)}"
    if style == "no letters":
        return text.removeprefix(number.letters).strip("-/ ")
    if style == "counter":
        return str(counter) if rng.random() < 0.6 else number.padded(rng.choice([4, 5]))
    if style == "misread":
        swaps = {"0": "O", "1": rng.choice("IL"), "5": "S", "8": "B"}
        places = [place for place, sign in enumerate(text) if sign in swaps]
        for place in rng.sample(places, min(len(places), rng.randint(1, 2))):
            text = text[:place] + swaps[text[place]] + text[place + 1 :]
        return text
    if style == "typo":
        digits = [place for place, sign in enumerate(text) if sign.isdigit()]
        kind = rng.random()
        place = rng.choice(digits[-4:])
        if kind < 0.4 and place > digits[0] and text[place - 1].isdigit():
            return text[: place - 1] + text[place] + text[place - 1] + text[place + 1 :]
        if kind < 0.8:
            return text[:place] + str(rng.randrange(10)) + text[place + 1 :]
        return text[:place] + text[place + 1 :]
    raise ValueError(style)


def single_text(rng: random.Random, number: Number, style: str) -> str:
    """Return the text of a payment of one invoice."""
    written = number_as_written(rng, number, style)
    announcing = rng.choice(_ANNOUNCING[:8] if style == "counter" else _ANNOUNCING)
    return f"{announcing} {written}".strip()


def list_text(rng: random.Random, numbers: Sequence[Number], style: str) -> str:
    """Return the text of a payment of several invoices."""
    first, rest = numbers[0], numbers[1:]
    kind = rng.random()
    joiner = rng.choice([" ", ", ", " + ", "/", " ET ", ";", " & ", ","])
    series = all(n.year == first.year and n.letters == first.letters for n in rest)
    follows = series and [n.counter for n in numbers] == list(
        range(first.counter, first.counter + len(numbers))
    )
    if follows and len(numbers) > 2 and kind < 0.5:
        middle = rng.choice([" A ", " AU ", " - ", " à "])
        last = numbers[-1].padded(4) if kind < 0.25 else numbers[-1].text
        return f"{rng.choice(_SEVERAL)} {first.text}{middle}{last}".strip()
    if series and kind < 0.35:
        tail = joiner.join(n.padded(4) if kind < 0.2 else str(n.counter) for n in rest)
        return f"{rng.choice(_SEVERAL)} {first.text}{joiner}{tail}".strip()
    if series and kind < 0.45:
        counters = joiner.join(str(n.counter) for n in numbers)
        return f"{rng.choice(_SEVERAL[:5])} {counters}"
    written = joiner.join(number_as_written(rng, n, style) for n in numbers)
    return f"{rng.choice(_SEVERAL)} {written}".strip()


def empty_text(rng: random.Random) -> str:
    """Return the text of a payment that names nothing."""
    return rng.choice(_EMPTY)


def with_noise(rng: random.Random, text: str, amount: str, debtor_id: int) -> str:
    """Put around a text what else stands in such texts: dates, telephone and order numbers."""
    day = f"{rng.randint(1, 28):02d}"
    month = f"{rng.randint(1, 12):02d}"
    noises = (
        lambda: f"DU {day}/{month}/2025",
        lambda: f"{day}{month}2025",
        lambda: f"2025{month}{day}",
        lambda: f"TEL 0{rng.randint(1, 7)}{rng.randint(0, 99_999_999):08d}",
        lambda: f"TEL 01 {rng.randint(10, 99)} {rng.randint(10, 99)} {rng.randint(10, 99)} {day}",
        lambda: f"CDE {rng.randint(1, 9_999)}",
        lambda: f"CDE 45000{rng.randint(10_000, 99_999)}",
        lambda: f"BC{rng.randint(100, 99_999)}",
        lambda: f"SIRET {rng.randint(10**13, 10**14 - 1)}",
        lambda: f"CLIENT C{debtor_id:05d}",
        lambda: f"CODE CLIENT {debtor_id}",
        lambda: f"MONTANT {amount} EUR",
        lambda: f"{amount.replace('.', ',')} EUR",
        lambda: f"CHANTIER {rng.randint(1, 400)} RUE {rng.randint(1, 99)}",
        lambda: f"{rng.randint(1, 95):02d}{rng.randint(0, 999):03d} PARIS",
        lambda: "MERCI",
        lambda: f"LOT {rng.randint(1, 60)} TVA 20%",
        lambda: f"DOSSIER {rng.randint(2024, 2026)}-{rng.randint(1, 999)}",
        lambda: f"NOTRE REF {rng.randint(1_000, 999_999)}",
    )
    opening = rng.choice(_OPENINGS)
    parts = [opening, text] if opening else [text]
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
        parts.insert(rng.randint(0, len(parts)), rng.choice(noises)())
    return " ".join(part for part in parts if part)


def name_as_written(rng: random.Random, name: str) -> str:
    """Return a payer's name as its bank has it."""
    kind = rng.random()
    if kind < 0.45:
        return name
    if kind < 0.6:
        return name.upper()
    if kind < 0.7:
        return f"{rng.choice(['SARL', 'SAS', 'STE', 'ETS'])} {name.upper()}"
    if kind < 0.82:
        return name.upper()[: rng.choice([18, 24, 27, 31])]
    if kind < 0.9:
        words = name.upper().split()
        return " ".join([*words[1:], words[0]]) if len(words) > 1 else name
    if kind < 0.96:
        place = rng.randrange(1, len(name))
        return name[:place] + rng.choice(["", rng.choice("aeinrst")]) + name[place + 1 :]
    return f"HOLDING {rng.choice('ABCDEFGHKLM')}{rng.randint(10, 99)}"


def creditor_reference(carried: str) -> str:
    """Return an ISO 11649 reference."""
    digits = "".join(str(int(sign, 36)) for sign in f"{carried}RF00")
    return f"RF{98 - int(digits) % 97:02d}{carried}"


def swiss_reference(carried: str) -> str:
    """Return a QR reference of 27 digits."""
    table = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
    digits, carry = carried.rjust(26, "0"), 0
    for digit in digits:
        carry = table[(carry + int(digit)) % 10]
    return f"{digits}{(10 - carry) % 10}"
