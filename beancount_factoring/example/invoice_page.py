"""The page of an invoice as a customer sees it, written by ReportLab (extra `example`)."""

from __future__ import annotations

import datetime
import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from beancount_factoring.example.firm import FIRM
from beancount_factoring.example.firm import SHARED_ACCOUNT
from beancount_factoring.example.firm import Company
from beancount_factoring.example.invoicing import EXEMPTIONS
from beancount_factoring.example.invoicing import Invoice
from beancount_factoring.example.invoicing import euros

_LEFT, _RIGHT, _TOP = 50, 545, 790
_LEADING = 14
# Right edges of quantity, unit price, VAT rate and amount.
_COLUMNS = (345, 420, 475, _RIGHT)


def invoice_page(invoice: Invoice) -> bytes:
    """Return an invoice as a PDF of one page, with a fixed date instead of the clock's."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(_title(invoice))
    canvas.setAuthor(FIRM.name)
    _draw_text(canvas, _LEFT, _TOP, 9, _letterhead())
    _draw_text(canvas, 340, _TOP - 5 * _LEADING, 10, _address(invoice.customer.company))
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(_LEFT, _TOP - 10 * _LEADING, _title(invoice))
    _draw_text(canvas, _LEFT, _TOP - 11.5 * _LEADING, 10, [_dates(invoice)])
    y = _draw_lines(canvas, _TOP - 14 * _LEADING, invoice)
    for label, amount in _totals(invoice):
        y -= _LEADING
        canvas.drawRightString(_COLUMNS[2], y, label)
        canvas.drawRightString(_RIGHT, y, amount)
    _draw_text(canvas, _LEFT, y - 3 * _LEADING, 9, _payment(invoice))
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_text(canvas: Canvas, x: float, y: float, size: int, lines: list[str]) -> None:
    """Draw lines of text, the first one's baseline at `y`."""
    text = canvas.beginText(x, y)
    text.setFont("Helvetica", size, _LEADING)
    text.textLines("\n".join(lines))
    canvas.drawText(text)


def _draw_lines(canvas: Canvas, y: float, invoice: Invoice) -> float:
    """Draw heading and lines between two rules, and return where they end."""
    for position, (name, *figures) in enumerate(_table(invoice)):
        canvas.setFont("Helvetica-Bold" if position == 0 else "Helvetica", 10)
        canvas.drawString(_LEFT, y, name)
        for right, figure in zip(_COLUMNS, figures, strict=True):
            canvas.drawRightString(right, y, figure)
        y -= _LEADING
        if position == 0:
            canvas.line(_LEFT, y + 11, _RIGHT, y + 11)
    canvas.line(_LEFT, y + 10, _RIGHT, y + 10)
    return y


def _title(invoice: Invoice) -> str:
    """Return what the document is, with its number."""
    return f"{'Avoir' if invoice.credits else 'Facture'} {invoice.number}"


def _dates(invoice: Invoice) -> str:
    """Return the line below the title."""
    if invoice.credits:
        return f"Date : {_day(invoice.date)} - sur la facture {invoice.credits.number}"
    return f"Date : {_day(invoice.date)} - échéance : {_day(invoice.due)}"


def _letterhead() -> list[str]:
    """Return who sends the invoice."""
    return [*_address(FIRM), f"SIREN {FIRM.siren}", f"TVA {FIRM.vat_number}"]


def _address(company: Company) -> list[str]:
    """Return a company's name and address."""
    address = company.address
    return [
        company.name,
        address.street,
        f"{address.postcode} {address.city}",
        *([] if address.country == "FR" else [address.country]),
    ]


def _table(invoice: Invoice) -> list[tuple[str, str, str, str, str]]:
    """Return the heading and the lines."""
    heading = ("Désignation", "Quantité", "Prix HT", "TVA", "Montant HT")
    abroad = invoice.customer.company.address.country != "FR"
    return [
        heading,
        *(
            (
                line.product.name,
                str(line.quantity),
                french_amount(line.product.price),
                _percent(0 if abroad else line.product.vat),
                french_amount(line.net),
            )
            for line in invoice.lines
        ),
    ]


def _totals(invoice: Invoice) -> list[tuple[str, str]]:
    """Return the totals: net, VAT by rate, with VAT."""
    return [
        ("Total HT", french_amount(invoice.net)),
        *((f"TVA {_percent(vat.rate)}", french_amount(vat.tax)) for vat in invoice.vat),
        ("Total TTC", f"{french_amount(invoice.total)} EUR"),
    ]


def _payment(invoice: Invoice) -> list[str]:
    """Return why there is no VAT, if there is none, and how to pay."""
    exemption = EXEMPTIONS.get(invoice.customer.market)
    reasons = [f"{exemption.text}."] if exemption else []
    if invoice.credits:
        return [*reasons, f"Avoir à déduire du règlement de la facture {invoice.credits.number}."]
    return [
        *reasons,
        f"Règlement par virement, référence {invoice.number} :",
        f"IBAN {SHARED_ACCOUNT.iban} - BIC {SHARED_ACCOUNT.bic}",
        "Indemnité forfaitaire pour frais de recouvrement : 40 euros.",
        "Pénalités de retard : taux de refinancement de la BCE majoré de 10 points.",
    ]


def french_amount(cents: int) -> str:
    """Return an amount as it is written in French, without a currency: `1 234,50`."""
    return f"{euros(cents):,}".replace(",", " ").replace(".", ",")


def _percent(tenths: int) -> str:
    """Return a rate as it is written in French: `5,5 %`."""
    whole, tenth = divmod(tenths, 10)
    return f"{whole},{tenth} %" if tenth else f"{whole} %"


def _day(day: datetime.date) -> str:
    """Return a date as it is written in French."""
    return f"{day:%d/%m/%Y}"
