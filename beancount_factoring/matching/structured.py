"""Structured references of payments, which carry check digits: a slip of the pen is noticed.

ISO 11649 (`RF18 5390 0754 7034`) and the Swiss QR and ESR reference (27 digits).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_RF: Final = re.compile(r"\bRF[ ]?[0-9]{2}(?:[ ]?[0-9A-Z]{1,4}){1,6}(?![0-9A-Z])", re.ASCII)
_SWISS: Final = re.compile(r"(?<![0-9])(?:[0-9][ ]?){26}[0-9](?![0-9])", re.ASCII)
_SWISS_TABLE: Final = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
_LONGEST_RF: Final = 25


def structured_references(text: str) -> Iterator[str]:
    """Yield what the structured references of a text (in capitals) carry, checked.

    A Swiss reference carries digits with zeros before them, which are left out.
    """
    for found in _RF.finditer(text):
        words = found[0].split()
        # The words after a reference look like its groups: the longest that checks counts.
        for count in range(len(words), 0, -1):
            reference = "".join(words[:count])
            if 5 <= len(reference) <= _LONGEST_RF and is_creditor_reference(reference):
                yield reference[4:]
                break
    for found in _SWISS.finditer(text):
        digits = found[0].replace(" ", "")
        if is_swiss_reference(digits):
            yield digits[:-1].lstrip("0")


def is_creditor_reference(reference: str) -> bool:
    """Tell whether a text is `RF`, two right check digits (ISO 7064, mod 97-10) and a reference."""
    turned = reference[4:] + reference[:4]
    if not (reference.startswith("RF") and turned.isalnum() and turned.isascii()):
        return False
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def is_swiss_reference(digits: str) -> bool:
    """Tell whether 27 digits end in their check digit (modulo 10, recursive)."""
    carry = 0
    for digit in digits[:-1]:
        carry = _SWISS_TABLE[(carry + int(digit)) % 10]
    return (10 - carry) % 10 == int(digits[-1]) and digits.strip("0") != ""
