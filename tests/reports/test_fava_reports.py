"""The reports that only Fava shows: waterfall, course, remittances, debtors, cost, near limits."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from beancount_factoring.reports.cost import cost_report
from beancount_factoring.reports.course import courses
from beancount_factoring.reports.course import month_ends
from beancount_factoring.reports.course import spread
from beancount_factoring.reports.debtors import debtor_report
from beancount_factoring.reports.position import position_report
from beancount_factoring.reports.remittances import remittance_documents
from beancount_factoring.reports.remittances import remittance_report
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource
from beancount_factoring.reports.source import report_source
from beancount_factoring.reports.todo import TodoKind
from beancount_factoring.reports.todo import todo_report
from beancount_factoring.reports.waterfall import waterfall
from tests.conftest import Load
from tests.ledger_text import credit_note
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import until

D = datetime.date
ALWAYS = datetime.date.min


def source_of(load: Load, text: str, terms: str = "") -> ReportSource:
    loaded = load(text, terms)
    assert loaded.messages == []
    return report_source(loaded.entries, loaded.options)


def on(source: ReportSource, day: datetime.date | None = None) -> ContractDay:
    (found,) = source.on(day)
    return found


def steps(load: Load, terms: str) -> dict[str, str]:
    text = invoice("2026-01-06", "F1", "1000.00") + until("2026-01-12")
    source = source_of(load, text, terms)
    found = waterfall(on(source), position_report(source, on(source)))
    for step in found:
        assert step.since - step.until == step.amount or step.kind.is_level
    return {step.reason or step.kind: str(step.amount) for step in found}


@pytest.mark.parametrize(
    ("terms", "between"),
    [
        ("guarantee_fund: {rate: 0.10}", {"guarantee_fund": "100.00"}),
        ("funding: {model: advance-rate, advance_rate: 0.80}", {"not_advanced": "200.00"}),
        (
            "guarantee_fund: {rate: 0.10}\nfunding: {ceiling: 850}",
            {"guarantee_fund": "100.00", "over_ceiling": "50.00"},
        ),
    ],
)
def test_the_way_from_the_outstanding_to_the_available(
    load: Load, terms: str, between: dict[str, str]
) -> None:
    found = steps(load, terms)
    capacity = Decimal(1000) - sum(map(Decimal, between.values()))
    assert found == {
        "outstanding": "1000.00",
        "eligible": "1000.00",
        **between,
        "capacity": f"{capacity:.2f}",
        "funds_in_use": "0.00",
        "available": f"{capacity:.2f}",
    }


def test_a_reason_is_a_step(load: Load) -> None:
    text = invoice("2026-01-06", "F1", "1000.00", due="2026-01-10") + until("2026-01-31")
    source = source_of(load, text, "eligibility: {overdue: 10}")
    found = waterfall(on(source), position_report(source, on(source)))
    assert [(step.reason, str(step.amount)) for step in found][1] == ("overdue", "1000.00")


def test_the_course_is_the_position_of_each_day(load: Load) -> None:
    text = (
        invoice("2026-01-06", "F1", "1000.00")
        + payment("2026-01-20", "F1", "400.00")
        + until("2026-02-15")
    )
    source = source_of(load, text, "guarantee_fund: {rate: 0.10}")
    days = spread(D(2026, 1, 5), D(2026, 2, 15), 100)
    (course,) = courses(source, D(2026, 2, 15), points=days, aged=month_ends(D(2026, 2, 15), 2))
    assert len(course.points) == len(days) == 42
    for point in course.points:
        report = position_report(source, on(source, point.day))
        assert (point.outstanding, point.available) == (report.outstanding, report.available)
    assert [day for day, _line in course.aged] == [D(2026, 1, 31), D(2026, 2, 15)]
    assert len(course.use) == 42


def test_days_are_spread_with_both_ends() -> None:
    days = spread(D(2026, 1, 1), D(2026, 12, 31), 80)
    assert len(days) <= 81
    assert {D(2026, 1, 1), D(2026, 12, 31)} <= days
    assert spread(D(2026, 1, 2), D(2026, 1, 1), 80) == frozenset()


def test_a_remittance_with_all_that_belongs_to_it(load: Load) -> None:
    text = (
        invoice("2026-01-06", "F1", "1000.00")
        + invoice("2026-01-07", "F2", "500.00")
        + credit_note("2026-01-12", "A1", "200.00", corrects="F1")
        + invoice("2026-01-13", "F3", "300.00")
        + until("2026-01-31")
    )
    terms = """
        guarantee_fund: {rate: 0.10}
        commission: {rate: 0.01, vat: 0.20}
        charges: [{name: fee, amount: 5, every: remittance, vat: 0.20}]
    """
    source = source_of(load, text, terms)
    first, second = remittance_report(on(source), ALWAYS)
    assert (first.documents, str(first.assigned), str(first.taken)) == (2, "1500.00", "0.00")
    assert (str(first.commission), str(first.charges), str(first.vat)) == ("15.00", "5.00", "4.00")
    assert str(first.guarantee) == "150.00"
    assert first.funding_date == D(2026, 1, 13)
    # On the funding date the credit note is in transit: less is drawn.
    assert str(first.drawn) == "1126.00"
    assert (str(second.assigned), str(second.taken), str(second.total)) == (
        "300.00",
        "-200.00",
        "100.00",
    )
    documents = remittance_documents(on(source), second.number)
    assert [(d.document, str(d.amount)) for d in documents] == [("F3", "300.00"), ("A1", "-200.00")]
    assert remittance_documents(on(source), "bpce/2099-01") == []


def test_a_debtors_days_to_pay_are_weighted_and_bounces_taken_out(load: Load) -> None:
    text = (
        invoice("2026-01-06", "F1", "1000.00")
        + payment("2026-01-16", "F1", "600.00")
        + payment("2026-01-26", "F1", "400.00")
        + payment("2026-01-28", "F1", "-400.00")
        + payment("2026-02-05", "F1", "200.00")
        + credit_note("2026-02-06", "A1", "50.00", corrects="F1")
        + until("2026-02-28")
    )
    (line,) = debtor_report(on(source_of(load, text)), ALWAYS)
    # 600 after 10 days, 200 after 30 days.
    assert line.days_to_pay == Decimal("15.0")
    assert line.credit_notes == Decimal("0.0500")
    assert (line.limit, line.use_of_limit) == (None, None)
    (later,) = debtor_report(on(source_of(load, text)), D(2026, 2, 1))
    assert later.days_to_pay == Decimal("30.0")
    assert later.credit_notes is None


def test_debtors_near_their_limit_or_the_concentration(load: Load) -> None:
    text = (
        invoice("2026-01-06", "F1", "801.00")
        + invoice("2026-01-06", "F2", "799.00", debtor="MARTIN")
        + until("2026-01-12")
    )
    terms = "eligibility: {concentration: 0.60, limits: {DUPONT: 1000, MARTIN: 1000}}"
    source = source_of(load, text, terms)
    near = [
        (todo.kind, todo.subject, str(todo.computed))
        for todo in todo_report(on(source))
        if todo.kind in {TodoKind.NEAR_LIMIT, TodoKind.NEAR_CONCENTRATION}
    ]
    assert near == [
        (TodoKind.NEAR_LIMIT, "DUPONT", "1000.00"),
        (TodoKind.NEAR_CONCENTRATION, "DUPONT", "960.00"),
        (TodoKind.NEAR_CONCENTRATION, "MARTIN", "960.00"),
    ]
    lines = debtor_report(on(source), ALWAYS)
    assert [str(line.use_of_limit) for line in lines] == ["0.8010", "0.7990"]


def test_what_was_given_back_does_not_raise_a_debtors_limit(load: Load) -> None:
    text = (
        invoice("2026-01-05", "F1", "1000.00")
        + invoice("2026-01-05", "F2", "500.00")
        + '2026-01-16 custom "factoring" "return" "bpce" "F2"\n'
        + until("2026-01-19")
    )
    terms = """
        guarantee_fund: {rate: 0.10}
        funding: {limit_basis: funded}
        eligibility: {limits: {default: 3000}}
    """
    source = source_of(load, text, terms)
    limits = [debtor_report(on(source, D(2026, 1, day)), ALWAYS)[0].limit for day in (15, 16)]
    # The limit and a tenth of what is open: of both invoices, then of the one that is left.
    assert limits == [Decimal("3150.00"), Decimal("3100.00")]


def test_the_yearly_rate_is_the_cost_to_each_days_funds(load: Load) -> None:
    text = invoice("2026-01-06", "F1", "1000.00") + until("2026-03-31")
    terms = "commission: {rate: 0.01, vat: 0.20}\ninterest: {margin: 0.0360, vat: 0}"
    source = source_of(load, text, terms)
    (course,) = courses(source, D(2026, 3, 31))
    report = cost_report(course.on, course.use, ALWAYS)
    used = sum(max(0, funds) for _day, funds in course.use)
    cost = report.total.commission + report.total.charges + report.total.interest
    assert report.total.cost == cost
    assert report.total.rate == (cost * 100 * 365 / used).quantize(Decimal("0.0001"))
    assert [line.month for line in report.months] == [D(2026, m, 1) for m in (1, 2, 3)]
    assert sum((line.vat for line in report.months), Decimal()) == report.total.vat
    (debtor,) = report.debtors
    assert (str(debtor.assigned), str(debtor.commission)) == ("1000.00", "10.00")
    assert report.not_of_debtors == cost - debtor.commission
