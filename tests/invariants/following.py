"""What customers, the user and the bank do: documents, returns, defaults, sweeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from beancount_factoring.engine import events as made
from beancount_factoring.engine.history import FactorEntry
from tests.invariants.figures import Figures
from tests.invariants.figures import total
from tests.oracle.model import Date
from tests.oracle.model import Event


class Following(Figures):
    """Follows a day's events on the customers' and the bank's side, and compares each."""

    def _declared(self, day: Date, today: list[Event], booked: Sequence[made.Event]) -> None:
        """Follow returns and defaults."""
        expected: Counter[tuple[str, str, int]] = Counter()
        for event in sorted(today, key=lambda event: event.kind, reverse=True):
            if event.kind == "return":
                amount = self.custody.give_back(event.what)
                self.current -= amount
                expected["return", event.what, amount] += 1
            elif event.kind == "default":
                amount, share = self.custody.default(event.what, day)
                self.current -= share
                expected["default", event.what, amount] += 1
                expected["share", event.what, share] += 1
            elif event.kind in {"dispute", "resolve"}:
                paper = self.book.papers[event.what]
                self.saw(event.kind, paper.debtor, paper.number)
            elif event.kind in {"limit", "index"}:
                self.saw(event.kind, event.what if event.kind == "limit" else "", "")
        found: Counter[tuple[str, str, int]] = Counter()
        for item in booked:
            if isinstance(item, (made.Return, made.Default)):
                number = item.parts[0].document.number or ""
                kind = "return" if isinstance(item, made.Return) else "default"
                found[kind, number, total(item.parts)] += 1
                if isinstance(item, made.Default):
                    found["share", number, item.share] += 1
        if found != expected:
            self.tell(10, f"returns and defaults are {dict(found)}, not {dict(expected)}")

    def _collections(self, booked: Sequence[made.Event], doubtful: int) -> None:
        found = sum(total(e.doubtful) for e in booked if isinstance(e, made.Collection))
        if found != doubtful:
            self.tell(2, f"{found} goes to doubtful, not {doubtful}")

    def _factor_entries(self, day: Date, booked: Sequence[made.Event]) -> None:
        """Follow the user's postings on the factor's accounts."""
        allocations = [item for item in booked if isinstance(item, made.Allocation)]
        for entry in self.entries[day]:
            amount = entry.current + entry.collections
            self.carried += entry.guarantee
            self.others += entry.guarantee
            early = day < self.contract.start or self.contract.source == "generated"
            if entry.bank is None or early:
                self.current += entry.current
                self.others += entry.current
                self.loose -= entry.collections
                for role in ("current", "collections", "guarantee"):
                    if getattr(entry, role):
                        self.saw(f"other posting: {role}", "", "")
                continue
            if not amount:
                continue
            if not allocations:
                self.tell(7, f"the bank's entry of {amount} was not followed")
                return
            self._bank_entry(day, entry, amount, allocations.pop(0))
        if allocations:
            self.tell(7, "a bank's entry was followed that is not there")

    def _bank_entry(
        self, day: Date, entry: FactorEntry, amount: int, followed: made.Allocation
    ) -> None:
        account = self._short(entry.bank or "")
        if amount < 0:
            self.current += amount
            self.drawn -= amount
            kind = "draw by the bank" + (": to operating" * (account == "operating"))
            self.saw("payment after the close" if self.closed else kind, "", "")
            return
        received = self.custody.sweep_stated(
            account,
            [(part.document.number or "", part.amount) for part in followed.parts],
            followed.rest - followed.beyond,
        )
        self.current += followed.rest
        self.swept += amount
        if total(followed.parts) + followed.rest != amount:
            self.tell(7, f"a sweep of {amount} took {total(followed.parts)} and {followed.rest}")
        left = [r for r in self.books.state.receipts.waiting() if r.bank == entry.bank]
        if followed.beyond and left:
            waits = sum(receipt.total for receipt in left)
            self.tell(
                7, f"{followed.beyond} is beyond all receipts, but {waits} waits on {account}"
            )
        self._count_sweep(day, account, received, followed.beyond, len(left))
        if entry.collections and entry.current:
            self.saw("sweep by the bank: on two accounts of the factor", "", "")

    def _count_sweep(self, day: Date, account: str, received: int, beyond: int, left: int) -> None:
        """Count how a bank's sweep takes receipts, of which some are left."""
        queue = self.custody.cash[account]
        taken = queue[: max(0, len(queue) - left)]
        self.custody.cash[account] = queue[len(taken) :]
        kinds = {
            "too large": beyond and received,
            "of nothing": beyond and not received,
            "merged": len(taken) > 1,
            "split": not beyond and received != sum(cash.total for cash in taken),
            "late": any(cash.due < day for cash in taken),
            "in time": taken and all(cash.due >= day for cash in taken),
        }
        for kind in (kind for kind, is_so in kinds.items() if is_so):
            self.saw(f"sweep by the bank: {kind}", "", "")

    def _short(self, bank: str) -> str:
        return self.accounts[bank]

    def _sweeps(self, due: Date | None, booked: Sequence[made.Event]) -> None:
        """Check that what is due is swept, once, and nothing else."""
        expected = self.custody.sweep_due(due)
        found: dict[str, tuple[Counter[str], int]] = {}
        for item in booked:
            if isinstance(item, made.Sweep):
                parts: Counter[str] = Counter()
                for document, amount in item.parts:
                    parts[document.number or ""] += amount
                if self._short(item.bank) in found:
                    self.tell(7, f"two sweeps of {item.bank}")
                found[self._short(item.bank)] = (parts, item.rest)
        if found != expected:
            self.tell(7, f"swept is {found}, not {expected}")
        for bank, (parts, rest) in expected.items():
            amount = parts.total() + rest
            self.current += rest
            self.swept += amount
            self.cash[bank] -= amount
            self.saw("sweep" + (f": of the account {bank}" * (bank != "shared")), "", "")
            if rest:
                self.saw("sweep: of a rest" if rest > 0 else "sweep: less a rest", "", "")
