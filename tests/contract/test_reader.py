from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from beancount_factoring.contract.calendars import Calendar
from beancount_factoring.contract.dated import Dated
from beancount_factoring.contract.dated import Step
from beancount_factoring.contract.reader import read_contracts
from beancount_factoring.contract.terms import Accounts
from beancount_factoring.contract.terms import ChargeRhythm
from beancount_factoring.contract.terms import CommissionBase
from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import DrawPolicy
from beancount_factoring.contract.terms import EligibilityTerms
from beancount_factoring.contract.terms import FundBuild
from beancount_factoring.contract.terms import FundingModel
from beancount_factoring.contract.terms import InterestBase
from beancount_factoring.contract.terms import LimitBasis
from beancount_factoring.contract.terms import RemittanceRhythm
from beancount_factoring.contract.terms import RemittanceTerms
from beancount_factoring.contract.terms import ReserveMode
from beancount_factoring.contract.terms import SharedAccountSource
from beancount_factoring.contract.terms import Treatment

Read = Callable[..., Contract]
Write = Callable[[str], Path]
Problems = Callable[[str], list[str]]


def test_a_minimal_contract_has_every_default(read: Read) -> None:
    contract = read()
    assert (contract.name, contract.factor, contract.currency) == ("bpce", "BPCE Factor", "EUR")
    assert (contract.start, contract.end) == (date(2026, 1, 5), None)
    assert contract.treatment is Treatment.DERECOGNITION
    assert contract.recourse == Dated.constant(Decimal(1))
    assert contract.accounts == Accounts(
        receivables="Assets:Clients",
        current="Assets:Factor:Current",
        guarantee="Assets:Factor:Guarantee",
        collections="Liabilities:Factor:Collections",
        shared="Assets:Bank:Shared",
        operating="Assets:Bank:Operating",
        commission="Expenses:Factor:Commission",
        interest="Expenses:Factor:Interest",
        vat="Assets:VAT",
        doubtful="Assets:Doubtful",
    )
    assert contract.remittance == RemittanceTerms(RemittanceRhythm.WEEK, 4)
    funding = contract.funding
    assert (funding.days, funding.calendar, funding.draw) == (2, Calendar("ECB"), DrawPolicy.ALL)
    assert funding.ceiling == Dated.constant(None)
    assert funding.model is FundingModel.GUARANTEE_FUND
    assert funding.advance_rate == Dated.constant(Decimal(1))
    assert (funding.limit_basis, funding.reserve) == (LimitBasis.GROSS, ReserveMode.MEMO)
    fund = contract.guarantee_fund
    assert (fund.rate, fund.build) == (Dated.constant(Decimal(0)), FundBuild.RATIO)
    assert (fund.ceiling, fund.floor) == (Dated.constant(None), Dated.constant(None))
    assert contract.eligibility == EligibilityTerms(
        terms=30,
        overdue=Dated.constant(None),
        concentration=Dated.constant(None),
        limits={},
        default_limit=Dated.constant(None),
        include=None,
        exclude=frozenset(),
    )
    commission = contract.commission
    assert (commission.rate, commission.vat) == (Dated.constant(Decimal(0)), None)
    assert commission.base is CommissionBase.INVOICES
    assert commission.per_document == commission.per_year == Dated.constant(Decimal(0))
    assert contract.charges == ()
    interest = contract.interest
    assert (interest.index, interest.floor) == (None, Dated.constant(None))
    assert (interest.margin, interest.vat) == (Dated.constant(Decimal(0)), None)
    assert (interest.basis, interest.base) == (360, InterestBase.DRAWS)
    assert contract.shared_account.source is SharedAccountSource.GENERATED
    assert contract.shared_account.sweep == 1


def test_every_key_is_read(read: Read) -> None:
    contract = read("""\
        end: 2027-12-31
        recourse: 50 %
        remittance: {every: month, day: 15}
        funding:
          days: 1
          calendar: ECB
          draw: requested
          ceiling: 100000
          model: advance-rate
          advance_rate: 85 %
          limit_basis: funded
          reserve: memo
        guarantee_fund: {rate: 10 %, build: ratio, ceiling: 20000, floor: 1000}
        eligibility:
          terms: 45
          overdue: 60
          concentration: 0.25
          limits: {DUPONT: 5000, default: 1000}
          include: [DUPONT, NO]
          exclude: [0042]
        commission:
          rate: 0.0040
          vat: 20 %
          base: invoices-and-credit-notes
          per_document: 2.50
          per_year: 3000
        charges:
          - {name: audit, amount: 250, every: year, vat: 0, account: Expenses:Audit}
          - {name: post, amount: 1.20, every: remittance}
        interest:
          index: EURIBOR3M
          floor: -0.1 %
          margin: 1.20 %
          basis: 365
          base: funds-in-use
          post: month
          vat: 0
        """)
    assert contract.end == date(2027, 12, 31)
    assert contract.recourse.at(contract.start) == Decimal("0.50")
    assert contract.remittance == RemittanceTerms(RemittanceRhythm.MONTH, 15)
    funding = contract.funding
    assert (funding.days, funding.calendar) == (1, Calendar("ECB"))
    assert (funding.draw, funding.model) == (DrawPolicy.REQUESTED, FundingModel.ADVANCE_RATE)
    assert funding.ceiling.at(contract.start) == 100000
    assert funding.advance_rate.at(contract.start) == Decimal("0.85")
    assert (funding.limit_basis, funding.reserve) == (LimitBasis.FUNDED, ReserveMode.MEMO)
    fund = contract.guarantee_fund
    assert (fund.rate.at(contract.start), fund.build) == (Decimal("0.10"), FundBuild.RATIO)
    assert fund.ceiling.at(contract.start) == 20000
    assert fund.floor.at(contract.start) == 1000
    eligibility = contract.eligibility
    assert (eligibility.terms, eligibility.overdue.at(contract.start)) == (45, 60)
    assert eligibility.concentration.at(contract.start) == Decimal("0.25")
    assert eligibility.limits == {"DUPONT": Dated.constant(Decimal(5000), 36)}
    assert eligibility.default_limit.at(contract.start) == 1000
    assert eligibility.include == frozenset({"DUPONT", "NO"})
    assert eligibility.exclude == frozenset({"0042"})
    commission = contract.commission
    assert commission.rate.at(contract.start) == Decimal("0.0040")
    assert commission.vat is not None
    assert commission.vat.at(contract.start) == Decimal("0.20")
    assert commission.base is CommissionBase.INVOICES_AND_CREDIT_NOTES
    assert commission.per_document.at(contract.start) == Decimal("2.50")
    assert commission.per_year.at(contract.start) == 3000
    audit, post = contract.charges
    assert (audit.name, audit.every) == ("audit", ChargeRhythm.YEAR)
    assert (audit.vat, audit.account) == (Dated.constant(Decimal(0), 46), "Expenses:Audit")
    assert (post.name, post.every) == ("post", ChargeRhythm.REMITTANCE)
    assert post.amount.at(contract.start) == Decimal("1.20")
    assert (post.vat, post.account) == (commission.vat, "Expenses:Factor:Commission")
    assert post.line == 47
    interest = contract.interest
    assert (interest.index, interest.basis) == ("EURIBOR3M", 365)
    assert interest.base is InterestBase.FUNDS_IN_USE
    assert interest.floor.at(contract.start) == Decimal("-0.001")
    assert interest.margin.at(contract.start) == Decimal("0.012")
    assert interest.vat == Dated.constant(Decimal(0), 55)


DATED = {
    "recourse": "recourse: {V}",
    "funding.ceiling": "funding: {ceiling: {V}}",
    "funding.advance_rate": "funding: {model: advance-rate, advance_rate: {V}}",
    "guarantee_fund.rate": "guarantee_fund: {rate: {V}}",
    "guarantee_fund.ceiling": "guarantee_fund: {ceiling: {V}}",
    "guarantee_fund.floor": "guarantee_fund: {floor: {V}}",
    "eligibility.overdue": "eligibility: {overdue: {V}}",
    "eligibility.concentration": "eligibility: {concentration: {V}}",
    "eligibility.limits.NO": "eligibility: {limits: {NO: {V}}}",
    "eligibility.default_limit": "eligibility: {limits: {default: {V}}}",
    "commission.rate": "commission: {vat: 0, rate: {V}}",
    "commission.vat": "commission: {vat: {V}}",
    "commission.per_document": "commission: {vat: 0, per_document: {V}}",
    "commission.per_year": "commission: {vat: 0, per_year: {V}}",
    "charges.0.amount": "charges: [{name: a, every: month, vat: 0, amount: {V}}]",
    "charges.0.vat": "charges: [{name: a, every: month, vat: {V}, amount: 1}]",
    "interest.floor": "interest: {index: X, vat: 0, floor: {V}}",
    "interest.margin": "interest: {vat: 0, margin: {V}}",
    "interest.vat": "interest: {vat: {V}}",
}


def _term(contract: Contract, key: str) -> Dated[Decimal]:
    """Return a contract's term by its dotted key."""
    term: Any = contract
    for name in key.split("."):
        if name.isdecimal():
            term = term[int(name)]
        elif isinstance(term, Mapping):
            term = term[name]
        else:
            term = getattr(term, name)
    assert isinstance(term, Dated)
    return term


@pytest.mark.parametrize("key", DATED)
def test_every_dated_key_takes_a_mapping_of_dates(key: str, read: Read) -> None:
    first = "0" if key == "eligibility.overdue" else "0.5"
    steps = f"{{2026-07-01: 1, 2026-01-05: {first}}}"
    term = _term(read(DATED[key].replace("{V}", steps)), key)
    assert term.at(date(2026, 1, 5)) == Decimal(first)
    assert term.at(date(2026, 6, 30)) == Decimal(first)
    assert term.at(date(2026, 7, 1)) == 1
    assert term.step(date(2027, 1, 1)).line == 19


@pytest.mark.parametrize("key", DATED)
def test_a_mapping_that_begins_after_the_start_is_an_error(
    key: str, problems: Problems, minimal: str
) -> None:
    more = DATED[key].replace("{V}", "{2026-01-06: 1, 2026-07-01: 1}")
    written = key.replace("default_limit", "limits.default")
    assert problems(f"{minimal}    {more}\n") == [
        (
            f"19: {written}: begins on 2026-01-06: "
            "expected a date up to the contract's start, 2026-01-05"
        )
    ]


@pytest.mark.parametrize(
    "more",
    [
        "end: none",
        "funding: {ceiling: none}",
        "guarantee_fund: {ceiling: none, floor: none}",
        "eligibility: {overdue: none, concentration: none, include: all, exclude: none}",
        "eligibility: {limits: none}",
        "eligibility: {limits: {default: none}}",
        "charges: none",
        "interest: {index: none, floor: none}",
    ],
)
def test_none_is_a_value_where_it_is_the_default(more: str, read: Read) -> None:
    assert _without_lines(read(more)) == _without_lines(read())


def _without_lines(contract: Contract) -> str:
    """Return everything a contract says, without where it stands."""
    return re.sub(r"line=\d+", "", repr(replace(contract, lines={})))


def test_a_limit_of_none_is_no_limit(read: Read) -> None:
    contract = read("eligibility: {limits: {NO: none, default: 500}}")
    assert contract.eligibility.limits["NO"].at(contract.start) is None


def test_none_is_a_value_of_the_accounts_that_are_not_needed(write: Write, minimal: str) -> None:
    none = "accounts:\n      banks: none\n      transit: none\n      reserve: none\n"
    file = read_contracts(write(minimal.replace("accounts:\n", none)))
    assert file.problems == ()
    accounts = file.contracts[0].accounts
    assert (accounts.banks, accounts.transit, accounts.reserve) == ((), None, None)


def test_further_accounts(write: Write, minimal: str) -> None:
    more = "accounts:\n      banks: [Assets:Bank, Assets:Cash]\n      transit: Assets:Transit\n"
    (contract,) = read_contracts(write(minimal.replace("accounts:\n", more))).contracts
    assert contract.accounts.banks == ("Assets:Bank", "Assets:Cash")
    assert contract.accounts.transit == "Assets:Transit"


def test_a_mapping_keeps_the_line_of_each_date(read: Read) -> None:
    contract = read("""\
        commission:
          vat: 20 %
          rate:
            2026-01-01: 0.0040
            2026-07-01: 0.0035
        """)
    assert contract.commission.rate.steps == (
        Step(date(2026, 1, 1), Decimal("0.0040"), 22),
        Step(date(2026, 7, 1), Decimal("0.0035"), 23),
    )


def test_every_written_key_has_its_line(read: Read) -> None:
    contract = read("""\
        commission:
          vat: 20 %
        eligibility:
          limits:
            DUPONT: 5000
        charges:
          - name: audit
            amount: 250
            every: year
        """)
    assert contract.filename.endswith("contracts.yaml")
    assert contract.line("") == 2
    assert contract.line("factor") == 3
    assert contract.line("accounts.receivables") == 8
    assert contract.line("commission.vat") == 20
    assert contract.line("commission.rate") == 19
    assert contract.line("eligibility.limits.DUPONT") == 23
    assert contract.line("charges.0.amount") == 26
    assert contract.line("interest.margin") == 2


@pytest.mark.parametrize(
    ("every", "day"),
    [
        ("{}", RemittanceTerms(RemittanceRhythm.WEEK, 4)),
        ("{every: week, day: monday}", RemittanceTerms(RemittanceRhythm.WEEK, 0)),
        ("{every: fortnight, day: sunday}", RemittanceTerms(RemittanceRhythm.FORTNIGHT, 6)),
        ("{every: fortnight}", RemittanceTerms(RemittanceRhythm.FORTNIGHT, 4)),
        ("{every: month}", RemittanceTerms(RemittanceRhythm.MONTH, 31)),
        ("{every: month, day: 1}", RemittanceTerms(RemittanceRhythm.MONTH, 1)),
        ("{every: declared}", RemittanceTerms(RemittanceRhythm.DECLARED, 4)),
    ],
)
def test_the_schedule(every: str, day: RemittanceTerms, read: Read) -> None:
    assert read(f"remittance: {every}").remittance == day


def test_a_calendar_of_a_country(read: Read) -> None:
    pytest.importorskip("holidays", reason="the extra 'calendars' is not installed")
    assert read("funding: {calendar: FR}").funding.calendar == Calendar("FR")


def test_borrowing_needs_its_account_only(write: Write, minimal: str) -> None:
    lines = minimal.replace("current: Assets:Factor:Current", "borrowing: Liabilities:Factor")
    kept = [line for line in lines.splitlines() if "guarantee" not in line]
    kept = [line for line in kept if "collections" not in line]
    text = "\n".join([*kept, "    treatment: borrowing"])
    (contract,) = read_contracts(write(text)).contracts
    assert contract.treatment is Treatment.BORROWING
    assert contract.accounts.borrowing == "Liabilities:Factor"
    assert contract.accounts.current is None


def test_one_word_changes_the_treatment(write: Write, minimal: str) -> None:
    text = minimal.replace("accounts:\n", "accounts:\n      borrowing: Liabilities:Factor\n")
    for treatment in Treatment:
        file = read_contracts(write(f"{text}    treatment: {treatment}\n"))
        assert file.problems == ()
        assert file.contracts[0].treatment is treatment


def test_a_posted_reserve_books_nothing_when_borrowing(write: Write, minimal: str) -> None:
    text = minimal.replace("accounts:\n", "accounts:\n      borrowing: Liabilities:Factor\n")
    more = "    treatment: borrowing\n    funding: {reserve: posted}\n"
    assert read_contracts(write(text + more)).problems == ()


def test_accounts_with_roots_of_another_language(write: Write, minimal: str) -> None:
    text = minimal.replace("Assets:", "Actifs:").replace("Expenses:", "Dépenses:")
    assert read_contracts(write(text)).problems == ()
