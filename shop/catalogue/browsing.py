"""What a market offers in a language: listings joined with their texts and stock, and when each of them may be bought."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from shop.catalogue.goods import known
from shop.catalogue.models import Listing, PriceChange, Product, ProductText, Stock
from shop.catalogue.prices import lowest_before
from shop.ground.errors import NotFound
from shop.ground.instants import local, next_day
from shop.ground.money import Money
from shop.markets.models import Market
from shop.markets.taxes import Levied, NoTaxRate, Taxable
from shop.markets.visit import Visit


@dataclass(frozen=True, slots=True)
class Offer:
    """One product as a market offers it in a language. `standing` says whether it can be bought now, and why not.

    `levied` is the tax of one piece, None where it depends on where in the market it goes. `prior` is the lowest price of
    the 30 days before the price was reduced, None for one that is not reduced.
    """

    listing: Listing
    product: Product
    text: ProductText
    price: Money
    prior: Money | None
    levied: Levied | None
    free: int
    standing: str  # buyable | sold_out | not_yet | stopped
    image_url: str  # below the site's root; empty for the drawing of its kind

    @property
    def sku(self) -> str:
        """The product's SKU."""
        return self.product.sku


def offers(db: Session, visit: Visit, skus: Iterable[str] | None = None) -> list[Offer]:
    """Everything the market shows in the visit's language, in the exporter's order; or only these SKUs."""
    market, now = visit.market, visit.now
    given: dict[str, Any] = {"market": market.id, "language": visit.tongue.language, "now": now}
    query = _EVERYTHING if skus is None else _SOME
    given |= {} if skus is None else {"skus": list(skus)}
    today, stopped = local(now, market.zone).date(), visit.snapshot.facts(market).stopped
    hidden = not_for_here(visit)
    rows: dict[str, _Row] = {}
    before: dict[str, list[tuple[datetime, int]]] = {}
    for *row, at, price in db.exec(query, params=given).all():
        rows[row[0].sku] = tuple(row)
        before.setdefault(row[0].sku, []).extend([(at, price)] if at is not None else [])
    made = (_offer(visit, row, before[sku], today, stopped) for sku, row in rows.items() if sku not in hidden)
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


def next_change(db: Session, market: Market, now: datetime) -> datetime:
    """When the catalogue will next look different by itself: a listing begins, opens, is reduced or ends, or a new day does.

    With the day of the market's calendar papers end, rates change, and what may be sold with them.
    """
    rows = db.exec(_EDGES, params={"market": market.id}).all()
    ahead = (each for row in rows for each in row if each is not None and each > now)
    return min((next_day(now, market.zone), *ahead))


_EDGES = select(Listing.visible_from, Listing.buyable_from, Listing.until, Listing.reduced_since).where(
    Listing.market == bindparam("market")
)


def not_for_here(visit: Visit) -> frozenset[str]:
    """What the market lists although its rules do not let it be sold there: hidden, save in the preview that staff see."""
    return frozenset() if visit.seeing.preview else visit.snapshot.unfit(visit.market, visit.now)


def has_begun(now: Any) -> Any:
    """The condition that a listing may be seen by now."""
    return col(Listing.visible_from).is_(None) | (col(Listing.visible_from) <= now)


def not_over(now: Any) -> Any:
    """The condition that a listing is still shown now."""
    return col(Listing.until).is_(None) | (col(Listing.until) > now)


_Row = tuple[Listing, Product, ProductText, Stock | None]


def _before_reduction() -> Any:
    """Join what a listing cost before its reduction; nothing for one that is not reduced."""
    same = (col(PriceChange.market) == col(Listing.market)) & (col(PriceChange.sku) == col(Listing.sku))
    return same & (col(PriceChange.at) < col(Listing.reduced_since))


def _shown() -> Any:
    now: Any = bindparam("now")
    text = (col(ProductText.sku) == col(Listing.sku)) & (col(ProductText.language) == bindparam("language"))
    return (
        select(Listing, Product, ProductText, Stock, PriceChange.at, PriceChange.price)  # type: ignore[call-overload] # the stubs end at four
        .join(Product, col(Product.sku) == col(Listing.sku))
        .join(ProductText, text)
        .outerjoin(Stock, col(Stock.sku) == col(Listing.sku))
        .outerjoin(PriceChange, _before_reduction())
        .where(Listing.market == bindparam("market"), has_begun(now), not_over(now))
        .order_by(col(Listing.position), col(Listing.sku))
    )


# Written once, for every page asks for them.
_EVERYTHING = _shown()
_SOME = _EVERYTHING.where(col(Listing.sku).in_(bindparam("skus", expanding=True)))


def _offer(
    visit: Visit, row: _Row, history: Iterable[tuple[datetime, int]], today: date, stopped: frozenset[str]
) -> Offer | None:
    listing, product, text, stock = row
    market = visit.market
    try:
        taxed = visit.snapshot.taxes.levy(market, [Taxable(listing.price, product.tax_class)], today)
    except NoTaxRate:  # one product that cannot be priced must not take the others with it
        return None
    free = _free(listing, stock)
    return Offer(
        listing,
        product,
        text,
        Money(listing.price, market.currency),
        _prior(listing, history, market.currency, visit.now),
        taxed[0] if taxed is not None else None,
        free,
        _standing(listing, free, stopped, visit.now),
        known(visit).picture_of(product),
    )


def _prior(listing: Listing, history: Iterable[tuple[datetime, int]], currency: str, now: datetime) -> Money | None:
    """The price that a reduction is announced with; None when there is none, or it was no higher."""
    if listing.reduced_since is None or listing.reduced_since > now:
        return None
    lowest = lowest_before(history, listing.reduced_since)
    return Money(lowest, currency) if lowest is not None and lowest > listing.price else None


def _free(listing: Listing, stock: Stock | None) -> int:
    """How many pieces the market may sell now: what lies in stock, and no more than is left of its allotment."""
    spare = stock.on_hand - stock.held - stock.sold if stock else 0
    return spare if listing.allotment is None else min(spare, listing.allotment - listing.taken)


def _standing(listing: Listing, free: int, stopped: frozenset[str], now: datetime) -> str:
    if listing.sku in stopped or "" in stopped:
        return "stopped"
    if listing.buyable_from is not None and listing.buyable_from > now:
        return "not_yet"
    return "buyable" if free > 0 else "sold_out"
