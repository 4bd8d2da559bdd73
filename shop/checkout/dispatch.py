"""Dispatch and delivery: the parcel leaves, the parcel is there, and the customer is told each time."""

from datetime import date, datetime

from sqlmodel import Session

from shop.checkout import stock
from shop.checkout.models import Order, Parcel
from shop.checkout.settling import change_order, note_event, pieces_of, tell
from shop.ground.errors import Refusal
from shop.ground.instants import local
from shop.markets.calendar import expected
from shop.markets.models import Market


class NotToBeDispatched(Refusal):
    """The order is not in a state in which it can be dispatched; `state` says which it is."""


class NotOnItsWay(Refusal):
    """The order is not on its way, so it cannot have been delivered; `state` says where it stands."""


def dispatch(
    db: Session, order: Order, market: Market, *, carrier: str, tracking: str, person: str, now: datetime
) -> None:
    """The whole order leaves in one parcel. Raises NotToBeDispatched."""
    if not change_order(db, order, "dispatched", only_from=("paid",), dispatched_at=now):
        raise NotToBeDispatched(state=order.state)
    first, last = _promised(order, market, now)
    db.add(
        Parcel(
            order_number=order.number,
            carrier=carrier,
            tracking=tracking,
            dispatched_at=now,
            person=person,
            expected_from=first,
            expected_until=last,
        )
    )
    if not order.test:
        stock.send_out(db, pieces_of(db, order))
    note_event(db, order, "dispatched", now=now, person=person)
    tell(db, order, "dispatched", now=now)


def deliver(db: Session, order: Order, *, source: str, person: str, now: datetime) -> None:
    """The order has arrived; `source` says who says so (staff or carrier). Raises NotOnItsWay."""
    if not change_order(db, order, "delivered", only_from=("dispatched",), delivered_at=now, delivered_source=source):
        raise NotOnItsWay(state=order.state)
    note_event(db, order, "delivered", now=now, person=person)
    tell(db, order, "delivered", now=now)


def _promised(order: Order, market: Market, now: datetime) -> tuple[date, date]:
    """The days told when the order was paid still hold, unless it leaves so late that they are past."""
    paid, today = local(order.paid_at or order.placed_at, market.zone).date(), local(now, market.zone).date()
    first, last = expected(market, paid, order.days_min, order.days_max)
    return (first, last) if first > today else expected(market, today, order.days_min, order.days_max)
