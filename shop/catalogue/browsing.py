"""What a market offers in a language: listings joined with their texts and stock, and when each of them may be bought."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from shop.catalogue.goods import known
from shop.catalogue.models import Listing, PriceChange, Product, ProductText, Stock
from shop.catalogue.prices import lowest_before
from shop.ground.errors import NotFound
from shop.ground.instants import next_day
from shop.ground.money import Money
from shop.markets.calendar import day_in
from shop.markets.models import Market
from shop.markets.taxes import Levied, NoTaxRate, Taxable
from shop.markets.visit import Visit


class Terms(NamedTuple):
    """What a page needs of a listing, as it stands in the database now (see Listing)."""

    sku: str
    price: int
    position: int
    buyable_from: datetime | None
    until: datetime | None
    max_per_order: int
    max_per_customer: int | None
    allotment: int | None
    taken: int
    reduced_since: datetime | None


class Words(NamedTuple):
    """What a product is called and said to be in one language (see ProductText)."""

    language: str
    name: str
    slug: str
    summary: str
    description: str
    box: str
    ingredients: str
    care: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One product as a market offers it in a language. `standing` says whether it can be bought now, and why not.

    `levied` is the tax of one piece, None where it depends on where in the market it goes. `prior` is the lowest price of
    the 30 days before the price was reduced, None for one that is not reduced.
    """

    listing: Terms
    product: Product
    text: Words
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
    today, stopped = day_in(market, now), visit.snapshot.facts(market).stopped
    hidden = visit.unfit
    rows: dict[str, _Row] = {}
    before: dict[str, list[tuple[datetime, int]]] = {}
    for row in db.connection().execute(query, given):
        listing, text, (spare, at, price) = Terms(*row[:_TEXT]), Words(*row[_TEXT:_REST]), row[_REST:]
        rows[listing.sku] = (listing, text, spare or 0)
        before.setdefault(listing.sku, []).extend([(at, price)] if at is not None else [])
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
    rows = db.connection().execute(_EDGES, {"market": market.id})
    ahead: Iterator[datetime] = (each for row in rows for each in row if each is not None and each > now)
    return min((next_day(now, market.zone), *ahead))


_EDGES = select(Listing.visible_from, Listing.buyable_from, Listing.until, Listing.reduced_since).where(
    Listing.market == bindparam("market")
)


def has_begun(now: Any) -> Any:
    """The condition that a listing may be seen by now."""
    return col(Listing.visible_from).is_(None) | (col(Listing.visible_from) <= now)


def not_over(now: Any) -> Any:
    """The condition that a listing is still shown now."""
    return col(Listing.until).is_(None) | (col(Listing.until) > now)


_Row = tuple[Terms, Words, int]
_TEXT, _REST = len(Terms._fields), len(Terms._fields) + len(Words._fields)


def _before_reduction() -> Any:
    """Join what a listing cost before its reduction; nothing for one that is not reduced."""
    same = (col(PriceChange.market) == col(Listing.market)) & (col(PriceChange.sku) == col(Listing.sku))
    return same & (col(PriceChange.at) < col(Listing.reduced_since))


def _shown() -> Any:
    now: Any = bindparam("now")
    text = (col(ProductText.sku) == col(Listing.sku)) & (col(ProductText.language) == bindparam("language"))
    # Columns, not rows of the models: making those of a catalogue costs twice as much as all the rest of the query.
    columns = [getattr(Listing, name) for name in Terms._fields] + [
        getattr(ProductText, name) for name in Words._fields
    ]
    spare = col(Stock.on_hand) - col(Stock.held) - col(Stock.sold)
    return (
        sql_select(*columns, spare, col(PriceChange.at), col(PriceChange.price))
        .select_from(Listing)
        .join(ProductText, text)
        .outerjoin(Stock, col(Stock.sku) == col(Listing.sku))
        .outerjoin(PriceChange, _before_reduction())
        .where(col(Listing.market) == bindparam("market"), has_begun(now), not_over(now))
        .order_by(col(Listing.position), col(Listing.sku))
    )


# Written once, for every page asks for them.
_EVERYTHING = _shown()
_SOME = _EVERYTHING.where(col(Listing.sku).in_(bindparam("skus", expanding=True)))


def _offer(
    visit: Visit, row: _Row, history: Iterable[tuple[datetime, int]], today: date, stopped: frozenset[str]
) -> Offer | None:
    listing, text, spare = row
    market, product = visit.market, known(visit).products.get(listing.sku)
    if product is None:  # it came after the visit began
        return None
    try:
        taxed = visit.snapshot.taxes.levy(market, [Taxable(listing.price, product.tax_class)], today)
    except NoTaxRate:  # one product that cannot be priced must not take the others with it
        return None
    free = _free(listing, spare)
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


def _prior(listing: Terms, history: Iterable[tuple[datetime, int]], currency: str, now: datetime) -> Money | None:
    """The price that a reduction is announced with; None when there is none, or it was no higher."""
    if listing.reduced_since is None or listing.reduced_since > now:
        return None
    lowest = lowest_before(history, listing.reduced_since)
    return Money(lowest, currency) if lowest is not None and lowest > listing.price else None


def _free(listing: Terms, spare: int) -> int:
    """How many pieces the market may sell now: what is spare in stock, and no more than is left of its allotment."""
    return spare if listing.allotment is None else min(spare, listing.allotment - listing.taken)


def _standing(listing: Terms, free: int, stopped: frozenset[str], now: datetime) -> str:
    if listing.sku in stopped or "" in stopped:
        return "stopped"
    if listing.buyable_from is not None and listing.buyable_from > now:
        return "not_yet"
    return "buyable" if free > 0 else "sold_out"
