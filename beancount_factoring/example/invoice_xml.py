"""Factur-X invoices: the CII XML of profile EN 16931 (Factur-X 1.0; UN/CEFACT D16B).

The elements stand in the order of the schema; BT and BG numbers are those of EN 16931.
"""

from __future__ import annotations

import datetime

from lxml import etree

from beancount_factoring.example.customers import Market
from beancount_factoring.example.firm import FIRM
from beancount_factoring.example.firm import SHARED_ACCOUNT
from beancount_factoring.example.firm import Address
from beancount_factoring.example.firm import Company
from beancount_factoring.example.invoicing import EXEMPTIONS
from beancount_factoring.example.invoicing import Invoice
from beancount_factoring.example.invoicing import Line
from beancount_factoring.example.invoicing import VatTotal
from beancount_factoring.example.invoicing import euros

PROFILE = "urn:cen.eu:en16931:2017"
CURRENCY = "EUR"

_NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
_DELIVERY_OF_GOODS = "B1"
_INVOICE, _CREDIT_NOTE = "380", "381"
_SEPA_TRANSFER = "58"
_SIREN_SCHEME, _SIRET_SCHEME = "0002", "0009"
# Electronic addresses: a SIREN, or a Belgian or Swiss VAT number (EAS code list).
_ADDRESS_SCHEMES = {"FR": "0225", "BE": "9925", "CH": "9927"}
# What French law wants on every invoice between firms, with the subject codes of UNTDID 4451.
_NOTES = (
    ("PMT", "Indemnité forfaitaire pour frais de recouvrement : 40 euros."),
    ("PMD", "Pénalités de retard : taux de refinancement de la BCE majoré de 10 points."),
    ("AAB", "Pas d'escompte pour paiement anticipé."),
)


def invoice_xml(invoice: Invoice) -> bytes:
    """Return an invoice or credit note as Factur-X XML, the same bytes each time."""
    root = etree.Element(_name("rsm:CrossIndustryInvoice"), nsmap=_NAMESPACES)
    context = _add(root, "rsm:ExchangedDocumentContext")
    process = _add(context, "ram:BusinessProcessSpecifiedDocumentContextParameter")
    _add(process, "ram:ID", _DELIVERY_OF_GOODS)
    guideline = _add(context, "ram:GuidelineSpecifiedDocumentContextParameter")
    _add(guideline, "ram:ID", PROFILE)
    _header(_add(root, "rsm:ExchangedDocument"), invoice)
    transaction = _add(root, "rsm:SupplyChainTradeTransaction")
    for position, line in enumerate(invoice.lines, start=1):
        _line(transaction, position, line, invoice)
    _agreement(_add(transaction, "ram:ApplicableHeaderTradeAgreement"), invoice)
    _delivery(_add(transaction, "ram:ApplicableHeaderTradeDelivery"), invoice)
    _settlement(_add(transaction, "ram:ApplicableHeaderTradeSettlement"), invoice)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _header(document: etree._Element, invoice: Invoice) -> None:
    """Write number, type, date and notes (BT-1, BT-3, BT-2, BG-1)."""
    _add(document, "ram:ID", invoice.number)
    _add(document, "ram:TypeCode", _CREDIT_NOTE if invoice.credits else _INVOICE)
    _add_date(document, "ram:IssueDateTime", invoice.date)
    for subject, content in _NOTES:
        note = _add(document, "ram:IncludedNote")
        _add(note, "ram:Content", content)
        _add(note, "ram:SubjectCode", subject)


def _line(transaction: etree._Element, position: int, line: Line, invoice: Invoice) -> None:
    """Write an invoice line (BG-25)."""
    item = _add(transaction, "ram:IncludedSupplyChainTradeLineItem")
    _add(_add(item, "ram:AssociatedDocumentLineDocument"), "ram:LineID", str(position))
    product = _add(item, "ram:SpecifiedTradeProduct")
    _add(product, "ram:SellerAssignedID", line.product.reference)
    _add(product, "ram:Name", line.product.name)
    agreement = _add(item, "ram:SpecifiedLineTradeAgreement")
    price = _add(agreement, "ram:NetPriceProductTradePrice")
    _add(price, "ram:ChargeAmount", str(euros(line.product.price)))
    delivery = _add(item, "ram:SpecifiedLineTradeDelivery")
    _add(delivery, "ram:BilledQuantity", str(line.quantity), unitCode=line.product.unit)
    settlement = _add(item, "ram:SpecifiedLineTradeSettlement")
    tax = _add(settlement, "ram:ApplicableTradeTax")
    market = invoice.customer.market
    _add(tax, "ram:TypeCode", "VAT")
    _add(tax, "ram:CategoryCode", market)
    _add(tax, "ram:RateApplicablePercent", _percent(_rate(line, market)))
    summation = _add(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    _add(summation, "ram:LineTotalAmount", str(euros(line.net)))


def _agreement(agreement: etree._Element, invoice: Invoice) -> None:
    """Write seller and buyer (BG-4, BG-7)."""
    _party(_add(agreement, "ram:SellerTradeParty"), FIRM)
    _party(_add(agreement, "ram:BuyerTradeParty"), invoice.customer.company, invoice.customer.code)


def _party(party: etree._Element, company: Company, code: str | None = None) -> None:
    """Write a party: SIRET, name, SIREN, address, VAT number, and the seller's `code` for it."""
    if code is not None:
        _add(party, "ram:ID", code)
    if company.siret is not None:
        _add(party, "ram:GlobalID", company.siret, schemeID=_SIRET_SCHEME)
    _add(party, "ram:Name", company.name)
    if company.siren is not None:
        organization = _add(party, "ram:SpecifiedLegalOrganization")
        _add(organization, "ram:ID", company.siren, schemeID=_SIREN_SCHEME)
    _address(party, company.address)
    electronic = _add(party, "ram:URIUniversalCommunication")
    scheme = _ADDRESS_SCHEMES[company.address.country]
    _add(electronic, "ram:URIID", company.siren or company.vat_number, schemeID=scheme)
    registration = _add(party, "ram:SpecifiedTaxRegistration")
    _add(registration, "ram:ID", company.vat_number, schemeID="VA")


def _address(party: etree._Element, address: Address) -> None:
    """Write a postal address (BG-5, BG-8, BG-15)."""
    postal = _add(party, "ram:PostalTradeAddress")
    _add(postal, "ram:PostcodeCode", address.postcode)
    _add(postal, "ram:LineOne", address.street)
    _add(postal, "ram:CityName", address.city)
    _add(postal, "ram:CountryID", address.country)


def _delivery(delivery: etree._Element, invoice: Invoice) -> None:
    """Write where and when the goods were delivered (BG-13), which sales abroad must state."""
    ship_to = _add(delivery, "ram:ShipToTradeParty")
    _add(ship_to, "ram:Name", invoice.customer.company.name)
    _address(ship_to, invoice.customer.company.address)
    event = _add(delivery, "ram:ActualDeliverySupplyChainEvent")
    _add_date(event, "ram:OccurrenceDateTime", (invoice.credits or invoice).date)


def _settlement(settlement: etree._Element, invoice: Invoice) -> None:
    """Write payment, VAT breakdown, due date, totals, credited invoice (BG-16 to BG-23, BG-3)."""
    _add(settlement, "ram:PaymentReference", invoice.number)
    _add(settlement, "ram:InvoiceCurrencyCode", CURRENCY)
    means = _add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    _add(means, "ram:TypeCode", _SEPA_TRANSFER)
    account = _add(means, "ram:PayeePartyCreditorFinancialAccount")
    _add(account, "ram:IBANID", SHARED_ACCOUNT.iban)
    _add(account, "ram:AccountName", SHARED_ACCOUNT.owner)
    for vat in invoice.vat:
        _vat(settlement, vat, invoice.customer.market)
    terms = _add(settlement, "ram:SpecifiedTradePaymentTerms")
    _add_date(terms, "ram:DueDateDateTime", invoice.due)
    totals = _add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    net, total = str(euros(invoice.net)), str(euros(invoice.total))
    _add(totals, "ram:LineTotalAmount", net)
    _add(totals, "ram:TaxBasisTotalAmount", net)
    tax = str(euros(invoice.total - invoice.net))
    _add(totals, "ram:TaxTotalAmount", tax, currencyID=CURRENCY)
    _add(totals, "ram:GrandTotalAmount", total)
    _add(totals, "ram:DuePayableAmount", total)
    if invoice.credits is not None:
        credited = _add(settlement, "ram:InvoiceReferencedDocument")
        _add(credited, "ram:IssuerAssignedID", invoice.credits.number)
        _add_date(credited, "ram:FormattedIssueDateTime", invoice.credits.date, "qdt")


def _vat(settlement: etree._Element, vat: VatTotal, market: Market) -> None:
    """Write one line of the VAT breakdown (BG-23)."""
    exemption = EXEMPTIONS.get(market)
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:CalculatedAmount", str(euros(vat.tax)))
    _add(tax, "ram:TypeCode", "VAT")
    if exemption is not None:
        _add(tax, "ram:ExemptionReason", exemption.text)
    _add(tax, "ram:BasisAmount", str(euros(vat.base)))
    _add(tax, "ram:CategoryCode", market)
    if exemption is not None:
        _add(tax, "ram:ExemptionReasonCode", exemption.code)
    _add(tax, "ram:RateApplicablePercent", _percent(vat.rate))


def _rate(line: Line, market: Market) -> int:
    """Return a line's VAT rate in tenths of a percent."""
    return line.product.vat if market is Market.FRANCE else 0


def _percent(tenths: int) -> str:
    """Return a rate in percent, with two decimals."""
    return f"{tenths // 10}.{tenths % 10}0"


def _add_date(parent: etree._Element, tag: str, day: datetime.date, namespace: str = "udt") -> None:
    """Add a date in format 102, YYYYMMDD."""
    _add(_add(parent, tag), f"{namespace}:DateTimeString", f"{day:%Y%m%d}", format="102")


def _add(
    parent: etree._Element, tag: str, text: str | None = None, **attributes: str
) -> etree._Element:
    """Add a child with its text and attributes."""
    child = etree.SubElement(parent, _name(tag), attributes)
    child.text = text
    return child


def _name(tag: str) -> etree.QName:
    """Return the qualified name of a prefixed tag."""
    prefix, _, local = tag.partition(":")
    return etree.QName(_NAMESPACES[prefix], local)
