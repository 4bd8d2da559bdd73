"""Stopping the sale of a product, in one market or everywhere, and lifting the stop. Launch states are not touched."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.revisions import raise_revision, scope_of
from shop.catalogue.models import Listing, Product
from shop.ground.errors import NotFound, found
from shop.markets.history import note_deed
from shop.markets.in_order import markets_in_order
from shop.markets.models import Market, StopSale, StopSaleText
from shop.staff.may import ALL_MARKETS

ALL_GOODS = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a stop would touch: the markets, in the exporter's order, and how many products that are listed in them."""

    markets: tuple[Market, ...]
    products: int

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of these markets, each once: those in which customers will look for the notice."""
        return tuple(dict.fromkeys(each for market in self.markets for each in market.languages.split()))


def stop_sale(
    db: Session,
    *,
    sku: str,
    market: str,
    reason: str,
    person: str,
    now: datetime,
    link: str = "",
    texts: Mapping[str, str] | None = None,
) -> StopSale:
    """Stop selling `sku` (ALL_GOODS: everything) in `market` (ALL_MARKETS: everywhere) at once. Raises NotFound.

    `texts` is what customers are told, by language; `link` leads them on (`markets.links.is_link`).
    """
    if sku != ALL_GOODS:
        found(db.get(Product, sku))
    if market != ALL_MARKETS:
        found(db.get(Market, market))
    stop = StopSale(market=market, sku=sku, reason=reason, link=link, person=person, since=now)
    db.add(stop)
    db.flush()
    for language, text in (texts or {}).items():
        db.add(StopSaleText(stop=stop.id or 0, language=language, text=text))
    _note(db, "stop", stop, person=person, reason=reason, now=now)
    raise_revision(db, scope_of(market))
    return stop


def reach(db: Session, *, sku: str, market: str, now: datetime) -> Reach:
    """What a stop of `sku` in `market` would touch now; either may mean all. Raises NotFound for an unknown market."""
    listed = select(Listing.market, Listing.sku).where(col(Listing.until).is_(None) | (col(Listing.until) > now))
    if sku != ALL_GOODS:
        listed = listed.where(Listing.sku == sku)
    if market != ALL_MARKETS:
        listed = listed.where(Listing.market == market)
    rows = db.exec(listed).all()
    named = {found(db.get(Market, market)).id} if market != ALL_MARKETS else {each for each, _sku in rows}
    return Reach(tuple(markets_in_order(db, col(Market.id).in_(named))), len({each for _market, each in rows}))


def lift_stop(db: Session, stop_id: int, *, now: datetime, person: str = "") -> None:
    """Let the sale go on. Raises NotFound when there is no such stop, or it was lifted before."""
    stop = found(db.get(StopSale, stop_id))
    mine = update(StopSale).where(col(StopSale.id) == stop_id, col(StopSale.lifted_at).is_(None))
    if db.connection().execute(mine.values(lifted_at=now)).rowcount != 1:
        raise NotFound
    _note(db, "lift", stop, person=person, reason="", now=now)
    raise_revision(db, scope_of(stop.market))


def stops_in(db: Session, market: str) -> list[StopSale]:
    """The stops that hold in a market now, newest first; those for everywhere among them."""
    query = select(StopSale).where(col(StopSale.market).in_((market, ALL_MARKETS)), col(StopSale.lifted_at).is_(None))
    return list(db.exec(query.order_by(col(StopSale.id).desc())).all())


def texts_of(db: Session, stops: Iterable[StopSale]) -> defaultdict[int | None, list[StopSaleText]]:
    """What customers are told, by the id of the stop; of each stop in the order of the languages."""
    texts: defaultdict[int | None, list[StopSaleText]] = defaultdict(list)
    query = select(StopSaleText).where(col(StopSaleText.stop).in_([each.id for each in stops]))
    for each in db.exec(query.order_by(col(StopSaleText.language))).all():
        texts[each.stop].append(each)
    return texts


def _note(db: Session, deed: str, stop: StopSale, *, person: str, reason: str, now: datetime) -> None:
    """Tell it in the history of every market that it touches."""
    before, after = ("on", "stopped") if deed == "stop" else ("stopped", "on")
    for market in reach(db, sku=stop.sku, market=stop.market, now=now).markets:
        changed = {"sku": (stop.sku, stop.sku), "sale": (before, after)}
        note_deed(db, market.id, deed, person=person, reason=reason, now=now, changed=changed)
