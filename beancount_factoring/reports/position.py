"""A contract's position on a day: the keys of `bean-factor position` (interface.md, section 3)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields
from decimal import ROUND_HALF_UP
from decimal import Decimal
from typing import Any

from beancount_factoring.currencies import quantum
from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.reports.plain import plain
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource


@dataclass(frozen=True, slots=True)
class PositionReport:
    """The position at the end of a day; amounts in `currency`, with its decimals.

    The symbols of rules.md, section 1: `outstanding` is `E`, `factor_outstanding` `F`,
    `collections_in_hand` `K`, `credit_notes_in_transit` `N`, `guarantee_fund` `G`, `reserve` `R`,
    `current_account` `C`, `funds_in_use` `U`. Before the start and after the close all amounts but
    the last five are zero. Commission, charges and interest to date are without VAT.
    """

    contract: str
    date: datetime.date
    currency: str
    outstanding: Decimal
    factor_outstanding: Decimal
    collections_in_hand: Decimal
    credit_notes_in_transit: Decimal
    eligible: Decimal
    ineligible: Mapping[Reason, Decimal]
    guarantee_fund: Decimal
    reserve: Decimal
    ceiling: Decimal | None
    funds_in_use: Decimal
    available: Decimal
    current_account: Decimal
    shared_account: Decimal
    commission_to_date: Decimal
    charges_to_date: Decimal
    interest_to_date: Decimal
    vat_to_date: Decimal

    def as_json(self) -> dict[str, Any]:
        """Return the object that `position --format json` prints."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}


def position_report(source: ReportSource, on: ContractDay) -> PositionReport:
    """Return a contract's position on a day."""
    contract, day = on.contract, on.day
    position = on.books.position(day)
    eligibility = position.eligibility

    def while_active(units: int) -> Decimal:
        return on.amount(units if on.is_active else 0)

    shared = source.balance(contract.accounts.shared, contract.currency, day)
    return PositionReport(
        contract=contract.name,
        date=day,
        currency=contract.currency,
        outstanding=while_active(position.outstanding),
        factor_outstanding=while_active(position.factor_outstanding),
        collections_in_hand=while_active(position.collections_in_hand),
        credit_notes_in_transit=while_active(position.credit_notes_in_transit),
        eligible=while_active(eligibility.eligible),
        ineligible={reason: while_active(eligibility.total(reason)) for reason in Reason},
        guarantee_fund=while_active(position.guarantee_fund),
        reserve=while_active(position.reserve),
        ceiling=None if position.ceiling is None else while_active(position.ceiling),
        funds_in_use=while_active(position.funds_in_use),
        available=while_active(position.available),
        current_account=while_active(position.current_account),
        # Whole minor units already, unless the ledger has an error that says so.
        shared_account=shared.quantize(quantum(contract.currency), ROUND_HALF_UP),
        commission_to_date=on.amount(position.commission_to_date),
        charges_to_date=on.amount(position.charges_to_date),
        interest_to_date=on.amount(position.interest_to_date),
        vat_to_date=on.amount(position.vat_to_date),
    )
