"""The totals of an electronic invoice (BG-22, BG-23), held against each other.

A document that contradicts itself is refused with its figures and the rule of EN 16931 it breaks.
All amounts have the document's own signs.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from beancount_factoring.currencies import quantum
from beancount_factoring.importers.invoices.invoice_header import Group
from beancount_factoring.importers.invoices.invoice_header import Header
from beancount_factoring.importers.invoices.invoice_syntax import Names
from beancount_factoring.importers.invoices.invoice_values import amount
from beancount_factoring.importers.invoices.invoice_values import number
from beancount_factoring.importers.reading.documents import DocumentRefusedError
from beancount_factoring.importers.reading.documents import VatLine
from beancount_factoring.importers.reading.safe_xml import shown

_ZERO = Decimal(0)

# How far the VAT of a line may be from base × rate: BR-CO-17 as its official test has it.
_VAT_TOLERANCE = Decimal(1)

# Stands in the specification identifier (BT-24) of XRechnung's extension.
_THIRD_PARTIES = ":extension:xrechnung"


class Totals(NamedTuple):
    """The document totals and the VAT breakdown, named as in `InvoiceDocument`."""

    net: Decimal
    vat: tuple[VatLine, ...]
    total: Decimal
    prepaid: Decimal
    rounding: Decimal
    third_party: Decimal
    payable: Decimal

    def negated(self) -> Totals:
        """Return the same totals with the opposite sign."""
        return Totals(
            -self.net,
            tuple(VatLine(line.category, line.rate, -line.base, -line.tax) for line in self.vat),
            -self.total,
            -self.prepaid,
            -self.rounding,
            -self.third_party,
            -self.payable,
        )


def read_totals(header: Header, currency: str, profile: str) -> Totals:
    """Read the totals in the document's currency.

    What is prepaid (BT-113) is what the document states, or 0; in the profile MINIMUM, which has
    no element for it, it is the difference between total and amount due. ZUGFeRD 1 BASIC has no
    amount due: there it is the total. A total that UBL 2.0 leaves out is what the amount due makes
    it, which the VAT must then prove. Raises `DocumentRefusedError`.
    """
    unit = quantum(currency)
    syntax = header.syntax
    repeated = header.others[1]
    if repeated:
        raise DocumentRefusedError(f"{shown(repeated)} is stated twice in one currency")
    lines, allowances, charges, net, tax, total, prepaid, rounded, payable = (
        amount(value, name, unit)
        for name, value in zip(syntax.names.totals, header.totals, strict=True)
    )
    rounding = rounded or _ZERO
    third_party = _third_parties(header, unit)
    if net is None:
        raise DocumentRefusedError(f"the document has no total without VAT in {currency} (BT-109)")
    if total is None and payable is not None and header.taxes and not syntax.states_total:
        total = payable + (prepaid or _ZERO) - rounding - third_party
    if total is None:
        raise DocumentRefusedError(f"the document has no total with VAT in {currency} (BT-112)")
    vat = tuple([_vat_line(line, currency, unit, syntax.names) for line in header.taxes])
    _check_net(net, lines, allowances or _ZERO, charges or _ZERO)
    _check_vat(net, tax, total, vat)

    if payable is None:
        if syntax.states_payable:
            raise DocumentRefusedError(f"the document has no amount due in {currency} (BT-115)")
        payable = total - (prepaid or _ZERO) + rounding
    if prepaid is None:
        prepaid = _unstated_prepaid(total, payable) if profile == "MINIMUM" else _ZERO
    reached = total - prepaid + rounding + third_party
    if reached != payable:
        third = f" + third parties' {third_party}" if third_party else ""
        raise DocumentRefusedError(
            f"total {total} − prepaid {prepaid} + rounding {rounding}{third}"
            f" = {reached}, but the amount due is {payable} (BR-CO-16)"
        )
    return Totals(net, vat, total, prepaid, rounding, third_party, payable)


def _third_parties(header: Header, unit: Decimal) -> Decimal:
    """Return what is claimed for third parties beside the total (XRechnung, BT-DEX-002).

    Elsewhere the same elements only say how the prepaid amount was paid.
    """
    if not header.third_parties or _THIRD_PARTIES not in header.document[4].lower():
        return _ZERO
    parts = (amount(text.strip(), "PaidAmount", unit) for text in header.third_parties)
    return sum((part or _ZERO for part in parts), _ZERO)


def _vat_line(values: Group, currency: str, unit: Decimal, names: Names) -> VatLine:
    code, base_text, tax_text, category, rate_text = values
    if code not in {"VAT", ""}:
        raise DocumentRefusedError(f"a tax of type {shown(code)} is charged: only VAT is read")
    base = amount(base_text, names.vat_base, unit)
    tax = amount(tax_text, names.vat_amount, unit)
    if base is None or tax is None:
        raise DocumentRefusedError(f"a VAT line lacks its base or its VAT in {currency} (BG-23)")
    if tax and not rate_text:
        raise DocumentRefusedError(f"a VAT line over {tax} has no rate (BT-119)")
    rate = number(rate_text, "the VAT rate") if rate_text else _ZERO
    if abs(base * rate / 100 - tax) > _VAT_TOLERANCE:
        raise DocumentRefusedError(f"{rate} % VAT on {base} is not {tax} (BR-CO-17)")
    if not category:
        if not rate:
            raise DocumentRefusedError("a VAT line of 0 % has no category (BT-118)")
        category = "S"  # ZUGFeRD 1 BASIC has rates alone
    return VatLine(category, rate, base, tax)


def _check_net(net: Decimal, lines: Decimal | None, allowances: Decimal, charges: Decimal) -> None:
    if lines is not None and lines - allowances + charges != net:
        raise DocumentRefusedError(
            f"lines {lines} − allowances {allowances} + charges {charges}"
            f" = {lines - allowances + charges}, but the total without VAT is {net} (BR-CO-13)"
        )


def _check_vat(net: Decimal, tax: Decimal | None, total: Decimal, vat: tuple[VatLine, ...]) -> None:
    if vat:
        bases = sum((line.base for line in vat), _ZERO)
        taxes = sum((line.tax for line in vat), _ZERO)
        if bases != net:
            raise DocumentRefusedError(
                f"the bases of the VAT lines add up to {bases}, but the total without VAT is {net}"
            )
        if tax is not None and taxes != tax:
            raise DocumentRefusedError(
                f"the VAT lines add up to {taxes}, but the VAT total is {tax} (BR-CO-14)"
            )
        tax = taxes
    tax = tax or _ZERO
    if net + tax != total:
        raise DocumentRefusedError(
            f"net {net} + VAT {tax} = {net + tax}, but the total is {total} (BR-CO-15)"
        )


def _unstated_prepaid(total: Decimal, payable: Decimal) -> Decimal:
    prepaid = total - payable
    if prepaid and (prepaid < 0) != (total < 0):
        raise DocumentRefusedError(
            f"the amount due {payable} goes beyond the total {total}, and nothing explains it"
        )
    return prepaid
