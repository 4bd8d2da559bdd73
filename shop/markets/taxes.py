"""Tax by destination and class behind one port, and what delivery costs: pure functions over dated rates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from shop.ground.errors import Refusal
from shop.ground.money import Taxed, tax_inside, tax_on_top
from shop.markets.models import Market, ShippingRate, TaxRate


class NoTaxRate(Refusal):
    """No rate is known for this class of goods in this market on this day; nothing can be sold until there is one."""


def rate_on(rates: Iterable[TaxRate], market: str, tax_class: str, day: date, *, region: str = "") -> int:
    """The rate in thousandths of a percent in force on `day`, a date of the market's own calendar; raises NoTaxRate.

    A region's own rate goes before the country's.
    """
    in_force = [
        each
        for each in rates
        if (each.market, each.tax_class) == (market, tax_class)
        and each.region in ("", region)
        and each.starts_on <= day
    ]
    if not in_force:
        raise NoTaxRate(market=market, tax_class=tax_class, region=region)
    return max(in_force, key=lambda each: (each.region, each.starts_on)).rate_e5


@dataclass(frozen=True, slots=True)
class Taxable:
    """Something to be taxed: its displayed amount (minor units, all pieces together) and its class."""

    displayed: int
    tax_class: str


class Levied(NamedTuple):
    """The tax of one thing: its rate in thousandths of a percent, and the amount told apart."""

    rate_e5: int
    parts: Taxed


class TaxTable(Protocol):
    """Whoever knows the tax on things that go to a market, or to a region of it: the one question that is ever asked.

    `RateTable` answers from our own dated rates, which are an example where tax differs by town as well. A service such
    as Stripe Tax can take its place: `items` are the `line_items` of one `tax.Calculation` (`amount`, `tax_behavior`
    after the market's display, `tax_code` after the class), the market's country and the region its address, and
    `amount_tax` and the rate of each line in its answer are the `Levied`. Such a table must ask before the transaction
    that places an order and repeat what it answered within it, and may leave to a `RateTable` what is asked without a
    region: the words beside a price.
    """

    def levy(self, market: Market, items: Sequence[Taxable], day: date, *, region: str = "") -> list[Levied] | None:
        """The tax of each item on a day of the market's calendar.

        None while it depends on a region that is not known yet. Raises NoTaxRate where no rate is known: never no tax.
        """


class RateTable:
    """The dated rates of our own table, put in order once."""

    def __init__(self, rates: Iterable[TaxRate]) -> None:
        self._rates: dict[tuple[str, str], list[TaxRate]] = {}
        for each in rates:
            self._rates.setdefault((each.market, each.tax_class), []).append(each)

    def levy(self, market: Market, items: Sequence[Taxable], day: date, *, region: str = "") -> list[Levied] | None:
        """See `TaxTable`."""
        if not region and any(self._differ(market.id, each.tax_class, day) for each in items):
            return None
        return [self._levied(market, each, day, region) for each in items]

    def _differ(self, market: str, tax_class: str, day: date) -> bool:
        """Whether some region has a rate of its own."""
        return any(each.region and each.starts_on <= day for each in self._rates.get((market, tax_class), ()))

    def _levied(self, market: Market, item: Taxable, day: date, region: str) -> Levied:
        known = self._rates.get((market.id, item.tax_class), ())
        rate_e5 = rate_on(known, market.id, item.tax_class, day, region=region)
        return Levied(rate_e5, taxed(item.displayed, rate_e5, display=market.tax_display, step=market.price_step))


def taxed(displayed: int, rate_e5: int, *, display: str, step: int = 1) -> Taxed:
    """A displayed amount (minor units) as net, tax and gross; `display` says whether it holds the tax (`inclusive`)."""
    return tax_inside(displayed, rate_e5) if display == "inclusive" else tax_on_top(displayed, rate_e5, step=step)


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
