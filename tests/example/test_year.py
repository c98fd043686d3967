"""The simulated year has the proportions of the field, and adds up."""

from __future__ import annotations

import datetime
from collections import Counter
from collections import defaultdict

import pytest

from beancount_factoring.example.year import FIRST_DAY
from beancount_factoring.example.year import LAST_DAY
from beancount_factoring.example.year import Year
from beancount_factoring.example.year import simulate


@pytest.fixture(scope="module")
def year() -> Year:
    return simulate()


def test_same_seed_gives_the_same_year(year: Year) -> None:
    assert simulate() == year


def test_another_seed_gives_another_year(year: Year) -> None:
    assert simulate(1) != year


def test_documents_are_numbered_by_date_without_gaps(year: Year) -> None:
    for prefix, documents in (("F2025", year.invoices), ("AV2025", year.credit_notes)):
        numbers = [document.number for document in documents]
        assert numbers == [f"{prefix}-{n:04d}" for n in range(1, len(documents) + 1)]
        dates = [document.date for document in documents]
        assert dates == sorted(dates)
        assert dates[0] >= FIRST_DAY
        assert dates[-1] <= LAST_DAY


def test_eight_customers_make_four_fifths_of_the_turnover_and_one_nearly_a_third(
    year: Year,
) -> None:
    sales: Counter[str] = Counter()
    for invoice in year.invoices:
        sales[invoice.customer.code] += invoice.net
    largest = [amount / sales.total() for _, amount in sales.most_common(8)]
    assert 0.25 < largest[0] < 0.35
    assert 0.75 < sum(largest) < 0.85


def test_credit_notes_part_payments_and_late_payments_are_as_frequent_as_in_the_field(
    year: Year,
) -> None:
    payments: Counter[str] = Counter()
    delays = []
    for receipt in year.receipts:
        for invoice, _ in receipt.settled:
            payments[invoice.number] += 1
            # Large customers pay once a week, which is not late.
            if payments[invoice.number] == 1 and receipt.customer.share < 800:
                delays.append((receipt.date - invoice.due).days)
    count = len(year.invoices)
    assert 0.03 < len(year.credit_notes) / count < 0.06
    assert 0.07 < sum(1 for n in payments.values() if n > 1) / count < 0.12
    # Nor is a weekend after the due date.
    late = [days for days in delays if days > 2]
    assert 0.25 < len(late) / len(delays) < 0.35
    assert 10 < sum(late) / len(late) < 16


def test_no_invoice_is_credited_and_paid_beyond_its_amount(year: Year) -> None:
    left = {invoice.number: invoice.total for invoice in year.invoices}
    for note in year.credit_notes:
        assert note.credits is not None
        left[note.credits.number] -= note.total
    for receipt in year.receipts:
        for invoice, amount in receipt.settled:
            assert amount > 0
            assert receipt.date >= invoice.date
            left[invoice.number] -= amount
    assert all(amount >= 0 for amount in left.values())
    overdue = [i for i in year.invoices if left[i.number] and i.due < LAST_DAY]
    assert 5 <= len(overdue) <= 30


def test_a_credit_note_comes_after_its_invoice_and_before_the_first_payment(year: Year) -> None:
    first_payment: dict[str, datetime.date] = {}
    for receipt in year.receipts:
        for invoice, _ in receipt.settled:
            first_payment.setdefault(invoice.number, receipt.date)
    for note in year.credit_notes:
        assert note.credits is not None
        assert note.credits.date < note.date
        assert note.date < first_payment.get(note.credits.number, LAST_DAY.replace(year=9999))


def test_only_three_receipts_of_the_last_day_name_no_invoice(year: Year) -> None:
    unnamed = [receipt for receipt in year.receipts if not receipt.names_invoices]
    assert [receipt.date for receipt in unnamed] == [LAST_DAY] * 3


def test_some_transfers_pay_several_invoices_and_all_vat_rates_occur(year: Year) -> None:
    assert any(len(receipt.settled) > 1 for receipt in year.receipts)
    bases: dict[int, int] = defaultdict(int)
    for invoice in year.invoices:
        for vat in invoice.vat:
            bases[vat.rate] += vat.base
    assert set(bases) == {0, 55, 100, 200}
    assert max(bases, key=bases.__getitem__) == 200
