"""The rows of a table as customer documents: one row each, or a row for each of their lines."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from decimal import ROUND_HALF_UP
from decimal import Decimal
from typing import Final
from typing import NamedTuple

from beancount_factoring.currencies import quantum
from beancount_factoring.importers.mapping.table_map import Rows
from beancount_factoring.importers.mapping.table_map import TableMap
from beancount_factoring.importers.mapping.table_map import header_key
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import Instalment
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import InvoiceList
from beancount_factoring.importers.reading.documents import Party
from beancount_factoring.importers.reading.documents import VatLine
from beancount_factoring.importers.reading.statements import one_line
from beancount_factoring.importers.reading.statements import shown
from beancount_factoring.importers.tables.table_cells import Cells
from beancount_factoring.importers.tables.table_rows import Table
from beancount_factoring.importers.tables.table_rows import TableRow

_ZERO: Final = Decimal(0)
_HUNDRED: Final = Decimal(100)
_TYPE_CODES: Final = {InvoiceKind.INVOICE: "380", InvoiceKind.CREDIT_NOTE: "381"}

# What the rows of one document must agree on, where they tell it.
_SHARED: Final = (
    "date",
    "due",
    "customer",
    "customer_number",
    "identifier",
    "vat_number",
    "type",
    "credits",
    "currency",
)
_AMOUNTS: Final = ("net", "vat", "total")

# VAT is rounded for each item of an invoice or once: so much may lie between them.
_ROUNDING: Final = Decimal("0.05")
_ROUNDING_OF_A_ROW: Final = Decimal("0.01")


def invoice_list(table: Table, seller: Party) -> InvoiceList:
    """Return the documents of a table, or refuse the file; `seller` is the firm itself.

    What comes to nothing (total 0, no VAT) is no document.
    """
    cells = Cells(table)
    names = [name for each in table.map.by_rate for name in (each.net, each.vat) if name]
    cells.check_total(_AMOUNTS, names)
    documents: list[InvoiceDocument] = []
    positions: list[int] = []
    signs: dict[bool, int] = {}
    for rows in _by_number(cells):
        reading = _Reading(cells, rows)
        if reading.is_nothing:
            continue
        if reading.is_called_credit_note:
            signs.setdefault(reading.total < 0, reading.line)
        documents.append(reading.document(seller))
        positions.append(reading.line)
    if len(signs) > 1:
        negative, positive = signs[True], signs[False]
        raise DocumentRefusedError(
            f"line {max(signs.values())}: a credit note of a positive amount (line {positive})"
            f" beside a negative one (line {negative}): one of them may be a claim"
        )
    return InvoiceList(tuple(documents), tuple(positions))


class _Share(NamedTuple):
    """What a document has at one VAT rate (`None` where the table tells none)."""

    net: Decimal
    vat: Decimal
    rate: Decimal | None
    category: str


@dataclass(slots=True)
class _Sums:
    """Sums of the columns over a document's rows of one rate; `None` for a column not there."""

    net: Decimal | None = None
    vat: Decimal | None = None
    total: Decimal | None = None
    rows: int = field(default=0)

    def add(self, name: str, amount: Decimal) -> None:
        """Add an amount to a column's sum."""
        setattr(self, name, (getattr(self, name) or _ZERO) + amount)


def _by_number(cells: Cells) -> Iterable[list[TableRow]]:
    """Return the rows of each document, in the order of their first ones."""
    documents: dict[str, list[TableRow]] = {}
    for row in cells.rows:
        rows = documents.setdefault(one_line(cells.needed(row, "number")), [])
        if rows and cells.table.map.rows is Rows.DOCUMENTS:
            raise DocumentRefusedError(
                f"line {row.line}: number {shown(cells.text(row, 'number'))} stands on line"
                f" {rows[0].line} too: write `rows: lines` in its table if a row is a line of it"
            )
        rows.append(row)
    return documents.values()


class _Reading:
    """One document, from its rows."""

    def __init__(self, cells: Cells, rows: list[TableRow]) -> None:
        self._cells = cells
        self._map: TableMap = cells.table.map
        self._rows = rows
        self.line = rows[0].line
        self._shared = self._agreed()
        self._currency = cells.currency(rows[0])
        self._unit = quantum(self._currency)
        self._shares = tuple(self._complete())
        self.total = sum((share.net + share.vat for share in self._shares), _ZERO)
        self._check_document_total()
        word = header_key(self._shared["type"])
        if self._map.has("type") and word not in self._map.invoices | self._map.credit_notes:
            raise DocumentRefusedError(
                f"line {self.line}: the type {shown(self._shared['type'])} is neither among"
                " `invoices` nor among `credit_notes` of its table; `skip` leaves rows out"
            )
        self.is_called_credit_note = word in self._map.credit_notes

    @property
    def is_nothing(self) -> bool:
        """Tell whether there is nothing to book."""
        return not any(share.net or share.vat for share in self._shares)

    def document(self, seller: Party) -> InvoiceDocument:
        """Return the document; a credit note has positive amounts, whatever the table writes."""
        is_credit = self.is_called_credit_note or self.total < 0
        kind = InvoiceKind.CREDIT_NOTE if is_credit else InvoiceKind.INVOICE
        sign = -1 if self.total < 0 else 1
        total = sign * self.total
        first = next((row for row in self._rows if self._cells.day(row, "date")), self._rows[0])
        due = next(filter(None, (self._cells.day(row, "due") for row in self._rows)), None)
        credited = self._shared["credits"]
        return InvoiceDocument(
            kind=kind,
            type_code=_TYPE_CODES[kind],
            number=one_line(self._cells.text(self._rows[0], "number")),
            date=self._cells.needed_day(first),
            currency=self._currency,
            seller=seller,
            buyer=self._buyer(),
            payee=None,
            iban=None,
            net=sign * sum((share.net for share in self._shares), _ZERO),
            vat=tuple(self._breakdown(sign)),
            total=total,
            prepaid=_ZERO,
            rounding=_ZERO,
            payable=total,
            instalments=(Instalment(due, total),),
            credits=(credited,) if credited and is_credit else (),
            profile=self._map.source,
        )

    def _buyer(self) -> Party:
        """Return the customer; where the table has no name, the number stands for it."""
        shared = self._shared
        name = shared["customer"] or shared["customer_number"]
        if not name:
            raise DocumentRefusedError(f"line {self.line}: has no customer")
        identifiers = (shared["customer_number"], shared["identifier"])
        return Party(
            name, tuple(filter(None, identifiers)), shared["vat_number"].replace(" ", "") or None
        )

    def _agreed(self) -> dict[str, str]:
        """Return what the rows say alike; a row may leave it empty, not say otherwise."""
        agreed = dict.fromkeys(_SHARED, "")
        for meaning in _SHARED:
            if not self._map.has(meaning):
                continue
            for row in self._rows:
                text = self._cells.text(row, meaning)
                before = agreed[meaning] = agreed[meaning] or text
                if text and text != before:
                    raise DocumentRefusedError(
                        f"line {row.line}: the {meaning.replace('_', ' ')} {shown(text)} is not"
                        f" that of the document's line {self.line}, {shown(before)}"
                    )
        return agreed

    def _sums(self) -> Iterator[tuple[Decimal | None, str, _Sums]]:
        """Yield rate, category and sums of each rate of the document."""
        sums: dict[tuple[Decimal | None, str], _Sums] = {}
        for row in self._rows:
            if self._map.by_rate:
                self._add_by_rate(row, sums)
                continue
            amounts = {
                name: self._cells.amount(row, name) for name in _AMOUNTS if self._map.has(name)
            }
            missing = [name for name, amount in amounts.items() if amount is None]
            if len(missing) == len(amounts) and self._map.rows is Rows.LINES:
                continue
            if missing:
                raise DocumentRefusedError(f"line {row.line}: has no {' and no '.join(missing)}")
            rate = self._cells.rate(row) if self._map.has("rate") else self._map.rate
            if rate is None and self._map.has("rate"):
                raise DocumentRefusedError(f"line {row.line}: has no rate")
            category = self._cells.text(row, "category") or self._map.category or ""
            of_rate = sums.setdefault((rate, category), _Sums())
            of_rate.rows += 1
            for name, amount in amounts.items():
                of_rate.add(name, amount or _ZERO)
        for (rate, category), of_rate in sums.items():
            yield rate, category, of_rate

    def _add_by_rate(self, row: TableRow, sums: dict[tuple[Decimal | None, str], _Sums]) -> None:
        """Add the columns of each rate; an empty one is 0."""
        for each in self._map.by_rate:
            net = self._cells.amount_of(row, each.net)
            vat = self._cells.amount_of(row, each.vat)
            if net or vat:
                of_rate = sums.setdefault((each.rate, self._map.category or ""), _Sums())
                of_rate.rows += 1
                of_rate.add("net", net or _ZERO)
                if each.vat is not None:
                    of_rate.add("vat", vat or _ZERO)

    def _complete(self) -> Iterator[_Share]:
        """Yield net and VAT of each rate: what is not told follows from what is."""
        added = _ZERO
        for rate, category, sums in self._sums():
            net, vat, total = sums.net, sums.vat, sums.total
            fraction = _ZERO if rate is None else rate / _HUNDRED
            if net is None:
                net = total - vat if total is not None and vat is not None else None
            if net is None and total is not None:
                net = self._rounded(total / (1 + fraction))
            if net is None:
                raise DocumentRefusedError(f"line {self.line}: has no amounts")
            if vat is None:
                vat = self._rounded(net * fraction) if total is None else total - net
            if total is not None and net + vat != total:
                raise DocumentRefusedError(
                    f"line {self.line}: {net} and VAT of {vat} are {net + vat}, not {total}"
                )
            room = _ROUNDING + sums.rows * _ROUNDING_OF_A_ROW
            if rate is not None and abs(vat - net * fraction) > room:
                raise DocumentRefusedError(
                    f"line {self.line}: VAT of {vat} is not {rate:f} % of {net}"
                )
            added += net + vat
            yield _Share(net, vat, rate, category)
        if self._map.by_rate and self._map.has("total"):
            stated = (self._cells.amount(row, "total") or _ZERO for row in self._rows)
            total = sum(stated, _ZERO)
            if total != added:
                raise DocumentRefusedError(
                    f"line {self.line}: net and VAT of all rates are {added}, not {total}"
                )

    def _rounded(self, amount: Decimal) -> Decimal:
        return amount.quantize(self._unit, ROUND_HALF_UP)

    def _check_document_total(self) -> None:
        """Refuse a document whose total, which its rows repeat, is not the sum of the rows."""
        if not self._map.has("document_total"):
            return
        for row in self._rows:
            stated = self._cells.amount(row, "document_total")
            if stated is not None and stated != self.total:
                raise DocumentRefusedError(
                    f"line {row.line}: states a document total of {stated}, but the rows of"
                    f" {shown(self._cells.text(row, 'number'))} add up to {self.total}"
                )

    def _breakdown(self, sign: int) -> Iterator[VatLine]:
        """Yield the VAT by rate; nothing where no rate is told."""
        for share in self._shares:
            if share.rate is None:
                return
            category = share.category or ("S" if share.rate else "Z")
            if share.net or share.vat:
                yield VatLine(category, share.rate, sign * share.net, sign * share.vat)
