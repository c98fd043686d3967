"""Cross Industry Invoices by situation: what is read, what is refused and why, hostile input."""

from __future__ import annotations

import datetime
import os
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from beancount_factoring.importers.invoices.invoice_xml import looks_like_invoice_xml
from beancount_factoring.importers.invoices.invoice_xml import parse_invoice
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Instalment
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import Party
from beancount_factoring.importers.reading.documents import VatLine

_KEPT = Path(__file__).parents[1] / "data" / "facturx"

_INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
    xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
    xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext>
    <ram:GuidelineSpecifiedDocumentContextParameter>
      <ram:ID>urn:cen.eu:en16931:2017</ram:ID>
    </ram:GuidelineSpecifiedDocumentContextParameter>
  </rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument>
    <ram:ID>F2026-0001</ram:ID>
    <ram:TypeCode>393</ram:TypeCode>
    <ram:IssueDateTime>
      <udt:DateTimeString format="102">20260105</udt:DateTimeString>
    </ram:IssueDateTime>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
    <ram:ApplicableHeaderTradeAgreement>
      <ram:SellerTradeParty>
        <ram:ID>V-1</ram:ID>
        <ram:GlobalID schemeID="0009">12345678200010</ram:GlobalID>
        <ram:Name>Atelier
          Noël</ram:Name>
        <ram:SpecifiedLegalOrganization>
          <ram:ID schemeID="0002">123456782</ram:ID>
        </ram:SpecifiedLegalOrganization>
        <ram:PostalTradeAddress><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress>
        <ram:SpecifiedTaxRegistration>
          <ram:ID schemeID="FC">201/113/40209</ram:ID>
        </ram:SpecifiedTaxRegistration>
        <ram:SpecifiedTaxRegistration>
          <ram:ID schemeID="VA">FR 11 123456782</ram:ID>
        </ram:SpecifiedTaxRegistration>
      </ram:SellerTradeParty>
      <ram:BuyerTradeParty><ram:Name>L'Acheteur</ram:Name></ram:BuyerTradeParty>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
      <ram:PayeeTradeParty><ram:Name>Le Factor</ram:Name></ram:PayeeTradeParty>
      <ram:SpecifiedTradeSettlementPaymentMeans>
        <ram:PayeePartyCreditorFinancialAccount>
          <ram:IBANID>FR76 3000 6000 0112 3456 7890 189</ram:IBANID>
        </ram:PayeePartyCreditorFinancialAccount>
      </ram:SpecifiedTradeSettlementPaymentMeans>
      <ram:ApplicableTradeTax>
        <ram:CalculatedAmount>200.00</ram:CalculatedAmount>
        <ram:TypeCode>VAT</ram:TypeCode>
        <ram:BasisAmount>1000.00</ram:BasisAmount>
        <ram:CategoryCode>S</ram:CategoryCode>
        <ram:RateApplicablePercent>20.00</ram:RateApplicablePercent>
      </ram:ApplicableTradeTax>
      <ram:ApplicableTradeTax>
        <ram:CalculatedAmount>5.50</ram:CalculatedAmount>
        <ram:TypeCode>VAT</ram:TypeCode>
        <ram:BasisAmount>100.00</ram:BasisAmount>
        <ram:CategoryCode>S</ram:CategoryCode>
        <ram:RateApplicablePercent>5.50</ram:RateApplicablePercent>
      </ram:ApplicableTradeTax>
      <ram:SpecifiedTradePaymentTerms>
        <ram:DueDateDateTime>
          <udt:DateTimeString format="102">20260204</udt:DateTimeString>
        </ram:DueDateDateTime>
      </ram:SpecifiedTradePaymentTerms>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:LineTotalAmount>1100.00</ram:LineTotalAmount>
        <ram:TaxBasisTotalAmount>1100.00</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="EUR">205.50</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>1305.50</ram:GrandTotalAmount>
        <ram:TotalPrepaidAmount>305.50</ram:TotalPrepaidAmount>
        <ram:DuePayableAmount>1000.00</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
      <ram:InvoiceReferencedDocument>
        <ram:IssuerAssignedID>F2025-0099</ram:IssuerAssignedID>
      </ram:InvoiceReferencedDocument>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""

_TERM = """<ram:SpecifiedTradePaymentTerms>
        <ram:DueDateDateTime>
          <udt:DateTimeString format="102">20260204</udt:DateTimeString>
        </ram:DueDateDateTime>
      </ram:SpecifiedTradePaymentTerms>"""
_MINIMUM = ("urn:cen.eu:en16931:2017", "urn:factur-x.eu:1p0:minimum")
_NO_PREPAID = ("<ram:TotalPrepaidAmount>305.50</ram:TotalPrepaidAmount>", "")


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


def _tag(name: str, value: str) -> str:
    return f"<ram:{name}>{value}</ram:{name}>"


def _term(day: str, amount: str | None = None) -> str:
    part = "" if amount is None else _tag("PartialPaymentAmount", amount)
    end = "</ram:SpecifiedTradePaymentTerms>"
    return _TERM.replace("20260204", day).replace(end, part + end)


def _negative() -> tuple[tuple[str, str], ...]:
    """Return the changes that make every amount negative."""
    amounts = ("200.00", "1000.00", "5.50", "100.00", "1100.00", "1305.50", "305.50")
    signed = tuple((f"Amount>{amount}<", f"Amount>-{amount}<") for amount in amounts)
    return (*signed, ('"EUR">205.50<', '"EUR">-205.50<'))


def test_factored_invoice_is_read_whole() -> None:
    assert _with() == InvoiceDocument(
        kind=InvoiceKind.INVOICE,
        type_code="393",
        number="F2026-0001",
        date=datetime.date(2026, 1, 5),
        currency="EUR",
        seller=Party(
            name="Atelier Noël",
            identifiers=("V-1", "12345678200010", "123456782", "201/113/40209"),
            vat_number="FR11123456782",
            country="FR",
        ),
        buyer=Party("L'Acheteur"),
        payee=Party("Le Factor"),
        iban="FR7630006000011234567890189",
        net=Decimal("1100.00"),
        vat=(
            VatLine("S", Decimal("20.00"), Decimal("1000.00"), Decimal("200.00")),
            VatLine("S", Decimal("5.50"), Decimal("100.00"), Decimal("5.50")),
        ),
        total=Decimal("1305.50"),
        prepaid=Decimal("305.50"),
        rounding=Decimal(0),
        payable=Decimal("1000.00"),
        instalments=(Instalment(datetime.date(2026, 2, 4), Decimal("1000.00")),),
        credits=(),
        profile="EN 16931",
    )


class TestKind:
    @pytest.mark.parametrize(
        "code",
        ["380", "384", "386", "389", "393", "472", "473", "500", "501", "575", "751", "875", "877"],
    )
    def test_invoice(self, code: str) -> None:
        document = _with(("393<", f"{code}<"))
        assert (document.kind, document.type_code) == (InvoiceKind.INVOICE, code)

    @pytest.mark.parametrize("code", ["81", "261", "262", "381", "396", "502", "503"])
    def test_credit_note_by_its_code_has_positive_amounts(self, code: str) -> None:
        document = _with(("393<", f"{code}<"))
        assert document.kind is InvoiceKind.CREDIT_NOTE
        assert document.payable == Decimal("1000.00")
        assert document.credits == ("F2025-0099",)

    def test_negative_invoice_is_a_credit_note_with_every_sign_turned(self) -> None:
        document = _with(*_negative())
        assert document.kind is InvoiceKind.CREDIT_NOTE
        positive = _with(("393<", "381<"))
        assert document.net == positive.net
        assert document.vat == positive.vat
        assert document.prepaid == positive.prepaid
        assert document.payable == positive.payable
        assert document.instalments == positive.instalments
        assert document.credits == ("F2025-0099",)

    def test_negative_credit_note_is_in_doubt(self) -> None:
        assert "type code 381) over -1305.50 may mean a credit or a claim" in _refusal(
            *_negative(), ("393<", "381<")
        )

    @pytest.mark.parametrize("code", ["325", "999", "380x", "invoice"])
    def test_other_document(self, code: str) -> None:
        assert f"type code {code} (BT-3) is neither" in _refusal(("393<", f"{code}<"))


class TestInstalments:
    def test_no_due_date(self) -> None:
        assert _with((_TERM, "")).instalments == (Instalment(None, Decimal("1000.00")),)

    def test_terms_in_words_alone(self) -> None:
        words = "<ram:SpecifiedTradePaymentTerms><ram:Description>30 jours</ram:Description>"
        assert _with((_TERM, f"{words}</ram:SpecifiedTradePaymentTerms>")).instalments == (
            Instalment(None, Decimal("1000.00")),
        )

    def test_amounts_of_the_parts(self) -> None:
        parts = _term("20260204", "400.00") + _term("20260306", "600.00")
        assert _with((_TERM, parts)).instalments == (
            Instalment(datetime.date(2026, 2, 4), Decimal("400.00")),
            Instalment(datetime.date(2026, 3, 6), Decimal("600.00")),
        )

    def test_amounts_of_the_parts_of_a_negative_invoice(self) -> None:
        parts = _term("20260204", "-400.00") + _term("20260306", "-600.00")
        document = _with(*_negative(), (_TERM, parts))
        assert [part.amount for part in document.instalments] == [400, 600]

    def test_amounts_that_do_not_add_up(self) -> None:
        parts = _term("20260204", "400.00") + _term("20260306", "500.00")
        assert _refusal((_TERM, parts)) == (
            "the instalments add up to 900.00, but the amount due is 1000.00"
        )

    def test_discount_date_and_due_date_in_any_order(self) -> None:
        for days in (("20260115", "20260204"), ("20260204", "20260115")):
            terms = "".join(_term(day) for day in days)
            assert _with((_TERM, terms)).instalments == (
                Instalment(datetime.date(2026, 2, 4), Decimal("1000.00")),
            )

    def test_due_before_issued_is_as_stated(self) -> None:
        (part,) = _with((_TERM, _term("20251231"))).instalments
        assert part.due == datetime.date(2025, 12, 31)

    def test_fully_prepaid(self) -> None:
        document = _with((">305.50<", ">1305.50<"), (">1000.00</ram:Due", ">0.00</ram:Due"))
        assert document.payable == 0
        assert [part.amount for part in document.instalments] == [0]

    def test_overpaid(self) -> None:
        document = _with((">305.50<", ">1405.50<"), (">1000.00</ram:Due", ">-100.00</ram:Due"))
        assert (document.kind, document.payable) == (InvoiceKind.INVOICE, Decimal(-100))


class TestTotals:
    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            (
                ">1305.50<",
                ">1300.00<",
                "net 1100.00 + VAT 205.50 = 1305.50, but the total is 1300.00 (BR-CO-15)",
            ),
            (
                '"EUR">205.50<',
                '"EUR">205.51<',
                "the VAT lines add up to 205.50, but the VAT total is 205.51 (BR-CO-14)",
            ),
            (
                ">1000.00</ram:Basis",
                ">1000.1</ram:Basis",
                (
                    "the bases of the VAT lines add up to 1100.10,"
                    " but the total without VAT is 1100.00"
                ),
            ),
            (
                ">1100.00</ram:Line",
                ">1100.01</ram:Line",
                (
                    "lines 1100.01 − allowances 0 + charges 0 = 1100.01, "
                    "but the total without VAT is 1100.00 (BR-CO-13)"
                ),
            ),
            (
                ">1000.00</ram:Due",
                ">999.99</ram:Due",
                (
                    "total 1305.50 − prepaid 305.50 + rounding 0 = 1000.00, "
                    "but the amount due is 999.99 (BR-CO-16)"
                ),
            ),
            (
                *_NO_PREPAID,
                (
                    "total 1305.50 − prepaid 0 + rounding 0 = 1305.50, "
                    "but the amount due is 1000.00 (BR-CO-16)"
                ),
            ),
            (">20.00<", ">10.00<", "10.00 % VAT on 1000.00 is not 200.00 (BR-CO-17)"),
            (">VAT<", ">INS<", "a tax of type INS is charged: only VAT is read"),
        ],
    )
    def test_contradiction(self, old: str, new: str, reason: str) -> None:
        assert _refusal((old, new)) == reason

    def test_no_amount_due(self) -> None:
        assert _refusal((_tag("DuePayableAmount", "1000.00"), "")) == (
            "the document has no amount due in EUR (BT-115)"
        )

    def test_total_in_another_currency(self) -> None:
        foreign = '<ram:GrandTotalAmount currencyID="USD">'
        assert _refusal(("<ram:GrandTotalAmount>", foreign)) == (
            "the document has no total with VAT in EUR (BT-112)"
        )

    def test_total_stated_twice(self) -> None:
        total = _tag("GrandTotalAmount", "1305.50")
        assert _refusal((total, total * 2)) == "GrandTotalAmount is stated twice in one currency"

    def test_rounding(self) -> None:
        rounding = _tag("RoundingAmount", "-0.50")
        document = _with((_NO_PREPAID[0], rounding), (">1000.00</ram:Due", ">1305.00</ram:Due"))
        assert (document.rounding, document.payable) == (Decimal("-0.50"), Decimal("1305.00"))

    def test_vat_total_in_two_currencies(self) -> None:
        second = '<ram:TaxTotalAmount currencyID="USD">222.22</ram:TaxTotalAmount>'
        document = _with(("<ram:GrandTotalAmount>", f"{second}<ram:GrandTotalAmount>"))
        assert sum(line.tax for line in document.vat) == Decimal("205.50")

    def test_vat_total_in_the_other_currency_alone(self) -> None:
        document = _with(('currencyID="EUR">205.50', 'currencyID="USD">222.22'))
        assert document.total == Decimal("1305.50")

    def test_no_vat_total_and_a_category_without_rate(self) -> None:
        document = _with(
            ("<ram:CategoryCode>S</ram:CategoryCode>", "<ram:CategoryCode>O</ram:CategoryCode>"),
            ("<ram:RateApplicablePercent>20.00</ram:RateApplicablePercent>", ""),
            ("<ram:RateApplicablePercent>5.50</ram:RateApplicablePercent>", ""),
            (">200.00<", ">0<"),
            (">5.50<", ">0<"),
            ('<ram:TaxTotalAmount currencyID="EUR">205.50</ram:TaxTotalAmount>', ""),
            (">1305.50<", ">1100.00<"),
            (">305.50<", ">100.00<"),
        )
        assert [line.category for line in document.vat] == ["O", "O"]
        assert [line.rate for line in document.vat] == [0, 0]

    def test_minimum_does_not_state_what_is_prepaid(self) -> None:
        document = _with(_MINIMUM, _NO_PREPAID)
        assert (document.profile, document.prepaid) == ("MINIMUM", Decimal("305.50"))

    def test_minimum_with_more_due_than_the_total(self) -> None:
        assert _refusal(_MINIMUM, _NO_PREPAID, (">1000.00</ram:Due", ">1400.00</ram:Due")) == (
            "the amount due 1400.00 goes beyond the total 1305.50, and nothing explains it"
        )


class TestAmounts:
    @pytest.mark.parametrize(
        "text", ["1305.5", " 1305.50 ", "+1305.50", "1305.5000", "001305.50", "1305.50\n"]
    )
    def test_decimal_number(self, text: str) -> None:
        assert _with((">1305.50<", f">{text}<")).total == Decimal("1305.50")

    @pytest.mark.parametrize(
        "text",
        [
            "1305,50",
            "1.305,50",
            "1 305.50",
            "1305.50 EUR",
            "13055E-1",
            "NaN",
            "Infinity",
            "١٣٠٥",
            "1_305.50",
            "--5",
            "9" * 400,
            "1" * 16,
            "1305.50000000000",
        ],
    )
    def test_text_that_is_no_plain_decimal_number(self, text: str) -> None:
        assert "expected a number like 1234.56" in _refusal((">1305.50<", f">{text}<"))

    def test_part_of_a_cent(self) -> None:
        assert _refusal((">1305.50<", ">1305.501<")) == (
            "GrandTotalAmount is 1305.501, not a whole number of 0.01"
        )

    def test_zero_has_no_sign(self) -> None:
        assert str(_with(*_negative()).rounding) == "0"

    def test_comment_does_not_cut_an_amount(self) -> None:
        assert _with((">1305.50<", ">1305<!-- 9 -->.50<")).total == Decimal("1305.50")


class TestDates:
    @pytest.mark.parametrize(
        "text", ["20260105", "2026-01-05", "2026-01-05+01:00", "2026-01-05Z", "2026-01-05T23:59:59"]
    )
    def test_day(self, text: str) -> None:
        assert _with(("20260105", text)).date == datetime.date(2026, 1, 5)

    def test_day_in_another_element(self) -> None:
        document = _with(
            (
                '<udt:DateTimeString format="102">20260105</udt:DateTimeString>',
                "<udt:DateTime>2026-01-05T00:00:00</udt:DateTime>",
            ),
        )
        assert document.date == datetime.date(2026, 1, 5)

    @pytest.mark.parametrize("text", ["20260230", "20261301", "2026-02-30", "20260100"])
    def test_day_that_does_not_exist(self, text: str) -> None:
        assert _refusal(("20260105", text)) == (
            f"IssueDateTime is {text}, a day that does not exist"
        )

    @pytest.mark.parametrize("text", ["00010101", "99991231"])
    def test_year_that_cannot_be_meant(self, text: str) -> None:
        assert "a year that cannot be meant" in _refusal(("20260105", text))

    @pytest.mark.parametrize(
        "text", ["05/01/2026", "2026W01", "2026-W01-1", "202601", "２０２６０１０５"]
    )
    def test_other_writing(self, text: str) -> None:
        assert "expected like 20260131 (102)" in _refusal(("20260105", text))

    def test_other_format(self) -> None:
        assert "“202601” (format 610)" in _refusal(('"102">20260105', '"610">202601'))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((">F2026-0001<", "> <"), "the document has no number (BT-1)"),
        ((">F2026-0001<", ">\u00a0<"), "the document has no number (BT-1)"),
        (
            ("<ram:TypeCode>393<", "<ram:ID>F2</ram:ID><ram:TypeCode>393<"),
            "number, type code or date is stated twice",
        ),
        (("<ram:ID>F2026-0001</ram:ID>", ""), "the document has no number (BT-1)"),
        ((">393<", "><"), "the document has no type code (BT-3)"),
        (('<udt:DateTimeString format="102">20260105</udt:DateTimeString>', ""), "no date (BT-2)"),
        ((_tag("InvoiceCurrencyCode", "EUR"), ""), "the document has no currency (BT-5)"),
        ((">EUR<", ">Euro<"), "the currency (BT-5) is “Euro”, expected like EUR"),
        ((">L'Acheteur<", "><"), "the document has no buyer's name (BT-44)"),
        ((_tag("BuyerTradeParty", _tag("Name", "L'Acheteur")), ""), "no buyer (BG-7)"),
        (
            ("<ram:BuyerTradeParty>", "<ram:BuyerTradeParty/><ram:BuyerTradeParty>"),
            "the document has 2 times the buyer (BG-7)",
        ),
    ],
)
def test_claim_without_its_parts(change: tuple[str, str], reason: str) -> None:
    assert reason in _refusal(change)


def test_account_that_is_no_iban() -> None:
    assert _with(("FR76 3000 6000 0112 3456 7890 189", "Compte 123")).iban is None


def test_several_accounts_give_the_first() -> None:
    means = "</ram:SpecifiedTradeSettlementPaymentMeans>"
    second = (
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>"
        "<ram:IBANID>DE02120300000000202051</ram:IBANID>"
        f"</ram:PayeePartyCreditorFinancialAccount>{means}"
    )
    assert _with((means, means + second)).iban == "FR7630006000011234567890189"


def test_unknown_profile_keeps_its_identifier() -> None:
    assert (
        _with(("urn:cen.eu:en16931:2017", "urn:example:special")).profile == "urn:example:special"
    )


class TestEncodings:
    def test_byte_order_mark(self) -> None:
        assert parse_invoice(b"\xef\xbb\xbf" + _INVOICE.encode()) == _with()

    def test_utf_16(self) -> None:
        xml = _INVOICE.replace("UTF-8", "UTF-16").encode("utf-16")
        assert parse_invoice(xml) == _with()

    def test_latin_1_that_says_so(self) -> None:
        assert parse_invoice(_INVOICE.replace("UTF-8", "ISO-8859-1").encode("latin-1")) == _with()

    @pytest.mark.parametrize("name", ["UTF-8-W/O-BOM", "x-unknown", "ISO-8859-1", "US-ASCII"])
    def test_utf_8_that_says_something_else(self, name: str) -> None:
        assert parse_invoice(_INVOICE.replace("UTF-8", name).encode()) == _with()

    def test_latin_1_that_says_utf_8(self) -> None:
        assert "not well-formed XML" in _refusal_of(_INVOICE.encode("latin-1"))

    def test_latin_1_that_says_something_unknown(self) -> None:
        xml = _INVOICE.replace("UTF-8", "x-unknown").encode("latin-1")
        assert "not well-formed XML" in _refusal_of(xml)


class TestHostileInput:
    def test_entity_bomb(self) -> None:
        entities = "".join(
            f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10)
        )
        bomb = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>'
        xml = _changed(("?>\n", f"?>{bomb}"), ("F2026-0001", "&e9;"))
        assert "entity amplification" in _refusal_of(xml.encode())

    def test_entity_of_its_own(self) -> None:
        entity = '<!DOCTYPE x [<!ENTITY e "F2026-0001">]>'
        assert "DOCTYPE" in _refusal(("?>\n", f"?>{entity}"), (">F2026-0001<", ">&e;<"))

    def test_external_entity(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("F-SECRET")
        entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        reason = _refusal(("?>\n", f"?>{entity}"), ("F2026-0001", "&e;"))
        assert "DOCTYPE" in reason
        assert "SECRET" not in reason

    @pytest.mark.parametrize("place", ["http://localhost:9/x.dtd", "file:///x.dtd", "x.dtd"])
    def test_external_document_type_is_not_looked_for(self, place: str) -> None:
        assert "DOCTYPE" in _refusal(("?>\n", f'?><!DOCTYPE x SYSTEM "{place}">'))

    @pytest.mark.parametrize("data", [b"", b" \n", b"\xef\xbb\xbf", b"\0" * 100])
    def test_nothing(self, data: bytes) -> None:
        _refusal_of(data)

    def test_cut_anywhere(self) -> None:
        xml = _INVOICE.strip().encode()
        for length in range(0, len(xml), 97):
            _refusal_of(xml[:length])

    def test_zero_byte_inside(self) -> None:
        assert "not well-formed XML" in _refusal(("F2026-0001", "F2026\x000001"))

    def test_deep_nesting(self) -> None:
        assert "not well-formed XML" in _refusal(
            ("F2026-0001", "<ram:ID>" * 5000 + "</ram:ID>" * 5000)
        )

    def test_huge_document(self) -> None:
        data = _INVOICE.encode() + b" " * 32 * 1024 * 1024
        assert "more than the 33554432 that are read" in _refusal_of(data)

    def test_huge_header(self) -> None:
        account = _tag("IBANID", "x")
        line = _INVOICE[_INVOICE.index("<ram:Applicable" + "TradeTax>") : _INVOICE.index(_TERM)]
        xml = _changed(
            (line, line * 20_000), ("</ram:IBANID>", "</ram:IBANID>" + account * 100_000)
        )
        assert _refusal_of(xml.encode()) == "the header has more than 20000 elements"

    def test_many_lines_are_no_matter(self) -> None:
        line = (
            "<ram:IncludedSupplyChainTradeLineItem><ram:A/></ram:IncludedSupplyChainTradeLineItem>"
        )
        start = "<rsm:SupplyChainTradeTransaction>"
        assert _with((start, start + line * 20_000)) == _with()

    def test_hostile_text_is_shown_bounded_and_printable(self) -> None:
        assert _refusal((">1305.50<", ">\u202e\u200b" + "x" * 500 + "<")).count("x") <= 60

    @pytest.mark.parametrize(
        ("xml", "root"),
        [
            (
                "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-1'/>",
                "Invoice",
            ),
            ("<html/>", "html"),
            (
                _INVOICE.replace("CrossIndustryInvoice:100", "CrossIndustryInvoice:90"),
                "CrossIndustryInvoice:90}CrossIndustryInvoice",
            ),
        ],
    )
    def test_other_xml(self, xml: str, root: str) -> None:
        reason = _refusal_of(xml.encode())
        assert reason.startswith("neither a Cross Industry Invoice nor a UBL invoice or credit")
        assert reason.endswith(root)

    @pytest.mark.parametrize("data", [b"%PDF-1.7", b"PK\x03\x04", b"invoice 1", b"{}"])
    def test_no_xml(self, data: bytes) -> None:
        assert "not well-formed XML" in _refusal_of(data)


class TestIdentification:
    def test_invoice(self, tmp_path: Path) -> None:
        for name, data in {
            "plain": _INVOICE.encode(),
            "bom": b"\xef\xbb\xbf" + _INVOICE.encode(),
            "utf-16": _INVOICE.encode("utf-16"),
            "comment": _INVOICE.replace("?>\n", f"?><!-- {'x' * 5000} -->").encode(),
        }.items():
            path = tmp_path / name
            path.write_bytes(data)
            assert looks_like_invoice_xml(path) is True
            assert looks_like_invoice_xml(str(path)) is True

    def test_anything_else(self, tmp_path: Path) -> None:
        for name, data in {
            "empty": b"",
            "pdf": b"%PDF-1.7 CrossIndustryInvoice",
            "x": b"<a/>",
        }.items():
            path = tmp_path / name
            path.write_bytes(data)
            assert looks_like_invoice_xml(path) is False
        assert looks_like_invoice_xml(tmp_path) is False
        assert looks_like_invoice_xml(tmp_path / "absent") is False
        assert looks_like_invoice_xml("no\0name") is False

    def test_file_that_cannot_be_opened(self, tmp_path: Path) -> None:
        path = tmp_path / "locked.xml"
        path.write_bytes(_INVOICE.encode())
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("this user may read everything")
        assert looks_like_invoice_xml(path) is False


def _is_right_or_refused(data: bytes) -> bool:
    """Tell whether data is refused in a printable line, or read with figures that add up."""
    try:
        document = parse_invoice(data)
    except DocumentRefusedError as refusal:
        return str(refusal).isprintable()
    return (
        document.total - document.prepaid + document.rounding == document.payable
        and sum(part.amount for part in document.instalments) == document.payable
        and sum(line.base for line in document.vat) in {document.net, 0}
        and document.total >= 0
        and bool(document.number and document.seller.name and document.buyer.name)
    )


_SEEDS = [_INVOICE.encode(), *(path.read_bytes() for path in sorted(_KEPT.glob("*.xml")))]


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """Return a real invoice with some bytes replaced, inserted, removed or repeated."""
    data = bytearray(draw(st.sampled_from(_SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        piece = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from([b"", b"-", b"0", b"9" * 40, b"<", b"&", b"\0", b"/>", b"<!--"]),
                st.just(bytes(data[start:end]) * 2),
            )
        )
        data[start:end] = piece
    return bytes(data)


@settings(max_examples=300, deadline=None)
@given(data=_damaged())
def test_damaged_invoice_is_read_whole_or_refused(data: bytes) -> None:
    assert _is_right_or_refused(data)


@settings(max_examples=300, deadline=None)
@given(
    old=st.sampled_from(["393", "20260105", "EUR", "1305.50", "1100.00", "200.00", "305.50"]),
    new=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30),
)
def test_any_text_as_a_value_is_read_whole_or_refused(old: str, new: str) -> None:
    assert _is_right_or_refused(_changed((f">{old}<", f">{escape(new)}<")).encode())
