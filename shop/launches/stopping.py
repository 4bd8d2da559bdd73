"""Stopping the sale of a product, in one market or everywhere, and lifting the stop. Launch states are not touched."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from shop.base.pagecache import EVERYWHERE, market_scope, raise_revision
from shop.catalogue.models import Product
from shop.ground.errors import NotFound, found
from shop.markets.models import Market, StopSale

ALL_MARKETS = ""
ALL_GOODS = ""


def stop_sale(db: Session, *, sku: str, market: str, reason: str, person: str, now: datetime) -> StopSale:
    """Stop selling `sku` (ALL_GOODS: everything) in `market` (ALL_MARKETS: everywhere) at once. Raises NotFound."""
    if sku != ALL_GOODS:
        found(db.get(Product, sku))
    if market != ALL_MARKETS:
        found(db.get(Market, market))
    stop = StopSale(market=market, sku=sku, reason=reason, person=person, since=now)
    db.add(stop)
    _tell(db, market)
    return stop


def lift_stop(db: Session, stop_id: int, *, now: datetime) -> None:
    """Let the sale go on. Raises NotFound when there is no such stop, or it was lifted before."""
    stop = found(db.get(StopSale, stop_id))
    mine = update(StopSale).where(col(StopSale.id) == stop_id, col(StopSale.lifted_at).is_(None))
    if db.connection().execute(mine.values(lifted_at=now)).rowcount != 1:
        raise NotFound
    _tell(db, stop.market)


def stops_in(db: Session, market: str) -> list[StopSale]:
    """The stops that hold in a market now, newest first; those for everywhere among them."""
    query = select(StopSale).where(col(StopSale.market).in_((market, ALL_MARKETS)), col(StopSale.lifted_at).is_(None))
    return list(db.exec(query.order_by(col(StopSale.id).desc())).all())


def _tell(db: Session, market: str) -> None:
    raise_revision(db, EVERYWHERE, *([market_scope(market)] if market else []))
