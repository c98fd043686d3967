"""Where a Cross Industry Invoice says what: its fields by their paths, and its code lists.

Paths are compiled XPath, and the values of an element are read together: a call for each value,
or a walk over the elements in Python, takes longer than parsing the document.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from lxml.etree import XPath
from lxml.etree import _Element

# fmt: off
CREDIT_NOTE_CODES = frozenset({
    "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532",
})
"""UNTDID 1001 codes that EN 16931 reads as a credit note; 396 and 502 are factored ones."""

INVOICE_CODES = frozenset({
    "71", "80", "82", "84", "102", "130", "202", "203", "204", "211", "218", "219", "295", "326",
    "331", "380", "382", "383", "384", "385", "386", "387", "388", "389", "390", "393", "394",
    "395", "456", "457", "471", "472", "473", "500", "501", "527", "553", "575", "623", "633",
    "751", "780", "817", "870", "875", "876", "877", "935",
})
"""UNTDID 1001 codes that EN 16931 reads as an invoice; 393, 472, 473 and 501 are factored ones.

325 is left out: a pro forma invoice claims nothing.
"""
# fmt: on

PROFILES = {
    "minimum": "MINIMUM",
    "basicwl": "BASIC WL",
    "basic": "BASIC",
    "comfort": "COMFORT",
    "2017": "EN 16931",
    "extended": "EXTENDED",
}
"""The profiles by the end of the specification identifier (BT-24), behind its last colon."""

TOTALS = (
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
"""The document totals (BT-106 to 110 and 112 to 115), in the order they are read in."""

# An amount in the document's currency, or without currency; the others are the same converted.
# Wherever it is read it stands two levels below the settlement, which states the currency.
_IN_CURRENCY = "[not(@currencyID) or @currencyID = ../../ram:InvoiceCurrencyCode]"

Values = Callable[[_Element], list[str]]
"""Returns values of an element with single blanks; "" for what is not there."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation of the format: how its parts are found, and the values of each part.

    `parts` finds, in document order, `document` (the header's name), `SellerTradeParty`,
    `BuyerTradeParty`, `InvoiceCurrencyCode`, `PayeeTradeParty`, `IBANID`, `ApplicableTradeTax`,
    `SpecifiedTradePaymentTerms`, `summation` and `InvoiceReferencedDocument`. `header_size` counts
    the elements that this goes through. `states_payable` tells whether each of the profiles states
    the amount due.
    """

    document: str
    summation: str
    states_payable: bool
    header_size: Callable[[_Element], float]
    parts: Callable[[_Element], list[_Element]]
    document_values: Values
    party_values: Values
    vat_line_values: Values
    total_values: Values
    term_values: Values
    identifiers: Callable[[_Element], list[str]]
    preceding: Callable[[_Element], list[str]]


def _generation(
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
) -> Generation:
    agreement = f"rsm:{transaction}/ram:{header}TradeAgreement"
    settlement = f"rsm:{transaction}/ram:{header}TradeSettlement"

    def compiled(path: str) -> XPath:
        return XPath(path, namespaces={"rsm": rsm, "ram": ram}, smart_strings=False)

    def values(*paths: str) -> Values:
        # No value can hold the line break that parts them: normalize-space leaves blanks alone.
        together = ", '\n', ".join(f"normalize-space({path})" for path in paths)
        read = cast("Callable[[_Element], str]", compiled(f"concat({together})"))
        return lambda element: read(element).split("\n")

    return Generation(
        document=document,
        summation=summation,
        states_payable=states_payable,
        header_size=cast(
            "Callable[[_Element], float]",
            compiled(f"count({agreement}//*) + count({settlement}//*)"),
        ),
        parts=cast(
            "Callable[[_Element], list[_Element]]",
            compiled(
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
        ),
        document_values=values(
            "ram:ID",
            "ram:TypeCode",
            "ram:IssueDateTime/*",
            "ram:IssueDateTime/*/@format",
            f"../rsm:{context}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",
            "count(ram:ID) > 1 or count(ram:TypeCode) > 1 or count(ram:IssueDateTime/*) > 1",
        ),
        party_values=values(
            "ram:Name",
            "ram:SpecifiedTaxRegistration/ram:ID[@schemeID = 'VA']",
            "ram:PostalTradeAddress/ram:CountryID",
        ),
        vat_line_values=values(
            "ram:TypeCode",
            f"ram:BasisAmount{_IN_CURRENCY}",
            f"ram:CalculatedAmount{_IN_CURRENCY}",
            "ram:CategoryCode",
            f"ram:{rate}",
        ),
        total_values=values(*(f"ram:{name}{_IN_CURRENCY}" for name in TOTALS)),
        term_values=values(
            "ram:DueDateDateTime/*",
            "ram:DueDateDateTime/*/@format",
            f"ram:PartialPaymentAmount{_IN_CURRENCY}",
        ),
        identifiers=cast(
            "Callable[[_Element], list[str]]",
            compiled(
                "ram:ID/text() | ram:GlobalID/text() | ram:SpecifiedLegalOrganization/ram:ID/text()"
                " | ram:SpecifiedTaxRegistration/ram:ID[not(@schemeID = 'VA')]/text()"
            ),
        ),
        preceding=cast(
            "Callable[[_Element], list[str]]",
            compiled(
                f"{settlement}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID/text()"
                f" | {settlement}/ram:InvoiceReferencedDocument/ram:ID/text()"
            ),
        ),
    )


ROOTS = {
    # D16B and D22B: Factur-X, ZUGFeRD 2, XRechnung.
    "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice": (
        _generation(
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
        _generation(
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
