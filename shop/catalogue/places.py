"""Where a product is really shown, in which market and language, and until when that holds: for sitemap and alternates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from shop.catalogue.browsing import has_begun, not_over
from shop.catalogue.models import Listing, Product, ProductText
from shop.ground.instants import next_day
from shop.markets.calendar import day_in
from shop.markets.directory import Snapshot
from shop.markets.models import Market
from shop.markets.taxes import NoTaxRate, Taxable


@dataclass(frozen=True, slots=True)
class Place:
    """Where a product is to be found: in one language of one market."""

    market: Market
    language: str
    sku: str
    path: str


def places(db: Session, snapshot: Snapshot, markets: Iterable[Market], *, now: datetime, sku: str = "") -> list[Place]:
    """Where each product (or only this one) is really shown in these markets, in the exporter's order."""
    offered = {market.id: market for market in markets}
    query = (
        select(Listing.market, ProductText.language, Listing.sku, ProductText.slug, Product.tax_class)  # type: ignore[call-overload]
        .join(Product, col(Product.sku) == col(Listing.sku))
        .join(ProductText, col(ProductText.sku) == col(Listing.sku))
        .where(col(Listing.market).in_(offered), has_begun(now), not_over(now))
        .order_by(col(Listing.position), col(Listing.sku))
    )
    if sku:
        query = query.where(Listing.sku == sku)
    found = []
    for market_id, language, each, slug, tax_class in db.exec(query).all():
        market = offered[market_id]
        if language in market.languages.split() and _is_offered(snapshot, market, each, tax_class, now):
            found.append(Place(market, language, each, f"/products/{slug}"))
    return sorted(found, key=lambda each: (each.market.position, each.market.id))


def next_change_anywhere(db: Session, markets: list[Market], now: datetime, *, sku: str = "") -> datetime | None:
    """When what these markets show of all products (or only of this one) will next be other by itself.

    With the day of each market's calendar rates change, papers end, and policies begin.
    """
    query = select(Listing.visible_from, Listing.until).where(col(Listing.market).in_([each.id for each in markets]))
    if sku:
        query = query.where(Listing.sku == sku)
    ahead = (each for row in db.exec(query).all() for each in row if each is not None and each > now)
    return min((*ahead, *(next_day(now, each.zone) for each in markets)), default=None)


def _is_offered(snapshot: Snapshot, market: Market, sku: str, tax_class: str, now: datetime) -> bool:
    """Whether the market's rules let the product be sold, and its tax is known."""
    if sku in snapshot.unfit(market, now):
        return False
    try:
        snapshot.taxes.levy(market, [Taxable(0, tax_class)], day_in(market, now))
    except NoTaxRate:
        return False
    return True
