"""What every report is made from: a loaded ledger's contracts, each with its books on a day."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal
from typing import Any

from beancount.core import data

from beancount_factoring.collector import paused_collector
from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine.books import FactorBooks
from beancount_factoring.engine.claims import Claim
from beancount_factoring.engine.claims import Standing
from beancount_factoring.engine.events import Event
from beancount_factoring.engine.history import Cause
from beancount_factoring.engine.history import Document
from beancount_factoring.engine.history import DocumentIdentity
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.ledger.books import ContractBooks
from beancount_factoring.ledger.books import contract_books_of
from beancount_factoring.ledger.contracts import ignored_plugin_lines
from beancount_factoring.ledger.errors import FactoringError
from beancount_factoring.ledger.errors import error_at
from beancount_factoring.ledger.marks import PLUGIN


class UnknownContractError(LookupError):
    """No contract of the ledger has the name that was asked for."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a reader wants to see of a ledger: documents, and what happened with the factor.

    Only what is shown is chosen: the books behind it are always those of the whole ledger.
    """

    document: Callable[[Document], bool]
    event: Callable[[Event], bool]


@dataclass(frozen=True, slots=True)
class ContractDay:
    """One contract's books at the end of a day; `others` are those of the ledger's other contracts.

    `units` are the contract's minor units, `selection` what to show of it (`None`: everything).
    The books end at the ledger's horizon; on a later day the same books are looked at with that
    day's eyes (what is overdue, how old a document is).
    """

    day: datetime.date
    books: FactorBooks
    others: tuple[FactorBooks, ...]
    units: MinorUnits
    selection: Selection | None = None

    @property
    def contract(self) -> Contract:
        """The contract itself."""
        return self.books.contract

    @property
    def is_active(self) -> bool:
        """Whether the contract has begun and is not closed at the end of the day."""
        return _is_active(self.books, self.day)

    def amount(self, units: int) -> Decimal:
        """Return minor units as a number with the currency's decimals."""
        number = self.units.amount(units).number
        return Decimal() if number is None else number

    def earlier(self, day: datetime.date) -> ContractDay:
        """Return the contract's books on an earlier day, run anew; `others` stay as they are."""
        with paused_collector():
            books = FactorBooks(self.contract, self.books.history).run(day)
        return replace(self, day=day, books=books)

    def claims(self) -> Iterator[Claim]:
        """Yield every document of the debtors that concern the contract, the settled ones too.

        Of a selection, those that it has.
        """
        concerned: dict[str, bool] = {}
        for claim in self.books.state.items.claims:
            debtor = claim.document.debtor
            if debtor not in concerned:
                concerned[debtor] = self.concerns(debtor)
            if concerned[debtor] and self.selects(claim.document):
                yield claim

    def selects(self, document: Document) -> bool:
        """Tell whether a document is to be shown."""
        return self.selection is None or self.selection.document(document)

    def events(self, since: datetime.date) -> Iterator[Event]:
        """Yield what happened from a day on; of a selection, what it has."""
        for event in self.books.events:
            if event.day >= since and (self.selection is None or self.selection.event(event)):
                yield event

    def concerns(self, debtor: str) -> bool:
        """Tell whether a debtor belongs in the contract's reports.

        All below the receivables root do, except those that only another contract admits that day.
        """
        if self.is_active and self.contract.eligibility.admits(debtor):
            return True
        account = f"{self.contract.accounts.receivables}:{debtor}"
        return not any(
            _is_active(other, self.day) and _admits(other.contract, account)
            for other in self.others
        )

    def held_elsewhere(self) -> dict[DocumentIdentity, tuple[Contract, Claim]]:
        """Return the documents that other contracts hold, or held when their debtor defaulted."""
        return {
            claim.document.identity: (other.contract, claim)
            for other in self.others
            for claim in other.state.items.claims
            if claim.standing in {Standing.FACTOR, Standing.DEFAULTED}
        }


@dataclass(frozen=True, slots=True)
class ReportSource:
    """A loaded ledger as the reports see it.

    `errors` holds only what loading does not say: that the plugin has no line, or an ignored one.
    """

    entries: data.Directives
    contracts: tuple[ContractBooks, ...]
    errors: tuple[FactoringError, ...]

    @property
    def horizon(self) -> datetime.date:
        """The day of the ledger's last directive, up to which the books run."""
        # All see the same ledger, and so the same horizon.
        days = (books.history.horizon or books.contract.start for books in self.contracts)
        return max(days, default=datetime.date.min)

    def on(self, day: datetime.date | None = None, name: str | None = None) -> list[ContractDay]:
        """Return every contract's books, or those of one, on a day (default: the horizon).

        Raises `UnknownContractError`.
        """
        if name is not None and name not in {books.contract.name for books in self.contracts}:
            raise UnknownContractError(name)
        day = day or self.horizon
        with paused_collector():
            all_books = [books.run(day) for books in self.contracts]
        return [on for on in contract_days(day, all_books) if name in {None, on.contract.name}]

    def balance(self, account: str, currency: str, day: datetime.date) -> Decimal:
        """Return what an account holds at the end of a day, by the user's and generated entries."""
        balance = Decimal()
        for entry in self.entries:
            if entry.date > day:
                break
            if isinstance(entry, data.Transaction):
                for posting in entry.postings:
                    units = posting.units
                    if posting.account == account and units and units.currency == currency:
                        balance += units.number or 0
        return balance


def report_source(entries: data.Directives, options: Mapping[str, Any]) -> ReportSource:
    """Return the source of a loaded ledger's reports; `entries` are those after its plugins."""
    configs = [config for module, config in options["plugin"] if module == PLUGIN]
    if not configs:
        # The plugin did not run: nobody else says so.
        ignored = tuple(ignored_plugin_lines(options))
        return ReportSource(entries, (), ignored or (_no_plugin_line(options),))
    with paused_collector():
        contracts = contract_books_of(entries, options, configs[0])
    return ReportSource(entries, contracts, ())


def contract_days(day: datetime.date, all_books: Sequence[FactorBooks]) -> list[ContractDay]:
    """Return each contract's books as a day's, beside the others; they have reached that day."""
    return [
        ContractDay(
            day,
            books,
            tuple(_same_currency(books, all_books)),
            MinorUnits(books.contract.currency),
        )
        for books in all_books
    ]


def _no_plugin_line(options: Mapping[str, Any]) -> FactoringError:
    return error_at(
        Cause(options["filename"], 1),
        f'no factoring contract: write plugin "{PLUGIN}" "contracts.yaml", or let'
        " `bean-factor init` write both",
    )


def _same_currency(books: FactorBooks, all_books: Iterable[FactorBooks]) -> Iterator[FactorBooks]:
    """Yield the books of the other contracts in a contract's currency."""
    currency = books.contract.currency
    return (
        other for other in all_books if other is not books and other.contract.currency == currency
    )


def _is_active(books: FactorBooks, day: datetime.date) -> bool:
    """Tell whether a contract has begun and is not closed at the end of a day."""
    return books.contract.start <= day and books.state.closed is None


def _admits(contract: Contract, account: str) -> bool:
    """Tell whether a customer's account is one whose documents a contract may take."""
    root = f"{contract.accounts.receivables}:"
    return account.startswith(root) and contract.eligibility.admits(account.removeprefix(root))
