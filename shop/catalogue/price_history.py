"""Prices as they change: every new one enters the history, which nothing ever leaves."""

from datetime import datetime

from sqlmodel import Session, col, select

from shop.catalogue.models import PriceChange


def note_price(db: Session, market: str, sku: str, price: int, *, at: datetime) -> None:
    """Write down the price (minor units, as displayed) that holds from `at` on, unless it is the one that held before."""
    last = db.exec(
        select(PriceChange.price)
        .where(PriceChange.market == market, PriceChange.sku == sku, PriceChange.at <= at)
        .order_by(col(PriceChange.at).desc())
        .limit(1)
    ).first()
    if last != price:
        db.merge(PriceChange(market=market, sku=sku, at=at, price=price))
