"""What must hold of orders: state, instants, timeline and hold agree, and whoever paid is told so."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, exists, func, or_
from sqlmodel import Session, col

from shop.base.i18n import N_
from shop.base.invariants import Broken, Invariant, broken_rows, naming
from shop.base.outbox import Effect
from shop.checkout.models import SOLD, Hold, Order, OrderEvent, Refund
from shop.checkout.refunds import LATE_PAYMENT
from shop.checkout.settling import MISMATCH, SERVICE, mail_key

AHEAD = timedelta(days=2)  # what was done under a clock that was a day ahead stands there after it was set right
_HOLDS = {  # what an order's state asks of its hold
    "placed": ("held",),
    "cancelled": ("released",),
    "paid": ("sold",),
    "dispatched": ("sold",),
    "delivered": ("sold",),
    "refunded": ("sold", "released"),
}
_LATE = exists().where(col(Refund.order_number) == col(Order.number), col(Refund.ground) == LATE_PAYMENT)


def _instants(db: Session, now: datetime) -> Iterable[Broken]:
    """What was paid too late is given back at once: of such an order no timeline says that it was paid."""
    instants = (Order.placed_at, Order.paid_at, Order.dispatched_at, Order.delivered_at)
    paid, sent, there = (col(each).is_not(None) for each in instants[1:])
    kind = col(OrderEvent.kind)
    said_sent = _said(or_(kind == "dispatched", kind.like("parcel %")))
    service = col(Order.delivered_source) == SERVICE
    agree = {
        "placed": ~paid & ~sent & ~there,
        "cancelled": ~paid & ~sent & ~there & _said(kind.in_(("cancelled", MISMATCH))),
        "paid": paid & ~there & _said(kind == "paid") & or_(~sent, said_sent),
        "dispatched": paid & sent & ~there & _said(kind == "paid") & said_sent,
        "delivered": paid & there & _said(kind == "paid") & or_(service, sent & said_sent & _said(kind == "delivered")),
        "refunded": paid & _said(kind == "refunded") & or_(_said(kind == "paid"), _LATE),
    }
    wrong = [and_(col(Order.state) == state, ~holds) for state, holds in agree.items()]
    ahead = [col(each) > now + AHEAD for each in instants]
    query = naming(Order.number, Order.state, *instants, func.count(kind).label("entries"))
    query = query.outerjoin(OrderEvent, col(OrderEvent.order_number) == col(Order.number)).group_by(col(Order.number))
    query = query.having(or_(*ahead, ~_said(kind == "placed"), *wrong))
    return broken_rows(db, query.order_by(col(Order.number)))


def _said(entry: Any) -> Any:
    """Whether the order's timeline, over which is counted, has such an entry."""
    return func.count(case((entry, 1))) > 0


def _holds(db: Session, _now: datetime) -> Iterable[Broken]:
    real = [and_(col(Order.state) == state, col(Hold.state).in_(holds)) for state, holds in _HOLDS.items()]
    fits = case((col(Order.test).is_(True), col(Hold.state).is_(None)), (or_(*real), True), else_=False)
    query = naming(Order.number, Order.state, col(Hold.state).label("hold"))
    query = query.outerjoin(Hold, col(Hold.order_number) == col(Order.number)).where(~fits)
    return broken_rows(db, query.order_by(col(Order.number)))


def _confirmed(db: Session, _now: datetime) -> Iterable[Broken]:
    """An erasure ends the mails that wait, for nobody knows any more where they would go."""
    mine = col(Effect.key) == mail_key(col(Order.number), "confirmed")
    unsent = and_(col(Effect.done_at).is_not(None), col(Effect.attempts) == 0, col(Order.email) != "")
    owed = or_(col(Order.state).in_(SOLD), and_(col(Order.state) == "refunded", ~_LATE))
    query = naming(Order.number, Order.state, Effect.done_at, Effect.attempts).outerjoin(Effect, mine)
    query = query.where(owed, or_(col(Effect.key).is_(None), unsent))
    return broken_rows(db, query.order_by(col(Order.number)))


_BY_HAND = N_("Look at the order's timeline and at the payment provider, and set right what was changed by hand.")

INVARIANTS = (
    Invariant(
        "order.instants",
        "I8",
        N_(
            "Each order's state agrees with its timeline and with when it was placed, paid, sent and delivered; "
            "none of these lies in the future."
        ),
        _BY_HAND,
        _instants,
    ),
    Invariant(
        "order.hold",
        "I8",
        N_("The pieces that an order holds agree with its state; a test order holds none."),
        _BY_HAND,
        _holds,
    ),
    Invariant(
        "order.confirmed",
        "I4",
        N_("For every paid order, a confirmation was sent to the customer or is waiting to be sent."),
        N_("Write to the customer that the order is paid, and find out who removed the confirmation from the outbox."),
        _confirmed,
    ),
)
