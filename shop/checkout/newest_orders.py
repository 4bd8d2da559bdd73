"""The orders of some markets as the desk lists them: the newest first, page by page."""

from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from shop.checkout.models import UNPAID, Order, PaymentAttempt
from shop.checkout.settling import MISMATCH


def orders_of(
    db: Session, markets: frozenset[str], *, before: tuple[datetime, str] | None, at_most: int = 50
) -> list[Order]:
    """The newest orders of these markets (empty: all) that were paid, rightly or wrongly.

    `before` is where the page before ended: when its last order was placed, and its number.
    """
    wrongly = select(PaymentAttempt.order_number).where(PaymentAttempt.state == MISMATCH)
    query = select(Order).where(col(Order.state).not_in(UNPAID) | col(Order.number).in_(wrongly))
    if markets:
        query = query.where(col(Order.market).in_(markets))
    return list(db.exec(newest_first(query, before).limit(at_most)).all())


def newest_first(query: SelectOfScalar[Order], before: tuple[datetime, str] | None) -> SelectOfScalar[Order]:
    """The orders in the order in which they are listed, from where the page before ended."""
    if before is not None:
        at, number = before
        query = query.where((col(Order.placed_at) < at) | ((col(Order.placed_at) == at) & (col(Order.number) < number)))
    return query.order_by(col(Order.placed_at).desc(), col(Order.number).desc())
