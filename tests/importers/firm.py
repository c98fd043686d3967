"""A firm with a factor: its ledger, contract and `import.yaml`, and its documents, for tests."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from xml.sax.saxutils import escape

from beancount import loader
from beancount.core import data

from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.mapping_reader import read_mapping
from beancount_factoring.importers.reading.documents import Instalment
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import Party
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine
from beancount_factoring.importers.reading.documents import VatLine
from tests.importers import statement_writers as write

SHARED = "FR1420041010050500013M02606"
OPERATING = "FR7630006000011234567890189"
FACTOR = "FR7610011000201234567890188"
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

CONTRACTS = """\
contracts:
  bpce:
    factor: BPCE Factor
    currency: EUR
    start: 2026-01-01
    shared_account: {source: statement}
    accounts:
      receivables: Assets:Clients
      current: Assets:Factor:Current
      guarantee: Assets:Factor:Guarantee
      collections: Liabilities:Factor:Collections
      shared: Assets:Bank:Shared
      operating: Assets:Bank:Operating
      transit: Assets:Bank:Transit
      commission: Expenses:Factor:Commission
      interest: Expenses:Factor:Interest
      vat: Assets:VAT
      doubtful: Assets:Doubtful
"""

IMPORT = f"""\
seller:
  name: Atelier du Marais
  identifiers: ["552 100 554", "FR80552100554"]
debtors:
  DUPONT: ["404833048", "Dupont & Fils"]
  MARTIN: ["C-0042"]
sales:
  default: Income:Sales
  K: Income:Sales:Europe
vat:
  20: Liabilities:VAT:20
  5.5: Liabilities:VAT:55
banks:
  {SHARED}: Assets:Bank:Shared
  {OPERATING}: Assets:Bank:Operating
factors:
  bpce: ["{FACTOR}", "NATIXIS FACTOR"]
texts:
  "FRAIS TENUE DE COMPTE": Expenses:Bank
suspense: Assets:Suspense
prepaid: Liabilities:Advances
into: imported.beancount
"""

LEDGER = """\
option "operating_currency" "EUR"
plugin "beancount_factoring.plugins.factoring" "contracts.yaml"
include "imported.beancount"
2026-01-01 open Assets:Clients:MARTIN EUR
2026-01-01 open Assets:Factor:Current
2026-01-01 open Assets:Factor:Guarantee
2026-01-01 open Liabilities:Factor:Collections
2026-01-01 open Assets:Bank:Shared EUR
2026-01-01 open Assets:Bank:Operating EUR
2026-01-01 open Assets:Bank:Transit
2026-01-01 open Assets:Suspense
2026-01-01 open Assets:Doubtful
2026-01-01 open Assets:VAT
2026-01-01 open Income:Sales
2026-01-01 open Income:Sales:Europe
2026-01-01 open Liabilities:VAT:20
2026-01-01 open Liabilities:VAT:55
2026-01-01 open Liabilities:Advances
2026-01-01 open Expenses:Bank
2026-01-01 open Expenses:Factor:Commission
2026-01-01 open Expenses:Factor:Interest
"""

SELLER = Party("Atelier du Marais SARL", ("552100554",), "FR80552100554", "FR")
DUPONT = Party("DUPONT ET FILS", ("40483304800022",), "FR83404833048", "FR")


@dataclass(frozen=True, slots=True)
class Books:
    """The folder of the firm's books."""

    folder: Path

    @property
    def ledger(self) -> Path:
        return self.folder / "main.beancount"

    @property
    def documents(self) -> Path:
        return self.folder / "documents"

    @property
    def mapping_path(self) -> Path:
        return self.folder / "import.yaml"

    def mapping(self) -> ImportMapping:
        file = read_mapping(self.mapping_path)
        assert not file.problems, file.problems
        assert file.mapping is not None
        return file.mapping

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def add(self, name: str, content: str) -> Path:
        path = self.documents / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def load(self) -> tuple[list[data.Directive], list[str]]:
        entries, errors, _options = loader.load_file(str(self.ledger))
        return entries, [error.message for error in errors]


def new_books(folder: Path) -> Books:
    """Write books without any entry but `open` directives."""
    (folder / "contracts.yaml").write_text(CONTRACTS)
    (folder / "import.yaml").write_text(IMPORT)
    (folder / "main.beancount").write_text(LEDGER)
    (folder / "imported.beancount").write_text("")
    (folder / "documents").mkdir()
    return Books(folder)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


INVOICE = InvoiceDocument(
    kind=InvoiceKind.INVOICE,
    type_code="380",
    number="F2026-0001",
    date=day("2026-01-05"),
    currency="EUR",
    seller=SELLER,
    buyer=DUPONT,
    payee=None,
    iban=None,
    net=Decimal("1000.00"),
    vat=(VatLine("S", Decimal(20), Decimal("1000.00"), Decimal("200.00")),),
    total=Decimal("1200.00"),
    prepaid=Decimal(0),
    rounding=Decimal(0),
    payable=Decimal("1200.00"),
    instalments=(Instalment(day("2026-02-04"), Decimal("1200.00")),),
    credits=(),
    profile="EN 16931",
)
"""An invoice of 1200.00 EUR for Dupont."""


def line(date: str, amount: str, text: str = "", **more: str) -> StatementLine:
    """Return a bank statement's line."""
    empty = StatementLine(day(date), None, Decimal(amount), text)
    return empty._replace(**more)  # type: ignore[arg-type]  # texts alone


def statement(
    *lines: StatementLine, account: str = SHARED, opening: str = "0.00", closing_date: str = ""
) -> Statement:
    """Return a statement from its opening balance, with its lines, to the sum of both."""
    last = day(closing_date) if closing_date else max(each.date for each in lines)
    start = Decimal(opening)
    return Statement(
        account=account,
        currency="EUR",
        number="1",
        opening=start,
        opening_date=min((each.date for each in lines), default=last),
        closing=sum((each.amount for each in lines), start),
        closing_date=last,
        lines=lines,
    )


def cii(
    number: str = "F2026-0001",
    net: str = "1000.00",
    *,
    date: str = "20260105",
    due: str = "20260204",
    buyer: str = "Dupont & Fils",
    siren: str = "404833048",
    seller: str = "552100554",
    code: str = "380",
    credited: str = "",
) -> str:
    """Return the XML of an invoice at 20 % VAT, as its issuer would write it."""
    tax = (Decimal(net) * Decimal("0.2")).quantize(Decimal("0.01"))
    total = Decimal(net) + tax
    preceding = (
        f"<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>{credited}</ram:IssuerAssignedID>"
        "</ram:InvoiceReferencedDocument>"
        if credited
        else ""
    )
    return dedent(f"""\
        <?xml version="1.0" encoding="UTF-8"?>
        <rsm:CrossIndustryInvoice
          xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
          xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
          xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
        <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
          <ram:ID>urn:factur-x.eu:1p0:basicwl</ram:ID>
        </ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
        <rsm:ExchangedDocument><ram:ID>{number}</ram:ID><ram:TypeCode>{code}</ram:TypeCode>
          <ram:IssueDateTime><udt:DateTimeString format="102">{date}</udt:DateTimeString>
          </ram:IssueDateTime></rsm:ExchangedDocument>
        <rsm:SupplyChainTradeTransaction>
        <ram:ApplicableHeaderTradeAgreement>
          <ram:SellerTradeParty><ram:Name>Atelier du Marais</ram:Name>
            <ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">{seller}</ram:ID>
            </ram:SpecifiedLegalOrganization></ram:SellerTradeParty>
          <ram:BuyerTradeParty><ram:Name>{escape(buyer)}</ram:Name>
            <ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">{siren}</ram:ID>
            </ram:SpecifiedLegalOrganization></ram:BuyerTradeParty>
        </ram:ApplicableHeaderTradeAgreement>
        <ram:ApplicableHeaderTradeDelivery/>
        <ram:ApplicableHeaderTradeSettlement>
          <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
          <ram:ApplicableTradeTax><ram:CalculatedAmount>{tax}</ram:CalculatedAmount>
            <ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>{net}</ram:BasisAmount>
            <ram:CategoryCode>S</ram:CategoryCode>
            <ram:RateApplicablePercent>20.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
          <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
            <udt:DateTimeString format="102">{due}</udt:DateTimeString>
            </ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
          <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
            <ram:LineTotalAmount>{net}</ram:LineTotalAmount>
            <ram:TaxBasisTotalAmount>{net}</ram:TaxBasisTotalAmount>
            <ram:TaxTotalAmount currencyID="EUR">{tax}</ram:TaxTotalAmount>
            <ram:GrandTotalAmount>{total}</ram:GrandTotalAmount>
            <ram:DuePayableAmount>{total}</ram:DuePayableAmount>
          </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
          {preceding}
        </ram:ApplicableHeaderTradeSettlement>
        </rsm:SupplyChainTradeTransaction>
        </rsm:CrossIndustryInvoice>
        """)


def ubl(
    number: str = "F2026-0001",
    net: str = "1000.00",
    *,
    document: str = "Invoice",
    code: str = "380",
    iban: str = SHARED,
    credited: str = "",
) -> str:
    """Return the XML of an invoice or a credit note at 20 % VAT for Dupont, in UBL."""
    tax = (Decimal(net) * Decimal("0.2")).quantize(Decimal("0.01"))
    total = Decimal(net) + tax
    due = "<cbc:DueDate>2026-02-04</cbc:DueDate>" if document == "Invoice" else ""
    preceding = (
        f"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{credited}</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
        if credited
        else ""
    )
    vat = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
    return dedent(f"""\
        <?xml version="1.0" encoding="UTF-8"?>
        <{document} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{document}-2"
          xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
          xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
        <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
        <cbc:ID>{number}</cbc:ID>
        <cbc:IssueDate>2026-01-05</cbc:IssueDate>
        {due}
        <cbc:{document}TypeCode>{code}</cbc:{document}TypeCode>
        <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
        {preceding}
        <cac:AccountingSupplierParty><cac:Party>
          <cac:PartyTaxScheme><cbc:CompanyID>FR80552100554</cbc:CompanyID>{vat}</cac:PartyTaxScheme>
          <cac:PartyLegalEntity><cbc:RegistrationName>Atelier du Marais</cbc:RegistrationName>
            <cbc:CompanyID schemeID="0002">552100554</cbc:CompanyID></cac:PartyLegalEntity>
        </cac:Party></cac:AccountingSupplierParty>
        <cac:AccountingCustomerParty><cac:Party>
          <cac:PartyLegalEntity><cbc:RegistrationName>Dupont &amp; Fils</cbc:RegistrationName>
            <cbc:CompanyID schemeID="0002">404833048</cbc:CompanyID></cac:PartyLegalEntity>
        </cac:Party></cac:AccountingCustomerParty>
        <cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>
          <cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount>
        </cac:PaymentMeans>
        <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount><cac:TaxSubtotal>
          <cbc:TaxableAmount currencyID="EUR">{net}</cbc:TaxableAmount>
          <cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount>
          <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent>{vat}</cac:TaxCategory>
        </cac:TaxSubtotal></cac:TaxTotal>
        <cac:LegalMonetaryTotal>
          <cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount>
          <cbc:TaxExclusiveAmount currencyID="EUR">{net}</cbc:TaxExclusiveAmount>
          <cbc:TaxInclusiveAmount currencyID="EUR">{total}</cbc:TaxInclusiveAmount>
          <cbc:PayableAmount currencyID="EUR">{total}</cbc:PayableAmount>
        </cac:LegalMonetaryTotal>
        </{document}>
        """)


def camt(statement: Statement) -> str:
    """Return a statement as a CAMT.053 file."""
    return write.camt(statement, namespace=_NAMESPACE, party="", status="", date="Dt")


def cfonb(statement: Statement) -> str:
    """Return a statement of the shared account as a CFONB 120 file."""
    return "\n".join(write.cfonb(statement, ("20041", "01005", "0500013M026"))) + "\n"
