"""Which page a product's address has in a market: its offer, or the notice of what is not sold here now or no longer.

Stops come from markets, what is unfit from the goods known; nothing decides here.
"""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from shop.catalogue.browsing import has_begun
from shop.catalogue.goods import known
from shop.catalogue.models import Listing, Product, ProductText
from shop.markets.links import is_link
from shop.markets.visit import Visit

RECALL = "recall"  # the reason by which a stop is one; customers then read of a recall


@dataclass(frozen=True, slots=True)
class Placed:
    """A product that the market has begun to show, and how its address is answered there now."""

    product: Product
    text: ProductText
    listing: Listing
    image_url: str  # empty for the drawing of its kind
    standing: str  # offered | stopped | withdrawn | unfit


def placed(db: Session, visit: Visit, slug: str) -> Placed | None:
    """The product of this slug in the visit's language and market; None when the market does not show it.

    What is stopped or no longer sold keeps a page at its address: owners look for it. What is unfit has one only where
    something may have been sold.
    """
    query = (
        select(Product, ProductText, Listing)
        .join(ProductText, col(ProductText.sku) == col(Product.sku))
        .join(Listing, col(Listing.sku) == col(Product.sku))
        .where(ProductText.language == visit.tongue.language, ProductText.slug == slug)
        .where(Listing.market == visit.market.id, has_begun(visit.now))
    )
    found = db.exec(query).first()
    if found is None:
        return None
    product, text, listing = found
    standing = _standing(visit, listing)
    if standing == "unfit" and not visit.market.ever_sold:
        return None
    return Placed(product, text, listing, known(visit).picture_of(product), standing)


def _standing(visit: Visit, listing: Listing) -> str:
    if visit.snapshot.stops_of(visit.market.id, listing.sku):
        return "stopped"
    if listing.until is not None and listing.until <= visit.now:
        return "withdrawn"
    return "unfit" if listing.sku in visit.unfit else "offered"


def is_recalled(visit: Visit, sku: str) -> bool:
    """Whether one of the stops that hold for the product is a recall."""
    return any(each.reason == RECALL for each in visit.snapshot.stops_of(visit.market.id, sku))


def notices(visit: Visit, sku: str, *, recalls: str = "") -> list[dict[str, Any]]:
    """What the customer is told of each stop that holds for the product: text and link, either of which may be empty.

    Where nobody wrote in the visitor's language, there is no text, and the page says its own general sentence. A recall
    that names no other address leads to the page of `recalls`, where this market has any.
    """
    told = []
    for stop in visit.snapshot.stops_of(visit.market.id, sku):
        text = visit.snapshot.stop_texts.get((stop.id or 0, visit.tongue.language), "")
        link = stop.link if is_link(stop.link) else ""
        if not link and stop.reason == RECALL and visit.market.id in visit.snapshot.recalled:
            link = recalls
        if (text or link) and {"text": text, "link": link} not in told:
            told.append({"text": text, "link": link})
    return told
