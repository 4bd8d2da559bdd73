"""What prices in a market hang on: its tax, delivery and costs, so that a price can be weighed and another suggested."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, select

from shop.base.fields import decimal
from shop.base.i18n import N_, Tongue
from shop.catalogue.models import Product
from shop.catalogue.suitability import SERVICE
from shop.checkout.quote import SHIPPING_CLASS
from shop.ground.instants import local
from shop.ground.money import Money, NotMoney, money
from shop.markets.models import Market, ShippingRate, TaxRate
from shop.markets.taxes import NoTaxRate, delivery, rate_on
from shop.scorecard.models import LandedCost, MarketCost
from shop.upkeep.models import PriceRate
from shop.upkeep.workshop.suggesting import Costs, Left, Seller, from_costs, from_price, left_of, read_ending

THIN_BP = 1000  # below a tenth of the price somebody should look twice


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """One market's, on one day of its calendar."""

    market: Market
    taxes: tuple[TaxRate, ...]
    shipping: ShippingRate | None
    costs: MarketCost | None
    landed: Mapping[str, LandedCost]
    rates: Mapping[str, PriceRate]  # by the currency they start from
    today: date

    def seller(self, tax_class: str) -> Seller | None:
        """How the market prices goods of the class; None where it has no rate of tax for it."""
        rate_e5 = self._rate(tax_class)
        return None if rate_e5 is None else Seller(self.market.currency, self.market.tax_display, rate_e5)

    def costs_of(self, product: Product) -> Costs | None:
        """What one piece costs there; None where nobody has written it down."""
        cost, landed = self.costs, self.landed.get(product.sku)
        if cost is None or (landed is None and product.kind != SERVICE):
            return None
        return Costs(
            landed=landed.purchase + landed.freight + landed.duty if landed else 0,
            parcel=0 if product.kind == SERVICE else cost.parcel,
            fee=cost.fee,
            fee_bp=cost.fee_bp,
            exchange_bp=cost.exchange_bp,
        )

    def left(self, product: Product, price: int) -> Left | None:
        """What one piece leaves at this price (minor units, as displayed); None where tax or costs are not known."""
        seller, costs = self.seller(product.tax_class), self.costs_of(product)
        if seller is None or costs is None:
            return None
        sent = product.kind != SERVICE and self.shipping is not None
        return left_of(
            price,
            seller,
            costs,
            delivery=delivery(self.shipping, price).price if sent and self.shipping else 0,
            delivery_rate_e5=self._rate(SHIPPING_CLASS) or 0,
            step=self.market.price_step,
        )

    def from_market(self, product: Product, price: int, other: "PriceFacts") -> int | None:
        """A suggestion from the other market's price by the kept rate; None where rate or tax is not known."""
        rate = self.rates.get(other.market.currency)
        source, target = other.seller(product.tax_class), self.seller(product.tax_class)
        if rate is None or source is None or target is None:
            return None
        rounding = read_ending(rate.ending, self.market.currency, step=self.market.price_step)
        factor = Decimal(rate.rate)
        return from_price(price, source, target, rate=factor, markup_bp=rate.markup_bp, rounding=rounding)

    def from_costs(self, product: Product, *, margin_bp: int, ending: str) -> int | None:
        """A suggestion from what a piece costs; None where that is not known. Raises Wrong where no price does it."""
        target, costs = self.seller(product.tax_class), self.costs_of(product)
        if target is None or costs is None or not costs.landed:
            return None
        rounding = read_ending(ending, self.market.currency, step=self.market.price_step)
        return from_costs(costs, target, margin_bp=margin_bp, rounding=rounding)

    def minor(self, text: str) -> int | None:
        """A price as somebody types it, in minor units; None for what is none."""
        try:
            found = money(decimal(text), self.market.currency).minor
        except NotMoney:
            return None
        return found if 0 < found < 10**12 else None

    def _rate(self, tax_class: str) -> int | None:
        """The rate of the whole country; where only regions have one and it comes on top, the price is without tax."""
        try:
            return rate_on(self.taxes, self.market.id, tax_class, self.today)
        except NoTaxRate:
            on_top = self.market.tax_display != "inclusive"
            return 0 if on_top and any(each.tax_class == tax_class for each in self.taxes) else None


def price_facts(db: Session, market: Market, *, now: datetime) -> PriceFacts:
    """What the market's prices hang on today."""
    landed = db.exec(select(LandedCost).where(LandedCost.market == market.id)).all()
    rates = db.exec(select(PriceRate).where(PriceRate.market == market.id)).all()
    return PriceFacts(
        market,
        tuple(db.exec(select(TaxRate).where(TaxRate.market == market.id)).all()),
        db.get(ShippingRate, market.id),
        db.get(MarketCost, market.id),
        {each.sku: each for each in landed},
        {each.currency: each for each in rates},
        local(now, market.zone).date(),
    )


def left_words(left: Left | None, market: Market, tongue: Tongue) -> dict[str, str]:
    """What a price leaves, as a chip: an amount and its share; empty where it is not known."""
    if left is None:
        return {}
    amount = tongue.money(Money(left.total, market.currency))
    said = N_("Leaves %(amount)s (%(share)s)") if left.total >= 0 else N_("Loses %(amount)s (%(share)s)")
    if left.total < 0:
        amount = tongue.money(Money(-left.total, market.currency))
    tone = "stop" if left.total < 0 else "wait" if left.share_bp < THIN_BP else "good"
    glyph = {"stop": "triangle", "wait": "info", "good": "tick"}[tone]
    share = tongue.percent(round(left.share_bp, -1))
    return {"tone": tone, "glyph": glyph, "word": tongue.say(said, amount=amount, share=share)}


def left_rows(left: Left | None, market: Market, tongue: Tongue) -> list[dict[str, Any]]:
    """What comes in, each thing that goes off, and what is left."""
    if left is None:
        return []
    parts = (
        (N_("Price without tax"), left.net),
        (N_("Delivery that the customer pays, without tax"), left.delivery),
        (N_("The piece until it is there"), -left.landed),
        (N_("Parcel"), -left.parcel),
        (N_("Payment"), -left.payment),
        (N_("Changing money"), -left.exchange),
    )
    rows = [
        {"label": tongue.say(word), "value": tongue.money(Money(minor, market.currency)), "strong": False}
        for word, minor in parts
        if minor
    ]
    total = tongue.money(Money(left.total, market.currency))
    return [*rows, {"label": tongue.say(N_("Left of one piece sent alone")), "value": total, "strong": True}]
