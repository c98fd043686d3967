"""Invoices as UBL, as an invoicing program writes them: with addresses, notes and lines."""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import Party
from beancount_factoring.importers.reading.documents import VatLine

_OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"
_VAT = "<cac:TaxScheme>\n<cbc:ID>VAT</cbc:ID>\n</cac:TaxScheme>"


def ubl(document: InvoiceDocument, number: str, lines: int) -> str:
    """Return an invoice under another number, in Peppol BIS, with so many lines for each rate."""
    currency = document.currency
    total, net = document.total, document.net
    notes = "".join(f"<cbc:Note>#{code}#{text}</cbc:Note>\n" for code, text in _NOTES)
    subtotals = "".join(_subtotal(line, currency) for line in document.vat)
    items = "".join(
        _line(1 + place * lines + count, line, lines, count, currency)
        for place, line in enumerate(document.vat)
        for count in range(lines)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Invoice xmlns="{_OASIS}Invoice-2" xmlns:cac="{_OASIS}CommonAggregateComponents-2"'
        f' xmlns:cbc="{_OASIS}CommonBasicComponents-2">\n'
        "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:"
        "billing:3.0</cbc:CustomizationID>\n"
        "<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>\n"
        f"<cbc:ID>{number}</cbc:ID>\n<cbc:IssueDate>{document.date}</cbc:IssueDate>\n"
        f"<cbc:DueDate>{document.instalments[-1].due}</cbc:DueDate>\n"
        f"<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>\n{notes}"
        f"<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>\n"
        "<cac:OrderReference>\n<cbc:ID>C-4711</cbc:ID>\n</cac:OrderReference>\n"
        f"{_party('Supplier', document.seller)}{_party('Customer', document.buyer)}"
        f"<cac:Delivery>\n<cbc:ActualDeliveryDate>{document.date}</cbc:ActualDeliveryDate>\n"
        f"</cac:Delivery>\n"
        "<cac:PaymentMeans>\n<cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>\n"
        f"<cbc:PaymentID>{number}</cbc:PaymentID>\n<cac:PayeeFinancialAccount>\n"
        f"<cbc:ID>{document.iban}</cbc:ID>\n</cac:PayeeFinancialAccount>\n</cac:PaymentMeans>\n"
        "<cac:PaymentTerms>\n<cbc:Note>30 jours fin de mois</cbc:Note>\n</cac:PaymentTerms>\n"
        f"<cac:TaxTotal>\n{_amount('TaxAmount', total - net, currency)}{subtotals}</cac:TaxTotal>\n"
        f"<cac:LegalMonetaryTotal>\n{_amount('LineExtensionAmount', net, currency)}"
        f"{_amount('TaxExclusiveAmount', net, currency)}"
        f"{_amount('TaxInclusiveAmount', total, currency)}"
        f"{_amount('PayableAmount', document.payable, currency)}</cac:LegalMonetaryTotal>\n"
        f"{items}</Invoice>\n"
    )


_NOTES = (
    ("PMT", "Indemnité forfaitaire pour frais de recouvrement : 40 euros."),
    ("PMD", "Pénalités de retard : taux de refinancement de la BCE majoré de 10 points."),
    ("AAB", "Pas d'escompte pour paiement anticipé."),
)


def _amount(name: str, value: Decimal, currency: str) -> str:
    return f'<cbc:{name} currencyID="{currency}">{value}</cbc:{name}>\n'


def _category(name: str, line: VatLine) -> str:
    return (
        f"<cac:{name}>\n<cbc:ID>{line.category}</cbc:ID>\n<cbc:Percent>{line.rate}</cbc:Percent>\n"
        f"{_VAT}\n</cac:{name}>\n"
    )


def _subtotal(line: VatLine, currency: str) -> str:
    return (
        f"<cac:TaxSubtotal>\n{_amount('TaxableAmount', line.base, currency)}"
        f"{_amount('TaxAmount', line.tax, currency)}{_category('TaxCategory', line)}"
        "</cac:TaxSubtotal>\n"
    )


def _party(role: str, party: Party) -> str:
    name = escape(party.name)
    return (
        f"<cac:Accounting{role}Party>\n<cac:Party>\n"
        f'<cbc:EndpointID schemeID="0225">{party.identifiers[-1]}</cbc:EndpointID>\n'
        "<cac:PartyIdentification>\n"
        f'<cbc:ID schemeID="0009">{party.identifiers[0]}</cbc:ID>\n'
        "</cac:PartyIdentification>\n"
        f"<cac:PartyName>\n<cbc:Name>{name}</cbc:Name>\n</cac:PartyName>\n"
        "<cac:PostalAddress>\n<cbc:StreetName>12 rue de l'Exemple</cbc:StreetName>\n"
        "<cbc:CityName>Nantes</cbc:CityName>\n<cbc:PostalZone>44000</cbc:PostalZone>\n"
        "<cac:Country>\n<cbc:IdentificationCode>FR</cbc:IdentificationCode>\n</cac:Country>\n"
        "</cac:PostalAddress>\n"
        f"<cac:PartyTaxScheme>\n<cbc:CompanyID>{party.vat_number}</cbc:CompanyID>\n{_VAT}\n"
        "</cac:PartyTaxScheme>\n"
        f"<cac:PartyLegalEntity>\n<cbc:RegistrationName>{name}</cbc:RegistrationName>\n"
        f'<cbc:CompanyID schemeID="0002">{party.identifiers[-1]}</cbc:CompanyID>\n'
        f"</cac:PartyLegalEntity>\n</cac:Party>\n</cac:Accounting{role}Party>\n"
    )


def _line(number: int, line: VatLine, lines: int, count: int, currency: str) -> str:
    """Return a line; the last one of a rate has what the others leave."""
    share = (line.base / lines).quantize(Decimal("0.01"))
    amount = line.base - share * (lines - 1) if count == lines - 1 else share
    return (
        f"<cac:InvoiceLine>\n<cbc:ID>{number}</cbc:ID>\n"
        '<cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>\n'
        f"{_amount('LineExtensionAmount', amount, currency)}"
        f"<cac:Item>\n<cbc:Name>Granulés de bois pour four, palette {number}</cbc:Name>\n"
        f"<cac:SellersItemIdentification>\n<cbc:ID>GRANULES-{number}</cbc:ID>\n"
        f"</cac:SellersItemIdentification>\n{_category('ClassifiedTaxCategory', line)}</cac:Item>\n"
        f"<cac:Price>\n{_amount('PriceAmount', amount, currency)}</cac:Price>\n</cac:InvoiceLine>\n"
    )
