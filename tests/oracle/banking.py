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
        rng = self.rng
        derecognition = self.contract.treatment == "derecognition"
        roles = ["current", "collections"] if derecognition else ["borrowing"]
        paid = any(receipt.account == "operating" for receipt in self.reference.receipts)
        paid |= any(txn.lines and txn.on("operating") for txn in self.today)
        if self.features > STRAIGHT and not paid and rng.random() < 0.02:
            self.pay("operating", self.amount(500), roles)
            return
        owed = sum(self.reference.current)
        if self.reference.closed and owed and rng.random() < 0.1:
            accounts = [("operating", owed), (rng.choice(roles), -owed)]
            self.today.append(Txn(self.day, (), tuple(accounts)))
            return
        for account in ("shared", "operating", "banks"):
            receipts = [r for r in self.reference.receipts if r.account == account]
            if not receipts or rng.random() < 0.4:
                continue
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
            parts = self.contract.fund_build == "revolving"
            today = any(txn.lines and txn.on(account) for txn in self.today)
            if amount > 0 and not ambiguous(receipts, amount, parts=parts, today=today):
                self.pay(account, amount, roles)
        if self.reference.active and rng.random() < 0.3:
            amount = max(0, self.reference.available())
            if amount:
                amount = rng.randrange(1, amount + 1)
                account = rng.choice(["shared", "shared", "operating"])
                fee = rng.choice([0, min(5 * self.unit, amount - 1)])
                others = [(account, amount - fee), (rng.choice(roles), -amount)]
                others += [("fees", fee)] if fee else []
                self.today.append(Txn(self.day, (), tuple(others)))
                if account == "shared":
                    moved = [("shared", fee - amount), ("operating", amount - fee)]
                    self.today.append(Txn(self.day, (), tuple(moved)))

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
