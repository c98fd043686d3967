"""The example's firm, its two bank accounts and its factor. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass

from beancount_factoring.example.identifiers import french_iban
from beancount_factoring.example.identifiers import french_vat_number
from beancount_factoring.example.identifiers import siren
from beancount_factoring.example.identifiers import siret


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is the ISO 3166 code of two letters."""

    street: str
    postcode: str
    city: str
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class Company:
    """A company with its legal identifiers; `siren` is `None` outside France."""

    name: str
    address: Address
    siren: str | None
    vat_number: str

    @property
    def siret(self) -> str | None:
        """The identifier of the company's only establishment."""
        return None if self.siren is None else siret(self.siren)


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account in a bank, by the parts of a French account number."""

    owner: str
    bank_name: str
    bic: str
    bank: str
    branch: str
    number: str

    @property
    def iban(self) -> str:
        """The IBAN, without blanks."""
        return french_iban(self.bank, self.branch, self.number)


FIRM_SIREN = siren("99900001")
FIRM = Company(
    name="Le Fournil Fictif SAS",
    address=Address("12 rue de l'Exemple", "44000", "Nantes"),
    siren=FIRM_SIREN,
    vat_number=french_vat_number(FIRM_SIREN),
)

# No bank has the codes 99901 and 99902.
OPERATING_ACCOUNT = BankAccount(
    owner="LE FOURNIL FICTIF",
    bank_name="Banque Imaginaire",
    bic="BQIMFRPPXXX",
    bank="99901",
    branch="00044",
    number="00012345678",
)
SHARED_ACCOUNT = BankAccount(
    owner="LE FOURNIL FICTIF COMPTE AFFACTURAGE",
    bank_name="Banque Imaginaire",
    bic="BQIMFRPPXXX",
    bank="99901",
    branch="00044",
    number="00012345679",
)
FACTOR_ACCOUNT = BankAccount(
    owner="EXEMPLE FACTOR",
    bank_name="Exemple Factor",
    bic="EXFAFRPPXXX",
    bank="99902",
    branch="00001",
    number="00000000101",
)
