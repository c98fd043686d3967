"""The entries of a camt message (ISO 20022 `Ntry`), whichever message holds them.

What moved between versions (status as text or as `Cd`, a date as `Dt` or `DtTm`, a party directly
or under `Pty`) is looked for in each of its places.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from beancount_factoring.importers.banks.camt_values import Money
from beancount_factoring.importers.banks.camt_values import check_currency
from beancount_factoring.importers.banks.camt_values import day
from beancount_factoring.importers.banks.camt_values import identifier
from beancount_factoring.importers.banks.camt_values import money
from beancount_factoring.importers.banks.camt_values import plain_amount
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import ForeignAmount
from beancount_factoring.importers.reading.documents import StatementLine
from beancount_factoring.importers.reading.statements import compact_iban
from beancount_factoring.importers.reading.statements import given_id
from beancount_factoring.importers.reading.statements import one_line
from beancount_factoring.importers.reading.statements import readable
from beancount_factoring.importers.reading.statements import shown
from beancount_factoring.importers.reading.xml_leaves import Leaves
from beancount_factoring.tuples import new

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

_OF_BANK = "AddtlNtryInf"

# What a batch says of each of its transactions.
_OF_ENTRY = ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm", "RvslInd")

# Where a transaction of a batch has its amount: as booked, as it was made, as it was converted.
_OWN_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt")

# What was instructed, before charges and in the currency of the payment.
_INSTRUCTED = ("AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt")
_CHARGES = ("Chrgs/TtlChrgsAndTaxAmt", "Chrgs/Rcrd/Amt", "Chrgs/Amt")

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

    def line(self, entry: Entry) -> tuple[StatementLine | None, Money]:
        """Return the movement of an entry, `None` if it is not booked, and the entry's amount.

        A batch has its transactions as details where all their amounts are given, in the entry's
        currency, and add up to it; else what they say is told in its text.
        """
        try:
            total = money(entry.leaves)
            if not _is_booked(entry.leaves):
                return None, total
            details = self._details(entry, total) if len(entry.details) > 1 else ()
            if details:
                line = self._line(entry._replace(details=[]), total)._replace(details=details)
            else:
                line = self._line(entry, total)
        except DocumentRefusedError as refusal:
            raise DocumentRefusedError(f"line {entry.position}: entry: {refusal}") from refusal
        return line, total

    def _details(self, entry: Entry, total: Money) -> tuple[StatementLine, ...]:
        """Return a line for each transaction of a batch; none where they cannot stand for it."""
        side = entry.leaves["CdtDbtInd"]
        amounts = [_detail_amount(detail, side, total.currency) for detail in entry.details]
        known = [amount for amount in amounts if amount is not None]
        if len(known) < len(amounts) or sum(known, Decimal(0)) != total.amount:
            return ()
        whole = Leaves({path: entry.leaves[path] for path in _OF_ENTRY if path in entry.leaves})
        return tuple(
            self._line(Entry(whole, [detail], entry.position), Money(amount, total.currency))
            for detail, amount in zip(entry.details, known, strict=True)
        )

    def _line(self, entry: Entry, total: Money) -> StatementLine:
        leaves, amount = entry.leaves, total.amount
        value_date = day(leaves, "ValDt/Dt", "ValDt/DtTm")
        date = day(leaves, "BookgDt/Dt", "BookgDt/DtTm") or value_date
        if date is None:
            raise DocumentRefusedError("has neither a booking date nor a value date")
        reversal = leaves.get("RvslInd") in {"true", "1"}
        # In a reversal the parties keep the roles they had in the payment that is reversed.
        roles = _ROLES if (amount > 0) is not reversal else _ROLES[::-1]
        alone = entry.details[0] if len(entry.details) == 1 else Leaves()
        detail = alone or _common(entry.details, roles[0])
        name, account = self._counterparty(detail, roles, reversal)
        texts = detail.all(*_TEXTS)
        references = detail.all(_REFERENCE) if _REFERENCE in detail else []
        if len(references) > 1:
            texts = references + texts
        if _OF_BANK in leaves:
            texts += leaves.all(_OF_BANK)
        original = charges = None
        if _is_stated(alone):
            original = _original(alone, total)
            charges = _charges(alone, leaves, total)
        if original is None and _is_stated(leaves):
            original = _original(leaves, total)
        bank_id = leaves.get("AcctSvcrRef") or detail.get("Refs/AcctSvcrRef")
        return new(
            StatementLine,
            (
                date,
                value_date,
                amount,
                readable(texts),
                name,
                compact_iban(account) if account else None,
                given_id(detail.get(_END_TO_END)),
                references[0] if len(references) == 1 else None,
                bank_id,
                _code(detail) or _code(leaves),
                None,
                reversal,
                entry.position,
                (),
                original,
                charges,
            ),
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
    path = next((path for path in _OWN_AMOUNTS if detail.get(f"{path}@Ccy") == currency), None)
    if path is None:
        return None
    amount = Leaves({path: detail.get(path, ""), f"{path}@Ccy": currency})
    amount["CdtDbtInd"] = detail.get("CdtDbtInd", side)
    try:
        return money(amount, path, f"{path}@Ccy").amount
    except DocumentRefusedError:
        return None


def _is_stated(leaves: Leaves) -> bool:
    instructed, as_made = _INSTRUCTED
    return instructed in leaves or as_made in leaves


def _original(leaves: Leaves, total: Money) -> ForeignAmount | None:
    """Return the amount that was instructed in another currency than the account's."""
    for path in _INSTRUCTED:
        currency = leaves.get(f"{path}@Ccy")
        if currency is not None and currency != total.currency and path in leaves:
            number = plain_amount(leaves[path], path)
            check_currency(currency, path)
            return ForeignAmount(number.copy_sign(total.amount), currency)
    return None


def _charges(detail: Leaves, leaves: Leaves, total: Money) -> Decimal | None:
    """Return the charges within an entry: what it has less than was paid, or more than was sent.

    Charges are stated in many ways, included or not; they are within the amount if that is what
    the instructed amount and the charges come to.
    """
    stated = [text for part in (detail, leaves) for text in part.all(*_CHARGES)]
    if not stated:
        return None
    for path in _INSTRUCTED:
        if detail.get(f"{path}@Ccy") == total.currency:
            paid = plain_amount(detail.get(path), path).copy_sign(total.amount)
            charges = total.amount - paid
            if charges < 0 and -charges in {plain_amount(text, "Chrgs") for text in stated}:
                return charges
    return None


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
