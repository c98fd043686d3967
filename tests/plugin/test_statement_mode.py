"""Draws and sweeps that the bank's statement brought: the plugin books the rest."""

from __future__ import annotations

from beancount_factoring.reports.source import report_source
from tests.conftest import Load
from tests.conftest import Loaded
from tests.ledger_text import bank_line
from tests.ledger_text import booked
from tests.ledger_text import invoice
from tests.ledger_text import payment
from tests.ledger_text import text
from tests.ledger_text import until

SHARED = "Assets:Bank:Shared"
CURRENT = "Assets:Factor:Current"
COLLECTIONS = "Liabilities:Factor:Collections"
ASSIGNED = invoice("2026-01-06", "F1", "1000.00") + invoice("2026-01-07", "F2", "500.00")


def loaded_with(load: Load, *parts: str, treatment: str = "derecognition") -> Loaded:
    loaded = load(
        ASSIGNED + "".join(parts) + until("2026-01-31"), source="statement", treatment=treatment
    )
    assert loaded.messages == []
    return loaded


def test_no_draw_transfer_or_sweep_is_generated(load: Load) -> None:
    loaded = loaded_with(load, payment("2026-01-14", "F1", "1000.00"))
    assert {txn.meta["factoring-event"] for txn in loaded.generated} == {
        "remittance",
        "collection",
    }


def test_a_draw_that_names_the_current_account_needs_nothing_more(load: Load) -> None:
    loaded = loaded_with(load, bank_line("2026-01-13", SHARED, "1500.00", CURRENT))
    assert booked(loaded, "draw") == ""
    assert loaded.balance(CURRENT) == 0


def test_a_draw_that_names_the_collections_account_is_moved_to_the_current_one(load: Load) -> None:
    loaded = loaded_with(load, bank_line("2026-01-13", SHARED, "1500.00", COLLECTIONS))
    assert booked(loaded, "draw") == text("""
        2026-01-13 draw
          Liabilities:Factor:Collections  1500.00 EUR
          Assets:Factor:Current  -1500.00 EUR
    """)
    assert loaded.balance(COLLECTIONS) == 0


def test_a_draw_may_reach_the_operating_account(load: Load) -> None:
    loaded = loaded_with(load, bank_line("2026-01-13", "Assets:Bank:Operating", "1500.00", CURRENT))
    assert loaded.balance(CURRENT) == 0


def test_a_sweep_that_names_the_collections_account_needs_nothing_more(load: Load) -> None:
    loaded = loaded_with(
        load,
        payment("2026-01-14", "F1", "1000.00"),
        bank_line("2026-01-15", SHARED, "-1000.00", COLLECTIONS),
    )
    assert booked(loaded, "sweep") == ""
    assert loaded.balance(COLLECTIONS) == 0


def test_a_sweep_that_names_the_current_account_is_moved_to_collections(load: Load) -> None:
    loaded = loaded_with(
        load,
        payment("2026-01-14", "F1", "1000.00"),
        bank_line("2026-01-15", SHARED, "-1000.00", CURRENT),
    )
    assert booked(loaded, "sweep") == text("""
        2026-01-15 sweep
          Liabilities:Factor:Collections  1000.00 EUR
          Assets:Factor:Current  -1000.00 EUR
    """)
    assert loaded.balance(COLLECTIONS) == 0
    assert loaded.balance(CURRENT) == 1500


def test_an_overpayment_swept_with_its_receipt_goes_to_the_current_account(load: Load) -> None:
    loaded = loaded_with(
        load,
        payment("2026-01-14", "F1", "1050.00"),
        bank_line("2026-01-15", SHARED, "-1050.00", COLLECTIONS),
    )
    assert booked(loaded, "sweep") == text("""
        2026-01-15 sweep
          Liabilities:Factor:Collections  -50.00 EUR
          Assets:Factor:Current  50.00 EUR
    """)
    assert loaded.balance(COLLECTIONS) == 0


def test_a_late_sweep_takes_what_it_missed(load: Load) -> None:
    loaded = loaded_with(
        load,
        payment("2026-01-14", "F1", "1000.00"),
        payment("2026-01-15", "F2", "500.00"),
        bank_line("2026-01-27", SHARED, "-1500.00", CURRENT),
    )
    assert booked(loaded, "sweep") == text("""
        2026-01-27 sweep
          Liabilities:Factor:Collections  1500.00 EUR
          Assets:Factor:Current  -1500.00 EUR
    """)


def test_a_split_sweep_takes_collections_first_and_the_rest_last(load: Load) -> None:
    loaded = loaded_with(
        load,
        payment("2026-01-14", "F1", "1050.00"),
        bank_line("2026-01-15", SHARED, "-700.00", CURRENT),
        bank_line("2026-01-16", SHARED, "-350.00", CURRENT),
    )
    assert booked(loaded, "sweep") == text("""
        2026-01-15 sweep
          Liabilities:Factor:Collections  700.00 EUR
          Assets:Factor:Current  -700.00 EUR
        2026-01-16 sweep
          Liabilities:Factor:Collections  300.00 EUR
          Assets:Factor:Current  -300.00 EUR
    """)
    assert loaded.balance(CURRENT) == 1550


def test_a_merged_sweep_takes_receipt_by_receipt_the_oldest_first(load: Load) -> None:
    loaded = loaded_with(
        load,
        payment("2026-01-14", "F1", "1050.00"),
        payment("2026-01-15", "F2", "500.00"),
        bank_line("2026-01-16", SHARED, "-1250.00", CURRENT),
    )
    # 1,000 in hand and a rest of 50 of the first receipt, then 200 of the second.
    assert booked(loaded, "sweep") == text("""
        2026-01-16 sweep
          Liabilities:Factor:Collections  1200.00 EUR
          Assets:Factor:Current  -1200.00 EUR
    """)
    assert loaded.balance(COLLECTIONS) == -300


def test_what_a_sweep_takes_beyond_all_receipts_goes_to_the_current_account(load: Load) -> None:
    loaded = loaded_with(
        load,
        payment("2026-01-14", "F1", "1000.00"),
        bank_line("2026-01-15", SHARED, "-1200.00", COLLECTIONS),
    )
    assert booked(loaded, "sweep") == text("""
        2026-01-15 sweep
          Liabilities:Factor:Collections  -200.00 EUR
          Assets:Factor:Current  200.00 EUR
    """)
    assert loaded.balance(CURRENT) == 1700


def test_a_bounce_met_on_the_way_adds_to_what_remains_of_a_sweep(load: Load) -> None:
    bounce = """
2026-01-15 * "DUPONT" "Bounced"
  Assets:Bank:Shared     -600.00 EUR
  Assets:Clients:DUPONT
    settles: "F1"
"""
    loaded = loaded_with(
        load,
        payment("2026-01-13", "F1", "600.00"),
        bank_line("2026-01-14", SHARED, "-600.00", CURRENT),
        bounce,
        payment("2026-01-16", "F1", "1000.00"),
        bank_line("2026-01-19", SHARED, "-400.00", CURRENT),
    )
    assert booked(loaded, "sweep").endswith(
        text("""
        2026-01-19 sweep
          Liabilities:Factor:Collections  400.00 EUR
          Assets:Factor:Current  -400.00 EUR
        """)
    )
    assert loaded.balance(COLLECTIONS) == 0


def test_a_sweep_ends_when_its_amount_is_used_up_and_leaves_a_bounce_alone(load: Load) -> None:
    loaded = loaded_with(
        load,
        payment("2026-01-13", "F1", "600.00"),
        """
2026-01-15 * "DUPONT" "Bounced"
  Assets:Bank:Shared     -600.00 EUR
  Assets:Clients:DUPONT
    settles: "F1"
""",
        bank_line("2026-01-16", SHARED, "-600.00", CURRENT),
    )
    assert booked(loaded, "sweep") == text("""
        2026-01-16 sweep
          Liabilities:Factor:Collections  600.00 EUR
          Assets:Factor:Current  -600.00 EUR
    """)
    assert loaded.balance(COLLECTIONS) == 600


def test_receipts_on_another_account_are_swept_from_there(load: Load) -> None:
    loaded = loaded_with(
        load,
        payment("2026-01-14", "F1", "1000.00"),
        payment("2026-01-14", "F2", "500.00", bank="Assets:Bank:Operating"),
        bank_line("2026-01-15", "Assets:Bank:Operating", "-500.00", CURRENT),
    )
    assert booked(loaded, "sweep") == text("""
        2026-01-15 sweep
          Liabilities:Factor:Collections  500.00 EUR
          Assets:Factor:Current  -500.00 EUR
    """)
    assert loaded.balance(COLLECTIONS) == -1000


def test_a_charge_the_factor_took_counts_as_it_stands(load: Load) -> None:
    loaded = loaded_with(
        load, bank_line("2026-01-15", "Expenses:Factoring:Charges", "20.00", CURRENT)
    )
    assert booked(loaded, "draw", "sweep") == ""
    assert loaded.balance(CURRENT) == 1480


def test_what_is_moved_between_the_factor_s_accounts_counts_as_it_stands_beside_a_bank_fee(
    load: Load,
) -> None:
    moved = f"""
2026-01-15 * "Bank" "A correction, and the fee for it"
  {SHARED}                       -5.00 EUR
  Expenses:Factoring:Charges      5.00 EUR
  {CURRENT}                     100.00 EUR
  {COLLECTIONS}                -100.00 EUR
"""
    loaded = loaded_with(load, moved)
    assert booked(loaded, "draw", "sweep") == ""
    (on,) = report_source(loaded.entries, loaded.options).on()
    position = on.books.position(on.day)
    assert on.amount(position.current_account) == loaded.balance(CURRENT) == 1600
    assert on.amount(position.collections_in_hand) == -loaded.balance(COLLECTIONS) == 100


def test_under_borrowing_the_bank_entries_need_nothing_more(load: Load) -> None:
    borrowing = "Liabilities:Factor:Borrowing"
    loaded = loaded_with(
        load,
        bank_line("2026-01-13", SHARED, "1500.00", borrowing),
        payment("2026-01-14", "F1", "1000.00"),
        bank_line("2026-01-15", SHARED, "-1000.00", borrowing),
        treatment="borrowing",
    )
    assert booked(loaded) == ""
    assert loaded.balance(borrowing) == -500
