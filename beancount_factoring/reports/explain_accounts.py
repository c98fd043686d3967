"""The current account and the shared account, as sums of their movements."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP
from decimal import Decimal
from itertools import takewhile
from typing import Final

from beancount.core import data

from beancount_factoring.contract.terms import Accounts
from beancount_factoring.currencies import quantum
from beancount_factoring.engine import events
from beancount_factoring.engine.events import Event
from beancount_factoring.ledger.errors import cause_of
from beancount_factoring.ledger.marks import EVENT
from beancount_factoring.ledger.marks import IDENTIFIER
from beancount_factoring.ledger.marks import REMITTANCE
from beancount_factoring.ledger.marks import SUFFIX
from beancount_factoring.ledger.roles import Role
from beancount_factoring.ledger.roles import Roles
from beancount_factoring.reports.explain_terms import BOOKS
from beancount_factoring.reports.explain_terms import DAYS
from beancount_factoring.reports.explain_terms import Explainer
from beancount_factoring.reports.explain_terms import Place
from beancount_factoring.reports.explain_terms import Term
from beancount_factoring.reports.explain_terms import total

_ASSIGNED: Final = "invoices remitted"
_NOTES: Final = "credit notes and reductions remitted"
_COMMISSION: Final = "commission, with VAT"
_CHARGES: Final = "charges, with VAT"
_INTEREST: Final = "interest, with VAT"
_FUND: Final = "moves to the guarantee fund"
_RESERVE: Final = "moves to the reserve"
_DRAWS: Final = "draws"
_REST: Final = "swept money that was not on assigned documents"
_LESS: Final = "swept receipts that brought less than they settled (a discount, a deduction)"
_RETURNS: Final = "returned claims"
_DEFAULTS: Final = "the seller's share of defaults"
_REFUNDS: Final = "credit notes refunded"
_OWN: Final = "your own postings on the factor's account"
_KINDS: Final = (
    *(_ASSIGNED, _NOTES, _COMMISSION, _CHARGES, _INTEREST, _FUND, _RESERVE, _DRAWS, _REST),
    *(_LESS, _RETURNS, _DEFAULTS, _REFUNDS, _OWN),
)
_GENERATED: Final = {
    "draw": "draws",
    "transfer": "transfers to the operating account",
    "sweep": "sweeps",
}


def current_account(ex: Explainer) -> Iterator[Term]:
    """Yield `C` by kind of movement, each with its days."""
    found: dict[str, list[Term]] = {kind: [] for kind in _KINDS}
    for event in ex.books.events:
        for kind, amount, text, key in _movements(ex, event):
            if amount:
                found[kind].append(ex.event_term(event, amount, text, key=key))
    for entry in ex.corrections():
        if entry.current:
            found[_OWN].append(
                ex.term(
                    entry.current,
                    "your own posting",
                    ex.cause(entry.cause),
                    rule=f"{DAYS}, Statement",
                    date=entry.date,
                )
            )
    for kind, terms in found.items():
        if terms:
            yield ex.group(kind, terms, rule=BOOKS)


def _movements(ex: Explainer, event: Event) -> Iterator[tuple[str, int, str, str]]:
    """Yield what an event moves on the current account: kind, amount, text, contract key."""
    match event:
        case events.Remittance():
            text = f"remittance {event.remittance}"
            yield _ASSIGNED, event.new, text, "remittance"
            yield _NOTES, event.total - event.new, text, "remittance"
        case events.Commission():
            on = f"on remittance {event.remittance}" if event.remittance else "yearly minimum"
            yield _COMMISSION, -event.net - event.vat, _fee(ex, event, on), "commission"
        case events.Charge():
            yield _CHARGES, -event.net - event.vat, _fee(ex, event, event.name), "charges"
        case events.Interest():
            text = _fee(ex, event, "interest since the last booking")
            yield _INTEREST, -event.net - event.vat, text, "interest"
        case events.GuaranteeMove():
            text = "retained" if event.amount > 0 else "released"
            yield _FUND, -event.amount, text, "guarantee_fund"
        case events.ReserveMove():
            text = "retained" if event.amount > 0 else "released"
            yield _RESERVE, -event.amount, text, "funding.reserve"
        case events.Draw():
            yield _DRAWS, -event.amount, "draw", "funding"
        case events.Sweep():
            kind = _REST if event.rest > 0 else _LESS
            yield kind, event.rest, f"sweep of {event.bank}", "shared_account"
        case events.Allocation(sweep=True):
            yield _REST if event.rest > 0 else _LESS, event.rest, "sweep", "shared_account"
        case events.Allocation():
            yield _DRAWS, event.rest, "draw", "funding"
        case events.Return():
            yield _RETURNS, -sum(p.amount for p in event.parts), events.numbers_of(event.parts), ""
        case events.Default():
            yield _DEFAULTS, -event.share, events.numbers_of(event.parts), "recourse"
        case events.Refund():
            yield _REFUNDS, sum(p.amount for p in event.parts), events.numbers_of(event.parts), ""
        case _:
            pass


def _fee(ex: Explainer, event: events.Commission | events.Charge | events.Interest, on: str) -> str:
    return f"{on}: {ex.money(event.net)} and VAT {ex.money(event.vat)}"


def shared_account(ex: Explainer) -> Iterator[Term]:
    """Yield the shared account's balance by kind of entry, each with its entries."""
    account, currency = ex.contract.accounts.shared, ex.contract.currency
    roles = Roles(ex.contract)
    found: dict[str, list[Term]] = {}
    exact = Decimal()
    for entry in takewhile(lambda entry: entry.date <= ex.on.day, ex.source.entries):
        if not isinstance(entry, data.Transaction):
            continue
        amount = sum(
            (
                posting.units.number or Decimal()
                for posting in entry.postings
                if posting.account == account
                and posting.units
                and posting.units.currency == currency
            ),
            Decimal(),
        )
        if amount:
            exact += amount
            kind = _kind(entry, amount, roles, ex.contract.accounts)
            found.setdefault(kind, []).append(_entry(entry, _rounded(amount, currency)))
    zero = ex.on.amount(0)
    groups = [ex.group(kind, terms) for kind, terms in found.items()]
    yield from groups
    # Only where the ledger has an error that says so.
    rounding = _rounded(exact, currency) - total(groups, zero)
    if rounding:
        yield Term(amount=rounding, text=f"decimals that {currency} does not have")


def _rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(quantum(currency), ROUND_HALF_UP)


def _kind(entry: data.Transaction, amount: Decimal, roles: Roles, accounts: Accounts) -> str:
    """Return what kind of entry moves the shared account."""
    generated = entry.meta.get(EVENT) if IDENTIFIER in entry.meta else None
    if generated is not None:
        return _GENERATED.get(str(generated), str(generated))
    kinds = {part[0] for posting in entry.postings if (part := roles[posting.account])}
    if Role.CUSTOMER in kinds:
        return "receipts of customers" if amount > 0 else "taken back or paid to customers"
    if kinds & {Role.CURRENT, Role.COLLECTIONS, Role.GUARANTEE}:
        return "draws, as the bank has them" if amount > 0 else "sweeps, as the bank has them"
    others = {posting.account for posting in entry.postings} - {accounts.shared}
    if others and all(other == accounts.transit or accounts.is_bank(other) for other in others):
        return "transfers between own accounts"
    return "other entries"


def _entry(entry: data.Transaction, amount: Decimal) -> Term:
    """Return a term for an entry: a generated one by its cause, a user's by its line."""
    cause = cause_of(entry)
    identifier = entry.meta.get(IDENTIFIER)
    return Term(
        amount=amount,
        text=" ".join(part for part in (entry.payee, entry.narration) if part),
        places=(Place(cause.filename.removesuffix(SUFFIX), cause.line),),
        date=entry.date,
        remittance=entry.meta.get(REMITTANCE),
        transactions=() if identifier is None else (str(identifier),),
    )
