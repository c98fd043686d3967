"""The example's forty customers: invented names, and a turnover as skewed as real ones are.

Eight of the forty buy 80 % of the year's amount, one of them 30 %. They stand in `customers.csv`.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from beancount_factoring.example.firm import Address
from beancount_factoring.example.firm import Company
from beancount_factoring.example.identifiers import belgian_vat_number
from beancount_factoring.example.identifiers import french_iban
from beancount_factoring.example.identifiers import french_vat_number
from beancount_factoring.example.identifiers import iban
from beancount_factoring.example.identifiers import siren
from beancount_factoring.example.identifiers import swiss_vat_number


class Market(StrEnum):
    """Where the goods go; the value is the VAT category of a sale there (UNCL 5305)."""

    FRANCE = "S"
    EUROPEAN_UNION = "K"
    EXPORT = "G"


_MARKETS = {"FR": Market.FRANCE, "BE": Market.EUROPEAN_UNION, "CH": Market.EXPORT}


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer and how it buys.

    `code` is the debtor's name in the ledger, `terms` the days from invoice to due date,
    `invoices` how many it gets in the year, `share` its part of the turnover, in ten thousandths.
    """

    code: str
    company: Company
    iban: str
    terms: int
    invoices: int
    share: int

    @property
    def market(self) -> Market:
        """Where its goods go."""
        return _MARKETS[self.company.address.country]

    @property
    def bank_name(self) -> str:
        """The name as banks write it."""
        return bank_text(self.company.name)


@cache
def customers() -> tuple[Customer, ...]:
    """Return the customers in the order of their file."""
    text = files(__package__).joinpath("customers.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(_customer(position, row) for position, row in enumerate(rows, start=1))


def bank_text(text: str) -> str:
    """Return a text as French bank files carry it: capitals without accents or odd signs."""
    decomposed = unicodedata.normalize("NFKD", text.upper())
    ascii_text = decomposed.encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^A-Z0-9./:+()'-]+", " ", ascii_text).split())


def _customer(position: int, row: dict[str, str]) -> Customer:
    """Make a customer of a row; its identifiers follow from its position."""
    address = Address(row["street"], row["postcode"], row["city"], row["country"])
    company_siren = None
    match address.country:
        case "FR":
            company_siren = siren(f"999100{position:02d}")
            vat_number = french_vat_number(company_siren)
            account = french_iban("99903", "00001", f"{position:011d}")
        case "BE":
            vat_number = belgian_vat_number(f"099900{position:02d}")
            account = iban("BE", f"9999000{position:03d}{int(f'9999000{position:03d}') % 97:02d}")
        case _:
            vat_number = swiss_vat_number(f"999000{position:02d}")
            account = iban("CH", f"99999{position:012d}")
    return Customer(
        code=row["code"],
        company=Company(row["name"], address, company_siren, vat_number),
        iban=account,
        terms=int(row["terms"]),
        invoices=int(row["invoices"]),
        share=int(row["share"]),
    )
