"""Suggested prices: from another market's price at a rate that somebody typed in, or from what a piece costs. Pure.

A suggestion is never charged: a person reads it, changes it, and sets the price. Amounts are minor units.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import gcd, lcm

from shop.base.fields import decimal
from shop.base.i18n import N_
from shop.ground.money import PARTS, decimals
from shop.markets.taxes import taxed
from shop.upkeep.wrong import Wrong

BASIS_POINTS = 10_000
_ENDING = re.compile(r"([0-9]{0,6})(?:\.([0-9]{1,3}))?")
_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


class Unreachable(Wrong):
    """No price can be suggested, and why."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """Which prices a market likes: multiples of `step`, the last `digits` digits of which are `ending`."""

    step: int = 1
    ending: int = 0
    digits: int = 0


def read_ending(text: str, currency: str, *, step: int) -> Rounding:
    """An ending as it is written behind a price: `.99`, `9.90`, `80`; empty asks for none but the step.

    Raises Wrong for what is none, or for one that no multiple of the step has.
    """
    said = decimal(text)
    parts = _ENDING.fullmatch(said)
    places = decimals(currency)
    if not said:
        return Rounding(step)
    if parts is None or len(parts[2] or "") not in (0, places):
        raise Wrong(N_("%(given)s is not how a price ends, such as .99, 9.90 or 80"), given=text)
    whole = "" if parts[2] and not int(parts[1] or "0") else parts[1]
    figures = whole + (parts[2] or "0" * places)
    rounding = Rounding(step, int(figures), len(figures))
    rounded(Decimal(1), rounding)
    return rounding


def read_rate(text: str) -> Decimal:
    """A rate of exchange: how many units of the one currency a unit of the other is. Raises Wrong."""
    said = decimal(text)
    rate = Decimal(said) if _RATE.fullmatch(said) else Decimal(0)
    if not rate:
        raise Wrong(N_("%(given)s is not a rate, such as 0.5416 or 88.4"), given=text)
    return rate


def rounded(amount: Decimal, rounding: Rounding) -> int:
    """The nearest price (minor units) that the rounding allows, above nothing; of two as near, the higher."""
    period = int(10**rounding.digits)
    place = next(
        (each for each in range(rounding.ending, lcm(period, rounding.step), period) if each % rounding.step == 0),
        None,
    )
    if place is None:
        said = N_("No multiple of this market's price step (%(step)s of its smallest units) ends like that.")
        raise Unreachable(said, step=rounding.step)
    between = period * rounding.step // gcd(period, rounding.step)
    steps = ((amount - place) / between).quantize(Decimal(1), ROUND_HALF_UP)
    return place + between * (int(steps) if place + between * steps > 0 else int(place == 0))


@dataclass(frozen=True, slots=True)
class Seller:
    """What of a market its prices hang on: currency, whether they hold the tax, and the rate of this class of goods."""

    currency: str
    display: str
    rate_e5: int


def from_price(
    displayed: int, source: Seller, target: Seller, *, rate: Decimal, markup_bp: int, rounding: Rounding
) -> int:
    """The price in the target that leaves as much before tax as `displayed` does in the source, with a mark-up.

    `rate` says how many units of the target's currency one of the source's is.
    """
    net = Decimal(taxed(displayed, source.rate_e5, display=source.display).net)
    units = net.scaleb(-decimals(source.currency)) * rate * (BASIS_POINTS + markup_bp) / BASIS_POINTS
    return rounded(_displayed(units.scaleb(decimals(target.currency)), target), rounding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What one piece costs in a market, sent alone: minor units, and shares of what is paid in hundredths of a percent."""

    landed: int = 0  # purchase, freight and duty
    parcel: int = 0
    fee: int = 0
    fee_bp: int = 0
    exchange_bp: int = 0


def from_costs(costs: Costs, target: Seller, *, margin_bp: int, rounding: Rounding) -> int:
    """The price that leaves `margin_bp` of itself before tax when one piece is sold and delivery is free.

    Raises Unreachable where fees and margin together eat the price up.
    """
    fixed = costs.landed + costs.parcel + costs.fee
    paid_per_net = Decimal(PARTS + target.rate_e5) / PARTS
    shares = Decimal(costs.fee_bp + costs.exchange_bp) / BASIS_POINTS * paid_per_net
    kept = 1 - Decimal(margin_bp) / BASIS_POINTS - shares
    if kept <= 0:
        raise Unreachable(N_("No price leaves so much: the margin and the fees together are the whole price."))
    return rounded(_displayed(fixed / kept, target), rounding)


def _displayed(net: Decimal, seller: Seller) -> Decimal:
    return net * (PARTS + seller.rate_e5) / PARTS if seller.display == "inclusive" else net


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What one piece leaves, sold alone: each part in minor units, costs as positive amounts."""

    net: int
    tax: int
    delivery: int  # what the customer pays for it, without tax
    landed: int
    parcel: int
    payment: int
    exchange: int

    @property
    def total(self) -> int:
        """What is left; below nothing where the piece is sold at a loss."""
        return self.net + self.delivery - self.landed - self.parcel - self.payment - self.exchange

    @property
    def share_bp(self) -> int:
        """What is left, of what comes in without tax, in hundredths of a percent."""
        income = self.net + self.delivery
        return int((Decimal(self.total * BASIS_POINTS) / income).quantize(Decimal(1), ROUND_HALF_UP)) if income else 0


def left_of(
    displayed: int, seller: Seller, costs: Costs, *, delivery: int, delivery_rate_e5: int, step: int = 1
) -> Left:
    """What a piece at this price leaves. `delivery` is what the customer pays for it as displayed, 0 where it is free."""
    goods = taxed(displayed, seller.rate_e5, display=seller.display, step=step)
    sending = taxed(delivery, delivery_rate_e5, display=seller.display, step=step)
    paid = Decimal(goods.gross + sending.gross)
    return Left(
        net=goods.net,
        tax=goods.tax + sending.tax,
        delivery=sending.net,
        landed=costs.landed,
        parcel=costs.parcel,
        payment=costs.fee + _share(paid, costs.fee_bp),
        exchange=_share(paid, costs.exchange_bp),
    )


def _share(paid: Decimal, basis_points: int) -> int:
    return int((paid * basis_points / BASIS_POINTS).quantize(Decimal(1), ROUND_HALF_UP))
