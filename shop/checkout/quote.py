"""What a cart costs now: its lines at today's prices, delivery, tax told apart. A cart is only ever a wish; this is the offer."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from shop.catalogue.browsing import Offer, offers
from shop.ground.errors import Refusal
from shop.ground.instants import local
from shop.ground.money import Money, Taxed
from shop.markets.arrival import Visit
from shop.markets.taxes import Delivery, delivery, rate_on, taxed
from shop.policies.keys import KINDS
from shop.policies.library import PolicyLibrary, PolicyVersion


class NoDelivery(Refusal):
    """Nothing is known yet about delivery to this market, so nothing can be sold there."""


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One product, its pieces, and what they cost together."""

    offer: Offer
    quantity: int
    sums: Taxed

    @property
    def problem(self) -> str:
        """Why this line cannot be bought as it stands: not_yet, sold_out, stopped, too_few, too_many; or empty."""
        if self.offer.standing != "buyable":
            return self.offer.standing
        if self.quantity > self.offer.listing.max_per_order:
            return "too_many"
        return "too_few" if self.quantity > self.offer.free else ""


@dataclass(frozen=True, slots=True)
class Quote:
    """The whole offer. `gone` are SKUs of the cart that this market does not show any more."""

    lines: tuple[QuoteLine, ...]
    gone: tuple[str, ...]
    delivery: Delivery
    shipping: Taxed
    currency: str

    @property
    def goods(self) -> int:
        """The goods at displayed prices, minor units."""
        return sum(line.offer.price.minor * line.quantity for line in self.lines)

    @property
    def tax(self) -> int:
        """All tax, minor units."""
        return sum(line.sums.tax for line in self.lines) + self.shipping.tax

    @property
    def total(self) -> Money:
        """What is to be paid in all."""
        return Money(sum(line.sums.gross for line in self.lines) + self.shipping.gross, self.currency)

    @property
    def problems(self) -> bool:
        """Whether something keeps this cart from being bought as it stands."""
        return not self.lines or bool(self.gone) or any(line.problem for line in self.lines)


def quote(db: Session, visit: Visit, lines: Mapping[str, int]) -> Quote:
    """The cart's lines at what they cost now. Raises NoDelivery."""
    market, snapshot = visit.market, visit.snapshot
    found = {offer.sku: offer for offer in offers(db, visit, lines)} if lines else {}
    priced = tuple(_line(visit, found[sku], quantity) for sku, quantity in lines.items() if sku in found)
    rate = snapshot.shipping.get(market.id)
    if rate is None:
        raise NoDelivery
    cost = delivery(rate, sum(line.offer.price.minor * line.quantity for line in priced))
    day = local(visit.now, market.zone).date()
    shipping_bp = rate_on(snapshot.tax_rates, market.id, "standard", day) if cost.price else 0
    shipping = taxed(cost.price, shipping_bp, display=market.tax_display)
    return Quote(priced, tuple(sku for sku in lines if sku not in found), cost, shipping, market.currency)


def policies_now(policies: PolicyLibrary, visit: Visit) -> list[PolicyVersion]:
    """The versions a customer of this visit accepts when ordering now."""
    day = local(visit.now, visit.market.zone).date()
    return [policies.in_force(visit.market.id, kind, day) for kind in KINDS]


def money_digest(quote: Quote) -> str:
    """A fingerprint of everything the customer was shown to pay; the review carries it to the order button."""
    shown = [[line.offer.sku, line.quantity, line.sums.gross] for line in quote.lines]
    return _digest([shown, quote.shipping.gross, quote.total.minor])


def policy_digest(versions: Sequence[PolicyVersion]) -> str:
    """A fingerprint of the policy versions the customer was shown."""
    return _digest([[each.kind, each.hash] for each in versions])


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:24]


def _line(visit: Visit, offer: Offer, quantity: int) -> QuoteLine:
    return QuoteLine(
        offer, quantity, taxed(offer.price.minor * quantity, offer.tax_bp, display=visit.market.tax_display)
    )
