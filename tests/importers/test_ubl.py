"""UBL invoices and credit notes by situation: what is read, what is refused, hostile input.

What UBL has in common with CII (totals, kinds, dates, encodings) is in `test_cii`.
"""

from __future__ import annotations

import datetime
import time
from decimal import Decimal
from pathlib import Path

import pytest

from beancount_factoring.importers.formats import Candidate
from beancount_factoring.importers.formats import Format
from beancount_factoring.importers.invoices.invoice_xml import parse_invoice
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Instalment
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import Party
from beancount_factoring.importers.reading.documents import VatLine

_INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<ubl:Invoice xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
  <cbc:ID>F2026-0001</cbc:ID>
  <cbc:IssueDate>2026-01-05</cbc:IssueDate>
  <cbc:DueDate>2026-02-04</cbc:DueDate>
  <cbc:InvoiceTypeCode>393</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:BillingReference><cac:InvoiceDocumentReference>
    <cbc:ID>F2025-0099</cbc:ID><cbc:IssueDate>2025-12-01</cbc:IssueDate>
  </cac:InvoiceDocumentReference></cac:BillingReference>
  <cac:AccountingSupplierParty><cac:Party>
    <cbc:EndpointID schemeID="EM">facture@exemple.fr</cbc:EndpointID>
    <cac:PartyIdentification><cbc:ID schemeID="0009">12345678200010</cbc:ID>
    </cac:PartyIdentification>
    <cac:PartyIdentification><cbc:ID schemeID="SEPA">FR12ZZZ123456</cbc:ID>
    </cac:PartyIdentification>
    <cac:PartyName><cbc:Name>Chez Noël</cbc:Name></cac:PartyName>
    <cac:PostalAddress><cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode>
    </cac:Country></cac:PostalAddress>
    <cac:PartyTaxScheme><cbc:CompanyID>201/113</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>LOC</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyTaxScheme><cbc:CompanyID>FR 11 123456782</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>Atelier
      Noël</cbc:RegistrationName>
      <cbc:CompanyID schemeID="0002">123456782</cbc:CompanyID></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyName><cbc:Name>L'Acheteur</cbc:Name></cac:PartyName>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:PayeeParty>
    <cac:PartyIdentification><cbc:ID>300000007</cbc:ID></cac:PartyIdentification>
    <cac:PartyName><cbc:Name>Le Factor</cbc:Name></cac:PartyName>
  </cac:PayeeParty>
  <cac:PaymentMeans>
    <cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>
    <cac:PayeeFinancialAccount><cbc:ID>FR76 3000 6000 0112 3456 7890 189</cbc:ID>
    </cac:PayeeFinancialAccount>
  </cac:PaymentMeans>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">205.50</cbc:TaxAmount>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="EUR">1000.00</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">200.00</cbc:TaxAmount>
      <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>
    </cac:TaxSubtotal>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="EUR">100.00</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">5.50</cbc:TaxAmount>
      <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>5.5</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>
    </cac:TaxSubtotal>
  </cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">1120.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">1100.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">1305.50</cbc:TaxInclusiveAmount>
    <cbc:AllowanceTotalAmount currencyID="EUR">50.00</cbc:AllowanceTotalAmount>
    <cbc:ChargeTotalAmount currencyID="EUR">30.00</cbc:ChargeTotalAmount>
    <cbc:PrepaidAmount currencyID="EUR">305.00</cbc:PrepaidAmount>
    <cbc:PayableRoundingAmount currencyID="EUR">-0.50</cbc:PayableRoundingAmount>
    <cbc:PayableAmount currencyID="EUR">1000.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID>
    <cbc:LineExtensionAmount currencyID="EUR">1120.00</cbc:LineExtensionAmount>
  </cac:InvoiceLine>
</ubl:Invoice>
"""

_DUE = "<cbc:DueDate>2026-02-04</cbc:DueDate>"
_CODE = "<cbc:InvoiceTypeCode>393</cbc:InvoiceTypeCode>"
_MEANS = "<cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>"
_TAX_TOTAL = '<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">205.50</cbc:TaxAmount>'
_EXTENSION = (
    "urn:cen.eu:en16931:2017<",
    (
        "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
        "#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0<"
    ),
)


def _changed(*changes: tuple[str, str]) -> str:
    """Return the invoice with texts replaced, each of which must be there."""
    xml = _INVOICE
    for old, new in changes:
        assert old in xml, old
        xml = xml.replace(old, new)
    return xml


def _with(*changes: tuple[str, str]) -> InvoiceDocument:
    return parse_invoice(_changed(*changes).encode())


def _refusal(*changes: tuple[str, str]) -> str:
    return _refusal_of(_changed(*changes).encode())


def _refusal_of(data: bytes) -> str:
    with pytest.raises(DocumentRefusedError) as refusal:
        parse_invoice(data)
    reason = str(refusal.value)
    assert reason.isprintable()
    assert len(reason) < 400
    return reason


def _credit_note(code: str = "<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>") -> str:
    return _changed(("ubl:Invoice", "ubl:CreditNote"), ("xsd:Invoice-2", "xsd:CreditNote-2"),
                    ("InvoiceLine", "CreditNoteLine"), (_CODE, code), (_DUE, ""))  # fmt: skip


def _terms(*terms: str) -> tuple[str, str]:
    """Return the change that adds payment terms."""
    added = "".join(f"<cac:PaymentTerms>{term}</cac:PaymentTerms>" for term in terms)
    return "<cac:TaxTotal>", f"{added}<cac:TaxTotal>"


def _term(amount: str, due: str) -> str:
    return (
        f'<cbc:Amount currencyID="EUR">{amount}</cbc:Amount>'
        f"<cbc:PaymentDueDate>{due}</cbc:PaymentDueDate>"
    )


def test_factored_invoice_is_read_whole() -> None:
    assert _with() == InvoiceDocument(
        kind=InvoiceKind.INVOICE,
        type_code="393",
        number="F2026-0001",
        date=datetime.date(2026, 1, 5),
        currency="EUR",
        seller=Party(
            name="Atelier Noël",
            identifiers=("12345678200010", "201/113", "123456782"),
            vat_number="FR11123456782",
            country="FR",
        ),
        buyer=Party("L'Acheteur"),
        payee=Party("Le Factor", ("300000007",)),
        iban="FR7630006000011234567890189",
        net=Decimal("1100.00"),
        vat=(
            VatLine("S", Decimal(20), Decimal("1000.00"), Decimal("200.00")),
            VatLine("S", Decimal("5.5"), Decimal("100.00"), Decimal("5.50")),
        ),
        total=Decimal("1305.50"),
        prepaid=Decimal("305.00"),
        rounding=Decimal("-0.50"),
        payable=Decimal("1000.00"),
        instalments=(Instalment(datetime.date(2026, 2, 4), Decimal("1000.00")),),
        credits=(),
        profile="EN 16931",
    )


class TestKind:
    def test_credit_note(self) -> None:
        document = parse_invoice(_credit_note().encode())
        assert (document.kind, document.type_code) == (InvoiceKind.CREDIT_NOTE, "381")
        assert document.credits == ("F2025-0099",)
        assert document.payable == Decimal("1000.00")

    def test_credit_note_due_by_its_means_of_payment(self) -> None:
        xml = _credit_note().replace(
            _MEANS, f"{_MEANS}<cbc:PaymentDueDate>2026-03-01</cbc:PaymentDueDate>"
        )
        (part,) = parse_invoice(xml.encode()).instalments
        assert part.due == datetime.date(2026, 3, 1)

    @pytest.mark.parametrize("code", ["261", "396", "502", "503"])
    def test_credit_note_of_another_kind(self, code: str) -> None:
        xml = _credit_note(f"<cbc:CreditNoteTypeCode>{code}</cbc:CreditNoteTypeCode>")
        assert parse_invoice(xml.encode()).type_code == code

    def test_credit_note_that_calls_itself_an_invoice(self) -> None:
        xml = _credit_note("<cbc:CreditNoteTypeCode>380</cbc:CreditNoteTypeCode>")
        assert _refusal_of(xml.encode()) == (
            "type code 380 (BT-3) is no credit note's, but the document is one"
        )

    def test_without_a_type_code_it_is_what_its_root_says(self) -> None:
        assert _with((_CODE, "")).type_code == "380"
        assert parse_invoice(_credit_note("").encode()).type_code == "381"

    def test_invoice_with_the_code_of_a_credit_note(self) -> None:
        document = _with((">393<", ">381<"))
        assert (document.kind, document.credits) == (InvoiceKind.CREDIT_NOTE, ("F2025-0099",))

    @pytest.mark.parametrize("code", ["384", "471", "472", "473"])
    def test_corrected_invoice_names_those_it_corrects(self, code: str) -> None:
        second = "</cac:BillingReference>"
        more = second + (
            "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>F2025-0100</cbc:ID>"
            "</cac:InvoiceDocumentReference></cac:BillingReference>"
        )
        document = _with((">393<", f">{code}<"), (second, more))
        assert document.corrects == ("F2025-0099", "F2025-0100")
        assert document.credits == ()

    @pytest.mark.parametrize("code", ["380", "386", "389", "393", "501"])
    def test_invoice_that_only_refers_to_another_one(self, code: str) -> None:
        document = _with((">393<", f">{code}<"))
        assert (document.credits, document.corrects) == ((), ())


class TestParties:
    def test_trading_name_where_there_is_no_legal_one(self) -> None:
        legal = "<cbc:RegistrationName>Atelier\n      Noël</cbc:RegistrationName>"
        assert _with((legal, "")).seller.name == "Chez Noël"
        assert _with((legal, "<cbc:RegistrationName> </cbc:RegistrationName>")).seller.name == (
            "Chez Noël"
        )

    def test_no_name(self) -> None:
        name = "<cac:PartyName><cbc:Name>L'Acheteur</cbc:Name></cac:PartyName>"
        assert _refusal((name, "")) == "the document has no buyer's name (BT-44)"

    def test_no_buyer(self) -> None:
        xml = (
            _INVOICE[: _INVOICE.index("<cac:AccountingCustomerParty>")]
            + (_INVOICE[_INVOICE.index("<cac:PayeeParty>") :])
        )
        assert _refusal_of(xml.encode()) == "the document has no buyer (BG-7)"

    def test_two_payees(self) -> None:
        assert _refusal(("<cac:PayeeParty>", "<cac:PayeeParty/><cac:PayeeParty>")) == (
            "the document has 2 times the payee (BG-10)"
        )

    def test_several_accounts(self) -> None:
        means = "</cac:PaymentMeans>"
        more = "".join(
            "<cac:PaymentMeans><cac:PayeeFinancialAccount>"
            f"<cbc:ID>{account}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
            for account in ("Compte 12", "DE02120300000000202051")
        )
        document = _with((means, means + more))
        assert document.iban == "FR7630006000011234567890189"
        assert document.other_ibans == ("DE02120300000000202051",)


class TestInstalments:
    def test_parts_with_their_dates(self) -> None:
        document = _with(_terms(_term("400.00", "2026-02-04"), _term("600.00", "2026-03-06")))
        assert document.instalments == (
            Instalment(datetime.date(2026, 2, 4), Decimal("400.00")),
            Instalment(datetime.date(2026, 3, 6), Decimal("600.00")),
        )

    def test_parts_that_do_not_add_up(self) -> None:
        change = _terms(_term("400.00", "2026-02-04"), _term("500.00", "2026-03-06"))
        assert _refusal(change) == "the instalments add up to 900.00, but the amount due is 1000.00"

    def test_terms_for_the_whole_are_due_when_the_document_is(self) -> None:
        amount = '<cbc:Amount currencyID="EUR">1000.00</cbc:Amount>'
        assert _with(_terms(amount)).instalments == (
            Instalment(datetime.date(2026, 2, 4), Decimal("1000.00")),
        )

    def test_terms_in_words(self) -> None:
        assert _with(_terms("<cbc:Note>30 jours</cbc:Note>")) == _with()

    def test_no_date(self) -> None:
        assert _with((_DUE, "")).instalments == (Instalment(None, Decimal("1000.00")),)

    def test_several_dates_mean_the_last(self) -> None:
        earlier = f"{_MEANS}<cbc:PaymentDueDate>2026-01-20</cbc:PaymentDueDate>"
        assert _with((_MEANS, earlier)).instalments == _with().instalments

    @pytest.mark.parametrize("text", ["04/02/2026", "2026-02", "soon"])
    def test_other_writing(self, text: str) -> None:
        assert _refusal(("2026-02-04", text)) == (
            f"the due date is “{text}”, expected like 2026-01-31"
        )

    def test_day_that_does_not_exist(self) -> None:
        assert _refusal(("2026-02-04", "2026-02-30")) == (
            "the due date is 2026-02-30, a day that does not exist"
        )


class TestTotals:
    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            (
                ">1120.00</cbc:LineExtensionAmount>\n    <cbc:TaxE",
                ">1121.00</cbc:LineExtensionAmount>\n    <cbc:TaxE",
                (
                    "lines 1121.00 − allowances 50.00 + charges 30.00 = 1101.00, "
                    "but the total without VAT is 1100.00 (BR-CO-13)"
                ),
            ),
            (
                ">1305.50<",
                ">1305.00<",
                "net 1100.00 + VAT 205.50 = 1305.50, but the total is 1305.00 (BR-CO-15)",
            ),
            (
                ">205.50<",
                ">205.00<",
                "the VAT lines add up to 205.50, but the VAT total is 205.00 (BR-CO-14)",
            ),
            (
                ">1000.00</cbc:Pay",
                ">1000.01</cbc:Pay",
                (
                    "total 1305.50 − prepaid 305.00 + rounding -0.50 = 1000.00, "
                    "but the amount due is 1000.01 (BR-CO-16)"
                ),
            ),
            (
                ">1305.50<",
                ">1305,50<",
                "TaxInclusiveAmount is “1305,50”, expected a number like 1234.56",
            ),
            (
                ">1305.50<",
                f">{'9' * 400}<",
                f"TaxInclusiveAmount is “{'9' * 60}…”, expected a number like 1234.56",
            ),
            (">5.50<", ">5.505<", "TaxAmount is 5.505, not a whole number of 0.01"),
        ],
    )
    def test_contradiction(self, old: str, new: str, reason: str) -> None:
        assert _refusal((old, new)) == reason

    def test_vat_total_in_the_currency_of_the_tax_too(self) -> None:
        second = '<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">2222</cbc:TaxAmount></cac:TaxTotal>'
        assert _with((_TAX_TOTAL, second + _TAX_TOTAL)) == _with()

    def test_breakdown_in_the_currency_of_the_tax_is_not_counted(self) -> None:
        start, end = _INVOICE.index("<cac:TaxTotal>"), _INVOICE.index("<cac:LegalMonetaryTotal>")
        second = _INVOICE[start:end].replace("EUR", "SEK")
        assert _with(("<cac:LegalMonetaryTotal>", f"{second}<cac:LegalMonetaryTotal>")) == _with()

    def test_two_vat_totals_in_one_currency(self) -> None:
        second = '<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">1.00</cbc:TaxAmount></cac:TaxTotal>'
        assert _refusal((_TAX_TOTAL, second + _TAX_TOTAL)) == (
            "TaxAmount is stated twice in one currency"
        )

    def test_total_stated_twice(self) -> None:
        total = '<cbc:TaxInclusiveAmount currencyID="EUR">1305.50</cbc:TaxInclusiveAmount>'
        assert _refusal((total, total * 2)) == "TaxInclusiveAmount is stated twice in one currency"

    def test_total_that_only_the_amount_due_tells_is_proven_by_the_vat(self) -> None:
        total = '<cbc:TaxInclusiveAmount currencyID="EUR">1305.50</cbc:TaxInclusiveAmount>'
        assert _with((total, "")) == _with()
        assert _refusal((total, ""), (">305.00<", ">300.00<")) == (
            "net 1100.00 + VAT 205.50 = 1305.50, but the total is 1300.50 (BR-CO-15)"
        )

    def test_rate_where_old_documents_have_it(self) -> None:
        old = "<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent>"
        new = "<cbc:Percent>20</cbc:Percent><cac:TaxCategory><cbc:ID>S</cbc:ID>"
        assert _with((old, new)) == _with()

    def test_another_tax(self) -> None:
        percent = "<cbc:Percent>5.5</cbc:Percent>\n        <cac:TaxScheme><cbc:ID>"
        assert _refusal((f"{percent}VAT<", f"{percent}IGIC<")) == (
            "a tax of type IGIC is charged: only VAT is read"
        )

    def test_negative_amount_due(self) -> None:
        document = _with((">305.00<", ">1405.00<"), (">1000.00</cbc:Pay", ">-100.00</cbc:Pay"))
        assert (document.kind, document.payable) == (InvoiceKind.INVOICE, Decimal(-100))

    def test_claims_of_third_parties(self) -> None:
        paid = '<cac:PrepaidPayment><cbc:PaidAmount currencyID="EUR">{}</cbc:PaidAmount>'
        parts = "".join(f"{paid.format(part)}</cac:PrepaidPayment>" for part in ("9.50", "0.50"))
        added = ("<cac:TaxTotal>", f"{parts}<cac:TaxTotal>")
        due = (">1000.00</cbc:Pay", ">1010.00</cbc:Pay")
        document = _with(_EXTENSION, added, due)
        assert (document.third_party, document.payable) == (Decimal("10.00"), Decimal("1010.00"))
        assert document.profile == "XRechnung Extension"
        # Elsewhere they say how the prepaid amount was paid.
        assert _with(added).third_party == 0
        assert _refusal(_EXTENSION, added) == (
            "total 1305.50 − prepaid 305.00 + rounding -0.50 + third parties' 10.00 = 1010.00,"
            " but the amount due is 1000.00 (BR-CO-16)"
        )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("<cbc:ID>F2026-0001</cbc:ID>", ""), "the document has no number (BT-1)"),
        ((_CODE, _CODE * 2), "the document's number, type code or date is stated twice"),
        (("<cbc:IssueDate>2026-01-05</cbc:IssueDate>", ""), "the document has no date (BT-2)"),
        (("2026-01-05", "0000-01-05"), "IssueDate is 0000-01-05, a day that does not exist"),
        (("2026-01-05", "0001-01-05"), "IssueDate is 0001-01-05, a year that cannot be meant"),
        ((">EUR<", ">Euro<"), "the currency (BT-5) is “Euro”, expected like EUR"),
        (
            ("<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", ""),
            "the document has no currency (BT-5)",
        ),
        ((">EUR<", ">SEK<"), "the document has no total without VAT in SEK (BT-109)"),
        ((">393<", ">325<"), "type code 325 (BT-3) is neither an invoice's nor a credit note's"),
    ],
)
def test_claim_without_its_parts(change: tuple[str, str], reason: str) -> None:
    assert _refusal(change) == reason


@pytest.mark.parametrize(
    ("guideline", "profile"),
    [
        (
            "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
            "Peppol BIS Billing 3",
        ),
        (
            "urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_2.3",
            "XRechnung",
        ),
        ("OIOUBL-2.02", "OIOUBL-2.02"),
    ],
)
def test_profile(guideline: str, profile: str) -> None:
    assert _with(("urn:cen.eu:en16931:2017<", f"{guideline}<")).profile == profile


def _candidate(folder: Path, data: bytes) -> Candidate:
    path = folder / "document.xml"
    path.write_bytes(data)
    return Candidate(path)


class TestHostileInput:
    def test_attachment_of_three_megabytes(self, tmp_path: Path) -> None:
        attached = (
            "<cac:AdditionalDocumentReference><cbc:ID>plan</cbc:ID><cac:Attachment>"
            f"<cbc:EmbeddedDocumentBinaryObject>{'QUJD' * (3 << 18)}"
            "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
            "</cac:AdditionalDocumentReference>"
        )
        supplier = "<cac:AccountingSupplierParty>"
        candidate = _candidate(tmp_path, _changed((supplier, attached + supplier)).encode())
        begin = time.process_time()
        assert candidate.read() == _with()
        assert time.process_time() - begin < 1

    def test_many_lines_are_no_matter(self) -> None:
        line = "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>"
        assert _with(("</ubl:Invoice>", f"{line * 30_000}</ubl:Invoice>")) == _with()

    def test_huge_header(self) -> None:
        means = "<cac:PaymentMeans><cbc:ID>1</cbc:ID></cac:PaymentMeans>"
        assert _refusal(("<cac:TaxTotal>", f"{means * 30_000}<cac:TaxTotal>")) == (
            "the header has more than 20000 elements"
        )

    def test_entities(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("F-SECRET")
        for entity in (f'SYSTEM "{secret.as_uri()}"', '"F2026-0001"'):
            reason = _refusal(
                ("?>\n", f"?><!DOCTYPE x [<!ENTITY e {entity}>]>"), (">F2026-0001<", ">&e;<")
            )
            assert "DOCTYPE" in reason

    def test_zero_byte_and_mixed_encodings(self) -> None:
        assert "not well-formed XML" in _refusal(("F2026-0001", "F2026\0"))
        mixed = _INVOICE.encode().replace("Chez Noël".encode(), "Chez Noël".encode("latin-1"))
        assert "not well-formed XML" in _refusal_of(mixed)

    def test_cut_anywhere(self) -> None:
        xml = _INVOICE.strip().encode()
        for length in range(0, len(xml), 97):
            _refusal_of(xml[:length])


class TestIdentification:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_invoice_and_credit_note(self, encoding: str, tmp_path: Path) -> None:
        for xml in (_INVOICE, _credit_note()):
            data = xml.replace('encoding="UTF-8"', "").encode(encoding)
            candidate = _candidate(tmp_path, data)
            assert candidate.kind is Format.UBL
            assert candidate.read() == parse_invoice(xml.encode())

    def test_default_namespace(self, tmp_path: Path) -> None:
        xml = _changed(("<ubl:Invoice xmlns:ubl", "<Invoice xmlns"), ("/ubl:Inv", "/Inv"))
        assert _candidate(tmp_path, xml.encode()).kind is Format.UBL
        assert parse_invoice(xml.encode()) == _with()

    @pytest.mark.parametrize(
        "xml",
        [
            _INVOICE.replace("xsd:Invoice-2", "xsd:Invoice-1.0"),
            _INVOICE.replace("ubl:Invoice", "ubl:Order"),
            "<Invoice><ID>1</ID></Invoice>",
            "Invoice urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
        ],
    )
    def test_anything_else(self, xml: str, tmp_path: Path) -> None:
        candidate = _candidate(tmp_path, xml.encode())
        assert candidate.kind is None
        with pytest.raises(DocumentRefusedError, match="is of no format that is read here"):
            candidate.read()
