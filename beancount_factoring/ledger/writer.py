"""The factor's events as Beancount transactions (interface.md, section 1)."""

from __future__ import annotations

from typing import Final

from beancount.core import data
from beancount.core import flags

from beancount_factoring.contract.terms import Contract
from beancount_factoring.engine import events
from beancount_factoring.engine.events import Event
from beancount_factoring.ledger import marks
from beancount_factoring.ledger.amounts import MinorUnits
from beancount_factoring.treatments import treatment_of
from beancount_factoring.tuples import new

_TAGS: Final = frozenset({marks.TAG})

# The values of `factoring-event`, and what a transaction of that kind is called.
_KINDS: Final[dict[type[Event], str]] = {
    events.Remittance: "remittance",
    events.Commission: "commission",
    events.Charge: "charge",
    events.GuaranteeMove: "guarantee",
    events.ReserveMove: "reserve",
    events.Draw: "draw",
    events.Transfer: "transfer",
    events.Collection: "collection",
    events.Sweep: "sweep",
    events.Allocation: "sweep",
    events.Interest: "interest",
    events.Return: "return",
    events.Default: "default",
    events.Refund: "refund",
    events.Close: "close",
}


class TransactionWriter:
    """Writes one contract's transactions; `folder` is the top ledger's, for relative paths."""

    def __init__(self, contract: Contract, folder: str, units: MinorUnits) -> None:
        """Take the contract whose events are written, and what converts its amounts."""
        self._contract = contract
        self._folder = folder
        self._treatment = treatment_of(contract)
        self._units = units
        self._files: dict[str, tuple[str, str]] = {}
        self.transactions: list[data.Transaction] = []
        self._banks = _Banks(contract)

    def write(self, event: Event) -> None:
        """Write an event as a transaction, if it changes the firm's books."""
        posting, amounts, banks = data.Posting, self._units.amounts, self._banks
        postings = [
            # Importers must not take generated cash for the bank's own line.
            new(
                posting,
                (
                    account,
                    amounts[amount],
                    None,
                    None,
                    None,
                    {"__automatic__": True} if banks[account] else None,
                ),
            )
            for account, amount in self._treatment.postings(event)
            if amount
        ]
        if postings:
            self.transactions.append(self._transaction(event, postings))

    def _transaction(self, event: Event, postings: list[data.Posting]) -> data.Transaction:
        filename, line = event.cause
        generated, relative = self._files.get(filename) or self._name(filename)
        meta = {
            "filename": generated,
            "lineno": line,
            marks.CONTRACT: self._contract.name,
            marks.EVENT: _kind(event),
            marks.IDENTIFIER: event.key,
            marks.SOURCE: f"{relative}:{line}",
        }
        if event.remittance is not None:
            meta[marks.REMITTANCE] = event.remittance
        return new(
            data.Transaction,
            (
                meta,
                event.day,
                flags.FLAG_OKAY,
                self._contract.factor,
                _narration(event),
                _TAGS,
                event.links,
                postings,
            ),
        )

    def _name(self, filename: str) -> tuple[str, str]:
        """Return the file name of what a file causes, and the file's path from the top ledger."""
        relative = marks.relative_path(filename, self._folder)
        self._files[filename] = (filename + marks.SUFFIX, relative)
        return self._files[filename]


class _Banks(dict[str, bool]):
    """Whether accounts are the firm's own banks; a dictionary that fills itself."""

    def __init__(self, contract: Contract) -> None:
        super().__init__()
        self._accounts = contract.accounts

    def __missing__(self, account: str) -> bool:
        is_bank = self[account] = self._accounts.is_bank(account)
        return is_bank


def _kind(event: Event) -> str:
    """Return the value of `factoring-event`."""
    kind = _KINDS[type(event)]
    return "draw" if isinstance(event, events.Allocation) and not event.sweep else kind


def _narration(event: Event) -> str:
    """Say in words what a transaction books."""
    match event:
        case events.Collection():
            documents = event.parts + event.recovered + event.doubtful
            return f"Collection: {events.numbers_of(documents)}"
        case events.Remittance():
            return f"Remittance {event.remittance}"
        case events.Commission(remittance=None):
            return "Commission: yearly minimum"
        case events.Commission():
            return f"Commission on remittance {event.remittance}"
        case events.Charge():
            return f"Charge: {event.name}"
        case events.GuaranteeMove():
            return "Guarantee fund: retained" if event.amount > 0 else "Guarantee fund: released"
        case events.ReserveMove():
            return "Reserve: retained" if event.amount > 0 else "Reserve: released"
        case events.Draw():
            return "Draw"
        case events.Transfer():
            return "Transfer to the operating account"
        case events.Sweep():
            return "Sweep"
        case events.Allocation():
            return "Sweep: collections and rest" if event.sweep else "Draw: on the current account"
        case events.Interest():
            return "Interest"
        case events.Return():
            return f"Return: {events.numbers_of(event.parts)}"
        case events.Default():
            return f"Default: {events.numbers_of(event.parts)}"
        case events.Refund():
            return f"Refund: {events.numbers_of(event.parts)}"
        case _:
            return "Final settlement"
