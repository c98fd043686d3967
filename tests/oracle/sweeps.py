"""Sweeps, generated and by the bank's entries (rules, 3, Sweep and Statement)."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence

from tests.oracle import days
from tests.oracle.books import FACTOR_ACCOUNTS
from tests.oracle.customers import Customers
from tests.oracle.model import Txn
from tests.oracle.records import Holder


class Sweeps(Customers):
    """What the factor takes from the bank accounts."""

    def sweeps(self, txns: Sequence[Txn], *, closing: bool) -> None:
        if self.contract.source == "statement":
            entries = [txn for txn in txns if self.is_bank_entry(txn)]
            for txn in sorted(entries, key=lambda txn: txn.on(*FACTOR_ACCOUNTS) < 0):
                self._bank_entry(txn)
            return
        for receipt in list(self.receipts):
            due = days.business_days_later(self.contract.calendar, receipt.day, self.contract.sweep)
            if due == self.today or closing:
                self.receipts.remove(receipt)
                in_hand, rest = receipt.in_hand, receipt.rest
                self._sweep(receipt.parts, rest)
                self.post((receipt.account, -in_hand - rest), *self._factor_side(in_hand, rest))

    def _sweep(self, parts: Iterable[tuple[Holder, int]], rest: int) -> None:
        total = rest
        for holder, amount in parts:
            holder.in_hand.append(-amount)
            holder.line.append(-amount)
            total += amount
        self.current.append(rest)
        self.swept.append(total)

    def _factor_side(self, in_hand: int, rest: int) -> list[tuple[str, int]]:
        if self.derecognition:
            return [("collections", in_hand), ("current", rest)]
        return [("borrowing", in_hand + rest)]

    def _bank_entry(self, txn: Txn) -> None:
        amount = txn.on(*FACTOR_ACCOUNTS)
        if amount < 0:
            self.draws.append(-amount)
            self.current.append(amount)
            right = [(self.account, amount)]
        else:
            in_hand, rest = self._take(self.bank_of(txn) or "", amount)
            right = self._factor_side(in_hand, rest)
        written = [(name, -value) for name, value in txn.others if name in FACTOR_ACCOUNTS]
        self.post(*right, *written)

    def _take(self, account: str, amount: int) -> tuple[int, int]:
        """Sweep an amount, receipt by receipt; return it in collections in hand and the rest."""
        taken: list[tuple[Holder, int]] = []
        left, rest = amount, 0
        for receipt in [receipt for receipt in self.receipts if receipt.account == account]:
            if left <= 0:
                break
            if receipt.in_hand + receipt.rest <= left:
                left -= receipt.in_hand + receipt.rest
                taken += receipt.parts
                rest += receipt.rest
                receipt.parts, receipt.rest = [], 0
                continue
            if receipt.in_hand <= left:
                left -= receipt.in_hand
                taken += receipt.parts
                receipt.parts = []
            for place, (holder, part) in enumerate(receipt.parts):
                some = max(0, min(part, left))
                receipt.parts[place] = (holder, part - some)
                taken.append((holder, some))
                left -= some
            if left:
                some = min(receipt.rest, left)
                receipt.rest -= some
                rest += some
                left -= some
            break
        self.receipts = [receipt for receipt in self.receipts if receipt.parts or receipt.rest]
        self._sweep(taken, rest + left)
        return sum(part for _, part in taken), rest + left
