from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from beancount_factoring.contract.reader import read_contracts

RATE = "expected a rate from 0 to 1, such as 0.015 or 1.50 %"
AMOUNT = "expected an amount such as 1500.00, with neither currency nor thousands separators"
ACCOUNT = "expected an account name such as Assets:Clients"
DATE = "expected a date such as 2026-01-05"
DAYS = "expected a whole number from 0 to 3650"
DEBTOR = "expected a debtor such as DUPONT, as accounts below the receivables name it"

Write = Callable[[str], Path]
Problems = Callable[[str], list[str]]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            "facto: x",
            (
                "facto: is not a key here (did you mean factor?): "
                "expected accounts, charges, commission, currency, eligibility, end, factor, "
                "figures, funding, guarantee_fund, interest, recourse, remittance, "
                "shared_account, start or treatment"
            ),
        ),
        ("end: soon", f'end: "soon" is not a date: {DATE}, or none'),
        (
            "end: 2026-01-04",
            "end: 2026-01-04 is before start, 2026-01-05: expected that day or a later one",
        ),
        ("treatment: loan", 'treatment: "loan" is not known: expected derecognition or borrowing'),
        ("recourse: -0.1", f'recourse: "-0.1" is negative: {RATE}'),
        (
            "recourse: 1.5",
            f'recourse: "1.5" is 150 %: write 0.015 or 1.5 % if you mean that: {RATE}',
        ),
        (
            "remittance: weekly",
            'remittance: "weekly" stands here: expected keys, each with its value',
        ),
        (
            "remittance: {every: day}",
            'remittance.every: "day" is not known: expected week, fortnight, month or declared',
        ),
        (
            "remittance: {day: Fryday}",
            (
                'remittance.day: "Fryday" is not known (did you mean friday?): '
                "expected monday, tuesday, wednesday, thursday, friday, saturday or sunday"
            ),
        ),
        (
            "remittance: {every: month, day: 32}",
            'remittance.day: "32" is out of range: expected a whole number from 1 to 31',
        ),
        (
            "remittance: {every: month, day: friday}",
            'remittance.day: "friday" is not a whole number: expected a whole number from 1 to 31',
        ),
        ("funding: {days: -1}", f'funding.days: "-1" is out of range: {DAYS}'),
        ("funding: {days: 1.5}", f'funding.days: "1.5" is not a whole number: {DAYS}'),
        (
            "funding: {calendar: XX}",
            (
                'funding.calendar: "XX" is no country of the holidays library: '
                "expected ECB or a country such as FR"
            ),
        ),
        ("funding: {draw: some}", 'funding.draw: "some" is not known: expected all or requested'),
        ("funding: {ceiling: -5}", f'funding.ceiling: "-5" is negative: {AMOUNT}, or none'),
        (
            "funding: {ceiling: 5 EUR}",
            f'funding.ceiling: "5 EUR" is not an amount: {AMOUNT}, or none',
        ),
        (
            "funding: {model: x}",
            'funding.model: "x" is not known: expected guarantee-fund or advance-rate',
        ),
        (
            "funding: {model: advance-rate, advance_rate: 0}",
            (
                'funding.advance_rate: "0" is out of range: '
                "expected a rate more than 0 and at most 1, such as 0.015 or 1.50 %"
            ),
        ),
        (
            "funding: {advance_rate: 90 %}",
            (
                "funding.advance_rate: has no effect under model: guarantee-fund: "
                "write model: advance-rate, or leave it out"
            ),
        ),
        (
            "funding: {limit_basis: net}",
            'funding.limit_basis: "net" is not known: expected gross or funded',
        ),
        (
            "funding: {reserve: booked}",
            'funding.reserve: "booked" is not known: expected memo or posted',
        ),
        (
            "guarantee_fund: {rate: 10}",
            f'guarantee_fund.rate: "10" is 1000 %: write 0.10 or 10 % if you mean that: {RATE}',
        ),
        (
            "guarantee_fund: {build: x}",
            'guarantee_fund.build: "x" is not known: expected ratio, revolving or ceiling',
        ),
        (
            "guarantee_fund: {ceiling: -1}",
            f'guarantee_fund.ceiling: "-1" is negative: {AMOUNT}, or none',
        ),
        (
            "guarantee_fund: {floor: x}",
            f'guarantee_fund.floor: "x" is not an amount: {AMOUNT}, or none',
        ),
        (
            "guarantee_fund: {build: revolving, floor: 5}",
            (
                "guarantee_fund.floor: has no effect under build: revolving: "
                "expected with build: ratio only"
            ),
        ),
        (
            "guarantee_fund: {build: ceiling, rate: 10 %}",
            (
                "guarantee_fund.ceiling: is needed with build: ceiling: "
                "expected the amount up to which the fund is built"
            ),
        ),
        (
            "guarantee_fund: {floor: 10, ceiling: {2026-01-01: 20, 2026-07-01: 5}}",
            "guarantee_fund.floor: 10 is above the ceiling, 5: expected that amount or less",
        ),
        ("eligibility: {terms: 30d}", f'eligibility.terms: "30d" is not a whole number: {DAYS}'),
        (
            "eligibility: {overdue: -1}",
            f'eligibility.overdue: "-1" is out of range: {DAYS}, or none',
        ),
        (
            "eligibility: {concentration: 40}",
            (
                'eligibility.concentration: "40" is 4000 %: write 0.40 or 40 % if you mean that: '
                f"{RATE}, or none"
            ),
        ),
        (
            "eligibility: {limits: 5}",
            'eligibility.limits: "5" stands here: expected keys, each with its value',
        ),
        (
            "eligibility: {limits: {DUPONT: -5}}",
            f'eligibility.limits.DUPONT: "-5" is negative: {AMOUNT}, or none',
        ),
        (
            "eligibility: {limits: {Dupont SA: 5}}",
            'eligibility.limits.Dupont SA: "Dupont SA" is not the end of an account name: '
            + DEBTOR,
        ),
        (
            "eligibility: {limits: {Assets:Clients:DUPONT: 5}}",
            'eligibility.limits.Assets:Clients:DUPONT: "Assets:Clients:DUPONT" is an account: '
            "write the debtor, DUPONT: " + DEBTOR,
        ),
        (
            "eligibility: {include: DUPONT}",
            (
                'eligibility.include: "DUPONT" is no list (write [DUPONT]): '
                f"expected a list, each item {DEBTOR.removeprefix('expected ')}, or all"
            ),
        ),
        (
            "eligibility: {exclude: [A, b]}",
            'eligibility.exclude.1: "b" is not the end of an account name: ' + DEBTOR,
        ),
        (
            "commission: {rate: 0.4 %}",
            (
                "commission.vat: is missing: "
                "expected the VAT rate on the commission, 0 where none is due"
            ),
        ),
        (
            "commission: {per_document: 1}",
            (
                "commission.vat: is missing: "
                "expected the VAT rate on the commission, 0 where none is due"
            ),
        ),
        (
            "commission: {rate: 0.4 %, vat: 20}",
            f'commission.vat: "20" is 2000 %: write 0.20 or 20 % if you mean that: {RATE}',
        ),
        ("commission: {rate: high, vat: 0}", f'commission.rate: "high" is not a rate: {RATE}'),
        (
            "commission: {base: all}",
            'commission.base: "all" is not known: expected invoices or invoices-and-credit-notes',
        ),
        (
            "commission: {per_document: -1, vat: 0}",
            f'commission.per_document: "-1" is negative: {AMOUNT}',
        ),
        (
            "commission: {per_year: a lot, vat: 0}",
            f'commission.per_year: "a lot" is not an amount: {AMOUNT}',
        ),
        (
            "charges: {name: a}",
            (
                "charges: a mapping is no list: "
                "expected a list, each item with keys and values, or none"
            ),
        ),
        ("charges: [a]", 'charges.0: "a" stands here: expected keys, each with its value'),
        (
            "charges: [{amount: 1, every: once, vat: 0}]",
            "charges.0.name: is missing: expected the charge's name",
        ),
        (
            "charges: [{name: a, every: once, vat: 0}]",
            f"charges.0.amount: is missing: {AMOUNT}, or a mapping of dates to such values",
        ),
        (
            "charges: [{name: a, amount: 1, vat: 0}]",
            "charges.0.every: is missing: expected month, year, remittance or once",
        ),
        (
            "charges: [{name: a, amount: 1, every: day, vat: 0}]",
            'charges.0.every: "day" is not known: expected month, year, remittance or once',
        ),
        (
            "charges: [{name: a, amount: 1, every: once}]",
            (
                "charges.0.vat: is missing, and so is commission.vat: "
                "expected the VAT rate, 0 where none is due"
            ),
        ),
        (
            "charges: [{name: a, amount: 1, every: once, vat: 0, account: fees}]",
            f'charges.0.account: "fees" is not an account name: {ACCOUNT}',
        ),
        (
            "charges: [{name: a, amount: 1, every: once, vat: 0, day: 5}]",
            "charges.0.day: is not a key here: expected account, amount, every, name or vat",
        ),
        (
            "interest: {margin: 1 %}",
            "interest.vat: is missing: expected the VAT rate on interest, 0 where none is due",
        ),
        (
            "interest: {index: EURIBOR3M}",
            "interest.vat: is missing: expected the VAT rate on interest, 0 where none is due",
        ),
        (
            "interest: {floor: 0}",
            "interest.floor: has no effect without an index: write index:, or leave it out",
        ),
        (
            "interest: {index: X, vat: 0, floor: -2}",
            (
                'interest.floor: "-2" is out of range: '
                "expected a rate from -1 to 1, such as 0.015 or 1.50 %, or none"
            ),
        ),
        ("interest: {margin: -1 %, vat: 0}", f'interest.margin: "-1 %" is negative: {RATE}'),
        ("interest: {basis: actual}", 'interest.basis: "actual" is not known: expected 360 or 365'),
        ("interest: {base: x}", 'interest.base: "x" is not known: expected draws or funds-in-use'),
        ("interest: {post: year}", 'interest.post: "year" is not known: expected month'),
        ("factor: Other", "factor: stands twice: first on line 3; remove one of them"),
    ],
)
def test_one_wrong_line_is_one_problem(
    more: str, problem: str, problems: Problems, minimal: str
) -> None:
    assert problems(f"{minimal}    {more}\n") == [f"19: {problem}"]


@pytest.mark.parametrize(
    ("line", "instead", "problem"),
    [
        ("factor: BPCE Factor", "", "2: factor: is missing: expected the factor's name"),
        ("factor: BPCE Factor", "factor:", "3: factor: has no value: expected the factor's name"),
        ("currency: EUR", "", "2: currency: is missing: expected a currency such as EUR"),
        (
            "currency: EUR",
            "currency: €",
            '4: currency: "€" is not a currency: expected a currency such as EUR',
        ),
        ("start: 2026-01-05", "", f"2: start: is missing: {DATE}"),
        ("start: 2026-01-05", "start: 05/01/2026", f'5: start: "05/01/2026" is not a date: {DATE}'),
        (
            "start: 2026-01-05",
            "start: 2026-02-30",
            f'5: start: "2026-02-30" is no day of the calendar: {DATE}',
        ),
        (
            "shared_account: {source: generated}",
            "",
            "2: shared_account.source: is missing: expected generated or statement",
        ),
        (
            "{source: generated}",
            "{source: bank}",
            '6: shared_account.source: "bank" is not known: expected generated or statement',
        ),
        (
            "{source: generated}",
            "{source: statement, sweep: soon}",
            f'6: shared_account.sweep: "soon" is not a whole number: {DAYS}',
        ),
        (
            "current: Assets:Factor:Current",
            "",
            f"7: accounts.current: is missing: {ACCOUNT}, for treatment: derecognition",
        ),
        (
            "current: Assets:Factor:Current",
            "current: none",
            (
                f'9: accounts.current: "none" is not an account name: {ACCOUNT}, '
                "for treatment: derecognition"
            ),
        ),
        ("doubtful: Assets:Doubtful", "", f"7: accounts.doubtful: is missing: {ACCOUNT}"),
        (
            "vat: Assets:VAT",
            "vat: assets:vat",
            f'16: accounts.vat: "assets:vat" is not an account name: {ACCOUNT}',
        ),
        (
            "vat: Assets:VAT",
            "vat: Assets:VAT\n      banks: Assets:Other",
            (
                '17: accounts.banks: "Assets:Other" is no list (write [Assets:Other]): '
                f"expected a list, each item {ACCOUNT.removeprefix('expected ')}, or none"
            ),
        ),
        (
            "vat: Assets:VAT",
            "vat: Assets:VAT\n      transit: x",
            f'17: accounts.transit: "x" is not an account name: {ACCOUNT}, or none',
        ),
        (
            "vat: Assets:VAT",
            "vat: Assets:VAT\n      bank: x",
            (
                "17: accounts.bank: is not a key here (did you mean banks?): "
                "expected banks, borrowing, collections, commission, current, doubtful, guarantee, "
                "interest, operating, receivables, reserve, shared, transit or vat"
            ),
        ),
        (
            "operating: Assets:Bank:Operating",
            "operating: Assets:Bank:Shared",
            (
                "13: accounts.operating: Assets:Bank:Shared is accounts.shared too: "
                "expected another account"
            ),
        ),
        (
            "doubtful: Assets:Doubtful",
            "doubtful: Assets:Clients:Doubtful",
            (
                "17: accounts.doubtful: Assets:Clients:Doubtful is below accounts.receivables, "
                "where each posting is a customer document: expected an account elsewhere"
            ),
        ),
        (
            "# what a test appends:",
            "funding: {reserve: posted}",
            f"7: accounts.reserve: is missing: {ACCOUNT}, for funding.reserve: posted",
        ),
        (
            "# what a test appends:",
            "treatment: borrowing",
            f"7: accounts.borrowing: is missing: {ACCOUNT}, for treatment: borrowing",
        ),
    ],
)
def test_one_line_that_is_missing_or_wrong_is_one_problem(
    line: str, instead: str, problem: str, problems: Problems, minimal: str
) -> None:
    assert line in minimal
    assert problems(minimal.replace(line, instead)) == [problem]


def test_commission_and_interest_may_share_an_account(write: Write, minimal: str) -> None:
    text = minimal.replace("Factor:Interest", "Factor:Commission")
    assert read_contracts(write(text)).problems == ()


def test_a_charge_that_stands_twice(problems: Problems, minimal: str) -> None:
    more = """\
    charges:
      - {name: audit, amount: 1, every: once, vat: 0}
      - {name: audit, amount: 2, every: once, vat: 0}
"""
    assert problems(minimal + more) == [
        "21: charges.1.name: stands twice: first on line 20; remove one of them"
    ]


def test_without_the_holidays_library_a_country_is_one_problem(
    monkeypatch: pytest.MonkeyPatch, problems: Problems, minimal: str
) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    assert problems(f"{minimal}    funding: {{calendar: FR}}\n") == [
        (
            '19: funding.calendar: "FR" needs the holidays library, which is not installed: '
            'write ECB, or run pip install "beancount-factoring[calendars]": '
            "expected ECB or a country such as FR"
        )
    ]


def test_all_problems_are_told_by_line(problems: Problems) -> None:
    text = """\
contracts:
  bpce:
    curency: EUR
    start: tomorrow
    end: 2026-01-01
    treatment: loan
    accounts: {receivables: Assets:Clients}
    commission: {rate: {2026-03-01: x, 2026-04-01: 2}}
    charges: [{name: a, amount: -1, every: once, vat: 0}, {}]
"""
    told = [problem.split(" ")[:2] for problem in problems(text)]
    assert told == [
        ["2:", "currency:"],
        ["2:", "factor:"],
        ["2:", "shared_account.source:"],
        ["3:", "curency:"],
        ["4:", "start:"],
        ["6:", "treatment:"],
        *(
            ["7:", f"accounts.{key}:"]
            for key in ("commission", "doubtful", "interest", "operating", "shared", "vat")
        ),
        ["8:", "commission.rate.2026-03-01:"],
        ["8:", "commission.rate.2026-04-01:"],
        ["8:", "commission.vat:"],
        ["9:", "charges.0.amount:"],
        ["9:", "charges.1.amount:"],
        ["9:", "charges.1.every:"],
        ["9:", "charges.1.name:"],
        ["9:", "charges.1.vat:"],
    ]
