"""Every explanation is the position's figure, and its terms add up to it, to the cent."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from beancount import loader

from beancount_factoring.example import write_example
from beancount_factoring.importers.run import run_import
from beancount_factoring.importers.run import write_entries
from beancount_factoring.reports.explain import KEYS
from beancount_factoring.reports.explain import explanation
from beancount_factoring.reports.explain_terms import Explanation
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.position import position_report
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource
from beancount_factoring.reports.source import report_source
from tests.conftest import Load
from tests.ledger_text import credit_note
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import until
from tests.oracle.compare import load as load_case
from tests.oracle.contracts import whole_contract
from tests.oracle.histories import straight
from tests.oracle.histories import whole
from tests.oracle.model import Case

SEEDS = range(16)


def positions(source: ReportSource, on: ContractDay) -> dict[str, Decimal | None]:
    """Return the position's amounts by the keys of `explain`."""
    report = position_report(source, on)
    reasons = {f"ineligible.{reason}": amount for reason, amount in report.ineligible.items()}
    whole_of_it: dict[str, Decimal | None] = {"ineligible": sum(reasons.values(), Decimal())}
    return (
        {key: getattr(report, key) for key in KEYS if not key.startswith("ineligible")}
        | reasons
        | whole_of_it
    )


def wrong_sums(terms: Iterable[Term], amount: Decimal | None, where: str) -> Iterator[str]:
    """Name each sum, at whatever depth, whose terms do not add up to it."""
    terms = tuple(terms)
    found = [term.amount for term in terms if term.amount is not None]
    if amount is not None and sum(found) != amount:
        yield f"{where}: {amount} is explained by {sum(found)}"
    for term in terms:
        if term.terms:
            yield from wrong_sums(term.terms, term.amount, f"{where} / {term.text}")


def wrong_in(source: ReportSource, on: ContractDay) -> Iterator[str]:
    """Name what is wrong in the explanations of a day: amounts, sums, places, transactions."""
    shown = positions(source, on)
    known = {
        entry.meta["factoring-id"]: entry.date
        for entry in source.entries
        if "factoring-id" in entry.meta
    }
    for key in KEYS:
        told = explanation(source, on, key)
        where = f"{on.contract.name} {on.day} {key}"
        if told.amount != shown[key]:
            yield f"{where}: {told.amount} is explained, {shown[key]} shown"
        yield from wrong_sums(told.terms, told.amount, where)
        if told.check:
            yield from wrong_sums(told.check, told.amount, f"{where} (check)")
        for term in leaves(told):
            for identifier in term.transactions:
                if known.get(identifier) != term.date:
                    yield f"{where}: {identifier} is no transaction of {term.date}"
            for place in term.places:
                if place.line < 1 or not is_file(place.filename):
                    yield f"{where}: {place} is nowhere"


@cache
def is_file(name: str) -> bool:
    return Path(name).is_file()


def leaves(told: Explanation) -> Iterator[Term]:
    def below(terms: Iterable[Term]) -> Iterator[Term]:
        for term in terms:
            yield term
            yield from below(term.terms)

    yield from below(told.terms)
    yield from below(told.check)


def wrong_on(source: ReportSource, days: Iterable[datetime.date]) -> list[str]:
    """Name what is wrong in the explanations of several days."""
    return [wrong for day in days for on in source.on(day) for wrong in wrong_in(source, on)]


def sampled_days(case: Case) -> list[datetime.date]:
    """Return a day before the start, some of the contract's life, the last and a later one."""
    start, last = case.contract.start, case.horizon
    step = max(1, (last - start).days // 4)
    days = [start + datetime.timedelta(days=n) for n in range(-1, (last - start).days, step)]
    return [*days, last, last + datetime.timedelta(days=40)]


def wrong_in_case(case: Case, folder: Path) -> list[str]:
    loaded = load_case(case, folder)
    assert loaded.errors == []
    source = report_source(loaded.entries, loaded.options)
    return wrong_on(source, sampled_days(case))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_terms_of_a_whole_life_add_up(seed: int, tmp_path: Path) -> None:
    assert wrong_in_case(whole(seed), tmp_path) == []


@pytest.mark.parametrize("seed", SEEDS[:5])
def test_the_terms_of_the_straight_road_add_up(seed: int, tmp_path: Path) -> None:
    assert wrong_in_case(straight(seed), tmp_path) == []


def test_the_histories_have_every_kind_of_contract() -> None:
    kinds: Counter[Any] = Counter()
    for seed in SEEDS:
        # As `whole` draws it.
        contract = whole_contract(random.Random(f"whole {seed}"))
        kinds.update((contract.treatment, contract.model, contract.fund_build, contract.source))
        kinds[contract.reserve] += 1
    assert kinds.keys() >= {
        *("derecognition", "borrowing", "guarantee-fund", "advance-rate"),
        *("ratio", "revolving", "ceiling", "generated", "statement", "posted", "memo"),
    }


def test_the_terms_of_the_example_s_year_add_up(tmp_path: Path) -> None:
    ledger = tmp_path / "demo" / "main.beancount"
    write_example(ledger.parent)
    run = run_import(ledger, [ledger.parent / "documents"])
    write_entries(run.into, run.entries)
    entries, errors, options = loader.load_file(str(ledger))
    assert errors == []
    source = report_source(entries, options)
    for day in (datetime.date(2026, 3, 31), None):
        (on,) = source.on(day)
        assert list(wrong_in(source, on)) == []


INVOICES = (
    invoice("2026-01-06", "F1", "1000.00", due="2026-01-12")
    + invoice("2026-01-12", "F2", "500.00")
    + invoice("2026-01-13", "F3", "300.00", debtor="MARTIN")
)
MISTAKES = {
    "two remittances of one number": """
2026-01-09 custom "factoring" "remit" "bpce"
  number: "R-1"
2026-01-16 custom "factoring" "remit" "bpce"
  number: "R-1"
  commission: 9.00 EUR
""",
    "two remittances on one day": 2
    * """
2026-01-09 custom "factoring" "remit" "bpce"
  commission: 9.00 EUR
""",
    "a resolve before, a second dispute after the dispute": """
2026-01-07 custom "factoring" "resolve" "bpce" "F1"
2026-01-08 custom "factoring" "dispute" "bpce" "F1"
2026-01-09 custom "factoring" "dispute" "bpce" "F1"
""",
    "settlements of what is not there": payment("2026-01-13", "F9", "70.00")
    + payment("2026-01-14", "F1", "80.00", debtor="MARTIN"),
    "a credit note used before its date, and one that names no invoice": (
        payment("2026-01-10", "A1", "-60.00")
        + credit_note("2026-01-14", "A1", "100.00")
        + credit_note("2026-01-14", "A2", "30.00", corrects="F9")
    ),
    "a credit note on a default, and a return of it": """
2026-01-14 custom "factoring" "default" "bpce" "F1"
2026-01-15 custom "factoring" "return" "bpce" "F1"
"""
    + credit_note("2026-01-16", "A1", "100.00", corrects="F1"),
    "a close before the start, a second one, and a return after it": """
2026-01-02 custom "factoring" "close" "bpce"
2026-01-20 custom "factoring" "close" "bpce"
2026-01-20 custom "factoring" "close" "bpce"
2026-01-22 custom "factoring" "return" "bpce" "F1"
""",
    "a number twice": invoice("2026-01-14", "F1", "40.00"),
    "a number of two debtors": invoice("2026-01-14", "F1", "40.00", debtor="MARTIN"),
    "tenths of a cent": payment("2026-01-13", "F1", "70.005"),
    "a draw that the contract does not ask for": """
2026-01-13 custom "factoring" "draw" "bpce" 5000.00 EUR
""",
}


@pytest.mark.parametrize("build", ["ratio", "revolving", "ceiling"])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_terms_add_up_where_the_ledger_has_errors(load: Load, mistake: str, build: str) -> None:
    terms = f"""
        guarantee_fund: {{rate: 10 %, build: {build}, ceiling: 160}}
        commission: {{rate: 1 %, vat: 20 %}}
        interest: {{margin: 2 %, vat: 0}}
        eligibility: {{overdue: 5, limits: {{DUPONT: 900}}, concentration: 70 %}}
    """
    loaded = load(INVOICES + MISTAKES[mistake] + until("2026-02-03"), terms)
    assert loaded.messages
    source = report_source(loaded.entries, loaded.options)
    start = datetime.date(2026, 1, 1)
    assert wrong_on(source, (start + datetime.timedelta(days=3 * n) for n in range(13))) == []
