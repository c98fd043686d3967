"""A customer's document as one balanced transaction (interface.md, section 1).

The metadata `invoice`, `due`, `credit-note` and `credits` stand on the customer's posting, the
VAT rate on the tax's, the buyer's identifier and the remarks on the transaction. Amounts are
written with the currency's decimals, or the document is refused: nothing is rounded here.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from beancount.core import data
from beancount.core import flags
from beancount.core.amount import Amount

from beancount_factoring.currencies import with_decimals
from beancount_factoring.importers.entries.customers import CUSTOMER_ID
from beancount_factoring.importers.entries.customers import Customers
from beancount_factoring.importers.entries.identity import document_link
from beancount_factoring.importers.entries.remarks import remarks
from beancount_factoring.importers.invoices.invoice_codes import PREPAYMENT_CODES
from beancount_factoring.importers.mapping.mapping import ImportMapping
from beancount_factoring.importers.mapping.parties import legal_identity
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import InvoiceDocument
from beancount_factoring.importers.reading.documents import InvoiceKind
from beancount_factoring.importers.reading.documents import VatLine
from beancount_factoring.tuples import new

REMARK: Final = "remark"
"""The metadata key of what a person should know of a document."""

_ZERO = Decimal(0)
_UNKNOWN_RATE = Decimal(-1)
_TITLES = {InvoiceKind.INVOICE: "Invoice", InvoiceKind.CREDIT_NOTE: "Credit note"}


def document_entry(
    document: InvoiceDocument,
    mapping: ImportMapping,
    customers: Customers,
    filename: str,
    lineno: int = 0,
) -> data.Transaction:
    """Return the transaction of an invoice or a credit note.

    The customer owes what is payable; sales and VAT are booked by rate, what was paid before, and
    a prepayment invoice with its VAT, on the account `prepaid`. Raises `DocumentRefusedError` for
    another seller's document, for what `import.yaml` gives no account to, and for amounts that do
    not fit together.
    """
    mapping.seller_or_refused(document.seller)
    customer = customers.account(document.buyer)
    sign = 1 if document.kind is InvoiceKind.INVOICE else -1
    booker = _Booker(document.currency, sign)
    booker.customer(document, customer)
    booker.sales(document, mapping)
    booker.adjustments(document, mapping)
    meta = data.new_metadata(filename, lineno)
    identity = legal_identity(document.buyer)
    if identity:
        meta[CUSTOMER_ID] = identity
    remark = one_line("; ".join(remarks(document, mapping)))
    if remark:
        meta[REMARK] = remark
    return data.Transaction(
        meta=meta,
        date=document.date,
        flag=flags.FLAG_OKAY,
        payee=one_line(document.buyer.name) or None,
        narration=_narration(document),
        tags=data.EMPTY_SET,
        links=frozenset([document_link(document, booker.exact(document.total))]),
        postings=booker.balanced(),
    )


def one_line(text: str) -> str:
    """Return text that may stand in the ledger: one line, without control characters."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(text.split())


def posting(
    account: str, number: Decimal, currency: str, meta: data.Meta | None = None
) -> data.Posting:
    """Return a posting of an amount."""
    # Not by Amount(): what it checks of its arguments is so by construction here.
    units = new(Amount, (number, currency))
    return new(data.Posting, (account, units, None, None, None, meta))


class _Booker:
    """The postings of one document; amounts come with the document's sign and leave as debits."""

    def __init__(self, currency: str, sign: int) -> None:
        self._currency = currency
        self._sign = sign
        self._postings: list[data.Posting] = []
        self._numbers: list[Decimal] = []

    def exact(self, value: Decimal) -> Decimal:
        """Return an amount with the currency's decimals, or refuse the document."""
        try:
            return with_decimals(value, self._currency)
        except ValueError as error:
            raise DocumentRefusedError(f"has an amount that cannot be booked: {error}") from None

    def debit(self, account: str, value: Decimal, meta: data.Meta | None = None) -> None:
        """Add a posting, unless it is of nothing."""
        if value:
            number = self.exact(self._sign * value)
            self._numbers.append(number)
            self._postings.append(posting(account, number, self._currency, meta))

    def customer(self, document: InvoiceDocument, account: str) -> None:
        """Book what the customer owes, or is owed: an invoice by instalments."""
        payable = document.payable
        if self._sign * payable < 0:
            meta: data.Meta = {"credit-note": one_line(document.number)}
            if len(document.credits) == 1:
                meta["credits"] = one_line(document.credits[0])
            self.debit(account, payable, meta)
            return
        parts = document.instalments
        if sum((part.amount for part in parts), _ZERO) != payable:
            raise DocumentRefusedError(f"has instalments that do not add up to {payable}")
        if any(self._sign * part.amount < 0 for part in parts):
            raise DocumentRefusedError("has an instalment that is owed to the customer")
        for part in parts:
            meta = {"invoice": one_line(document.number)}
            if part.due is not None:
                if part.due < document.date:
                    raise DocumentRefusedError(
                        f"is due on {part.due}, before its date {document.date}: have it"
                        " corrected, or book it by hand with the due date that is meant"
                    )
                meta["due"] = part.due
            self.debit(account, part.amount, meta)

    def sales(self, document: InvoiceDocument, mapping: ImportMapping) -> None:
        """Book sales and VAT by rate; nothing is sold yet by a prepayment invoice."""
        if document.type_code in PREPAYMENT_CODES:
            why = f"is for a prepayment (type code {document.type_code})"
            self.debit(mapping.required("prepaid", mapping.prepaid, why), -document.total)
            return
        lines = document.vat or tuple(_without_breakdown(document, mapping))
        for line in lines:
            if line.base:
                self.debit(mapping.account_of(mapping.sales, line), -line.base)
        for line in lines:
            if line.tax:
                meta: data.Meta | None = None
                if line.rate != _UNKNOWN_RATE:
                    meta = {"vat-rate": f"{line.rate.normalize():f} %"}
                self.debit(mapping.account_of(mapping.vat, line), -line.tax, meta)

    def adjustments(self, document: InvoiceDocument, mapping: ImportMapping) -> None:
        """Book what was paid before, the rounding of the amount due, and what others claim."""
        if document.prepaid:
            why = f"states {document.prepaid} {document.currency} paid before"
            self.debit(mapping.required("prepaid", mapping.prepaid, why), document.prepaid)
        if document.rounding:
            why = f"states a rounding of {document.rounding} {document.currency}"
            self.debit(mapping.required("rounding", mapping.rounding, why), -document.rounding)
        if document.third_party:
            why = f"claims {document.third_party} {document.currency} for third parties"
            account = mapping.required("third_parties", mapping.third_parties, why)
            self.debit(account, -document.third_party)

    def balanced(self) -> list[data.Posting]:
        """Return the postings, or refuse the document if they do not add up to 0."""
        total = sum(self._numbers, _ZERO)
        if total:
            raise DocumentRefusedError(
                f"does not add up: its VAT breakdown, prepaid amount, rounding and amount due are"
                f" {abs(total)} {self._currency} apart"
            )
        if not self._postings:
            raise DocumentRefusedError("has no amount to book")
        return self._postings


def _without_breakdown(document: InvoiceDocument, mapping: ImportMapping) -> Iterator[VatLine]:
    """Yield the one line of a document without VAT breakdown, for the default accounts."""
    tax = document.total - document.net
    needed = (mapping.sales, mapping.vat) if tax else (mapping.sales,)
    for by_rate in needed:
        if by_rate.default is None:
            raise DocumentRefusedError(
                f"has no VAT breakdown (profile {document.profile}): write `default: ACCOUNT` under"
                f" `{by_rate.key}:` ({mapping.place(by_rate.key)}) to book it without"
            )
    yield VatLine(category="", rate=_UNKNOWN_RATE, base=document.net, tax=tax)


def _narration(document: InvoiceDocument) -> str:
    """Return what a person reads of a document in the journal."""
    title = f"{_TITLES[document.kind]} {one_line(document.number)}"
    return title + (f" on {_listed(document.credits)}" if document.credits else "")


def _listed(numbers: Iterable[str]) -> str:
    """Return document numbers as a text lists them."""
    return ", ".join(map(one_line, numbers))
