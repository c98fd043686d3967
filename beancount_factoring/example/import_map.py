"""`import.yaml` of the example: what its documents call things, and what the ledger calls them."""

from __future__ import annotations

from beancount_factoring.example.accounts import OPERATING
from beancount_factoring.example.accounts import SHARED
from beancount_factoring.example.customers import customers
from beancount_factoring.example.firm import FACTOR_ACCOUNT
from beancount_factoring.example.firm import FIRM
from beancount_factoring.example.firm import OPERATING_ACCOUNT
from beancount_factoring.example.firm import SHARED_ACCOUNT

_TEXT = """\
# What the documents call things, and what the ledger calls them.

# New entries are appended to this file.
into: imported.beancount

# The firm itself: an invoice of another seller is not imported.
seller:
  name: {firm.name}
  identifiers: ["{firm.siren}", {firm.vat_number}]

# The firm's bank accounts, by IBAN.
banks:
  {operating.iban}: {operating_account}
  {shared.iban}: {shared_account}

# The factor's account, by the contract's name: payments to and from it are sweeps and draws.
factors:
  exemple: [{factor.iban}]

# Sales and VAT by rate in percent, or by category where no VAT is charged: K is a sale within
# the European Union, G an export.
sales:
  20: Income:Sales:Equipment
  10: Income:Sales:Firewood
  5.5: Income:Sales:Food
  K: Income:Sales:Abroad
  G: Income:Sales:Abroad
vat:
  20: Liabilities:VAT:Collected:Normal
  10: Liabilities:VAT:Collected:Intermediate
  5.5: Liabilities:VAT:Collected:Reduced

# Words in the bank's text, and their account.
texts:
  ACHATS MARCHANDISES: Expenses:Purchases
  COTISATIONS URSSAF: Expenses:SocialCharges
  FRAIS BANCAIRES: Expenses:Bank
  LOYER: Expenses:Rent
  SALAIRES: Expenses:Salaries
  TVA CA3: Liabilities:VAT:Due

# What nothing else recognises waits here for a decision.
suspense: Assets:Suspense

# The customers, by SIREN or VAT number; one that is not listed gets an account by its name.
debtors:
"""


def import_map_text() -> str:
    """Return the file's text."""
    head = _TEXT.format(
        firm=FIRM,
        operating=OPERATING_ACCOUNT,
        operating_account=OPERATING,
        shared=SHARED_ACCOUNT,
        shared_account=SHARED,
        factor=FACTOR_ACCOUNT,
    )
    debtors = (
        f'  {customer.code}: ["{customer.company.siren or customer.company.vat_number}"]\n'
        for customer in customers()
    )
    return head + "".join(debtors)
