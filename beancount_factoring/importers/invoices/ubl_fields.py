"""Where a UBL 2 invoice or credit note says what: Peppol BIS, XRechnung, EN 16931, UBL 2.0.

All versions of UBL 2 have the same namespaces; what EN 16931 leaves out is read where older
documents have it alone (`PartyName`, `TaxSubtotal/Percent`, `PaymentTerms/Amount`).
"""

from __future__ import annotations

from beancount_factoring.importers.invoices.invoice_codes import CREDIT_NOTE_CODES
from beancount_factoring.importers.invoices.invoice_codes import INVOICE_CODES
from beancount_factoring.importers.invoices.invoice_syntax import Names
from beancount_factoring.importers.invoices.invoice_syntax import Parts
from beancount_factoring.importers.invoices.invoice_syntax import Paths
from beancount_factoring.importers.invoices.invoice_syntax import Syntax

_SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:"

_TOTALS = (
    "LineExtensionAmount",
    "AllowanceTotalAmount",
    "ChargeTotalAmount",
    "TaxExclusiveAmount",
    "TaxAmount",
    "TaxInclusiveAmount",
    "PrepaidAmount",
    "PayableRoundingAmount",
    "PayableAmount",
)

# An amount in the document's currency, or without currency; the others are the same converted.
_IN_CURRENCY = "[not(@currencyID) or @currencyID = /*/cbc:DocumentCurrencyCode]"

# Of a seller and a buyer the party stands one level lower than of a payee.
_PARTY = "(cac:Party | self::cac:PayeeParty)"
_LEGAL_NAME = "cac:PartyLegalEntity/cbc:RegistrationName[normalize-space()]"


def _syntax(document: str, codes: frozenset[str], usual_code: str) -> Syntax:
    paths = Paths(
        {
            "cac": f"{_SCHEMA}CommonAggregateComponents-2",
            "cbc": f"{_SCHEMA}CommonBasicComponents-2",
        }
    )
    tax_total = f"cac:TaxTotal/cbc:TaxAmount{_IN_CURRENCY}"
    return Syntax(
        names=Names(
            totals=_TOTALS,
            vat_base="TaxableAmount",
            vat_amount="TaxAmount",
            issued="IssueDate",
            due="the due date",
            part="PaymentTerms/Amount",
        ),
        part_names=Parts(
            document=document,
            seller="AccountingSupplierParty",
            buyer="AccountingCustomerParty",
            payee="PayeeParty",
            currency="DocumentCurrencyCode",
            account="ID",
            vat_line="TaxSubtotal",
            terms=("DueDate", "PaymentMeans", "PaymentTerms"),
            summation="LegalMonetaryTotal",
            preceding="BillingReference",
            third_party="PrepaidPayment",
        ),
        states_total=False,
        states_payable=True,
        header_size=paths.number(
            "count(/*/*[not(self::cac:InvoiceLine or self::cac:CreditNoteLine)]"
            "/descendant-or-self::*)"
        ),
        parts=paths.elements(
            ". | cac:AccountingSupplierParty | cac:AccountingCustomerParty | cac:PayeeParty"
            " | cbc:DocumentCurrencyCode | cbc:DueDate | cac:PaymentTerms"
            " | cac:PaymentMeans[cbc:PaymentDueDate]"
            " | cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"
            f" | {tax_total}/../cac:TaxSubtotal"
            " | cac:LegalMonetaryTotal | cac:BillingReference | cac:PrepaidPayment"
        ),
        document_values=paths.values(
            "cbc:ID",
            "cbc:InvoiceTypeCode | cbc:CreditNoteTypeCode",
            "cbc:IssueDate",
            "''",
            "cbc:CustomizationID",
            "count(cbc:ID) > 1 or count(cbc:InvoiceTypeCode | cbc:CreditNoteTypeCode) > 1"
            " or count(cbc:IssueDate) > 1",
        ),
        party_values=paths.values(
            f"({_PARTY}/{_LEGAL_NAME}"
            f" | {_PARTY}/cac:PartyName/cbc:Name[not(../../{_LEGAL_NAME})])[1]",
            f"{_PARTY}/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID = 'VAT']/cbc:CompanyID",
            f"{_PARTY}/cac:PostalAddress/cac:Country/cbc:IdentificationCode",
        ),
        vat_line_values=paths.values(
            "cac:TaxCategory/cac:TaxScheme/cbc:ID",
            f"cbc:TaxableAmount{_IN_CURRENCY}",
            f"cbc:TaxAmount{_IN_CURRENCY}",
            "cac:TaxCategory/cbc:ID",
            "cac:TaxCategory/cbc:Percent | cbc:Percent",
        ),
        total_values=paths.values(
            *(
                f"../{tax_total}" if name == "TaxAmount" else f"cbc:{name}{_IN_CURRENCY}"
                for name in _TOTALS
            )
        ),
        term_values=paths.values(
            "self::cbc:DueDate | cbc:PaymentDueDate | cbc:InstallmentDueDate",
            "''",
            f"self::cac:PaymentTerms/cbc:Amount{_IN_CURRENCY}",
        ),
        # A creditor's identifier of direct debits (SEPA) may be a name.
        identifiers=paths.texts(
            f"{_PARTY}/cac:PartyIdentification/cbc:ID[not(@schemeID = 'SEPA')]/text()"
            f" | {_PARTY}/cac:PartyLegalEntity/cbc:CompanyID/text()"
            f" | {_PARTY}/cac:PartyTaxScheme[not(cac:TaxScheme/cbc:ID = 'VAT')]"
            "/cbc:CompanyID/text()"
        ),
        preceding=paths.texts("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID/text()"),
        third_parties=paths.texts(f"cac:PrepaidPayment/cbc:PaidAmount{_IN_CURRENCY}/text()"),
        amounts=paths.elements("* | ../cac:TaxTotal/cbc:TaxAmount"),
        deciding=paths.elements(
            "cbc:DocumentCurrencyCode | */*/cac:PartyTaxScheme/cac:TaxScheme/cbc:ID"
            " | cac:PayeeParty/cac:PartyTaxScheme/cac:TaxScheme/cbc:ID"
        ),
        type_codes=codes,
        type_code=usual_code,
    )


ROOTS = {
    # A credit note may come as an invoice with its own type code, as the Dutch do; not the reverse.
    f"{{{_SCHEMA}Invoice-2}}Invoice": (
        _syntax("Invoice", INVOICE_CODES | CREDIT_NOTE_CODES, usual_code="380")
    ),
    f"{{{_SCHEMA}CreditNote-2}}CreditNote": (
        _syntax("CreditNote", CREDIT_NOTE_CODES, usual_code="381")
    ),
}
"""Both documents, by their root element."""
