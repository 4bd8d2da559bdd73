"""What a change of a market's state would touch: payments under way, pieces held for them, and what is still owed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from shop.checkout.models import Hold, Order, PaymentAttempt
from shop.support.models import Request


@dataclass(frozen=True, slots=True)
class Touched:
    """Counts of one market: `sessions` being paid, `holds` of stock, `orders` not delivered, open `requests`."""

    sessions: int
    holds: int
    orders: int
    requests: int


def touched(db: Session, market: str, *, now: datetime) -> Touched:
    """What is under way in the market now. Test orders count nowhere."""
    number = select(func.count())
    holds = (
        number.select_from(Hold).join(Order, col(Order.number) == col(Hold.order_number)).where(Hold.state == "held")
    )
    orders = number.select_from(Order).where(col(Order.state).in_(("paid", "dispatched")))
    requests = number.select_from(Request).where(
        Request.market == market, col(Request.state).in_(("waiting", "assigned"))
    )
    real = (Order.market == market, col(Order.test).is_(False))
    return Touched(
        sessions=len(sessions_under_way(db, market, now=now)),
        holds=db.exec(holds.where(*real)).one(),
        orders=db.exec(orders.where(*real)).one(),
        requests=db.exec(requests).one(),
    )


def sessions_under_way(db: Session, market: str, *, now: datetime) -> tuple[str, ...]:
    """The provider's sessions in which a customer of the market may still pay.

    A safety pause ends these (`safety.py`); any other change lets them finish, and a payment that arrives is an order.
    """
    query = (
        select(PaymentAttempt.session)
        .join(Order, col(Order.number) == col(PaymentAttempt.order_number))
        .where(Order.market == market, PaymentAttempt.state == "begun", col(Order.test).is_(False))
        .where(col(PaymentAttempt.session).is_not(None), col(PaymentAttempt.expires_at) > now)
    )
    return tuple(each for each in db.exec(query).all() if each)
