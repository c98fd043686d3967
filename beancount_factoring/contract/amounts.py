"""The amounts of a contract: each a whole number of its currency's smallest unit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from beancount_factoring.contract.dated import Step
from beancount_factoring.contract.terms import Contract
from beancount_factoring.currencies import quantum


def uneven_amounts(contract: Contract) -> Iterator[tuple[str, Step[Decimal | None]]]:
    """Yield the dotted key and the value of each amount that has too many decimals."""
    unit = quantum(contract.currency)
    for key, steps in _amounts(contract):
        for step in steps:
            if step.value is not None and step.value % unit:
                yield key, step


def _amounts(contract: Contract) -> Iterator[tuple[str, tuple[Step[Decimal | None], ...]]]:
    fund, commission = contract.guarantee_fund, contract.commission
    yield "funding.ceiling", contract.funding.ceiling.steps
    yield "guarantee_fund.ceiling", fund.ceiling.steps
    yield "guarantee_fund.floor", fund.floor.steps
    yield "eligibility.limits.default", contract.eligibility.default_limit.steps
    for debtor, limit in contract.eligibility.limits.items():
        yield f"eligibility.limits.{debtor}", limit.steps
    for key, amount in (
        ("per_document", commission.per_document),
        ("per_year", commission.per_year),
        *((str(place), charge.amount) for place, charge in enumerate(contract.charges)),
    ):
        name = f"charges.{key}.amount" if key.isdigit() else f"commission.{key}"
        yield name, tuple(Step(s.since, s.value, s.line) for s in amount.steps)
