"""Check digits of French, Belgian and Swiss identifiers, for the example's invented parties."""

from __future__ import annotations

from string import ascii_uppercase


def luhn_digit(digits: str) -> str:
    """Return the digit that makes `digits` pass the Luhn test (ISO/IEC 7812-1, annex B)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def siren(prefix: str) -> str:
    """Return the SIREN (9 digits) that begins with these 8."""
    return prefix + luhn_digit(prefix)


def siret(company: str, establishment: str = "0001") -> str:
    """Return the SIRET (14 digits) of a company's establishment (4 digits)."""
    prefix = company + establishment
    return prefix + luhn_digit(prefix)


def french_vat_number(company: str) -> str:
    """Return the VAT number of a SIREN; its key is (12 + 3 × SIREN) modulo 97."""
    return f"FR{(12 + 3 * int(company)) % 97:02d}{company}"


def belgian_vat_number(prefix: str) -> str:
    """Return the VAT number that begins with these 8 digits, the last two being modulo 97."""
    return f"BE{prefix}{97 - int(prefix) % 97:02d}"


def swiss_vat_number(prefix: str) -> str:
    """Return the UID that begins with these 8 digits, with the suffix of the VAT register."""
    weights = (5, 4, 3, 2, 7, 6, 5, 4)
    total = sum(int(digit) * weight for digit, weight in zip(prefix, weights, strict=True))
    return f"CHE{prefix}{-total % 11}MWST"


def iban(country: str, account: str) -> str:
    """Return the IBAN of a national account number (ISO 13616: two check digits, modulo 97)."""
    digits = "".join(_as_number(character) for character in f"{account}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{account}"


def french_iban(bank: str, branch: str, account: str) -> str:
    """Return the IBAN of a French account: bank (5), branch (5), account (11), key (2)."""
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    return iban("FR", f"{bank}{branch}{account}{key:02d}")


def _as_number(character: str) -> str:
    """Return a digit as it is and a letter as its number, `A` being 10."""
    return character if character.isdigit() else str(ascii_uppercase.index(character) + 10)
