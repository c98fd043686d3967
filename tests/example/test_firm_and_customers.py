"""The parties of the example are invented, but their identifiers are well formed."""

from __future__ import annotations

import pytest
from stdnum import iban
from stdnum.be import vat as belgian_vat
from stdnum.ch import vat as swiss_vat
from stdnum.fr import siren
from stdnum.fr import siret
from stdnum.fr import tva

from beancount_factoring.example.customers import Customer
from beancount_factoring.example.customers import bank_text
from beancount_factoring.example.customers import customers
from beancount_factoring.example.firm import FACTOR_ACCOUNT
from beancount_factoring.example.firm import FIRM
from beancount_factoring.example.firm import OPERATING_ACCOUNT
from beancount_factoring.example.firm import SHARED_ACCOUNT
from beancount_factoring.example.firm import BankAccount
from beancount_factoring.example.firm import Company

_FOREIGN_VAT = {"BE": belgian_vat, "CH": swiss_vat}


def test_there_are_forty_customers_with_six_hundred_invoices_between_them() -> None:
    assert len({customer.code for customer in customers()}) == 40
    assert sum(customer.invoices for customer in customers()) == 600
    assert sum(customer.share for customer in customers()) == 10_000


@pytest.mark.parametrize("company", [FIRM, *(c.company for c in customers())], ids=lambda c: c.name)
def test_company_identifiers_pass_their_check_digits(company: Company) -> None:
    if company.siren is None:
        assert _FOREIGN_VAT[company.address.country].is_valid(company.vat_number)
        return
    assert siren.is_valid(company.siren)
    assert siret.is_valid(company.siret or "")
    assert tva.is_valid(company.vat_number)


@pytest.mark.parametrize("customer", customers(), ids=lambda customer: customer.code)
def test_customer_iban_is_valid(customer: Customer) -> None:
    assert iban.is_valid(customer.iban)


@pytest.mark.parametrize(
    "account", [OPERATING_ACCOUNT, SHARED_ACCOUNT, FACTOR_ACCOUNT], ids=lambda a: a.owner
)
def test_own_ibans_are_valid(account: BankAccount) -> None:
    assert iban.is_valid(account.iban)


def test_bank_text_has_capitals_without_accents_and_no_odd_signs() -> None:
    assert bank_text("Crêperie de l'Hermine & Cie") == "CREPERIE DE L'HERMINE CIE"
