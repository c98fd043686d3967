"""`take_up:` of `import.yaml`: where the balances of earlier books go."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from beancount_factoring.yaml_kinds import ACCOUNT
from beancount_factoring.yaml_kinds import DATE
from beancount_factoring.yaml_kinds import TEXT
from beancount_factoring.yaml_source import Section

CUSTOMERS: Final = ("411",)
"""How the numbers of customers' accounts begin in the plan comptable général."""


@dataclass(frozen=True, slots=True)
class TakeUpMap:
    """How a FEC is taken up.

    `opening` is what the balances stand against; `date` their day, by default the year's last one;
    `result` takes the sum of income and expenses, which else go to their own accounts. `customers`
    are how the numbers of customers' accounts begin; `accounts` are ledger accounts by how other
    numbers begin.
    """

    opening: str
    date: datetime.date | None
    result: str | None
    customers: tuple[str, ...]
    accounts: Mapping[str, str]

    def account(self, number: str) -> str | None:
        """Return the account of the longest listed beginning of a number."""
        for length in range(len(number), 0, -1):
            found = self.accounts.get(number[:length])
            if found is not None:
                return found
        return None


def read_take_up(root: Section) -> TakeUpMap | None:
    """Read the section, `None` where it is not written."""
    section = root.section("take_up")
    if "take_up" not in root:
        return None
    accounts = section.section("accounts")
    customers = section.one_or_listed("customers", TEXT) or CUSTOMERS
    return TakeUpMap(
        opening=section.required("opening", ACCOUNT),
        date=section.optional("date", DATE, None),
        result=section.optional("result", ACCOUNT, None),
        customers=tuple(customers),
        accounts={number: accounts.required(number, ACCOUNT) for number in accounts.names()},
    )
