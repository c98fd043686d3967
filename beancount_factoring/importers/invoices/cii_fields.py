"""Where a UN/CEFACT Cross Industry Invoice says what: Factur-X, ZUGFeRD 1 and 2, XRechnung.

ZUGFeRD 1 has the terms of EN 16931 under other element names.
"""

from __future__ import annotations

from beancount_factoring.importers.invoices.invoice_codes import CREDIT_NOTE_CODES
from beancount_factoring.importers.invoices.invoice_codes import INVOICE_CODES
from beancount_factoring.importers.invoices.invoice_syntax import Names
from beancount_factoring.importers.invoices.invoice_syntax import Parts
from beancount_factoring.importers.invoices.invoice_syntax import Paths
from beancount_factoring.importers.invoices.invoice_syntax import Syntax

_TOTALS = (
    "LineTotalAmount",
    "AllowanceTotalAmount",
    "ChargeTotalAmount",
    "TaxBasisTotalAmount",
    "TaxTotalAmount",
    "GrandTotalAmount",
    "TotalPrepaidAmount",
    "RoundingAmount",
    "DuePayableAmount",
)

# An amount in the document's currency, or without currency; the others are the same converted.
# Wherever it is read it stands two levels below the settlement, which states the currency.
_IN_CURRENCY = "[not(@currencyID) or @currencyID = ../../ram:InvoiceCurrencyCode]"


def _syntax(
    rsm: str,
    ram: str,
    *,
    context: str,
    document: str,
    transaction: str,
    header: str,
    summation: str,
    rate: str,
    states_payable: bool,
) -> Syntax:
    agreement = f"rsm:{transaction}/ram:{header}TradeAgreement"
    settlement = f"rsm:{transaction}/ram:{header}TradeSettlement"
    paths = Paths({"rsm": rsm, "ram": ram})
    return Syntax(
        names=Names(
            totals=_TOTALS,
            vat_base="BasisAmount",
            vat_amount="CalculatedAmount",
            issued="IssueDateTime",
            due="DueDateDateTime",
            part="PartialPaymentAmount",
        ),
        part_names=Parts(
            document=document,
            seller="SellerTradeParty",
            buyer="BuyerTradeParty",
            payee="PayeeTradeParty",
            currency="InvoiceCurrencyCode",
            account="IBANID",
            vat_line="ApplicableTradeTax",
            terms=("SpecifiedTradePaymentTerms",),
            summation=summation,
            preceding="InvoiceReferencedDocument",
            third_party="",
        ),
        states_total=True,
        states_payable=states_payable,
        header_size=paths.number(f"count({agreement}//*) + count({settlement}//*)"),
        parts=paths.elements(
            f"rsm:{document}"
            f" | {agreement}/ram:SellerTradeParty | {agreement}/ram:BuyerTradeParty"
            f" | {settlement}/ram:InvoiceCurrencyCode | {settlement}/ram:PayeeTradeParty"
            f" | {settlement}/ram:SpecifiedTradeSettlementPaymentMeans"
            "/ram:PayeePartyCreditorFinancialAccount/ram:IBANID"
            f" | {settlement}/ram:ApplicableTradeTax"
            f" | {settlement}/ram:SpecifiedTradePaymentTerms"
            f" | {settlement}/ram:{summation}"
            f" | {settlement}/ram:InvoiceReferencedDocument"
        ),
        document_values=paths.values(
            "ram:ID",
            "ram:TypeCode",
            "ram:IssueDateTime/*",
            "ram:IssueDateTime/*/@format",
            f"../rsm:{context}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",
            "count(ram:ID) > 1 or count(ram:TypeCode) > 1 or count(ram:IssueDateTime/*) > 1",
        ),
        party_values=paths.values(
            "ram:Name",
            "ram:SpecifiedTaxRegistration/ram:ID[@schemeID = 'VA']",
            "ram:PostalTradeAddress/ram:CountryID",
        ),
        vat_line_values=paths.values(
            "ram:TypeCode",
            f"ram:BasisAmount{_IN_CURRENCY}",
            f"ram:CalculatedAmount{_IN_CURRENCY}",
            "ram:CategoryCode",
            f"ram:{rate}",
        ),
        total_values=paths.values(*(f"ram:{name}{_IN_CURRENCY}" for name in _TOTALS)),
        term_values=paths.values(
            "ram:DueDateDateTime/*",
            "ram:DueDateDateTime/*/@format",
            f"ram:PartialPaymentAmount{_IN_CURRENCY}",
        ),
        identifiers=paths.texts(
            "ram:ID/text() | ram:GlobalID/text() | ram:SpecifiedLegalOrganization/ram:ID/text()"
            " | ram:SpecifiedTaxRegistration/ram:ID[not(@schemeID = 'VA')]/text()"
        ),
        preceding=paths.texts(
            f"{settlement}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID/text()"
            f" | {settlement}/ram:InvoiceReferencedDocument/ram:ID/text()"
        ),
        third_parties=lambda _root: [],
        amounts=paths.elements("*"),
        deciding=paths.elements(f"{settlement}/ram:InvoiceCurrencyCode"),
        type_codes=INVOICE_CODES | CREDIT_NOTE_CODES,
    )


ROOTS = {
    # D16B and D22B: Factur-X, ZUGFeRD 2, XRechnung.
    "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice": (
        _syntax(
            rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
            ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
            context="ExchangedDocumentContext",
            document="ExchangedDocument",
            transaction="SupplyChainTradeTransaction",
            header="ApplicableHeader",
            summation="SpecifiedTradeSettlementHeaderMonetarySummation",
            rate="RateApplicablePercent",
            states_payable=True,
        )
    ),
    # ZUGFeRD 1.
    "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument": (
        _syntax(
            rsm="urn:ferd:CrossIndustryDocument:invoice:1p0",
            ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12",
            context="SpecifiedExchangedDocumentContext",
            document="HeaderExchangedDocument",
            transaction="SpecifiedSupplyChainTradeTransaction",
            header="ApplicableSupplyChain",
            summation="SpecifiedTradeSettlementMonetarySummation",
            rate="ApplicablePercent",
            states_payable=False,
        )
    ),
}
"""The generations that are read, by their root element."""
