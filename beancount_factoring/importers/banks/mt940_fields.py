"""The fields of an MT940: each is checked for its form, and read by the mt-940 library."""

from __future__ import annotations

import datetime
import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from typing import Any
from typing import NamedTuple

from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import ForeignAmount
from beancount_factoring.importers.reading.documents import StatementLine
from beancount_factoring.importers.reading.statements import compact_iban
from beancount_factoring.importers.reading.statements import given_id
from beancount_factoring.importers.reading.statements import one_line
from beancount_factoring.importers.reading.statements import readable
from beancount_factoring.importers.reading.statements import shown

# The library takes as many signs for an amount as fit; here it must end where the amount does.
# (Leading zeros are taken away first: some banks fill the field with more than may stand in it.)
_NUMBER = r"[0-9]{1,14}(?:,[0-9]{0,6})?"
_ZEROS = re.compile(r"(?<=[A-Z]{3})0+(?=[0-9])")
_ZEROS_OF_MOVEMENT = re.compile(r"([0-9]{6}(?:[0-9]{4}|    )?R?[CD][A-Z]? ?)0+(?=[0-9])")
_BALANCE = re.compile(rf"[CD][0-9]{{6}}[A-Z]{{3}}{_NUMBER}")
_TOTAL = re.compile(rf"[0-9]{{1,5}}[A-Z]{{3}}{_NUMBER}")
_MOVEMENT = re.compile(rf"[0-9]{{6}}(?:[0-9]{{4}}|    )?R?[CD][A-Z]? ?({_NUMBER})(?![0-9,.])")

# Structured details (DK, the German banks' annex 3): a code, then parts that begin with ?NN.
_STRUCTURED = re.compile(r"[0-9]{3}\?[0-9]{2}")
_OTHER_MARK = re.compile(r"[0-9]{3}>[0-9]{2}")
_TEXT_PART = re.compile(r"(\?(2[0-9]|6[0-3]))([^?]*)")
_PART_MARK = re.compile(r"\?[0-9]{2}")
_PART_WIDTH = 27
_WIDTH = 65
_END_TO_END = re.compile(r"EREF\+ ?(.+?)(?=\n|[A-Z]{4}\+|$)", re.DOTALL)
_CURRENCY_AMOUNT = re.compile(rf"([A-Z]{{3}}) ?({_NUMBER})")

_STATED = re.compile(r"/(OCMT|CHGS)/([^/]*)")

# Details with words between slashes, as Dutch banks write them.
_SLASHED = re.compile(r"/(EREF|IBAN|NAME|REMI|OCMT|ORDP|BENM|BIC|TRTP|MARF|CSID|CHGS|CNTP)/")

# A reference that is likely the bank's own number of a movement, not some word of its text.
_BANK_ID = re.compile(r"(?=(?:.*?[0-9]){6})[A-Za-z0-9-]{8,}")


class Field(NamedTuple):
    """A field: its tag, its lines, and the line of the file it begins in."""

    tag: str
    lines: list[str]
    line: int

    def refusal(self, reason: str) -> DocumentRefusedError:
        """Return a refusal that names the field, its line, and what stands in it."""
        return DocumentRefusedError(
            f"line {self.line}: field :{self.tag}: {shown(self.lines[0].strip())} {reason}"
        )


class Balance(NamedTuple):
    """A balance: positive where the bank owes the account's owner."""

    date: datetime.date
    amount: Decimal
    currency: str


class Total(NamedTuple):
    """How many debits or credits there are, and what they come to."""

    entries: int
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Movement:
    """A field 61 and the fields 86 that follow it."""

    found: Field
    texts: list[Field] = field(default_factory=list)


class FieldReader:
    """The library's readers of single fields, all of its corrections switched on."""

    def __init__(self) -> None:
        """Load the library, or refuse the file and say what to install."""
        try:
            import mt940
            from mt940 import processors
            from mt940.models import Transactions
            from mt940.tags import TAG_BY_ID
        except ImportError as error:
            raise DocumentRefusedError(
                "is MT940, and the mt-940 library is missing: pip install"
                ' "beancount-factoring[mt940]"'
            ) from error
        # It logs what it cannot read; here that is refused.
        logger = logging.getLogger("mt940")
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        self._tags: Any = TAG_BY_ID
        self._context: Any = Transactions(options=mt940.Options.all())
        self._fix_february: Any = processors.date_fixup_pre_processor
        self._structure: Any = processors.transaction_details_post_processor

    def balance(self, found: Field) -> Balance:
        """Return the balance of a field 60 or 62."""
        read = self._read(found, "60F", _BALANCE)["final_opening_balance"]
        return Balance(_plain(read.date), read.amount.amount, read.amount.currency)

    def total(self, found: Field) -> Total:
        """Return the count and sum of a field 90; the sum has no sign."""
        read = self._read(found, "90C", _TOTAL)["sum_credit_entries"]
        return Total(int(read.number), abs(read.amount), read.currency)

    def _read(self, found: Field, tag: str, form: re.Pattern[str]) -> dict[str, Any]:
        """Return what the library reads in a field of one line; refuse one of another form."""
        text = _ZEROS.sub("", found.lines[0].strip(), count=1)
        if form.fullmatch(text) and not any(line.strip() for line in found.lines[1:]):
            try:
                return self._parsed(tag, text)
            except (ValueError, ArithmeticError, RuntimeError):
                pass
        raise found.refusal("cannot be read: day, currency and amount were expected")

    def _parsed(self, tag: int | str, text: str) -> dict[str, Any]:
        """Return what the library reads in a field; 30 February is February's last day."""
        reader = self._tags[tag]
        values = reader.parse(self._context, text)
        if values.get("month") == "02":
            values = self._fix_february(self._context, reader, {**values})
        result: dict[str, Any] = reader(self._context, values)
        return result

    def line(self, movement: Movement, currency: str) -> StatementLine:
        """Return a movement as a statement line; a date or amount in doubt is refused."""
        found = movement.found
        text = _ZEROS_OF_MOVEMENT.sub(r"\1", found.lines[0].rstrip(), count=1)
        form = _MOVEMENT.match(text)
        if form is None:
            raise found.refusal("is no movement: day, C or D, and an amount like 12,34 expected")
        try:
            read = self._parsed(61, text)
        except (ValueError, ArithmeticError, RuntimeError):
            raise found.refusal("cannot be read: a day in it is none, or it is too long") from None
        amount: Decimal = read["amount"].amount
        if abs(amount) != Decimal(form[1].replace(",", ".")):
            raise found.refusal("has an amount that is in doubt")
        value_date, entry_date = _plain(read["date"]), read.get("entry_date")
        told = self._told(movement.texts)
        reference, named = _reference(read)
        bank_reference = (read.get("bank_reference") or "").strip()
        is_id = _BANK_ID.fullmatch(bank_reference) is not None
        supplement = [one_line(line) for line in found.lines[1:]]
        loose = [named, "" if is_id else given_id(bank_reference) or ""]
        paid, charges = _paid([*supplement, *told.texts], amount, currency)
        paid = paid or told.paid
        return StatementLine(
            # The entry date may be missing, or four blanks.
            date=_nearest(entry_date, value_date)
            if isinstance(entry_date, datetime.date)
            else value_date,
            value_date=value_date,
            amount=amount,
            text=readable([*told.texts, *supplement, *loose]),
            counterparty=told.name,
            counterparty_iban=told.iban or compact_iban(named),
            end_to_end_id=told.end_to_end_id,
            reference=reference,
            bank_id=bank_reference if is_id else None,
            code="+".join(filter(None, ((read.get("id") or "").strip(), told.code))) or None,
            reversal=read["status"].startswith("R"),
            position=found.line,
            original=paid if paid and paid.currency != currency else None,
            charges=charges or None,
        )

    def _told(self, texts: list[Field]) -> _Told:
        """Return what the details of a movement say."""
        if len(texts) == 1:
            details = _joined(texts[0].lines, "")
            if _OTHER_MARK.match(details) and "?" not in details:
                details = details.replace(">", "?")
            if _STRUCTURED.match(details):
                return self._structured(details)
        return _slashed(" ".join(one_line(_joined(each.lines, " ")) for each in texts))

    def _structured(self, details: str) -> _Told:
        """Return what structured details say; a part that does not fill its width ends a word."""
        if details.count("?") != len(_PART_MARK.findall(details)):
            # A question mark of the text: the library would take it for the mark of a part.
            return _Told([_PART_MARK.sub(" ", details[3:])], code=details[:3])
        ended = _TEXT_PART.sub(lambda part: f"{part[0]}{_end_of(part[3], ' ')}", details)
        read = self._structure(
            self._context,
            self._tags[86],
            {"transaction_details": ended},
            {"transaction_details": ended},
        )
        parts = [(part[2], part[3]) for part in _TEXT_PART.finditer(details)]
        lines = "".join(
            f"{text}{_end_of(text, chr(10))}" for place, text in parts if place.startswith("2")
        )
        end_to_end = _END_TO_END.search(lines)
        values = {key: one_line(value) for key, value in read.items() if isinstance(value, str)}
        accounts = (values.get("applicant_iban"), values.get("gvc_applicant_iban"))
        # Banks also write text behind other key words than SVWZ+, where nobody looks for it.
        purpose = values.get("purpose", "") if "SVWZ+" in ended else one_line(lines)
        texts = [values.get("posting_text", ""), purpose]
        texts += [values.get(key, "") for key in ("additional_purpose", "deviate_applicant")]
        return _Told(
            texts,
            code=details[:3],
            name=values.get("applicant_name") or values.get("recipient_name"),
            iban=next((iban for text in accounts if text and (iban := compact_iban(text))), None),
            end_to_end_id=given_id(end_to_end[1].strip() if end_to_end else None),
            paid=_money(values.get("original_amount", "")),
        )


class _Told(NamedTuple):
    """What the details of a movement say."""

    texts: list[str]
    code: str | None = None
    name: str | None = None
    iban: str | None = None
    end_to_end_id: str | None = None
    paid: ForeignAmount | None = None


def _end_of(part: str, end: str) -> str:
    """Return what follows a part of structured details: nothing where a word may go on."""
    return "" if len(part) >= _PART_WIDTH or not part else end


def _joined(lines: list[str], between: str) -> str:
    """Return the lines of a field as one; where a line is full, a word may go on."""
    return "".join(
        line if len(line) >= _WIDTH or place == len(lines) - 1 else f"{line}{between}"
        for place, line in enumerate(lines)
    ).strip()


def _slashed(text: str) -> _Told:
    """Return what free details say, or those with words between slashes."""
    parts = _SLASHED.split(text)
    values: dict[str, str] = {}
    for word, value in zip(parts[1::2], parts[2::2], strict=True):
        if stripped := value.strip(" /"):
            values.setdefault(word, stripped)
    if not values:
        return _Told([text])
    holder = values.get("CNTP", "").split("/")
    account = values.get("IBAN") or holder[0]
    name = values.get("NAME") or (holder[2] if len(holder) > 2 else None)
    return _Told(
        [text],
        name=name or None,
        iban=compact_iban(account),
        end_to_end_id=given_id(values.get("EREF")),
    )


def _paid(texts: list[str], amount: Decimal, currency: str) -> tuple[ForeignAmount | None, Decimal]:
    """Return what was paid and the charges, as texts state them (/OCMT/USD12,34//CHGS/EUR1,/).

    Charges of zero where none are stated, or where they are not what the two amounts come to.
    """
    stated = {match[1]: match[2] for text in texts for match in _STATED.finditer(text)}
    paid, charges = _money(stated.get("OCMT", "")), _money(stated.get("CHGS", ""))
    if paid is None:
        return None, Decimal(0)
    paid = ForeignAmount(paid.number.copy_sign(amount), paid.currency)
    kept = amount - paid.number
    is_kept = charges is not None and charges.number == -kept and charges.currency == currency
    return paid, kept if is_kept and paid.currency == currency else Decimal(0)


def _money(text: str) -> ForeignAmount | None:
    """Return an amount like `USD100,00`; `None` for another text."""
    match = _CURRENCY_AMOUNT.fullmatch(text.strip(" /"))
    return ForeignAmount(Decimal(match[2].replace(",", ".")), match[1]) if match else None


def _reference(read: dict[str, Any]) -> tuple[str | None, str]:
    """Return a movement's reference, and what stands in its place but is none."""
    reference = (read.get("customer_reference") or "").strip()
    further = (read.get("extra_details") or "").strip()
    if reference == "KREF+":
        # The reference stands in the details.
        reference = ""
    if further and not read.get("bank_reference"):
        glued = one_line(f"{read['customer_reference']}{read['extra_details']}")
        if compact_iban(glued):
            return None, glued
    if any(map(str.isdigit, reference)):
        return given_id(reference), one_line(further)
    return None, one_line(f"{given_id(reference) or ''} {further}")


def _nearest(day: datetime.date, date: datetime.date) -> datetime.date:
    """Return a day, whose year is not stated, in the year that brings it nearest to a date."""
    found = [_plain(day)]
    for year in (date.year - 1, date.year + 1):
        with suppress(ValueError):
            found.append(datetime.date(year, day.month, day.day))
    return min(found, key=lambda each: abs(each - date))


def _plain(date: datetime.date) -> datetime.date:
    """Return one of the library's dates as Python's own."""
    return datetime.date(date.year, date.month, date.day)
