"""Dated tax rates and shipping rates as pure functions over their rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shop.ground.errors import Refusal
from shop.ground.money import Taxed, tax_inside, tax_on_top
from shop.markets.models import ShippingRate, TaxRate


class NoTaxRate(Refusal):
    """No rate is known for this class of goods in this market on this day; nothing can be sold until there is one."""


def rate_on(rates: Iterable[TaxRate], market: str, tax_class: str, day: date) -> int:
    """The rate in hundredths of a percent in force on `day`, a date of the market's own calendar; raises NoTaxRate."""
    in_force = [
        each for each in rates if (each.market, each.tax_class) == (market, tax_class) and each.starts_on <= day
    ]
    if not in_force:
        raise NoTaxRate(market=market, tax_class=tax_class)
    return max(in_force, key=lambda each: each.starts_on).rate_bp


def taxed(displayed: int, rate_bp: int, *, display: str) -> Taxed:
    """A displayed amount (minor units) as net, tax and gross; `display` says whether it holds the tax (`inclusive`)."""
    return tax_inside(displayed, rate_bp) if display == "inclusive" else tax_on_top(displayed, rate_bp)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What delivery costs (minor units, as displayed in the market) and how many days it takes."""

    price: int
    days_min: int
    days_max: int
    carrier: str


def delivery(rate: ShippingRate, goods: int) -> Delivery:
    """Delivery of goods worth `goods` (minor units, as displayed)."""
    free = rate.free_from is not None and goods >= rate.free_from
    return Delivery(0 if free else rate.price, rate.days_min, rate.days_max, rate.carrier)
