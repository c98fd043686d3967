"""A movement of a CFONB 120 statement: a record 04 and the records 05 that follow it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal

from beancount_factoring.importers.banks.cfonb120_records import HOME_CURRENCY
from beancount_factoring.importers.banks.cfonb120_records import Record
from beancount_factoring.importers.reading.documents import ForeignAmount
from beancount_factoring.importers.reading.documents import StatementLine
from beancount_factoring.importers.reading.statements import compact_iban
from beancount_factoring.importers.reading.statements import given_id
from beancount_factoring.importers.reading.statements import one_line
from beancount_factoring.importers.reading.statements import readable

# A label has 31 columns; what is longer goes on in a record 05.
_LABEL_WIDTH = 31

# The information of a record 05 has 70 columns; an identifier in it has the first 35.
_IDENTIFIER_WIDTH = 35

# Qualifiers of records 05 (columns 46-48) that are fields of their own, or that nobody reads:
# NPY, NBE names and CPY, CBE accounts of payer and beneficiary, IPY, IBE their identifiers,
# REF the operation's reference, RCN the customer's (the end-to-end id) and its purpose,
# LCS the structured reference, RUM the mandate, PDO the country, MMO the amount as it was
# instructed, FEE charges. All else is text: LIB, LCC, LC2, and NPO, NBU, who pays for whom.
_NOT_TEXT = {"NPY", "NBE", "CPY", "CBE", "IPY", "IBE", "REF", "RCN", "LCS", "RUM", "PDO", "MMO"}
_NOT_TEXT |= {"FEE"}

# Currency, number of decimals, amount (MMO, FEE).
_MONEY = re.compile(r"([A-Z]{3})([0-9])([0-9]{14})")

# Qualifiers whose text continues another's.
_CONTINUES = {"LC2": "LCC"}


@dataclass(frozen=True, slots=True)
class Movement:
    """A record 04 and its records 05."""

    record: Record
    complements: list[Record] = field(default_factory=list)

    def line(self) -> StatementLine:
        """Return the movement as a statement line; a date or amount in doubt is refused."""
        record = self.record
        amount = record.amount()
        reversal = record.columns(41, 42).strip("0") != ""
        # In a rejected payment the parties keep the roles they had when it was made.
        received = (amount > 0) is not reversal
        label, told = self._texts()
        customer_reference = told.get("RCN", "")
        currency = record.columns(17, 19) or HOME_CURRENCY
        instructed = _money(told.get("MMO", ""), amount)
        fee = _money(told.get("FEE", ""), amount)
        charges = None
        if instructed and instructed.currency == currency and fee and fee.currency == currency:
            # Charges are within the amount if that is what it and the instructed one come to.
            kept = amount - instructed.number
            charges = kept if kept == -abs(fee.number) else None
        entry_number = record.columns(82, 88)
        return StatementLine(
            date=record.needed_date(35, "booking date"),
            value_date=record.date(43, "value date"),
            amount=amount,
            text=readable(
                [
                    label,
                    *(text for qualifier, text in told.items() if qualifier not in _NOT_TEXT),
                    customer_reference[_IDENTIFIER_WIDTH:],
                ]
            ),
            counterparty=_named(told, ("NPY", "NPO") if received else ("NBE", "NBU")),
            counterparty_iban=compact_iban(told.get("CPY" if received else "CBE", "")[:34]),
            end_to_end_id=given_id(customer_reference[:_IDENTIFIER_WIDTH].strip()),
            reference=_named(told, ("LCS", "REF")) or record.columns(105, 120) or None,
            code=record.columns(33, 34) or None,
            entry_number=entry_number if entry_number.strip("0") else None,
            reversal=reversal,
            position=record.line,
            original=instructed if instructed and instructed.currency != currency else None,
            charges=charges,
        )

    def _texts(self) -> tuple[str, dict[str, str]]:
        """Return the label, and the texts of the records 05 by qualifier.

        What continues over records is joined at its full width: a word cut at the last column is
        whole again, and a text that ended before keeps a blank behind it.
        """
        label = self.record.raw(49, 79)
        told: dict[str, str] = {}
        for record in self.complements:
            text = record.raw(49, 118)
            qualifier = record.columns(46, 48)
            if _is_continuation(record):
                label += text.rstrip().ljust(_LABEL_WIDTH)
            else:
                qualifier = _CONTINUES.get(qualifier, qualifier)
                told[qualifier] = told.get(qualifier, "") + text
        return label, told


def _named(told: dict[str, str], qualifiers: tuple[str, ...]) -> str | None:
    """Return the text of the first of some qualifiers that is there."""
    return next(filter(None, (one_line(told.get(each, "")) for each in qualifiers)), None)


def _money(text: str, amount: Decimal) -> ForeignAmount | None:
    """Return the amount in an MMO or FEE, signed as the movement is; `None` where there is none."""
    match = _MONEY.match(text)
    if match is None:
        return None
    number = Decimal(int(match[3])).scaleb(-int(match[2]))
    return ForeignAmount(number.copy_sign(amount), match[1])


def _is_continuation(record: Record) -> bool:
    """Tell whether a record 05 has no qualifier: blanks or a value date stand in its place."""
    value_date_or_blank = record.columns(43, 48)
    return not value_date_or_blank or re.fullmatch("[0-9]{6}", value_date_or_blank) is not None
