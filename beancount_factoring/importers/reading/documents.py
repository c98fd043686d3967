"""What a document says, whatever its format: readers make these, entries are made from them.

Amounts are exact decimals in the document's currency, as the document states them. What documents
have many of is a named tuple, which is made three times as fast as a frozen dataclass.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final
from typing import NamedTuple

YEARS: Final = range(1900, 2200)
"""The years that a document's dates can be meant to be in; a slip of the pen leads elsewhere."""


class DocumentRefusedError(Exception):
    """A document that cannot be read right: the reason in one line, without the file's name.

    A reader that raises this has given nothing: a document is read whole or refused.
    """


class InvoiceKind(StrEnum):
    """Whether the customer owes the amounts, or is owed them."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"


@dataclass(frozen=True, slots=True)
class Party:
    """A seller, buyer or payee (EN 16931: BG-4, BG-7, BG-10).

    `identifiers` are all the identifiers stated (SIREN, SIRET, GLN, customer number), as written.
    """

    name: str
    identifiers: tuple[str, ...] = ()
    vat_number: str | None = None
    country: str | None = None


class VatLine(NamedTuple):
    """One line of the VAT breakdown (EN 16931: BG-23).

    `category` is the UNCL 5305 code (`S`, `Z`, `E`, `AE`, `K`, `G`, `O` …), `rate` in percent.
    """

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal


class Instalment(NamedTuple):
    """A part of the amount due with its due date; `due` is `None` where the document has none."""

    due: datetime.date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """A customer invoice or credit note.

    All amounts have the sign of `kind`: a credit note has positive amounts, also where the
    document writes a negative invoice. `total` is VAT included (BT-112), `net` without (BT-109),
    `prepaid` was paid before (BT-113), `rounding` is BT-114, `third_party` what is claimed for
    others beside the total (XRechnung's BT-DEX-002) and `payable` the amount due (BT-115):
    total − prepaid + rounding + third_party = payable. The instalments add up to `payable`.

    `credits` are the invoices that a credit note corrects, `corrects` those that a corrected
    invoice does (BG-3). `iban` is the first one to pay to (BT-84), `other_ibans` the others.
    """

    kind: InvoiceKind
    type_code: str
    number: str
    date: datetime.date
    currency: str
    seller: Party
    buyer: Party
    payee: Party | None
    iban: str | None
    net: Decimal
    vat: tuple[VatLine, ...]
    total: Decimal
    prepaid: Decimal
    rounding: Decimal
    payable: Decimal
    instalments: tuple[Instalment, ...]
    credits: tuple[str, ...]
    profile: str
    other_ibans: tuple[str, ...] = ()
    corrects: tuple[str, ...] = ()
    third_party: Decimal = Decimal(0)


class ForeignAmount(NamedTuple):
    """An amount in another currency than the account's, signed as the movement is."""

    number: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class InvoiceList:
    """The customer documents of one file, each with the line that it begins on.

    A file is read whole or refused, so they are booked all together or not at all.
    """

    documents: tuple[InvoiceDocument, ...]
    positions: tuple[int, ...]


class StatementLine(NamedTuple):
    """One movement of a bank account; `amount` is positive where the account was credited.

    `bank_id` is the bank's own identifier of the movement, if it gives one that is stable
    (`AcctSvcrRef`); `end_to_end_id` and `reference` (a structured creditor reference) come from
    the payment. `entry_number` is the bank's number of the event behind the movement, which the
    other movements of that event share (CFONB 120). `text` is everything a person would read.
    `position` is the line (or element) number in the file, for messages.

    `details` are the payments of a batch that the bank booked as one movement: they add up to it.
    `original` is the amount in the currency that the payment was made in, where it is another one.
    `charges` is what the bank kept of the payment, never positive: `amount` less `charges` is what
    was paid.
    """

    date: datetime.date
    value_date: datetime.date | None
    amount: Decimal
    text: str
    counterparty: str | None = None
    counterparty_iban: str | None = None
    end_to_end_id: str | None = None
    reference: str | None = None
    bank_id: str | None = None
    code: str | None = None
    entry_number: str | None = None
    reversal: bool = False
    position: int = 0
    details: tuple[StatementLine, ...] = ()
    original: ForeignAmount | None = None
    charges: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One account's movements between two balances: opening + lines = closing, to 0.00.

    `account` is the IBAN, or what else the file identifies the account by. A balance that the
    file does not give is `None`, and so is its date; then nothing proves the lines.

    `is_partial` where the document never claims to hold all movements of its days (notifications).
    `remarks` are what a person should know of a statement that is read: what it leaves out, what
    nothing proves.
    """

    account: str
    currency: str
    number: str | None
    opening: Decimal | None
    opening_date: datetime.date | None
    closing: Decimal | None
    closing_date: datetime.date | None
    lines: tuple[StatementLine, ...]
    position: int = 0
    is_partial: bool = False
    remarks: tuple[str, ...] = ()
