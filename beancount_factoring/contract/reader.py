"""The contract file: YAML to contracts, or to problems with their lines (interface.md, 2).

Every key of the interface is read here, in its order, with its default. What the accounts must be
is in `contract.accounts`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from typing import TypeVar

from beancount_factoring.contract.accounts import read_accounts
from beancount_factoring.contract.amounts import uneven_amounts
from beancount_factoring.contract.calendars import Calendar
from beancount_factoring.contract.dated import Dated
from beancount_factoring.contract.dated import Step
from beancount_factoring.contract.terms import ChargeRhythm
from beancount_factoring.contract.terms import ChargeTerms
from beancount_factoring.contract.terms import CommissionBase
from beancount_factoring.contract.terms import CommissionTerms
from beancount_factoring.contract.terms import Contract
from beancount_factoring.contract.terms import DrawPolicy
from beancount_factoring.contract.terms import EligibilityTerms
from beancount_factoring.contract.terms import Figures
from beancount_factoring.contract.terms import FundBuild
from beancount_factoring.contract.terms import FundingModel
from beancount_factoring.contract.terms import FundingTerms
from beancount_factoring.contract.terms import GuaranteeFundTerms
from beancount_factoring.contract.terms import InterestBase
from beancount_factoring.contract.terms import InterestTerms
from beancount_factoring.contract.terms import LimitBasis
from beancount_factoring.contract.terms import RemittanceRhythm
from beancount_factoring.contract.terms import RemittanceTerms
from beancount_factoring.contract.terms import ReserveMode
from beancount_factoring.contract.terms import SharedAccountSource
from beancount_factoring.contract.terms import SharedAccountTerms
from beancount_factoring.contract.terms import Treatment
from beancount_factoring.currencies import quantum
from beancount_factoring.yaml_kinds import ACCOUNT
from beancount_factoring.yaml_kinds import AMOUNT
from beancount_factoring.yaml_kinds import BELOW_ACCOUNT
from beancount_factoring.yaml_kinds import CURRENCY
from beancount_factoring.yaml_kinds import DATE
from beancount_factoring.yaml_kinds import TEXT
from beancount_factoring.yaml_kinds import Kind
from beancount_factoring.yaml_kinds import choice
from beancount_factoring.yaml_kinds import choice_of
from beancount_factoring.yaml_kinds import none_or
from beancount_factoring.yaml_kinds import rate
from beancount_factoring.yaml_kinds import whole_number
from beancount_factoring.yaml_source import Problem
from beancount_factoring.yaml_source import Section
from beancount_factoring.yaml_source import YamlSource

T = TypeVar("T")

_ZERO = Decimal(0)
_ONE = Decimal(1)
_RATE = rate()
_DAYS = whole_number(0, 3650)
_CALENDAR = Kind("ECB or a country such as FR", Calendar.named, Calendar())
_FRIDAY = 4
_LAST_OF_MONTH = 31
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = choice({name: number for number, name in enumerate(_WEEKDAYS)})
_DAY_OF_MONTH = whole_number(1, 31)
_DEFAULT_LIMIT = "default"


class ContractFile(NamedTuple):
    """What contract files say: the contracts without a problem, and all problems by line.

    `refused` are the names of the contracts that have problems.
    """

    contracts: tuple[Contract, ...]
    problems: tuple[Problem, ...]
    refused: frozenset[str] = frozenset()


def read_contract_files(paths: Iterable[Path]) -> ContractFile:
    """Read contracts from several files; a name that stands twice is a problem of the second."""
    contracts: dict[str, Contract] = {}
    problems: list[Problem] = []
    refused: set[str] = set()
    for path in paths:
        file = read_contracts(path)
        problems.extend(file.problems)
        refused |= file.refused
        for contract in file.contracts:
            first = contracts.setdefault(contract.name, contract)
            if first is not contract:
                where = f"{first.filename}, line {first.line('')}"
                message = f"stands twice: first in {where}; remove one of them"
                key = f"contracts.{contract.name}"
                problems.append(Problem(contract.filename, contract.line(""), key, message))
    return ContractFile(tuple(contracts.values()), tuple(problems), frozenset(refused))


def read_contracts(path: Path) -> ContractFile:
    """Read one contract file; nothing is raised, whatever the file holds.

    A contract with a problem is not returned; the others of the file are.
    """
    source = YamlSource(path)
    sections = source.root.section("contracts")
    sections.check(bool(sections.names()), "", "no contract stands here: expected its name")
    contracts = []
    refused = set()
    for name in sections.names():
        sections.check_name(name, TEXT)
        section = sections.section(name)
        contract = _contract(name, section, source.filename)
        section.finish()
        for key, step in uneven_amounts(contract) if section.sound else ():
            unit = quantum(contract.currency)
            message = f"{step.value} is not a whole number of {unit} {contract.currency}: round it"
            section.report(key, message, step.line)
        if section.sound and sections.intact(name):
            contracts.append(contract)
        else:
            refused.add(name)
    source.root.finish()
    return ContractFile(tuple(contracts), source.problems(), frozenset(refused))


def _contract(name: str, section: Section, filename: str) -> Contract:
    start = section.required("start", DATE)
    end = section.optional("end", none_or(DATE), None)
    section.check(
        end is None or end >= start,
        "end",
        f"{end} is before start, {start}: expected that day or a later one",
        "start",
    )
    terms = _Terms(start)
    treatment = section.optional("treatment", choice_of(Treatment), Treatment.DERECOGNITION)
    funding = terms.funding(section.section("funding"))
    accounts = read_accounts(
        section.section("accounts"),
        treatment if section.intact("treatment") else None,
        funding.reserve,
    )
    commission = terms.commission(section.section("commission"))
    return Contract(
        name=name,
        factor=section.required("factor", replace(TEXT, expected="the factor's name")),
        currency=section.required("currency", CURRENCY),
        start=start,
        end=end,
        treatment=treatment,
        recourse=terms.dated(section, "recourse", _RATE, _ONE),
        accounts=accounts,
        remittance=_remittance(section.section("remittance")),
        funding=funding,
        guarantee_fund=terms.guarantee_fund(section.section("guarantee_fund")),
        eligibility=terms.eligibility(section.section("eligibility"), accounts.receivables),
        commission=commission,
        charges=terms.charges(section, commission.vat, accounts.commission),
        interest=terms.interest(section.section("interest")),
        shared_account=_shared_account(section.section("shared_account")),
        filename=filename,
        figures=section.optional("figures", choice_of(Figures), Figures.COMPUTED),
        lines=MappingProxyType(section.lines()),
    )


def _remittance(section: Section) -> RemittanceTerms:
    every = section.optional("every", choice_of(RemittanceRhythm), RemittanceRhythm.WEEK)
    if every is RemittanceRhythm.MONTH:
        return RemittanceTerms(every, section.optional("day", _DAY_OF_MONTH, _LAST_OF_MONTH))
    return RemittanceTerms(every, section.optional("day", _WEEKDAY, _FRIDAY))


def _shared_account(section: Section) -> SharedAccountTerms:
    return SharedAccountTerms(
        source=section.required("source", choice_of(SharedAccountSource)),
        sweep=section.optional("sweep", _DAYS, 1),
    )


def _debtor(receivables: str) -> Kind[str]:
    """Return the kind of debtors' names: what follows the receivables root in their accounts."""

    def convert(text: str) -> str:
        name = BELOW_ACCOUNT.convert(text)
        debtor = name.removeprefix(f"{receivables}:")
        if debtor != name:
            message = f"is an account: write the debtor, {debtor}"
            raise ValueError(message)
        return name

    expected = "a debtor such as DUPONT, as accounts below the receivables name it"
    return Kind(expected, convert, "")


def _ever(term: Dated[Decimal]) -> bool:
    """Tell whether a term is ever more than 0."""
    return any(term.values())


class _Terms:
    """Reads the sections whose terms may change in time, from the contract's start on."""

    def __init__(self, start: datetime.date) -> None:
        self.start = start

    def dated(self, section: Section, key: str, kind: Kind[T], default: T) -> Dated[T]:
        """Return a term marked ◊, or its default where it is not written."""
        return self._written(section, key, kind) or Dated.constant(default)

    def _written(
        self, section: Section, key: str, kind: Kind[T], *, required: bool = False
    ) -> Dated[T] | None:
        steps = section.steps(key, kind, required=required)
        if not steps:
            return None
        since, _, line = steps[0]
        if since > self.start > datetime.date.min and section.intact(key):
            message = f"begins on {since}: expected a date up to the contract's start, {self.start}"
            section.report(key, message, line)
        return Dated(tuple(Step(since, value, line) for since, value, line in steps))

    def funding(self, section: Section) -> FundingTerms:
        model = section.optional("model", choice_of(FundingModel), FundingModel.GUARANTEE_FUND)
        # More than 0: a limit on what is funded is divided by it (rules.md, 2).
        advance_rate = self.dated(section, "advance_rate", rate(above_low=True), _ONE)
        section.check(
            model is FundingModel.ADVANCE_RATE or all(r == 1 for r in advance_rate.values()),
            "advance_rate",
            "has no effect under model: guarantee-fund: write model: advance-rate, or leave it out",
            "model",
        )
        return FundingTerms(
            days=section.optional("days", _DAYS, 2),
            calendar=section.optional("calendar", _CALENDAR, Calendar()),
            draw=section.optional("draw", choice_of(DrawPolicy), DrawPolicy.ALL),
            ceiling=self.dated(section, "ceiling", none_or(AMOUNT), None),
            model=model,
            advance_rate=advance_rate,
            limit_basis=section.optional("limit_basis", choice_of(LimitBasis), LimitBasis.GROSS),
            reserve=section.optional("reserve", choice_of(ReserveMode), ReserveMode.MEMO),
        )

    def guarantee_fund(self, section: Section) -> GuaranteeFundTerms:
        fund = GuaranteeFundTerms(
            rate=self.dated(section, "rate", _RATE, _ZERO),
            build=section.optional("build", choice_of(FundBuild), FundBuild.RATIO),
            ceiling=self.dated(section, "ceiling", none_or(AMOUNT), None),
            floor=self.dated(section, "floor", none_or(AMOUNT), None),
        )
        section.check(
            fund.build is FundBuild.RATIO or all(f is None for f in fund.floor.values()),
            "floor",
            f"has no effect under build: {fund.build}: expected with build: ratio only",
            "build",
        )
        section.check(
            fund.build is not FundBuild.CEILING
            or not _ever(fund.rate)
            or None not in fund.ceiling.values(),
            "ceiling",
            "is needed with build: ceiling: expected the amount up to which the fund is built",
            "build",
            "rate",
        )
        for day in sorted({step.since for step in (*fund.floor.steps, *fund.ceiling.steps)}):
            floor, ceiling = fund.floor.at(day), fund.ceiling.at(day)
            section.check(
                floor is None or ceiling is None or floor <= ceiling,
                "floor",
                f"{floor} is above the ceiling, {ceiling}: expected that amount or less",
                "ceiling",
            )
        return fund

    def eligibility(self, section: Section, receivables: str) -> EligibilityTerms:
        debtor = _debtor(receivables)
        limits = section.section("limits", or_none=True)
        debtors = [name for name in limits.names() if name != _DEFAULT_LIMIT]
        for name in debtors:
            limits.check_name(name, debtor)
        include = section.listed("include", debtor, word="all")
        exclude = section.listed("exclude", debtor) or ()
        return EligibilityTerms(
            terms=section.optional("terms", _DAYS, 30),
            overdue=self.dated(section, "overdue", none_or(_DAYS), None),
            concentration=self.dated(section, "concentration", none_or(_RATE), None),
            limits=MappingProxyType(
                {name: self.dated(limits, name, none_or(AMOUNT), None) for name in debtors}
            ),
            default_limit=self.dated(limits, _DEFAULT_LIMIT, none_or(AMOUNT), None),
            include=None if include is None else frozenset(include),
            exclude=frozenset(exclude),
        )

    def commission(self, section: Section) -> CommissionTerms:
        terms = CommissionTerms(
            rate=self.dated(section, "rate", _RATE, _ZERO),
            vat=self._written(section, "vat", _RATE),
            base=section.optional("base", choice_of(CommissionBase), CommissionBase.INVOICES),
            per_document=self.dated(section, "per_document", AMOUNT, _ZERO),
            per_year=self.dated(section, "per_year", AMOUNT, _ZERO),
        )
        due = any(map(_ever, (terms.rate, terms.per_document, terms.per_year)))
        section.check(
            terms.vat is not None or not due,
            "vat",
            "is missing: expected the VAT rate on the commission, 0 where none is due",
        )
        return terms

    def charges(
        self, section: Section, commission_vat: Dated[Decimal] | None, commission_account: str
    ) -> tuple[ChargeTerms, ...]:
        charges: dict[str, ChargeTerms] = {}
        for item in section.sections("charges"):
            charge = ChargeTerms(
                name=item.required("name", replace(TEXT, expected="the charge's name")),
                amount=self._written(item, "amount", AMOUNT, required=True)
                or Dated.constant(_ZERO),
                every=item.required("every", choice_of(ChargeRhythm)),
                vat=self._written(item, "vat", _RATE) or commission_vat,
                account=item.optional("account", ACCOUNT, commission_account),
                line=item.line,
            )
            item.check(
                charge.vat is not None,
                "vat",
                "is missing, and so is commission.vat: expected the VAT rate, 0 where none is due",
            )
            first = charges.setdefault(charge.name, charge)
            item.check(
                first is charge,
                "name",
                f"stands twice: first on line {first.line}; remove one of them",
            )
        return tuple(charges.values())

    def interest(self, section: Section) -> InterestTerms:
        section.optional("post", choice({"month": "month"}), "month")
        terms = InterestTerms(
            index=section.optional("index", none_or(TEXT), None),
            floor=self.dated(section, "floor", none_or(rate("-1")), None),
            margin=self.dated(section, "margin", _RATE, _ZERO),
            basis=section.optional("basis", choice({"360": 360, "365": 365}), 360),
            base=section.optional("base", choice_of(InterestBase), InterestBase.DRAWS),
            vat=self._written(section, "vat", _RATE),
        )
        section.check(
            terms.vat is not None or not (terms.index or _ever(terms.margin)),
            "vat",
            "is missing: expected the VAT rate on interest, 0 where none is due",
        )
        section.check(
            terms.index is not None or all(f is None for f in terms.floor.values()),
            "floor",
            "has no effect without an index: write index:, or leave it out",
            "index",
        )
        return terms
