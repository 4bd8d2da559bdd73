"""Goods of an order that was paid before their sale was stopped: they leave only when somebody says why they may."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from shop.checkout.models import Order, OrderLine
from shop.markets.models import StopSale


@dataclass(frozen=True, slots=True)
class StoppedLine:
    """A line under a stop in force, with the staff's reason for the stop."""

    sku: str
    name: str
    reason: str


def stopped_lines(db: Session, order: Order) -> list[StoppedLine]:
    """The order's lines whose own sale is stopped now. A stop of everything stops selling, not what is promised already."""
    query = (
        select(OrderLine.sku, OrderLine.name, StopSale.reason)
        .join(StopSale, col(StopSale.sku) == col(OrderLine.sku))
        .where(OrderLine.order_number == order.number, col(StopSale.lifted_at).is_(None))
        .where(col(StopSale.market).in_(("", order.market)))
        .order_by(col(OrderLine.sku), col(StopSale.id))
    )
    return [StoppedLine(*row) for row in db.exec(query).all()]
