"""A market's share of the pieces: taken with a hold and given back with it, each one conditional UPDATE of the listing."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Integer, bindparam, func, or_, update
from sqlmodel import Session, col, select

from shop.base.revisions import market_scope, raise_revision
from shop.catalogue.models import Listing
from shop.checkout.models import Hold, Order, OrderLine

_LEFT: Any = Listing.allotment - Listing.taken  # type: ignore[operator]


def take(db: Session, market: str, pieces: Mapping[str, int]) -> list[str]:
    """Count the pieces as taken; returns the SKUs of which the market has not so many left (the caller must refuse)."""
    short, used_up = [], False
    for sku, quantity in sorted(pieces.items()):  # always in one order, so that two buyers never wait for each other
        row = db.connection().execute(_TAKEN, {"where": market, "which": sku, "pieces": quantity}).first()
        if row is None:
            short.append(sku)
        used_up = used_up or (row is not None and row[0] == 0)
    if used_up:
        raise_revision(db, market_scope(market))
    return short


def give_back(db: Session, market: str, pieces: Mapping[str, int]) -> None:
    """The pieces may be sold again. A listing that has gone meanwhile is passed over."""
    on_sale_again = False
    for sku, quantity in sorted(pieces.items()):
        row = db.connection().execute(_GIVEN_BACK, {"where": market, "which": sku, "pieces": quantity}).first()
        on_sale_again = on_sale_again or (row is not None and row[0] == quantity)
    if on_sale_again:
        raise_revision(db, market_scope(market))


def taken_by_orders(db: Session, offers: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The pieces that orders hold or have bought of these offers (market and SKU): what a listing that comes back begins with."""
    if not offers:
        return {}
    query = (
        select(Order.market, OrderLine.sku, func.sum(OrderLine.quantity))
        .join(OrderLine, col(OrderLine.order_number) == col(Order.number))
        .join(Hold, col(Hold.order_number) == col(Order.number))
        .where(col(Hold.state).in_(("held", "sold")), col(Order.market).in_({market for market, _sku in offers}))
        .group_by(col(Order.market), col(OrderLine.sku))
    )
    return {(market, sku): int(pieces) for market, sku, pieces in db.exec(query).all() if (market, sku) in offers}


_PIECES: Any = bindparam("pieces", type_=Integer)
_ONE = update(Listing).where(col(Listing.market) == bindparam("where"), col(Listing.sku) == bindparam("which"))
_TAKEN = (  # each gives what is left afterwards, None without an allotment; no row where there is nothing to change
    _ONE.where(or_(col(Listing.allotment).is_(None), col(Listing.taken) + _PIECES <= col(Listing.allotment)))
    .values(taken=Listing.taken + _PIECES)
    .returning(_LEFT)
)
_GIVEN_BACK = _ONE.where(col(Listing.taken) >= _PIECES).values(taken=Listing.taken - _PIECES).returning(_LEFT)
