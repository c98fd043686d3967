"""The bank's entries in statement mode: sweeps, draws, transfers."""

from __future__ import annotations

from tests.oracle.declaring import Declaring
from tests.oracle.model import Txn
from tests.oracle.records import Receipt
from tests.oracle.story import STRAIGHT


class Banking(Declaring):
    """Sweeps that are late, split, merged or too large; draws."""

    def bank(self) -> None:
        """Write what the bank statement has: sweeps, draws, transfers to the operating account."""
        derecognition = self.contract.treatment == "derecognition"
        roles = ["current", "collections"] if derecognition else ["borrowing"]
        paid = any(receipt.account == "operating" for receipt in self.reference.receipts)
        paid |= any(txn.lines and txn.on("operating") for txn in self.today)
        if self.features > STRAIGHT and not paid and self.rng.random() < 0.02:
            self.pay("operating", self.amount(500), roles)
            return
        if self.settle_close(roles):
            return
        for account in ("shared", "operating", "banks"):
            self.sweep(account, roles)
        self.bank_draw(roles)

    def settle_close(self, roles: list[str]) -> bool:
        """Clear what was left on the current account at the close; say whether that was done."""
        owed = sum(self.reference.current)
        if not (self.reference.closed and owed and self.rng.random() < 0.1):
            return False
        accounts = [("operating", owed), (self.rng.choice(roles), -owed)]
        self.today.append(Txn(self.day, (), tuple(accounts)))
        return True

    def sweep(self, account: str, roles: list[str]) -> None:
        """Sweep a bank account, or not: late, in part, or too much."""
        rng = self.rng
        receipts = [r for r in self.reference.receipts if r.account == account]
        if not receipts or rng.random() < 0.4:
            return
        cash = [receipt.in_hand + receipt.rest for receipt in receipts]
        amount = sum(cash)
        if self.features > STRAIGHT:
            kind = rng.random()
            if kind < 0.15:
                amount = sum(cash[: rng.randrange(1, len(cash) + 1)])
            elif kind < 0.3:
                amount = rng.randrange(1, max(2, amount))
            elif kind < 0.4:
                amount += self.amount(500)
        if amount > 0 and not self.is_ambiguous(account, receipts, amount):
            self.pay(account, amount, roles)

    def is_ambiguous(self, account: str, receipts: list[Receipt], amount: int) -> bool:
        """Say whether a sweep would end where the rules name no order."""
        parts = self.contract.fund_build == "revolving"
        today = any(txn.lines and txn.on(account) for txn in self.today)
        return ambiguous(receipts, amount, parts=parts, today=today)

    def bank_draw(self, roles: list[str]) -> None:
        """Draw some of what is available, less the bank's fee."""
        rng = self.rng
        if not self.reference.active or rng.random() >= 0.3:
            return
        amount = max(0, self.reference.available())
        if amount:
            amount = rng.randrange(1, amount + 1)
            self.today += self.drawn(amount, rng.choice(["shared", "shared", "operating"]), roles)

    def drawn(self, amount: int, account: str, roles: list[str]) -> list[Txn]:
        """Return the bank's entries of a draw: to the shared account, it is moved up."""
        fee = self.rng.choice([0, min(5 * self.unit, amount - 1)])
        others = [(account, amount - fee), (self.rng.choice(roles), -amount)]
        others += [("fees", fee)] if fee else []
        entries = [Txn(self.day, (), tuple(others))]
        if account == "shared":
            moved = [("shared", fee - amount), ("operating", amount - fee)]
            entries.append(Txn(self.day, (), tuple(moved)))
        return entries

    def pay(self, account: str, amount: int, roles: list[str]) -> None:
        """Pay the factor, on one of its accounts or on two."""
        part = self.rng.randrange(amount) if self.rng.random() < 0.2 else 0
        sides = [(roles[0], part), (roles[-1], amount - part)]
        if not part:
            sides = [(self.rng.choice(roles), amount)]
        self.today.append(Txn(self.day, (), ((account, -amount), *sides)))


def ambiguous(receipts: list[Receipt], amount: int, *, parts: bool, today: bool) -> bool:
    """Say whether a sweep would end where the rules name no order.

    That is inside a day of several receipts, or among those of `today`, which are not known yet;
    with `parts`, also inside a receipt of several documents.
    """
    left = amount
    for day in sorted({receipt.day for receipt in receipts}):
        group = [receipt for receipt in receipts if receipt.day == day]
        cash = [receipt.in_hand + receipt.rest for receipt in group]
        most = sum(part for part in cash if part > 0)
        if len(cash) > 1 and 0 < left <= most and not left == most == sum(cash):
            return True
        if parts and left < cash[0] and len(group[0].parts) > 1:
            return True
        left -= sum(cash)
        if left <= 0:
            return False
    return today
