"""OFX bank statements: version 1 (SGML, leaves without closing tags) and version 2 (XML).

The libraries for it do not fit: ofxtools is under GPL-3.0 alone, ofxparse mends what is wrong in a
file without a word and builds a tree of it all. What a statement needs of OFX is little.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from beancount_factoring.importers.banks.ofx_tags import Group
from beancount_factoring.importers.banks.ofx_tags import descendants
from beancount_factoring.importers.banks.ofx_tags import whole
from beancount_factoring.importers.reading.documents import YEARS
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Statement
from beancount_factoring.importers.reading.documents import StatementLine
from beancount_factoring.importers.reading.statements import check_size
from beancount_factoring.importers.reading.statements import compact_iban
from beancount_factoring.importers.reading.statements import french_iban
from beancount_factoring.importers.reading.statements import head
from beancount_factoring.importers.reading.statements import one_line
from beancount_factoring.importers.reading.statements import readable
from beancount_factoring.importers.reading.statements import shown
from beancount_factoring.importers.reading.statements import with_remarks

LARGEST_FILE = 1 << 25

_BEGINNING = re.compile(rb"OFXHEADER|<OFX>", re.IGNORECASE)
_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,18}(?:[.,][0-9]{0,18})?|[.,][0-9]{1,18})")
_DAY = re.compile(r"[0-9]{8}")
_CURRENCY = re.compile(r"[A-Z]{3}")

# What tells no movement from another: zeros, or a count that begins anew in every file.
_NO_ID = re.compile(r"0*|.{1,3}")


_USED = {"DTPOSTED", "DTAVAIL", "TRNAMT", "FITID", "NAME", "MEMO", "REFNUM", "CHECKNUM", "TRNTYPE"}


def looks_like_ofx(path: Path) -> bool:
    """Tell from its head whether a file is OFX; never raises."""
    return _BEGINNING.search(head(path, 4096).replace(b"\0", b"")) is not None


def read_ofx(path: Path) -> tuple[Statement, ...]:
    """Return the bank and credit card statements of an OFX file in their order.

    OFX gives no opening balance, so nothing proves the lines. Raises `DocumentRefusedError` for the
    whole file if any of it cannot be read right: groups that do not close, an amount or date in
    doubt, amounts in another currency than the account's or without a sign.
    """
    check_size(path, LARGEST_FILE)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentRefusedError(f"cannot be opened: {error}") from error
    root = whole(_decoded(data))
    served = _day_or_none(next(descendants(root, "SONRS"), root).get("DTSERVER"))
    found = [
        _statement(group, served)
        for response in root.within
        for answer in response.within
        for group in answer.within
        if group.name in {"STMTRS", "CCSTMTRS"}
    ]
    if not found:
        raise DocumentRefusedError(f"holds no bank statement{_why_not(root)}")
    return tuple(found)


def _decoded(data: bytes) -> str:
    """Return the text of a file: headers often name another encoding than the bytes have."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DocumentRefusedError("holds NUL bytes or broken text, which OFX has not")


def _why_not(root: Group) -> str:
    """Return what the bank says in a file without statements."""
    for status in descendants(root, "STATUS"):
        if status.get("CODE").strip("0"):
            said = one_line(status.get("MESSAGE")) or status.get("SEVERITY")
            return f": the bank answers with status {shown(status.get('CODE'))}, {shown(said)}"
    return ""


def _statement(group: Group, served: datetime.date | None) -> Statement:
    """Return a statement; `served` is the day on which the bank wrote the file."""
    account = _account(group)
    lists = group.all("BANKTRANLIST")
    movements = [each for listed in lists for each in listed.all("STMTTRN")]
    corrections = [each for each in movements if "CORRECTFITID" in each.leaves]
    kept = [each for each in movements if each.leaves and "CORRECTFITID" not in each.leaves]
    currency = _currency(group, movements)
    lines = tuple(_line(each) for each in kept)
    ends = [_day_or_none(each.get("DTEND")) for each in lists]
    last = max((end for end in ends if end), default=None)
    closing, closing_date, remark = _closing(group.one("LEDGERBAL"), last, served)
    remarks = [remark] if remark else []
    remarks += [
        f"line {each.line}: a correction ({shown(each.get('CORRECTACTION'))}) of the movement"
        f" {shown(each.get('CORRECTFITID'))} is left out: mend that one by hand"
        for each in corrections
    ]
    remarks += _doubts(kept, lines)
    return with_remarks(
        Statement(
            account=account,
            currency=currency,
            number=None,
            opening=None,
            opening_date=None,
            closing=closing,
            closing_date=closing_date,
            lines=lines,
            position=group.line,
            remarks=tuple(remarks),
        )
    )


def _account(group: Group) -> str:
    """Return the account: an IBAN, also the one that a French account's numbers make."""
    source = group.one("CCACCTFROM" if group.name == "CCSTMTRS" else "BANKACCTFROM")
    number = source.get("ACCTID")
    if not number:
        raise group.refusal("names no account (ACCTID)")
    bank, branch = source.get("BANKID"), source.get("BRANCHID")
    iban = compact_iban(number) or french_iban(bank, branch, number)
    return iban or " ".join(filter(None, (bank, branch, one_line(number))))


def _currency(group: Group, movements: list[Group]) -> str:
    """Return the one currency of the account and its movements; refuse two."""
    found = {group.get("CURDEF"): group.line} if group.get("CURDEF") else {}
    for movement in movements:
        stated = movement.one("CURRENCY").get("CURSYM") if movement.within else ""
        if stated:
            found.setdefault(stated, movement.line)
    if len(found) > 1:
        listed = ", ".join(f"{shown(text)} (line {line})" for text, line in found.items())
        raise group.refusal(f"is in more than one currency: {listed}")
    currency = next(iter(found), "")
    if not _CURRENCY.fullmatch(currency):
        raise group.refusal(f"has the currency {shown(currency)}; three capitals were expected")
    return currency


def _closing(
    balance: Group, last: datetime.date | None, served: datetime.date | None
) -> tuple[Decimal | None, datetime.date | None, str]:
    """Return the closing balance with its day, or neither and why.

    It counts for a day that is over, and whose movements are all in the file: many banks state
    the balance of the moment at which they write it.
    """
    if not balance.get("BALAMT"):
        return None, None, ""
    amount = _amount(balance, "BALAMT")
    asof = _day_or_none(balance.get("DTASOF"))
    if asof is None:
        return None, None, f"line {balance.line}: the balance {amount} has no date: it is left out"
    if (last is None or asof <= last) and (served is None or asof < served):
        return amount, asof, ""
    why = "movements of that day may follow" if last is None or asof <= last else f"after {last}"
    return None, None, f"line {balance.line}: the balance {amount} of {asof} is left out: {why}"


def _line(group: Group) -> StatementLine:
    if group.twice:
        for name in _USED & group.twice:
            group.get(name)
    leaf = group.leaves.get
    texts = [leaf("NAME", ""), leaf("MEMO", "")]
    payee = other = ""
    if group.within:
        payee = group.one("PAYEE").get("NAME")
        other = group.one("BANKACCTTO").get("ACCTID")
        original = group.one("ORIGCURRENCY")
        texts.append(f"{original.get('CURSYM')} {original.get('CURRATE')}")
    amount = _amount(group, "TRNAMT")
    identifier = leaf("FITID", "")
    references = (leaf("REFNUM", ""), leaf("CHECKNUM", ""))
    return StatementLine(
        date=_day(group, "DTPOSTED"),
        value_date=_day(group, "DTAVAIL") if "DTAVAIL" in group.leaves else None,
        amount=amount,
        text=readable(texts),
        counterparty=one_line(payee) or None,
        counterparty_iban=compact_iban(other) if other else None,
        reference=next((text for text in references if text.strip("0")), None),
        bank_id=None if _NO_ID.fullmatch(identifier) else identifier,
        code=leaf("TRNTYPE", "").upper() or None,
        position=group.line,
    )


def _doubts(groups: list[Group], lines: tuple[StatementLine, ...]) -> list[str]:
    """Return remarks on what a person should look at; refuse amounts without a sign."""
    wrong = [group for group, line in zip(groups, lines, strict=True) if _contradicts(line)]
    if wrong and all(line.amount >= 0 for line in lines):
        raise wrong[0].refusal(
            f"is a debit of {shown(wrong[0].get('TRNAMT'))}, and no amount has a minus: the file's"
            " amounts have no sign"
        )
    remarks = [
        f"line {group.line}: the amount {group.get('TRNAMT')} contradicts its type"
        f" {shown(group.get('TRNTYPE'))}: the sign counts"
        for group in wrong
    ]
    ids = Counter(line.bank_id for line in lines if line.bank_id)
    repeated = [identifier for identifier, count in ids.items() if count > 1]
    remarks += [f"{ids[each]} movements have the FITID {shown(each)}" for each in repeated]
    return remarks


def _contradicts(line: StatementLine) -> bool:
    return (line.code == "DEBIT" and line.amount > 0) or (line.code == "CREDIT" and line.amount < 0)


def _amount(group: Group, name: str) -> Decimal:
    text = group.get(name)
    if not _AMOUNT.fullmatch(text):
        raise group.refusal(f"has the {name} {shown(text)}; an amount like -1234.56 was expected")
    return Decimal(text.replace(",", "."))


def _day(group: Group, name: str) -> datetime.date:
    """Return the day of a date, as the bank has it, whatever its time zone."""
    date = _day_or_none(group.get(name))
    if date is None:
        raise group.refusal(
            f"has the {name} {shown(group.get(name))}; a date like 20260131 was expected"
        )
    return date


@lru_cache(maxsize=4096)
def _day_or_none(text: str) -> datetime.date | None:
    match = _DAY.match(text)
    try:
        date = datetime.date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None
    return date if date is not None and date.year in YEARS else None
