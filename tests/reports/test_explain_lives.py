"""A document's life ends with what the books hold of it, in every history."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from beancount_factoring.engine.books import FactorBooks
from beancount_factoring.engine.followed import FollowedBooks
from beancount_factoring.engine.history import DocumentKind
from beancount_factoring.engine.life import Happening
from beancount_factoring.engine.life import Step
from beancount_factoring.engine.trace import Trace
from beancount_factoring.reports.explain_document import DocumentLife
from beancount_factoring.reports.explain_document import document_life
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import report_source
from tests.oracle.compare import load as load_case
from tests.oracle.histories import whole

SEEDS = range(10)
SAMPLE = int(os.environ.get("ORACLE_EVERY", "0")) or 6
# What changes neither what is owed nor what the factor holds.
STILL = {Happening.DISPUTED, Happening.RESOLVED, Happening.RESERVED}


def wrong_end(on: ContractDay, life: DocumentLife) -> Iterator[str]:
    """Name where a life's last step differs from the books."""
    claims = on.books.state.items.named(life.document)
    last = life.steps[-1]
    wanted = {
        "open": sum(claim.open for claim in claims),
        "factor": sum(claim.line for claim in claims),
        "in_hand": sum(claim.in_hand for claim in claims),
        "doubtful": sum(claim.doubtful for claim in claims),
    }
    if claims[0].document.credits is None:
        wanted["in_transit"] = sum(claim.in_transit for claim in claims)
    for name, units in wanted.items():
        if getattr(last, name) != on.amount(units):
            yield f"{life.document}: {name} {getattr(last, name)}, not {on.amount(units)}"


def wrong_steps(life: DocumentLife) -> Iterator[str]:
    """Name the steps that do not follow from the one before: each cent goes somewhere."""
    before = {"open": Decimal(), "factor": Decimal(), "in_hand": Decimal()}
    is_invoice = life.type is DocumentKind.INVOICE
    for step in life.steps:
        now = {key: getattr(step, key) for key in before}
        where = f"{life.document} {step.date} {step.event}"
        moved = {key: now[key] - before[key] for key in before}
        if step.event in STILL and any(moved.values()):
            yield f"{where}: moves {moved}"
        if step.event is Happening.SWEPT and moved["factor"] != moved["in_hand"]:
            yield f"{where}: swept {moved}"
        if step.event is Happening.REMITTED and moved["factor"] != step.amount:
            yield f"{where}: {step.amount} remitted, {moved}"
        if step.event is Happening.RECEIVED and moved["open"] != -step.amount:
            yield f"{where}: {step.amount} received, {moved}"
        if step.event in {Happening.RETURNED, Happening.DEFAULTED} and (
            moved["factor"] != -step.amount or moved["open"]
        ):
            yield f"{where}: {step.amount} given back, {moved}"
        before = now
    days = [step.date for step in life.steps]
    if days != sorted(days):
        yield f"{life.document}: not day by day"
    if is_invoice and all(step.event is not Happening.BOOKED for step in life.steps):
        yield f"{life.document}: never booked"


def followed(on: ContractDay, number: str) -> list[Step]:
    """Follow a document through what its own books and the recorded events say."""
    trace = Trace(number, lambda record, items: FollowedBooks(on.books, number, record, items))
    return trace.run(on.day).steps


def followed_through_all(on: ContractDay, number: str) -> list[Step]:
    """Follow a document through the books of all documents, run anew."""
    contract, history = on.contract, on.books.history
    trace = Trace(number, lambda record, items: FactorBooks(contract, history, record, items))
    return trace.run(on.day).steps


@pytest.mark.parametrize("seed", SEEDS)
def test_a_life_ends_with_what_the_books_hold(seed: int, tmp_path: Path) -> None:
    loaded = load_case(whole(seed), tmp_path)
    assert loaded.errors == []
    source = report_source(loaded.entries, loaded.options)
    (on,) = source.on()
    numbers = sorted({d.number for d in on.books.history.documents if d.number is not None})
    known = {entry.meta["factoring-id"] for entry in source.entries if "factoring-id" in entry.meta}
    for number in random.Random(seed).sample(numbers, min(len(numbers), SAMPLE)):
        life = document_life(source, on, number)
        assert followed(on, number) == followed_through_all(on, number)
        assert [*wrong_end(on, life), *wrong_steps(life)] == []
        assert {key for step in life.steps for key in step.transactions} <= known
