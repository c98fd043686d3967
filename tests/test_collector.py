"""The cyclic garbage collector rests during bulk work, and nothing is lost to it for good."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from beancount_factoring import collector
from beancount_factoring.collector import paused_collector
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Debtor
from tests.conftest import Load
from tests.ledger_text import invoice
from tests.ledger_text import payment


def set_aside() -> None:
    with paused_collector(set_aside=True):
        pass


class Cycle:
    """Something that refers to itself: only the collector can free it."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def _heap() -> Iterator[None]:
    gc.unfreeze()
    collector._Heap.is_aside = False
    yield
    gc.unfreeze()
    collector._Heap.is_aside = False
    gc.enable()


def test_the_collector_rests_and_is_left_as_it_was_found() -> None:
    with paused_collector():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()
    with paused_collector():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_a_load_sets_the_ledger_aside(load: Load) -> None:
    load(invoice("2026-01-06", "F1", "100.00"))
    assert gc.get_freeze_count() > 0


def test_a_second_load_gives_all_back(load: Load) -> None:
    load(invoice("2026-01-06", "F1", "100.00"))
    load(invoice("2026-01-06", "F2", "100.00"))
    assert gc.get_freeze_count() == 0


def test_what_is_made_beside_a_ledger_set_aside_is_walked_by_no_small_collection() -> None:
    set_aside()
    with paused_collector():
        made = [[number] for number in range(1000)]
    assert not any(each is made[0] for each in gc.get_objects(generation=0))
    assert gc.get_freeze_count() > len(made)


def test_a_cycle_that_was_set_aside_is_freed_after_the_next_load() -> None:
    cycle = Cycle()
    alive = weakref.ref(cycle)
    set_aside()
    del cycle
    gc.collect()
    assert alive() is not None
    set_aside()
    gc.collect()
    assert alive() is None


def test_what_has_no_cycle_is_freed_at_once_though_set_aside() -> None:
    plain = type("Plain", (), {})()
    alive = weakref.ref(plain)
    set_aside()
    del plain
    assert alive() is None


def test_a_contracts_books_are_freed_without_the_collector(load: Load) -> None:
    def held() -> int:
        gc.unfreeze()
        return sum(isinstance(each, Claim | Debtor) for each in gc.get_objects())

    gc.collect()
    gc.disable()
    before = held()
    load(
        invoice("2026-01-06", "F1", "100.00")
        + invoice("2026-01-07", "F2", "100.00")
        + payment("2026-01-13", "F1", "150.00")
    )
    assert held() == before


def test_nothing_is_set_aside_where_the_collector_is_off() -> None:
    gc.disable()
    set_aside()
    assert gc.get_freeze_count() == 0


def test_what_somebody_else_has_frozen_stays_frozen() -> None:
    gc.freeze()
    set_aside()
    assert gc.get_freeze_count() > 0
    set_aside()
    assert gc.get_freeze_count() > 0
