"""The example's accounts, and the file that opens them with their numbers of the PCG."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from beancount_factoring.example.customers import Customer
from beancount_factoring.example.customers import customers

# The ledger begins with the balance of the day before the year.
OPENING_DAY = datetime.date(2024, 12, 31)

OPERATING = "Assets:Bank:Operating"
SHARED = "Assets:Bank:Shared"
TRANSIT = "Assets:Bank:Transit"
CLIENTS = "Assets:Clients"
FACTOR_CURRENT = "Assets:Factor:Current"
GUARANTEE_FUND = "Assets:Factor:GuaranteeFund"
COLLECTIONS = "Liabilities:Factor:Collections"
EQUITY = "Equity:Opening"

# Account, number and label in the plan comptable général (ANC 2022-06), in the plan's order.
_CHART = (
    (EQUITY, "110000", "Report à nouveau"),
    (CLIENTS, "411000", "Clients"),
    ("Assets:Doubtful", "416000", "Clients douteux ou litigieux"),
    ("Liabilities:VAT:Due", "445510", "TVA à décaisser"),
    ("Assets:VAT:Deductible", "445660", "TVA sur autres biens et services"),
    ("Liabilities:VAT:Collected:Normal", "445711", "TVA collectée, 20 %"),
    ("Liabilities:VAT:Collected:Intermediate", "445712", "TVA collectée, 10 %"),
    ("Liabilities:VAT:Collected:Reduced", "445713", "TVA collectée, 5,5 %"),
    (FACTOR_CURRENT, "467100", "Factor, compte courant"),
    (GUARANTEE_FUND, "467200", "Factor, fonds de garantie"),
    (COLLECTIONS, "467500", "Factor, encaissements à reverser"),
    ("Assets:Suspense", "471000", "Compte d'attente"),
    (OPERATING, "512100", "Banque, compte courant"),
    (SHARED, "512200", "Banque, compte d'affacturage"),
    (TRANSIT, "580000", "Virements internes"),
    ("Expenses:Purchases", "607000", "Achats de marchandises"),
    ("Expenses:Rent", "613200", "Locations immobilières"),
    ("Expenses:Factoring:Commission", "622500", "Rémunérations d'affacturage"),
    ("Expenses:Bank", "627800", "Autres frais bancaires"),
    ("Expenses:Salaries", "641100", "Salaires"),
    ("Expenses:SocialCharges", "645100", "Cotisations à l'URSSAF"),
    ("Expenses:Factoring:Interest", "661600", "Intérêts sur opérations de financement"),
    ("Income:Sales:Equipment", "707100", "Ventes de marchandises, 20 %"),
    ("Income:Sales:Firewood", "707200", "Ventes de marchandises, 10 %"),
    ("Income:Sales:Food", "707300", "Ventes de marchandises, 5,5 %"),
    ("Income:Sales:Abroad", "707900", "Ventes de marchandises hors de France"),
)  # fmt: skip


def client_account(customer: Customer) -> str:
    """Return the account of a customer."""
    return f"{CLIENTS}:{customer.code}"


def accounts_text() -> str:
    """Return `accounts.beancount`: every account opened, with its number and label."""
    lines = [
        "; The accounts, with their numbers in the plan comptable général.",
        "; Customers share the number 411000; each is known by its name and its VAT number.",
        "",
        *(line for account, number, label in _CHART for line in _open(account, number, label)),
        *(line for customer in customers() for line in _open_client(customer)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _open(account: str, number: str, label: str) -> Iterator[str]:
    """Yield the lines that open an account."""
    yield f"{OPENING_DAY} open {account} EUR"
    yield f'  pcg: "{number}"'
    yield f'  label: "{label}"'
    yield ""


def _open_client(customer: Customer) -> Iterator[str]:
    """Yield the lines that open a customer's account."""
    yield f"{OPENING_DAY} open {client_account(customer)} EUR"
    yield '  pcg: "411000"'
    yield f'  label: "{customer.company.name}"'
    yield f'  vat-number: "{customer.company.vat_number}"'
    yield ""
