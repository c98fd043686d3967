"""One line of a transaction in the firm's books."""

from __future__ import annotations

from typing import NamedTuple

from beancount_factoring.engine.history import Document


class Posting(NamedTuple):
    """An amount on an account in minor units: debit positive, credit negative.

    `document` is the customer document the line stands for, where it stands for one.
    """

    account: str
    amount: int
    document: Document | None = None
