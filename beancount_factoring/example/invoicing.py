"""The example's invoices and credit notes: products, lines, VAT by rate. All money is in cents."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from beancount_factoring.example.customers import Customer
from beancount_factoring.example.customers import Market


@dataclass(frozen=True, slots=True)
class Product:
    """What the firm sells: `price` in cents without VAT, `vat` in tenths of a percent.

    `unit` is the code of UN/ECE recommendations 20 and 21: a piece, a sack, a carton, a pallet.
    """

    reference: str
    name: str
    unit: str
    price: int
    vat: int


# Equipment and packaging bear 20 %, firewood 10 %, food 5.5 % (CGI, 278, 278 bis, 278-0 bis).
CATALOGUE = (
    Product("FOUR-3", "Four à sole électrique, 3 étages", "C62", 845_000, 200),
    Product("CHAMBRE-2", "Chambre de pousse, 2 portes", "C62", 498_000, 200),
    Product("PETRIN-60", "Pétrin à spirale, 60 litres", "C62", 329_000, 200),
    Product("BATTEUR-40", "Batteur-mélangeur, 40 litres", "C62", 215_000, 200),
    Product("ENTRETIEN", "Entretien annuel d'un four", "C62", 39_000, 200),
    Product("SACS-1000", "Sacs kraft, carton de 1 000", "XCT", 4_600, 200),
    Product("ETUIS-2000", "Étuis à baguette, carton de 2 000", "XCT", 5_850, 200),
    Product("GRILLE", "Grille inox 600 × 400", "C62", 1_850, 200),
    Product("BANNETON", "Banneton en osier, 1 kg", "C62", 1_245, 200),
    Product("GRANULES", "Granulés de bois pour four, palette", "XPX", 38_900, 100),
    Product("BUCHES", "Bûches de hêtre calibrées, palette", "XPX", 26_500, 100),
    Product("T65", "Farine de blé T65, sac de 25 kg", "XSA", 2_460, 55),
    Product("T130", "Farine de seigle T130, sac de 25 kg", "XSA", 2_790, 55),
    Product("MELANGE", "Préparation pour pain spécial, sac de 25 kg", "XSA", 3_950, 55),
    Product("LEVAIN-10", "Levain déshydraté, carton de 10 kg", "XCT", 6_120, 55),
    Product("BEURRE-10", "Beurre de tourage, carton de 10 kg", "XCT", 9_240, 55),
)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why a sale bears no VAT: the code of the list VATEX, and the law in words."""

    code: str
    text: str


EXEMPTIONS = {
    Market.EUROPEAN_UNION: Exemption("VATEX-EU-IC", "Exonération de TVA, article 262 ter I du CGI"),
    Market.EXPORT: Exemption("VATEX-EU-G", "Exonération de TVA, article 262 I du CGI"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """So many units of a product."""

    product: Product
    quantity: int

    @property
    def net(self) -> int:
        """The amount without VAT."""
        return self.quantity * self.product.price


@dataclass(frozen=True, slots=True)
class VatTotal:
    """The VAT of one rate, in tenths of a percent, on its base."""

    rate: int
    base: int

    @property
    def tax(self) -> int:
        """The tax, rounded half up."""
        return (self.base * self.rate + 500) // 1000


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice, or a credit note on the invoice `credits`; all amounts are positive."""

    number: str
    date: datetime.date
    customer: Customer
    lines: tuple[Line, ...]
    credits: Invoice | None = None

    @property
    def due(self) -> datetime.date:
        """The due date; a credit note is due at once."""
        days = 0 if self.credits else self.customer.terms
        return self.date + datetime.timedelta(days=days)

    @property
    def vat(self) -> tuple[VatTotal, ...]:
        """The VAT breakdown, highest rate first; goods that leave France bear none."""
        bases: dict[int, int] = {}
        for line in self.lines:
            rate = line.product.vat if self.customer.market is Market.FRANCE else 0
            bases[rate] = bases.get(rate, 0) + line.net
        return tuple(VatTotal(rate, base) for rate, base in sorted(bases.items(), reverse=True))

    @property
    def net(self) -> int:
        """The total without VAT."""
        return sum(line.net for line in self.lines)

    @property
    def total(self) -> int:
        """The total with VAT."""
        return self.net + sum(vat.tax for vat in self.vat)


def euros(cents: int) -> Decimal:
    """Return an amount of cents in euros, with two decimals."""
    return Decimal(cents).scaleb(-2)
