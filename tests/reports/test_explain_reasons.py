"""Why a debtor's documents are not funded in full: each text has what the figure is made of."""

from __future__ import annotations

from tests.conftest import ACCOUNTS
from tests.conftest import Load
from tests.ledger_text import credit_note
from tests.ledger_text import invoice
from tests.ledger_text import line_of
from tests.ledger_text import payment
from tests.ledger_text import text
from tests.ledger_text import until
from tests.reports.ledgers import DURAND
from tests.reports.ledgers import EVENTFUL
from tests.reports.ledgers import TERMS
from tests.reports.told import TWO
from tests.reports.told import terms_of
from tests.reports.told import told
from tests.reports.told import written


def test_the_reasons_say_why_and_where(load: Load) -> None:
    loaded = load(EVENTFUL, TERMS, accounts=ACCOUNTS + DURAND)
    disputed = told(loaded, "ineligible.disputed", "2026-01-23")
    assert written(disputed.terms) == "4000.00 2026-01-06 F2: disputed since 2026-01-14"
    assert [place.line for place in disputed.terms[0].places] == [line_of(loaded, '"dispute"')]
    assert written(told(loaded, "ineligible.overdue").terms) == (
        "290.00 2026-01-05 F1: due 2026-01-10, funded through 2026-02-09 (30 days after)"
    )
    assert written(told(loaded, "ineligible.unallocated").terms) == text("""
        50.00 DUPONT: 50.00 of credits settle no document; before that 3100.00 eligible: 3390.00\
 open less 290.00 overdue
          50.00 2026-01-28 F7: of 1100.00 open
    """)
    limit = told(loaded, "ineligible.over_limit")
    assert written(limit.terms) == text("""
        550.00 DUPONT: a limit of 2500.00; before that 3050.00 eligible: 3390.00 open less\
 290.00 overdue, 50.00 of credits that settle no document
          550.00 2026-01-28 F7: of 1100.00 open less 50.00 of credits that settle no document,\
 under today's limit, 2000.00 of it used by documents before
    """)
    assert [place.key for place in limit.terms[0].places] == ["eligibility.limits.DUPONT"]


def test_a_cut_limit_bites_only_on_what_is_remitted_after_it(load: Load) -> None:
    ledger = (
        '\n2026-01-05 custom "factoring" "limit" "bpce" Assets:Clients:DUPONT 800 EUR\n'
        + TWO
        + '\n2026-01-20 custom "factoring" "limit" "bpce" Assets:Clients:DUPONT 300 EUR\n'
        + until("2026-01-31")
    )
    loaded = load(ledger)
    limit = told(loaded, "ineligible.over_limit")
    assert written(limit.terms) == text("""
        700.00 DUPONT: a limit of 300.00; before that 1500.00 eligible
          200.00 2026-01-06 F1: of 1000.00 open, under the higher limit of its remittance, 800.00
          500.00 2026-01-07 F2: of 500.00 open, under the higher limit of its remittance, 800.00,\
 800.00 of it used by documents before
    """)
    (debtor,) = limit.terms
    assert [place.line for place in debtor.places] == [line_of(loaded, '"limit"', last=True)]
    assert debtor.terms[0].places[1].line == line_of(loaded, '"limit"')


def test_concentration_names_the_largest_share(load: Load) -> None:
    other = invoice("2026-01-07", "F3", "1500.00", debtor="MARTIN")
    ledger = invoice("2026-01-06", "F1", "500.00") + other + until("2026-01-09")
    terms = "eligibility: {concentration: 40 %}"
    assert terms_of(load, ledger, terms, "ineligible.concentration") == text("""
        700.00 MARTIN: more than 40.00 % of outstanding 2000.00, 800.00; before that 1500.00\
 eligible
          700.00 2026-01-07 F3: of 1500.00 open
    """)


def test_a_limit_on_what_is_funded_is_raised_by_the_fund_s_share(load: Load) -> None:
    terms = """
        guarantee_fund: {rate: 10 %}
        funding: {limit_basis: funded}
        eligibility: {limits: {DUPONT: 800}}
    """
    ledger = invoice("2026-01-06", "F1", "1150.00") + until("2026-01-09")
    loaded = load(ledger, terms)
    limit = told(loaded, "ineligible.over_limit")
    assert written(limit.terms) == text("""
        235.00 DUPONT: a limit of 800.00 raised by 10.00 % of 1150.00 open: 915.00; before that\
 1150.00 eligible
          235.00 2026-01-06 F1: of 1150.00 open, under today's limit
    """)
    assert [place.key for place in limit.terms[0].places] == [
        "eligibility.limits.DUPONT",
        "funding.limit_basis",
        "guarantee_fund.rate",
    ]


def test_under_an_advance_rate_such_a_limit_is_divided_by_it(load: Load) -> None:
    terms = """
        funding: {model: advance-rate, advance_rate: 80 %, limit_basis: funded}
        eligibility: {limits: {DUPONT: 800}}
    """
    ledger = invoice("2026-01-06", "F1", "1150.00") + until("2026-01-09")
    assert terms_of(load, ledger, terms, "ineligible.over_limit") == text("""
        150.00 DUPONT: a limit of 800.00 divided by the advance rate of 80.00 %: 1000.00; before\
 that 1150.00 eligible
          150.00 2026-01-06 F1: of 1150.00 open, under today's limit
    """)


def test_an_unused_credit_note_is_named_before_a_limit(load: Load) -> None:
    ledger = TWO + credit_note("2026-01-12", "A9", "200.00") + until("2026-01-13")
    loaded = load(ledger, "eligibility: {limits: {DUPONT: 800}}")
    limit = told(loaded, "ineligible.over_limit")
    assert written(limit.terms) == text("""
        500.00 DUPONT: a limit of 800.00; before that 1300.00 eligible: 1500.00 open less 200.00\
 of unused credit notes (A9)
          200.00 2026-01-06 F1: of 1000.00 open, under today's limit
          300.00 2026-01-07 F2: of 500.00 open less 200.00 of unused credit notes, under today's\
 limit, 800.00 of it used by documents before
    """)
    assert limit.terms[0].places[1].line == line_of(loaded, "Credit note A9")


def test_what_a_limit_took_is_off_before_the_largest_share(load: Load) -> None:
    ledger = (
        TWO
        + invoice("2026-01-07", "F3", "500.00", debtor="MARTIN")
        + '\n2026-01-08 custom "factoring" "dispute" "bpce" "F1"\n'
        + invoice("2026-01-08", "F4", "700.00")
        + credit_note("2026-01-12", "A9", "200.00")
        + until("2026-01-13")
    )
    terms = "eligibility: {concentration: 30 %, limits: {DUPONT: 900}}"
    assert terms_of(load, ledger, terms, "ineligible.concentration") == text("""
        150.00 DUPONT: more than 30.00 % of outstanding 2500.00, 750.00; before that 900.00\
 eligible: 2200.00 open less 1000.00 disputed, 200.00 of unused credit notes (A9), 100.00 over the\
 limit
          150.00 2026-01-08 F4: of 700.00 open less 200.00 of unused credit notes, 100.00 over the\
 limit
    """)


def test_what_was_paid_on_a_later_invoice_is_a_credit_with_its_line(load: Load) -> None:
    ledger = (
        TWO
        + payment("2026-01-12", "F7", "70.00")
        + until("2026-01-13")
        + invoice("2026-01-20", "F7", "70.00")
    )
    loaded = load(ledger)
    loose = told(loaded, "ineligible.unallocated", "2026-01-13")
    assert written(loose.terms) == text("""
        70.00 DUPONT: 70.00 of credits settle no document; before that 1500.00 eligible
          70.00 2026-01-07 F2: of 500.00 open
    """)
    assert [p.line for p in loose.terms[0].places] == [line_of(loaded, "Payment of F7")]
