"""Where a figure comes from: the keys of the position as sums (interface.md, `explain`)."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from beancount_factoring.engine.eligibility import Reason
from beancount_factoring.reports import explain_accounts
from beancount_factoring.reports import explain_draw
from beancount_factoring.reports import explain_fees
from beancount_factoring.reports import explain_fund
from beancount_factoring.reports import explain_position
from beancount_factoring.reports import explain_reasons
from beancount_factoring.reports.explain_events import explainable
from beancount_factoring.reports.explain_terms import Explain
from beancount_factoring.reports.explain_terms import Explainer
from beancount_factoring.reports.explain_terms import Explanation
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.position import PositionReport
from beancount_factoring.reports.position import position_report
from beancount_factoring.reports.source import ContractDay
from beancount_factoring.reports.source import ReportSource
from beancount_factoring.yaml_kinds import nearest

DOCUMENT: Final = "document:"
"""What stands before a document's number that is a key of the position too."""

_INELIGIBLE: Final = "ineligible"

_TERMS: Final[Mapping[str, Explain]] = {
    "outstanding": explain_position.outstanding,
    "factor_outstanding": explain_position.factor_outstanding,
    "collections_in_hand": explain_position.collections_in_hand,
    "credit_notes_in_transit": explain_position.in_transit,
    "eligible": explain_reasons.eligible,
    _INELIGIBLE: explain_reasons.ineligible,
    **{f"{_INELIGIBLE}.{reason}": explain_reasons.because(reason) for reason in Reason},
    "guarantee_fund": explain_fund.guarantee_fund,
    "reserve": explain_reasons.reserve,
    "ceiling": explain_position.ceiling,
    "funds_in_use": explain_position.funds_in_use,
    "available": explain_position.available,
    "current_account": explain_accounts.current_account,
    "shared_account": explain_accounts.shared_account,
    "commission_to_date": explain_fees.commission,
    "charges_to_date": explain_fees.charges,
    "interest_to_date": explain_fees.interest,
    "vat_to_date": explain_fees.vat,
}
_CHECKS: Final[Mapping[str, Explain]] = {
    "factor_outstanding": explain_position.factor_movements,
    "guarantee_fund": explain_fund.computed_beside,
    "funds_in_use": explain_position.use_of_funds,
    "available": explain_draw.since_the_last_draw,
}
# What stays after the close (interface.md, section 3).
_ALWAYS: Final = {
    "shared_account",
    "commission_to_date",
    "charges_to_date",
    "interest_to_date",
    "vat_to_date",
}

ACCRUED: Final = "interest_accrued"
"""What has accrued since the last booking: no key of the position, as it is booked nowhere yet."""

KEYS: Final = tuple(_TERMS)
"""The keys that can be explained, in the order of the position."""


class UnknownSubjectError(LookupError):
    """What was asked for is no key and no document's number; `nearest` are numbers like it."""

    def __init__(self, what: str, nearest: Iterable[str]) -> None:
        super().__init__(what)
        self.nearest = tuple(nearest)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be explained: a key, the document of a number, or an event."""

    key: str | None
    number: str = ""
    event: str = ""


def subject_of(what: str, days: Sequence[ContractDay]) -> Subject:
    """Return what a text means: a key, a reason by itself, a document's number, or an event.

    A key may be written with blanks, as `position` shows it. It wins over a number, which
    `document:` before it makes of it. An event is a remittance's number, or the `factoring-id` of a
    remittance or a draw. Raises `UnknownSubjectError`.
    """
    written = what.replace(" ", "_")
    if written == ACCRUED:
        return Subject(written)
    for key in (written, f"{_INELIGIBLE}.{written}"):
        if key in _TERMS:
            return Subject(key)
    numbers = {number for on in days for number in _numbers(on)}
    for number in (what, what.removeprefix(DOCUMENT)):
        if number in numbers:
            return Subject(None, number)
    if any(explainable(on, what) for on in days):
        return Subject(None, event=what)
    close = nearest(what.removeprefix(DOCUMENT), sorted(numbers), count=5)
    raise UnknownSubjectError(what, close)


def _numbers(on: ContractDay) -> Iterable[str]:
    return (d.number for d in on.books.history.documents if d.number is not None)


def explanation(source: ReportSource, on: ContractDay, key: str) -> Explanation:
    """Return a key of a contract's position as the sum that makes it."""
    report = position_report(source, on)
    ex = Explainer(source, on)
    if key == ACCRUED:
        amount: Decimal | None = on.amount(ex.state.interest.accrued()[0])
    else:
        amount = _amount(report, key)
    check: tuple[Term, ...] = ()
    if key == ACCRUED and on.is_active:
        terms = tuple(explain_fees.accrued(ex))
    elif key in _ALWAYS or on.is_active:
        terms = tuple(_TERMS[key](ex))
        check = tuple(_CHECKS[key](ex)) if key in _CHECKS else ()
    else:
        terms = (_inactive(ex, amount),)
    return Explanation(
        contract=on.contract.name,
        date=on.day,
        currency=on.contract.currency,
        what=key,
        amount=amount,
        terms=terms,
        check=check,
    )


def _amount(report: PositionReport, key: str) -> Decimal | None:
    """Return a key's amount of the position; that of `ineligible` is its reasons' sum."""
    if key == _INELIGIBLE:
        return sum(report.ineligible.values(), Decimal())
    if key.startswith(f"{_INELIGIBLE}."):
        return report.ineligible[Reason(key.partition(".")[2])]
    amount: Decimal | None = getattr(report, key)
    return amount


def _inactive(ex: Explainer, amount: Decimal | None) -> Term:
    """Say why nothing is the factor's: the contract has not begun, or is closed."""
    if ex.close is None:
        text, place = f"the contract begins on {ex.contract.start}", ex.key("start")
        return Term(amount=amount, text=text, places=(place,))
    text, place = f"the contract was closed on {ex.close.day}", ex.cause(ex.close.cause)
    return Term(amount=amount, text=text, places=(place,), date=ex.close.day)
