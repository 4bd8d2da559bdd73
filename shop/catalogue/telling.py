"""An offer put into the terms that machines are told of it in: whole addresses, the market's days, the policy in force."""

from shop.catalogue.browsing import Offer
from shop.catalogue.structured import Told
from shop.catalogue.suitability import SERVICE
from shop.ground.money import Money
from shop.markets.alternates import address
from shop.markets.calendar import day_in
from shop.markets.gate import SELLING
from shop.markets.taxes import delivery
from shop.markets.visit import Visit
from shop.policies.library import PolicyVersion


def told(offer: Offer, visit: Visit, returns: PolicyVersion | None = None) -> Told:
    """What machines are told of the offer as this visit sees it; of the returns policy only where it is given."""
    market, text, listing = visit.market, offer.text, offer.listing
    rate = visit.snapshot.shipping.get(market.id)
    asked = delivery(rate, offer.price.minor) if rate and offer.product.kind != SERVICE else None
    standing = offer.standing if market.state in SELLING else "not_sold"
    return Told(
        url=address(visit.origin, market, visit.tongue.language, f"/products/{text.slug}"),
        name=text.name,
        description=text.description or text.summary,
        sku=offer.sku,
        brand=visit.snapshot.exporter.brand,
        image_url=f"{visit.origin}{offer.image_url}" if offer.image_url else "",
        price=offer.price,
        prior=offer.prior,
        availability=standing,
        available_from=listing.buyable_from if standing == "not_yet" else None,
        valid_until=day_in(market, listing.until) if listing.until else None,
        country=market.country,
        shipping=Money(asked.price, market.currency) if asked else None,
        carrier=asked.carrier if asked else "",
        days=(asked.days_min, asked.days_max) if asked else (0, 0),
        returns=returns.rules if returns else {},
        returns_url=address(visit.origin, market, visit.tongue.language, "/policies/returns"),
        return_class=offer.product.return_class,
    )
