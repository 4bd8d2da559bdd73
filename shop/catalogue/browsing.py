"""What a market offers in a language: listings joined with their texts and stock, and when each of them may be bought."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from shop.catalogue.models import Listing, Picture, Product, ProductText, Stock
from shop.ground.errors import NotFound
from shop.ground.instants import local
from shop.ground.money import Money, Taxed
from shop.markets.arrival import Visit
from shop.markets.models import Market
from shop.markets.taxes import NoTaxRate, rate_on, taxed


@dataclass(frozen=True, slots=True)
class Offer:
    """One product as a market offers it in a language. `standing` says whether it can be bought now, and why not."""

    listing: Listing
    product: Product
    text: ProductText
    price: Money
    parts: Taxed
    tax_bp: int
    free: int
    standing: str  # buyable | sold_out | not_yet | stopped
    picture: str  # hash, or empty for the drawing of its kind

    @property
    def sku(self) -> str:
        """The product's SKU."""
        return self.product.sku

    @property
    def image_url(self) -> str:
        """The picture's address below the site's root; empty when only the drawing of its kind exists."""
        return f"/pictures/{self.picture}" if self.picture else ""


def offers(db: Session, visit: Visit, skus: Iterable[str] | None = None) -> list[Offer]:
    """Everything the market shows in the visit's language, in the exporter's order; or only these SKUs."""
    market, now = visit.market, visit.now
    query = (
        select(Listing, Product, ProductText, Stock, Picture.hash)  # type: ignore[call-overload] # the stubs end at four
        .join(Product, col(Product.sku) == col(Listing.sku))
        .join(
            ProductText,
            (col(ProductText.sku) == col(Listing.sku)) & (col(ProductText.language) == visit.tongue.language),
        )
        .outerjoin(Stock, col(Stock.sku) == col(Listing.sku))
        .outerjoin(Picture, col(Picture.family) == col(Product.family))
        .where(Listing.market == market.id, _begun(now), _not_over(now))
        .order_by(col(Listing.position), col(Listing.sku))
    )
    if skus is not None:
        query = query.where(col(Listing.sku).in_(list(skus)))
    today = local(now, market.zone).date()
    made = (_offer(visit, row, today) for row in db.exec(query).all())
    return [offer for offer in made if offer is not None]


def offer_by_slug(db: Session, visit: Visit, slug: str) -> Offer:
    """The offer whose text in the visit's language has this slug; raises NotFound."""
    text = db.exec(
        select(ProductText).where(ProductText.language == visit.tongue.language, ProductText.slug == slug)
    ).first()
    found = offers(db, visit, [text.sku]) if text else []
    if not found:
        raise NotFound
    return found[0]


def next_change(db: Session, market: Market, now: datetime) -> datetime | None:
    """When the catalogue will next look different by itself: a listing begins, opens or ends."""
    rows = db.exec(
        select(Listing.visible_from, Listing.buyable_from, Listing.until).where(Listing.market == market.id)
    ).all()
    return min((each for row in rows for each in row if each is not None and each > now), default=None)


def _begun(now: datetime) -> Any:
    return col(Listing.visible_from).is_(None) | (col(Listing.visible_from) <= now)


def _not_over(now: datetime) -> Any:
    return col(Listing.until).is_(None) | (col(Listing.until) > now)


def _offer(
    visit: Visit, row: tuple[Listing, Product, ProductText, Stock | None, str | None], today: date
) -> Offer | None:
    listing, product, text, stock, picture = row
    market = visit.market
    try:
        rate = rate_on(visit.snapshot.tax_rates, market.id, product.tax_class, today)
    except NoTaxRate:  # one product that cannot be priced must not take the others with it
        return None
    free = stock.on_hand - stock.held - stock.sold if stock else 0
    stopped = visit.snapshot.facts(market).stopped
    return Offer(
        listing,
        product,
        text,
        Money(listing.price, market.currency),
        taxed(listing.price, rate, display=market.tax_display),
        rate,
        free,
        _standing(listing, free, stopped, visit.now),
        picture or "",
    )


def _standing(listing: Listing, free: int, stopped: frozenset[str], now: datetime) -> str:
    if listing.sku in stopped or "" in stopped:
        return "stopped"
    if listing.buyable_from is not None and listing.buyable_from > now:
        return "not_yet"
    return "buyable" if free > 0 else "sold_out"
