"""The contract's events: remittances, limits, disputes, defaults, figures of the factor."""

from __future__ import annotations

import copy

from tests.oracle import days
from tests.oracle.model import Txn
from tests.oracle.paying import Paying


class Declaring(Paying):
    """Directives, and postings of the firm on the factor's accounts."""

    def declarations(self, *, closing: bool) -> None:
        self.claims()
        contract, rng = self.contract, self.rng
        if self.known and self.happens("limit"):
            own = [debtor for debtor, _ in contract.limits]
            own = [name for name in own if name in self.known] or [
                name for name in sorted(self.known) if len(contract.default_limit.steps) == 1
            ]
            if own:
                self.event("limit", rng.choice(own), self.amount(60000))
        has_index = any(event.kind == "index" for event in self.directives)
        if contract.index and not has_index and self.happens("index"):
            self.directives.append(self.index(self.day))
        if self.happens("charge"):
            name = rng.choice(["audit", "other", *(charge.name for charge in contract.charges)])
            self.event("charge", name, self.amount(200), self.figures("vat"))
        if self.happens("interest"):
            self.event("interest", amount=self.amount(200), figures=self.figures("vat"))
        if closing:
            self.event("close")
            return
        self.remit()
        if self.happens("other posting"):
            amount = self.amount(100) * rng.choice([1, -1])
            role = "current" if contract.treatment == "derecognition" else "borrowing"
            other = "operating" if contract.source == "generated" else "fees"
            other = rng.choice([other, "fees"])
            self.today.append(Txn(self.day, (), ((other, amount), (role, -amount))))
        if contract.treatment == "derecognition" and self.happens("fund posting"):
            amount = self.amount(200) * rng.choice([1, -1])
            self.today.append(Txn(self.day, (), (("guarantee", amount), ("current", -amount))))

        if contract.treatment == "derecognition" and self.happens("collections posting"):
            amount = self.amount(100) * rng.choice([1, -1])
            self.today.append(Txn(self.day, (), (("fees", amount), ("collections", -amount))))

    def claims(self) -> None:
        reference = self.reference
        if self.happens("dispute") and (
            invoice := self.pick(lambda i: i.number not in reference.disputed and not i.away)
        ):
            self.touched.discard(invoice.number)
            self.event("dispute", invoice.number)
        elif self.happens("resolve"):
            disputed = [reference.invoices[number] for number in sorted(reference.disputed)]
            still = [invoice.number for invoice in disputed if invoice.open and not invoice.away]
            if still:
                self.event("resolve", self.rng.choice(still))
        for kind in ("default", "return"):
            if self.happens(kind) and (invoice := self.pick(lambda i: i.held)):
                today = {line.credits for txn in self.today for line in txn.lines}
                if invoice.number not in today:
                    self.event(kind, invoice.number)
                if kind == "return":
                    self.touched.discard(invoice.number)

    def remit(self) -> None:
        contract = self.contract
        if contract.end is not None and self.day > contract.end:
            return
        scheduled = days.is_scheduled(contract, self.day)
        wanted = "remit" in self.features
        declared = contract.every == "declared" and self.rng.random() < 0.15
        if not declared and not (wanted and self.rng.random() < (0.3 if scheduled else 0.03)):
            return
        waiting = {waiting.number for waiting in self.reference.waiting}
        new = any(
            line.invoice
            and line.amount > 0
            and contract.assignable(line.debtor)
            and line.invoice not in waiting
            for txn in self.today
            for line in txn.lines
        )
        new = new and not any(line.credits for txn in self.today for line in txn.lines)
        names = ["commission", "vat"]
        names += ["guarantee"] if "fund posting" in self.features else []
        self.event("remit", figures=self.figures(*names) if new else ())

    def drawing(self) -> None:
        contract = self.contract
        if contract.source != "generated" or contract.draw != "requested":
            return
        if not self.happens("draw"):
            return
        ahead = copy.deepcopy(self.reference)
        ahead.step(self.day, self.today, self.directives)
        most = ahead.available()
        if most > 0:
            self.event("draw", amount=self.rng.choice([most, self.rng.randrange(1, most + 1)]))
