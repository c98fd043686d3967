"""Receipts matched to open items: a ledger and a bank's line in, what is booked out."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from textwrap import dedent

import pytest
from beancount import loader
from beancount.core import data

from beancount_factoring.importers.booking import Booking
from beancount_factoring.importers.entries.statement_entries import StatementFile
from beancount_factoring.importers.matched import match_receipts
from beancount_factoring.matching.receipt import Receipt
from beancount_factoring.matching.sums import combinations_of
from tests.importers.firm import Books
from tests.importers.firm import line
from tests.importers.firm import statement

DUPONT, MARTIN = "FR7612345000010000000000001", "FR7612345000010000000000002"
TERMS = """\
matching:
  discount: {at_most: 2 %, account: Expenses:Discounts}
  charges: {at_most: 20.00, account: Expenses:Bank}
  rounding: {at_most: 0.05, account: Expenses:Rounding}
"""
INVOICES = {
    "DUPONT": [("F2026-0101", "1200.00"), ("F2026-0102", "345.60"), ("F2026-0105", "78.12")],
    "MARTIN": [("F2026-0103", "345.60"), ("F2026-0104", "560.40")],
    "LEFEVRE": [("F2026-0106", "560.40"), ("F2026-0110", "2000.00")],
}
NAMES = {"DUPONT": "Dupont et Fils", "MARTIN": "Martin Transports", "LEFEVRE": "Lefèvre SARL"}

Settled = dict[str, str]
Pay = Callable[..., Settled]


def ledger(invoices: dict[str, list[tuple[str, str]]], extra: str = "") -> list[data.Directive]:
    """Return a ledger with invoices, and with earlier receipts that tell two IBANs."""
    parts = [
        f'2026-01-05 * "{NAMES.get(debtor, debtor)}" "Invoice"\n'
        f"  Assets:Clients:{debtor}  {amount} EUR\n"
        f'    invoice: "{number}"\n'
        "  Income:Sales\n"
        for debtor, listed in invoices.items()
        for number, amount in listed
    ]
    for debtor, iban in (("DUPONT", DUPONT), ("MARTIN", MARTIN)):
        parts += [_paid_before(debtor, iban, f"P-{debtor}-{count}") for count in (1, 2)]
    entries, errors, _options = loader.load_string("\n".join(parts) + dedent(extra))
    assert not [e for e in errors if "Invalid reference" not in e.message]
    return entries


def _paid_before(debtor: str, iban: str, number: str) -> str:
    """Return an invoice and its payment, which tells whose IBAN that is."""
    return (
        f'2025-12-01 * "{NAMES[debtor]}" "Invoice"\n'
        f"  Assets:Clients:{debtor}  10.00 EUR\n"
        f'    invoice: "{number}"\n'
        "  Income:Sales\n\n"
        f'2025-12-30 * "Payment"\n'
        f'  counterparty-iban: "{iban}"\n'
        "  Assets:Bank:Shared  10.00 EUR\n"
        f"  Assets:Clients:{debtor}\n"
        f'    settles: "{number}"\n'
    )


def settlements(entries: list[data.Directive]) -> Settled:
    """Return what is settled, by number; other sides by account."""
    found: dict[str, Decimal] = {}
    for entry in entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                key = (posting.meta or {}).get("settles") or posting.account
                if key != "Assets:Bank:Shared" and posting.units and posting.units.number:
                    sign = -1 if "settles" in (posting.meta or {}) else 1
                    found[key] = found.get(key, Decimal(0)) + sign * posting.units.number
    return {key: str(amount) for key, amount in found.items()}


@pytest.fixture
def pay(books: Books) -> Pay:
    """Return what a bank's line settles; the entries are kept in `pay.entries`."""
    path = books.mapping_path
    path.write_text(path.read_text() + TERMS)

    def paying(
        amount: str,
        text: str = "VIREMENT",
        *,
        name: str | None = None,
        iban: str | None = None,
        invoices: dict[str, list[tuple[str, str]]] = INVOICES,
        extra: str = "",
        **more: str,
    ) -> Settled:
        entries = ledger(invoices, extra)
        given = {"counterparty": name, "counterparty_iban": iban, **more}
        known = {key: value for key, value in given.items() if value}
        receipt = line("2026-02-20", amount, text, **known)
        file = StatementFile("s.xml", "CAMT.053", (statement(receipt),))
        extracted = [e.entry for e in Booking(books.mapping(), entries).statements(file)][:-1]
        (matched,) = match_receipts([extracted], entries, books.mapping())
        paying.entries = matched  # type: ignore[attr-defined]
        total = sum(
            posting.units.number
            for entry in matched
            if isinstance(entry, data.Transaction)
            for posting in entry.postings
            if posting.units is not None and posting.units.number is not None
        )
        assert total == 0
        return settlements(matched)

    return paying


@pytest.fixture
def pay_all(books: Books) -> Callable[..., list[Settled]]:
    """Return what each of a statement's lines settles: DUPONT's payments, amount and text."""
    path = books.mapping_path
    path.write_text(path.read_text() + TERMS)

    def paying(
        *payments: tuple[str, str], invoices: dict[str, list[tuple[str, str]]] = INVOICES
    ) -> list[Settled]:
        entries = ledger(invoices)
        lines = [
            line(f"2026-02-{place:02d}", amount, text, counterparty_iban=DUPONT)
            for place, (amount, text) in enumerate(payments, 1)
        ]
        file = StatementFile("s.xml", "CAMT.053", (statement(*lines),))
        extracted = [e.entry for e in Booking(books.mapping(), entries).statements(file)][:-1]
        (matched,) = match_receipts([extracted], entries, books.mapping())
        return [settlements([entry]) for entry in matched]

    return paying


def last(pay: Pay) -> data.Transaction:
    entry = pay.entries[0]  # type: ignore[attr-defined]
    assert isinstance(entry, data.Transaction)
    return entry


WHOLE = {"F2026-0101": "1200.00"}


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("FACTURE F2026-0101", "number F2026-0101"),
        ("FACT F 2026 0101", "number written differently (F 2026 0101)"),
        ("FACT F20260101 MERCI", "number written differently (F20260101)"),
        ("F2026/101", "number without zeros or century (F2026/101)"),
        ("F26-0101", "number without zeros or century (F26-0101)"),
        ("F2O26-O1O1", "number misread (F2O26-O1O1)"),
        ("FACTURE 2026-0101", "number without letters (2026-0101)"),
        ("FACT 101 DU 05/01/2026", "end of the number (101)"),
    ],
)
def test_a_number_however_it_is_written(pay: Pay, text: str, how: str) -> None:
    assert pay("1200.00", text) == WHOLE
    assert last(pay).flag == "*"
    assert last(pay).meta["match"] == how
    assert Decimal("0.995") <= Decimal(last(pay).meta["confidence"]) < 1


@pytest.mark.parametrize(
    "text",
    [
        "FACTURES F2026-0101, 0102 ET 0105",
        "F2026-0101/102/105",
        "FACT 101 102 105",
        "F2026-0101 F2026-0102 F2026-0105",
    ],
)
def test_a_list_of_numbers(pay: Pay, text: str) -> None:
    expected = {"F2026-0101": "1200.00", "F2026-0102": "345.60", "F2026-0105": "78.12"}
    assert pay("1623.72", text, iban=DUPONT) == expected


@pytest.mark.parametrize("text", ["F2026-101 a 105", "F2026-0101 AU F2026-0105", "FACT 101 - 105"])
def test_a_range_is_the_payers_own_numbers_within_it(pay: Pay, text: str) -> None:
    expected = {"F2026-0101": "1200.00", "F2026-0102": "345.60", "F2026-0105": "78.12"}
    assert pay("1623.72", text, iban=DUPONT) == expected


def test_a_creditor_reference_names_its_invoice(pay: Pay) -> None:
    assert pay("1200.00", reference="RF28F20260101") == WHOLE
    assert pay("300.00", "RF28 F202 6010 1") == {"F2026-0101": "300.00"}
    # With other check digits it is a slip of the pen.
    assert "Assets:Suspense" in pay("300.00", "RF29F20260101")


def test_a_swiss_reference_that_the_invoice_asked_for(pay: Pay) -> None:
    asked = """
        2026-01-06 * "Huber AG" "Invoice"
          Assets:Clients:HUBER  99.00 EUR
            invoice: "S-77"
            reference: "21 00000 00003 13947 14300 09017"
          Income:Sales
        """
    assert pay("99.00", reference="210000000003139471430009017", extra=asked) == {"S-77": "99.00"}


def test_an_end_to_end_id_that_is_the_number(pay: Pay) -> None:
    assert pay("1200.00", end_to_end_id="F20260101") == WHOLE


def test_the_iban_of_earlier_receipts_and_the_amount(pay: Pay) -> None:
    assert pay("345.60", iban=DUPONT) == {"F2026-0102": "345.60"}
    assert pay("345.60", iban=MARTIN) == {"F2026-0103": "345.60"}
    assert last(pay).meta["match"] == "the amount, by IBAN"


@pytest.mark.parametrize("name", ["LEFEVRE", "SARL Lefèvre", "lefevre s.a.r.l."])
def test_a_name_and_the_amount(pay: Pay, name: str) -> None:
    assert pay("560.40", name=name) == {"F2026-0106": "560.40"}


def test_a_misspelt_name(pay: Pay) -> None:
    assert pay("560.40", name="MARTIN TRANSPOTS") == {"F2026-0104": "560.40"}


def test_a_name_in_the_text(pay: Pay) -> None:
    assert pay("560.40", "VIR DE MARTIN TRANSPORTS") == {"F2026-0104": "560.40"}


def test_the_sum_of_several_items_of_the_payer(pay: Pay) -> None:
    assert pay("423.72", iban=DUPONT) == {"F2026-0102": "345.60", "F2026-0105": "78.12"}


def test_a_credit_note_that_was_deducted_without_a_word(pay: Pay) -> None:
    credit = """
        2026-01-20 * "Dupont" "Credit note"
          Assets:Clients:DUPONT  -77.77 EUR
            credit-note: "A2026-0007"
          Income:Sales
        """
    paid = pay("1122.23", "F2026-0101", iban=DUPONT, extra=credit)
    assert paid == {"F2026-0101": "1200.00", "A2026-0007": "-77.77"}


def test_a_discount_is_a_reduction_of_its_own(pay: Pay) -> None:
    paid = pay("1176.00", "F2026-0101", iban=DUPONT)
    assert paid == {"F2026-0101": "1200.00", "Expenses:Discounts": "24.00"}
    receipt, reduction = pay.entries  # type: ignore[attr-defined]
    assert [p.account for p in reduction.postings] == [
        "Expenses:Discounts",
        "Assets:Clients:DUPONT",
    ]
    assert reduction.links < receipt.links


def test_charges_that_a_bank_took(pay: Pay) -> None:
    paid = pay("1186.50", "F2026-0101", iban=DUPONT)
    assert paid == {"F2026-0101": "1200.00", "Expenses:Bank": "13.50"}


@pytest.mark.parametrize(("amount", "missing"), [("1199.98", "0.02"), ("1200.03", "-0.03")])
def test_a_rounding(pay: Pay, amount: str, missing: str) -> None:
    paid = pay(amount, "F2026-0101", iban=DUPONT)
    assert paid == {"F2026-0101": "1200.00", "Expenses:Rounding": missing}


def test_a_part_payment_with_a_clear_number(pay: Pay) -> None:
    assert pay("500.00", "ACOMPTE F2026-0101", iban=DUPONT) == {"F2026-0101": "500.00"}


def test_a_part_and_what_is_left_less_charges_come_in_their_order(
    pay_all: Callable[..., list[Settled]],
) -> None:
    first, second = pay_all(("500.03", "FACT 101"), ("690.00", "F2026-0101"))
    assert first == {"F2026-0101": "500.03"}
    assert second == {"F2026-0101": "699.97", "Expenses:Bank": "9.97"}


def test_a_part_is_settled_though_one_of_many_receipts_in_doubt_fits_by_chance(
    pay_all: Callable[..., list[Settled]],
) -> None:
    unnamed = [(amount, "VIREMENT") for amount in ("11.11", "707.77", "13.13", "17.17", "19.19")]
    *others, part = pay_all(*unnamed, ("480.55", "F2026-0101"))
    assert all(set(other) == {"Assets:Suspense"} for other in others)
    assert part == {"F2026-0101": "480.55"}


def test_a_part_that_the_only_receipt_in_doubt_would_complete_waits(
    pay_all: Callable[..., list[Settled]],
) -> None:
    assert pay_all(("707.77", "VIREMENT"), ("480.55", "F2026-0101"))[1].keys() == {
        "Assets:Suspense"
    }


def test_a_round_amount_may_be_a_part_or_the_whole_less_charges(pay: Pay) -> None:
    invoices = {"DUPONT": [("F2026-0101", "309.53")]}
    assert pay("300.00", "F2026-0101", iban=DUPONT, invoices=invoices).keys() == {"Assets:Suspense"}
    assert pay("301.03", "F2026-0101", iban=DUPONT, invoices=invoices) == {
        "F2026-0101": "309.53",
        "Expenses:Bank": "8.50",
    }


def test_more_than_is_open_becomes_the_customers_credit(pay: Pay) -> None:
    assert pay("2050.00", "F2026-0110", name="Lefevre") == {
        "F2026-0110": "2000.00",
        "Assets:Clients:LEFEVRE": "-50.00",
    }


def test_somebody_else_pays_what_is_clearly_named(pay: Pay) -> None:
    assert pay("1200.00", "F2026-0101", name="Holding du Nord", iban="FR76999") == WHOLE


def test_a_slip_of_the_pen_in_the_number(pay: Pay) -> None:
    """Whose number it is by mistake owes another amount."""
    assert pay("1200.00", "F2026-1001", iban=DUPONT) == WHOLE


WAITING = [
    ("345.60", "VIREMENT", {}, "no open invoice named"),
    ("345.60", "F2026-0103", {"iban": DUPONT}, "F2026-0103 named, but F2026-0102 is open"),
    ("200.00", "F2026-0103", {"iban": DUPONT}, "not sure enough"),
    ("200.00", "F2026-0103", {"name": "Nobody we know"}, "not sure enough"),
    ("560.40", "TEL 0145560104", {"name": "Nobody we know"}, "no open invoice named"),
    ("999.00", "F2026-0101 F2026-0102", {"iban": DUPONT}, "together open"),
    ("5000.00", "F2026-0101", {"iban": DUPONT}, "1200.00 EUR is open"),
    ("345.60", "F2026-0999", {"iban": DUPONT}, "F20260999 named, which no document has"),
]


@pytest.mark.parametrize(("amount", "text", "payer", "reason"), WAITING)
def test_what_leaves_a_doubt_waits_with_its_reason(
    pay: Pay, amount: str, text: str, payer: dict[str, str], reason: str
) -> None:
    assert set(pay(amount, text, **payer)) == {"Assets:Suspense"}
    entry = last(pay)
    assert entry.flag == "!"
    assert reason in (entry.postings[1].meta or {})["reason"]
    assert not {"match", "confidence"} & entry.meta.keys()


def test_two_items_of_one_amount_are_candidates(pay: Pay) -> None:
    twice = {"DUPONT": [("F2026-0001", "120.00"), ("F2026-0002", "120.00")]}
    assert set(pay("120.00", iban=DUPONT, invoices=twice)) == {"Assets:Suspense"}
    meta = last(pay).postings[1].meta or {}
    assert meta["reason"] == "more than one explanation: F2026-0001 or F2026-0002"
    assert meta["candidate-1"] == "F2026-0001 (DUPONT; the amount, by IBAN)"
    assert meta["candidate-2"] == "F2026-0002 (DUPONT; the amount, by IBAN)"


def test_an_invoice_paid_already_is_not_replaced_by_its_like(pay: Pay) -> None:
    """The March rent twice is not the April rent."""
    rents = {"DUPONT": [("F2026-0301", "900.00"), ("F2026-0401", "900.00")]}
    paid = """
        2026-01-30 * "Payment"
          Assets:Bank:Shared  900.00 EUR
          Assets:Clients:DUPONT
            settles: "F2026-0301"
        """
    waiting = pay("900.00", "F2026-0301", iban=DUPONT, invoices=rents, extra=paid)
    assert set(waiting) == {"Assets:Suspense"}


def test_a_payment_of_the_factor_is_no_receipt(pay: Pay) -> None:
    assert set(pay("1200.00", "F2026-0101", name="Nobody")) == {"F2026-0101"}
    factor = pay("1200.00", "F2026-0101", name="NATIXIS FACTOR")
    assert "F2026-0101" not in factor


def test_the_search_for_sums_ends_and_says_so() -> None:
    begin = time.perf_counter()
    sums = combinations_of([100] * 140, 400)
    assert not sums.is_complete
    assert len(sums.found) < 200
    many = combinations_of(list(range(1000, 1140)), 4321)
    assert not many.is_complete
    huge = combinations_of(list(range(1, 100_000)), 77)
    assert not huge.is_complete
    assert huge.found[0] == (76,)
    assert time.perf_counter() - begin < 5


def test_a_receipt_of_a_customer_with_thousands_of_items_takes_no_time(pay: Pay) -> None:
    many = {"DUPONT": [(f"F2026-{n:05d}", f"{100 + n}.00") for n in range(3_000)]}
    begin = time.process_time()
    pay("777777.00", "SOLDE 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", iban=DUPONT, invoices=many)
    assert time.process_time() - begin < 20


def test_receipt_texts() -> None:
    receipt = Receipt(line("2026-01-01", "1.00").date, Decimal(1), "EUR", "a", reference="b")
    assert receipt.texts == ("a", "b")
