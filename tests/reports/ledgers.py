"""A ledger in which customers and factor do everything, for reports to be held against."""

from __future__ import annotations

EVENTFUL = """
    2026-01-01 custom "factoring" "index" "EURIBOR3M" 3.60

    2026-01-02 * "DUPONT" "Before the contract"
      Assets:Clients:DUPONT         800.00 EUR
        invoice: "F0"
        due: 2026-01-20
      Income:Sales

    2026-01-05 * "DUPONT" "Two instalments"
      Assets:Clients:DUPONT        1000.00 EUR
        invoice: "F1"
        due: 2026-01-10
      Assets:Clients:DUPONT        2000.00 EUR
        invoice: "F1"
        due: 2026-02-10
      Income:Sales

    2026-01-06 * "MARTIN" "Invoice"
      Assets:Clients:MARTIN        5000.00 EUR
        invoice: "F2"
        due: 2026-01-16
      Income:Sales

    2026-01-07 * "DURAND" "Invoice of a debtor who is never assigned"
      Assets:Clients:DURAND         300.00 EUR
        invoice: "F3"
      Income:Sales

    2026-01-08 * "MARTIN" "Paid before its invoice"
      Assets:Bank:Shared            150.00 EUR
      Assets:Clients:MARTIN        -150.00 EUR
        settles: "F6"

    2026-01-09 * "DUPONT" "A credit note before its invoice"
      Assets:Clients:DUPONT        -100.00 EUR
        credit-note: "A3"
        credits: "F7"
      Income:Sales

    2026-01-12 * "DUPONT" "Credit note on F1"
      Assets:Clients:DUPONT        -200.00 EUR
        credit-note: "A1"
        credits: "F1"
      Income:Sales

    2026-01-13 * "DUPONT" "Part payment"
      Assets:Bank:Shared            500.00 EUR
      Assets:Clients:DUPONT        -500.00 EUR
        settles: "F1"

    2026-01-14 * "MARTIN" "Credit note on nothing"
      Assets:Clients:MARTIN        -400.00 EUR
        credit-note: "A2"
      Income:Sales

    2026-01-14 custom "factoring" "dispute" "bpce" "F2"

    2026-01-15 * "MARTIN" "A debit without a number"
      Assets:Clients:MARTIN          90.00 EUR
      Assets:Bank:Other             -90.00 EUR

    2026-01-20 * "DUPONT" "More than it owes on F0"
      Assets:Bank:Shared            850.00 EUR
      Assets:Clients:DUPONT        -850.00 EUR
        settles: "F0"

    2026-01-21 * "MARTIN" "Payment on the wrong account, less a credit note"
      Assets:Bank:Operating         600.00 EUR
      Assets:Clients:MARTIN       -1000.00 EUR
        settles: "F2"
      Assets:Clients:MARTIN         400.00 EUR
        settles: "A2"

    2026-01-22 * "MARTIN" "Money for nothing known"
      Assets:Bank:Shared             75.00 EUR
      Assets:Clients:MARTIN         -75.00 EUR

    2026-01-26 * "MARTIN" "Invoice"
      Assets:Clients:MARTIN         450.00 EUR
        invoice: "F6"
        due: 2026-02-02
      Income:Sales

    2026-01-27 * "DUPONT" "Discount"
      Expenses:Discounts             10.00 EUR
      Assets:Clients:DUPONT         -10.00 EUR
        settles: "F1"

    2026-01-28 * "DUPONT" "Invoice"
      Assets:Clients:DUPONT        1200.00 EUR
        invoice: "F7"
        due: 2026-02-28
      Income:Sales

    2026-02-03 custom "factoring" "return" "bpce" "F6"
    2026-02-04 custom "factoring" "default" "bpce" "F2"

    2026-02-10 * "MARTIN" "The liquidator pays"
      Assets:Bank:Shared           2500.00 EUR
      Assets:Clients:MARTIN       -2500.00 EUR
        settles: "F2"

    2026-02-12 * "DUPONT" "Payment"
      Assets:Bank:Shared           1200.00 EUR
      Assets:Clients:DUPONT       -1200.00 EUR
        settles: "F7"

    2026-02-17 * "DUPONT" "The payment bounces"
      Assets:Bank:Shared          -1200.00 EUR
      Assets:Clients:DUPONT        1200.00 EUR
        settles: "F7"

    2026-02-18 * "MARTIN" "The last payment on what was returned"
      Assets:Bank:Shared            300.00 EUR
      Assets:Clients:MARTIN        -300.00 EUR
        settles: "F6"

    2026-03-02 note Assets:Clients:DUPONT "The last day"
"""

TERMS = """
    recourse: 0.40
    guarantee_fund: {rate: 0.10}
    commission: {rate: 0.40 %, vat: 0.20}
    interest: {index: EURIBOR3M, vat: 0}
    eligibility: {overdue: 30, exclude: [DURAND], limits: {DUPONT: 2500}}
"""

DURAND = """
    2026-01-01 open Assets:Clients:DURAND EUR
"""

# A second contract, to stand below `tests.conftest.CONTRACT`, and its accounts.
OTHER_CONTRACT = """\
  other:
    factor: Other Factor
    currency: EUR
    start: {start}
    accounts:
      receivables: Assets:Clients
      current: Assets:Other:Current
      guarantee: Assets:Other:Guarantee
      collections: Liabilities:Other:Collections
      shared: Assets:Other:Shared
      operating: Assets:Bank:Operating
      commission: Expenses:Factoring:Commission
      interest: Expenses:Factoring:Interest
      vat: Assets:VAT:Deductible
      doubtful: Assets:Doubtful
    shared_account:
      source: generated
"""
OTHER_ACCOUNTS = """
    2026-01-01 open Assets:Other:Current EUR
    2026-01-01 open Assets:Other:Guarantee EUR
    2026-01-01 open Liabilities:Other:Collections EUR
    2026-01-01 open Assets:Other:Shared EUR
"""
