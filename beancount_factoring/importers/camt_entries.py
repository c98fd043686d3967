"""The entries of a camt message (ISO 20022 `Ntry`), whichever message holds them.

What moved between versions (status as text or as `Cd`, a date as `Dt` or `DtTm`, a party directly
or under `Pty`) is looked for in each of its places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from beancount_factoring.importers.camt_values import Money
from beancount_factoring.importers.camt_values import day
from beancount_factoring.importers.camt_values import identifier
from beancount_factoring.importers.camt_values import money
from beancount_factoring.importers.documents import DocumentRefusedError
from beancount_factoring.importers.documents import StatementLine
from beancount_factoring.importers.statements import compact_iban
from beancount_factoring.importers.statements import given_id
from beancount_factoring.importers.statements import one_line
from beancount_factoring.importers.statements import readable
from beancount_factoring.importers.statements import shown
from beancount_factoring.importers.xml_leaves import Leaves

# Entries that are not booked: pending, for information, booked in the future.
_NOT_BOOKED = {"PDNG", "INFO", "FUTR"}

_END_TO_END = "Refs/EndToEndId"
_REFERENCE = "RmtInf/Strd/CdtrRefInf/Ref"

# Where the versions put the name of a party and its account's identifier.
_ROLES = ("Dbtr", "Cdtr")
_NAMES = {
    role: tuple(f"RltdPties/{role}/{place}" for place in ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm"))
    for role in _ROLES
}
_ACCOUNTS = {
    role: (f"RltdPties/{role}Acct/Id/IBAN", f"RltdPties/{role}Acct/Id/Othr/Id") for role in _ROLES
}

# What a person would read of a transaction, in this order.
_TEXTS = ("RmtInf/Ustrd", "RmtInf/Strd/RfrdDocInf/Nb", "RmtInf/Strd/AddtlRmtInf", "AddtlTxInf")


class Entry(NamedTuple):
    """An entry: its own leaves, and those of each of its transactions (`TxDtls`)."""

    leaves: Leaves
    details: list[Leaves]
    position: int


@dataclass(frozen=True, slots=True)
class EntryReader:
    """Reads the entries of one account; `own` is the account's IBAN or other identifier."""

    own: str | None

    def lines(self, entry: Entry) -> Iterator[tuple[StatementLine, str]]:
        """Yield the movements of an entry, each with its currency; none if it is not booked.

        A batch is one line for each of its transactions where all their amounts are given, in the
        entry's currency, and add up to it; else it is one line with the entry's amount.
        """
        try:
            if _is_booked(entry.leaves):
                total = money(entry.leaves)
                split = self._split(entry, total) if len(entry.details) > 1 else None
                for line in split or (self._line(entry, total.amount),):
                    yield line, total.currency
        except DocumentRefusedError as refusal:
            raise DocumentRefusedError(f"line {entry.position}: entry: {refusal}") from refusal

    def _split(self, entry: Entry, total: Money) -> list[StatementLine]:
        """Return a line for each transaction of a batch; none where they cannot stand for it."""
        side = entry.leaves["CdtDbtInd"]
        amounts = [_detail_amount(detail, side, total.currency) for detail in entry.details]
        known = [amount for amount in amounts if amount is not None]
        if len(known) < len(amounts) or sum(known, Decimal(0)) != total.amount:
            return []
        return [
            self._line(Entry(entry.leaves, [detail], entry.position), amount, bank_id)
            for detail, amount, bank_id in zip(entry.details, known, _ids(entry), strict=True)
        ]

    def _line(self, entry: Entry, amount: Decimal, bank_id: str | None = None) -> StatementLine:
        leaves = entry.leaves
        value_date = day(leaves, "ValDt/Dt", "ValDt/DtTm")
        date = day(leaves, "BookgDt/Dt", "BookgDt/DtTm") or value_date
        if date is None:
            raise DocumentRefusedError("has neither a booking date nor a value date")
        reversal = leaves.get("RvslInd") in {"true", "1"}
        # In a reversal the parties keep the roles they had in the payment that is reversed.
        roles = _ROLES if (amount > 0) is not reversal else _ROLES[::-1]
        detail = entry.details[0] if len(entry.details) == 1 else _common(entry.details, roles[0])
        name, account = self._counterparty(detail, roles, reversal)
        texts = detail.all(*_TEXTS)
        references = detail.all(_REFERENCE)
        if len(references) > 1:
            texts = references + texts
        return StatementLine(
            date=date,
            value_date=value_date,
            amount=amount,
            text=readable(texts + leaves.all("AddtlNtryInf")),
            counterparty=name,
            counterparty_iban=compact_iban(account) if account else None,
            end_to_end_id=given_id(detail.get(_END_TO_END)),
            reference=references[0] if len(references) == 1 else None,
            bank_id=bank_id or leaves.get("AcctSvcrRef") or detail.get("Refs/AcctSvcrRef"),
            code=_code(detail) or _code(leaves),
            reversal=reversal,
            position=entry.position,
        )

    def _counterparty(
        self, detail: Leaves, roles: tuple[str, str], reversal: bool
    ) -> tuple[str | None, str | None]:
        """Return the other party's name and account.

        Banks also name the account's owner, and some put the other party in the owner's place:
        that place counts in reversals, or where its account is given and is not this one.
        """
        for role in roles:
            name, account = _name(detail, role), identifier(detail, *_ACCOUNTS[role])
            if account:
                if account != self.own:
                    return name, account
            elif name and (role == roles[0] or reversal):
                return name, None
        return None, None


def _is_booked(leaves: Leaves) -> bool:
    # A statement holds booked entries; one that has no status is taken for what it is in.
    status = leaves.get("Sts") or leaves.get("Sts/Cd") or "BOOK"
    if status != "BOOK" and status not in _NOT_BOOKED:
        raise DocumentRefusedError(
            f"status is {shown(status)}; BOOK, PDNG, INFO or FUTR was expected"
        )
    return status == "BOOK"


def _detail_amount(detail: Leaves, side: str, currency: str) -> Decimal | None:
    """Return the amount of a transaction in a batch; `None` if it is not given in `currency`.

    `side` is the batch's `CdtDbtInd`, for a transaction that states none.
    """
    amount = Leaves()
    path = "Amt" if "Amt" in detail else "AmtDtls/TxAmt/Amt"
    amount.update({path: detail.get(path, ""), f"{path}@Ccy": detail.get(f"{path}@Ccy", "")})
    amount["CdtDbtInd"] = detail.get("CdtDbtInd", side)
    try:
        stated = money(amount, path, f"{path}@Ccy")
    except DocumentRefusedError:
        return None
    return stated.amount if stated.currency == currency else None


def _ids(entry: Entry) -> list[str | None]:
    """Return the bank's identifiers of a batch's transactions, no two of them equal.

    They are the transactions' own, or else the batch's with the place behind it.
    """
    own = [detail.get("Refs/AcctSvcrRef") for detail in entry.details]
    if None not in own and len(set(own)) == len(own):
        return own
    batch = entry.leaves.get("AcctSvcrRef")
    return [f"{batch}/{place}" if batch else None for place in range(1, len(own) + 1)]


def _common(details: list[Leaves], role: str) -> Leaves:
    """Return what a batch's transactions have in common; what differs is told as text.

    `role` is the role of the other party.
    """
    common = Leaves()
    if details:
        common.update(set(details[0].items()).intersection(*(each.items() for each in details)))
    told = [
        text
        for detail in details
        for text in (
            _name(detail, role),
            given_id(detail.get(_END_TO_END)),
            *detail.all(_REFERENCE, *_TEXTS),
        )
        if text
    ]
    for text in dict.fromkeys(told):
        common.add("AddtlTxInf", text)
    return common


def _code(leaves: Leaves) -> str | None:
    """Return the bank transaction code: domain, family and sub-family, or the bank's own."""
    domain = leaves.get("BkTxCd/Domn/Cd")
    if domain is None:
        return leaves.get("BkTxCd/Prtry/Cd")
    family = leaves.get("BkTxCd/Domn/Fmly/Cd", "")
    sub_family = leaves.get("BkTxCd/Domn/Fmly/SubFmlyCd", "")
    return f"{domain}-{family}-{sub_family}"


def _name(detail: Leaves, role: str) -> str | None:
    for path in _NAMES[role]:
        if path in detail:
            return given_id(one_line(detail[path]))
    return None
