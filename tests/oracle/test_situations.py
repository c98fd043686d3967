"""Small named histories on which both implementations must agree, and what they must show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.oracle.compare import balance_differences
from tests.oracle.compare import load
from tests.oracle.compare import made_anew
from tests.oracle.compare import position_differences
from tests.oracle.compare import source_of
from tests.oracle.model import Case
from tests.oracle.model import Contract
from tests.oracle.model import Date
from tests.oracle.model import Event
from tests.oracle.model import Line
from tests.oracle.model import Txn
from tests.oracle.model import always
from tests.oracle.reference import every_day

START = Date(2026, 1, 5)


def day(number: int) -> Date:
    return Date.fromordinal(START.toordinal() + number)


def contract(**terms: object) -> Contract:
    return replace(Contract(start=START, every="declared"), **terms)  # type: ignore[arg-type]


def entry(number: int, other: str, *lines: Line) -> Txn:
    """Make an entry whose other side is one account."""
    return Txn(day(number), lines, ((other, -sum(line.amount for line in lines)),))


def invoice(number: str, *amounts: int) -> list[Line]:
    due = [day(30 * place + 30) for place in range(len(amounts))]
    return [
        Line("ALPHA", amount, invoice=number, due=when)
        for amount, when in zip(amounts, due, strict=True)
    ]


def settles(number: str, amount: int) -> Line:
    return Line("ALPHA", -amount, settles=number)


def commission_per_document_of_instalments() -> Case:
    terms = contract(per_document=always(1000))
    return Case(
        terms, (entry(0, "sales", *invoice("F1", 10000, 20000)),), (Event(day(1), "remit"),)
    )


def fund_of_instalments() -> Case:
    terms = contract(fund_rate=always(Fraction(1, 10)), fund_build="revolving")
    return Case(terms, (entry(0, "sales", *invoice("F1", 5, 5)),), (Event(day(1), "remit"),))


def default_of_instalments() -> Case:
    terms = contract(recourse=always(Fraction(1, 2)))
    events = (Event(day(1), "remit"), Event(day(2), "default", "F1"))
    return Case(terms, (entry(0, "sales", *invoice("F1", 5, 5)),), events)


def bounce_on_an_instalment_paid_before_the_remittance() -> Case:
    txns = (
        entry(0, "sales", *invoice("F1", 10000, 20000)),
        entry(1, "shared", settles("F1", 10000)),
        entry(9, "shared", settles("F1", -10000)),
    )
    return Case(contract(), txns, (Event(day(3), "remit"), Event(day(12), "remit")))


def bounce_on_an_instalment_paid_before_the_return() -> Case:
    txns = (
        entry(0, "sales", *invoice("F1", 10000, 20000)),
        entry(3, "shared", settles("F1", 10000)),
        entry(9, "shared", settles("F1", -10000)),
        entry(19, "fees", settles("F1", 3000)),
    )
    return Case(contract(), txns, (Event(day(1), "remit"), Event(day(5), "return", "F1")))


def bounce_on_an_instalment_paid_before_the_default() -> Case:
    terms = contract(recourse=always(Fraction(1, 2)))
    txns = (
        entry(0, "sales", *invoice("F1", 10000, 20000)),
        entry(3, "shared", settles("F1", 10000)),
        entry(9, "shared", settles("F1", -10000)),
        entry(19, "shared", settles("F1", 30000)),
    )
    return Case(terms, txns, (Event(day(1), "remit"), Event(day(5), "default", "F1")))


def refund_taken_back_after_the_close() -> Case:
    note = Line("ALPHA", -600, credit_note="A1")
    txns = (
        entry(0, "sales", *invoice("F1", 10000)),
        entry(0, "sales", note),
        entry(3, "sales", Line("ALPHA", 600, settles="A1")),
        entry(9, "sales", Line("ALPHA", -600, settles="A1")),
    )
    return Case(contract(), txns, (Event(day(1), "remit"), Event(day(5), "close")))


def bounce_after_the_close() -> Case:
    txns = (
        entry(0, "sales", *invoice("F1", 10000)),
        entry(3, "shared", settles("F1", 10000)),
        entry(9, "shared", settles("F1", -10000)),
        entry(19, "fees", settles("F1", 10000)),
    )
    return Case(contract(), txns, (Event(day(1), "remit"), Event(day(5), "close")))


def used_credit_note_in_a_statement_sweep() -> Case:
    terms = contract(source="statement")
    txns = (
        entry(0, "sales", *invoice("F1", 10000)),
        entry(0, "sales", Line("ALPHA", -600, credit_note="A1")),
        entry(2, "sales", *invoice("F2", 5000)),
        entry(3, "shared", settles("F2", 5000), Line("ALPHA", 600, settles="A1")),
        Txn(day(4), (), (("shared", -4400), ("current", 4400))),
        Txn(day(5), (), (("sales", 1), ("fees", -1))),
    )
    return Case(terms, txns, (Event(day(1), "remit"),))


def discount_in_a_statement_sweep() -> Case:
    terms = contract(source="statement")
    txns = (
        entry(0, "sales", *invoice("F1", 10000)),
        Txn(day(3), (settles("F1", 10000),), (("shared", 9800), ("discounts", 200))),
        Txn(day(4), (), (("shared", -9800), ("current", 9800))),
        entry(5, "shared", settles("F0", 5000)),
        Txn(day(6), (), (("shared", -5000), ("current", 5000))),
        entry(7, "sales", *invoice("F0", 5000)),
    )
    return Case(terms, txns, (Event(day(1), "remit"),))


def reduction_taken_back_costs_nothing() -> Case:
    terms = contract(commission_rate=always(Fraction(1, 100)))
    txns = (
        entry(0, "sales", *invoice("F1", 100000)),
        entry(2, "discounts", settles("F1", 50000)),
        entry(4, "discounts", settles("F1", -50000)),
    )
    remits = tuple(Event(day(number), "remit") for number in (1, 3, 5))
    return Case(terms, txns, remits)


def close_on_the_contract_years_last_day() -> Case:
    from tests.oracle.model import Charge

    charge = Charge("file", always(5000), "year", always(Fraction(0)))
    last = Date(2027, 1, 4)
    terms = contract(charges=(charge,), per_year=always(9000))
    txns = (entry(0, "sales", *invoice("F1", 10000)),)
    return Case(terms, txns, (Event(day(1), "remit"), Event(last, "close")))


def posting_on_the_collections() -> Case:
    terms = contract(reserve="posted")
    txns = (
        entry(0, "sales", *invoice("F1", 10000)),
        Txn(day(3), (), (("fees", 300), ("collections", -300))),
    )
    return Case(terms, txns, (Event(day(1), "remit"),))


def receipt_after_the_close_on_a_defaulted_document() -> Case:
    terms = contract(recourse=always(Fraction(1, 2)))
    txns = (
        entry(0, "sales", *invoice("F1", 10000)),
        entry(9, "shared", settles("F1", 8000)),
        Txn(day(20), (), (("sales", 1), ("fees", -1))),
    )
    events = (Event(day(1), "remit"), Event(day(3), "default", "F1"), Event(day(5), "close"))
    return Case(terms, txns, events)


def ceiling_before_the_start() -> Case:
    terms = contract(ceiling=always(100000))
    txns = (entry(-3, "sales", *invoice("F1", 10000)),)
    return Case(terms, txns, (Event(day(1), "remit"),))


def close_in_statement_mode() -> Case:
    terms = contract(source="statement")
    txns = (
        entry(0, "sales", *invoice("F1", 10000)),
        Txn(day(3), (), (("shared", 4000), ("current", -4000))),
        Txn(day(8), (), (("sales", 1), ("fees", -1))),
    )
    return Case(terms, txns, (Event(day(1), "remit"), Event(day(5), "close")))


def correction_beside_a_line_of_the_bank() -> Case:
    terms = contract(source="statement")
    corrected = (("shared", -5), ("fees", 5), ("current", 700), ("collections", -700))
    txns = (
        entry(0, "sales", *invoice("F1", 10000)),
        Txn(day(3), (), corrected),
        Txn(day(8), (), (("sales", 1), ("fees", -1))),
    )
    return Case(terms, txns, (Event(day(1), "remit"),))


def posting_on_the_current_account_before_the_start() -> Case:
    terms = contract(source="statement", base="funds-in-use", margin=always(Fraction(1, 10)))
    txns = (
        Txn(day(-9), (), (("shared", -30000), ("current", 30000))),
        Txn(day(-8), (), (("shared", 90000), ("current", -90000))),
        entry(0, "sales", *invoice("F1", 100000)),
        entry(40, "shared", settles("F1", 100000)),
    )
    return Case(terms, txns, (Event(day(1), "remit"),))


def credit_note_before_its_invoice() -> Case:
    note = Line("ALPHA", -600, credit_note="A1", credits="F1")
    txns = (
        entry(0, "sales", note),
        entry(1, "sales", *invoice("F0", 9000)),
        entry(4, "sales", *invoice("F1", 400, 100)),
    )
    return Case(contract(), txns, (Event(day(1), "remit"), Event(day(5), "remit")))


def bounce_before_the_invoice() -> Case:
    txns = (
        entry(1, "shared", settles("F1", 700)),
        entry(2, "shared", settles("F1", -200)),
        entry(4, "sales", *invoice("F1", 1000)),
    )
    return Case(contract(), txns, (Event(day(5), "remit"),))


def credit_note_used_beyond_its_amount() -> Case:
    txns = (
        entry(0, "sales", *invoice("F1", 10000)),
        entry(0, "sales", Line("ALPHA", -600, credit_note="A1")),
        entry(3, "operating", Line("ALPHA", 700, settles="A1")),
        entry(5, "operating", Line("ALPHA", -900, settles="A1")),
    )
    return Case(contract(), txns, (Event(day(1), "remit"), Event(day(4), "remit")))


def two_figures_of_interest_on_one_day() -> Case:
    figures = (Event(day(9), "interest", amount=300), Event(day(9), "interest", amount=500))
    txns = (entry(0, "sales", *invoice("F1", 10000)),)
    return Case(contract(), txns, (Event(day(1), "remit"), *figures))


def limits_before_the_start_and_after_the_close() -> Case:
    txns = (entry(-5, "sales", *invoice("F1", 10000)), entry(20, "sales", *invoice("F2", 100)))
    limits = [Event(day(n), "limit", "ALPHA", 4000 + n) for n in (-9, -2, 3, 12)]
    return Case(contract(), txns, (Event(day(1), "remit"), *limits, Event(day(8), "close")))


def draw_asked_for_where_the_bank_says_what_is_drawn() -> Case:
    terms = contract(source="statement", draw="requested")
    txns = (
        entry(0, "sales", *invoice("F1", 10000)),
        Txn(day(4), (), (("shared", 5000), ("current", -5000))),
    )
    asked = Event(day(3), "draw", amount=99999)
    return Case(terms, txns, (Event(day(1), "remit"), asked))


def remittance_with_nothing_to_take() -> Case:
    from tests.oracle.model import Charge

    charge = Charge("file", always(5000), "remittance", always(Fraction(0)))
    txns = (
        entry(0, "sales", *invoice("F1", 10000)),
        # Neither lowers or raises F1: no reduction stands against it, and later it is paid.
        entry(3, "discounts", settles("F1", -600)),
        entry(6, "shared", settles("F1", 10000)),
        entry(7, "sales", Line("ALPHA", -600, credit_note="A1", credits="F1")),
    )
    remits = tuple(Event(day(number), "remit") for number in (1, 5, 9))
    return Case(contract(charges=(charge,)), txns, remits)


def credit_note_used_up_before_the_start_and_given_back_after_it() -> Case:
    note = Line("ALPHA", -600, credit_note="A1")
    txns = (
        entry(-9, "sales", *invoice("F1", 10000)),
        entry(-8, "sales", note),
        entry(-5, "operating", Line("ALPHA", 600, settles="A1")),
        entry(3, "operating", Line("ALPHA", -600, settles="A1")),
    )
    return Case(contract(), txns, (Event(day(1), "remit"), Event(day(5), "remit")))


def more_than_an_early_payment_bounces_before_the_invoice() -> Case:
    txns = (
        entry(1, "shared", settles("F1", 700)),
        entry(1, "shared", settles("F0", 50)),
        entry(2, "shared", settles("F1", -900)),
        entry(4, "sales", *invoice("F1", 300)),
        entry(4, "sales", *invoice("F0", 80)),
    )
    return Case(contract(), txns, (Event(day(5), "remit"),))


def part_of_an_early_overpayment_bounces_before_the_invoice() -> Case:
    txns = (
        entry(1, "shared", settles("F1", 700)),
        entry(2, "shared", settles("F1", -500)),
        entry(4, "sales", *invoice("F1", 600)),
    )
    return Case(contract(), txns, (Event(day(5), "remit"),))


SITUATIONS = (
    credit_note_used_up_before_the_start_and_given_back_after_it,
    more_than_an_early_payment_bounces_before_the_invoice,
    part_of_an_early_overpayment_bounces_before_the_invoice,
    remittance_with_nothing_to_take,
    correction_beside_a_line_of_the_bank,
    posting_on_the_current_account_before_the_start,
    credit_note_before_its_invoice,
    bounce_before_the_invoice,
    credit_note_used_beyond_its_amount,
    two_figures_of_interest_on_one_day,
    limits_before_the_start_and_after_the_close,
    draw_asked_for_where_the_bank_says_what_is_drawn,
    commission_per_document_of_instalments,
    fund_of_instalments,
    default_of_instalments,
    bounce_on_an_instalment_paid_before_the_remittance,
    bounce_on_an_instalment_paid_before_the_return,
    bounce_on_an_instalment_paid_before_the_default,
    refund_taken_back_after_the_close,
    bounce_after_the_close,
    used_credit_note_in_a_statement_sweep,
    discount_in_a_statement_sweep,
    reduction_taken_back_costs_nothing,
    close_on_the_contract_years_last_day,
    posting_on_the_collections,
    receipt_after_the_close_on_a_defaulted_document,
    ceiling_before_the_start,
    close_in_statement_mode,
)


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("treatment", ["derecognition", "borrowing"])
def test_both_agree(situation: Callable[[], Case], treatment: str, tmp_path: Path) -> None:
    case = situation()
    borrowing = treatment == "borrowing"
    if borrowing and any(txn.on("collections") for txn in case.txns):
        pytest.skip("the history posts on an account that the other treatment does not have")
    role = "borrowing" if borrowing else "current"
    txns = tuple(
        replace(
            txn,
            others=tuple((role if name == "current" else name, what) for name, what in txn.others),
        )
        for txn in case.txns
    )
    case = Case(replace(case.contract, treatment=treatment), txns, case.events)
    expected = every_day(case)
    loaded = load(case, tmp_path)
    assert [error.message for error in loaded.errors] == []
    found = [str(found) for found in balance_differences(case, loaded, expected)]
    source = source_of(loaded)
    anew = made_anew(source, sorted(expected))
    found += [str(f) for f in position_differences(case, source, expected, anew)]
    assert found == []
