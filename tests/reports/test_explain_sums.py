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
    return [
        wrong
        for day in sampled_days(case)
        for on in source.on(day)
        for wrong in wrong_in(source, on)
    ]


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
