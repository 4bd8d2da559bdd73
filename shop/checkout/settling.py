"""What follows from the provider's word about a payment: one function, safe to call any number of times, from anywhere.

It is told once: to the order, its timeline, what it holds, and the outbox.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from sqlalchemy import bindparam, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from shop.base.announcing import announce
from shop.base.outbox import enqueue
from shop.base.payments import PaymentState
from shop.checkout import bounds, holding, stock
from shop.checkout.models import SOLD, UNPAID, Order, OrderEvent, OrderLine, PaymentAttempt
from shop.checkout.refunds import LATE_PAYMENT, ask_refund
from shop.ground.money import Money
from shop.markets.gate import SELLING
from shop.markets.models import Market

MAIL = "order mail"
AFTER_STOP = "accepted_after_stop"  # on the timeline: the market took no orders any more when the money came
MISMATCH = "mismatch"  # of an attempt, and on the timeline: what was paid is not what was asked for
SERVICE = "service"  # who says that a service was delivered: nothing of it is ever sent


def settle(db: Session, attempt: PaymentAttempt, state: PaymentState, *, now: datetime, quietly: bool = False) -> None:
    """Everything that follows from the provider's word. Only the call that changes the attempt's state does anything.

    Money that comes after the attempt was given up still counts: it is honoured from spare stock, or given back. Money
    that is not the amount due, in the order's currency, pays for nothing: the order ends unpaid and the exporter is told.
    `quietly` is for who ends an order themselves: an order that ends unpaid is else told by mail.
    """
    if state.status != "open":
        _settle(db, Owed(*db.exec(_BY_KEY, params={"key": attempt.key}).one()), state, now=now, quietly=quietly)


def settle_session(db: Session, session: str, state: PaymentState, *, now: datetime, quietly: bool = False) -> bool:
    """As `settle`, for the attempt that has this session at the provider; False when no attempt of ours has it."""
    found = db.exec(_BY_SESSION, params={"session": session}).first()
    if found is not None and state.status != "open":
        _settle(db, Owed(*found), state, now=now, quietly=quietly)
    return found is not None


class Owed(NamedTuple):
    """An attempt, the order that it pays for, and the order's market, which is locked: its caps are not recounted meanwhile."""

    attempt: PaymentAttempt
    order: Order
    market: Market


_OWED = (
    select(PaymentAttempt, Order, Market)
    .join(Order, col(Order.number) == col(PaymentAttempt.order_number))
    .join(Market, col(Market.id) == col(Order.market))
    .with_for_update(read=True, of=Market)
    .execution_options(populate_existing=True)
)
_BY_KEY = _OWED.where(PaymentAttempt.key == bindparam("key"))
_BY_SESSION = _OWED.where(PaymentAttempt.session == bindparam("session"))


def _settle(db: Session, owed: Owed, state: PaymentState, *, now: datetime, quietly: bool) -> None:
    attempt, order, _market = owed
    paid = state.status == "paid"
    word = MISMATCH if paid and state.amount != Money(order.due_now, order.currency) else state.status
    told = {"which": attempt.key, "before": _BEFORE[state.status], "state": word, "payment": state.payment}
    noted = _TOLD if word != "failed" else _TOLD.values(declined_at=func.coalesce(col(PaymentAttempt.declined_at), now))
    if db.connection().execute(noted, told).rowcount != 1:
        return
    if word == MISMATCH:
        _wrong_amount(db, owed, state, now=now)
    elif paid:
        _paid(db, owed, now=now)
    elif word == "waiting":
        _waiting(db, order, now=now)
    else:
        _not_paid(db, owed, "" if quietly else word, now=now)


_TOLD = update(PaymentAttempt).where(
    col(PaymentAttempt.key) == bindparam("which"),
    col(PaymentAttempt.state).in_(bindparam("before", expanding=True)),
)
_BEFORE = {  # what an attempt must be for the provider's word to change it
    "waiting": ("begun",),
    "paid": ("begun", "waiting", "expired", "failed"),
    "expired": ("begun", "waiting"),
    "failed": ("begun", "waiting"),
}


def is_paid_for(order: Order, attempt: PaymentAttempt | None) -> bool:
    """Whether the customer has done their part: the money is here, or on its way."""
    return order.state in SOLD or (attempt is not None and attempt.state == "waiting")


def stopped_for_safety(market: Market) -> bool:
    """Whether selling has been stopped there for safety: nothing is sold, and what is not paid ends."""
    return market.state == "paused" and market.pause_mode == "safety"


def orders_are_over(market: Market, *, now: datetime) -> bool:
    """Whether a payment comes too late to be an order there: the market is closed, or its last day of orders is over."""
    ended = market.last_order_at is not None and market.last_order_at <= now
    return market.state == "closed" or (market.state == "winding_down" and ended)


def is_selling(market: Market) -> bool:
    """Whether the market takes orders at all now, so that somebody may be asked to order once more."""
    return market.state in SELLING


def lines_of(db: Session, order: Order) -> list[OrderLine]:
    """The order's lines."""
    return list(db.exec(_LINES, params={"order": order.number}).all())


_LINES = select(OrderLine).where(OrderLine.order_number == bindparam("order")).order_by(col(OrderLine.sku))


def pieces_of(db: Session, order: Order) -> dict[str, int]:
    """SKUs and pieces of an order."""
    return dict(db.connection().execute(_PIECES, {"order": order.number}).all())


_PIECES = select(OrderLine.sku, OrderLine.quantity).where(OrderLine.order_number == bindparam("order"))


def note_event(db: Session, order: Order, kind: str, *, now: datetime, person: str = "", note: str = "") -> None:
    """Put an entry on the order's timeline, once per kind, and announce it to other programs."""
    row = {"order_number": order.number, "kind": kind, "at": now, "person": person, "note": note}
    noted = db.connection().execute(_NOTED_ONCE, row).scalar()
    told = next((announced for words, announced in _ANNOUNCED if words.fullmatch(kind)), "")
    if noted is not None and told and not order.test:
        announce(db, told, market=order.market, subject=order.number, data={"event": kind}, now=now)


_NOTED_ONCE = (
    insert(OrderEvent).on_conflict_do_nothing(index_elements=["order_number", "kind"]).returning(col(OrderEvent.id))
)
_ANNOUNCED = (  # what stands on the timeline -> what other programs are told
    (re.compile("paid"), "order.paid"),
    (re.compile("dispatched|parcel [0-9]+"), "order.dispatched"),
    (re.compile("delivered|parcel [0-9]+ delivered"), "order.delivered"),
    (re.compile("refunded"), "order.refunded"),
)


def change_order(db: Session, order: Order, to: str, *, only_from: tuple[str, ...], **values: object) -> bool:
    """Move the order to a state from one of these; False when it is in none of them."""
    given = {"which": order.number, "before": only_from, "state": to, **values}
    return db.connection().execute(_CHANGED, given).rowcount == 1


_CHANGED = update(Order).where(
    col(Order.number) == bindparam("which"), col(Order.state).in_(bindparam("before", expanding=True))
)


def tell(db: Session, order: Order, mail: str, *, now: datetime, which: str = "", **told: object) -> None:
    """Have the customer told by mail, once per order and mail; of several with a `which` once each. The mail needs `told`."""
    payload = {"order": order.number, "mail": mail, **told}
    enqueue(db, MAIL, mail_key(order.number, f"{mail}{which}"), payload, now=now)


def mail_key(order_number: Any, mail: str) -> Any:
    """The key of an order's mail in the outbox; of a column of numbers, a column of keys."""
    return "order:" + order_number + f":{mail}"


def _paid(db: Session, owed: Owed, *, now: datetime) -> None:
    _attempt, order, market = owed
    erased = not order.email  # nobody knows any more where it would go
    if erased or stopped_for_safety(market) or (orders_are_over(market, now=now) and not order.test):
        holding.release(db, order, market, pieces_of(db, order))
        return _refund(db, order, now=now)
    if not order.test and not holding.sell(db, order, market, pieces_of(db, order)):
        return _refund(db, order, now=now)
    change_order(db, order, "paid", only_from=UNPAID, paid_at=now)
    if not order.parcel:
        render(db, order, pieces_of(db, order), now=now)
    note_event(db, order, "paid", now=now)
    if not (order.test or is_selling(market)):
        _after_stop(db, order, market, now=now)
    tell(db, order, "confirmed", now=now)


def _after_stop(db: Session, order: Order, market: Market, *, now: datetime) -> None:
    """The market took no orders any more when the money came: it is an order all the same, and is marked as such."""
    mine = update(Order).where(col(Order.number) == order.number)
    db.connection().execute(mine.values(accepted_after_stop=True))
    note_event(db, order, AFTER_STOP, now=now, note=market.pause_mode or market.state)


def render(db: Session, order: Order, pieces: Mapping[str, int], *, now: datetime) -> None:
    """A service is there with the contract: nothing is sent, and nothing is waited for."""
    change_order(db, order, "delivered", only_from=("paid",), delivered_at=now, delivered_source=SERVICE)
    if not order.test:
        stock.send_out(db, pieces)


def _waiting(db: Session, order: Order, *, now: datetime) -> None:
    """A delayed method: what is held stays held until the money comes or does not."""
    bounds.let_go(db, order)
    note_event(db, order, "waiting", now=now)
    tell(db, order, "waiting", now=now)


def _refund(db: Session, order: Order, *, now: datetime) -> None:
    """Money came for what can no longer be delivered: all of it goes back, with an apology."""
    change_order(db, order, "refunded", only_from=UNPAID, paid_at=now)
    ask_refund(db, order, order.due_now, ground=LATE_PAYMENT, key=f"{order.number}:late", person="", now=now)
    note_event(db, order, "refunded", now=now)
    tell(db, order, "refunded", now=now)


def _wrong_amount(db: Session, owed: Owed, state: PaymentState, *, now: datetime) -> None:
    """What came is not what was asked for: nothing is delivered for it, and a person has to look at it."""
    order = owed.order
    came = [state.amount.minor, state.amount.currency] if state.amount else []
    structlog.get_logger().error("payment of another amount", order=order.number, payment=state.payment, came=came)
    holding.release(db, order, owed.market, pieces_of(db, order))
    change_order(db, order, "cancelled", only_from=("placed",))
    note_event(db, order, MISMATCH, now=now, note=state.payment)
    tell(db, order, MISMATCH, now=now, payment=state.payment, came=came)


def _not_paid(db: Session, owed: Owed, mail: str, *, now: datetime) -> None:
    order = owed.order
    holding.release(db, order, owed.market, pieces_of(db, order))
    if change_order(db, order, "cancelled", only_from=("placed",)):
        note_event(db, order, "cancelled", now=now)
        if mail:
            tell(db, order, mail, now=now)
