"""What each debtor owes on assigned documents, and how much of it may be funded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from beancount_factoring.engine.money import share
from beancount_factoring.reports.source import ContractDay


@dataclass(frozen=True, slots=True)
class Exposure:
    """A debtor's share of the outstanding at the end of a day.

    `limit` is what its limit caps of the eligible amount (rules.md, section 3, Limits), and
    `concentration` what the contract's concentration does; `None` where there is none.
    """

    debtor: str
    exposure: Decimal
    limit: Decimal | None
    concentration: Decimal | None


def exposures(on: ContractDay) -> Iterator[Exposure]:
    """Yield what the debtors owe on assigned documents, by name; those with nothing are left out.

    Together they are the outstanding, but for the user's own corrections, which are no debtor's.
    """
    if not on.is_active:
        return
    state = on.books.state
    rate = on.contract.eligibility.concentration.at(on.day)
    most = None if rate is None else max(0, share(state.assignment.outstanding, rate))
    for name, debtor in sorted(state.items.debtors.items()):
        if debtor.exposure:
            limit = state.limits.at(name, on.day)
            cap = None if limit is None else state.eligibility_rule.cap(on.day, debtor, limit)
            yield Exposure(
                name,
                on.amount(debtor.exposure),
                None if cap is None else on.amount(cap),
                None if most is None else on.amount(most),
            )
