"""From what a document says to entries: invoices, credit notes, statements."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from beancount.core import data
from beancount.core.amount import Amount
from beancount.parser import parser
from hypothesis import given
from hypothesis import strategies as st

from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.entries.identity import document_link
from beancount_factoring.importers.entries.identity import line_links
from beancount_factoring.importers.entries.statement_entries import Extracted
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Instalment
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import VatLine
from beancount_factoring.importers.run import formatted
from tests.importers.firm import FACTOR
from tests.importers.firm import INVOICE
from tests.importers.firm import OPERATING
from tests.importers.firm import SELLER
from tests.importers.firm import Books
from tests.importers.firm import day
from tests.importers.firm import line
from tests.importers.firm import statement


def invoiced(books: Books, **changes: Any) -> data.Transaction:
    """Return the entry of the invoice with some changes."""
    entry = Booking(books.mapping()).document(replace(INVOICE, **changes), "invoice.xml").entry
    assert isinstance(entry, data.Transaction)
    return entry


def text(*entries: data.Directive) -> str:
    return formatted(entries)


def booked(
    books: Books,
    *statements: Statement,
    entries: Iterable[data.Directive] = (),
    source: str = "CAMT.053",
) -> list[Extracted]:
    """Return what statements of one file add to entries."""
    file = StatementFile("statement.xml", source, statements)
    return Booking(books.mapping(), list(entries)).statements(file)


def new(extracted: Iterable[Extracted]) -> list[data.Transaction]:
    """Return the new transactions."""
    return [e.entry for e in extracted if not e.known and isinstance(e.entry, data.Transaction)]


def other_side(entry: data.Transaction) -> list[tuple[str, Decimal, Any]]:
    """Return account, amount and metadata of every posting but the bank's."""
    return [(p.account, amount_of(p), p.meta) for p in entry.postings[1:]]


def amount_of(posting: data.Posting) -> Decimal:
    """Return a posting's amount."""
    assert posting.units is not None
    assert posting.units.number is not None
    return posting.units.number


# Invoices and credit notes


def test_an_invoice(books: Books) -> None:
    assert text(invoiced(books)) == (
        '2026-01-05 * "DUPONT ET FILS" "Invoice F2026-0001" ^invoice-F2026-0001-1200.00-EUR\n'
        '  customer-id: "404833048"\n'
        "  Assets:Clients:DUPONT   1200.00 EUR\n"
        '    invoice: "F2026-0001"\n'
        "    due: 2026-02-04\n"
        "  Income:Sales           -1000.00 EUR\n"
        "  Liabilities:VAT:20      -200.00 EUR\n"
        '    vat-rate: "20 %"\n'
    )


def test_a_credit_note_on_an_invoice_has_no_due_date(books: Books) -> None:
    entry = invoiced(
        books, kind=InvoiceKind.CREDIT_NOTE, number="A2026-0003", credits=("F2026-0001",)
    )
    assert text(entry) == (
        '2026-01-05 * "DUPONT ET FILS" "Credit note A2026-0003 on F2026-0001"'
        " ^credit-note-A2026-0003-1200.00-EUR\n"
        '  customer-id: "404833048"\n'
        "  Assets:Clients:DUPONT  -1200.00 EUR\n"
        '    credit-note: "A2026-0003"\n'
        '    credits: "F2026-0001"\n'
        "  Income:Sales            1000.00 EUR\n"
        "  Liabilities:VAT:20       200.00 EUR\n"
        '    vat-rate: "20 %"\n'
    )


def test_a_credit_note_on_several_invoices_corrects_none_of_them(books: Books) -> None:
    entry = invoiced(books, kind=InvoiceKind.CREDIT_NOTE, number="A2026-0003", credits=("F1", "F2"))
    assert entry.narration == "Credit note A2026-0003 on F1, F2"
    assert entry.postings[0].meta == {"credit-note": "A2026-0003"}


def test_instalments_are_postings_with_their_due_dates(books: Books) -> None:
    parts = (
        Instalment(day("2026-02-04"), Decimal("700.00")),
        Instalment(day("2026-03-04"), Decimal("500.00")),
    )
    entry = invoiced(books, instalments=parts)
    number = {"invoice": "F2026-0001"}
    assert [(p.units, p.meta) for p in entry.postings[:2]] == [
        (Amount(Decimal("700.00"), "EUR"), {**number, "due": day("2026-02-04")}),
        (Amount(Decimal("500.00"), "EUR"), {**number, "due": day("2026-03-04")}),
    ]


def test_without_a_due_date_the_contracts_terms_count(books: Books) -> None:
    entry = invoiced(books, instalments=(Instalment(None, Decimal("1200.00")),))
    assert entry.postings[0].meta == {"invoice": "F2026-0001"}


def test_a_due_date_before_the_documents_own_is_refused(books: Books) -> None:
    early = Instalment(day("2000-01-01"), Decimal("1200.00"))
    with pytest.raises(DocumentRefusedError, match=r"is due on 2000-.* before its date"):
        invoiced(books, instalments=(early,))


def test_vat_by_rate(books: Books) -> None:
    vat = (
        VatLine("S", Decimal("5.50"), Decimal(200), Decimal(11)),
        VatLine("S", Decimal(20), Decimal(800), Decimal("160.0")),
        VatLine("K", Decimal(0), Decimal(29), Decimal(0)),
    )
    entry = invoiced(books, net=Decimal(1029), vat=vat)
    assert other_side(entry) == [
        ("Income:Sales", Decimal("-200.00"), None),
        ("Income:Sales", Decimal("-800.00"), None),
        ("Income:Sales:Europe", Decimal("-29.00"), None),
        ("Liabilities:VAT:55", Decimal("-11.00"), {"vat-rate": "5.5 %"}),
        ("Liabilities:VAT:20", Decimal("-160.00"), {"vat-rate": "20 %"}),
    ]
    assert "-11.00 EUR" in text(entry)


def test_what_was_paid_before_goes_to_its_account(books: Books) -> None:
    entry = invoiced(
        books,
        prepaid=Decimal("300.00"),
        payable=Decimal("900.00"),
        instalments=(Instalment(None, Decimal("900.00")),),
    )
    assert entry.postings[0].units == Amount(Decimal("900.00"), "EUR")
    assert other_side(entry)[-1] == ("Liabilities:Advances", Decimal("300.00"), None)


def test_an_invoice_paid_in_full_before_owes_nothing(books: Books) -> None:
    entry = invoiced(books, prepaid=Decimal(1200), payable=Decimal(0), instalments=())
    assert {p.account for p in entry.postings} == {
        "Income:Sales",
        "Liabilities:VAT:20",
        "Liabilities:Advances",
    }


def test_more_paid_before_than_invoiced_is_a_credit_of_that_number(books: Books) -> None:
    entry = invoiced(
        books,
        prepaid=Decimal(1300),
        payable=Decimal(-100),
        instalments=(Instalment(None, Decimal(-100)),),
    )
    assert entry.postings[0].units == Amount(Decimal("-100.00"), "EUR")
    assert entry.postings[0].meta == {"credit-note": "F2026-0001"}


def test_a_prepayment_invoice_sells_nothing_yet(books: Books) -> None:
    entry = invoiced(books, type_code="386")
    assert entry.postings[0].units == Amount(Decimal("1200.00"), "EUR")
    assert other_side(entry) == [("Liabilities:Advances", Decimal("-1200.00"), None)]
    assert entry.meta["remark"] == (
        "is for a prepayment (type code 386), booked on Liabilities:Advances: its VAT, 200.00 EUR,"
        " is booked with the final invoice"
    )


def test_what_others_claim_beside_the_total_goes_to_its_account(books: Books) -> None:
    claim = {
        "third_party": Decimal("29.96"),
        "payable": Decimal("1229.96"),
        "instalments": (Instalment(None, Decimal("1229.96")),),
    }
    with pytest.raises(
        DocumentRefusedError,
        match=r"claims 29.96 EUR for third parties: write `third_parties: ACCOUNT` in import.yaml",
    ):
        invoiced(books, **claim)
    books.edit("import.yaml", "prepaid:", "third_parties: Liabilities:Others\nprepaid:")
    entry = invoiced(books, **claim)
    assert entry.postings[0].units == Amount(Decimal("1229.96"), "EUR")
    assert other_side(entry)[-1] == ("Liabilities:Others", Decimal("-29.96"), None)
    assert entry.links == {"invoice-F2026-0001-1200.00-EUR"}


MINIMUM = {"vat": (), "profile": "MINIMUM"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"seller": dataclasses.replace(SELLER, identifiers=("732829320",), vat_number=None)},
         r"is an invoice of Atelier du Marais SARL \(732829320\), not of the seller in"),
        ({"prepaid": Decimal(1), "rounding": Decimal("0.50")},
         r"a rounding of 0.50 EUR: write `rounding: ACCOUNT` in import.yaml"),
        ({"vat": (VatLine("S", Decimal("8.5"), Decimal(1000), Decimal(200)),)},
         r"at 8.5 %, which has no account: write `8.5: ACCOUNT` under `vat:` \(import.yaml, line"),
        ({"currency": "USD", "type_code": "386", "total": Decimal("1200.001")},
         r"1200.001 is not a whole number of 0.01 USD"),
        (MINIMUM, r"has no VAT breakdown \(profile MINIMUM\): write `default: ACCOUNT`"),
        ({"instalments": ()}, "instalments that do not add up to 1200.00"),
        ({"vat": (VatLine("S", Decimal(20), Decimal(1000), Decimal(199)),)},
         "does not add up: .* 1.00 EUR apart"),
        ({"total": Decimal("1200.001")}, r"1200.001 is not a whole number of 0.01 EUR"),
        ({"currency": "JPY", "total": Decimal("1200.50")}, r"not a whole number of 1 JPY"),
    ],
)  # fmt: skip
def test_what_cannot_be_booked_is_refused(
    books: Books, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(DocumentRefusedError, match=reason):
        invoiced(books, **changes)


def test_a_document_without_breakdown_goes_to_the_default_accounts(books: Books) -> None:
    books.edit("import.yaml", "vat:\n", "vat:\n  default: Liabilities:VAT:20\n")
    assert other_side(invoiced(books, **MINIMUM)) == [
        ("Income:Sales", Decimal("-1000.00"), None),
        ("Liabilities:VAT:20", Decimal("-200.00"), None),
    ]


def test_line_breaks_and_controls_do_not_reach_the_ledger(books: Books) -> None:
    buyer = replace(INVOICE.buyer, name='Du\x00pont\r\n"et"\tfils\\')
    assert text(invoiced(books, buyer=buyer)).startswith(r'2026-01-05 * "Du pont \"et\" fils\\"')


def test_a_name_of_signs_that_cannot_be_printed_is_none(books: Books) -> None:
    entry = invoiced(books, buyer=replace(INVOICE.buyer, name="\u202e"))
    assert entry.payee is None
    (receipt,) = new(booked(books, statement(line("2026-02-03", "10.00", counterparty="\u202e"))))
    assert receipt.payee is None


def test_the_same_number_twice_is_refused(books: Books) -> None:
    booking = Booking(books.mapping())
    booking.document(INVOICE, "a.xml")
    assert booking.document(INVOICE, "b.xml").known is not None
    with pytest.raises(DocumentRefusedError, match=r"number F2026-0001: a.xml, line 0, has one"):
        booking.document(replace(INVOICE, total=Decimal(1), net=Decimal(1)), "b.xml")


@given(st.text(min_size=1), st.sampled_from(InvoiceKind))
def test_a_link_has_only_signs_that_beancount_admits(number: str, kind: InvoiceKind) -> None:
    link = document_link(replace(INVOICE, number=number, kind=kind), Decimal("1.00"))
    ledger = f'2026-01-01 * "" ^{link}\n  Assets:A  1 EUR\n  Assets:B\n'
    entries, errors, _ = parser.parse_string(ledger)
    assert not errors
    assert isinstance(entries[0], data.Transaction)
    assert entries[0].links == {link}


def test_numbers_that_look_alike_in_a_link_stay_two() -> None:
    documents = [replace(INVOICE, number=number) for number in ("F 1", "F#1", "F-1")]
    assert len({document_link(each, Decimal(1)) for each in documents}) == 3


# Bank statements


def test_the_links_of_movements_never_change() -> None:
    lines = (
        line("2026-01-09", "1200.00", "VIR DUPONT F2026-0001"),
        line("2026-01-09", "-5", "FRAIS", bank_id="0042"),
    )
    assert line_links([statement(*lines)]) == [
        ["bank-2026-01-09-063ee81b2815", "bank-2026-01-09-8437b5cfdb53"],
    ]


def test_a_movement_has_one_link_however_it_is_written() -> None:
    written = statement(line("2026-01-09", "1200.00", "VIR  Dupont, F2026-0001"))
    otherwise = statement(
        line("2026-01-09", "1200", "VIR DUPONT F2026-0001"),
        account="FR14 2004 1010 0505 0001 3M02 606",
    )
    assert line_links([written]) == line_links([otherwise])


def test_three_equal_standing_orders_are_three_movements(books: Books) -> None:
    lines = [line("2026-01-09", "-50.00", "VIR LOYER")] * 3
    extracted = booked(books, statement(*lines))
    assert len(new(extracted)) == 3
    entries = [each.entry for each in extracted]
    assert not new(booked(books, statement(*lines), entries=entries))


def test_a_statement_that_stands_twice_in_a_file_is_booked_once(books: Books) -> None:
    twice = statement(line("2026-01-09", "50.00"), line("2026-01-09", "50.00"), opening="10.00")
    extracted = booked(books, twice, twice)
    assert len(new(extracted)) == 2
    assert sum(isinstance(e.entry, data.Balance) and not e.known for e in extracted) == 1


def test_the_next_page_of_a_day_goes_on_counting(books: Books) -> None:
    page = statement(line("2026-01-09", "50.00", "VIR"), opening="0.00")
    following = statement(
        line("2026-01-09", "50.00", "VIR"), line("2026-01-09", "7.00"), opening="50.00"
    )
    extracted = booked(books, page, following)
    assert len(new(extracted)) == 3
    balances = [e.entry for e in extracted if isinstance(e.entry, data.Balance)]
    assert [(b.date, b.amount.number) for b in balances] == [(day("2026-01-10"), Decimal("107.00"))]


def test_an_overlapping_statement_adds_only_its_new_lines(books: Books) -> None:
    first = statement(line("2026-01-08", "1.00"), line("2026-01-09", "2.00"))
    entries = [each.entry for each in booked(books, first)]
    second = statement(line("2026-01-09", "2.00"), line("2026-01-10", "3.00"), opening="1.00")
    (entry,) = new(booked(books, second, entries=entries))
    assert entry.date == day("2026-01-10")


def test_the_same_movements_in_another_format_are_known(books: Books) -> None:
    camt = statement(
        line("2026-01-09", "50.00", "VIR DUPONT"), line("2026-01-09", "50.00", "VIR MARTIN")
    )
    entries = [each.entry for each in booked(books, camt)]
    cfonb = statement(
        line("2026-01-09", "50.00", "VIR SEPA DUPONT SARL"),
        line("2026-01-09", "50.00", "VIR SEPA MARTIN"),
        line("2026-01-09", "50.00", "VIR SEPA DURAND"),
    )
    once = booked(books, cfonb, entries=entries, source="CFONB 120")
    assert [entry.narration for entry in new(once)] == ["VIR SEPA DURAND"]
    entries += [each.entry for each in once if not each.known]
    assert not new(booked(books, cfonb, entries=entries, source="CFONB 120"))
    assert not new(booked(books, camt, entries=entries))


def test_another_movement_of_the_same_amount_and_format_is_new(books: Books) -> None:
    entries = [e.entry for e in booked(books, statement(line("2026-01-09", "50.00", "DUPONT")))]
    later = statement(line("2026-01-09", "50.00", "MARTIN"), opening="50.00")
    assert len(new(booked(books, later, entries=entries))) == 1


@pytest.mark.parametrize(
    ("movement", "account"),
    [
        ({"counterparty_iban": FACTOR}, "Assets:Factor:Current"),
        ({"counterparty": "B.P.C.E. Factor"}, "Assets:Suspense"),
        ({"counterparty": "bpce  FACTOR"}, "Assets:Factor:Current"),
        ({"counterparty": "Natixis Factor"}, "Assets:Factor:Current"),
        ({"text": "VIR BPCE FACTOR"}, "Assets:Suspense"),
        ({"counterparty_iban": OPERATING}, "Assets:Bank:Transit"),
        ({"text": "FRAIS  TENUE DE COMPTE 01/26"}, "Expenses:Bank"),
        ({"text": "FRAIS TENUE DE COMPTES"}, "Assets:Suspense"),
    ],
)
@pytest.mark.parametrize("amount", ["100.00", "-100.00"])
def test_what_a_movement_is_recognised_for(
    books: Books, movement: dict[str, str], account: str, amount: str
) -> None:
    movement = {"text": "VIR", **movement}
    (entry,) = new(booked(books, statement(line("2026-01-09", amount, **movement))))
    assert [p.account for p in entry.postings] == ["Assets:Bank:Shared", account]
    assert entry.flag == ("!" if account == "Assets:Suspense" else "*")


def test_a_receipt_settles_what_it_names_and_the_next_one_what_is_left(books: Books) -> None:
    entries = [invoiced(books)]
    receipts = statement(
        line("2026-02-01", "700.00", "ACOMPTE F2026-0001 DUPONT"),
        line("2026-02-02", "500.00", "SOLDE F2026-0001"),
        line("2026-02-03", "1.00", "SOLDE F2026-0001"),
    )
    first, second, third = new(booked(books, receipts, entries=entries))
    settled = {"settles": "F2026-0001"}
    assert other_side(first) == [("Assets:Clients:DUPONT", Decimal("-700.00"), settled)]
    assert other_side(second) == [("Assets:Clients:DUPONT", Decimal("-500.00"), settled)]
    reason = {"reason": "F2026-0001: not open any more"}
    assert other_side(third) == [("Assets:Suspense", Decimal("-1.00"), reason)]


def test_a_receipt_imported_before_settles_nothing_again(books: Books) -> None:
    entries: list[data.Directive] = [invoiced(books)]
    part = statement(line("2026-02-01", "700.00", "F2026-0001", counterparty="Dupont"))
    entries += [each.entry for each in booked(books, part, entries=entries)]
    rest = statement(
        line("2026-02-01", "700.00", "F2026-0001", counterparty="Dupont"),
        line("2026-02-02", "500.00", "F2026-0001"),
    )
    (entry,) = new(booked(books, rest, entries=entries))
    assert other_side(entry)[0][0] == "Assets:Clients:DUPONT"


def test_who_paid_is_kept_for_matching(books: Books) -> None:
    movement = line(
        "2026-02-01", "1.00", "VIR", counterparty="DUPONT", counterparty_iban="DE89",
        reference="RF18", end_to_end_id="E1",
    )  # fmt: skip
    (entry,) = new(booked(books, statement(movement._replace(value_date=day("2026-02-02")))))
    assert entry.payee == "DUPONT"
    kept = {key: value for key, value in entry.meta.items() if key not in {"filename", "lineno"}}
    assert kept == {
        "source": "CAMT.053",
        "value-date": day("2026-02-02"),
        "counterparty-iban": "DE89",
        "reference": "RF18",
        "end-to-end-id": "E1",
    }


def test_the_closing_balance_is_asserted_the_day_after(books: Books) -> None:
    closing = statement(line("2026-01-30", "5.5"), opening="10", closing_date="2026-01-31")
    entry = booked(books, closing)[-1].entry
    assert text(entry) == f"2026-02-01 balance {'Assets:Bank:Shared':47} 15.50 EUR\n"


def test_a_transfer_without_a_transit_account_waits_in_suspense(books: Books) -> None:
    books.edit("contracts.yaml", "      transit: Assets:Bank:Transit\n", "")
    movement = line("2026-01-09", "-5.00", counterparty_iban=OPERATING)
    (entry,) = new(booked(books, statement(movement)))
    reason = (
        "a transfer, the other side is Assets:Bank:Operating, but the contract names no"
        " accounts.transit"
    )
    assert other_side(entry) == [("Assets:Suspense", Decimal("5.00"), {"reason": reason})]


@pytest.mark.parametrize(
    "movement",
    [{"counterparty_iban": FACTOR}, {"counterparty_iban": OPERATING}],
    ids=["a draw", "a transfer to the operating account"],
)
def test_what_the_plugin_generates_is_not_booked_from_the_bank_as_well(
    books: Books, movement: dict[str, str]
) -> None:
    books.edit("contracts.yaml", "source: statement", "source: generated")
    with pytest.raises(DocumentRefusedError, match="contract bpce generates itself: write `source"):
        booked(books, statement(line("2026-01-09", "5.00", **movement)))


def test_a_statement_of_an_unknown_account_is_refused(books: Books) -> None:
    with pytest.raises(DocumentRefusedError, match=r"write `DE1: ACCOUNT` under `banks:`"):
        booked(books, statement(line("2026-01-09", "1.00"), account="DE1"))


def test_a_refused_statement_settles_nothing(books: Books) -> None:
    booking = Booking(books.mapping(), [invoiced(books)])
    good = statement(line("2026-02-01", "1200.00", "F2026-0001"))
    bad = statement(line("2026-02-02", "1.00"), account="DE1")
    with pytest.raises(DocumentRefusedError):
        booking.statements(StatementFile("two.xml", "CAMT.053", (good, bad)))
    (entry,) = new(booking.statements(StatementFile("one.xml", "CAMT.053", (good,))))
    assert other_side(entry)[0][0] == "Assets:Clients:DUPONT"


amounts = st.integers(-(10**9), 10**9).map(lambda cents: str(Decimal(cents).scaleb(-2)))
days = st.sampled_from(["2026-01-08", "2026-01-09", "2026-01-10"])
texts = st.sampled_from(["", "VIR DUPONT", "VIR F2026-0001", "FRAIS TENUE DE COMPTE"])


@given(st.lists(st.tuples(days, amounts, texts), min_size=1), st.data())
def test_whatever_the_cut_each_movement_is_booked_once(
    books_of_a_module: Books, drawn: list[tuple[str, str, str]], cut: st.DataObject
) -> None:
    """Statements of whole days, cut and overlapping as they may be, give the same movements."""
    lines = [line(*each) for each in sorted(drawn, key=lambda each: each[0])]
    bounds = sorted({each.date for each in lines})
    until = cut.draw(st.sampled_from(bounds))
    since = cut.draw(st.sampled_from([bound for bound in bounds if bound <= until]))
    first = statement(*[each for each in lines if each.date <= until])
    second = statement(*[each for each in lines if each.date >= since])
    entries = [each.entry for each in booked(books_of_a_module, first)]
    entries += new(booked(books_of_a_module, second, entries=entries))
    amounts_booked = sorted(
        amount_of(entry.postings[0]) for entry in entries if isinstance(entry, data.Transaction)
    )
    assert amounts_booked == sorted(each.amount for each in lines)


@pytest.fixture(scope="module")
def books_of_a_module(tmp_path_factory: pytest.TempPathFactory) -> Books:
    from tests.importers.firm import new_books

    return new_books(tmp_path_factory.mktemp("books"))
