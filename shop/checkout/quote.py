"""What a cart costs now: its lines at today's prices, delivery, tax told apart. A cart is only ever a wish; this is the offer."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from shop.catalogue.browsing import Offer, offers
from shop.catalogue.suitability import SERVICE
from shop.checkout import prepayment
from shop.ground.errors import Refusal
from shop.ground.money import Money, Taxed
from shop.markets.calendar import day_in
from shop.markets.taxes import Delivery, Levied, NoTaxRate, Taxable, delivery
from shop.markets.visit import Visit
from shop.policies.keys import ACCEPTED, INFORMING
from shop.policies.library import PolicyLibrary, PolicyVersion

SHIPPING_CLASS = "standard"


class NoDelivery(Refusal):
    """Nothing is known yet about delivery to this market, so nothing can be sold there."""


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One product, its pieces, and what they cost together; without a rate the sums hold no tax yet."""

    offer: Offer
    quantity: int
    tax_e5: int | None
    sums: Taxed

    @property
    def problem(self) -> str:
        """Why this line cannot be bought as it stands: not_yet, sold_out, stopped, too_few, too_many; or empty."""
        if self.offer.standing != "buyable":
            return self.offer.standing
        if self.quantity > self.offer.listing.max_per_order:
            return "too_many"
        return "too_few" if self.quantity > self.offer.free else ""

    def most(self, problem: str) -> int:
        """How many pieces could be had, where it is for their number that the line cannot be bought; else 0."""
        listing = self.offer.listing
        limits = {
            "too_few": self.offer.free,
            "too_many": listing.max_per_order,
            "too_many_for_customer": listing.max_per_customer or 0,
        }
        return limits.get(problem, 0)

    @property
    def room(self) -> int:
        """How many pieces one order may have of it now; of what is not on sale, as many as of what is."""
        most = self.offer.listing.max_per_order
        return min(most, self.offer.free) if self.offer.standing == "buyable" else most


@dataclass(frozen=True, slots=True)
class Quote:
    """The whole offer. `gone` are SKUs of the cart that this market does not show any more.

    Where tax depends on the region and the address is not known yet, `taxed` is False and no sum holds any. `region` is
    the province or state it goes to, by its code.
    """

    lines: tuple[QuoteLine, ...]
    gone: tuple[str, ...]
    delivery: Delivery
    shipping: Taxed
    shipping_e5: int
    currency: str
    region: str
    taxed: bool
    prepayment_percent: int
    price_step: int

    @property
    def goods(self) -> int:
        """The goods at displayed prices, minor units."""
        return sum(line.offer.price.minor * line.quantity for line in self.lines)

    @property
    def short(self) -> frozenset[str]:
        """The SKUs of which there are not as many pieces as are wanted."""
        return frozenset(line.offer.sku for line in self.lines if line.problem in ("sold_out", "too_few"))

    @property
    def tax(self) -> int | None:
        """All tax, minor units; None while it depends on an address that is not known yet."""
        return sum(line.sums.tax for line in self.lines) + self.shipping.tax if self.taxed else None

    @property
    def total(self) -> Money:
        """What is to be paid in all; before tax, while that is not known."""
        return Money(sum(line.sums.gross for line in self.lines) + self.shipping.gross, self.currency)

    @property
    def due(self) -> prepayment.Due:
        """What of the total is asked for when ordering, and what on delivery; what needs no delivery is paid at once."""
        percent = self.prepayment_percent if self.parcel else 100
        return prepayment.due(self.total.minor, percent, self.price_step)

    @property
    def parcel(self) -> bool:
        """Whether anything is sent: services alone need no parcel."""
        return is_sent(line.offer for line in self.lines)


def quote(db: Session, visit: Visit, lines: Mapping[str, int], region: str = "") -> Quote:
    """The cart's lines at what they cost now, delivery taxed at the standard rate.

    `region` is the code of the province or state of the address, empty while there is none. Raises NoDelivery, and
    NoTaxRate where the region's tax is not known.
    """
    found = {offer.sku: offer for offer in offers(db, visit, lines)} if lines else {}
    wanted = [(found[sku], quantity) for sku, quantity in lines.items() if sku in found]
    goods = [Taxable(offer.price.minor * quantity, offer.product.tax_class) for offer, quantity in wanted]
    cost = _delivery(visit, wanted, sum(each.displayed for each in goods))
    items = [*goods, Taxable(cost.price, SHIPPING_CLASS)]
    levied = _levied(visit, items, region)
    *sums, shipping = levied or [Levied(0, Taxed(each.displayed, 0, each.displayed)) for each in items]
    return Quote(
        lines=tuple(
            QuoteLine(offer, quantity, part.rate_e5 if levied else None, part.parts)
            for (offer, quantity), part in zip(wanted, sums, strict=True)
        ),
        gone=tuple(sku for sku in lines if sku not in found),
        delivery=cost,
        shipping=shipping.parts,
        shipping_e5=shipping.rate_e5,
        currency=visit.market.currency,
        region=region,
        taxed=levied is not None,
        prepayment_percent=visit.market.prepayment_percent,
        price_step=visit.market.price_step,
    )


def _delivery(visit: Visit, wanted: Sequence[tuple[Offer, int]], goods: int) -> Delivery:
    rate = visit.snapshot.shipping.get(visit.market.id)
    if rate is None:
        raise NoDelivery
    cost = delivery(rate, goods)
    return cost if is_sent(offer for offer, _quantity in wanted) else replace(cost, price=0)


def _levied(visit: Visit, items: Sequence[Taxable], region: str) -> list[Levied] | None:
    day = day_in(visit.market, visit.now)
    return visit.snapshot.taxes.levy(visit.market, items, day, region=region)


def is_taxed(visit: Visit, region: str) -> bool:
    """Whether the tax on things that go to this region is known."""
    try:
        return _levied(visit, [Taxable(0, SHIPPING_CLASS)], region) is not None
    except NoTaxRate:
        return False


def is_sent(offers: Iterable[Offer]) -> bool:
    """Whether these goods go into a parcel (of no goods at all nothing else is known)."""
    kinds = {offer.product.kind for offer in offers}
    return kinds != {SERVICE}


def policies_now(policies: PolicyLibrary, visit: Visit) -> list[PolicyVersion]:
    """The versions a customer of this visit accepts when ordering now."""
    return _in_force(policies, visit, ACCEPTED)


def informing_now(policies: PolicyLibrary, visit: Visit) -> list[PolicyVersion]:
    """The versions a customer of this visit is told of beside the accepted ones, without accepting them."""
    return _in_force(policies, visit, INFORMING)


def _in_force(policies: PolicyLibrary, visit: Visit, wanted: Collection[str]) -> list[PolicyVersion]:
    day = day_in(visit.market, visit.now)
    kinds = [kind for kind in policies.kinds(visit.market.id, day) if kind in wanted]
    return [policies.in_force(visit.market.id, kind, day) for kind in kinds]


def money_digest(quote: Quote) -> str:
    """A fingerprint of everything the customer was shown to pay; the review carries it to the order button."""
    shown = [[line.offer.sku, line.quantity, line.sums.gross] for line in quote.lines]
    return _digest([shown, quote.shipping.gross, quote.total.minor, quote.due.later])


def lines_digest(lines: Mapping[str, int], serials: Mapping[str, str]) -> str:
    """A fingerprint of what was in the cart and which machines it is for; where it differs, the customer changed it."""
    return _digest([*sorted(lines.items()), *sorted(serials.items())])


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:24]
