"""The contract's position on a day (interface.md, section 3; rules.md, sections 1 and 2)."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from beancount_factoring.engine.eligibility import Eligibility


class Position(NamedTuple):
    """What the factor's books show at the end of a day, in minor units.

    `capacity` is what may be in use, `available` = capacity − funds in use; the `…_to_date`
    figures are without VAT and run since the start.
    """

    day: datetime.date
    outstanding: int
    factor_outstanding: int
    collections_in_hand: int
    credit_notes_in_transit: int
    eligibility: Eligibility
    guarantee_fund: int
    reserve: int
    ceiling: int | None
    capacity: int
    funds_in_use: int
    available: int
    current_account: int
    commission_to_date: int
    charges_to_date: int
    interest_to_date: int
    vat_to_date: int
